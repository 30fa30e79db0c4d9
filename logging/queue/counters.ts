import type { SinkName } from "../protocol.ts";
import { type Level, levelOf, LEVELS } from "../../store/record.ts";

/** Why a record was dropped. */
export type DropReason =
  /** The queue was full for its level. */
  | "queue_full"
  /** The queue was full and the journal could not take it. */
  | "no_disk"
  /** The queue was full, and so was what the journal may hold, or its service's share of it. */
  | "spill_full"
  /** It was being encoded when two workers ended. */
  | "quarantined"
  /** The store can never take it. */
  | "store_rejected"
  /** It was only in the journal, and its file was cut from outside. */
  | "journal_lost"
  /** The process ended before it was stored, and it could not be spilled. */
  | "shutdown";

/** Why a sink beside the store did not get a record. */
export type SkipReason =
  /** It was behind, and no more is kept for it. */
  | "behind"
  /** It can never take it. */
  | "refused"
  /** The record was being encoded for it when two workers ended. */
  | "quarantined"
  /** The process ended first. */
  | "shutdown";

/** The counters, at one moment. */
export interface LogStats {
  /** Records taken since start, the dropped ones included. */
  accepted: number;
  /** Accepted by the store. */
  stored: number;
  /** Waiting: in the queue, or only on disk. */
  pending: number;
  /** By level and reason; levels and reasons with none are absent. */
  dropped: Partial<Record<Level, Partial<Record<DropReason, number>>>>;
  /** Not given to a sink beside the store, by sink and reason: not dropped, the store decides on that. */
  skipped: Partial<Record<SinkName, Partial<Record<SkipReason, number>>>>;
  /** Written to the journal. */
  spilled: number;
  /** Records that should have been on disk before their answer, but the disk refused: they wait only in memory. */
  unspilled: number;
  /** Records of earlier processes that were replayed from their journals. */
  replayed: number;
  /** Records set aside because they ended workers. */
  quarantined: number;
  /** Workers that were replaced. */
  restarts: number;
  /** Size of the queue, in bytes. */
  queue_bytes: number;
  /** What the queue may hold, in bytes. */
  queue_limit_bytes: number;
  /** Size of this process's own records in it, in bytes. */
  queue_own_bytes: number;
  /** What it may hold of them, in bytes: no other service takes that room. */
  queue_own_limit_bytes: number;
  /** Size of what the store has and slower sinks do not have yet, in bytes. */
  kept_bytes: number;
  /** Sinks that take nothing now; the log has said why. */
  sinks_down: SinkName[];
  /** True when the store has refused the last records for good, and so many that they are not to blame. */
  store_refuses: boolean;
}

/** What a flush did. */
export interface Flushed {
  /** Records stored since start. */
  stored: number;
  /** Records that are on disk and not yet stored. */
  spilled: number;
  /** Records dropped since start. */
  dropped: number;
  /** Records that sinks beside the store did not get before the process ended. */
  skipped: Partial<Record<SinkName, number>>;
  /** True when the deadline came first. */
  timedOut: boolean;
}

/** Records that sinks beside the store will not get, by sink. */
export type Skipped = Partial<Record<SinkName, number>>;

type Dropped = LogStats["dropped"];

/**
 * Every record that was accepted is stored, pending or dropped, and is counted on the line where that happens; tests check the
 * sum, nothing computes it. On the main thread, so that the counters outlive a worker.
 */
export class Counters {
  accepted = 0;
  stored = 0;
  pending = 0;
  spilled = 0;
  unspilled = 0;
  replayed = 0;
  quarantined = 0;
  restarts = 0;
  readonly skipped: LogStats["skipped"] = {};
  readonly #dropped: Dropped = {};
  #overload: Overload | undefined;

  toStats(): Pick<LogStats, Exclude<keyof Counters, "droppedCount"> & keyof LogStats | "dropped"> {
    const levels = LEVELS.filter((level) => this.#dropped[level]);
    const dropped = Object.fromEntries(levels.map((level) => [level, this.#dropped[level]]));
    return structuredClone({ ...this, dropped });
  }

  get droppedCount(): number {
    return Object.values(this.#dropped).flatMap((reasons) => Object.values(reasons))
      .reduce((sum, count) => sum + count, 0);
  }

  /** Counts a lost record. Call it on the line where it is lost. */
  drop(severity: number, reason: DropReason): void {
    count(this.#dropped, severity, reason);
  }

  /** Counts records that sinks beside the store will not get. */
  skip(skipped: Skipped, reason: SkipReason): void {
    for (const [sink, records] of Object.entries(skipped) as [SinkName, number][]) {
      const reasons = this.skipped[sink] ??= {};
      reasons[reason] = (reasons[reason] ?? 0) + records;
    }
  }

  /** Counts a record for which the queue had no room: dropped, or without a reason only on disk. */
  overflow(record: { severity: number; seq: number }, reason?: DropReason): void {
    if (reason) this.drop(record.severity, reason);
    (this.#overload ??= new Overload()).add(record, reason);
  }

  /** What found no room since the last call; undefined when everything did. */
  takeOverload(): Overload | undefined {
    const overload = this.#overload;
    this.#overload = undefined;
    return overload;
  }
}

/** What one overload cost, from the first record that found no room until the queue is calm again. */
export class Overload {
  readonly #dropped: Dropped = {};
  #droppedCount = 0;
  #onDiskCount = 0;
  #firstSeq: number | undefined;
  #lastSeq = 0;

  add({ severity, seq }: { severity: number; seq: number }, reason?: DropReason): void {
    if (!reason) {
      this.#onDiskCount++;
      return;
    }
    count(this.#dropped, severity, reason);
    this.#droppedCount++;
    this.#firstSeq ??= seq;
    this.#lastSeq = seq;
  }

  get sentence(): string {
    const kept = this.#onDiskCount > 0 ? `, ${this.#onDiskCount} were kept on disk` : "";
    return `The log's queue was full: ${this.#droppedCount} records were dropped${kept}`;
  }

  /** Counts by level and reason, and the first and last `seq` that was dropped: between them some were kept. */
  get attrs(): Record<string, unknown> {
    const seq = this.#firstSeq === undefined ? null : [this.#firstSeq, this.#lastSeq];
    return { dropped: this.#dropped, on_disk: this.#onDiskCount, seq };
  }
}

function count(dropped: Dropped, severity: number, reason: DropReason): void {
  const reasons = dropped[levelOf(severity)] ??= {};
  reasons[reason] = (reasons[reason] ?? 0) + 1;
}
