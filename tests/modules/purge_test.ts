import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { openSession } from "../helpers/open_session.ts";
import { readEnvelope } from "../helpers/read_envelope.ts";
import { startApp, type TestApp } from "../helpers/start_app.ts";
import { until } from "../helpers/until.ts";

Deno.test("errors and log records of a service are deleted, and no others", async () => {
  await using app = await startApp();
  await reportAll(app, ["shop", "shop", "till"]);
  assertEquals(await ask(app, "DELETE /errors?svc_name=shop"), { removed: 2, more: false });
  assertEquals(await totals(app), { errors: 1, logs: 3 });
  assertEquals(await ask(app, "DELETE /logs?svc_name=shop&older_than_days=1"), {
    removed: 0,
    more: false,
  });
  assertEquals(await ask(app, "DELETE /logs?svc_name=shop"), { removed: 2, more: false });
  assertEquals(await totals(app), { errors: 1, logs: 1 });
});

Deno.test("more than one step can delete goes in one request", async () => {
  await using app = await startApp();
  for (let i = 0; i < 3; i++) await reportAll(app, Array(80).fill(`shop`), `${i}`);
  assertEquals(await ask(app, "DELETE /errors?svc_name=shop"), { removed: 240, more: false });
});

Deno.test("everything, nonsense and strangers are refused", async () => {
  await using app = await startApp();
  await reportAll(app, ["shop"]);
  for (
    const [query, status, code] of [
      ["", 400, "svc_name.missing"],
      ["?svc_name=", 422, "svc_name.invalid"],
      ["?older_than_days=0", 422, "older_than_days.invalid"],
      ["?older_than_days=1.5", 400, "older_than_days.wrong_type"],
      ["?older_than_days=99999999", 422, "older_than_days.invalid"],
    ] as const
  ) {
    for (const path of ["/errors", "/logs"]) {
      const answer = await app.asOperator(path + query, { method: "DELETE" });
      await readEnvelope(answer, { status, code });
    }
  }
  // A slip in the name of a filter would delete more than was meant.
  const slip = await app.asOperator("/errors?svc_name=shop&older=30", { method: "DELETE" });
  assertEquals((await readEnvelope(slip)).status, 400);
  const stranger = await app.request("/errors?svc_name=shop", { method: "DELETE" });
  await readEnvelope(stranger, { status: 401, code: "auth.missing" });
  assertEquals((await totals(app)).errors, 1);
});

Deno.test("the board deletes by service when it is confirmed, and only its own form may", async () => {
  await using app = await startApp();
  await reportAll(app, ["shop", "till"]);
  const cookie = await openSession(app);
  const send = (fields: Record<string, string>, headers: HeadersInit = SAME_ORIGIN) =>
    app.request("/board/purge", {
      method: "POST",
      headers: { ...headers, cookie },
      body: new URLSearchParams(fields),
    });
  const order = { what: "errors", svc_name: "shop", sure: "yes" };
  for (
    const [fields, headers, status] of [
      [order, { "sec-fetch-site": "cross-site" }, 403],
      [order, {}, 403],
      [{ ...order, sure: "" }, SAME_ORIGIN, 422],
      [{ ...order, svc_name: " " }, SAME_ORIGIN, 400],
      [{ ...order, days: "-1" }, SAME_ORIGIN, 400],
      [{ ...order, days: "0" }, SAME_ORIGIN, 422],
      [{ ...order, svc_name: "s".repeat(201) }, SAME_ORIGIN, 422],
      [{ ...order, what: "keys" }, SAME_ORIGIN, 422],
    ] as [Record<string, string>, HeadersInit, number][]
  ) {
    const refused = await send(fields, headers);
    assertEquals(refused.status, status, JSON.stringify(fields));
    await refused.body?.cancel();
  }
  assertEquals((await totals(app)).errors, 2);
  const done = await send(order);
  assertEquals(done.status, 303);
  const page = await app.request(done.headers.get("location")!, { headers: { cookie } });
  assertStringIncludes(await page.text(), "1 error deleted.");
  assertEquals((await totals(app)).errors, 1);
  const strange = "/board/overview?done=deleted&count=%3Cb%3E&what=%3Cb%3E";
  const html = await (await app.request(strange, { headers: { cookie } })).text();
  assert(!html.includes("deleted."));
});

const SAME_ORIGIN = { "sec-fetch-site": "same-origin" };

async function reportAll(app: TestApp, services: string[], prefix = ""): Promise<void> {
  const reports = services.map((svc_name, i) => ({
    svc_name,
    error: { type: "Ant", message: `no price ${prefix}`, code: `${prefix} ${i}` },
  }));
  const { content } = await readEnvelope(await app.report("/errors", reports));
  const last = (content as { ids: string[] }).ids.at(-1)!;
  await until(async () => (await app.asOperator(`/occurrences/${last}`)).ok, { what: "stored" });
}

async function ask(app: TestApp, call: string): Promise<unknown> {
  const [method, path] = call.split(" ") as [string, string];
  return (await readEnvelope(await app.asOperator(path, { method }))).content;
}

/** What other services have reported. */
async function totals(app: TestApp): Promise<{ errors: number; logs: number }> {
  const counts = await Promise.all(["shop", "till"].map(async (name) => {
    const errors = await app.logging.store.listErrors({ svc_name: name, limit: 1 });
    const logs = await app.logging.store.listLogs({ svc_name: name, limit: 1 });
    return { errors: errors.total, logs: logs.total };
  }));
  return {
    errors: counts.reduce((sum, { errors }) => sum + errors, 0),
    logs: counts.reduce((sum, { logs }) => sum + logs!, 0),
  };
}
