import { setImmediate } from "node:timers/promises";
import { pause } from "../pause.ts";
import type { SinkName } from "../protocol.ts";
import { TryLater } from "./sink.ts";
import { BLOCK_RECORDS } from "../../store/log/seal.ts";
import type { Entry } from "../../store/store.ts";

/** A sink that has failed is tried again after this … */
const FIRST_RETRY_MS = 100;
/** … twice as long each time, up to this … */
const MAX_RETRY_MS = 5_000;
/** … less a random part of it up to this, so that many processes do not come back at once. */
const JITTER = 1 / 4;

/**
 * Of one write: as many records as make a block of the log, so that a store in a hurry writes them once. While a sink keeps up,
 * each batch is written by itself at once.
 */
const MAX_WRITE_RECORDS = BLOCK_RECORDS;
/** A sink that gathers waits for no more than this: a quarter of what is posted to it at most. */
const GATHER_BYTES = 128 * 1024;
/**
 * A write that failed may have been too large for a slow sink: the next one is half as large, down to a batch, and after each
 * success the next one is so much larger.
 */
const WRITE_GROWS_BY_RECORDS = 64;

/** Of one write, so that a few large records do not become one huge statement. */
const MAX_WRITE_BYTES = 4 * 1024 * 1024;

export interface EncodedBatch {
  /** Its id in the main thread's queue; 0: it comes from the intake, and moves no cursor. */
  readonly id: number;
  readonly bytes: number;
  readonly entries: readonly Entry[];
  /** The sink has it. */
  readonly onAccepted?: () => void;
}

export interface SinkFeedOptions {
  /** The last batch this sink accepted from an earlier worker; 0 at start. */
  cursor: number;
  /**
   * Writes to the sink; one call at a time. When it throws or rejects, none of the entries counts as accepted, and they come again
   * later; what was written nevertheless is recognized by `(boot_id, seq)`. The signal ends what would take long.
   */
  write: (entries: readonly Entry[], signal: AbortSignal) => unknown;
  /** A write waits this long for more records, where writes are expensive. Default 0. */
  gatherMs?: number;
  close?: () => void;
  onProgress: () => void;
  /** The sink went down or came back: one sentence. */
  onState: (up: boolean, sentence: string) => void;
}

/** Feeds one sink in order and at its own pace: a slow or dead one holds up no other and gets everything later. */
export class SinkFeed {
  /** The last batch the sink has accepted. */
  cursor: number;
  readonly name: SinkName;
  readonly #options: SinkFeedOptions;
  readonly #closing = new AbortController();
  readonly #hurrying = new AbortController();
  #waiting: EncodedBatch[] = [];
  #running: Promise<void> | undefined;
  /** Ends the wait of `#gather()`. */
  #enough: (() => void) | undefined;
  #maxRecords = MAX_WRITE_RECORDS;

  constructor(name: SinkName, options: SinkFeedOptions) {
    this.name = name;
    this.cursor = options.cursor;
    this.#options = options;
  }

  get isIdle(): boolean {
    return this.#waiting.length === 0;
  }

  /** Size of what waits for the sink. */
  get waitingBytes(): number {
    return this.#waiting.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** Records of the intake among them: nobody else keeps these for the sink. */
  get waitingOfIntake(): number {
    return this.#waiting.reduce((sum, { id, entries }) => sum + (id === 0 ? entries.length : 0), 0);
  }

  /** The batch that a waiting entry came with; 0: none. */
  batchOf(entry: Entry): number {
    return this.#waiting.find(({ entries }) => entries.includes(entry))?.id ?? 0;
  }

  /** Queues a batch, unless the sink has it already. */
  add(batch: EncodedBatch): void {
    if (batch.id > 0 && batch.id <= this.cursor) return;
    this.#waiting.push(batch);
    if (this.#hasEnough) this.#enough?.();
    this.#running ??= this.#run();
  }

  /** Before the end: a sink that failed is tried again now, and then after short pauses. */
  hurry(): void {
    this.#hurrying.abort();
  }

  /** Finishes the running write and closes the sink. */
  async close(): Promise<void> {
    this.#closing.abort();
    this.#enough?.();
    await this.#running;
    this.#options.close?.();
  }

  async #run(): Promise<void> {
    const { write, onProgress, onState } = this.#options;
    const { signal } = this.#closing;
    let failures = 0;
    let reported = "";
    while (this.#waiting.length > 0 && !signal.aborted) {
      if (failures === 0) await this.#gather();
      const batches = this.#next();
      try {
        await write(batches.flatMap(({ entries }) => entries), signal);
      } catch (error) {
        if (signal.aborted) break;
        const sentence = (error as Error).message;
        // A new reason is reported too: first its connections were killed, then its password was wrong.
        if (sentence !== reported) onState(false, sentence);
        reported = sentence;
        this.#maxRecords >>= 1;
        await this.#pauseAfter(error, failures++);
        continue;
      }
      if (failures > 0) onState(true, `The ${this.name} sink takes records again`);
      failures = 0;
      reported = "";
      this.#maxRecords = Math.min(this.#maxRecords + WRITE_GROWS_BY_RECORDS, MAX_WRITE_RECORDS);
      this.#waiting.splice(0, batches.length);
      this.cursor = batches.findLast(({ id }) => id > 0)?.id ?? this.cursor;
      for (const { onAccepted } of batches) onAccepted?.();
      onProgress();
      // So that questions and control messages get through between two writes.
      await setImmediate();
    }
    this.#running = undefined;
  }

  async #pauseAfter(error: unknown, failures: number): Promise<void> {
    const { signal: closing } = this.#closing;
    const { signal: hurrying } = this.#hurrying;
    if (hurrying.aborted) return await pause(FIRST_RETRY_MS, closing);
    await pause(retryAfterMs(error, failures), AbortSignal.any([closing, hurrying]));
  }

  async #gather(): Promise<void> {
    const { gatherMs = 0 } = this.#options;
    if (gatherMs === 0 || this.#hasEnough) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, gatherMs);
      this.#enough = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#enough = undefined;
  }

  get #hasEnough(): boolean {
    let sum = 0;
    return this.#waiting.some(({ bytes }) => (sum += bytes) >= GATHER_BYTES);
  }

  /** The oldest batch, and those behind it that fit into the same write. */
  #next(): EncodedBatch[] {
    let records = 0;
    let size = 0;
    const tooMany = this.#waiting.findIndex(({ entries, bytes }, index) => {
      records += entries.length;
      size += bytes;
      return index > 0 && (records > this.#maxRecords || size > MAX_WRITE_BYTES);
    });
    return tooMany < 0 ? [...this.#waiting] : this.#waiting.slice(0, tooMany);
  }
}

function retryAfterMs(error: unknown, failures: number): number {
  const ms = Math.min(FIRST_RETRY_MS * 2 ** failures, MAX_RETRY_MS) * (1 - JITTER * Math.random());
  return error instanceof TryLater ? Math.max(ms, error.afterMs) : ms;
}
