import { OPERATOR_TOKEN, type TestApp } from "./start_app.ts";

/** Signs in to the board with the operator's token, and gives the cookie. */
export async function openSession(app: TestApp): Promise<string> {
  const answer = await app.request("/board/sign-in", {
    method: "POST",
    headers: { "sec-fetch-site": "same-origin" },
    body: new URLSearchParams({ token: OPERATOR_TOKEN }),
  });
  return answer.headers.get("set-cookie")!.split(";")[0]!;
}
