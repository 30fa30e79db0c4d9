import { assert, assertEquals, assertMatch } from "@std/assert";
import { gzipSync } from "node:zlib";
import { decode } from "../../intake/decode.ts";
import type { DecodedReport, Delivery } from "../../intake/intake.ts";
import { fingerprint } from "../../store/grouping/fingerprint.ts";
import type { LogRecord } from "../../store/record.ts";
import { bodyOf, type Captured, captured } from "./captured.ts";

/** What a person read in a request of OpenTelemetry. */
interface Group {
  resource: Record<string, string>;
  records?: {
    severity_number: number;
    severity_text?: string;
    body: string;
    exception?: { type: string; message: string; stacktrace?: string };
  }[];
  exception_span_events?: { span: string; [attribute: string]: string }[];
}

const LEVELS = ["INFO", "DEBUG", "DEBUG", "INFO", "WARN", "ERROR", "CRITICAL"];
const PATH = /^\/v1\/(?<protocol>logs|traces)$/;

const requests = captured().filter(({ request }) => PATH.test(request.path));

function deliver(of: Pick<Captured, "file" | "request">): Delivery {
  const { headers, content_encoding, path } = of.request;
  const body = bodyOf(of);
  return {
    protocol: PATH.exec(path)!.groups!.protocol as "logs" | "traces",
    body: content_encoding === "gzip" ? new Uint8Array(gzipSync(body)) : body,
    encoding: content_encoding ?? undefined,
    contentType: headers["content-type"],
    otherwise: "unnamed",
    receivedMs: 0,
  };
}

function nameOf({ file }: Captured): string {
  return file.replace(/^requests\/|\.bin$/g, "");
}

for (const request of requests) {
  const { client, version, what } = request;
  Deno.test(`${client} ${version}: ${what} (${nameOf(request)})`, async () => {
    const { reports, damaged } = await decode(deliver(request));
    assertEquals(damaged, undefined);
    const [{ resource, records = [], exception_span_events: events = [] }] = request
      .expect as unknown as [Group];
    assertEquals(reports.length, records.length + events.length);
    for (const { report, timeMs } of reports) {
      assertEquals(report.svc_name, resource["service.name"]);
      assertEquals(report.release, resource["service.version"]);
      assertEquals(report.environment, resource["deployment.environment.name"]);
      assert(Number(timeMs) > Date.UTC(2023, 0), String(timeMs));
    }
    records.forEach((expected, at) => checkRecord(reports[at]!, expected));
    events.forEach((expected, at) => checkEvent(reports[at]!, expected));
  });
}

function checkRecord(
  { report: { level, message = "", error, attrs } }: DecodedReport,
  { severity_number, severity_text, body, exception }: NonNullable<Group["records"]>[number],
): void {
  const range = Math.ceil(severity_number / 4);
  assertEquals(level, range === 0 && severity_text ? severity_text.toUpperCase() : LEVELS[range]);
  if (body === "(structured)") assertEquals((attrs?.body as { n: number }).n, 1);
  else assertEquals(message, body.split("\n", 1)[0]);
  if (exception === undefined) return;
  // Python prints a key that is missing with its quotes.
  const said = exception.type === "KeyError" ? `'${exception.message}'` : exception.message;
  assertEquals([error?.type, error?.message], [exception.type, said]);
  const [head] = (exception.stacktrace ?? "").split(" …");
  assert((error?.stack ?? "").startsWith(head!), error?.stack);
}

function checkEvent(
  { report: { level, error, attrs } }: DecodedReport,
  expected: Record<string, string>,
): void {
  assertEquals(level, "ERROR");
  assertEquals((attrs?.span as { name: string }).name, expected.span);
  assertEquals(error?.message, expected["exception.message"]);
  const type = expected["exception.type"];
  if (type !== undefined) assert([error?.type, error?.code].includes(type), error?.type);
}

async function reportsOf(name: string): Promise<readonly DecodedReport[]> {
  return (await decode(deliver(requests.find((one) => nameOf(one) === name)!))).reports;
}

function keyOf({ report }: DecodedReport): string {
  const record = { message: "", ...report, reported: true } as unknown as LogRecord;
  return fingerprint(record, { root: "/srv/holdfast" }).key;
}

Deno.test("the same failure is the same error: twice in one program, as a record and on a span", async () => {
  const logs = await reportsOf("otjs-logs-json");
  const [span] = await reportsOf("otjs-traces-json");
  const bug = logs.filter(({ report }) => report.error?.type === "TypeError");
  assertEquals(bug.length, 3);
  assertEquals(keyOf(bug[0]!), keyOf(bug[1]!));
  // A frame without a name has that of the route, which the record does not tell.
  const { report: { route } } = span!;
  assertEquals(keyOf({ report: { ...bug[2]!.report, route } }), keyOf(span!));
  for (
    const [name, type] of [["otpy-logs-proto", "KeyError"], ["otdeno-logs-proto", "TypeError"]]
  ) {
    const [first, second] = (await reportsOf(name!)).filter(({ report }) =>
      report.error?.type === type
    );
    assertEquals(keyOf(first!), keyOf(second!));
  }
  const [first, second] = await reportsOf("otgo-logs-proto");
  assertEquals(keyOf(first!), keyOf(second!));
});

Deno.test("what pino's transport sends has its error, and its type is no text in the attributes", async () => {
  const failures = (await reportsOf("pinootel-logs-json")).filter(({ report }) => report.error);
  assertEquals(failures.map(({ report }) => report.error?.type), ["TypeError", "TypeError"]);
  const [, { report: { method, path, attrs, instance } }] = failures as [unknown, DecodedReport];
  assertEquals([method, path, instance], ["GET", "/cart/7", "web-1:25235"]);
  assertEquals(attrs?.err, undefined);
  assertMatch(failures[0]!.report.error!.stack!, /pinoapp\.mjs:1:80/);
});

Deno.test("what Deno prints of an error has its code, as the span has it", async () => {
  const printed = (await reportsOf("otdeno-logs-proto")).find(({ report }) => report.error?.code);
  assertEquals([printed?.report.error?.type, printed?.report.error?.code], [
    "PriceError",
    "price.unknown",
  ]);
  const [span] = await reportsOf("otdeno-traces-json");
  assertEquals(keyOf(printed!), keyOf(span!));
});

Deno.test("Deno's spans name an error by its code, and have their status as text", async () => {
  const { reports: [one], counts } = await decode(
    deliver(requests.find((one) => nameOf(one) === "otdeno-traces-json")!),
  );
  const { error, status, method } = one!.report;
  assertEquals([error?.type, error?.code, status, method], [
    "PriceError",
    "price.unknown",
    500,
    "GET",
  ]);
  assertEquals(counts, [{
    outcome: "ignored",
    category: "span",
    service: "shop-deno",
    quantity: 7,
  }]);
});
