/**
 * The books of the log: every record that was accepted is stored, pending or dropped. Each number is counted where it
 * happens; the sum is checked by tests, never computed.
 *
 * @module
 */
import type { SinkName } from "./protocol.ts";
import type { Skipped } from "./queue.ts";
import { type Level, levelOf, LEVELS } from "../store/record.ts";

/** Why a record was dropped. */
export type DropReason =
  /** The queue was full for its level. */
  | "queue_full"
  /** The queue was full and the spill file could not take it. */
  | "no_disk"
  /** The queue was full, and so was what the spill files may hold, or its service's share of it. */
  | "spill_full"
  /** It was being encoded when two workers ended. */
  | "quarantined"
  /** The store can never take it. */
  | "store_rejected"
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

/** The books, at one moment. */
export interface LogStats {
  /** Records taken since start, the dropped ones included. */
  accepted: number;
  /** Accepted by the store. */
  stored: number;
  /** Waiting: in the queue, or on disk alone. */
  pending: number;
  /** By level and reason; levels and reasons with none are absent. */
  dropped: Partial<Record<Level, Partial<Record<DropReason, number>>>>;
  /** Not given to a sink beside the store, by sink and reason: not dropped, the store decides on that. */
  skipped: Partial<Record<SinkName, Partial<Record<SkipReason, number>>>>;
  /** Written to a spill file. */
  spilled: number;
  /** Records that should have been on disk before their answer, but the disk refused: they wait in memory alone. */
  unspilled: number;
  /** Records of earlier processes that were replayed from their spill files. */
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
  /** What it may hold of them, in bytes: nobody else takes that room. */
  queue_own_limit_bytes: number;
  /** Size of what the store has and slower sinks lack, in bytes. */
  kept_bytes: number;
  /** Sinks that take nothing just now; the log has said why. */
  sinks_down: SinkName[];
  /** True when the store has refused the last records for good, and so many that they are not to blame. */
  store_refuses: boolean;
}

/** The counters of one process. They live on the main thread, so that they outlive a worker. */
export class Ledger {
  /** Records taken. */
  accepted = 0;
  /** Accepted by the store. */
  stored = 0;
  /** Waiting. */
  pending = 0;
  /** Written to a spill file. */
  spilled = 0;
  /** Should have been written to a spill file. */
  unspilled = 0;
  /** Replayed for earlier processes. */
  replayed = 0;
  /** Set aside. */
  quarantined = 0;
  /** Workers replaced. */
  restarts = 0;
  /** Not given to sinks beside the store. */
  readonly skipped: LogStats["skipped"] = {};
  #dropped = new Map<string, number>();

  /** Counts records that are lost. Call it on the line where they are. */
  drop(severity: number, reason: DropReason, count = 1): void {
    const key = `${levelOf(severity)} ${reason}`;
    this.#dropped.set(key, (this.#dropped.get(key) ?? 0) + count);
  }

  /** Counts records that sinks beside the store will not get. */
  skip(skipped: Skipped, reason: SkipReason): void {
    for (const [sink, count] of Object.entries(skipped) as [SinkName, number][]) {
      const reasons = this.skipped[sink] ??= {};
      reasons[reason] = (reasons[reason] ?? 0) + count;
    }
  }

  /** All dropped so far. */
  get dropped(): number {
    return this.#dropped.values().reduce((sum, count) => sum + count, 0);
  }

  /** Dropped so far, by level and reason. */
  droppedByLevel(): LogStats["dropped"] {
    const byLevel: LogStats["dropped"] = {};
    for (const level of LEVELS) {
      for (const [key, count] of this.#dropped) {
        const [droppedLevel, reason] = key.split(" ") as [Level, DropReason];
        if (droppedLevel === level) (byLevel[level] ??= {})[reason] = count;
      }
    }
    return byLevel;
  }
}
