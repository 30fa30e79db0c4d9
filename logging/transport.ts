/**
 * The main thread's side of the log: takes records, drops the cheap ones first when it must, posts batches, and keeps each
 * until every sink has accepted it.
 *
 * @module
 */
import { type RawRecord, readRecords, SPILLED } from "./batch.ts";
import type { Encoder } from "./encode.ts";
import { type DropReason, Ledger, type LogStats } from "./ledger.ts";
import type { FromWorker, SinkName, ToWorker, WorkerSettings } from "./protocol.ts";
import { quarantine } from "./quarantine.ts";
import { type Batch, MAX_QUEUE_BYTES, Queue } from "./queue.ts";
import { FAILURE_SEVERITY, SEVERITY } from "./record.ts";
import { spillLine } from "./replay.ts";
import type { Spill } from "./spill.ts";
import { HANG_AFTER_MS, Supervisor } from "./supervisor.ts";

/** A batch waits this long for more records. */
const POST_AFTER_MS = 5;
/** A batch that was being worked on at this many deaths is set aside. */
const MAX_DEATHS = 2;
/** When the queue has emptied to this share, an overload is over. */
const CALM_FILL = 1 / 4;
/** The spill file is emptied when all of it is stored and it has grown to this. */
const CUT_AFTER_BYTES = 1024 * 1024;

/** What the transport needs. */
export interface TransportOptions {
  /** For the worker. */
  settings: Omit<WorkerSettings, "cursors" | "working">;
  /** Encodes what is spilled, on this thread. */
  encoder: Encoder;
  /** The spill file; absent where nothing is spilled. */
  spill?: Spill;
  /** From this severity on, records are on disk before `take` returns. */
  spillFrom: number;
  /** Where quarantined batches go; absent where there is no disk. */
  dataDir?: string;
  /** The worker's module. */
  workerUrl: URL;
  /** Bound of the queue. */
  queueLimitBytes?: number;
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
  /** Records that are in the spill file and not yet stored. */
  spilled: number;
  /** Records dropped since start. */
  dropped: number;
  /** True when the deadline came first. */
  timedOut: boolean;
}

/** Records that were dropped since the queue was last calm. */
interface Overload {
  readonly firstSeq: number;
  lastSeq: number;
  count: number;
}

/** Owns the queue, the books and the worker. */
export class Transport {
  /** The books. */
  readonly ledger: Ledger = new Ledger();
  readonly #options: TransportOptions;
  readonly #queue: Queue;
  readonly #supervisor: Supervisor;
  readonly #cursors: Record<SinkName, number>;
  #postTimer: ReturnType<typeof setTimeout> | undefined;
  #lastPostMs = 0;
  #overload: Overload | undefined;
  /** Records in the queue that are in the spill file too. */
  #spilledWaiting = 0;
  /** Failures that are in the spill file alone, because the queue was full. */
  #onDiskAlone = 0;
  /** A spill file that was set aside while this process runs, and how many records are in it alone. */
  #setAside: { path: string; records: number } | undefined;
  #onSettled: (() => void)[] = [];
  #onClosed: (() => void) | undefined;

  /** Starts a worker at once. */
  constructor(options: TransportOptions) {
    this.#options = options;
    this.#queue = new Queue(options.queueLimitBytes ?? MAX_QUEUE_BYTES);
    this.#cursors = {
      store: 0,
      console: options.settings.console === "off" ? Infinity : 0,
      file: options.settings.file === undefined ? Infinity : 0,
    };
    this.#supervisor = new Supervisor({
      settings: () => ({ ...options.settings, cursors: { ...this.#cursors } }),
      workerUrl: options.workerUrl,
      hangAfterMs: options.hangAfterMs ?? HANG_AFTER_MS,
      isWaiting: () => this.#queue.postedBytes > 0 || options.isAsking(),
      onOpen: () => this.#onOpen(),
      onDeath: (sentence, batchId) => this.#onDeath(sentence, batchId),
      onMessage: (message) => this.#onMessage(message),
    });
  }

  /** Takes a record: it will be stored, or dropped and counted. */
  take(record: RawRecord): void {
    const { ledger } = this;
    ledger.accepted++;
    const isFailure = record.severity >= FAILURE_SEVERITY;
    if (record.severity >= this.#options.spillFrom) this.#spill(record);
    if (!this.#queue.admits(record.severity)) {
      if (record.flags & SPILLED) return this.#leaveOnDisk();
      if (!isFailure) return this.#turnAway(record, "queue_full");
      if (!this.#queue.admitsInReserve()) return this.#turnAway(record, "no_disk");
    }
    ledger.pending++;
    if (record.flags & SPILLED) this.#spilledWaiting++;
    const isFull = this.#queue.push(record);
    // A failure goes at once, unless another has just gone: in a storm the timer does.
    const isUrgent = isFailure && record.timeMs - this.#lastPostMs > POST_AFTER_MS;
    if (isFull || isUrgent) return this.#post();
    this.#postTimer ??= setTimeout(() => this.#post(), POST_AFTER_MS);
  }

  /** Sends a question. False when no worker takes any just now. */
  send(message: ToWorker): boolean {
    return this.#supervisor.send(message);
  }

  /** The books, now. */
  stats(): LogStats {
    const { accepted, stored, pending, spilled, replayed, quarantined, restarts } = this.ledger;
    return {
      accepted,
      stored,
      pending,
      dropped: this.ledger.droppedByLevel(),
      spilled,
      replayed,
      quarantined,
      restarts,
      queue_bytes: this.#queue.bytes,
      queue_limit_bytes: this.#queue.limitBytes,
    };
  }

  /** Waits until everything taken is stored, or the deadline comes. */
  async flush({ deadlineMs }: { deadlineMs: number }): Promise<Flushed> {
    this.#post();
    await this.#orLate(
      new Promise<void>((resolve) => {
        if (this.ledger.pending === 0) resolve();
        else this.#onSettled.push(resolve);
      }),
      deadlineMs,
    );
    return {
      stored: this.ledger.stored,
      spilled: this.#spilledWaiting + this.#onDiskAlone,
      dropped: this.ledger.dropped,
      timedOut: this.ledger.pending > 0,
    };
  }

  /** Spills all that waits, without waiting for anything: the last thing before the process ends. */
  spillRest(): void {
    for (const batch of this.#queue.drain()) {
      for (const record of readRecords(batch.fields)) {
        this.#spill(record);
        if (record.flags & SPILLED) continue;
        this.ledger.pending--;
        this.ledger.drop(record.severity, "shutdown");
      }
    }
  }

  /** Flushes, ends the worker, spills what is left and lets go of everything. */
  async close({ deadlineMs }: { deadlineMs: number }): Promise<Flushed> {
    const endMs = Date.now() + deadlineMs;
    const { timedOut } = await this.flush({ deadlineMs });
    if (this.send({ type: "close" })) {
      await this.#orLate(
        new Promise<void>((resolve) => this.#onClosed = resolve),
        Math.max(endMs - Date.now(), 0),
      );
    }
    this.#supervisor.stop();
    clearTimeout(this.#postTimer);
    this.spillRest();
    if (this.ledger.pending === 0) this.#options.spill?.cut();
    this.#options.spill?.close();
    const { stored, pending, dropped } = this.ledger;
    return { stored, spilled: pending, dropped, timedOut };
  }

  async #orLate(done: Promise<void>, deadlineMs: number): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    await Promise.race([done, new Promise((resolve) => timer = setTimeout(resolve, deadlineMs))]);
    clearTimeout(timer);
  }

  #spill(record: RawRecord): void {
    if (record.flags & SPILLED || !this.#options.spill) return;
    const { spill, encoder } = this.#options;
    const wasWell = spill.sentence === "";
    if (spill.append(spillLine(encoder.encode(record)))) {
      record.flags |= SPILLED;
      this.ledger.spilled++;
    } else if (wasWell) {
      console.error(`${spill.sentence}; failures wait in memory alone until it can be written`);
    }
  }

  #leaveOnDisk(): void {
    this.ledger.pending++;
    this.#onDiskAlone++;
  }

  #turnAway(record: RawRecord, reason: DropReason): void {
    this.ledger.drop(record.severity, reason);
    this.#overload ??= { firstSeq: record.seq, lastSeq: record.seq, count: 0 };
    this.#overload.lastSeq = record.seq;
    this.#overload.count++;
  }

  #post(): void {
    clearTimeout(this.#postTimer);
    this.#postTimer = undefined;
    this.#queue.seal();
    if (!this.#supervisor.isOpen) return;
    for (const { id, fields } of this.#queue.takeForPosting()) {
      this.#supervisor.send({ type: "batch", id, fields });
    }
    this.#lastPostMs = Date.now();
  }

  #onOpen(): void {
    this.#options.onOpen();
    this.#sendSetAside();
    this.#post();
  }

  #onDeath(sentence: string, batchId: number): void {
    this.ledger.restarts++;
    this.#queue.unpost();
    const blamed = this.#queue.find(batchId);
    if (blamed && ++blamed.deaths >= MAX_DEATHS) this.#quarantine(blamed);
    this.#options.onTrouble(SEVERITY.WARN, `The log's worker ended and is replaced: ${sentence}`);
  }

  #quarantine(batch: Batch): void {
    const { dataDir, settings, onTrouble } = this.#options;
    const isKept = dataDir !== undefined &&
      quarantine(batch, { dir: dataDir, bootId: settings.bootId });
    this.#queue.remove(batch);
    for (const record of readRecords(batch.fields)) {
      this.ledger.pending--;
      this.ledger.quarantined++;
      this.ledger.drop(record.severity, "quarantined");
    }
    this.#spilledWaiting -= batch.spilled;
    onTrouble(
      SEVERITY.ERROR,
      `${batch.records} log records ended ${MAX_DEATHS} workers and are set aside` +
        (isKept ? ` in ${dataDir}/quarantine.ndjson` : ""),
    );
  }

  #onMessage(message: FromWorker): void {
    switch (message.type) {
      case "progress":
        return this.#onProgress(message.cursors);
      case "rejected":
        return this.#onRejected(message.severity, message.sentence);
      case "replayed":
        return this.#onReplayed(message);
      case "sink":
        return this.#options.onTrouble(
          message.up ? SEVERITY.INFO : SEVERITY.WARN,
          message.sentence,
        );
      case "closed":
        return this.#onClosed?.();
      default:
        return this.#options.onMessage(message);
    }
  }

  #onProgress(cursors: Partial<Record<SinkName, number>>): void {
    Object.assign(this.#cursors, cursors);
    const accepted = this.#queue.accept(Math.min(...Object.values(this.#cursors)));
    for (const batch of accepted) {
      this.ledger.pending -= batch.records;
      this.ledger.stored += batch.records;
      this.#spilledWaiting -= batch.spilled;
    }
    if (accepted.length > 0) this.#supervisor.praise();
    this.#tidyUp();
    this.#post();
  }

  #onRejected(severity: number, sentence: string): void {
    // Its batch will be accepted as a whole: take it out of the stored ones beforehand.
    this.ledger.stored--;
    this.ledger.drop(severity, "store_rejected");
    this.#options.onTrouble(SEVERITY.WARN, `The store can never take a record: ${sentence}`);
  }

  #onReplayed(
    { path, records, torn }: Extract<FromWorker, { type: "replayed" }>,
  ): void {
    if (this.#setAside?.path === path) {
      this.ledger.pending -= this.#setAside.records;
      this.ledger.stored += this.#setAside.records;
      this.#setAside = undefined;
    } else {
      this.ledger.replayed += records;
      this.#options.onTrouble(
        SEVERITY.INFO,
        `Replayed ${records} log records that an earlier process left in its spill file`,
        { records, torn },
      );
    }
    this.#tidyUp();
  }

  /** What can be done when the queue has got shorter. */
  #tidyUp(): void {
    const { spill, onTrouble } = this.#options;
    const isCalm = this.#queue.bytes <= this.#queue.limitBytes * CALM_FILL;
    if (isCalm && this.#onDiskAlone > 0 && !this.#setAside) {
      const path = spill?.setAside();
      if (path !== undefined) this.#setAside = { path, records: this.#onDiskAlone };
      this.#onDiskAlone = 0;
      this.#sendSetAside();
    }
    if (isCalm && this.#overload) {
      const { firstSeq, lastSeq, count } = this.#overload;
      this.#overload = undefined;
      onTrouble(SEVERITY.WARN, `Dropped ${count} log records while the queue was full`, {
        dropped_since_start: this.ledger.droppedByLevel(),
        seq: [firstSeq, lastSeq],
      });
    }
    const isAllStored = this.#spilledWaiting === 0 && this.#onDiskAlone === 0;
    if (spill && isAllStored && spill.bytes > CUT_AFTER_BYTES) spill.cut();
    if (this.ledger.pending > 0) return;
    for (const settle of this.#onSettled.splice(0)) settle();
  }

  #sendSetAside(): void {
    if (this.#setAside) this.send({ type: "replay", path: this.#setAside.path });
  }
}
