/**
 * The main thread's side of the log: takes records, drops the cheap ones first when it must, posts batches, and keeps each
 * until the store has accepted it.
 *
 * @module
 */
import { ABOUT_LOG, FIELDS, type RawRecord, readRecord, SPILLED } from "./batch.ts";
import type { Encoder } from "./encode.ts";
import { Journal, type Place } from "./journal.ts";
import { journalLine, journalPrefix } from "./journal_file.ts";
import { SideSinks } from "./sinks/side_sinks.ts";
import { Counters, type LogStats, type Skipped } from "./counters.ts";
import { hasWorkers } from "./open_engine.ts";
import type { FromWorker, SinkName, WorkerSettings } from "./protocol.ts";
import { print } from "./print.ts";
import { MAX_DEATHS, outline, quarantine } from "./quarantine.ts";
import { type Batch, Queue } from "./queue.ts";
import { PACKAGE_ROOT } from "../store/grouping/package_files.ts";
import { FAILURE_SEVERITY, SEVERITY } from "../store/record.ts";
import { ownerOf } from "./shares.ts";
import type { StoreClient } from "./store_client.ts";
import { type Death, HANG_AFTER_MS, Supervisor } from "./supervisor.ts";

/**
 * One record that the store refuses for good is to blame itself. So many, and none between them that it took: the store is. Then it
 * is given a record that is sound, the one that tells of it: whoever reports what cannot be stored makes no store unready.
 */
const MAX_REFUSED_IN_A_ROW = 10;
/** A batch waits this long for more records. */
const POST_AFTER_MS = 5;
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
  /** Asks the same worker. */
  client: StoreClient;
  /** There may be something to tell the world. */
  onAlerts: () => void;
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

/** Owns the queue, the counters and the worker. */
export class Transport {
  readonly #counters = new Counters();
  readonly #ready = Promise.withResolvers<void>();
  readonly #options: TransportOptions;
  readonly #queue: Queue;
  readonly #sideSinks: SideSinks;
  readonly #supervisor: Supervisor;
  /** Absent where nothing is spilled. */
  readonly #journal: Journal | undefined;
  #postTimer: ReturnType<typeof setTimeout> | undefined;
  #lastPostMs = 0;
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
    // A start that fails is told by whoever awaits it; nobody has to.
    this.#ready.promise.catch(() => {});
    const { settings, queueLimitBytes: limitBytes } = options;
    const counters = this.#counters;
    const names = sideSinksIn(settings);
    const queue = this.#queue = new Queue({ sideSinks: names, limitBytes, counters });
    this.#sideSinks = new SideSinks({ names, queue, counters, onTrouble: options.onTrouble });
    this.#journal = this.#openJournal();
    this.#supervisor = new Supervisor({
      settings: () => ({ ...settings, cursors: this.#queue.cursors }),
      workerUrl: options.workerUrl,
      hangAfterMs: options.hangAfterMs ?? HANG_AFTER_MS,
      client: options.client,
      isWaiting: () => this.#queue.isAwaited || options.client.isAsking,
      onOpen: () => this.#onOpen(),
      onDeath: (death) => this.#onDeath(death),
      onMessage: (message) => this.#onMessage(message),
    });
  }

  /** Accepts a record: it will be stored, or dropped and counted. */
  append(record: RawRecord): void {
    this.#counters.accepted++;
    if (this.#isClosed) return this.#appendLate(record);
    const { severity } = record;
    const isSpilled = severity >= this.#options.spillFrom;
    const { room } = this.#queue;
    if (room.admits(record)) {
      if (isSpilled && this.#write(record, { batch: this.#queue.openId })) record.flags |= SPILLED;
      return this.#enqueue(record);
    }
    const hasRoom = isSpilled ? this.#journal?.hasRoom(severity, ownerOf(record)) : undefined;
    if (hasRoom && this.#write(record)) {
      this.#counters.pending++;
      return this.#counters.overflow(record);
    }
    const isDear = severity >= FAILURE_SEVERITY || (record.flags & ABOUT_LOG) !== 0;
    if (!isDear) return this.#counters.overflow(record, "queue_full");
    if (room.admitsInReserve(record)) return this.#enqueue(record);
    this.#counters.overflow(record, hasRoom === false ? "spill_full" : "no_disk");
  }

  /** Settles when the store is open; rejects with one sentence when it cannot be. */
  get ready(): Promise<void> {
    return this.#ready.promise;
  }

  /** The counters, now. */
  stats(): LogStats {
    const { room } = this.#queue;
    return {
      ...this.#counters.toStats(),
      queue_bytes: room.bytes,
      queue_limit_bytes: room.wholeLimitBytes,
      queue_own_bytes: room.ownBytes,
      queue_own_limit_bytes: room.limitBytes,
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
    const { records, skipped } = this.#queue.drain();
    for (const record of records) {
      if (this.#write(record)) continue;
      this.#counters.pending--;
      this.#counters.drop(record.severity, "shutdown");
    }
    return skipped;
  }

  /** What spilling all that waits would take, in milliseconds: to be kept back from a deadline. */
  get toSpillMs(): number {
    return this.#journal ? this.#queue.room.bytes / SPILL_BYTES_PER_MS : 0;
  }

  /** The end is near: a store that failed is tried again at once, and not after its pause, which may be longer than what is left. */
  hurry(): void {
    this.#supervisor.send({ type: "hurry" });
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
    const { stored, pending: spilled, droppedCount: dropped } = this.#counters;
    return { stored, spilled, dropped, skipped, timedOut };
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
    if (this.#supervisor.send({ type: "close" })) await inTime(closed, leftMs() - this.toSpillMs);
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
    if (isWritten) this.#counters.spilled++;
    else this.#counters.unspilled++;
    return isWritten;
  }

  #enqueue(record: RawRecord): void {
    const isFull = this.#queue.append(record);
    // A failure goes at once, unless another has just gone: in a storm the timer does.
    const isUrgent = record.severity >= FAILURE_SEVERITY &&
      performance.now() - this.#lastPostMs > POST_AFTER_MS;
    if (isFull || isUrgent) return this.#post();
    this.#postTimer ??= setTimeout(() => this.#post(), POST_AFTER_MS);
  }

  /** After the end there is only the disk. */
  #appendLate(record: RawRecord): void {
    if (!this.#write(record)) return this.#counters.drop(record.severity, "shutdown");
    this.#counters.pending++;
    this.#journal?.close(this.#queue.oldestId);
  }

  #post(): void {
    clearTimeout(this.#postTimer);
    this.#postTimer = undefined;
    if (!this.#supervisor.isOpen) return;
    this.#queue.seal();
    for (const { batch: { id, bytes, fields, lines }, sinks } of this.#queue.post()) {
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
    this.#ready.resolve();
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
    this.#counters.restarts++;
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
    const at = index * FIELDS;
    if (at >= batch.fields.length) return;
    const record = readRecord(batch.fields, at);
    const { bootId, dataDir: dir } = this.#options.settings;
    let isKept = true;
    try {
      quarantine(dir, outline(record, bootId));
    } catch {
      // The disk is full: the log tells of the record, and the counters do.
      isKept = false;
    }
    this.#queue.setAside(batch, index);
    this.#options.onTrouble(
      SEVERITY.ERROR,
      `A log record ended ${MAX_DEATHS} workers and is set aside` +
        (isKept ? ` in ${dir}/quarantine.ndjson` : ""),
      { seq: record.seq, request_id: record.requestId, error_id: record.errorId },
    );
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
      case "failed":
        return this.#ready.reject(new Error(message.sentence));
      case "alerts":
        return this.#options.onAlerts();
    }
  }

  #onProgress(cursors: Partial<Record<SinkName, number>>): void {
    const accepted = this.#queue.accept(cursors);
    if (accepted.records > 0) this.#refusedInARow = 0;
    if (accepted.batches > 0) this.#supervisor.noteProgress();
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
    // What an earlier process left is in no batch. One that waits is counted once: a worker that ended may have told it already.
    if (batch > 0) {
      if (!this.#queue.reject(batch, { seq, severity })) return;
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
    this.#counters.replayed += records;
    this.#counters.quarantined += aside;
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
    const { oldestId, room } = this.#queue;
    this.#journal?.cut(oldestId);
    if (room.isCalmForAll) this.#tellOverload();
    // Into our own room, whoever's they are: one that goes on being noisy must not keep the others' from the store.
    if (room.isCalm) this.#readBack();
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
    this.#queue.appendLines(lines);
    // Whoever waits for all that was taken waits for these, too.
    for (const flush of this.#flushes) flush.lastBatch = this.#queue.youngestId;
  }

  #tellOverload(): void {
    const overload = this.#counters.takeOverload();
    if (overload) this.#options.onTrouble(SEVERITY.WARN, overload.sentence, overload.attrs);
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
    const { stored, droppedCount: dropped } = this.#counters;
    const spilled = this.#queue.spilled + (this.#journal?.backlog ?? 0);
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
