import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import type { KeySummary } from "../../store/store.ts";
import { readEnvelope } from "../helpers/read_envelope.ts";
import { INTAKE_KEY, jsonBody, startApp, type TestApp, withToken } from "../helpers/start_app.ts";

interface Made extends KeySummary {
  key: string;
  dsn: string;
}

Deno.test("a key that was just made reports for its service, and a revoked one is refused at once", async () => {
  await using app = await startApp();
  const made = await make(app, { service: "shop", note: "the till" });
  assertMatch(made.key, /^[0-9a-f]{32}$/);
  assertEquals(made.dsn, `http://${made.key}@localhost/shop/1`);
  assertEquals((await report(app, made.key)).status, 202);
  await app.logging.flush({ deadlineMs: 30_000 });
  const { items } = await app.logging.store.listLogs({ svc_name: "shop", limit: 10 });
  assertEquals(items.length, 1);

  const revoked = await app.asOperator(`/keys/${made.id}`, { method: "DELETE" });
  assertEquals((await readEnvelope(revoked, { status: 200 })).status, 200);
  await readEnvelope(await report(app, made.key), { status: 401, code: "auth.invalid" });
  assertEquals((await app.report("/logs", { svc_name: "till" })).status, 202);
});

Deno.test("the list shows every key with what it brought today, and no secret", async () => {
  await using app = await startApp({ intakeQuota: 1_000 });
  const made = await make(app, { service: "shop", quota: 1 });
  await report(app, made.key, 2);
  await report(app, made.key, 2);
  await report(app, made.key, 2);
  await report(app, INTAKE_KEY, 5);
  const listed = await app.asOperator("/keys");
  const text = JSON.stringify(await readEnvelope(listed, { status: 200 }));
  for (const secret of [made.key, INTAKE_KEY]) assert(!text.includes(secret), text);
  const [ofEnvironment, ofStore] = JSON.parse(text).content.keys as [KeySummary, KeySummary];
  assertEquals([ofEnvironment.created_by, ofEnvironment.taken_today], ["INTAKE_KEYS", 5]);
  assertEquals([ofEnvironment.beginning, ofEnvironment.quota], ["intak", 1_000]);
  assertEquals([ofStore.id, ofStore.beginning], [made.id, made.key.slice(0, 6)]);
  assertEquals(ofStore.taken_today + ofStore.refused_today, 6);
  assert(ofStore.refused_today > 0);
});

Deno.test("a key is in no log record, neither when it is made nor when it is used", async () => {
  await using app = await startApp();
  const made = await make(app, { service: "shop" });
  await report(app, made.key);
  await app.logging.flush({ deadlineMs: 30_000 });
  const { items } = await app.logging.store.listLogs({ limit: 100 });
  assert(items.length > 0);
  assert(!JSON.stringify(items).includes(made.key));
});

Deno.test("a public key opens none of the JSON routes, and its text stays to be copied", async () => {
  await using app = await startApp();
  const made = await make(app, { service: "web", is_public: true });
  await readEnvelope(await report(app, made.key), { status: 403, code: "auth.public_key" });
  const { content } = await readEnvelope(await app.asOperator("/keys"));
  const { keys } = content as { keys: KeySummary[] };
  assertEquals(keys.find(({ id }) => id === made.id)!.key, made.key);
  assertEquals(made.quota, 100);
});

Deno.test("what clients sent and what was refused is counted by service", async () => {
  await using app = await startApp();
  const made = await make(app, { service: "shop", quota: 1 });
  for (let time = 0; time < 3; time++) await report(app, made.key, 2);
  const answer = await app.asOperator("/keys/counts?days=1&service=shop");
  const { content } = await readEnvelope(answer, { status: 200 });
  const { counts } = content as { counts: { outcome: string; reason: string; client: string }[] };
  assertEquals(
    counts.map(({ client, outcome, reason }) => [client, outcome, reason]).sort(),
    [["JSON", "refused", "intake.quota"], ["JSON", "taken", ""]],
  );
});

Deno.test("what is wrong with a new key is said, and strangers make none", async () => {
  await using app = await startApp();
  for (
    const [body, status, code] of [
      [{ service: "" }, 422, "service.invalid"],
      [{ is_public: true }, 400, "service.missing"],
      [{ service: "shop", quota: 0 }, 422, "quota.invalid"],
      [{ service: "shop", quota: "many" }, 400, "quota.wrong_type"],
      [{ service: "shop", note: "x".repeat(2_001) }, 422, "note.invalid"],
    ] as const
  ) {
    const answer = await app.asOperator("/keys", jsonBody(body));
    await readEnvelope(answer, { status, code });
  }
  const unknown = await app.asOperator("/keys/nobody", { method: "DELETE" });
  await readEnvelope(unknown, { status: 404, code: "id.not_found" });
  for (const [path, method] of [["/keys", "GET"], ["/keys/counts", "GET"], ["/keys/x", "DELETE"]]) {
    await readEnvelope(await app.request(path!, withToken(INTAKE_KEY, { method: method! })), {
      status: 401,
      code: "auth.invalid",
    });
  }
});

Deno.test("without any key intake is closed, and says how to open it", async () => {
  await using app = await startApp({ intakeKeys: [] });
  const closed = await readEnvelope(await report(app, "guess"), {
    status: 401,
    code: "auth.missing",
  });
  assertStringIncludes(String(closed.content), "there is no key");
  const made = await make(app, { service: "shop" });
  assertEquals((await report(app, made.key)).status, 202);
});

async function make(app: TestApp, said: unknown): Promise<Made> {
  const answer = await app.asOperator("/keys", jsonBody(said));
  return (await readEnvelope(answer, { status: 201 })).content as Made;
}

function report(app: TestApp, key: string, count = 1): Promise<Response> {
  const reports = Array.from({ length: count }, () => ({ svc_name: "own", message: "heron" }));
  return app.request("/logs", withToken(key, jsonBody(reports)));
}
