import { assert, assertEquals } from "@std/assert";
import { envelope, errorEvent, eventEnvelope, post } from "../helpers/envelopes.ts";
import { readEnvelope } from "../helpers/read_envelope.ts";
import { jsonBody, startApp, type TestApp } from "../helpers/start_app.ts";

const CLIENT = "sentry.javascript.browser/11.0.0";

Deno.test("a key that was just made opens the routes of its kind, and a revoked one none of them", async (t) => {
  await using app = await startApp();
  for (const isPublic of [false, true]) {
    const { id, key } = await make(app, { service: "shop", is_public: isPublic });
    const bearer = { authorization: `Bearer ${key}`, "content-type": "application/json" };
    const dsn = `https://${key}@errors.example/shop/1`;
    const ways: [name: string, send: () => Promise<Response>, ofSecret: number, revoked: number][] =
      [
        ["in the query", () => post(app, `/api/1/envelope/?sentry_key=${key}`, text()), 200, 403],
        ["in a header", () => post(app, "/api/1/envelope/", text(), bearer), 200, 403],
        ["in the envelope", () => post(app, "/api/1/envelope/", text({ dsn })), 200, 403],
        ["OTLP", () => post(app, "/v1/logs", "{}", bearer), isPublic ? 403 : 200, 401],
      ];
    const kind = isPublic ? "public" : "secret";
    for (const [name, send, status] of ways) {
      await t.step(`${kind}, ${name}`, async () => assertEquals(await statusOf(send), status));
    }
    await readEnvelope(await app.asOperator(`/keys/${id}`, { method: "DELETE" }));
    for (const [name, send, , status] of ways) {
      await t.step(`revoked, ${kind}, ${name}`, async () => {
        assertEquals(await statusOf(send), status);
      });
    }
  }
});

Deno.test("a key's own quota counts, and the list says what each brought and how much was refused", async () => {
  await using app = await startApp();
  const { id, key } = await make(app, { service: "shop", quota: 1 });
  const path = `/api/1/envelope/?sentry_key=${key}&sentry_client=${encodeURIComponent(CLIENT)}`;
  const logs = Array.from({ length: 20 }, (_, at) => ({ level: "info", body: `line ${at}` }));
  const items = [["event", errorEvent("pelican")], ["log", { items: logs }], ["session", {}]];
  const first = await post(app, path, envelope(items as [string, unknown][]));
  assertEquals(first.status, 200);
  await first.body?.cancel();
  // The common half is owed; its own share has something left for one.
  const statuses = [];
  for (let time = 0; time < 20; time++) {
    statuses.push(await statusOf(() => post(app, path, text())));
  }
  const refused = statuses.filter((status) => status === 429).length;
  assert(refused > 0);
  const taken = 21 + statuses.length - refused;

  const { content } = await readEnvelope(await app.asOperator("/keys"));
  const { keys } = content as { keys: Record<string, unknown>[] };
  const listed = keys.find((row) => row.id === id)!;
  assertEquals([listed.quota, listed.taken_today, listed.refused_today], [1, taken, refused]);

  const answer = await readEnvelope(await app.asOperator("/keys/counts?days=1&service=shop"));
  const { counts } = answer.content as { counts: Record<string, unknown>[] };
  const rows = counts.map(({ client, outcome, category, reason, quantity }) =>
    [client, outcome, category, reason, quantity].join(" ")
  );
  assertEquals(rows.toSorted(), [
    `${CLIENT} ignored session  1`,
    `${CLIENT} refused unread intake.quota ${refused}`,
    `${CLIENT} taken record  ${taken}`,
  ]);
});

async function make(app: TestApp, body: unknown): Promise<{ id: string; key: string }> {
  const { content } = await readEnvelope(await app.asOperator("/keys", jsonBody(body)), {
    status: 201,
  });
  return content as { id: string; key: string };
}

async function statusOf(send: () => Promise<Response>): Promise<number> {
  const answer = await send();
  await answer.body?.cancel();
  return answer.status;
}

function text(header: Record<string, unknown> = {}): string {
  return eventEnvelope("pelican", header);
}
