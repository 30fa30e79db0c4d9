/**
 * Everything that crosses between the main thread and the worker.
 *
 * @module
 */
import type { Field } from "./queue/batch.ts";
import type { LoggingOptions } from "./logging.ts";
import type { StoreReads } from "../store/store.ts";

/** Names of the sinks; `store` is always there. `alerts` takes from the store, and no records. */
export type SinkName = "console" | "file" | "otlp" | "store" | "alerts";

/** How records are printed. */
export interface ConsoleSettings {
  /** `json`: each record's line as it is; `pretty`: for people; `off`: not at all. */
  readonly format: "json" | "pretty" | "off";
  /** Whether `pretty` may use ANSI colours. */
  readonly color: boolean;
  /**
   * Whether something takes each call of `console.*` as one record, as platforms and OpenTelemetry do. Without it neighbouring
   * `json` lines leave in one call, at less than half the cost.
   */
  readonly isCollected: boolean;
}

/** Where an OpenTelemetry collector takes log records. */
export interface OtlpTarget {
  /** The endpoint's whole address. A secret: it is never logged. */
  readonly url: string;
  /** Sent with every request, secrets too. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Where alerts go. */
export interface WebhookTarget {
  /** Gets a JSON POST. A secret: it is never logged. */
  readonly url: string;
  /** The board's address; links begin with it. Default: no links. */
  readonly boardUrl?: string;
}

/** What the worker must know to begin. */
export interface WorkerSettings
  extends
    Required<Pick<LoggingOptions, "console" | "instance">>,
    Pick<
      LoggingOptions,
      | "root"
      | "release"
      | "environment"
      | "redactNames"
      | "storeUrl"
      | "dataDir"
      | "file"
      | "otlp"
      | "alerts"
      | "retention"
    > {
  /** The process's id. */
  bootId: string;
  /** The last batch each sink has accepted, when an earlier worker of this process did some work. */
  cursors: Partial<Record<SinkName, number>>;
  /**
   * The main thread's `performance.now()`: deadlines are told by it. A worker's begins anew with each, and the wall clock may be set
   * meanwhile.
   */
  nowMs: number;
  /** What the engine is at, so that the main thread can tell what ended a worker: see {@linkcode Activity}. */
  activity?: SharedArrayBuffer;
}

/** From the main thread to the worker. */
export type ToWorker =
  | { type: "open"; settings: WorkerSettings }
  | { type: "batch"; id: number; sinks: SinkName[]; bytes: number; fields: Field[] }
  | { type: "lines"; id: number; sinks: SinkName[]; bytes: number; lines: readonly string[] }
  | { type: "ping" }
  /** The end is near: what waits for a store that failed is tried now. */
  | { type: "hurry" }
  /** The last alerts have so long. */
  | { type: "finish alerts"; forMs: number }
  | { type: "close" };

/** From the worker to the main thread. Any message shows that the worker lives. */
export type FromWorker =
  /** Questions to the store go through this port. */
  | { type: "opened"; questions: MessagePort }
  | { type: "failed"; sentence: string }
  | { type: "progress"; cursors: Partial<Record<SinkName, number>> }
  | { type: "rejected"; batch: number; seq: number; severity: number; sentence: string }
  | { type: "sink"; sink: SinkName; up: boolean; sentence: string }
  | { type: "refused"; sink: SinkName; records: number; sentence: string }
  | { type: "trouble"; sentence: string }
  | { type: "replayed"; path: string; records: number; torn: number; aside: number }
  | { type: "alerts finished" }
  | { type: "crashed"; sentence: string }
  | { type: "pong" }
  | { type: "closed" };

/** A question to the store. It has a port of its own, so that it does not wait behind records. */
export interface Question {
  /** Its answer has the same. */
  id: number;
  /** What is asked … */
  method: keyof StoreReads;
  /** … and how. */
  args: readonly unknown[];
  /** One of the asking thread's `performance.now()`: nobody waits for an answer any more. */
  deadlineMs: number;
}

/** What the store said, or why it did not. */
export type Answer =
  | { id: number; value: unknown }
  | { id: number; refusal: { name: string; message: string } };
