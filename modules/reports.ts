/** What `POST /logs` and `POST /errors` share: one report, or an array of up to 100. */
import * as v from "valibot";
import { LEVELS } from "../store/record.ts";
import { Failure, ValueError } from "./failure.ts";
import { isoTime, name, wholeNumber } from "./inputs.ts";
import { failureOfIssues, MAX_FAULTS } from "./issues.ts";
import { breadcrumbs, frames, headers } from "./report_parts.ts";
import type { Report } from "../store/report.ts";
import type { Checked, Context, Schema } from "./module.ts";

/** Reports in one request, at most. */
export const MAX_REPORTS = 100;
const MAX_FAILURES_SHOWN = 3;
/** Stands for what is wrong with a user. */
const HIDDEN = "…";
/** RFC 9110, 15: three digits, the first from 1 to 5. */
const MIN_STATUS = 100;
const MAX_STATUS = 599;

/** A hundred years. */
const MAX_DURATION_MS = 36_500 * 24 * 60 * 60 * 1_000;

/** By hand: a schema would report each of ten thousand wrong tags. */
const tags = v.pipe(
  v.custom<Record<string, string | number | boolean>>(
    isTags,
    "must be an object of texts, numbers and booleans",
  ),
  v.metadata({ type: "object", additionalProperties: { type: ["string", "number", "boolean"] } }),
);

const entries = {
  svc_name: name,
  input_json: v.optional(v.unknown()),
  return_json: v.optional(v.unknown()),
  message: v.optional(v.string()),
  error: v.optional(v.looseObject({
    type: name,
    message: v.string(),
    stack: v.optional(v.string()),
    frames: v.optional(frames),
    code: v.optional(v.union([v.string(), v.number()])),
    cause: v.optional(v.unknown()),
  })),
  time: v.optional(isoTime),
  release: v.optional(name),
  environment: v.optional(name),
  request_id: v.optional(v.string()),
  trace_id: v.optional(v.string()),
  span_id: v.optional(v.string()),
  instance: v.optional(name),
  handled: v.optional(v.boolean()),
  module: v.optional(v.string()),
  headers: v.optional(headers),
  breadcrumbs: v.optional(breadcrumbs),
  route: v.optional(v.string()),
  method: v.optional(v.string()),
  path: v.optional(v.string()),
  status: v.optional(wholeNumber(MIN_STATUS, MAX_STATUS)),
  duration_ms: v.optional(v.pipe(
    v.number(),
    v.minValue(0, "must be at least 0"),
    v.maxValue(MAX_DURATION_MS, `must be at most ${MAX_DURATION_MS}`),
  )),
  user: v.optional(v.looseObject({
    id: v.optional(v.union([v.string(), v.number()])),
    name: v.optional(v.string()),
    email: v.optional(v.string()),
    ip: v.optional(v.string()),
  })),
  tags: v.optional(tags),
  attrs: v.optional(v.record(v.string(), v.unknown())),
};

/** One report to `POST /logs`: any level, `INFO` where none is given. */
export const logReport = v.looseObject({
  ...entries,
  level: v.optional(v.picklist(LEVELS), "INFO"),
});

/** One report to `POST /errors`: `ERROR` (the default) or `CRITICAL`. */
export const errorReport = v.looseObject({
  ...entries,
  level: v.optional(v.picklist(["ERROR", "CRITICAL"]), "ERROR"),
});

/** One report or several; each is checked by itself, so that one wrong item does not cost the others. */
export const oneOrMany = v.union([
  // First: an array is an object too.
  v.array(v.unknown()),
  // Not a record: valibot would leave out the keys that name parts of a prototype.
  v.instance(Object),
], "must be one report or an array of reports");

/** The same for `openapi.json`: each item as it is checked. */
export function oneOrManyOf(report: typeof logReport | typeof errorReport) {
  return v.union([report, v.pipe(v.array(report), v.minLength(1), v.maxLength(MAX_REPORTS))]);
}

type ParsedReport = Report & Record<string, unknown>;

type ReportResult = { id: string } | { error_code: string; error: string };

/** Records every valid report; `results` has one row an item. @throws {Failure} when none can be taken. */
export function takeReports(
  value: unknown,
  { schema, context }: { schema: Schema<ParsedReport>; context: Context },
): { accepted: number; ids: string[]; results: ReportResult[] } {
  const items = Array.isArray(value) ? value : [value];
  if (items.length > MAX_REPORTS || items.length === 0) {
    throw new ValueError(`body must have 1 to ${MAX_REPORTS} reports, got ${items.length}`, {
      param: "body",
    });
  }
  const { intake } = context;
  const checked = items.map((item) => check(ofService(item, intake.service), schema));
  const failures = checked.flatMap((result, index) =>
    result instanceof Failure ? [{ index, failure: result }] : []
  );
  if (failures.length === items.length) throw noneTaken(failures, Array.isArray(value));
  const names = intake.take(
    checked.flatMap((result) => result instanceof Failure ? [] : [result.svc_name]),
  ).values();
  const results = checked.map((result): ReportResult =>
    result instanceof Failure
      ? { error_code: result.code, error: `${result.name}: ${result.message}` }
      : { id: context.report(byName(result, names.next().value ?? result.svc_name)) }
  );
  const ids = results.flatMap((result) => "id" in result ? [result.id] : []);
  return { accepted: ids.length, ids, results };
}

function isTags(value: unknown): boolean {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((tag) => ["string", "number", "boolean"].includes(typeof tag));
}

/** A key with a service is that service's: the name that a report gives itself is kept among its attributes. */
function ofService(item: unknown, service: string | undefined): unknown {
  if (service === undefined || typeof item !== "object" || item === null) return item;
  if (Array.isArray(item)) return item;
  const { svc_name } = item as Partial<ParsedReport>;
  const isOther = svc_name !== undefined && svc_name !== service;
  return { ...item, svc_name: service, ...(isOther && { reported_svc_name: svc_name }) };
}

/** Of a key with too many names: its own is kept among its attributes, too. */
function byName(report: Report, name: string): Report {
  const { svc_name, attrs } = report;
  if (name === svc_name) return report;
  return { ...report, svc_name: name, attrs: { ...attrs, reported_svc_name: svc_name } };
}

function check(item: unknown, schema: Schema<ParsedReport>): Report | Failure {
  const checked = schema["~standard"].validate(item) as Checked<ParsedReport>;
  if (checked.issues) return failureOfIssues(checked.issues, withUserHidden(item));
  return keepUnknownKeys(checked.value, item as ParsedReport);
}

/** `KEEP_USER` is applied where a report is taken: before that no sentence about a mistake quotes a user. */
function withUserHidden(item: unknown): unknown {
  if (typeof item !== "object" || item === null || !("user" in item)) return item;
  const { user } = item;
  if (typeof user !== "object" || user === null) return { ...item, user: HIDDEN };
  const hide = ([name, part]: [string, unknown]) => [name, part === undefined ? part : HIDDEN];
  const parts = Object.entries(user).map(hide);
  return { ...item, user: Object.fromEntries(parts) };
}

/**
 * A key we do not know is the reporter's own data: it goes to `attrs`, so that nothing is lost. Taken from the item
 * as it came: valibot leaves `__proto__`, `constructor` and `prototype` out of what it gives back.
 */
function keepUnknownKeys(parsed: ParsedReport, item: ParsedReport): Report {
  const known = Object.entries(parsed).filter(([key]) => isKnown(key));
  const unknown = Object.entries(item).filter(([key]) => !isKnown(key));
  const report = {
    ...Object.fromEntries(known),
    // As they came, for the same reason.
    ...(item.error && { error: item.error }),
    ...(item.user && { user: item.user }),
    ...(item.tags && { tags: item.tags }),
    ...(item.breadcrumbs && { breadcrumbs: item.breadcrumbs }),
  } as Report;
  if (unknown.length === 0 && item.attrs === undefined) return report;
  // Both ways define: no key, `__proto__` neither, changes a prototype.
  return { ...report, attrs: { ...Object.fromEntries(unknown), ...item.attrs } };
}

function isKnown(key: string): boolean {
  return Object.hasOwn(entries, key) || key === "level";
}

function noneTaken(failures: { index: number; failure: Failure }[], isArray: boolean): Failure {
  const first = failures[0]!.failure;
  if (!isArray) return first;
  const shown = failures.slice(0, MAX_FAILURES_SHOWN).map(({ index, failure }) =>
    `[${index}] ${failure.message}`
  );
  const more = failures.length - shown.length;
  const rest = more > 0 ? `; ${more} more` : "";
  return new Failure(
    first.row,
    `none of ${failures.length} reports were accepted: ${shown.join("; ")}${rest}`,
    {
      code: first.code,
      faults: failures.flatMap(({ index, failure }) =>
        failure.faults.map((fault) => ({ ...fault, path: `${index}.${fault.path}` }))
      ).slice(0, MAX_FAULTS),
    },
  );
}
