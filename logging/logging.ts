/**
 * The log of one process: made by {@linkcode startLogging}, handed to whoever records or reads.
 *
 * @module
 */
import { activeSpanReader } from "./active_span.ts";
import { ABOUT_LOG, type RawRecord, REPORTED } from "./batch.ts";
import { describeError } from "./describe.ts";
import { createEncoder } from "./encode.ts";
import { uuidv7 } from "../store/ids.ts";
import type { LogStats } from "./counters.ts";
import { cut } from "../store/limits.ts";
import { type LoggedRecord, Logger } from "./logger.ts";
import type { OtlpTarget, WebhookTarget } from "./protocol.ts";
import { Recorded } from "./recorded.ts";
import { FAILURE_SEVERITY, type Level, type RecordedUser, SEVERITY } from "../store/record.ts";
import type { Report } from "../store/report.ts";
import { type KeepUser, readError, readTags, readUser } from "./reported.ts";
import { snapshot } from "./snapshot.ts";
import type { RunningCode } from "../store/grouping/source.ts";
import { StackSampler } from "./stack_sampling.ts";
import { StoreClient } from "./store_client.ts";
import type { RetentionLimits, StoreReads } from "../store/store.ts";
import { LiveTails } from "./live_tails.ts";
import { isOfTheFuture, nowToKeep } from "../store/times.ts";
import { type Flushed, Transport } from "./transport.ts";

/** Characters of one input or output that cross to the worker; more is cut off before it costs memory. */
const MAX_TEXT_CHARS = 64 * 1024;
const TRACE_ID = /^[0-9a-f]{32}$/i;
/** What the service is called where nobody named it. */
const DEFAULT_SERVICE = "holdfast";

/** How the log of a process is to be. */
export interface LoggingOptions {
  /** Records below this level are not made. */
  level: Level;
  /** How records are printed. */
  console: "pretty" | "json" | "off";
  /** Whether `pretty` may use colours. Default false. */
  color?: boolean;
  /** True where the platform collects `console.*` calls: then each record is a call of its own. Default false. */
  consoleCollected?: boolean;
  /** The rotated NDJSON file. */
  file?: string;
  /** The OpenTelemetry collector that gets every record. */
  otlp?: OtlpTarget;
  /** Whether input and output are recorded. */
  bodies: "on" | "errors" | "off";
  /** What is kept of users. Default `id`. */
  keepUser?: KeepUser;
  /** Which records are on disk before their request is answered. */
  spill: "off" | "error" | "all";
  /** Where spill and quarantine files live. */
  dataDir: string;
  /** True where the disk is gone when this instance is: then the start says what that means. Default false. */
  isDiskEphemeral?: boolean;
  /** `sqlite:PATH`, `memory:` or `postgres://…`. */
  storeUrl: string;
  /** What the store may keep; absent where another process sees to that. */
  retention?: RetentionLimits;
  /** The service, as records name it. Default `holdfast`. */
  service?: string;
  /** The release that is running. */
  release?: string;
  /** More names whose values are masked, beside those of `sensitive.ts`. */
  redactNames?: readonly string[];
  /** Where it is running: `production`, `staging`. */
  environment?: string;
  /** The app's folder, path or `file:` address: tells own code from libraries. */
  root: string;
  /** Machine and process. Default: the process's id. */
  instance?: string;
  /** Who is told of errors that are new or have come back. */
  alerts?: WebhookTarget;
  /** The worker's module; tests give one that fails on purpose. */
  workerUrl?: URL;
  /** Bound of the queue, in bytes. */
  queueLimitBytes?: number;
  /** Bound of what finds no room in it and is on disk alone, in bytes. */
  spillLimitBytes?: number;
  /** A worker that says nothing for this long, though asked, is replaced. */
  hangAfterMs?: number;
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
  /** Whether the app answered what was thrown by itself. */
  isHandled?: boolean;
  /** Who was served. */
  user?: RecordedUser;
  /** Short values by name. */
  tags?: Record<string, string>;
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
}

/** Takes records, answers questions about them, and ends without losing any. */
export interface Logging extends AsyncDisposable {
  /** The root logger. */
  readonly logger: Logger;
  /** What runs in this process: whose source lines may be shown. */
  readonly code: RunningCode;
  /** Every process has another (UUIDv7). */
  readonly bootId: string;
  /** What is stored. Every method rejects with `StoreBusy` when no answer comes within 5 s. */
  readonly store: StoreReads;
  /** The logs as they arrive, for whoever watches. */
  readonly tails: LiveTails;
  /** Settles when the store is open; rejects with one sentence when it cannot be. */
  readonly ready: Promise<void>;
  /** An id for an occurrence that is about to be recorded. */
  newErrorId(): string;
  /** Records one answered request. */
  request(entry: RequestEntry): void;
  /** Records a failure; gives its receipt. */
  capture(thrown: unknown, options?: CaptureOptions): string;
  /** The receipt of something thrown that was recorded at or after this time (`performance.now()`); undefined where it was not. */
  recordedSince(thrown: unknown, sinceMs: number): string | undefined;
  /** Records what another service reports; gives the record's id: an `error_id` at ERROR and above. */
  report(report: Report, options?: ReportOptions): string;
  /** The books. */
  stats(): LogStats;
  /** Waits until everything recorded is in the store, or the deadline comes. */
  flush(options: { deadlineMs: number }): Promise<Flushed>;
  /** Gives the store a record of its own, for one that has refused the last ones: so it is known when it takes them again. */
  tryStore(): void;
  /** Saves what waits, at once, without the worker: for a process that ends without warning. */
  spillRest(): void;
  /**
   * Flushes, closes the store and ends the worker; what the store lacks at the deadline is spilled, what other sinks lack is
   * counted as skipped.
   */
  close(options: { deadlineMs: number }): Promise<Flushed>;
}

/** How long a log that leaves its scope may take to close. */
const DISPOSE_DEADLINE_MS = 5_000;
const DAY_MS = 24 * 60 * 60 * 1000;
const NOTHING_IS_SPILLED = Infinity;

/**
 * Starts the log: a worker that owns the store, and this thread's queue to it.
 *
 * @example
 * ```ts ignore
 * await using logging = startLogging(options);
 * await logging.ready;
 * logging.logger.info("up");
 * ```
 */
export function startLogging(options: LoggingOptions): Logging {
  const bootId = uuidv7();
  const process = {
    bootId,
    instance: options.instance ?? String(Deno.pid),
    root: options.root,
    release: options.release,
    redactNames: options.redactNames,
    environment: options.environment,
  };
  const client = new StoreClient();
  const tails = new LiveTails(client.store);
  const minimum = SEVERITY[options.level];
  const service = options.service ?? DEFAULT_SERVICE;
  const sampler = new StackSampler();
  const recorded = new Recorded();
  const activeSpan = activeSpanReader();
  let seq = 0;

  const transport: Transport = new Transport({
    settings: {
      ...process,
      storeUrl: options.storeUrl,
      console: options.console,
      color: options.color ?? false,
      consoleCollected: options.consoleCollected ?? false,
      file: options.file,
      otlp: options.otlp,
      alerts: options.alerts,
      retention: options.retention,
      dataDir: options.dataDir,
    },
    encoder: createEncoder(process),
    spillFrom: { off: NOTHING_IS_SPILLED, error: FAILURE_SEVERITY, all: 0 }[options.spill],
    isDiskEphemeral: options.isDiskEphemeral ?? false,
    workerUrl: options.workerUrl ?? workerUrl(),
    queueLimitBytes: options.queueLimitBytes,
    spillLimitBytes: options.spillLimitBytes,
    hangAfterMs: options.hangAfterMs,
    onTrouble: (severity, message, attrs) => {
      if (severity < minimum) return;
      takeLogged({ severity, message, attrs: attrs && snapshot(attrs) }, ABOUT_LOG);
    },
    client,
  });

  const logger = new Logger({ minimum, take: takeLogged });
  const logging: Logging = {
    logger,
    code: process,
    bootId,
    store: client.store,
    tails,
    ready: transport.ready,
    newErrorId: () => uuidv7(),
    request,
    capture,
    recordedSince: (thrown, sinceMs) => recorded.since(thrown, sinceMs),
    report,
    stats: () => transport.stats(),
    flush: (flushOptions) => transport.flush(flushOptions),
    tryStore,
    spillRest: () => transport.spillRest(),
    close,
    [Symbol.asyncDispose]: async () => void await close({ deadlineMs: DISPOSE_DEADLINE_MS }),
  };
  return logging;

  function request(entry: RequestEntry): void {
    // Whoever holds a receipt finds the failure, whatever LOG_LEVEL is.
    if (entry.severity < minimum && entry.errorId === undefined) return;
    const isFailure = entry.severity >= FAILURE_SEVERITY;
    const timeMs = Date.now();
    const error = entry.errorId !== undefined && entry.thrown !== undefined
      ? sampler.describe(entry.thrown.value, { route: entry.route, nowMs: performance.now() })
      : undefined;
    if (entry.thrown && entry.errorId) recorded.add(entry.thrown.value, entry.errorId);
    const keepsBodies = options.bodies === "on" || (options.bodies === "errors" && isFailure);
    const span = activeSpan?.();
    // Written out: a spread of all fields costs more than all the rest of this.
    transport.append({
      seq: ++seq,
      timeMs,
      severity: entry.severity,
      svcName: service,
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
      user: userText(entry.user),
      tags: tagsText(entry.tags),
      handled: entry.isHandled === undefined ? null : entry.isHandled ? 1 : 0,
      flags: 0,
    });
  }

  function capture(thrown: unknown, details: CaptureOptions = {}): string {
    const errorId = uuidv7();
    recorded.add(thrown, errorId);
    const { user, tags, attrs, module, requestId, route, message, isHandled = true } = details;
    const error = describeError(thrown);
    takeLogged(
      {
        severity: FAILURE_SEVERITY,
        message: message ?? `${error.type}: ${error.message}`,
        error: JSON.stringify(error),
        ...(attrs && { attrs: snapshot(attrs) }),
        module,
        requestId,
        route,
      },
      0,
      { errorId, user: userText(user), tags: tagsText(tags), handled: isHandled ? 1 : 0 },
    );
    return errorId;
  }

  function userText(user: RecordedUser | undefined): string | null {
    const kept = user && readUser(user, options.keepUser ?? "id").user;
    return kept === undefined ? null : snapshot(kept);
  }

  function report(entry: Report, { reporter, timeMs: toldMs }: ReportOptions = {}): string {
    const severity = SEVERITY[entry.level];
    const errorId = severity >= FAILURE_SEVERITY ? uuidv7() : null;
    const isKept = severity >= minimum || errorId !== null;
    const thrown = entry.error && readError(entry.error);
    const who = entry.user && readUser(entry.user, options.keepUser ?? "id");
    const { timeMs, disbelieved } = believe(toldMs, entry.time);
    const attrs = { ...disbelieved, ...thrown?.more, ...who?.more, ...entry.attrs, ...disbelieved };
    const record: RawRecord = {
      ...EMPTY,
      seq: isKept ? ++seq : seq,
      timeMs,
      severity,
      svcName: entry.svc_name,
      message: entry.message ?? entry.error?.message ?? `report of ${entry.svc_name}`,
      input: entry.input_json === undefined ? null : bounded(snapshot(entry.input_json)),
      output: entry.return_json === undefined ? null : bounded(snapshot(entry.return_json)),
      errorId,
      error: thrown === undefined ? null : snapshot(thrown.error),
      attrs: Object.keys(attrs).length === 0 ? null : bounded(snapshot(attrs)),
      requestId: entry.request_id || null,
      traceId: entry.trace_id ? traceId(entry.trace_id) : null,
      route: entry.route || null,
      method: entry.method || null,
      path: entry.path || null,
      status: entry.status ?? null,
      release: entry.release ?? null,
      environment: entry.environment ?? null,
      user: who?.user === undefined ? null : snapshot(who.user),
      tags: tagsText(entry.tags),
      flags: REPORTED,
      ...(reporter !== undefined && { reporter }),
    };
    if (isKept) transport.append(record);
    return errorId ?? `${bootId}:${record.seq}`;
  }

  function takeLogged(
    record: LoggedRecord,
    flags = 0,
    failure: Partial<Pick<RawRecord, "errorId" | "user" | "tags" | "handled">> = {},
  ): void {
    // The log speaks of itself in whatever request it happens to be.
    const span = flags === ABOUT_LOG ? undefined : activeSpan?.();
    const { timeMs, disbelieved } = believe(record.timeMs);
    transport.append({
      ...EMPTY,
      seq: ++seq,
      timeMs,
      severity: record.severity,
      svcName: service,
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
      ...failure,
    });
  }

  function tryStore(): void {
    // What is on its way already will tell.
    if (transport.stats().pending > 0) return;
    const message = "The store has refused the last records: this one tries again";
    takeLogged({ severity: SEVERITY.WARN, message }, ABOUT_LOG);
  }

  /** A failure is never lost for a broken clock: it happened now, and keeps what was said. */
  function believe(
    timeMs: number | undefined,
    text = String(timeMs),
  ): { timeMs: number; disbelieved?: { reported_time: string } } {
    const nowMs = nowToKeep();
    if (timeMs === undefined) return { timeMs: nowMs };
    const { days } = options.retention ?? {};
    const oldestMs = days === undefined ? 0 : Math.max(nowMs - days * DAY_MS, 0);
    if (timeMs >= oldestMs && !isOfTheFuture(timeMs, nowMs)) return { timeMs };
    return { timeMs: nowMs, disbelieved: { reported_time: text } };
  }

  async function close(closeOptions: { deadlineMs: number }): Promise<Flushed> {
    tails.close();
    const flushed = await transport.close(closeOptions);
    client.close();
    return flushed;
  }
}

/** In npm's form of the package all modules are JavaScript, this one and the worker alike. */
function workerUrl(): URL {
  const url = new URL("./worker.ts", import.meta.url);
  if (import.meta.url.endsWith(".js")) url.pathname = url.pathname.replace(/ts$/, "js");
  return url;
}

const EMPTY: Readonly<RawRecord> = {
  seq: 0,
  timeMs: 0,
  severity: 0,
  svcName: DEFAULT_SERVICE,
  module: null,
  message: "",
  requestId: null,
  traceId: null,
  spanId: null,
  method: null,
  route: null,
  path: null,
  status: null,
  durationMs: null,
  input: null,
  output: null,
  errorId: null,
  error: null,
  attrs: null,
  release: null,
  environment: null,
  user: null,
  tags: null,
  handled: null,
  flags: 0,
};

/** As OpenTelemetry writes it, where it is one; other tracing has ids of its own. */
function traceId(text: string): string {
  return TRACE_ID.test(text) ? text.toLowerCase() : text;
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
