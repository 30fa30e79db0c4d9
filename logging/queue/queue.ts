import {
  type Field,
  FIELDS,
  pushRecord,
  type RawRecord,
  readRecords,
  sizeOf,
  SPILLED,
} from "./batch.ts";
import { Counters, type Skipped } from "./counters.ts";
import type { SinkName } from "../protocol.ts";
import { QueueRoom } from "./queue_room.ts";
import { addTo, type Share } from "./shares.ts";
import { FAILURE_SEVERITY } from "../../store/record.ts";

/** A batch is closed when it has this many records … */
const MAX_BATCH_RECORDS = 256;
/** … or this many bytes. */
const MAX_BATCH_BYTES = 64 * 1024;
/**
 * Posted to one sink but not yet accepted, at most: a control message waits behind it. Measured at full load from 128 KiB to 2
 * MiB: the records per second stay the same, a question waits twice as long at each doubling.
 */
export const MAX_POSTED_BYTES = 512 * 1024;
/** What the store has is kept for slower sinks up to this part of the bound, in addition to it: 8 MiB. */
const KEPT_SHARE = 1 / 4;

export interface Batch {
  readonly id: number;
  /** The records, flat; empty where they are `lines`. */
  readonly fields: Field[];
  /** Records that were read back from the journal, encoded already. */
  readonly lines?: string[];
  records: number;
  bytes: number;
  /** How many of them are on disk too. */
  spilled: number;
  /** Workers that ended while working on it. */
  deaths: number;
  /** `seq` of the records that the store can never take: counted already. */
  rejected?: Set<number>;
  /** Bytes that other services have reported. */
  reported?: Map<Share, number>;
}

export interface Posting {
  readonly batch: Batch;
  readonly sinks: SinkName[];
}

/** How far one sink has come, as ids of batches. A sink that stands still holds up no other. */
interface Cursor {
  readonly name: SinkName;
  accepted: number;
  posted: number;
  skipped: number;
}

export interface QueueOptions {
  sideSinks?: readonly SinkName[];
  /** Bound of this process's own records, in bytes. */
  limitBytes?: number;
  counters?: Counters;
}

/**
 * The bounded queue on the main thread: first in, first out, in batches; each sink reads at its own pace.
 *
 * A batch waits until the store has it. If another sink does not have it then, it is kept within a bound of its own, so that a
 * sink that is down for hours costs the store nothing: it skips the oldest, counted.
 */
export class Queue {
  readonly room: QueueRoom;
  /** Size of batches that the store has, kept for slower sinks. */
  keptBytes = 0;
  readonly #counters: Counters;
  readonly #store: Cursor = newCursor("store");
  readonly #side: Cursor[];
  readonly #all: Cursor[];
  /** By id. Up to the store's cursor they are kept for slower sinks, the others wait for the store. */
  readonly #batches: Batch[] = [];
  #open: Batch = emptyBatch(1);

  constructor({ sideSinks = [], limitBytes, counters = new Counters() }: QueueOptions = {}) {
    this.room = new QueueRoom(limitBytes);
    this.#counters = counters;
    this.#side = sideSinks.map(newCursor);
    this.#all = [this.#store, ...this.#side];
  }

  /** The batch that the next record goes into. */
  get openId(): number {
    return this.#open.id;
  }

  /** The oldest batch that waits for the store, or the open one: all before it were accepted or set aside. */
  get oldestId(): number {
    return this.#batches[this.#countThrough(this.#store.accepted)]?.id ?? this.#open.id;
  }

  /** The youngest batch that waits, or was accepted. */
  get youngestId(): number {
    return this.#open.records > 0 ? this.#open.id : this.#open.id - 1;
  }

  /** Records that wait and are on disk too. */
  get spilled(): number {
    const waiting = this.#between(this.#store.accepted, this.#open.id);
    return waiting.reduce((sum, { spilled }) => sum + spilled, this.#open.spilled);
  }

  get isAwaited(): boolean {
    return this.#all.some(({ accepted, posted }) => accepted < posted);
  }

  get cursors(): Partial<Record<SinkName, number>> {
    return Object.fromEntries(this.#all.map(({ name, accepted }) => [name, accepted]));
  }

  /** True when the record's batch is full and was closed. */
  append(record: RawRecord): boolean {
    const bytes = sizeOf(record);
    const batch = this.#open;
    this.#counters.pending++;
    pushRecord(batch.fields, record);
    batch.records++;
    batch.bytes += bytes;
    if (record.flags & SPILLED) batch.spilled++;
    const share = this.room.enter(record, bytes);
    if (share) addTo(batch.reported ??= new Map(), share, bytes);
    if (batch.records < MAX_BATCH_RECORDS && batch.bytes < MAX_BATCH_BYTES) return false;
    this.seal();
    return true;
  }

  /** Appends a batch of the journal's backlog: its records are counted as pending already. */
  appendLines(lines: string[]): void {
    this.seal();
    const bytes = lines.reduce((sum, line) => sum + line.length, 0);
    const records = lines.length;
    this.#batches.push({ ...this.#open, lines, records, bytes, spilled: records });
    this.room.ownBytes += bytes;
    this.#open = emptyBatch(this.#open.id + 1);
  }

  /** Closes the open batch, unless it is empty. */
  seal(): void {
    if (this.#open.records === 0) return;
    this.#batches.push(this.#open);
    this.#open = emptyBatch(this.#open.id + 1);
  }

  /** What to post now, in order, within each sink's credit; it counts as posted from now on. */
  post(): Posting[] {
    const postings = new Map<Batch, SinkName[]>();
    for (const cursor of this.#all) {
      let bytes = sizeOfAll(this.#between(cursor.accepted, cursor.posted));
      for (const batch of this.#between(cursor.posted, this.#open.id)) {
        if (bytes > 0 && bytes + batch.bytes > MAX_POSTED_BYTES) break;
        bytes += batch.bytes;
        cursor.posted = batch.id;
        const sinks = postings.get(batch);
        if (sinks) sinks.push(cursor.name);
        else postings.set(batch, [cursor.name]);
      }
    }
    return Array.from(postings, ([batch, sinks]) => ({ batch, sinks }))
      .sort((one, other) => one.batch.id - other.batch.id);
  }

  /** The worker has died: what was posted must be posted again. */
  unpost(): void {
    for (const cursor of this.#all) cursor.posted = cursor.accepted;
  }

  /** Notes how far the sinks have come. Gives how many batches and records are new in the store. */
  accept(cursors: Partial<Record<SinkName, number>>): { batches: number; records: number } {
    const before = this.#store.accepted;
    for (const cursor of this.#all) {
      cursor.accepted = Math.max(cursor.accepted, cursors[cursor.name] ?? 0);
    }
    const stored = this.#between(before, this.#store.accepted);
    let records = 0;
    for (const batch of stored) {
      records += batch.records - (batch.rejected?.size ?? 0);
      this.room.leave(batch);
    }
    this.keptBytes += sizeOfAll(stored);
    this.#counters.pending -= records;
    this.#counters.stored += records;
    const slowest = Math.min(...this.#all.map(({ accepted }) => accepted));
    this.#forget(0, this.#countThrough(slowest));
    return { batches: stored.length, records };
  }

  /** The store can never take this record. False when that is known already, or it does not wait. */
  reject(batchId: number, { seq, severity }: Pick<RawRecord, "seq" | "severity">): boolean {
    const batch = this.find(batchId);
    if (!batch || this.#isStored(batch) || batch.rejected?.has(seq)) return false;
    (batch.rejected ??= new Set()).add(seq);
    this.#counters.pending--;
    this.#counters.drop(severity, "store_rejected");
    return true;
  }

  /** Removes the oldest batches beyond the bound that are on their way to no sink. Gives the sinks that will not get them. */
  skip(): Skipped {
    const skipped: Skipped = {};
    const limitBytes = this.room.limitBytes * KEPT_SHARE;
    for (let at = 0; this.keptBytes > limitBytes;) {
      const batch = this.#batches[at];
      if (!batch || !this.#isStored(batch)) break;
      const isAwaited = ({ accepted, posted }: Cursor) => accepted < batch.id && batch.id <= posted;
      if (this.#side.some(isAwaited)) {
        at++;
        continue;
      }
      for (const cursor of this.#lacking(batch, skipped)) cursor.skipped = batch.id;
      this.#forget(at, 1);
    }
    this.#counters.skip(skipped, "behind");
    return skipped;
  }

  find(id: number): Batch | undefined {
    const batch = this.#batches[this.#countThrough(id - 1)];
    return batch?.id === id ? batch : undefined;
  }

  /** The sinks beside the store that do not have all batches up to this one. */
  lacking(lastBatch: number): SinkName[] {
    const lacks = ({ accepted }: Cursor) => {
      const next = this.#batches[this.#countThrough(accepted)];
      return next !== undefined && next.id <= lastBatch;
    };
    return this.#side.filter(lacks).map(({ name }) => name);
  }

  /** Whether this sink has skipped batches and not reached the ones after them. */
  isBehind(sink: SinkName): boolean {
    return this.#side.some(({ name, accepted, skipped }) => name === sink && accepted < skipped);
  }

  /**
   * Removes the record at `index`, which is in quarantine, from a batch that is posted nowhere; sinks that do not have it will
   * not get it. Its size counts until the batch is removed.
   */
  setAside(batch: Batch, index: number): void {
    const [record] = batch.lines
      ? batch.lines.splice(index, 1).map(startOfLine)
      : readRecords(batch.fields.splice(index * FIELDS, FIELDS));
    if (!record) return;
    const isStored = this.#isStored(batch);
    this.#counters.quarantined++;
    if (isStored) {
      const skipped: Skipped = {};
      this.#lacking({ ...batch, records: 1 }, skipped);
      this.#counters.skip(skipped, "quarantined");
    } else {
      if (!batch.rejected?.delete(record.seq)) {
        this.#counters.pending--;
        this.#counters.drop(record.severity, "quarantined");
      }
      if (record.flags & SPILLED) batch.spilled--;
    }
    if (--batch.records > 0) return;
    if (!isStored) this.room.leave(batch);
    else this.keptBytes -= batch.bytes;
    this.#batches.splice(this.#batches.indexOf(batch), 1);
  }

  /** Empties the queue. Gives the records that neither the store nor a disk has, and how many other sinks will not get. */
  drain(): { records: RawRecord[]; skipped: Skipped } {
    this.seal();
    const skipped: Skipped = {};
    for (const batch of this.#batches) this.#lacking(batch, skipped);
    this.#counters.skip(skipped, "shutdown");
    const waiting = this.#between(this.#store.accepted, this.youngestId);
    for (const batch of waiting) this.room.leave(batch);
    this.#batches.length = 0;
    this.keptBytes = 0;
    // Batches of `lines` are on disk already.
    const records = waiting.flatMap(({ fields, rejected }) =>
      readRecords(fields).filter(({ flags, seq }) => !(flags & SPILLED) && !rejected?.has(seq))
    );
    return { records, skipped };
  }

  /** Whether the store has this batch: it is kept only for slower sinks. */
  #isStored({ id }: Batch): boolean {
    return id <= this.#store.accepted;
  }

  /** The sinks beside the store that have not accepted this batch; adds its records to `skipped` for each. */
  #lacking({ id, records }: Batch, skipped: Skipped): Cursor[] {
    const lacking = this.#side.filter(({ accepted }) => accepted < id);
    for (const { name } of lacking) skipped[name] = (skipped[name] ?? 0) + records;
    return lacking;
  }

  #between(after: number, through: number): Batch[] {
    return this.#batches.slice(this.#countThrough(after), this.#countThrough(through));
  }

  /** How many batches have an id up to this one. */
  #countThrough(lastId: number): number {
    let low = 0;
    for (let high = this.#batches.length; low < high;) {
      const middle = (low + high) >> 1;
      if (this.#batches[middle]!.id <= lastId) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #forget(at: number, count: number): void {
    this.keptBytes -= sizeOfAll(this.#batches.splice(at, count));
  }
}

/** Not parsed: that may be what ended workers. User data comes later in the line. */
function startOfLine(line: string): Pick<RawRecord, "seq" | "severity" | "flags"> {
  const severity = Number(/"severity":(\d+)/.exec(line)?.[1] ?? FAILURE_SEVERITY);
  return { seq: 0, severity, flags: SPILLED };
}

function emptyBatch(id: number): Batch {
  return { id, fields: [], records: 0, bytes: 0, spilled: 0, deaths: 0 };
}

function newCursor(name: SinkName): Cursor {
  return { name, accepted: 0, posted: 0, skipped: 0 };
}

function sizeOfAll(batches: readonly Batch[]): number {
  return batches.reduce((sum, { bytes }) => sum + bytes, 0);
}
