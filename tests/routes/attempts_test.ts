import { assert, assertEquals } from "@std/assert";
import { API_LIMITS } from "../../routes/auth.ts";
import { readEnvelope } from "../helpers/read_envelope.ts";
import {
  INTAKE_KEY,
  jsonBody,
  OPERATOR_TOKEN,
  startApp,
  type TestApp,
  withToken,
} from "../helpers/start_app.ts";

const WRONG = "wrong-token-of-a-stranger";
const OPERATOR_PATHS = [
  "/errors",
  "/logs",
  "/logs/stream",
  "/?query_content=x&user_type=operator",
];

Deno.test("who is wrong too often about the operator's token has to wait, with a right one too", async () => {
  await using app = await startApp();
  for (let attempt = 0; attempt < API_LIMITS.perAddress; attempt++) {
    const path = OPERATOR_PATHS[attempt % OPERATOR_PATHS.length]!;
    await readEnvelope(await ask(app, path, { token: WRONG }), {
      status: 401,
      code: "auth.invalid",
    });
  }
  for (const token of [WRONG, OPERATOR_TOKEN]) {
    for (const path of OPERATOR_PATHS) {
      const answer = await ask(app, path, { token });
      const wait = Number(answer.headers.get("retry-after"));
      assert(wait > 0 && wait <= 15 * 60, `${wait} s`);
      await readEnvelope(answer, { status: 429, code: "requests.too_many" });
    }
  }
  // Who comes from elsewhere is heard, and so is the board's sign-in, which counts by itself, and who has signed in.
  assertEquals((await ask(app, "/errors", { from: "192.0.2.7" })).status, 200);
  const cookie = (await signIn(app)).headers.get("set-cookie")!.split(";")[0]!;
  assertEquals((await app.request("/errors", { headers: { cookie } })).status, 200);
});

Deno.test("wrong tokens of strangers everywhere do not shut out who has shown the right one", async () => {
  await using app = await startApp();
  assertEquals((await ask(app, "/errors", { from: "192.0.2.7" })).status, 200);
  for (let attempt = 0; attempt < API_LIMITS.overall; attempt++) {
    const from = `198.51.100.${attempt % 250}`;
    await (await ask(app, "/errors", { token: WRONG, from })).body?.cancel();
  }
  assertEquals((await ask(app, "/errors", { from: "203.0.113.1" })).status, 429);
  assertEquals((await ask(app, "/errors", { from: "192.0.2.7" })).status, 200);
  // Known or not: from one address a few may be wrong.
  for (let attempt = 0; attempt < API_LIMITS.perAddress; attempt++) {
    const answer = await ask(app, "/errors", { token: WRONG, from: "192.0.2.7" });
    assertEquals(answer.status, 401);
    await answer.body?.cancel();
  }
  assertEquals((await ask(app, "/errors", { from: "192.0.2.7" })).status, 429);
});

Deno.test("a service with a wrong intake key is told to wait and silences nobody", async () => {
  await using app = await startApp();
  const report = { svc_name: "shop", message: "opened" };
  const send = (key: string) => app.request("/logs", withToken(key, jsonBody(report)));
  for (let attempt = 0; attempt < API_LIMITS.perAddress; attempt++) {
    await readEnvelope(await send(WRONG), { status: 401, code: "auth.invalid" });
  }
  await readEnvelope(await send(WRONG), { status: 429, code: "requests.too_many" });
  await readEnvelope(await send(INTAKE_KEY), { status: 202 });
  assertEquals((await ask(app, "/errors", {})).status, 200);
});

interface Asking {
  token?: string;
  /** The address that a proxy saw. */
  from?: string;
}

async function ask(
  app: TestApp,
  path: string,
  { token = OPERATOR_TOKEN, from }: Asking,
): Promise<Response> {
  const headers = new Headers(from === undefined ? {} : { "x-forwarded-for": from });
  const answer = await app.request(path, withToken(token, { headers }));
  // A live stream would never end.
  if (answer.ok) await answer.body?.cancel();
  return answer;
}

async function signIn(app: TestApp): Promise<Response> {
  const answer = await app.request("/board/sign-in", {
    method: "POST",
    headers: { "sec-fetch-site": "same-origin" },
    body: new URLSearchParams({ token: OPERATOR_TOKEN }),
  });
  await answer.body?.cancel();
  return answer;
}
