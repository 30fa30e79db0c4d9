/**
 * The bounded queue on the main thread: records wait here until every sink has accepted them.
 *
 * @module
 */
import { type Field, pushRecord, type RawRecord, sizeOf, SPILLED } from "./batch.ts";
import { SEVERITY } from "./record.ts";

/** What the queue may hold: 32 MiB, about 40,000 records with bodies of a few hundred bytes. */
export const MAX_QUEUE_BYTES = 32 * 1024 * 1024;
/** A batch is closed when it has this many records … */
export const MAX_BATCH_RECORDS = 256;
/** … or this many bytes. */
export const MAX_BATCH_BYTES = 64 * 1024;
/** Posted but not yet accepted, at most: what a control message may have to wait behind. */
export const MAX_POSTED_BYTES = 2 * 1024 * 1024;
/** DEBUG goes from here on. */
const DEBUG_UNTIL = 1 / 2;
/** INFO goes from here on. */
const INFO_UNTIL = 4 / 5;
/** Failures may fill the queue this many times over where no disk takes them. */
const RESERVE = 2;

/** Records that cross together. */
export interface Batch {
  /** Counts up from 1. */
  readonly id: number;
  /** The records, flat. */
  readonly fields: Field[];
  /** How many. */
  records: number;
  /** Their size in memory. */
  bytes: number;
  /** How many of them are in the spill file too. */
  spilled: number;
  /** True while a living worker has it. */
  posted: boolean;
  /** Workers that ended while working on it. */
  deaths: number;
}

/** First in, first out, in batches. */
export class Queue {
  /** Size of all that waits. */
  bytes = 0;
  /** Posted but not accepted. */
  postedBytes = 0;
  /** What it may hold. */
  readonly limitBytes: number;
  #sealed: Batch[] = [];
  #open: Batch = emptyBatch(1);

  /** `limitBytes` bounds the queue; failures may go beyond it where no disk takes them. */
  constructor(limitBytes: number = MAX_QUEUE_BYTES) {
    this.limitBytes = limitBytes;
  }

  /** Whether a record of this severity may enter: the cheap ones are turned away first. */
  admits(severity: number): boolean {
    const fill = this.bytes / this.limitBytes;
    if (severity < SEVERITY.INFO) return fill < DEBUG_UNTIL;
    if (severity < SEVERITY.WARN) return fill < INFO_UNTIL;
    return fill < 1;
  }

  /** Whether a failure may enter although the queue is full: the last reserve before one is dropped. */
  admitsInReserve(): boolean {
    return this.bytes < this.limitBytes * RESERVE;
  }

  /** Appends a record. True when its batch is full and was closed. */
  push(record: RawRecord): boolean {
    const bytes = sizeOf(record);
    const batch = this.#open;
    pushRecord(batch.fields, record);
    batch.records++;
    batch.bytes += bytes;
    if (record.flags & SPILLED) batch.spilled++;
    this.bytes += bytes;
    if (batch.records < MAX_BATCH_RECORDS && batch.bytes < MAX_BATCH_BYTES) return false;
    this.seal();
    return true;
  }

  /** Closes the batch that is being filled, if there is anything in it. */
  seal(): void {
    if (this.#open.records === 0) return;
    this.#sealed.push(this.#open);
    this.#open = emptyBatch(this.#open.id + 1);
  }

  /** The next batches to post, as far as the credit goes; they count as posted from now on. */
  *takeForPosting(): Generator<Batch> {
    for (const batch of this.#sealed) {
      if (batch.posted) continue;
      if (this.postedBytes > 0 && this.postedBytes + batch.bytes > MAX_POSTED_BYTES) return;
      batch.posted = true;
      this.postedBytes += batch.bytes;
      yield batch;
    }
  }

  /** Takes out every batch up to `id`: all sinks have accepted it. */
  accept(id: number): Batch[] {
    let count = 0;
    while (count < this.#sealed.length && this.#sealed[count]!.id <= id) count++;
    const accepted = this.#sealed.splice(0, count);
    for (const batch of accepted) this.#forget(batch);
    return accepted;
  }

  /** The worker has died: what was posted must be posted again. */
  unpost(): void {
    for (const batch of this.#sealed) batch.posted = false;
    this.postedBytes = 0;
  }

  /** A batch that waits, by id. */
  find(id: number): Batch | undefined {
    return this.#sealed.find((batch) => batch.id === id);
  }

  /** Takes one batch out of the middle. */
  remove(batch: Batch): void {
    this.#sealed.splice(this.#sealed.indexOf(batch), 1);
    this.#forget(batch);
  }

  /** Takes everything out, the open batch too: what is left at shutdown. */
  drain(): Batch[] {
    this.seal();
    return this.accept(Infinity);
  }

  #forget(batch: Batch): void {
    this.bytes -= batch.bytes;
    if (batch.posted) this.postedBytes -= batch.bytes;
  }
}

function emptyBatch(id: number): Batch {
  return { id, fields: [], records: 0, bytes: 0, spilled: 0, posted: false, deaths: 0 };
}
