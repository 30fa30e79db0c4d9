/**
 * The bounded queue on the main thread: records wait here until the store has accepted them, and a part of them longer, for
 * the sinks that follow it.
 *
 * @module
 */
import {
  type Field,
  FIELDS,
  pushRecord,
  type RawRecord,
  REPORTED,
  sizeOf,
  SPILLED,
} from "./batch.ts";
import type { SinkName } from "./protocol.ts";
import { SEVERITY } from "../store/record.ts";
import { addTo, ownerOf, type Share, Shares } from "./shares.ts";

/** What the queue may hold: 32 MiB, about 40,000 records with bodies of a few hundred bytes. */
export const MAX_QUEUE_BYTES = 32 * 1024 * 1024;
/** Beside it, what other services report may take this part as much: 16 MiB. Neither takes the other's room. */
const REPORTED_PART = 1 / 2;
/** A batch is closed when it has this many records … */
const MAX_BATCH_RECORDS = 256;
/** … or this many bytes. */
const MAX_BATCH_BYTES = 64 * 1024;
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
/** What the store has may be kept for slower sinks up to this part of the bound, beside what waits for the store: 8 MiB. */
const KEPT_SHARE = 1 / 4;

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
  /** Size of what other services have reported, by service. */
  reported?: Map<Share, number>;
}

/** What decides whether a record enters. */
export type Entrant = Pick<RawRecord, "severity" | "svcName" | "flags" | "reporter">;

/** Records that sinks will not get, by sink. */
export type Skipped = Partial<Record<SinkName, number>>;

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
  /** The last batch that it has skipped. */
  skipped: number;
}

/**
 * First in, first out, in batches; each sink reads at its own pace.
 *
 * The store sets the pace of the queue: a batch waits until the store has it. The other sinks follow. What one of them still
 * lacks then is kept beside the queue, within a bound of its own, so that a sink that is away for hours costs the store
 * nothing: it skips the oldest, counted.
 */
export class Queue {
  /** Size of all that waits for the store. */
  bytes = 0;
  /** What it may hold of this process's own records. */
  readonly limitBytes: number;
  /** Size of what is kept beside it, for slower sinks. */
  keptBytes = 0;
  readonly #store: Reader = newReader("store");
  readonly #followers: Reader[];
  readonly #readers: Reader[];
  /** What other services have reported. */
  readonly #reported: Shares;
  /** The store has them. */
  #kept: Batch[] = [];
  /** The store has not. */
  #sealed: Batch[] = [];
  #open: Batch = emptyBatch(1);

  /** `limitBytes` bounds the queue; failures may go beyond it where no disk takes them. */
  constructor(followers: readonly SinkName[], limitBytes: number = MAX_QUEUE_BYTES) {
    this.#followers = followers.map(newReader);
    this.#readers = [this.#store, ...this.#followers];
    this.limitBytes = limitBytes;
    this.#reported = new Shares(limitBytes * REPORTED_PART);
  }

  /** Size of this process's own records among all that waits. */
  get ownBytes(): number {
    return this.bytes - this.#reported.bytes;
  }

  /** How full the room of other services is. */
  get reportedFill(): number {
    return this.#reported.fill;
  }

  /** What it may hold in all. */
  get wholeLimitBytes(): number {
    return this.limitBytes + this.#reported.limitBytes;
  }

  /** The batch that the next record goes into. */
  get openId(): number {
    return this.#open.id;
  }

  /** The oldest batch that waits for the store, or the next one: all before it were accepted, or set aside. */
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

  /** Whether a record may enter: the cheap ones are turned away first, and a service that has more than its share. */
  admits(entrant: Entrant): boolean {
    const { severity, flags } = entrant;
    if ((flags & REPORTED) === 0) return this.ownBytes < this.limitBytes * fillUntil(severity);
    return this.#reported.fill < fillUntil(severity) && this.#reported.hasRoom(ownerOf(entrant));
  }

  /** Whether a failure may enter although the queue is full: the last reserve before one is dropped. */
  admitsInReserve(entrant: Entrant): boolean {
    return (entrant.flags & REPORTED) === 0
      ? this.ownBytes < this.limitBytes * RESERVE
      : this.#reported.hasRoom(ownerOf(entrant), RESERVE);
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
    if (record.flags & REPORTED) {
      const share = this.#reported.add(ownerOf(record), bytes);
      addTo(batch.reported ??= new Map(), share, bytes);
    }
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

  /** What to post now, in order, as far as each sink's credit goes; it counts as posted from now on. */
  takeForPosting(): Posting[] {
    const postings = new Map<Batch, SinkName[]>();
    for (const reader of this.#readers) {
      for (const batch of this.#batches({ after: reader.posted })) {
        const isFull = reader.postedBytes + batch.bytes > MAX_POSTED_BYTES;
        if (reader.postedBytes > 0 && isFull) break;
        reader.posted = batch.id;
        reader.postedBytes += batch.bytes;
        const sinks = postings.get(batch);
        if (sinks) sinks.push(reader.name);
        else postings.set(batch, [reader.name]);
      }
    }
    return Array.from(postings, ([batch, sinks]) => ({ batch, sinks }))
      .sort((one, other) => one.batch.id - other.batch.id);
  }

  /** Notes how far the sinks have come, and gives every batch that the store has now. */
  accept(cursors: Partial<Record<SinkName, number>>): Batch[] {
    for (const reader of this.#readers) this.#advance(reader, cursors[reader.name] ?? 0);
    const stored = this.#sealed.splice(0, countThrough(this.#sealed, this.#store.accepted));
    for (const batch of stored) {
      this.#leave(batch);
      this.keptBytes += batch.bytes;
    }
    this.#kept.push(...stored);
    const slowest = Math.min(...this.#readers.map(({ accepted }) => accepted));
    this.#letGo(0, countThrough(this.#kept, slowest));
    return stored;
  }

  /** Lets go of the oldest that is kept beyond the bound and on its way to nobody, and says who will not get it. */
  skip(): Skipped {
    const skipped: Skipped = {};
    const limitBytes = this.limitBytes * KEPT_SHARE;
    for (let at = 0; at < this.#kept.length && this.keptBytes > limitBytes;) {
      const batch = this.#kept[at]!;
      if (this.#followers.some((reader) => isOnItsWay(batch, reader))) {
        at++;
        continue;
      }
      for (const reader of this.#followers) {
        if (reader.posted < batch.id) reader.skipped = batch.id;
      }
      add(skipped, missing(batch, this.#followers, "posted"));
      this.#letGo(at, 1);
    }
    return skipped;
  }

  /** The worker has died: what was posted must be posted again. */
  unpost(): void {
    for (const reader of this.#readers) {
      reader.posted = reader.accepted;
      reader.postedBytes = 0;
    }
  }

  /** A batch that waits or is kept, by id. */
  find(id: number): Batch | undefined {
    const [batch] = this.#batches({ after: id - 1 });
    return batch?.id === id ? batch : undefined;
  }

  /** Whether the store has this batch: it is kept for slower sinks alone. */
  isStored(batch: Batch): boolean {
    return batch.id <= this.#store.accepted;
  }

  /** Whether this sink still lacks a batch up to this one. */
  isLacking(sink: SinkName, lastBatch: number): boolean {
    const reader = this.#followers.find(({ name }) => name === sink);
    if (!reader) return false;
    const [next] = this.#batches({ after: reader.accepted });
    return next !== undefined && next.id <= lastBatch;
  }

  /** Whether this sink has skipped batches, and has accepted none since that came after them. */
  isBehind(sink: SinkName): boolean {
    return this.#followers.some(({ name, accepted, skipped }) =>
      name === sink && accepted < skipped
    );
  }

  /**
   * Takes the record at `index` out of a batch that is posted nowhere, and says who will not get it. Its size counts until the
   * batch goes.
   */
  removeRecord(batch: Batch, index: number): Skipped {
    batch.fields.splice(index * FIELDS, FIELDS);
    const skipped = missing({ ...batch, records: 1 }, this.#followers, "accepted");
    if (--batch.records > 0) return skipped;
    if (this.isStored(batch)) this.#letGo(this.#kept.indexOf(batch), 1);
    else {
      this.#sealed.splice(this.#sealed.indexOf(batch), 1);
      this.#leave(batch);
    }
    return skipped;
  }

  /** Takes everything out, the open batch too: what the store lacks at shutdown, and who else will not get what. */
  drain(): { batches: Batch[]; skipped: Skipped } {
    this.seal();
    const skipped: Skipped = {};
    for (const batch of this.#batches({ after: 0 })) {
      add(skipped, missing(batch, this.#followers, "accepted"));
    }
    this.#letGo(0, this.#kept.length);
    const batches = this.#sealed.splice(0);
    for (const batch of batches) this.#leave(batch);
    return { batches, skipped };
  }

  /** All that waits or is kept, from the one after this id on. */
  *#batches({ after }: { after: number }): Generator<Batch> {
    for (const list of [this.#kept, this.#sealed]) {
      for (let at = countThrough(list, after); at < list.length; at++) yield list[at]!;
    }
  }

  #advance(reader: Reader, accepted: number): void {
    if (accepted <= reader.accepted) return;
    for (const { id, bytes } of this.#batches({ after: reader.accepted })) {
      if (id > accepted) break;
      reader.postedBytes -= bytes;
    }
    reader.accepted = accepted;
  }

  /** It waits for the store no more. */
  #leave({ bytes, reported }: Batch): void {
    this.bytes -= bytes;
    if (reported) this.#reported.giveBack(reported);
  }

  #letGo(at: number, count: number): void {
    for (const { bytes } of this.#kept.splice(at, count)) this.keptBytes -= bytes;
  }
}

/** How full it may be for one of this severity to enter. */
function fillUntil(severity: number): number {
  if (severity < SEVERITY.INFO) return DEBUG_UNTIL;
  if (severity < SEVERITY.WARN) return INFO_UNTIL;
  return 1;
}

function emptyBatch(id: number): Batch {
  return { id, fields: [], records: 0, bytes: 0, spilled: 0, deaths: 0 };
}

function newReader(name: SinkName): Reader {
  return { name, accepted: 0, posted: 0, postedBytes: 0, skipped: 0 };
}

/** How many batches come up to this id: they are in order. */
function countThrough(batches: readonly Batch[], lastId: number): number {
  let low = 0;
  for (let high = batches.length; low < high;) {
    const middle = (low + high) >> 1;
    if (batches[middle]!.id <= lastId) low = middle + 1;
    else high = middle;
  }
  return low;
}

function isOnItsWay({ id }: Batch, { accepted, posted }: Reader): boolean {
  return accepted < id && id <= posted;
}

/** Who has not been posted this batch, or has not accepted it. */
function missing(
  { id, records }: Batch,
  readers: readonly Reader[],
  by: "posted" | "accepted",
): Skipped {
  const lacking = readers.filter((reader) => reader[by] < id);
  return Object.fromEntries(lacking.map(({ name }) => [name, records]));
}

function add(sum: Skipped, more: Skipped): void {
  for (const [name, records] of Object.entries(more) as [SinkName, number][]) {
    sum[name] = (sum[name] ?? 0) + records;
  }
}
