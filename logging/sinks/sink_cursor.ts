/**
 * How far one sink has come in the queue. Each has its own pace: one that stands still holds up nobody else.
 *
 * @module
 */
import type { Skipped } from "../counters.ts";
import type { SinkName } from "../protocol.ts";

/**
 * Posted to one sink but not yet accepted by it, at most: what a control message may have to wait behind. Measured from 128 KiB
 * to 2 MiB at full load: the records per second stay the same, a question waits twice as long at each doubling.
 */
export const MAX_POSTED_BYTES = 512 * 1024;

/** What a cursor must know of a batch. */
interface Passing {
  readonly id: number;
  readonly bytes: number;
}

/** One sink's place among the batches. */
export class SinkCursor {
  /** Its sink. */
  readonly name: SinkName;
  /** The last batch it has accepted. */
  accepted = 0;
  /** The last batch that was posted to it. */
  posted = 0;
  /** Size of what was posted but not accepted. */
  postedBytes = 0;
  /** The last batch that it has skipped. */
  skipped = 0;

  /** Before the first batch. */
  constructor(name: SinkName) {
    this.name = name;
  }

  /** Whether it has skipped batches, and has accepted none since that came after them. */
  get isBehind(): boolean {
    return this.accepted < this.skipped;
  }

  /** Whether this batch was posted, and not accepted. */
  isAwaiting({ id }: Passing): boolean {
    return this.accepted < id && id <= this.posted;
  }

  /** Posts a batch. False when too much is on its way already. */
  post({ id, bytes }: Passing): boolean {
    if (this.postedBytes > 0 && this.postedBytes + bytes > MAX_POSTED_BYTES) return false;
    this.posted = id;
    this.postedBytes += bytes;
    return true;
  }

  /** What was posted must be posted again. */
  unpost(): void {
    this.posted = this.accepted;
    this.postedBytes = 0;
  }

  /** It has accepted these, up to this id. */
  accept(batches: readonly Passing[], id: number): void {
    for (const { bytes } of batches) this.postedBytes -= bytes;
    this.accepted = id;
  }
}

/** Notes who will not get so many records of a batch: whoever has not been posted it, or has not accepted it. */
export function addMissing(
  skipped: Skipped,
  { id, records }: { id: number; records: number },
  { cursors, by }: { cursors: readonly SinkCursor[]; by: "posted" | "accepted" },
): void {
  for (const cursor of cursors) {
    if (cursor[by] < id) skipped[cursor.name] = (skipped[cursor.name] ?? 0) + records;
  }
}
