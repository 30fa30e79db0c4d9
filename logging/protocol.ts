import type { Delivery, Taken } from "../intake/intake.ts";
import type { Field } from "./queue/batch.ts";
import type { DropReason } from "./queue/counters.ts";
import type { LoggingOptions } from "./logging.ts";
import type { AlertTarget } from "../store/alert_target.ts";
import type { StoreReads } from "../store/store.ts";

/** `store` is always there; `alerts` takes no records, it reads from the store. */
export type SinkName = "console" | "file" | "otlp" | "store" | "alerts";

export interface ConsoleSettings {
  /** `json`: each record's line; `pretty`: for people; `off`: nothing. */
  readonly format: "json" | "pretty" | "off";
  /** Whether `pretty` may use ANSI colours. */
  readonly color: boolean;
  /**
   * Whether something takes each call of `console.*` as one record, as platforms and OpenTelemetry do. If not, neighbouring
   * `json` lines are written in one call, at less than half the cost.
   */
  readonly isCollected: boolean;
}

/** Where an OpenTelemetry collector takes log records. */
export interface OtlpTarget {
  /** A secret: it is never logged. */
  readonly url: string;
  /** Sent with every request; they may hold secrets. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Where alerts go. */
export interface AlertSettings {
  /** At least one. */
  readonly targets: readonly AlertTarget[];
  /** The board's address; links begin with it. Default: no links. */
  readonly boardUrl?: string | undefined;
}

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
      | "level"
      | "keepUser"
      | "spillLimitBytes"
    > {
  bootId: string;
  /** The last batch that each sink has accepted from an earlier worker of this process. */
  cursors: Partial<Record<SinkName, number>>;
  /** Intakes of workers of this process that have died, whose journals may hold what is not stored. */
  formerIntakes: readonly string[];
  /**
   * The main thread's `performance.now()`, in which deadlines are given. A worker's begins at 0, and the wall clock may be set
   * in between.
   */
  nowMs: number;
  /** The memory of an {@linkcode Activity}. */
  activity?: SharedArrayBuffer;
}

/** From the main thread to the worker. */
export type ToWorker =
  /**
   * Questions to the store and deliveries go through ports of their own. The main thread makes them and closes its ends: a port
   * that is on its way from a worker that is ended would never be closed.
   */
  | { type: "open"; settings: WorkerSettings; questions: MessagePort; intake: MessagePort }
  | { type: "batch"; id: number; sinks: SinkName[]; bytes: number; fields: Field[] }
  | { type: "lines"; id: number; sinks: SinkName[]; bytes: number; lines: readonly string[] }
  | { type: "ping" }
  /** Before the end: a store that failed is tried again now. */
  | { type: "hurry" }
  | { type: "finish alerts"; forMs: number }
  | { type: "close" };

/** From the worker to the main thread. Any message shows that the worker lives. */
export type FromWorker =
  /** Takes batches and questions. */
  | { type: "opened" }
  /** Takes deliveries; `bootId` is that of their records. */
  | { type: "intake"; bootId: string }
  /** All that a former intake left is stored, but for records that are set aside. */
  | { type: "intake replayed"; bootId: string; aside: number }
  | { type: "failed"; sentence: string }
  | { type: "progress"; cursors: Partial<Record<SinkName, number>> }
  | { type: "rejected"; batch: number; seq: number; severity: number; sentence: string }
  /** `isGood`: the sentence is good news, though a part of the sink may still be down. */
  | { type: "sink"; sink: SinkName; up: boolean; isGood?: boolean; sentence: string }
  | { type: "refused"; sink: SinkName; records: number; sentence: string }
  | { type: "trouble"; sentence: string }
  | { type: "replayed"; path: string; records: number; torn: number; aside: number }
  | { type: "alerts finished" }
  | { type: "crashed"; sentence: string }
  | { type: "pong" }
  | { type: "closed" };

/** A question to the store. Questions have a port of their own, so that they do not wait behind records. */
export interface Question {
  /** Its answer has the same. */
  id: number;
  method: keyof StoreReads;
  args: readonly unknown[];
  /** In the asking thread's `performance.now()`: after it nobody waits for the answer. */
  deadlineMs: number;
}

export type Answer =
  | { id: number; value: unknown }
  | { id: number; refusal: { name: string; message: string } };

/** A delivery on its way to the worker. */
export interface DeliveryMessage {
  /** Its answer has the same. */
  id: number;
  delivery: Delivery;
  /** In the main thread's `performance.now()`: after it nobody waits for the answer. */
  deadlineMs: number;
}

/** Answers of the intake, and what has happened to its records since the last update. */
export interface IntakeUpdate {
  answers: { id: number; taken: Taken }[];
  /** Records taken: an answer says so, here or in an earlier update. */
  accepted: number;
  /** Of these, written to the journal. */
  spilled: number;
  stored: number;
  dropped: { severity: number; reason: DropReason }[];
  /** Records that sinks beside the store will not get. */
  skipped: Partial<Record<SinkName, number>>;
  /** The worker closes: nothing follows. */
  isLast: boolean;
}
