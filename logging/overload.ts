/**
 * What one overload cost, from the first record that found no room until the queue is calm again.
 *
 * @module
 */
import type { DropReason, LogStats } from "./ledger.ts";
import { levelOf } from "../store/record.ts";

/** Counts the records that found no room in the queue. */
export class Overload {
  readonly #dropped: LogStats["dropped"] = {};
  #droppedCount = 0;
  #onDiskCount = 0;
  #firstSeq: number | undefined;
  #lastSeq = 0;

  /** One was dropped. */
  drop(record: { severity: number; seq: number }, reason: DropReason): void {
    const reasons = this.#dropped[levelOf(record.severity)] ??= {};
    reasons[reason] = (reasons[reason] ?? 0) + 1;
    this.#droppedCount++;
    this.#firstSeq ??= record.seq;
    this.#lastSeq = record.seq;
  }

  /** One was left on disk alone, to be read back later. */
  leaveOnDisk(): void {
    this.#onDiskCount++;
  }

  /** One sentence. */
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
