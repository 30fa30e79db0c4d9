/**
 * From what happens to a record of it, on the thread that answers: texts and numbers, nothing that can still change.
 *
 * @module
 */
import { activeSpanReader } from "./active_span.ts";
import {
  ABOUT_LOG,
  type Field,
  FIELDS,
  OWN,
  type RawRecord,
  readRecord,
  REPORTED,
} from "../queue/batch.ts";
import { describeError } from "./describe.ts";
import { uuidv7 } from "../../store/ids.ts";
import { cut } from "../../store/limits.ts";
import type { LoggedRecord } from "../logger.ts";
import { Recorded } from "./recorded.ts";
import { FAILURE_SEVERITY, type Level, type RecordedUser, SEVERITY } from "../../store/record.ts";
import type { Report } from "../../store/report.ts";
import { type KeepUser, readError, readTags, readUser } from "./reported.ts";
import { errorText, moreOf } from "./report_texts.ts";
import { snapshot } from "./snapshot.ts";
import { StackSampler } from "./stack_sampling.ts";
import { forgetUser, withoutUser } from "./user_data.ts";
import type { RetentionLimits } from "../../store/store.ts";
import { isKeepable, isOfTheFuture, isoTime, nowToKeep } from "../../store/times.ts";

/** Characters of one input or output that cross to the worker; more is cut off before it costs memory. */
const MAX_TEXT_CHARS = 64 * 1024;
const DAY_MS = 24 * 60 * 60 * 1000;
const TRACE_OR_SPAN_ID = /^(?:[0-9a-f]{16}){1,2}$/i;
/** What the service is called where nobody named it. */
const DEFAULT_SERVICE = "holdfast";

/** What goes into records. */
export interface RecordMakerOptions {
  /** Records below this level are not made, unless they open an error. */
  level: Level;
  /** Whether input and output are recorded. */
  bodies: "on" | "errors" | "off";
  /** What is kept of users. Default `id`. */
  keepUser?: KeepUser;
  /** The service, as records name it. Default `holdfast`. */
  service?: string;
  /** What is older than retention allows is not believed. */
  retention?: RetentionLimits;
}

/** One answered request, as routes know it. */
export interface RequestEntry {
  /** Level number. */
  severity: number;
  /** The module at work. */
  module?: string;
  /** One sentence; what was thrown says it itself where this is absent. */
  message?: string;
  /** As in the `X-Request-Id` header. */
  requestId: string;
  /** HTTP method. */
  method: string;
  /** The route's pattern. */
  route: string;
  /** Path and query as they came. */
  path: string;
  /** HTTP status. */
  status: number;
  /** From request to answer, in milliseconds. */
  durationMs: number;
  /** The body's text as it came. */
  input?: string;
  /** The answer's JSON text as it stands. */
  output?: string;
  /** From {@linkcode Logging.newErrorId}, at ERROR and above. */
  errorId?: string;
  /** What was thrown, where something was; recorded when there is an `errorId`. */
  thrown?: { readonly value: unknown };
  /** Whether it asked Holdfast, and not the app. Default false. */
  isOwn?: boolean;
  /** Whether the app answered what was thrown by itself. */
  isHandled?: boolean;
  /** Who was served. */
  user?: RecordedUser;
  /** Short values by name. */
  tags?: Record<string, string>;
  /** Of a failure: the request's headers that are kept. */
  headers?: Record<string, string> | undefined;
}

/** What is known of a failure outside requests, or of one that the app has caught. */
export interface CaptureOptions {
  /** Who was concerned; `KEEP_USER` says which of it is kept. */
  user?: RecordedUser;
  /** Short values to find and to filter by. */
  tags?: Record<string, string>;
  /** Anything else. */
  attrs?: Record<string, unknown>;
  /** The module at work. */
  module?: string;
  /** The request that was being answered. */
  requestId?: string;
  /** Its route's pattern. */
  route?: string;
  /** One sentence; what was thrown says it itself where this is absent. */
  message?: string;
  /** False for what nobody caught. Default true. */
  isHandled?: boolean;
}

/** What is known of a report beside itself. */
export interface ReportOptions {
  /** Whoever sends it: shares of the queue and the disk go by this, then by service. Not kept. */
  reporter?: string;
  /**
   * The time that it names, milliseconds since 1970. Not believed far ahead of this machine's clock, or where retention keeps
   * nothing: then the time as it came is kept as `attrs.reported_time`.
   */
  timeMs?: number;
  /** True where the record is encoded on this thread, before anything it was made of changes. Default false. */
  staysHere?: boolean;
}

/** Makes records, and counts them. */
export class RecordMaker {
  /** The least severity of a record. */
  readonly minimum: number;
  /** The service, as records name it. */
  readonly service: string;
  readonly #options: RecordMakerOptions;
  readonly #sampler = new StackSampler();
  readonly #recorded = new Recorded();
  readonly #activeSpan = activeSpanReader();
  #seq = 0;

  /** None is made yet. */
  constructor(options: RecordMakerOptions) {
    this.#options = options;
    this.minimum = SEVERITY[options.level];
    this.service = options.service ?? DEFAULT_SERVICE;
  }

  /** Of one answered request; none below the level, unless somebody holds a receipt for it. */
  ofRequest(entry: RequestEntry): RawRecord | undefined {
    if (entry.severity < this.minimum && entry.errorId === undefined) return undefined;
    const timeMs = Date.now();
    const error = entry.errorId !== undefined && entry.thrown !== undefined
      ? this.#sampler.describe(entry.thrown.value, { route: entry.route, nowMs: performance.now() })
      : undefined;
    if (entry.thrown && entry.errorId) this.#recorded.add(entry.thrown.value, entry.errorId);
    const { bodies } = this.#options;
    const keepsBodies = bodies === "on" ||
      (bodies === "errors" && entry.severity >= FAILURE_SEVERITY);
    const span = this.#activeSpan?.();
    // Written out: a spread of all fields costs more than all the rest of this.
    return {
      seq: ++this.#seq,
      timeMs,
      severity: entry.severity,
      svcName: this.service,
      module: entry.module ?? null,
      message: entry.message ?? `${error?.type}: ${error?.message}`,
      requestId: entry.requestId,
      traceId: span?.traceId ?? null,
      spanId: span?.spanId ?? null,
      method: entry.method,
      route: entry.route,
      path: keepsBodies ? entry.path : withoutQuery(entry.path),
      status: entry.status,
      durationMs: entry.durationMs,
      input: keepsBodies ? bounded(entry.input) : null,
      output: keepsBodies ? bounded(entry.output) : null,
      errorId: entry.errorId ?? null,
      error: error === undefined ? null : JSON.stringify(error),
      attrs: null,
      release: null,
      environment: null,
      user: this.#userText(entry.user),
      tags: tagsText(entry.tags),
      handled: entry.isHandled === undefined ? null : entry.isHandled ? 1 : 0,
      more: entry.headers === undefined ? null : JSON.stringify({ headers: entry.headers }),
      flags: entry.isOwn ? OWN : 0,
    };
  }

  /** Of a failure outside requests, or of one that the app has caught. */
  ofFailure(
    thrown: unknown,
    { user, tags, attrs, message, isHandled = true, ...marks }: CaptureOptions = {},
  ): RawRecord & { errorId: string } {
    const errorId = uuidv7();
    this.#recorded.add(thrown, errorId);
    const error = describeError(thrown);
    const record = this.ofLogger({
      module: marks.module,
      requestId: marks.requestId,
      route: marks.route,
      severity: FAILURE_SEVERITY,
      message: message ?? `${error.type}: ${error.message}`,
      error: JSON.stringify(error),
      ...(attrs && { attrs: snapshot(attrs) }),
    });
    const handled = isHandled ? 1 : 0;
    return { ...record, errorId, user: this.#userText(user), tags: tagsText(tags), handled };
  }

  /** The receipt of something thrown that was recorded at or after this time (`performance.now()`); undefined where it was not. */
  recordedSince(thrown: unknown, sinceMs: number): string | undefined {
    return this.#recorded.since(thrown, sinceMs);
  }

  /** Of what another service reports. It has a number although it may be below the level, and is not to be kept then. */
  ofReport(
    entry: Report,
    { reporter, timeMs: toldMs, staysHere = false }: ReportOptions = {},
  ): RawRecord {
    const severity = SEVERITY[entry.level];
    const errorId = severity >= FAILURE_SEVERITY ? uuidv7() : null;
    const isKept = severity >= this.minimum || errorId !== null;
    const keep = this.#options.keepUser ?? "id";
    const thrown = entry.error && readError(entry.error);
    if (thrown) forgetUser(thrown.error, keep);
    const who = entry.user && readUser(entry.user, keep);
    const { timeMs, disbelieved } = this.#believe(toldMs, entry.time ?? timeText(toldMs));
    const told = withoutUser({ ...thrown?.more, ...entry.attrs }, keep);
    const attrs = { ...disbelieved, ...who?.more, ...told, ...disbelieved };
    const more = moreOf(entry, { keep, hasCutFrames: thrown?.isCut ?? false });
    return {
      ...EMPTY,
      seq: isKept ? ++this.#seq : this.#seq,
      timeMs,
      severity,
      svcName: entry.svc_name,
      message: entry.message ?? entry.error?.message ?? `report of ${entry.svc_name}`,
      input: entry.input_json === undefined ? null : bounded(snapshot(entry.input_json)),
      output: entry.return_json === undefined ? null : bounded(snapshot(entry.return_json)),
      errorId,
      error: thrown === undefined || staysHere ? null : errorText(thrown.error),
      attrs: Object.keys(attrs).length === 0 ? null : bounded(snapshot(attrs)),
      requestId: entry.request_id || null,
      traceId: entry.trace_id ? idOf(entry.trace_id) : null,
      route: entry.route || null,
      method: entry.method || null,
      path: entry.path || null,
      status: entry.status ?? null,
      release: entry.release ?? null,
      environment: entry.environment ?? null,
      user: who?.user === undefined ? null : snapshot(who.user),
      tags: tagsText(withoutUser(entry.tags, keep)),
      module: entry.module || null,
      spanId: entry.span_id ? idOf(entry.span_id) : null,
      durationMs: entry.duration_ms ?? null,
      handled: entry.handled === undefined ? null : entry.handled ? 1 : 0,
      more: more === undefined || staysHere ? null : JSON.stringify(more),
      flags: REPORTED,
      ...(reporter !== undefined && { reporter }),
      ...(staysHere && { parts: { error: thrown?.error, more } }),
    };
  }

  /** Of what a logger was given. */
  ofLogger(record: LoggedRecord, flags = 0): RawRecord {
    // The log speaks of itself in whatever request it happens to be.
    const span = flags === ABOUT_LOG ? undefined : this.#activeSpan?.();
    const { timeMs, disbelieved } = this.#believe(record.timeMs);
    return {
      ...EMPTY,
      seq: ++this.#seq,
      timeMs,
      severity: record.severity,
      svcName: this.service,
      module: record.module ?? null,
      message: record.message,
      requestId: record.requestId ?? null,
      traceId: span?.traceId ?? null,
      spanId: span?.spanId ?? null,
      route: record.route ?? null,
      errorId: record.severity >= FAILURE_SEVERITY ? uuidv7() : null,
      error: record.error ?? null,
      attrs: bounded(disbelieved ? withMore(record.attrs, disbelieved) : record.attrs),
      flags,
    };
  }

  /** Of what the log has to say of itself; none below the level. */
  aboutLog(
    severity: number,
    message: string,
    attrs?: Record<string, unknown>,
  ): RawRecord | undefined {
    if (severity < this.minimum) return undefined;
    return this.ofLogger({ severity, message, attrs: attrs && snapshot(attrs) }, ABOUT_LOG);
  }

  #userText(user: RecordedUser | undefined): string | null {
    const kept = user && readUser(user, this.#options.keepUser ?? "id").user;
    return kept === undefined ? null : snapshot(kept);
  }

  /** A failure is never lost for a broken clock: it happened now, and keeps what was said. */
  #believe(
    timeMs: number | undefined,
    text = String(timeMs),
  ): { timeMs: number; disbelieved?: { reported_time: string } } {
    const nowMs = nowToKeep();
    if (timeMs === undefined) return { timeMs: nowMs };
    const { days } = this.#options.retention ?? {};
    const oldestMs = days === undefined ? 0 : Math.max(nowMs - days * DAY_MS, 0);
    if (timeMs >= oldestMs && !isOfTheFuture(timeMs, nowMs)) return { timeMs };
    return { timeMs: nowMs, disbelieved: { reported_time: text } };
  }
}

/** A record with no value in any field. */
const EMPTY: Readonly<RawRecord> = {
  ...readRecord(new Array<Field>(FIELDS).fill(null), 0),
  flags: 0,
};

function timeText(timeMs: number | undefined): string {
  return timeMs !== undefined && isKeepable(timeMs) ? isoTime(timeMs) : String(timeMs);
}

/** Of a trace or a span: as OpenTelemetry writes it, where it is one; other tracing has ids of its own. */
function idOf(text: string): string {
  return TRACE_OR_SPAN_ID.test(text) ? text.toLowerCase() : text;
}

function tagsText(tags: Record<string, unknown> | undefined): string | null {
  if (tags === undefined) return null;
  return bounded(snapshot(readTags(tags)));
}

/** The attributes, as JSON, with more of them. */
function withMore(attrs: string | undefined, more: Record<string, unknown>): string {
  const known: Record<string, unknown> = attrs === undefined ? {} : JSON.parse(attrs);
  return JSON.stringify({ ...more, ...known, ...more });
}

function bounded(text: string | undefined): string | null {
  return text === undefined ? null : cut(text, MAX_TEXT_CHARS);
}

function withoutQuery(path: string): string {
  const at = path.indexOf("?");
  return at < 0 ? path : path.slice(0, at);
}
