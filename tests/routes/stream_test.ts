import { assertEquals, assertStringIncludes } from "@std/assert";
import { MAX_TAILS } from "../../logging/live_tails.ts";
import { readEnvelope } from "../helpers/read_envelope.ts";
import { takeEvents } from "../helpers/read_events.ts";
import { OPERATOR_TOKEN, startApp, type TestApp, withToken } from "../helpers/start_app.ts";
import { startService } from "../helpers/start_service.ts";
import { until } from "../helpers/until.ts";

const SHOP = "svc_name=shop";

Deno.test("GET /logs/stream shows what is logged from now on", async () => {
  await using app = await startApp();
  await log(app, "before");
  const response = await app.asOperator(`/logs/stream?${SHOP}`);
  assertEquals([response.status, response.headers.get("content-type")], [200, "text/event-stream"]);
  await log(app, "first", "second");
  const events = await takeEvents(response, 2);
  assertEquals(events.map(({ data }) => data.message), ["first", "second"]);
  await until(() => app.logging.tails.count === 0, { what: "the stream has ended" });
});

Deno.test("GET /logs/stream begins with as many of the newest as one asks for", async () => {
  await using app = await startApp();
  await log(app, "one", "two", "three");
  const events = await takeEvents(await app.asOperator(`/logs/stream?${SHOP}&last=2`), 2);
  assertEquals(events.map(({ data }) => data.message), ["two", "three"]);
});

Deno.test("whoever comes back with Last-Event-ID misses nothing and gets nothing twice", async () => {
  await using app = await startApp();
  const first = await app.asOperator(`/logs/stream?${SHOP}`);
  await log(app, "1", "2", "3");
  const [event] = await takeEvents(first, 1);
  // What comes in between: late by an hour, and now.
  await log(app, { message: "late", time: new Date(Date.now() - 3_600_000).toISOString() }, "4");
  const headers = { "last-event-id": event!.id };
  const again = await takeEvents(await app.asOperator(`/logs/stream?${SHOP}`, { headers }), 4);
  assertEquals(again.map(({ data }) => data.message), ["2", "3", "late", "4"]);
  const after = await takeEvents(
    await app.asOperator(`/logs/stream?${SHOP}&after=${again[1]!.id}`),
    2,
  );
  assertEquals(after.map(({ data }) => data.message), ["late", "4"]);
});

Deno.test("a stream is the operator's, of known filters, from a position of ours", async () => {
  await using app = await startApp();
  await readEnvelope(await app.request("/logs/stream"), { status: 401, code: "auth.missing" });
  const cases = [
    ["level=LOUD", "level.unknown"],
    ["last=101", "last.invalid"],
    ["after=x", "cursor.invalid"],
  ];
  for (const [query, code] of cases) {
    await readEnvelope(await app.asOperator(`/logs/stream?${query}`), { status: 422, code });
  }
  assertEquals(app.logging.tails.count, 0);
});

Deno.test("streams are few, and one that ends makes room", async () => {
  await using app = await startApp();
  const open = await Promise.all(
    Array.from({ length: MAX_TAILS }, () => app.asOperator("/logs/stream")),
  );
  assertEquals(open.map(({ status }) => status), Array(MAX_TAILS).fill(200));
  const refused = await app.asOperator("/logs/stream");
  await readEnvelope(refused, { status: 429, code: "requests.too_many" });
  await open[0]!.body!.cancel();
  const next = await app.asOperator("/logs/stream");
  assertEquals(next.status, 200);
  for (const response of [...open.slice(1), next]) await response.body!.cancel();
  assertEquals(app.logging.tails.count, 0);
});

Deno.test("a client that leaves a stream is one record, and no error", async () => {
  await using app = await startApp();
  const reader = (await app.asOperator("/logs/stream")).body!.getReader();
  // Now it waits for what comes next.
  await reader.read();
  await reader.cancel();
  await until(() => app.logging.tails.count === 0, { what: "the stream has ended" });
  await app.logging.flush({ deadlineMs: 30_000 });
  const { items } = await app.logging.store.listLogs({ route: "/logs/stream", limit: 10 });
  assertEquals(items.map(({ level, message }) => `${level} ${message}`), [
    "INFO GET /logs/stream 200: the client went away half-way",
  ]);
});

Deno.test("a stream ends with its client, and does not hold up the end of the service", async () => {
  await using service = await startService({ SHUTDOWN_MS: "4500" });
  const aborter = new AbortController();
  const headers = { "accept-encoding": "gzip, br" };
  const watch = (signal?: AbortSignal) =>
    service.fetch(
      "/logs/stream?route=/home",
      withToken(OPERATOR_TOKEN, { headers, ...(signal && { signal }) }),
    );
  const gone = await watch(aborter.signal);
  await gone.body!.getReader().read();
  aborter.abort();
  await until(() => service.output.includes("the client went away half-way"), {
    what: "the stream that was left has ended",
  });
  const kept = await watch();
  await (await service.fetch("/home?query_content=x&user_type=guest")).body?.cancel();
  // Compressed or not, an event comes at once.
  const reader = kept.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  while (!text.includes("data: ")) text += (await reader.read()).value;
  assertStringIncludes(text, '"route":"/home"');
  const startMs = performance.now();
  service.kill("SIGTERM");
  while (!(await reader.read()).done);
  assertEquals((await service.ended).code, 0);
  assertEquals(performance.now() - startMs < 2_000, true);
});

type Report = string | { message: string; time: string };

async function log(app: TestApp, ...reports: Report[]): Promise<void> {
  const bodies = reports.map((report) => ({
    svc_name: "shop",
    ...(typeof report === "string" ? { message: report } : report),
  }));
  // One after the other: the order of what is said.
  for (const body of bodies) {
    await (await app.report("/logs", body)).body?.cancel();
    await app.logging.flush({ deadlineMs: 30_000 });
  }
}
