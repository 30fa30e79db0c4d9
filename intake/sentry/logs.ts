/** `log` items: structured records, of which some repeat what came as an event. */
import { type Level, SEVERITY } from "../../store/record.ts";
import { MAX_KEYS, MAX_STACK_CHARS } from "../../store/limits.ts";
import type { Report, ReportedError, ReportedUser } from "../../store/report.ts";
import type { Count, DecodedReport } from "../intake.ts";
import { type Around, serviceOf } from "./event.ts";
import { levelOfSeverity } from "../otlp/levels.ts";
import { levelIn } from "./levels.ts";
import { isObject } from "../../store/is_object.ts";
import {
  compact,
  fromPairs,
  type Loose,
  MAX_SAID_CHARS,
  NO_MESSAGE,
  numberIn,
  pairsIn,
  shorten,
  textIn,
} from "./loose.ts";
import { damaged } from "./not_kept.ts";
import { traceIn } from "./origin.ts";
import { timeIn } from "./times.ts";

/** Clients send 100 in one item, Sentry takes 1,000. */
const MAX_RECORDS = 1_000;
const VALUE = { depth: 6, keys: 100, chars: 4 * 1_024 };
/**
 * Bridges of logging libraries that send a failure as an event too: counting both would double it. Go's slog, JavaScript's console
 * and `logger.error()` make the log record alone.
 */
const ALSO_AN_EVENT =
  /^auto\.log(?:s|ging|ger)?\.(?:stdlib|loguru|logback|log4j2?|jul|jboss|timber|tracing|log|monolog)\b/;
/** Attributes that are fields of a record. */
const FIELDS = [
  "sentry.release",
  "sentry.environment",
  "sentry.severity_number",
  "sentry.severity_text",
  "sentry.timestamp.sequence",
  "sentry.trace.parent_span_id",
  "server.address",
  "sentry.server.address",
  "logger.name",
  "user.id",
  "user.name",
  "user.email",
  "user.ip_address",
  "exception.type",
  "exception.message",
  "exception.stacktrace",
  "sentry.message.template",
  "sentry.sdk.name",
  "sentry.sdk.version",
];

interface Logs {
  reports: DecodedReport[];
  counts: Count[];
}

/** The records of a `log` item. `events` are those of the same envelope. */
export function readLogs(item: unknown, around: Around, events: readonly DecodedReport[]): Logs {
  const items = isObject(item) && Array.isArray(item.items) ? item.items : undefined;
  if (items === undefined) return { reports: [], counts: [damaged("log_item")] };
  const kept = items.slice(0, MAX_RECORDS).filter(isObject);
  const lost = items.length - kept.length;
  return {
    reports: kept.map((record) => readLog(record, around, events)),
    counts: lost === 0 ? [] : [damaged("log_item", lost)],
  };
}

function readLog(
  record: Loose,
  { delivery, clockErrorMs }: Around,
  events: readonly DecodedReport[],
): DecodedReport {
  const values = attributesIn(record.attributes);
  const error = errorIn(values);
  const template = textIn(values["sentry.message.template"], MAX_SAID_CHARS);
  const level = levelOfRecord(record, values);
  const timeMs = timeIn(record.timestamp);
  const report = compact<Report>({
    svc_name: serviceOf(delivery),
    level,
    message: textIn(record.body, MAX_SAID_CHARS) ?? error?.message ?? template ?? NO_MESSAGE,
    error,
    release: textIn(values["sentry.release"]),
    environment: textIn(values["sentry.environment"]),
    instance: textIn(values["server.address"]) ?? textIn(values["sentry.server.address"]),
    module: textIn(values["logger.name"]),
    ...traceIn(record.trace_id, record.span_id ?? values["sentry.trace.parent_span_id"]),
    user: userIn(values),
    // Not by `compact`: names of attributes are anyone's.
    attrs: { ...compact({ template, sdk: sdkIn(values) }), ...withoutFields(values) },
  });
  if (SEVERITY[level] >= SEVERITY.ERROR && isRepeated(report, values, events)) {
    report.attrs = { repeats_event: true, reported_level: level, ...report.attrs };
    report.level = "WARN";
  }
  return compact<DecodedReport>({
    report,
    timeMs: timeMs === undefined ? undefined : timeMs + clockErrorMs,
  });
}

/** `{value, type}` by name, or the bare value. */
function attributesIn(value: unknown): Record<string, unknown> {
  return fromPairs(
    pairsIn(value, MAX_KEYS).map(([name, own]) => {
      const bare = isObject(own) && "value" in own ? own.value : own;
      return [name, shorten(bare, VALUE)] as const;
    }),
  );
}

function levelOfRecord(record: Loose, values: Loose): Level {
  const number = numberIn(record.severity_number ?? values["sentry.severity_number"]);
  const text = textIn(values["sentry.severity_text"]);
  return levelIn(record.level) ?? levelOfSeverity(number ?? 0, text ?? "") ?? "INFO";
}

function errorIn(values: Loose): ReportedError | undefined {
  const type = textIn(values["exception.type"]);
  const message = textIn(values["exception.message"], MAX_SAID_CHARS);
  if (type === undefined && message === undefined) return undefined;
  return compact<ReportedError>({
    type: type ?? "Error",
    message: message ?? "",
    stack: textIn(values["exception.stacktrace"], MAX_STACK_CHARS),
  });
}

function userIn(values: Loose): ReportedUser | undefined {
  const user = compact<ReportedUser>({
    id: textIn(values["user.id"]),
    name: textIn(values["user.name"]),
    email: textIn(values["user.email"]),
    ip: textIn(values["user.ip_address"]),
  });
  return Object.keys(user).length === 0 ? undefined : user;
}

function sdkIn(values: Loose): unknown {
  const name = textIn(values["sentry.sdk.name"]);
  return name === undefined ? undefined : { name, version: textIn(values["sentry.sdk.version"]) };
}

function withoutFields(values: Loose): Record<string, unknown> {
  // Nobody's attribute is the fingerprint of an event.
  const named = (name: string) => name === "fingerprint" ? "log.fingerprint" : name;
  return fromPairs(
    Object.keys(values).filter((name) => !FIELDS.includes(name))
      .map((name) => [named(name), values[name]] as const),
  );
}

/** Whether the same failure came, or comes, as an event. */
function isRepeated(report: Report, values: Loose, events: readonly DecodedReport[]): boolean {
  if (ALSO_AN_EVENT.test(textIn(values["sentry.origin"]) ?? "")) return true;
  return events.some(({ report: event }) =>
    SEVERITY[event.level] >= SEVERITY.ERROR && event.trace_id === report.trace_id &&
    [event.message, event.error?.message].some((text) => text === report.message)
  );
}
