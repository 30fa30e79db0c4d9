import type { Activity } from "../engine/activity.ts";
import type { FromWorker, SinkName, WorkerSettings } from "../protocol.ts";
import { consoleSink } from "./console.ts";
import { fileSink } from "./file.ts";
import { otlpSink } from "./otlp.ts";
import { type EncodedBatch, SinkFeed, type SinkFeedOptions } from "./sink_feed.ts";
import type { StoreSink } from "./store.ts";
import type { Entry } from "../../store/store.ts";

/** While sinks are writing, progress is posted this often. */
const PROGRESS_EVERY_MS = 10;
/** A sink beside the store that has so much to do gets nothing of the intake: nobody keeps it for later. */
const MAX_BEHIND_BYTES = 4 * 1024 * 1024;
/** A request to a collector waits this long for more records: five a second, however few they are. */
const OTLP_GATHER_MS = 200;

export interface SinkFeedsOptions {
  settings: WorkerSettings;
  /** Closed by its opener. */
  store: StoreSink;
  activity: Activity;
  post: (message: FromWorker) => void;
}

/** The feeds of all sinks in the settings; their progress is posted together. */
export class SinkFeeds {
  readonly #options: SinkFeedsOptions;
  readonly #store: SinkFeed;
  readonly #all: SinkFeed[];
  #progressTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: SinkFeedsOptions) {
    this.#options = options;
    const { settings, store, activity, post } = options;
    const { console, file, otlp } = settings;
    this.#store = this.#open("store", { write: (entries) => store.write(entries) });
    this.#all = [this.#store];
    if (console.format !== "off") {
      const sink = consoleSink(console);
      const write = (entries: readonly Entry[]) => activity.outside(() => sink.write(entries));
      this.#all.push(this.#open("console", { write }));
    }
    if (file !== undefined) this.#all.push(this.#open("file", fileSink({ path: file })));
    if (otlp !== undefined) {
      const onRefused = (records: number, sentence: string) =>
        post({ type: "refused", sink: "otlp", records, sentence });
      const sink = otlpSink({ ...otlp, onRefused });
      this.#all.push(this.#open("otlp", { ...sink, gatherMs: OTLP_GATHER_MS }));
    }
  }

  add(batch: EncodedBatch, sinks: readonly SinkName[]): void {
    for (const feed of this.#all) {
      if (sinks.includes(feed.name)) feed.add(batch);
    }
  }

  /** Gives a batch of the intake to the store, and to every other sink that is not behind. Gives those that do not get it. */
  addOfIntake({ onAccepted, ...batch }: Omit<EncodedBatch, "id">): SinkName[] {
    const behind: SinkName[] = [];
    for (const feed of this.#all) {
      if (feed === this.#store) feed.add({ id: 0, ...batch, onAccepted });
      else if (feed.waitingBytes < MAX_BEHIND_BYTES) feed.add({ id: 0, ...batch });
      else behind.push(feed.name);
    }
    return behind;
  }

  /** The batch that an entry on its way to the store came with; 0: none. */
  batchOf(entry: Entry): number {
    return this.#store.batchOf(entry);
  }

  /** Records of the intake that sinks beside the store have not accepted. */
  get lackingOfIntake(): Partial<Record<SinkName, number>> {
    const side = this.#all.filter((feed) => feed !== this.#store && feed.waitingOfIntake > 0);
    return Object.fromEntries(side.map((feed) => [feed.name, feed.waitingOfIntake]));
  }

  /** Before the end: a store that failed is tried again now. */
  hurry(): void {
    this.#store.hurry();
  }

  /** Finishes the running writes and closes the sinks. */
  async close(): Promise<void> {
    await Promise.all(this.#all.map((feed) => feed.close()));
  }

  postProgress(): void {
    clearTimeout(this.#progressTimer);
    this.#progressTimer = undefined;
    const cursors = Object.fromEntries(this.#all.map(({ name, cursor }) => [name, cursor]));
    this.#options.post({ type: "progress", cursors });
  }

  #open(name: SinkName, sink: Pick<SinkFeedOptions, "write" | "close" | "gatherMs">): SinkFeed {
    const { settings: { cursors }, post } = this.#options;
    return new SinkFeed(name, {
      ...sink,
      cursor: cursors[name] ?? 0,
      onProgress: () => this.#onProgress(),
      onState: (up, sentence) => post({ type: "sink", sink: name, up, sentence }),
    });
  }

  #onProgress(): void {
    if (this.#all.every((feed) => feed.isIdle)) return this.postProgress();
    this.#progressTimer ??= setTimeout(() => this.postProgress(), PROGRESS_EVERY_MS);
  }
}
