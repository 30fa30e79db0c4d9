/**
 * The main thread's side of the log: takes records, drops the cheap ones first when it must, posts batches, and keeps each
 * until the store has accepted it.
 *
 * @module
 */
import { ABOUT_LOG, type RawRecord, readRecords, SPILLED } from "./batch.ts";
import type { Encoder } from "./encode.ts";
import { Journal, type Place } from "./journal.ts";
import { journalLine, journalPrefix } from "./journal_file.ts";
import { SideSinks } from "./sinks/side_sinks.ts";
import { type DropReason, Ledger, type LogStats } from "./ledger.ts";
import { hasWorkers } from "./open_engine.ts";
import { Overload } from "./overload.ts";
import type { FromWorker, SinkName, ToWorker, WorkerSettings } from "./protocol.ts";
import { print } from "./print.ts";
import { MAX_DEATHS, outline, quarantine } from "./quarantine.ts";
import { type Batch, MAX_QUEUE_BYTES, Queue, type Skipped } from "./queue.ts";
import { PACKAGE_ROOT } from "../store/grouping/package_files.ts";
import { FAILURE_SEVERITY, SEVERITY } from "../store/record.ts";
import { ownerOf } from "./shares.ts";
import { type Death, HANG_AFTER_MS, Supervisor } from "./supervisor.ts";

/**
 * One record that the store refuses for good is to blame itself. So many, and none between them that it took: the store is. Then it
 * is given a record that is sound, the one that tells of it: whoever reports what cannot be stored makes no store unready.
 */
const MAX_REFUSED_IN_A_ROW = 10;
/** A batch waits this long for more records. */
const POST_AFTER_MS = 5;
/** When the queue has emptied to this share, an overload is over. */
const CALM_FILL = 1 / 4;
/** The part of what is left of a deadline that sinks beside the store may use. */
const SIDE_SINKS_SHARE = 1 / 2;
/** What this thread encodes and spills a millisecond, at the least: measured 20 KB. */
const SPILL_BYTES_PER_MS = 10_000;

/** What the transport needs. */
export interface TransportOptions {
  /** For the worker. */
  settings: Omit<WorkerSettings, "cursors" | "nowMs" | "activity">;
  /** Encodes what is spilled, on this thread. */
  encoder: Encoder;
  /** From this severity on, records are on disk before `take` returns; `Infinity` spills nothing. */
  spillFrom: number;
  /** Whether the disk is gone when this instance is. */
  isDiskEphemeral: boolean;
  /** The worker's module. */
  workerUrl: URL;
  /** Bound of the queue. */
  queueLimitBytes?: number;
  /** Bound of what is on disk alone. */
  spillLimitBytes?: number;
  /** A worker that says nothing for this long, though asked, is replaced. */
  hangAfterMs?: number;
  /** Told of trouble with the log itself: a record about it. */
  onTrouble: (severity: number, message: string, attrs?: Record<string, unknown>) => void;
  /** The worker takes questions from now on. */
  onOpen: () => void;
  /** True while answers to questions are due. */
  isAsking: () => boolean;
  /** What the worker says that is not about records. */
  onMessage: (message: FromWorker) => void;
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

/** Who waits for records to get somewhere. */
interface Flush {
  /** The last batch that is waited for. */
  lastBatch: number;
  /** Whether all up to it is there. */
  isDone: (lastBatch: number) => boolean;
  /** It is. */
  settle: () => void;
}

/** Owns the queue, the books and the worker. */
export class Transport {
  /** The books. */
  readonly ledger: Ledger = new Ledger();
  readonly #options: TransportOptions;
  readonly #queue: Queue;
  readonly #sideSinks: SideSinks;
  readonly #supervisor: Supervisor;
  /** Absent where nothing is spilled. */
  readonly #journal: Journal | undefined;
  #postTimer: ReturnType<typeof setTimeout> | undefined;
  #lastPostMs = 0;
  #overload: Overload | undefined;
  /** Records in the queue that are on disk too. */
  #spilledWaiting = 0;
  #rejections = 0;
  #refusedInARow = 0;
  #flushes: Flush[] = [];
  #wasOpen = false;
  #onClosed: (() => void) | undefined;
  #closing: Promise<Flushed> | undefined;
  #isClosed = false;

  /** Starts a worker at once. */
  constructor(options: TransportOptions) {
    this.#options = options;
    const { settings, queueLimitBytes = MAX_QUEUE_BYTES } = options;
    const names = sideSinksIn(settings);
    const { ledger } = this;
    const queue = this.#queue = new Queue(names, queueLimitBytes);
    this.#sideSinks = new SideSinks({ names, queue, ledger, onTrouble: options.onTrouble });
    this.#journal = this.#openJournal();
    this.#supervisor = new Supervisor({
      settings: () => ({ ...settings, cursors: this.#queue.cursors }),
      workerUrl: options.workerUrl,
      hangAfterMs: options.hangAfterMs ?? HANG_AFTER_MS,
      isWaiting: () => this.#queue.isAwaited || options.isAsking(),
      onOpen: () => this.#onOpen(),
      onDeath: (death) => this.#onDeath(death),
      onMessage: (message) => this.#onMessage(message),
    });
  }

  /** Takes a record: it will be stored, or dropped and counted. */
  take(record: RawRecord): void {
    this.ledger.accepted++;
    if (this.#isClosed) return this.#takeLate(record);
    const { severity } = record;
    const isSpilled = severity >= this.#options.spillFrom;
    if (this.#queue.admits(record)) {
      if (isSpilled && this.#write(record, { batch: this.#queue.openId })) record.flags |= SPILLED;
      return this.#enqueue(record);
    }
    this.#overload ??= new Overload();
    const hasRoom = isSpilled ? this.#journal?.hasRoom(severity, ownerOf(record)) : undefined;
    if (hasRoom && this.#write(record)) {
      this.ledger.pending++;
      return this.#overload.leaveOnDisk();
    }
    const isDear = severity >= FAILURE_SEVERITY || (record.flags & ABOUT_LOG) !== 0;
    if (!isDear) return this.#turnAway(record, "queue_full");
    if (this.#queue.admitsInReserve(record)) return this.#enqueue(record);
    this.#turnAway(record, hasRoom === false ? "spill_full" : "no_disk");
  }

  /** Sends a question. False when no worker takes any just now. */
  send(message: ToWorker): boolean {
    return this.#supervisor.send(message);
  }

  /** The books, now. */
  stats(): LogStats {
    const { accepted, stored, pending, spilled, unspilled, replayed, quarantined, restarts } =
      this.ledger;
    return {
      accepted,
      stored,
      pending,
      dropped: this.ledger.droppedByLevel(),
      skipped: structuredClone(this.ledger.skipped),
      spilled,
      unspilled,
      replayed,
      quarantined,
      restarts,
      queue_bytes: this.#queue.bytes,
      queue_limit_bytes: this.#queue.wholeLimitBytes,
      queue_own_bytes: this.#queue.ownBytes,
      queue_own_limit_bytes: this.#queue.limitBytes,
      kept_bytes: this.#queue.keptBytes,
      sinks_down: [...this.#sideSinks.down],
      store_refuses: this.#refusedInARow >= MAX_REFUSED_IN_A_ROW,
    };
  }

  /** Waits until everything taken so far is in the store, or the deadline comes. */
  async flush({ deadlineMs }: { deadlineMs: number }): Promise<Flushed> {
    this.#post();
    const isStored = this.#until((lastBatch) => this.#isStored(lastBatch));
    const isDone = await inTime(isStored, deadlineMs);
    return this.#flushed(!isDone);
  }

  /**
   * Spills all that waits for the store, without waiting for anything: the last thing before the process ends. Says what the
   * other sinks will not get: they have no spill.
   */
  spillRest(): Skipped {
    const { batches, skipped } = this.#queue.drain();
    this.#sideSinks.abandon(skipped);
    for (const batch of batches) {
      // Lines are on disk already.
      for (const record of readRecords(batch.fields)) {
        if (record.flags & SPILLED || batch.rejected?.has(record.seq)) continue;
        if (this.#write(record)) continue;
        this.ledger.pending--;
        this.ledger.drop(record.severity, "shutdown");
      }
    }
    return skipped;
  }

  /** What spilling all that waits would take, in milliseconds: to be kept back from a deadline. */
  get toSpillMs(): number {
    return this.#journal ? this.#queue.bytes / SPILL_BYTES_PER_MS : 0;
  }

  /** The end is near: a store that failed is tried again at once, and not after its pause, which may be longer than what is left. */
  hurry(): void {
    this.send({ type: "hurry" });
  }

  /** Flushes, ends the worker, spills what is left and lets go of everything. The first call decides. */
  close({ deadlineMs }: { deadlineMs: number }): Promise<Flushed> {
    return this.#closing ??= this.#close(deadlineMs);
  }

  async #close(deadlineMs: number): Promise<Flushed> {
    const endMs = performance.now() + deadlineMs;
    const leftMs = () => Math.max(endMs - performance.now(), 0);
    // Without any time nothing more is said: the worker ends where it stands.
    const timedOut = deadlineMs > 0 ? await this.#finish(leftMs) : true;
    this.#supervisor.stop();
    clearTimeout(this.#postTimer);
    this.#isClosed = true;
    const { oldestId } = this.#queue;
    const skipped = this.spillRest();
    this.#journal?.close(oldestId);
    const { stored, pending, dropped } = this.ledger;
    return { stored, spilled: pending, dropped, skipped, timedOut };
  }

  /** Gives the sinks what waits for them, in their order, and lets the worker end. True when the time was over first. */
  async #finish(leftMs: () => number): Promise<boolean> {
    this.#tellOverload();
    this.#post();
    const areSupplied = this.#until((lastBatch) => this.#sideSinks.have(lastBatch));
    await inTime(areSupplied, (leftMs() - this.toSpillMs) * SIDE_SINKS_SHARE);
    // Last, and it loses no time by it: what the others told meanwhile is to be stored, too.
    const { timedOut } = await this.flush({ deadlineMs: leftMs() - this.toSpillMs });
    const closed = new Promise<void>((resolve) => this.#onClosed = resolve);
    if (this.send({ type: "close" })) await inTime(closed, leftMs() - this.toSpillMs);
    return timedOut;
  }

  #openJournal(): Journal | undefined {
    const { settings, spillFrom, spillLimitBytes: limitBytes, onTrouble } = this.#options;
    if (spillFrom === Infinity) return undefined;
    return new Journal({
      dir: settings.dataDir,
      prefix: journalPrefix(settings.storeUrl),
      name: settings.bootId,
      limitBytes,
      onState: (up, sentence) => onTrouble(up ? SEVERITY.INFO : SEVERITY.WARN, sentence),
    });
  }

  /** Puts a record on disk: a copy of what goes into a batch, or else what is nowhere else. False when the disk does not take it. */
  #write(record: RawRecord, place: Place = { owner: ownerOf(record) }): boolean {
    if (!this.#journal) return false;
    const { encoder, settings: { root } } = this.#options;
    const line = journalLine(encoder.encode(record), { root, packageRoot: PACKAGE_ROOT });
    const isWritten = this.#journal.append(line, place);
    if (isWritten) this.ledger.spilled++;
    else this.ledger.unspilled++;
    return isWritten;
  }

  #enqueue(record: RawRecord): void {
    this.ledger.pending++;
    if (record.flags & SPILLED) this.#spilledWaiting++;
    const isFull = this.#queue.push(record);
    // A failure goes at once, unless another has just gone: in a storm the timer does.
    const isUrgent = record.severity >= FAILURE_SEVERITY &&
      performance.now() - this.#lastPostMs > POST_AFTER_MS;
    if (isFull || isUrgent) return this.#post();
    this.#postTimer ??= setTimeout(() => this.#post(), POST_AFTER_MS);
  }

  /** After the end there is only the disk. */
  #takeLate(record: RawRecord): void {
    if (!this.#write(record)) return this.ledger.drop(record.severity, "shutdown");
    this.ledger.pending++;
    this.#journal?.close(this.#queue.oldestId);
  }

  #turnAway(record: RawRecord, reason: DropReason): void {
    this.ledger.drop(record.severity, reason);
    this.#overload?.drop(record, reason);
  }

  #post(): void {
    clearTimeout(this.#postTimer);
    this.#postTimer = undefined;
    if (!this.#supervisor.isOpen) return;
    this.#queue.seal();
    for (const { batch: { id, bytes, fields, lines }, sinks } of this.#queue.takeForPosting()) {
      this.#supervisor.send(
        lines
          ? { type: "lines", id, sinks, bytes, lines }
          : { type: "batch", id, sinks, bytes, fields },
      );
    }
    this.#lastPostMs = performance.now();
  }

  #onOpen(): void {
    if (!this.#wasOpen) this.#tellOfPlatform();
    this.#wasOpen = true;
    this.#options.onOpen();
    this.#post();
  }

  /** What the log can promise less of here than elsewhere, told once at the start. */
  #tellOfPlatform(): void {
    const { isDiskEphemeral, settings: { dataDir, storeUrl }, onTrouble } = this.#options;
    if (!hasWorkers()) {
      onTrouble(
        SEVERITY.INFO,
        "This platform has no Web Workers: the log is written from the thread that answers",
      );
    }
    const canSpill = this.#journal?.check();
    if (isDiskEphemeral && canSpill) {
      onTrouble(
        SEVERITY.INFO,
        `What is spilled to ${dataDir} survives this process, but the disk ends with this instance`,
      );
    }
    if (isDiskEphemeral && storeUrl.startsWith("sqlite:")) {
      onTrouble(
        SEVERITY.WARN,
        "The store is a file on a disk that ends with this instance: link a PostgreSQL database, " +
          "whose address is then in DATABASE_URL",
      );
    }
  }

  #onDeath({ sentence, wasOpen, batch, index }: Death): void {
    this.ledger.restarts++;
    this.#queue.unpost();
    this.#sideSinks.forget();
    const blamed = this.#queue.find(batch);
    if (blamed && ++blamed.deaths >= MAX_DEATHS) this.#quarantine(blamed, index);
    const told = `The log's worker ended and is replaced: ${sentence}`;
    this.#options.onTrouble(SEVERITY.WARN, told);
    // A record of it may never be printed.
    if (!wasOpen) void this.#print(told);
    this.#tidyUp();
  }

  #print(message: string): Promise<void> {
    const { console, consoleCollected: isCollected } = this.#options.settings;
    const text = console === "pretty"
      ? message
      : JSON.stringify({ time: new Date().toISOString(), level: "WARN", message });
    return print(text, { to: "stderr", isCollected });
  }

  #quarantine(batch: Batch, index: number): void {
    const record = readRecords(batch.fields)[index];
    if (!record) return;
    const { bootId, dataDir: dir } = this.#options.settings;
    let isKept = true;
    try {
      quarantine(dir, outline(record, bootId));
    } catch {
      // The disk is full: the log tells of the record, and the counters do.
      isKept = false;
    }
    const isStored = this.#queue.isStored(batch);
    const skipped = this.#queue.removeRecord(batch, index);
    this.ledger.quarantined++;
    if (isStored) this.ledger.skip(skipped, "quarantined");
    else this.#dropQuarantined(batch, record);
    this.#options.onTrouble(
      SEVERITY.ERROR,
      `A log record ended ${MAX_DEATHS} workers and is set aside` +
        (isKept ? ` in ${dir}/quarantine.ndjson` : ""),
      { seq: record.seq, request_id: record.requestId, error_id: record.errorId },
    );
  }

  #dropQuarantined(batch: Batch, record: RawRecord): void {
    if (!batch.rejected?.delete(record.seq)) {
      this.ledger.pending--;
      this.ledger.drop(record.severity, "quarantined");
    }
    if (record.flags & SPILLED) {
      batch.spilled--;
      this.#spilledWaiting--;
    }
  }

  #onMessage(message: FromWorker): void {
    switch (message.type) {
      case "progress":
        return this.#onProgress(message.cursors);
      case "rejected":
        return this.#onRejected(message);
      case "replayed":
        return this.#onReplayed(message);
      case "sink":
        return this.#onSink(message);
      case "refused":
        return this.#sideSinks.refuse(message);
      case "trouble":
        return this.#options.onTrouble(SEVERITY.WARN, message.sentence);
      case "closed":
        return this.#onClosed?.();
      default:
        return this.#options.onMessage(message);
    }
  }

  #onProgress(cursors: Partial<Record<SinkName, number>>): void {
    const accepted = this.#queue.accept(cursors);
    for (const batch of accepted) {
      const count = batch.records - (batch.rejected?.size ?? 0);
      this.ledger.pending -= count;
      this.ledger.stored += count;
      if (count > 0) this.#refusedInARow = 0;
      this.#spilledWaiting -= batch.spilled;
    }
    if (accepted.length > 0) this.#supervisor.praise();
    this.#sideSinks.skip();
    this.#tidyUp();
    this.#post();
  }

  #onSink({ sink, up, sentence }: Extract<FromWorker, { type: "sink" }>): void {
    this.#sideSinks.note(sink, up);
    this.#options.onTrouble(up ? SEVERITY.INFO : SEVERITY.WARN, sentence);
    this.#settleFlushes();
  }

  #onRejected({ batch, seq, severity, sentence }: Extract<FromWorker, { type: "rejected" }>): void {
    const waiting = this.#queue.find(batch);
    if (waiting) {
      // A worker that ended may have told it already.
      if (waiting.rejected?.has(seq)) return;
      (waiting.rejected ??= new Set()).add(seq);
      this.ledger.pending--;
      this.ledger.drop(severity, "store_rejected");
      this.#refusedInARow++;
    }
    // Told at 1, 2, 4, 8 …: where the store takes nothing at all, it takes no record of that either.
    const count = ++this.#rejections;
    const isToldOfMany = this.#refusedInARow === MAX_REFUSED_IN_A_ROW;
    if ((count & (count - 1)) !== 0 && !isToldOfMany) return;
    const attrs = { seq, rejected_since_start: count };
    this.#options.onTrouble(
      SEVERITY.WARN,
      `The store can never take a record: ${sentence}`,
      attrs,
    );
  }

  #onReplayed({ path, records, torn, aside }: Extract<FromWorker, { type: "replayed" }>): void {
    this.ledger.replayed += records;
    this.ledger.quarantined += aside;
    if (aside > 0) {
      this.#options.onTrouble(
        SEVERITY.ERROR,
        `A log record of an earlier process ended ${MAX_DEATHS} more and is set aside in ` +
          `${this.#options.settings.dataDir}/quarantine.ndjson`,
        { records: aside, file: path },
      );
    }
    this.#options.onTrouble(
      SEVERITY.INFO,
      `Replayed ${records} log records that an earlier process left in its spill file`,
      { records, torn },
    );
  }

  /** What can be done when the queue has got shorter. */
  #tidyUp(): void {
    const { oldestId, ownBytes, limitBytes, reportedFill } = this.#queue;
    this.#journal?.cut(oldestId);
    const isCalm = ownBytes <= limitBytes * CALM_FILL;
    if (isCalm && reportedFill <= CALM_FILL) this.#tellOverload();
    // Into our own room, whoever's they are: one that goes on being noisy must not keep the others' from the store.
    if (isCalm) this.#readBack();
    this.#settleFlushes();
  }

  #settleFlushes(): void {
    this.#flushes = this.#flushes.filter(({ lastBatch, isDone, settle }) => {
      if (!isDone(lastBatch)) return true;
      settle();
      return false;
    });
  }

  /** Brings in some of what found no room. */
  #readBack(): void {
    if (!this.#journal?.backlog) return;
    this.#queue.seal();
    const lines = this.#journal.replay(this.#queue.openId);
    if (lines.length === 0) return;
    this.#queue.pushLines(lines);
    this.#spilledWaiting += lines.length;
    // Whoever waits for all that was taken waits for these, too.
    for (const flush of this.#flushes) flush.lastBatch = this.#queue.youngestId;
  }

  #tellOverload(): void {
    const overload = this.#overload;
    if (!overload) return;
    this.#overload = undefined;
    this.#options.onTrouble(SEVERITY.WARN, overload.sentence, overload.attrs);
  }

  #until(isDone: (lastBatch: number) => boolean): Promise<void> {
    const lastBatch = this.#queue.youngestId;
    return new Promise((settle) => {
      if (isDone(lastBatch)) settle();
      else this.#flushes.push({ lastBatch, isDone, settle });
    });
  }

  #isStored(lastBatch: number): boolean {
    return this.#queue.oldestId > lastBatch && !this.#journal?.backlog;
  }

  #flushed(timedOut: boolean): Flushed {
    const { stored, dropped } = this.ledger;
    const spilled = this.#spilledWaiting + (this.#journal?.backlog ?? 0);
    return { stored, spilled, dropped, skipped: {}, timedOut };
  }
}

/** The sinks beside the store. */
function sideSinksIn({ console, file, otlp }: TransportOptions["settings"]): SinkName[] {
  const names: SinkName[] = [];
  if (console !== "off") names.push("console");
  if (file !== undefined) names.push("file");
  if (otlp !== undefined) names.push("otlp");
  return names;
}

/** Whether it settles within the deadline. */
async function inTime(work: Promise<void>, deadlineMs: number): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), Math.max(deadlineMs, 0));
  });
  const isDone = await Promise.race([work.then(() => true), late]);
  clearTimeout(timer);
  return isDone;
}
