import type { Delivery, Taken } from "../intake/intake.ts";
import { ABOUT_LOG, OWN, type RawRecord } from "./queue/batch.ts";
import { createEncoder } from "./records/encode.ts";
import { uuidv7 } from "../store/ids.ts";
import type { Flushed, LogStats } from "./queue/counters.ts";
import { Logger } from "./logger.ts";
import type { AlertSettings, ConsoleSettings, OtlpTarget } from "./protocol.ts";
import {
  type CaptureOptions,
  RecordMaker,
  type RecordMakerOptions,
  type ReportOptions,
  type RequestEntry,
} from "./records/record_maker.ts";
import { FAILURE_SEVERITY, SEVERITY } from "../store/record.ts";
import type { Report } from "../store/report.ts";
import type { RunningCode } from "../store/grouping/source.ts";
import { StoreClient } from "./store_client.ts";
import type { StoreReads } from "../store/store.ts";
import { IntakeCounts } from "./intake_counts.ts";
import { LiveTails } from "./live_tails.ts";
import { Transport } from "./queue/transport.ts";

export interface LoggingOptions extends RecordMakerOptions {
  /** How records are printed. Default: not at all. */
  console?: ConsoleSettings;
  /** The rotated NDJSON file. */
  file?: string;
  /** The OpenTelemetry collector that gets every record. */
  otlp?: OtlpTarget;
  /** Which records are on disk before their request is answered. */
  spill: "off" | "error" | "all";
  /** Where the journal and quarantine files live. */
  dataDir: string;
  /** True where the disk ends with this instance: then the log says at the start what that means. Default false. */
  isDiskEphemeral?: boolean;
  /** `sqlite:PATH`, `memory:` or `postgres://…`. */
  storeUrl: string;
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
  /** Where alerts about errors go. */
  alerts?: AlertSettings | undefined;
  /** The worker's module; tests pass one that fails on purpose. */
  workerUrl?: URL;
  /** Bound of the queue, in bytes. */
  queueLimitBytes?: number;
  /** Bound of what finds no room in it and is only on disk, in bytes. */
  spillLimitBytes?: number;
  /** A worker that answers no ping for this long is replaced. */
  hangAfterMs?: number;
  /** A question that the store has not answered for this long fails. Default 5 s. */
  askMs?: number;
}

/** The log of one process: takes records, answers questions about them, and ends without losing any. */
export interface Logging extends AsyncDisposable {
  /** The app's. */
  readonly logger: Logger;
  /** What Holdfast itself says: its records are marked. */
  readonly ownLogger: Logger;
  /** What runs in this process: whose source lines may be shown. */
  readonly code: RunningCode;
  /** Every process has another (UUIDv7). */
  readonly bootId: string;
  /** What is stored. Every method rejects with `StoreBusy` when no answer comes within 5 s. */
  readonly store: StoreReads;
  /** The logs as they arrive. */
  readonly tails: LiveTails;
  /** What intake keys and clients bring, on its way into the store. */
  readonly intakeCounts: IntakeCounts;
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
  /**
   * Takes what a client of another system sent; its body is moved to the worker, and empty afterwards. Answers 200 when all of it
   * is on disk or in the store, and 503 when that was not done within 2 s.
   */
  take(delivery: Delivery): Promise<Taken>;
  stats(): LogStats;
  /** Waits until everything recorded is in the store, or the deadline comes. */
  flush(options: { deadlineMs: number }): Promise<Flushed>;
  /** Records something for a store that has refused the last records: so it is noticed when it takes them again. */
  tryStore(): void;
  /** Saves to disk what waits, at once and without the worker: for a process that ends without warning. */
  spillRest(): void;
  /**
   * Flushes, closes the store and ends the worker; what the store lacks at the deadline is spilled, what other sinks lack is
   * counted as skipped.
   */
  close(options: { deadlineMs: number }): Promise<Flushed>;
}

const DISPOSE_DEADLINE_MS = 5_000;
const NOTHING_IS_SPILLED = Infinity;
const NO_CONSOLE: ConsoleSettings = { format: "off", color: false, isCollected: false };

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
  const { instance = String(Deno.pid), root, release, redactNames, environment } = options;
  const process = { bootId, instance, root, release, redactNames, environment };
  const { console = NO_CONSOLE, storeUrl, file, otlp, alerts, retention, dataDir } = options;
  const { level, keepUser, spillLimitBytes } = options;
  const intake = { level, keepUser, spillLimitBytes };
  const client = new StoreClient(options);
  const tails = new LiveTails(client.store);
  const intakeCounts = new IntakeCounts({ store: client.store });
  const records = new RecordMaker(options);
  const { minimum } = records;
  const transport = new Transport({
    ...options,
    settings: { ...process, ...intake, console, storeUrl, file, otlp, alerts, retention, dataDir },
    encoder: createEncoder(process),
    spillFrom: { off: NOTHING_IS_SPILLED, error: FAILURE_SEVERITY, all: 0 }[options.spill],
    workerUrl: options.workerUrl ?? workerUrl(),
    records,
    client,
  });
  const append = (record: RawRecord | undefined) => record && transport.append(record);
  return {
    logger: new Logger({ minimum, append: (record) => append(records.ofLogger(record)) }),
    ownLogger: new Logger({ minimum, append: (record) => append(records.ofLogger(record, OWN)) }),
    code: { root, release, service: records.service },
    bootId,
    store: client.store,
    tails,
    intakeCounts,
    ready: transport.ready,
    newErrorId: () => uuidv7(),
    request: (entry) => append(records.ofRequest(entry)),
    capture(thrown, details) {
      const record = records.ofFailure(thrown, details);
      append(record);
      return record.errorId;
    },
    recordedSince: (thrown, sinceMs) => records.recordedSince(thrown, sinceMs),
    report(report, reportOptions) {
      const record = records.ofReport(report, reportOptions);
      const { severity, errorId, seq } = record;
      if (severity >= minimum || errorId !== null) append(record);
      return errorId ?? `${bootId}:${seq}`;
    },
    take: (delivery) => transport.take(delivery),
    stats: () => transport.stats(),
    flush: (flushOptions) => transport.flush(flushOptions),
    tryStore() {
      // A record is on its way already.
      if (transport.stats().pending > 0) return;
      const message = "The store has refused the last records: this one tries again";
      // Whatever LOG_LEVEL is: there may be no other record for long.
      append(records.ofLogger({ severity: SEVERITY.WARN, message }, ABOUT_LOG));
    },
    spillRest: () => transport.spillRest(),
    async close(closeOptions) {
      tails.close();
      const endMs = performance.now() + closeOptions.deadlineMs;
      // At once where there is nothing to tell: what the log says of itself meanwhile would be recorded.
      if (!intakeCounts.isEmpty) await intakeCounts.close(closeOptions);
      const flushed = await transport.close({ deadlineMs: Math.max(endMs - performance.now(), 0) });
      client.close();
      return flushed;
    },
    async [Symbol.asyncDispose]() {
      await this.close({ deadlineMs: DISPOSE_DEADLINE_MS });
    },
  };
}

/** In the npm package all modules are JavaScript. */
function workerUrl(): URL {
  const url = new URL("./worker.ts", import.meta.url);
  if (import.meta.url.endsWith(".js")) url.pathname = url.pathname.replace(/ts$/, "js");
  return url;
}
