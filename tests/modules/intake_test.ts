import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { openSession } from "../helpers/open_session.ts";
import { readEnvelope } from "../helpers/read_envelope.ts";
import { INTAKE_KEY, jsonBody, startApp, type TestApp, withToken } from "../helpers/start_app.ts";

Deno.test("a key with a service reports as that service, whatever a report says", async () => {
  await using app = await startApp({ intakeKeys: [{ key: "k", service: "shop" }] });
  await readEnvelope(
    await send(app, "k", [{ message: "nameless" }, { svc_name: "till", message: "other" }]),
    { status: 202 },
  );
  await readEnvelope(await send(app, "k", { svc_name: 7, message: "numbered" }), { status: 202 });
  await app.logging.flush({ deadlineMs: 30_000 });
  const { items } = await app.logging.store.listLogs({ svc_name: "shop", limit: 10 });
  assertEquals(items.map(({ message, attrs }) => [message, attrs]), [
    ["numbered", { reported_svc_name: 7 }],
    ["other", { reported_svc_name: "till" }],
    ["nameless", undefined],
  ]);
});

Deno.test("a public key opens none of the JSON routes, and is no wrong token", async () => {
  await using app = await startApp({
    intakeKeys: [{ key: "p", service: "web", isPublic: true }, { key: INTAKE_KEY }],
  });
  for (const path of ["/logs", "/errors"]) {
    for (let time = 0; time < 120; time++) {
      await readEnvelope(await send(app, "p", { message: "x" }, path), {
        status: 403,
        code: "auth.public_key",
      });
    }
  }
  await readEnvelope(await app.request("/errors", withToken("p")), {
    status: 401,
    code: "auth.invalid",
  });
  await readEnvelope(await app.report("/logs", { svc_name: "shop" }), { status: 202 });
});

Deno.test("who reports more than the key's quota is told when to come again; its neighbour is not", async () => {
  // So slow that no second passes in which anything comes back.
  await using app = await startApp({ intakeQuota: 0.01 });
  const many = Array.from({ length: 100 }, () => ({ svc_name: "noisy", message: "pelican" }));
  const statuses = [];
  for (let time = 0; time < 4; time++) statuses.push((await app.report("/logs", many)).status);
  assertEquals(statuses, [202, 202, 429, 429]);
  const refused = await app.report("/logs", many);
  assertMatch(refused.headers.get("retry-after")!, /^\d+$/);
  assert(Number(refused.headers.get("retry-after")) > 1);
  const { content } = await readEnvelope(refused, { status: 429, code: "intake.quota" });
  assertStringIncludes(String(content), "quota");
  await readEnvelope(await app.report("/logs", { svc_name: "quiet" }), { status: 202 });
  await app.logging.flush({ deadlineMs: 30_000 });
  const { total } = await app.logging.store.listLogs({ q: "pelican", limit: 1 });
  assertEquals(total, 200);

  const metrics = await (await app.request("/metrics")).text();
  assertStringIncludes(metrics, 'service="noisy",reason="intake.quota"} 300\n');
  const session = await openSession(app);
  const page = await app.request("/board/overview", { headers: { cookie: session } });
  assertStringIncludes(
    await page.text(),
    "300 reports were refused since the start, most of them of noisy",
  );
});

Deno.test("what cannot be taken costs nothing of a quota", async () => {
  await using app = await startApp({ intakeQuota: 0.01 });
  const wrong = Array.from({ length: 100 }, () => ({ message: "whose?" }));
  for (let time = 0; time < 5; time++) {
    assertEquals((await app.report("/logs", wrong)).status, 400);
  }
  await readEnvelope(await app.report("/logs", { svc_name: "shop" }), { status: 202 });
});

function send(app: TestApp, key: string, body: unknown, path = "/logs"): Promise<Response> {
  return app.request(path, withToken(key, jsonBody(body)));
}
