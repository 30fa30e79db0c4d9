import {
  assert,
  assertEquals,
  assertMatch,
  assertNotMatch,
  assertStringIncludes,
} from "@std/assert";
import { modules } from "../../modules/registry.ts";
import { StoreBusy } from "../../logging/mod.ts";
import { openSession } from "../helpers/open_session.ts";
import { type Metrics, readMetrics } from "../helpers/read_metrics.ts";
import { readEnvelope } from "../helpers/read_envelope.ts";
import { INTAKE_KEY, startApp, withToken } from "../helpers/start_app.ts";
import { until } from "../helpers/until.ts";

Deno.test("/healthz says that the process lives, /readyz that the store and the queue do", async () => {
  await using app = await startApp();
  const alive = await readEnvelope(await app.request("/healthz"), { status: 200 });
  assertEquals(alive.content, { alive: true });
  const ready = await readEnvelope(await app.request("/readyz"), { status: 200 });
  const { ready: isReady, store_bytes, log_queue_bytes } = ready.content as Record<string, number>;
  assertEquals([isReady, typeof store_bytes, typeof log_queue_bytes], [true, "number", "number"]);
});

Deno.test("/readyz says yes however much another service reports", async () => {
  await using app = await startApp({ logging: { queueLimitBytes: 20_000 } });
  const { logging } = app;
  for (let i = 0; i < 200; i++) {
    logging.report({ level: "WARN", svc_name: "noisy", message: "x".repeat(500) });
  }
  assert(logging.stats().dropped.WARN!.queue_full! > 100);
  await readEnvelope(await app.request("/readyz"), { status: 200 });
});

Deno.test("/readyz answers 503 while the log's queue is full, and says how full it is", async () => {
  await using app = await startApp({ logging: { queueLimitBytes: 2_000 } });
  // Nothing is posted before this turn ends, so the queue holds all of it.
  for (let i = 0; i < 50; i++) app.logging.logger.warn("x".repeat(200));
  const { content } = await readEnvelope(await app.request("/readyz"), {
    status: 503,
    code: "log.full",
    isFinding: true,
  });
  assertMatch(
    String(content),
    /^\[Error\] Unavailable: the log's queue is full: \d+ of 2000 bytes$/,
  );
});

Deno.test("what a probe or a visit to the board finds is no error, and no record above DEBUG", async () => {
  const busy = () => Promise.reject(new StoreBusy("held by another"));
  await using app = await startApp({ store: { health: busy, listErrors: busy } });
  const cookie = await openSession(app);
  for (let probe = 0; probe < 3; probe++) {
    await readEnvelope(await app.request("/readyz"), {
      status: 503,
      code: "store.unavailable",
      isFinding: true,
    });
    const page = await app.request("/board", { headers: { cookie } });
    assertEquals(page.status, 503);
    assertNotMatch(await page.text(), /It is recorded as/);
  }
  await (await app.request("/healthz")).body?.cancel();
  await (await app.request("/logs?limit=1", { headers: { cookie } })).body?.cancel();
  const tail = await app.request("/logs/stream", { headers: { cookie } });
  await tail.body?.cancel();
  const { items } = await until(async () => {
    const found = await app.logging.store.listLogs({ limit: 100 });
    return found.items.some(({ route }) => route === "/logs/stream") && found;
  }, { what: "the end of the tail is recorded" });
  const visits = items.filter(({ route, path }) =>
    route !== undefined && path !== "/board/sign-in"
  );
  assertEquals([...new Set(visits.map(({ level }) => level))], ["DEBUG"]);
  assertEquals(visits.length, 9);
  assertEquals((await app.logging.store.stateCounts({})).open, 0);
});

Deno.test("outside development /metrics wants the operator's token, and is not there without one", async () => {
  await using app = await startApp({ environment: "production" });
  await readEnvelope(await app.request("/metrics"), { status: 401, code: "auth.missing" });
  const wrong = withToken("wrong-token-of-a-stranger");
  await readEnvelope(await app.request("/metrics", wrong), { status: 401, code: "auth.invalid" });
  const byKey = withToken(INTAKE_KEY);
  await readEnvelope(await app.request("/metrics", byKey), { status: 401, code: "auth.invalid" });
  readMetrics(await (await app.asOperator("/metrics")).text());
  const cookie = await openSession(app);
  readMetrics(await (await app.request("/metrics", { headers: { cookie } })).text());

  await using closed = await startApp({ environment: "production", operators: [] });
  await readEnvelope(await closed.asOperator("/metrics"), { status: 404, code: "route.unknown" });
});

Deno.test("outside development strangers are not told the operator's routes", async (t) => {
  await using app = await startApp({ environment: "production" });
  const cookie = await openSession(app);
  const html = { accept: "text/html" };
  const operatorOnly = /metrics|trends|resolution|occurrences|mute|merge/;
  await t.step("a stranger", async () => {
    const { paths } = await (await app.request("/openapi.json")).json();
    const own = ["/", "/errors", "/home", "/logs"];
    assertEquals(
      Object.keys(paths).sort(),
      [...own, "/healthz", "/openapi.json", "/readyz", "/receipts/{id}"].sort(),
    );
    assertEquals([Object.keys(paths["/errors"]), Object.keys(paths["/logs"])], [["post"], [
      "post",
    ]]);
    assertNotMatch(await (await app.request("/", { headers: html })).text(), operatorOnly);
    const stale = { headers: { ...html, cookie: "holdfast_board_00000000=1" } };
    assertNotMatch(await (await app.request("/", stale)).text(), operatorOnly);
  });
  await t.step("a wrong token is told to be wrong", async () => {
    const wrong = withToken("wrong-token-of-a-stranger");
    await readEnvelope(await app.request("/openapi.json", wrong), {
      status: 401,
      code: "auth.invalid",
    });
  });
  await t.step("the operator", async () => {
    const { paths } = await (await app.asOperator("/openapi.json")).json();
    assertMatch(Object.keys(paths).join(), operatorOnly);
    assertMatch(await (await app.asOperator("/", { headers: html })).text(), operatorOnly);
    const bySession = await app.request("/openapi.json", { headers: { cookie } });
    assertMatch(await bySession.text(), operatorOnly);
  });
  await t.step("anybody in development", async () => {
    await using development = await startApp();
    assertMatch(await (await development.request("/openapi.json")).text(), operatorOnly);
  });
});

Deno.test("/metrics is Prometheus text, counts by route and status, and its counters balance", async () => {
  await using app = await startApp();
  const asked = [
    "/",
    "/nothing",
    "/other",
    "/fail?how=throw",
    "/errors/a",
    "/errors/b",
    "/healthz",
  ];
  for (const path of asked) await (await app.asOperator(path)).body?.cancel();
  await app.logging.flush({ deadlineMs: 30_000 });
  const response = await app.request("/metrics");
  assertEquals([response.status, response.headers.get("content-type")], [
    200,
    "text/plain; version=0.0.4; charset=utf-8",
  ]);
  const metrics = readMetrics(await response.text());
  const counts = Object.fromEntries(
    metrics.samples.filter(({ name }) => name === "holdfast_requests_total")
      .map(({ labels, value }) => [`${labels.route} ${labels.status}`, value]),
  );
  assertEquals(counts, {
    "/ 400": 1,
    "* 404": 2,
    "/fail 500": 1,
    "/errors/:id 404": 2,
    "/healthz 200": 1,
  });
  assertEquals(sumOf(metrics, "holdfast_request_duration_seconds_count"), asked.length);
  assertBooksBalance(metrics);
  assertEquals(sumOf(metrics, "holdfast_log_accepted_total"), asked.length);
  assertEquals(sumOf(metrics, "holdfast_worker_restarts_total"), 0);
});

Deno.test("what was dropped stands in the metrics by level and reason, and the counters balance", async () => {
  await using app = await startApp({ logging: { queueLimitBytes: 4_000 } });
  for (let i = 0; i < 100; i++) app.logging.logger.info("x".repeat(100));
  const metrics = readMetrics(await (await app.request("/metrics")).text());
  const dropped = metrics.samples.filter(({ name }) => name === "holdfast_log_dropped_total");
  assertEquals(dropped.map(({ labels }) => labels), [{ level: "INFO", reason: "queue_full" }]);
  assertBooksBalance(metrics);
});

Deno.test("a histogram of durations only ever grows from bucket to bucket", async () => {
  await using app = await startApp();
  for (let i = 0; i < 5; i++) await (await app.request("/")).body?.cancel();
  const metrics = readMetrics(await (await app.request("/metrics")).text());
  const buckets = metrics.samples.filter(({ name, labels }) =>
    name === "holdfast_request_duration_seconds_bucket" && labels.route === "/"
  );
  const values = buckets.map(({ value }) => value);
  assertEquals(values, values.toSorted((a, b) => a - b));
  assertEquals([buckets.at(-1)?.labels.le, values.at(-1)], ["+Inf", 5]);
});

Deno.test("a route's name cannot break the metrics", async () => {
  const odd = { ...modules[0]!, name: "/odd", paths: ['/a"b\\c'] };
  await using app = await startApp({ modules: [odd] });
  await (await app.fetch(new Request('http://localhost/a"b\\c'))).body?.cancel();
  readMetrics(await (await app.request("/metrics")).text());
});

Deno.test("people get a page at / that lists every service, without script", async () => {
  await using app = await startApp();
  const headers = { accept: "text/html,application/xhtml+xml,*/*;q=0.8" };
  const response = await app.request("/", { headers });
  assertEquals([response.status, response.headers.get("content-type")], [
    200,
    "text/html; charset=utf-8",
  ]);
  assertMatch(
    String(response.headers.get("content-security-policy")),
    /^default-src 'none'; style-src 'sha256-[A-Za-z0-9+/=]+'; frame-ancestors 'none'/,
  );
  assertEquals(response.headers.get("x-content-type-options"), "nosniff");
  assert(response.headers.has("x-request-id"));
  const page = await response.text();
  for (const { method = "GET", name, paths = [name], summary } of modules) {
    assertStringIncludes(page, `${method} ${paths[0]}`);
    assertStringIncludes(page, summary);
  }
  assert(!page.includes("<script"));
  assertStringIncludes(page, `<a href="/board">board</a>`);
  await using closed = await startApp({ operators: [] });
  const other = await (await closed.request("/", { headers })).text();
  assert(!other.includes("board"), other);
});

Deno.test("the style of the page is what its policy lets through", async () => {
  await using app = await startApp();
  const response = await app.request("/", { headers: { accept: "text/html" } });
  const style = /<style>([^]*)<\/style>/.exec(await response.text())?.[1];
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(style));
  const hash = btoa(String.fromCharCode(...new Uint8Array(digest)));
  assertStringIncludes(String(response.headers.get("content-security-policy")), hash);
});

Deno.test("a browser that asks something gets the envelope, and so does curl", async () => {
  await using app = await startApp();
  const accept = { headers: { accept: "text/html" } };
  await readEnvelope(await app.request("/?user_type=guest", accept), {
    status: 400,
    code: "query_content.missing",
  });
  await readEnvelope(await app.request("/home", accept), {
    status: 400,
    code: "query_content.missing",
  });
  const curl = { headers: { accept: "*/*" } };
  await readEnvelope(await app.request("/", curl), { status: 400, code: "query_content.missing" });
});

function sumOf({ samples }: Metrics, name: string): number {
  return samples.filter((sample) => sample.name === name).reduce(
    (sum, { value }) => sum + value,
    0,
  );
}

function assertBooksBalance(metrics: Metrics): void {
  assertEquals(
    sumOf(metrics, "holdfast_log_accepted_total"),
    sumOf(metrics, "holdfast_log_stored_total") + sumOf(metrics, "holdfast_log_pending") +
      sumOf(metrics, "holdfast_log_dropped_total"),
  );
}
