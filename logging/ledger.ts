/**
 * The books of the log: every record that was accepted is stored, pending or dropped. Each number is counted where it
 * happens; the sum is checked by tests, never computed.
 *
 * @module
 */
import { type Level, levelOf, LEVELS } from "./record.ts";

/** Why a record was dropped. */
export type DropReason =
  /** The queue was full for its level. */
  | "queue_full"
  /** The queue was full and the spill file could not take it. */
  | "no_disk"
  /** It was being encoded when two workers ended. */
  | "quarantined"
  /** The store can never take it. */
  | "store_rejected"
  /** The process ended before it was stored, and it could not be spilled. */
  | "shutdown";

/** The books, at one moment. */
export interface LogStats {
  /** Records taken since start, the dropped ones included. */
  accepted: number;
  /** Accepted by every sink. */
  stored: number;
  /** Waiting: in the queue, or on disk alone. */
  pending: number;
  /** By level and reason; levels and reasons with none are absent. */
  dropped: Partial<Record<Level, Partial<Record<DropReason, number>>>>;
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
}

/** The counters of one process. They live on the main thread, so that they outlive a worker. */
export class Ledger {
  /** Records taken. */
  accepted = 0;
  /** Accepted by every sink. */
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
  #dropped = new Map<string, number>();

  /** Counts records that are lost. Call it on the line where they are. */
  drop(severity: number, reason: DropReason, count = 1): void {
    const key = `${levelOf(severity)} ${reason}`;
    this.#dropped.set(key, (this.#dropped.get(key) ?? 0) + count);
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
