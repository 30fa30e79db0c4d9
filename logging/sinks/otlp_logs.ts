import type { ErrorInfo, Level, LogRecord, RecordedUser } from "../../store/record.ts";
import { stackText } from "../../store/grouping/stack_lines.ts";
import type { SinkEntry } from "./sink.ts";

/** The smallest number of each level's range (logs data model, "Field: SeverityNumber"). */
const SEVERITY_NUMBERS: Record<Level, number> = {
  DEBUG: 5,
  INFO: 9,
  WARN: 13,
  ERROR: 17,
  CRITICAL: 21,
};

/** Methods that `http.request.method` may have (semantic conventions: RFC 9110, PATCH and QUERY). */
const KNOWN_METHODS = new Set(
  "GET HEAD POST PUT DELETE CONNECT OPTIONS TRACE PATCH QUERY".split(" "),
);

/** The last millisecond whose nanoseconds fit in 64 bits: in the year 2554. */
const MAX_TIME_MS = 18_446_744_073_709;
/** Time unknown: the receiver uses the observed one. */
const NO_TIME = "0";

const SCOPE = { name: "holdfast" };

/** A value of any type. One without a member is null. */
export type AnyValue =
  | { stringValue: string }
  | { boolValue: boolean }
  | { intValue: string }
  | { doubleValue: number }
  | { arrayValue: { values: AnyValue[] } }
  | { kvlistValue: { values: KeyValue[] } }
  | Record<string, never>;

export interface KeyValue {
  key: string;
  value: AnyValue;
}

export interface OtlpRecord {
  /** Nanoseconds since 1970, as decimal digits: JSON numbers are too small. */
  timeUnixNano: string;
  /** When it is sent, in the same unit. */
  observedTimeUnixNano: string;
  severityNumber: number;
  severityText: string;
  body: AnyValue;
  attributes: KeyValue[];
  traceId?: string;
  spanId?: string;
}

/** An `ExportLogsServiceRequest`. */
export interface OtlpLogs {
  /** One for each service, release, environment and process. */
  resourceLogs: {
    resource: { attributes: KeyValue[] };
    scopeLogs: [{ scope: { name: string }; logRecords: OtlpRecord[] }];
  }[];
}

/** Records as one request of OTLP 1.9.0 in its JSON encoding, by the map in docs/log-record.md. */
export function otlpLogs(entries: readonly SinkEntry[], nowMs: number): OtlpLogs {
  const byResource = new Map<string, OtlpLogs["resourceLogs"][number]>();
  const observed = nanoseconds(nowMs);
  for (const { record } of entries) {
    const { svc_name, boot_id, release, environment, instance } = record;
    const key = JSON.stringify([svc_name, boot_id, release, environment, instance]);
    let logs = byResource.get(key);
    if (!logs) {
      const attributes = resourceAttributes(record);
      logs = { resource: { attributes }, scopeLogs: [{ scope: SCOPE, logRecords: [] }] };
      byResource.set(key, logs);
    }
    logs.scopeLogs[0].logRecords.push(otlpRecord(record, observed));
  }
  return { resourceLogs: [...byResource.values()] };
}

function resourceAttributes(
  { svc_name, boot_id, release, environment, instance }: LogRecord,
): KeyValue[] {
  const [, host = instance, pid] = /^(.*):(\d+)$/.exec(instance) ?? [];
  const attributes = [
    pair("service.name", svc_name),
    pair("service.instance.id", boot_id),
    pair("host.name", host),
  ];
  if (pid !== undefined) attributes.push(pair("process.pid", Number(pid)));
  if (release !== undefined) attributes.push(pair("service.version", release));
  if (environment !== undefined) {
    attributes.push(pair("deployment.environment.name", environment));
  }
  return attributes;
}

function otlpRecord(record: LogRecord, observedTimeUnixNano: string): OtlpRecord {
  return {
    timeUnixNano: nanoseconds(Date.parse(record.time)),
    observedTimeUnixNano,
    severityNumber: SEVERITY_NUMBERS[record.level],
    severityText: record.level,
    body: anyValue(record.message),
    attributes: [...attributesOf(record)],
    ...(isTraceId(record.trace_id) && { traceId: record.trace_id }),
    ...(isSpanId(record.span_id) && { spanId: record.span_id }),
  };
}

function* attributesOf(record: LogRecord): Generator<KeyValue> {
  yield pair("log.record.uid", `${record.boot_id}:${record.seq}`);
  if (record.request_id !== undefined) {
    yield pair("http.response.header.x-request-id", [record.request_id]);
  }
  if (record.reported) yield pair("holdfast.reported", true);
  if (record.own) yield pair("holdfast.own", true);
  if (record.trace_id !== undefined && !isTraceId(record.trace_id)) {
    yield pair("holdfast.trace_id", record.trace_id);
  }
  if (record.span_id !== undefined && !isSpanId(record.span_id)) {
    yield pair("holdfast.span_id", record.span_id);
  }
  if (record.method !== undefined) yield* methodAttributes(record.method);
  if (record.route !== undefined && record.route !== "*") yield pair("http.route", record.route);
  if (record.path !== undefined) yield* pathAttributes(record.path);
  if (record.status !== undefined) yield pair("http.response.status_code", record.status);
  if (record.duration_ms !== undefined) {
    // Always a double: a whole number of milliseconds must not change the attribute's type.
    yield { key: "holdfast.duration_ms", value: { doubleValue: record.duration_ms } };
  }
  if (record.input !== undefined) yield pair("holdfast.input", record.input);
  if (record.output !== undefined) yield pair("holdfast.output", record.output);
  if (record.error !== undefined) yield* errorAttributes(record.error);
  if (record.module !== undefined) yield pair("holdfast.module", record.module);
  if (record.handled !== undefined) yield pair("holdfast.handled", record.handled);
  if (record.error_id !== undefined) yield pair("holdfast.error_id", record.error_id);
  if (record.user !== undefined) yield* userAttributes(record.user);
  if (record.tags !== undefined) yield pair("holdfast.tags", record.tags);
  if (record.headers !== undefined) yield* headerAttributes(record.headers);
  if (record.breadcrumbs !== undefined) yield pair("holdfast.breadcrumbs", record.breadcrumbs);
  if (record.event_id !== undefined) yield pair("holdfast.event_id", record.event_id);
  if (record.truncated !== undefined) yield pair("holdfast.truncated", record.truncated);
  if (record.attrs !== undefined) yield pair("holdfast.attrs", record.attrs);
}

function* methodAttributes(method: string): Generator<KeyValue> {
  if (KNOWN_METHODS.has(method)) return yield pair("http.request.method", method);
  yield pair("http.request.method", "_OTHER");
  yield pair("http.request.method_original", method);
}

function* pathAttributes(path: string): Generator<KeyValue> {
  const at = path.indexOf("?");
  yield pair("url.path", at < 0 ? path : path.slice(0, at));
  if (at >= 0) yield pair("url.query", path.slice(at + 1));
}

function* userAttributes({ id, name, email, ip }: RecordedUser): Generator<KeyValue> {
  if (id !== undefined) yield pair("user.id", id);
  if (name !== undefined) yield pair("user.name", name);
  if (email !== undefined) yield pair("user.email", email);
  if (ip !== undefined) yield pair("client.address", ip);
}

function* headerAttributes(headers: Readonly<Record<string, string>>): Generator<KeyValue> {
  for (const [name, value] of Object.entries(headers)) {
    // The conventions have an attribute of its own for this one.
    yield name === "user-agent"
      ? pair("user_agent.original", value)
      : pair(`http.request.header.${name}`, [value]);
  }
}

/** Other tracing has other ids, and one that is invalid would cost the whole request. */
function isTraceId(id: string | undefined): id is string {
  return id !== undefined && /^(?!0+$)[0-9a-f]{32}$/.test(id);
}

function isSpanId(id: string | undefined): id is string {
  return id !== undefined && /^(?!0+$)[0-9a-f]{16}$/.test(id);
}

function* errorAttributes(error: ErrorInfo): Generator<KeyValue> {
  yield pair("exception.type", error.type);
  yield pair("exception.message", error.message);
  const stack = stackWithCauses(error);
  if (stack !== "") yield pair("exception.stacktrace", stack);
  if (error.code !== undefined) yield pair("holdfast.error.code", error.code);
  if (error.stack_reused !== undefined) {
    yield pair("holdfast.error.stack_reused", error.stack_reused);
  }
}

function stackWithCauses(error: ErrorInfo): string {
  const stack = stackText(error);
  const parts = stack === undefined ? [] : [stack];
  for (let next = error.cause; next !== undefined; next = next.cause) {
    parts.push(`Caused by: ${stackText(next) ?? `${next.type}: ${next.message}`}`);
  }
  return parts.join("\n");
}

function pair(key: string, value: unknown): KeyValue {
  return { key: key.toWellFormed(), value: anyValue(value) };
}

function anyValue(value: unknown): AnyValue {
  switch (typeof value) {
    case "string":
      // Half a surrogate pair is no text in Protocol Buffers: it would cost the whole request.
      return { stringValue: value.toWellFormed() };
    case "boolean":
      return { boolValue: value };
    case "number":
      if (Number.isSafeInteger(value)) return { intValue: String(value) };
      // JSON has no infinity: as null it would cost the whole request.
      return Number.isFinite(value) ? { doubleValue: value } : { stringValue: String(value) };
    case "object":
      break;
    default:
      return {};
  }
  if (value === null) return {};
  if (Array.isArray(value)) return { arrayValue: { values: value.map(anyValue) } };
  return { kvlistValue: { values: Object.entries(value).map(([key, item]) => pair(key, item)) } };
}

function nanoseconds(ms: number): string {
  return ms > 0 && ms <= MAX_TIME_MS ? `${ms}000000` : NO_TIME;
}
