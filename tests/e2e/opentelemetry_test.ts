import { assert, assertEquals } from "@std/assert";
import type { LogRecord } from "../../logging/mod.ts";
import { type Collector, startCollector } from "../helpers/start_collector.ts";
import { type Service, startService } from "../helpers/start_service.ts";
import { until } from "../helpers/until.ts";

const CALLER = { traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331" };
const TRACEPARENT = `00-${CALLER.traceId}-${CALLER.spanId}-01`;

Deno.test("with OTEL_DENO a request's record has the ids of its span, be the trace a caller's or new, and is found by them", async () => {
  await using collector = startCollector();
  await using service = await startService(withOpenTelemetry(collector));
  const traced = [
    await ask(service, "/fail?how=string", { traceparent: TRACEPARENT }),
    await ask(service, "/fail?how=stream", { traceparent: TRACEPARENT }),
    await ask(service, "/?user_type=guest", { traceparent: TRACEPARENT }),
  ];
  const alone = await ask(service, "/fail?how=throw");
  const records = await storedRecords(service, [...traced, alone]);
  const { logs } = await service.asOperator(`/logs?q=${CALLER.traceId}`);
  service.kill("SIGTERM");
  assertEquals((await service.ended).code, 0);

  for (const requestId of [...traced, alone]) {
    const { trace_id, span_id } = records.get(requestId)!;
    const spans = collector.spans.filter(({ spanId }) => spanId === span_id);
    assertEquals(spans.map(({ traceId }) => traceId), [trace_id], requestId);
    assertEquals(trace_id === CALLER.traceId, requestId !== alone);
    assertEquals(spans[0]?.parentSpanId, requestId === alone ? "" : CALLER.spanId);
  }
  // Found as well: answers that showed these records.
  const found = logs.filter(({ trace_id }: LogRecord) => trace_id === CALLER.traceId);
  assertEquals(new Set(found.map(({ request_id }: LogRecord) => request_id)), new Set(traced));
});

Deno.test("without OTEL_DENO no record has a trace, whatever a caller says", async () => {
  await using service = await startService();
  const requestId = await ask(service, "/fail?how=string", { traceparent: TRACEPARENT });
  const record = (await storedRecords(service, [requestId])).get(requestId)!;
  assertEquals([record.trace_id, record.span_id], [undefined, undefined]);
});

Deno.test("with OTEL_DENO each record is exported once from the console, and the board's link not at all", async () => {
  await using collector = startCollector();
  // Without a token of its own the service prints one.
  const variables = { ...withOpenTelemetry(collector), OPERATOR_TOKEN: "" };
  await using service = await startService(variables);
  const requestIds: string[] = [];
  for (let i = 0; i < 20; i++) requestIds.push(await ask(service, "/?user_type=guest"));
  service.kill("SIGTERM");
  assertEquals((await service.ended).code, 0);

  assertEquals(collector.defects, []);
  const lines = collector.taken.map(({ body }) => String(body)).filter((body) =>
    body.startsWith("{")
  );
  const records = lines.map((line): LogRecord => JSON.parse(line));
  assert(lines.every((line) => line.trimEnd().split("\n").length === 1));
  assertEquals(records.map(({ seq }) => seq), Array.from(records, (_, i) => i + 1));
  assertEquals(
    requestIds.filter((id) => !records.some(({ request_id }) => request_id === id)),
    [],
  );
  const [, ticket] = /ticket=([\w-]+)/.exec(service.output)!;
  const [, token] = /operator-token: (\w+)/.exec(service.output)!;
  for (const secret of [ticket!, token!]) {
    assertEquals(lines.filter((line) => line.includes(secret)), []);
  }
});

Deno.test("with both exporters on and OTEL_DENO_CONSOLE=ignore each record is with the collector once, in its trace", async () => {
  await using denos = startCollector();
  await using ours = startCollector();
  await using service = await startService({
    ...withOpenTelemetry(denos),
    OTEL_DENO_CONSOLE: "ignore",
    OTLP_LOGS_URL: ours.url,
    OTLP_LOGS_HEADERS: "authorization=Basic%20dXNlcjpwYXNz,x-tenant=a",
  });
  const requestId = await ask(service, "/fail?how=throw", { traceparent: TRACEPARENT });
  service.kill("SIGTERM");
  assertEquals((await service.ended).code, 0);

  assertEquals([denos.defects, ours.defects], [[], []]);
  assertEquals(denos.taken.filter(({ body }) => String(body).startsWith("{")), []);
  const [record, ...others] = ours.taken.filter(({ attributes }) =>
    String(attributes["http.response.header.x-request-id"]) === requestId
  );
  assertEquals([record?.raw.traceId, others], [CALLER.traceId, []]);
  assert(denos.spans.some(({ spanId }) => spanId === record?.raw.spanId));
  assertEquals(ours.requests[0]?.get("authorization"), "Basic dXNlcjpwYXNz");
  assertEquals(ours.requests[0]?.get("x-tenant"), "a");
  assert(service.output.includes(requestId), "the console goes on");
  assert(!service.output.includes("dXNlcjpwYXNz"));
});

function withOpenTelemetry({ base }: Collector): Record<string, string> {
  return {
    OTEL_DENO: "true",
    OTEL_EXPORTER_OTLP_ENDPOINT: base,
    OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
    LOG_CONSOLE: "json",
  };
}

/** Asks, and gives the request's id, whatever comes of it. */
async function ask(service: Service, path: string, headers: HeadersInit = {}): Promise<string> {
  const response = await service.fetch(path, { headers });
  await response.text().catch(() => "it broke half-way, on purpose");
  return response.headers.get("x-request-id")!;
}

/** The records of these requests, once they are stored. */
async function storedRecords(
  service: Service,
  requestIds: readonly string[],
): Promise<Map<string, LogRecord>> {
  return await until(async () => {
    const { logs } = await service.asOperator("/logs");
    const records = new Map(logs.map((record: LogRecord) => [record.request_id, record]));
    return requestIds.every((id) => records.has(id)) && records as Map<string, LogRecord>;
  }, { what: "the records are stored" });
}
