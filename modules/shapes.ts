/**
 * The shapes of answers, for `openapi.json` and the typed client. Tests hold them against real answers and against the
 * store's own types.
 *
 * @module
 */
import * as v from "valibot";
import { LEVEL_NAMES } from "./inputs.ts";

const TREND_HOURS = 24;

/** The states of an error. */
export const STATE_NAMES = ["open", "resolved", "muted"] as const;

const time = v.pipe(v.string(), v.isoTimestamp());
const count = v.pipe(v.number(), v.integer());
const text = v.string();
const textOrNull = v.nullable(v.string());
const timeOrNull = v.nullable(time);

/**
 * A row of the list of errors.
 * @internal
 */
export const errorSummary = v.object({
  id: text,
  state: v.picklist(STATE_NAMES),
  type: text,
  message: text,
  svc_name: text,
  route: textOrNull,
  level: v.picklist(LEVEL_NAMES),
  worst_level: v.picklist(LEVEL_NAMES),
  location: text,
  count,
  first_seen: time,
  last_seen: time,
  first_release: textOrNull,
  last_release: textOrNull,
  resolved_at: timeOrNull,
  resolved_in: textOrNull,
  came_back: v.boolean(),
  last_error_id: text,
});

/**
 * Occurrences an hour for the last 24 hours, the oldest first.
 * @internal
 */
export const trend = v.pipe(v.array(count), v.length(TREND_HOURS));

/**
 * One error, whole.
 * @internal
 */
export const errorDetail = v.object({
  ...errorSummary.entries,
  keys: v.array(v.object({
    key: text,
    rule: v.picklist(["caller", "frames", "message", "overflow"]),
    parts: v.array(text),
  })),
  variants: v.array(v.object({ message: text, count })),
  trend,
  history: v.array(v.object({ time, action: text, actor: text, note: text })),
  muted_until: timeOrNull,
  muted_more: v.nullable(count),
});

const errorInfo = v.object({
  type: text,
  message: text,
  stack: v.optional(text),
  code: v.optional(text),
  stack_reused: v.optional(v.boolean()),
  // The same again, up to five deep.
  cause: v.optional(v.looseObject({ type: text, message: text })),
});

/**
 * A log record: what its fields mean stands in docs/log-record.md.
 * @internal
 */
export const logRecord = v.looseObject({
  time,
  level: v.picklist(LEVEL_NAMES),
  severity: v.picklist([10, 20, 30, 40, 50]),
  svc_name: text,
  module: v.optional(text),
  message: text,
  request_id: v.optional(text),
  trace_id: v.optional(text),
  span_id: v.optional(text),
  method: v.optional(text),
  route: v.optional(text),
  path: v.optional(text),
  status: v.optional(count),
  duration_ms: v.optional(v.number()),
  input: v.optional(v.unknown()),
  output: v.optional(v.unknown()),
  error: v.optional(errorInfo),
  error_id: v.optional(text),
  handled: v.optional(v.boolean()),
  boot_id: text,
  seq: count,
  release: v.optional(text),
  environment: v.optional(text),
  user: v.optional(v.object({
    id: v.optional(text),
    name: v.optional(text),
    email: v.optional(text),
    ip: v.optional(text),
  })),
  tags: v.optional(v.record(v.string(), text)),
  reported: v.optional(v.literal(true)),
  instance: text,
  truncated: v.optional(v.array(text)),
  attrs: v.optional(v.record(v.string(), v.unknown())),
});

const occurrenceEntries = { error_id: text, error: text, record: logRecord };

/**
 * One time that an error happened.
 * @internal
 */
export const occurrence = v.object(occurrenceEntries);

/**
 * The same with its neighbours.
 * @internal
 */
export const occurrenceDetail = v.object({
  ...occurrenceEntries,
  older: textOrNull,
  newer: textOrNull,
});

const page = { total: count, next: textOrNull };

/**
 * A page of errors.
 * @internal
 */
export const errorPage = v.object({ errors: v.array(errorSummary), ...page });

/**
 * A page of occurrences.
 * @internal
 */
export const occurrencePage = v.object({ occurrences: v.array(occurrence), ...page });

/**
 * A page of log records.
 * @internal
 */
export const logPage = v.object({ logs: v.array(logRecord), ...page });

/**
 * What a verb did to many errors: those that are there.
 * @internal
 */
export const errorList = v.object({ errors: v.array(errorSummary) });

/**
 * How many errors are in each state.
 * @internal
 */
export const stateCounts = v.object({ open: count, resolved: count, muted: count });

/**
 * Trends by the error's id.
 * @internal
 */
export const trendsById = v.object({ trends: v.record(v.string(), trend) });

/**
 * What became of reports.
 * @internal
 */
export const reportResults = v.object({
  accepted: count,
  ids: v.array(text),
  results: v.array(
    v.union([v.object({ id: text }), v.object({ error_code: text, error: text })]),
  ),
});

/**
 * How many were deleted, and whether there are more.
 * @internal
 */
export const purged = v.object({ removed: count, more: v.boolean() });

const receipt = v.object({
  error_id: text,
  state: v.picklist(STATE_NAMES),
  occurred_at: time,
  resolved_at: timeOrNull,
});

/**
 * A receipt looked up, or both lists searched.
 * @internal
 */
export const receiptOrSearch = v.union([
  receipt,
  v.object({ errors: v.array(errorSummary), logs: v.array(logRecord), ...page }),
]);
