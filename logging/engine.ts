/**
 * The far side of the log: takes batches, encodes each once, and gives every sink its own pace. Runs in the Web Worker, or on
 * the main thread where there is none.
 *
 * @module
 */
import { setImmediate } from "node:timers/promises";
import { answerQuestions } from "./answer_questions.ts";
import { type Field, readRecords } from "./batch.ts";
import { createEncoder, type Encoder } from "./encode.ts";
import { toEntry } from "./entry.ts";
import { SinkFeed, type SinkFeedOptions } from "./sinks/sink_feed.ts";
import { journalPaths, journalPrefix } from "./journal_file.ts";
import { PACKAGE_ROOT } from "../store/grouping/package_files.ts";
import { pause } from "./pause.ts";
import type { FromWorker, SinkName, ToWorker, WorkerSettings } from "./protocol.ts";
import { Retention } from "./retention.ts";
import { readJournalLine, replay } from "./replay.ts";
import { Alerts } from "./sinks/alerts.ts";
import { consoleSink } from "./sinks/console.ts";
import { fileSink } from "./sinks/file.ts";
import { otlpSink } from "./sinks/otlp.ts";
import { type StoreSink, storeSink } from "./sinks/store.ts";
import { webhook } from "./sinks/webhook.ts";
import { openStore } from "../store/open.ts";
import {
  type Entry,
  type RetentionLimits,
  type Store,
  StoreBusy,
  type Written,
} from "../store/store.ts";
import { Activity } from "./activity.ts";

/** Retention and the search for what dead processes left run this often. */
const SWEEP_EVERY_MS = 60_000;
/** While sinks are at work, their progress is told this often. */
const PROGRESS_EVERY_MS = 10;
/** Records that are encoded before questions have their turn: half of what a sink takes at once, a few milliseconds. */
const MAX_RECORDS_A_TURN = 500;
/** A request to a collector waits this long for more records: five a second, however few they are. */
const OTLP_GATHER_MS = 200;

/** Sends a message, and the ports in it. */
type Post = (message: FromWorker, ports?: MessagePort[]) => void;
type BatchMessage = Extract<ToWorker, { type: "batch" | "lines" }>;

/** Handles the messages from the main thread. */
export class Engine {
  readonly #post: Post;
  readonly #closing = new AbortController();
  #settings!: WorkerSettings;
  /** How far the main thread's steady clock is ahead of this one's. */
  #aheadMs = 0;
  #encoder!: Encoder;
  #activity!: Activity;
  #questions: MessagePort | undefined;
  #alerts: Alerts | undefined;
  #retention: Retention | undefined;
  #opening: Promise<Store> | undefined;
  #storeSink!: StoreSink;
  #feeds: SinkFeed[] = [];
  #received: BatchMessage[] = [];
  #reading: Promise<void> | undefined;
  #progressTimer: ReturnType<typeof setTimeout> | undefined;
  #sweeping: Promise<void> | undefined;
  #closed: Promise<void> | undefined;

  /** `post` carries messages to the main thread. */
  constructor(post: Post) {
    this.#post = post;
  }

  /** Takes one message; none any more after `close()`. */
  handle(message: ToWorker): void {
    if (this.#closing.signal.aborted) return;
    switch (message.type) {
      case "open":
        return void this.#open(message.settings);
      case "batch":
      case "lines":
        return this.#receive(message);
      case "ping":
        return this.#post({ type: "pong" });
      case "hurry":
        return this.#feeds.find(({ name }) => name === "store")?.hurry();
      case "finish alerts":
        return void this.#alerts?.close({ deadlineMs: message.forMs })
          .then(() => this.#post({ type: "alerts finished" }));
      case "close":
        return void this.close().then(() => this.#post({ type: "closed" }));
    }
  }

  /** Finishes the batches that the sinks are being given, and lets go of everything. */
  close(): Promise<void> {
    return this.#closed ??= this.#close();
  }

  /** It can no longer be trusted, and is replaced: its successor gets the same batches, and a file should have them once and in order. */
  crash(thrown: unknown): void {
    this.#post({ type: "crashed", sentence: String((thrown as Error)?.message ?? thrown) });
    void this.close();
  }

  async #open(settings: WorkerSettings): Promise<void> {
    this.#settings = settings;
    this.#aheadMs = settings.nowMs - performance.now();
    this.#encoder = createEncoder(settings);
    this.#activity = new Activity(settings.activity);
    this.#retention = settings.retention && new Retention({
      limits: settings.retention,
      sweep: (limits, now) => this.#sweep(limits, now),
      onTrouble: (error) => this.#tellTrouble(error),
      signal: this.#closing.signal,
    });
    this.#openFeeds();
    try {
      await this.#openStore();
    } catch (error) {
      // The other sinks go on without it; its feed tries again as soon as there is something to store.
      this.#post({ type: "failed", sentence: (error as Error).message });
    }
    if (this.#closing.signal.aborted) return;
    this.#alerts = this.#openAlerts();
    this.#openQuestions();
    this.#sweeping = this.#sweepNowAndThen();
  }

  #openAlerts(): Alerts | undefined {
    const { alerts: target } = this.#settings;
    return target && new Alerts({
      address: webhook(target),
      store: {
        takeAlert: async (options) => await (await this.#openStore()).takeAlert(options),
        settleAlert: async (...args) => await (await this.#openStore()).settleAlert(...args),
      },
      onState: (up, sentence) => this.#post({ type: "sink", sink: "alerts", up, sentence }),
      onGivenUp: (sentence) =>
        this.#post({ type: "refused", sink: "alerts", records: 1, sentence }),
    });
  }

  #openQuestions(): void {
    const { port1, port2: questions } = new MessageChannel();
    this.#questions = port1;
    answerQuestions(port1, {
      openStore: () => this.#openStore(),
      aheadMs: this.#aheadMs,
      outside: (work) => this.#activity.outside(work),
    });
    this.#post({ type: "opened", questions }, [questions]);
  }

  #openFeeds(): void {
    const { console, color, consoleCollected, file, otlp } = this.#settings;
    this.#storeSink = storeSink({
      open: () => this.#openWritable(),
      onAlerts: () => this.#alerts?.nudge(),
      onRejected: (entry, error) => this.#reject(entry, error),
    });
    // The store is closed last: sweeps and questions use it too.
    this.#openFeed("store", { ...this.#storeSink, close() {} });
    if (console !== "off") {
      const sink = consoleSink({
        format: console,
        color,
        isCollected: consoleCollected,
      });
      const write = (entries: readonly Entry[]) =>
        this.#activity.outside(() => sink.write(entries));
      this.#openFeed("console", { ...sink, write });
    }
    if (file !== undefined) {
      this.#openFeed("file", fileSink({ path: file }));
    }
    if (otlp !== undefined) {
      const sink = otlpSink({
        ...otlp,
        onRefused: (records, sentence) =>
          this.#post({ type: "refused", sink: "otlp", records, sentence }),
      });
      this.#openFeed("otlp", { ...sink, gatherMs: OTLP_GATHER_MS });
    }
  }

  #openFeed(name: SinkName, sink: Pick<SinkFeedOptions, "write" | "close" | "gatherMs">): void {
    const feed = new SinkFeed(name, {
      ...sink,
      cursor: this.#settings.cursors[name] ?? 0,
      onProgress: () => this.#onProgress(),
      onState: (up, sentence) => this.#post({ type: "sink", sink: name, up, sentence }),
    });
    this.#feeds.push(feed);
  }

  /** Opens the store once, or tries again after it could not be opened. */
  #openStore(): Promise<Store> {
    return this.#opening ??= openStore(this.#settings.storeUrl).catch((cause) => {
      this.#opening = undefined;
      throw new StoreBusy((cause as Error).message, { cause });
    });
  }

  async #openWritable(): Promise<Pick<Store, "write">> {
    const store = await this.#openStore();
    const write = (entries: readonly Entry[]) => this.#activity.outside(() => store.write(entries));
    const retention = this.#retention;
    if (retention === undefined) return { write };
    return {
      async write(entries) {
        const written: Written = { stored: 0, duplicates: 0, alerts: [] };
        for (const portion of retention.portions(entries)) {
          const { stored, duplicates, alerts } = await write(portion);
          written.stored += stored;
          written.duplicates += duplicates;
          written.alerts.push(...alerts);
          await retention.onWritten(portion);
        }
        return written;
      },
    };
  }

  async #sweep(limits: RetentionLimits, now: number): ReturnType<Store["sweep"]> {
    const store = await this.#openStore();
    return await this.#activity.outside(() => store.sweep(limits, now));
  }

  #receive(batch: BatchMessage): void {
    this.#received.push(batch);
    this.#reading ??= this.#read().catch((error) => this.crash(error));
  }

  /** Not all that has come at once: between two turns of the event loop questions are answered. */
  async #read(): Promise<void> {
    while (this.#received.length > 0 && !this.#closing.signal.aborted) {
      for (let records = 0; records < MAX_RECORDS_A_TURN && this.#received.length > 0;) {
        records += this.#deliver(this.#received.shift()!);
      }
      await setImmediate();
    }
    this.#reading = undefined;
  }

  /** Says how many records it were. */
  #deliver(batch: BatchMessage): number {
    const { id, sinks, bytes } = batch;
    const entries = batch.type === "lines" ? this.#parse(batch) : this.#encode(batch);
    for (const feed of this.#feeds) {
      if (sinks.includes(feed.name)) feed.add({ id, bytes, entries });
    }
    return entries.length;
  }

  #encode({ id, fields }: { id: number; fields: Field[] }): Entry[] {
    const entries = readRecords(fields).map((record, index) => {
      this.#activity.begin(id, index);
      const origin = { root: this.#settings.root, packageRoot: PACKAGE_ROOT };
      return toEntry(this.#encoder.encode(record), { origin, code: this.#settings });
    });
    this.#activity.end();
    return entries;
  }

  #parse({ lines }: { lines: readonly string[] }): Entry[] {
    return lines.map((line) => readJournalLine(line, this.#settings)).filter((entry) =>
      entry !== undefined
    );
  }

  #reject(entry: Entry, { message: sentence }: Error): void {
    const { boot_id, seq, severity } = entry.record;
    // What an earlier process left is not in this one's books: it belongs to no batch.
    const isOwn = boot_id === this.#settings.bootId;
    const batch = isOwn ? this.#feeds.find(({ name }) => name === "store")!.batchOf(entry) : 0;
    this.#post({ type: "rejected", batch, seq, severity, sentence });
  }

  #onProgress(): void {
    if (this.#feeds.every((feed) => feed.isIdle)) return this.#tellProgress();
    this.#progressTimer ??= setTimeout(() => this.#tellProgress(), PROGRESS_EVERY_MS);
  }

  #tellProgress(): void {
    clearTimeout(this.#progressTimer);
    this.#progressTimer = undefined;
    const cursors = Object.fromEntries(this.#feeds.map((feed) => [feed.name, feed.cursor]));
    this.#post({ type: "progress", cursors });
  }

  async #sweepNowAndThen(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      await this.#replayBacklog();
      await this.#retention?.run();
      await pause(SWEEP_EVERY_MS, signal);
    }
  }

  async #replayBacklog(): Promise<void> {
    const { dataDir, storeUrl } = this.#settings;
    const write = (entries: readonly Entry[]) => this.#storeSink.write(entries);
    for (const path of journalPaths(dataDir, journalPrefix(storeUrl))) {
      try {
        const replayed = await replay(path, {
          write,
          code: this.#settings,
          signal: this.#closing.signal,
        });
        // Nothing new: all was stored before, or a living process had just made the file and not locked it yet.
        if (!replayed || replayed.records + replayed.torn + replayed.aside === 0) continue;
        this.#post({ type: "replayed", ...replayed });
      } catch (error) {
        this.#tellTrouble(error);
      }
    }
  }

  /** What could not be done now is done by the next sweep. */
  #tellTrouble(error: unknown): void {
    if (this.#closing.signal.aborted) return;
    const sentence = `Cannot tidy the store just now: ${(error as Error).message}`;
    this.#post({ type: "trouble", sentence });
  }

  async #close(): Promise<void> {
    this.#closing.abort();
    this.#questions?.close();
    await this.#alerts?.close({ deadlineMs: 0 });
    await Promise.all(this.#feeds.map((feed) => feed.close()));
    await this.#sweeping;
    if (this.#feeds.length > 0) this.#tellProgress();
    const store = await this.#opening?.catch(() => undefined);
    await store?.close();
  }
}
