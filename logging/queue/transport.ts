import type { Delivery as IncomingDelivery, Taken } from "../../intake/intake.ts";
import { ABOUT_LOG, type RawRecord, SPILLED } from "./batch.ts";
import { Counters, type Flushed, type LogStats, type Skipped } from "./counters.ts";
import { Delivery, type DeliveryOptions } from "./delivery.ts";
import type { Encoder } from "../records/encode.ts";
import { Journal, type Place } from "./journal.ts";
import { journalLine, journalPrefix } from "./journal_file.ts";
import type { LoggingOptions } from "../logging.ts";
import { IntakeClient } from "../intake_client.ts";
import { hasWorkers } from "../engine/open_engine.ts";
import { isDoneWithin } from "../pause.ts";
import { Queue } from "./queue.ts";
import type { RecordMaker } from "../records/record_maker.ts";
import { ownerOf } from "./shares.ts";
import { sideSinksIn } from "./side_sinks.ts";
import { PACKAGE_ROOT } from "../../store/grouping/package_files.ts";
import { FAILURE_SEVERITY, SEVERITY } from "../../store/record.ts";

/** The part of what is left of a deadline that sinks beside the store may use. */
const SIDE_SINKS_SHARE = 1 / 2;
/** The part of it that the last alerts may use. */
const ALERTS_SHARE = 1 / 2;
/** This thread encodes and spills at least so much; measured 20 KB. */
const SPILL_BYTES_PER_MS = 10_000;

const NO_WORKERS =
  "This platform has no Web Workers: the thread that answers requests writes the log too";
const STORE_ENDS = "The store is a file that is lost with this instance: " +
  "link a PostgreSQL database, which sets DATABASE_URL";

export interface TransportOptions
  extends
    DeliveryOptions,
    Pick<LoggingOptions, "isDiskEphemeral" | "queueLimitBytes" | "spillLimitBytes"> {
  /** Makes records about the log itself. */
  records: Pick<RecordMaker, "aboutLog">;
  /** For what is written to disk, on this thread. */
  encoder: Encoder;
  /** From this severity on, records are on disk before `append()` returns; `Infinity`: none is. */
  spillFrom: number;
}

interface Flush {
  lastBatch: number;
  isDone: (lastBatch: number) => boolean;
  settle: () => void;
}

/**
 * The main thread's side of the log: accepts records, refuses the cheap ones first in an overload, and keeps each in memory or
 * on disk until the store has it.
 */
export class Transport {
  readonly #counters = new Counters();
  readonly #options: TransportOptions;
  readonly #queue: Queue;
  readonly #delivery: Delivery;
  readonly #intake: IntakeClient;
  /** Absent where nothing is written to disk. */
  readonly #journal: Journal | undefined;
  #flushes: Flush[] = [];
  #closing: Promise<Flushed> | undefined;
  #isClosed = false;

  /** Records trouble with the log itself. */
  readonly #report = (severity: number, message: string, attrs?: Record<string, unknown>): void => {
    const record = this.#options.records.aboutLog(severity, message, attrs);
    if (record) this.append(record);
  };

  constructor(options: TransportOptions) {
    this.#options = options;
    const { settings, queueLimitBytes: limitBytes } = options;
    const counters = this.#counters;
    const queue = new Queue({ sideSinks: sideSinksIn(settings), limitBytes, counters });
    this.#queue = queue;
    this.#journal = this.#openJournal();
    const intake = this.#intake = new IntakeClient({ counters, onChange: () => this.#tidyUp() });
    this.#delivery = new Delivery({
      ...options,
      queue,
      counters,
      intake,
      onTrouble: this.#report,
      onOpen: () => this.#reportPlatform(),
      onChange: () => this.#tidyUp(),
    });
  }

  /** The record will be stored, or dropped and counted. */
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
    const hasReserve = severity >= FAILURE_SEVERITY || (record.flags & ABOUT_LOG) !== 0;
    if (!hasReserve) return this.#counters.overflow(record, "queue_full");
    if (room.admitsInReserve(record)) return this.#enqueue(record);
    this.#counters.overflow(record, hasRoom === false ? "spill_full" : "no_disk");
  }

  /** What a client of another system sent: read, written to disk and then answered by the worker. */
  take(delivery: IncomingDelivery): Promise<Taken> {
    return this.#intake.take(delivery);
  }

  /** Settles when the store is open; rejects with one sentence when it cannot be. */
  get ready(): Promise<void> {
    return this.#delivery.ready;
  }

  stats(): LogStats {
    const { room } = this.#queue;
    return {
      ...this.#counters.toStats(),
      queue_bytes: room.bytes,
      queue_limit_bytes: room.wholeLimitBytes,
      queue_own_bytes: room.ownBytes,
      queue_own_limit_bytes: room.limitBytes,
      kept_bytes: this.#queue.keptBytes,
      sinks_down: [...this.#delivery.sideSinks.down],
      store_refuses: this.#delivery.doesStoreRefuse,
    };
  }

  /** Waits until everything accepted so far is in the store, or the deadline comes. */
  async flush({ deadlineMs }: { deadlineMs: number }): Promise<Flushed> {
    this.#delivery.post();
    const { accepted } = this.#intake;
    const isStored = this.#until((lastBatch) =>
      this.#queue.oldestId > lastBatch && !this.#journal?.backlog &&
      this.#intake.hasStored(accepted)
    );
    const timedOut = !await isDoneWithin(isStored, deadlineMs);
    const { stored, droppedCount: dropped } = this.#counters;
    const spilled = this.#queue.spilled + (this.#journal?.backlog ?? 0) + this.#intake.pending;
    return { stored, spilled, dropped, skipped: {}, timedOut };
  }

  /** Spills all that waits for the store, at once, before the process ends. Gives what the other sinks will not get. */
  spillRest(): Skipped {
    const { records, skipped } = this.#queue.drain();
    for (const record of records) {
      if (this.#write(record)) continue;
      this.#counters.pending--;
      this.#counters.drop(record.severity, "shutdown");
    }
    return skipped;
  }

  /** Flushes, ends the worker, spills what is left and releases everything. The first call decides. */
  close({ deadlineMs }: { deadlineMs: number }): Promise<Flushed> {
    return this.#closing ??= this.#close(deadlineMs);
  }

  async #close(deadlineMs: number): Promise<Flushed> {
    const endMs = performance.now() + deadlineMs;
    const leftMs = () => Math.max(endMs - performance.now(), 0);
    this.#intake.refuseFurther();
    // Without any time the worker is ended at once.
    const timedOut = deadlineMs > 0 ? await this.#finish(leftMs) : true;
    this.#delivery.stop();
    this.#intake.close();
    this.#isClosed = true;
    const { oldestId } = this.#queue;
    const skipped = this.spillRest();
    this.#journal?.close(oldestId);
    const { stored, pending: spilled, droppedCount: dropped } = this.#counters;
    return { stored, spilled, dropped, skipped, timedOut };
  }

  /** Gives the sinks what waits for them and ends the worker. True when the time was over first. */
  async #finish(leftMs: () => number): Promise<boolean> {
    // The rest of the time is for spilling what still waits.
    const toWaitMs = () =>
      leftMs() - (this.#journal ? this.#queue.room.bytes / SPILL_BYTES_PER_MS : 0);
    this.#delivery.hurry();
    if (this.#options.settings.alerts) await this.#finishAlerts(toWaitMs);
    this.#reportOverload();
    this.#delivery.post();
    const areSupplied = this.#until((lastBatch) => this.#delivery.sideSinks.have(lastBatch));
    await isDoneWithin(areSupplied, toWaitMs() * SIDE_SINKS_SHARE);
    // Last: what the other sinks reported meanwhile is to be stored too.
    const { timedOut } = await this.flush({ deadlineMs: toWaitMs() });
    await isDoneWithin(this.#delivery.end(), toWaitMs());
    return timedOut;
  }

  async #finishAlerts(toWaitMs: () => number): Promise<void> {
    // The last failures are stored first: they may be what alerts are about.
    const { timedOut } = await this.flush({ deadlineMs: toWaitMs() * ALERTS_SHARE });
    // A store that does not answer keeps its alerts for the next start.
    if (timedOut) return;
    const forMs = Math.max(toWaitMs() * ALERTS_SHARE, 0);
    await isDoneWithin(this.#delivery.finishAlerts(forMs), forMs);
  }

  #openJournal(): Journal | undefined {
    const { settings, spillFrom, spillLimitBytes: limitBytes } = this.#options;
    if (spillFrom === Infinity) return undefined;
    return new Journal({
      dir: settings.dataDir,
      prefix: journalPrefix(settings.storeUrl),
      name: settings.bootId,
      limitBytes,
      onState: (up, sentence) => this.#report(up ? SEVERITY.INFO : SEVERITY.WARN, sentence),
    });
  }

  /** Writes a record to disk: a copy of what goes into a batch, or else the only one. False when the disk refuses. */
  #write(record: RawRecord, place: Place = { owner: ownerOf(record) }): boolean {
    if (!this.#journal) return false;
    const { severity } = record;
    const { encoder, settings: { root } } = this.#options;
    const line = journalLine(encoder.encode(record), { root, packageRoot: PACKAGE_ROOT });
    const isWritten = this.#journal.append(line, { severity, ...place });
    if (isWritten) this.#counters.spilled++;
    else this.#counters.unspilled++;
    return isWritten;
  }

  #enqueue(record: RawRecord): void {
    if (this.#queue.append(record)) return this.#delivery.post();
    this.#delivery.postSoon({ isUrgent: record.severity >= FAILURE_SEVERITY });
  }

  #appendLate(record: RawRecord): void {
    if (!this.#write(record)) return this.#counters.drop(record.severity, "shutdown");
    this.#counters.pending++;
    this.#journal?.close(this.#queue.oldestId);
  }

  /** Logs once, at the start, what this platform guarantees less than others. */
  #reportPlatform(): void {
    const { isDiskEphemeral, settings: { dataDir, storeUrl } } = this.#options;
    if (!hasWorkers()) this.#report(SEVERITY.INFO, NO_WORKERS);
    const canSpill = this.#journal?.check();
    if (!isDiskEphemeral) return;
    if (canSpill) {
      const sentence =
        `The journal in ${dataDir} survives this process, but is lost with this instance`;
      this.#report(SEVERITY.INFO, sentence);
    }
    if (storeUrl.startsWith("sqlite:")) this.#report(SEVERITY.WARN, STORE_ENDS);
  }

  /** Called when the queue has got shorter, or a sink is up or down. */
  #tidyUp(): void {
    const { oldestId, room } = this.#queue;
    this.#journal?.cut(oldestId);
    if (room.isCalmForAll) this.#reportOverload();
    // Whatever service they are of, they take our own room: a noisy service must not keep the others' records from the store.
    if (room.isCalm) this.#readBack();
    this.#flushes = this.#flushes.filter(({ lastBatch, isDone, settle }) => {
      if (!isDone(lastBatch)) return true;
      settle();
      return false;
    });
  }

  /** Brings some of the backlog back into the queue. */
  #readBack(): void {
    if (!this.#journal?.backlog) return;
    this.#queue.seal();
    const lines = this.#journal.replay(this.#queue.openId);
    if (lines.length > 0) {
      this.#queue.appendLines(lines);
      // A flush that waits for all that was accepted waits for these too.
      for (const flush of this.#flushes) flush.lastBatch = this.#queue.youngestId;
    }
    this.#dropLost(this.#journal.takeLost());
  }

  #dropLost(severities: number[]): void {
    if (severities.length === 0) return;
    for (const severity of severities) {
      this.#counters.pending--;
      this.#counters.drop(severity, "journal_lost");
    }
    const message = `A file of the journal was cut: ${severities.length} records are lost`;
    this.#report(SEVERITY.ERROR, message);
  }

  #reportOverload(): void {
    const overload = this.#counters.takeOverload();
    if (overload) this.#report(SEVERITY.WARN, overload.sentence, overload.attrs);
  }

  #until(isDone: (lastBatch: number) => boolean): Promise<void> {
    const lastBatch = this.#queue.youngestId;
    return new Promise((settle) => {
      if (isDone(lastBatch)) settle();
      else this.#flushes.push({ lastBatch, isDone, settle });
    });
  }
}
