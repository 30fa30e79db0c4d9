/**
 * The bounded queue on the main thread: records wait here until every sink has accepted them.
 *
 * @module
 */
import { type Field, FIELDS, pushRecord, type RawRecord, sizeOf, SPILLED } from "./batch.ts";
import type { SinkName } from "./protocol.ts";
import { SEVERITY } from "./record.ts";

/** What the queue may hold: 32 MiB, about 40,000 records with bodies of a few hundred bytes. */
export const MAX_QUEUE_BYTES = 32 * 1024 * 1024;
/** A batch is closed when it has this many records … */
export const MAX_BATCH_RECORDS = 256;
/** … or this many bytes. */
export const MAX_BATCH_BYTES = 64 * 1024;
/**
 * Posted to one sink but not yet accepted by it, at most: what a control message may have to wait behind. Measured from 128 KiB
 * to 2 MiB at full load: the records per second stay the same, a question waits twice as long at each doubling.
 */
export const MAX_POSTED_BYTES = 512 * 1024;
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
  /** The records, flat; empty where they are `lines`. */
  readonly fields: Field[];
  /** Records that were read back from the overflow file, encoded already. */
  readonly lines?: readonly string[];
  /** How many. */
  records: number;
  /** Their size in memory. */
  bytes: number;
  /** How many of them are in a spill file too. */
  spilled: number;
  /** Workers that ended while working on it. */
  deaths: number;
  /** `seq` of the records that the store can never take: counted already. */
  rejected?: Set<number>;
}

/** A batch and the sinks it goes to now. */
export interface Posting {
  /** The batch. */
  readonly batch: Batch;
  /** Never empty. */
  readonly sinks: SinkName[];
}

/** How far one sink has come. Each has its own pace: one that stands still holds up nobody else. */
interface Reader {
  readonly name: SinkName;
  /** The last batch it has accepted. */
  accepted: number;
  /** The last batch that was posted to it. */
  posted: number;
  /** Size of what was posted but not accepted. */
  postedBytes: number;
}

/** First in, first out, in batches; each sink reads at its own pace. */
export class Queue {
  /** Size of all that waits. */
  bytes = 0;
  /** What it may hold. */
  readonly limitBytes: number;
  readonly #readers: Reader[];
  #sealed: Batch[] = [];
  #open: Batch = emptyBatch(1);

  /** `limitBytes` bounds the queue; failures may go beyond it where no disk takes them. */
  constructor(sinks: readonly SinkName[], limitBytes: number = MAX_QUEUE_BYTES) {
    this.#readers = sinks.map((name) => ({ name, accepted: 0, posted: 0, postedBytes: 0 }));
    this.limitBytes = limitBytes;
  }

  /** The batch that the next record goes into. */
  get openId(): number {
    return this.#open.id;
  }

  /** The oldest batch that waits, or the next one: all before it were accepted, or set aside. */
  get oldestId(): number {
    return this.#sealed[0]?.id ?? this.#open.id;
  }

  /** The youngest batch that waits, or was accepted. */
  get youngestId(): number {
    return this.#open.records > 0 ? this.#open.id : this.#open.id - 1;
  }

  /** True while a sink owes an answer. */
  get isAwaited(): boolean {
    return this.#readers.some(({ postedBytes }) => postedBytes > 0);
  }

  /** The last batch that each sink has accepted. */
  get cursors(): Partial<Record<SinkName, number>> {
    return Object.fromEntries(this.#readers.map(({ name, accepted }) => [name, accepted]));
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

  /** Appends a batch of records that are encoded already and on disk. */
  pushLines(lines: readonly string[]): void {
    this.seal();
    const bytes = lines.reduce((sum, line) => sum + line.length, 0);
    const records = lines.length;
    this.#sealed.push({ ...this.#open, lines, records, bytes, spilled: records });
    this.bytes += bytes;
    this.#open = emptyBatch(this.#open.id + 1);
  }

  /** Closes the batch that is being filled, if there is anything in it. */
  seal(): void {
    if (this.#open.records === 0) return;
    this.#sealed.push(this.#open);
    this.#open = emptyBatch(this.#open.id + 1);
  }

  /** What to post now, as far as each sink's credit goes; it counts as posted from now on. */
  *takeForPosting(): Generator<Posting> {
    const willing = new Set(this.#readers);
    for (const batch of this.#sealed) {
      if (willing.size === 0) return;
      const sinks: SinkName[] = [];
      for (const reader of willing) {
        if (reader.posted >= batch.id) continue;
        const isFull = reader.postedBytes + batch.bytes > MAX_POSTED_BYTES;
        if (reader.postedBytes > 0 && isFull) {
          willing.delete(reader);
          continue;
        }
        reader.posted = batch.id;
        reader.postedBytes += batch.bytes;
        sinks.push(reader.name);
      }
      if (sinks.length > 0) yield { batch, sinks };
    }
  }

  /** Notes how far the sinks have come, and takes out every batch that all of them have accepted. */
  accept(cursors: Partial<Record<SinkName, number>>): Batch[] {
    for (const reader of this.#readers) this.#advance(reader, cursors[reader.name] ?? 0);
    const slowest = Math.min(...this.#readers.map(({ accepted }) => accepted));
    return this.#takeOut(slowest);
  }

  /** The worker has died: what was posted must be posted again. */
  unpost(): void {
    for (const reader of this.#readers) {
      reader.posted = reader.accepted;
      reader.postedBytes = 0;
    }
  }

  /** A batch that waits, by id. */
  find(id: number): Batch | undefined {
    return this.#sealed.find((batch) => batch.id === id);
  }

  /** Takes the record at `index` out of a batch that is posted nowhere. Its size counts until the batch goes. */
  removeRecord(batch: Batch, index: number): void {
    batch.fields.splice(index * FIELDS, FIELDS);
    if (--batch.records > 0) return;
    this.#sealed.splice(this.#sealed.indexOf(batch), 1);
    this.bytes -= batch.bytes;
  }

  /** Takes everything out, the open batch too: what is left at shutdown. */
  drain(): Batch[] {
    this.seal();
    return this.#takeOut(Infinity);
  }

  #advance(reader: Reader, accepted: number): void {
    if (accepted <= reader.accepted) return;
    for (const { id, bytes } of this.#sealed) {
      if (id > accepted) break;
      if (id > reader.accepted) reader.postedBytes -= bytes;
    }
    reader.accepted = accepted;
  }

  #takeOut(lastId: number): Batch[] {
    let count = 0;
    while (count < this.#sealed.length && this.#sealed[count]!.id <= lastId) count++;
    const batches = this.#sealed.splice(0, count);
    for (const { bytes } of batches) this.bytes -= bytes;
    return batches;
  }
}

function emptyBatch(id: number): Batch {
  return { id, fields: [], records: 0, bytes: 0, spilled: 0, deaths: 0 };
}
