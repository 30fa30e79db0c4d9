/**
 * A sink's own pace through the batches: a slow or dead one holds up nobody else and gets everything later.
 *
 * @module
 */
import { setImmediate } from "node:timers/promises";
import { pause } from "../pause.ts";
import type { SinkName } from "../protocol.ts";
import { TryLater } from "./sink.ts";
import { BLOCK_RECORDS } from "../../store/log/seal.ts";
import type { Entry } from "../../store/store.ts";

/** After a sink has failed, it is tried again after this … */
const FIRST_RETRY_MS = 100;
/** … twice as long each time, up to this … */
const MAX_RETRY_MS = 5_000;
/** … less up to this part of it, at random, so that many processes do not come back at once. */
const JITTER = 1 / 4;

/**
 * Records given to a sink at once, at most: as many as make a block of the log, so that a store in a hurry writes them once. While
 * a sink keeps up, a batch goes by itself as soon as it is there.
 */
const MAX_WRITE_RECORDS = BLOCK_RECORDS;
/** A sink that gathers waits for no more than this: a quarter of what is on its way to it at most. */
const GATHER_BYTES = 128 * 1024;
/**
 * A write that fails may have been too large for a sink that is slow: the next one is half as large, down to a batch, and
 * each that succeeds lets the next be so much larger.
 */
const WRITE_GROWS_BY_RECORDS = 64;

/** A batch, encoded once for all sinks. */
export interface EncodedBatch {
  readonly id: number;
  readonly bytes: number;
  readonly entries: readonly Entry[];
}

export interface SinkFeedOptions {
  /** The last batch this sink accepted from an earlier worker; 0 at start. */
  cursor: number;
  /** Gives a batch to the sink; throws or rejects when it does not take it now. The signal ends what would take long. */
  write: (entries: readonly Entry[], signal: AbortSignal) => unknown;
  /** A write waits this long for more records, where each write is expensive. Default 0. */
  gatherMs?: number;
  close: () => void | Promise<void>;
  onProgress: () => void;
  /** The sink went down or came back: one sentence. */
  onState: (up: boolean, sentence: string) => void;
}

/** Feeds one sink, batch after batch, in order. */
export class SinkFeed {
  /** The last batch the sink has accepted. */
  cursor: number;
  readonly name: SinkName;
  readonly #options: SinkFeedOptions;
  readonly #closing = new AbortController();
  readonly #hurrying = new AbortController();
  #waiting: EncodedBatch[] = [];
  #running: Promise<void> | undefined;
  /** Ends the waiting for more. */
  #enough: (() => void) | undefined;
  #maxRecords = MAX_WRITE_RECORDS;

  constructor(name: SinkName, options: SinkFeedOptions) {
    this.name = name;
    this.cursor = options.cursor;
    this.#options = options;
  }

  /** True when nothing waits. */
  get isIdle(): boolean {
    return this.#waiting.length === 0;
  }

  /** The batch that a waiting entry came with; 0: none. */
  batchOf(entry: Entry): number {
    return this.#waiting.find(({ entries }) => entries.includes(entry))?.id ?? 0;
  }

  /** Queues a batch; one that the sink has already is passed over. */
  add(batch: EncodedBatch): void {
    if (batch.id <= this.cursor) return;
    this.#waiting.push(batch);
    if (this.#hasEnough) this.#enough?.();
    this.#running ??= this.#run();
  }

  /** The process ends soon: a sink that failed is tried again now, and then without a longer pause. */
  hurry(): void {
    this.#hurrying.abort();
  }

  /** Finishes what the sink is being given, stops there and lets go of the sink. */
  async close(): Promise<void> {
    this.#closing.abort();
    this.#enough?.();
    await this.#running;
    await this.#options.close();
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
        // Another reason is news: its connections were killed, and then its password was wrong.
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
      this.cursor = batches.at(-1)!.id;
      onProgress();
      // A turn of the event loop, so that questions and control messages pass between two writes.
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

  /** Waits for more, where the sink wants that and there is not enough yet. */
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
    const tooMany = this.#waiting.findIndex(({ entries }, index) => {
      records += entries.length;
      return index > 0 && records > this.#maxRecords;
    });
    return tooMany < 0 ? [...this.#waiting] : this.#waiting.slice(0, tooMany);
  }
}

/** Longer each time, and not before the sink wants it. */
function retryAfterMs(error: unknown, failures: number): number {
  const ms = Math.min(FIRST_RETRY_MS * 2 ** failures, MAX_RETRY_MS) * (1 - JITTER * Math.random());
  return error instanceof TryLater ? Math.max(ms, error.afterMs) : ms;
}
