/**
 * The far side of the log: takes batches, encodes each once, and gives every sink its own pace. Runs in the Web Worker, or on
 * the main thread where there is none.
 *
 * @module
 */
import { type Field, readRecords } from "./batch.ts";
import { createEncoder, type Encoder } from "./encode.ts";
import { type EncodedBatch, Lane } from "./lane.ts";
import type { FromWorker, ToWorker, WorkerSettings } from "./protocol.ts";
import { replayAll, replayFile } from "./replay.ts";
import { consoleSink } from "./sinks/console.ts";
import { fileSink } from "./sinks/file.ts";
import type { Sink } from "./sinks/sink.ts";
import { storeSink } from "./sinks/store.ts";
import { openStore } from "./store/open.ts";
import { type Store, StoreBusy } from "./store/store.ts";

/** Retention and the search for orphaned spill files run this often. */
const SWEEP_EVERY_MS = 60_000;
/** Between two small steps of retention, so that records pass. */
const SWEEP_PAUSE_MS = 20;
/** While sinks are at work, their progress is told this often. */
const PROGRESS_EVERY_MS = 10;

/** Handles the messages from the main thread. */
export class Engine {
  readonly #post: (message: FromWorker) => void;
  #settings!: WorkerSettings;
  #encoder!: Encoder;
  #store: Store | undefined;
  #lanes: Lane[] = [];
  #working: Int32Array | undefined;
  #progressTimer: ReturnType<typeof setTimeout> | undefined;
  #sweepTimer: ReturnType<typeof setTimeout> | undefined;
  #isClosing = false;

  /** `post` carries messages to the main thread. */
  constructor(post: (message: FromWorker) => void) {
    this.#post = post;
  }

  /** Takes one message. */
  handle(message: ToWorker): void {
    switch (message.type) {
      case "open":
        return void this.#open(message.settings);
      case "batch":
        return this.#take(message.id, message.fields);
      case "ask":
        return void this.#answer(message);
      case "replay":
        return void this.#replay(message.path);
      case "ping":
        return this.#post({ type: "pong" });
      case "close":
        return void this.#close();
    }
  }

  async #open(settings: WorkerSettings): Promise<void> {
    this.#settings = settings;
    this.#encoder = createEncoder(settings);
    if (settings.working) this.#working = new Int32Array(settings.working);
    try {
      const store = await openStore(settings.storeUrl);
      this.#lanes = this.#openSinks(store).map((sink) => this.#openLane(sink));
      this.#store = store;
    } catch (error) {
      return this.#post({ type: "failed", sentence: (error as Error).message });
    }
    this.#post({ type: "opened" });
    await this.#sweep();
  }

  #openSinks(store: Store): Sink[] {
    const { console, color, consoleCollected, file } = this.#settings;
    const sinks = [storeSink(store, {
      onAlerts: (alerts) => this.#post({ type: "alerts", alerts }),
      onRejected: ({ record }, error) =>
        this.#post({ type: "rejected", severity: record.severity, sentence: error.message }),
    })];
    if (console !== "off") {
      sinks.push(consoleSink({ format: console, color, isCollected: consoleCollected }));
    }
    if (file !== undefined) sinks.push(fileSink({ path: file }));
    return sinks;
  }

  #openLane(sink: Sink): Lane {
    const name = sink.name as Lane["name"];
    return new Lane(sink, {
      cursor: this.#settings.cursors[name],
      onProgress: () => this.#onProgress(),
      onState: (up, sentence) => this.#post({ type: "sink", sink: name, up, sentence }),
    });
  }

  #take(id: number, fields: Field[]): void {
    if (this.#working) Atomics.store(this.#working, 0, id);
    const batch: EncodedBatch = {
      id,
      entries: readRecords(fields).map((record) => this.#encoder.encode(record)),
    };
    if (this.#working) Atomics.store(this.#working, 0, 0);
    for (const lane of this.#lanes) lane.add(batch);
  }

  #onProgress(): void {
    if (this.#lanes.every((lane) => lane.isIdle)) return this.#tellProgress();
    this.#progressTimer ??= setTimeout(() => this.#tellProgress(), PROGRESS_EVERY_MS);
  }

  #tellProgress(): void {
    clearTimeout(this.#progressTimer);
    this.#progressTimer = undefined;
    const cursors = Object.fromEntries(this.#lanes.map((lane) => [lane.name, lane.cursor]));
    this.#post({ type: "progress", cursors });
  }

  async #answer(
    { id, method, args, deadlineMs }: Extract<ToWorker, { type: "ask" }>,
  ): Promise<void> {
    if (Date.now() > deadlineMs) return;
    try {
      if (!this.#store) throw new StoreBusy("The store is not open yet");
      const ask = this.#store[method] as (...args: unknown[]) => Promise<unknown>;
      this.#post({ type: "answer", id, value: await ask.apply(this.#store, args) });
    } catch (error) {
      const { name, message } = error as Error;
      this.#post({ type: "refusal", id, name, message });
    }
  }

  async #replay(path: string): Promise<void> {
    try {
      const replayed = await replayFile(path, this.#store!);
      this.#post({ type: "replayed", ...(replayed ?? { path, records: 0, torn: 0 }) });
    } catch (error) {
      this.#tellTrouble(error);
    }
  }

  async #sweep(): Promise<void> {
    const { spillDir, retention } = this.#settings;
    try {
      if (spillDir !== undefined) {
        for await (const replayed of replayAll(spillDir, this.#store!)) {
          this.#post({ type: "replayed", ...replayed });
        }
      }
      while (!this.#isClosing && (await this.#store!.sweep(retention, Date.now())).more) {
        await new Promise((resolve) => setTimeout(resolve, SWEEP_PAUSE_MS));
      }
    } catch (error) {
      this.#tellTrouble(error);
    }
    if (!this.#isClosing) this.#sweepTimer = setTimeout(() => void this.#sweep(), SWEEP_EVERY_MS);
  }

  /** What could not be done now is done by the next sweep. */
  #tellTrouble(error: unknown): void {
    const sentence = `Cannot tidy the store just now: ${(error as Error).message}`;
    this.#post({ type: "sink", sink: "store", up: false, sentence });
  }

  async #close(): Promise<void> {
    this.#isClosing = true;
    clearTimeout(this.#sweepTimer);
    clearTimeout(this.#progressTimer);
    await Promise.all(this.#lanes.map((lane) => lane.close()));
    this.#post({ type: "closed" });
  }
}
