/**
 * A sink's own pace through the batches: a slow or dead one holds up nobody else and gets everything later.
 *
 * @module
 */
import { setImmediate } from "node:timers";
import type { SinkName } from "./protocol.ts";
import type { Sink } from "./sinks/sink.ts";
import type { Entry } from "./store/store.ts";

/** After a sink has failed, it is tried again after this … */
const FIRST_RETRY_MS = 100;
/** … twice as long each time, up to this. */
const MAX_RETRY_MS = 5_000;

/** A batch, encoded once for all sinks. */
export interface EncodedBatch {
  /** As on the main thread. */
  readonly id: number;
  /** Its records. */
  readonly entries: readonly Entry[];
}

/** What a lane tells. */
export interface LaneEvents {
  /** Its cursor has moved. */
  onProgress: () => void;
  /** The sink went down or came back: one sentence. */
  onState: (up: boolean, sentence: string) => void;
}

/** Feeds one sink, batch after batch, in order. */
export class Lane {
  /** The last batch the sink has accepted. */
  cursor: number;
  /** The sink's name. */
  readonly name: SinkName;
  readonly #sink: Sink;
  readonly #events: LaneEvents;
  #waiting: EncodedBatch[] = [];
  #isRunning = false;
  #isClosed = false;
  #retry: { timer: ReturnType<typeof setTimeout>; wake: () => void } | undefined;

  /** `cursor` is the last batch this sink accepted from an earlier worker; 0 at start. */
  constructor(
    sink: Sink & { readonly name: string },
    { cursor, ...events }: LaneEvents & { cursor: number },
  ) {
    this.#sink = sink;
    this.name = sink.name as SinkName;
    this.cursor = cursor;
    this.#events = events;
  }

  /** True when nothing waits. */
  get isIdle(): boolean {
    return this.#waiting.length === 0;
  }

  /** Queues a batch; one that the sink has already is passed over. */
  add(batch: EncodedBatch): void {
    if (batch.id <= this.cursor) return;
    this.#waiting.push(batch);
    if (!this.#isRunning) void this.#run();
  }

  /** Stops trying and lets go of the sink. */
  async close(): Promise<void> {
    this.#isClosed = true;
    if (this.#retry) {
      clearTimeout(this.#retry.timer);
      this.#retry.wake();
    }
    await this.#sink.close();
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    let failures = 0;
    while (this.#waiting.length > 0 && !this.#isClosed) {
      const batch = this.#waiting[0]!;
      try {
        await this.#sink.write(batch.entries);
      } catch (error) {
        if (failures++ === 0) this.#events.onState(false, (error as Error).message);
        await this.#pause(Math.min(FIRST_RETRY_MS * 2 ** (failures - 1), MAX_RETRY_MS));
        continue;
      }
      if (failures > 0) this.#events.onState(true, `The ${this.name} sink takes records again`);
      failures = 0;
      this.#waiting.shift();
      this.cursor = batch.id;
      this.#events.onProgress();
      // A turn of the event loop, so that questions and control messages pass between two batches.
      await new Promise((resolve) => setImmediate(resolve));
    }
    this.#isRunning = false;
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.#retry = { timer: setTimeout(resolve, ms), wake: resolve };
    });
  }
}
