import { assertEquals, assertMatch } from "@std/assert";
import { readEnvelope } from "../helpers/read_envelope.ts";
import { INTAKE_KEY, jsonBody, startApp, type TestApp, withToken } from "../helpers/start_app.ts";

const ANA = { name: "ana", token: "token-of-ana", mayWrite: true };
const ANA_NEXT = { ...ANA, token: "next-token-of-ana" };
const BEN = { name: "ben", token: "token-of-ben", mayWrite: false };

Deno.test("who did it stands in the history, and a token that may only read changes nothing", async () => {
  await using app = await startApp({ operators: [ANA, ANA_NEXT, BEN] });
  const id = await fail(app);
  const one = `/errors/${id}`;
  for (const { token } of [ANA, ANA_NEXT, BEN]) {
    await readEnvelope(await app.request(one, withToken(token)), { status: 200 });
  }
  const changes: [path: string, method: string, body?: object][] = [
    [`${one}/mute`, "PUT", { more: 7 }],
    [`${one}/mute`, "DELETE"],
    [`${one}/resolution`, "PUT", { note: "mended" }],
    ["/errors/resolution?ids=" + id, "DELETE"],
    [`${one}/notes`, "POST", { note: "seen" }],
    ["/keys", "POST", { service: "shop" }],
    [one, "DELETE"],
  ];
  for (const [path, method, body] of changes) {
    const init = { ...(body && jsonBody(body)), method };
    const refused = await readEnvelope(
      await app.request(path, withToken(BEN.token, init)),
      { status: 403, code: "forbidden" },
    );
    assertMatch(String(refused.content), /^\[Error\] Forbidden: the token of ben may only read/);
  }
  for (const [path, method, body] of changes.slice(0, -1)) {
    const token = method === "PUT" ? ANA.token : ANA_NEXT.token;
    const answer = await app.request(
      path,
      withToken(token, { ...(body && jsonBody(body)), method }),
    );
    assertEquals(answer.ok, true, `${method} ${path}`);
    await answer.body?.cancel();
  }
  const { history } = (await app.logging.store.error(id))!;
  assertEquals(history.map(({ action, actor }) => `${actor} ${action}`).toReversed(), [
    "holdfast opened",
    "ana muted",
    "ana unmuted",
    "ana resolved",
    "ana reopened",
    "ana noted",
  ]);
  const [key] = await app.logging.store.listKeys([]);
  assertEquals(key?.created_by, "ana");
});

async function fail(app: TestApp): Promise<string> {
  const report = { svc_name: "shop", error: { type: "Late", message: "too late" } };
  await readEnvelope(await app.request("/errors", withToken(INTAKE_KEY, jsonBody(report))), {
    status: 202,
  });
  await app.logging.flush({ deadlineMs: 5_000 });
  return (await app.logging.store.listErrors({ limit: 1 })).items[0]!.id;
}
