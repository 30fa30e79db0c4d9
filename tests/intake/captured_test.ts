import { assert, assertEquals } from "@std/assert";
import { decode } from "../../intake/decode.ts";
import type { Decoded, DecodedReport } from "../../intake/intake.ts";
import { timeIn } from "../../intake/sentry/times.ts";
import type { RecordedFrame } from "../../store/record.ts";
import type { ReportedError } from "../../store/report.ts";
import { type Captured, capturedOfSentry, deliveryOf, type Expected } from "./captured.ts";

const LEVELS: Record<string, string> = {
  trace: "DEBUG",
  debug: "DEBUG",
  info: "INFO",
  warn: "WARN",
  warning: "WARN",
  error: "ERROR",
  fatal: "CRITICAL",
};
/** Items that are counted, and what as. */
const IGNORED: Record<string, string> = {
  transaction: "transaction",
  session: "session",
  sessions: "session",
  span: "span",
  check_in: "monitor",
  attachment: "attachment",
  trace_metric: "trace_metric",
  replay_event: "replay",
  replay_recording: "replay",
};

for (const request of capturedOfSentry()) {
  const { client, version, what, file } = request;
  const name = file.replace(/^requests\/|\.bin$/g, "");
  Deno.test(`${client} ${version}: ${what} (${name})`, async () => {
    const decoded = await decode(deliveryOf(request));
    const events = request.expect.filter(({ item }) => item === "event");
    const logs = request.expect.filter(({ item }) => item === "log");
    const wordsWithoutEvent = decoded.reports.filter(({ report }) =>
      report.attrs?.contexts &&
      "feedback" in (report.attrs.contexts as object)
    );
    assertEquals(
      decoded.reports.length - wordsWithoutEvent.length,
      events.length + logs.flatMap(({ records }) => records ?? []).length,
    );
    for (const expected of events) checkEvent(decoded, expected);
    for (const expected of logs) checkLogs(decoded.reports, expected);
    checkCounts(decoded, request);
  });
}

function checkEvent({ reports, eventId }: Decoded, expected: Expected): void {
  const found = reports.find(({ report }) => report.event_id === expected.event_id);
  if (found === undefined) throw new Error("the event is not there");
  const { report, timeMs } = found;
  assertEquals(eventId, expected.event_id);
  assertEquals(report.level, LEVELS[expected.level ?? "error"]);
  assertEquals(timeMs, timeIn(expected.occurred_at));
  assertEquals(report.release, expected.release);
  assertEquals(report.environment, expected.environment);
  assertEquals(report.instance, expected.server_name);
  assertEquals(report.trace_id, expected.trace_id);
  assertEquals(report.handled, expected.handled);
  assertEquals(report.attrs?.fingerprint, expected.fingerprint);
  assertEquals(report.attrs?.template, expected.template);
  assertEquals(report.attrs?.logger, expected.logger);
  assertEquals(report.attrs?.dist, expected.dist);
  assertEquals(transactionOf(found), expected.transaction);
  checkWhat(found, expected);
  checkOrigin(found, expected);
  assertEquals(
    ownFramesOf(found).map(placeOf),
    (expected.own_frames ?? []).filter(isCode).map(placeOf),
  );
  const ids = Object.values(found.debugIds ?? {});
  assertEquals(ids, (expected.debug_ids ?? []).map((id) => id.replaceAll("-", "")));
}

function checkWhat({ report }: DecodedReport, expected: Expected): void {
  if (expected.kind === "message") {
    assertEquals(report.error, undefined);
    assertEquals(report.message, expected.message);
    assertEquals(["ERROR", "CRITICAL"].includes(report.level), expected.counts_as_error);
    return;
  }
  assertEquals(report.error?.type, expected.type);
  assertEquals(report.error?.message, expected.message);
  const chained = [...causesOf(report.error!), ...(report.attrs?.members as ReportedError[] ?? [])];
  assertEquals(
    chained.map(({ type, message }) => ({ type, message })),
    expected.chained ?? [],
  );
}

function checkOrigin({ report }: DecodedReport, expected: Expected): void {
  const { id, username, email, ip_address: ip } = expected.user ?? {};
  assertEquals(report.user?.id, id);
  assertEquals(report.user?.name, username);
  assertEquals(report.user?.email, email);
  // Without an address to put in, `{{auto}}` is none.
  assertEquals(report.user?.ip, ip === "{{auto}}" ? undefined : ip);
  const tags = Object.entries(expected.tags ?? {}).map(([name, tag]) => [name, String(tag)]);
  assertEquals({ ...report.tags }, Object.fromEntries(tags));
  if (expected.request) {
    const { method, url, query } = expected.request;
    const { pathname, search } = new URL(url);
    assertEquals(report.method, method ?? undefined);
    const path = pathname + (search || (query ? `?${query}` : ""));
    assertEquals(decodeURIComponent(report.path!), decodeURIComponent(path));
  }
}

function transactionOf({ report }: DecodedReport): string | undefined {
  if (report.module !== undefined) return report.module;
  if (report.route === undefined) return undefined;
  return report.path !== undefined && report.method !== undefined && !isPathAlone(report)
    ? `${report.method} ${report.route}`
    : report.route;
}

/** Django and browsers name the path without the method. */
function isPathAlone({ attrs }: DecodedReport["report"]): boolean {
  const { name = "" } = (attrs?.sdk ?? {}) as { name?: string };
  return /python|browser/.test(name);
}

function causesOf(error: ReportedError): ReportedError[] {
  const cause = error.cause as ReportedError | undefined;
  return cause === undefined ? [] : [cause, ...causesOf(cause)];
}

/** A message's stack is that of its thread. */
function ownFramesOf({ report }: DecodedReport): RecordedFrame[] {
  const threads = (report.attrs?.threads ?? []) as { frames?: RecordedFrame[] }[];
  const frames = report.error ? report.error.frames : threads[0]?.frames;
  return (frames ?? []).filter(({ in_app }) => in_app);
}

/** What the engine or the C library runs is nobody's own. */
function isCode({ file }: { file?: string }): boolean {
  return file !== undefined && file !== "<anonymous>";
}

function placeOf({ file, function: name, line }: RecordedFrame) {
  const unnamed = name === undefined || name === "?" || name === "null.<anonymous>";
  return { file, function: unnamed ? "?" : name, line };
}

function checkLogs(reports: readonly DecodedReport[], { records = [] }: Expected): void {
  const found = reports.map(({ report }) => [
    report.attrs?.reported_level ?? report.level,
    report.message,
  ]);
  assertEquals(found, records.map(({ level, body }) => [LEVELS[level], body]));
  for (const { report, timeMs } of reports) {
    assertEquals(new Date(timeMs!).toISOString().slice(0, 10), "2026-11-27");
    assert(report.release?.startsWith("shop"), "a log record has its release");
    assert(report.environment, "a log record has its environment");
  }
}

function checkCounts({ counts, reports, feedback = [] }: Decoded, request: Captured): void {
  const ignored = request.expect.flatMap(({ item }) => IGNORED[item] ?? []).sort();
  const counted = counts.filter(({ outcome }) => outcome === "ignored");
  assertEquals(counted.map(({ category }) => category).sort(), [...new Set(ignored)]);
  assertEquals(counts.some(({ outcome }) => outcome === "damaged"), false);
  const clientReports = request.expect.filter(({ item }) => item === "client_report");
  assertEquals(counts.some(({ outcome }) => outcome === "dropped"), clientReports.length > 0);
  const words = request.expect.filter(({ item }) => item === "feedback");
  const texts = [
    ...feedback.map(({ text }) => text),
    ...reports.map(({ report }) => report.message),
  ];
  for (const { message } of words) assert(texts.includes(message), "the words are kept");
}
