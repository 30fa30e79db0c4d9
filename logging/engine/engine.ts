import { Activity } from "./activity.ts";
import { BatchEncoder } from "./batch_encoder.ts";
import { Intake } from "./intake.ts";
import { pause } from "../pause.ts";
import type { Answer, FromWorker, Question, ToWorker, WorkerSettings } from "../protocol.ts";
import { journalPaths, journalPrefix } from "../queue/journal_file.ts";
import { replay } from "../queue/replay.ts";
import { createRedactor, type Redactor } from "../redact/redact.ts";
import { receiverOf } from "../receivers/receiver.ts";
import { Alerts } from "../sinks/alerts.ts";
import { SinkFeeds } from "../sinks/sink_feeds.ts";
import { StoreSink } from "../sinks/store.ts";
import { MAX_NAME_CHARS } from "../../store/limits.ts";
import { isQuestion } from "../../store/store_on.ts";
import { ask, type Entry, type IntakeNote } from "../../store/store.ts";

/** Between two rounds of housekeeping. */
const KEEP_HOUSE_EVERY_MS = 60_000;
/** While the journal of a dead worker of this process is not stored: that worker may still be ending. */
const CLAIM_EVERY_MS = 500;

/** At the end, sinks beside the store have so long for what the intake gave them … */
const SUPPLY_WITHIN_MS = 500;
/** … and are asked this often. */
const LOOK_EVERY_MS = 10;

type Post = (message: FromWorker) => void;

/**
 * The worker's side of the log: takes batches, encodes each once, and gives every sink its own pace. Runs in the Web Worker, or on
 * the main thread where there is none. The first message opens everything.
 */
export class Engine {
  readonly #post: Post;
  readonly #closing = new AbortController();
  #store: StoreSink | undefined;
  #feeds: SinkFeeds | undefined;
  #encoder: BatchEncoder | undefined;
  #alerts: Alerts | undefined;
  #intake: Intake | undefined;
  #questions: MessagePort | undefined;
  #housekeeping: Promise<void> | undefined;
  #closed: Promise<void> | undefined;

  constructor(post: Post) {
    this.#post = post;
  }

  /** Handles one message; after `close()` it ignores them. */
  handle(message: ToWorker): void {
    if (this.#closing.signal.aborted) return;
    switch (message.type) {
      case "open":
        return void this.#open(message);
      case "batch":
      case "lines":
        return this.#encoder?.add(message);
      case "ping":
        return this.#post({ type: "pong" });
      case "hurry":
        return this.#feeds?.hurry();
      case "finish alerts":
        return void this.#alerts?.close({ deadlineMs: message.forMs })
          .then(() => this.#post({ type: "alerts finished" }));
      case "close":
        return void this.#supplySides().then(() => this.close())
          .then(() => this.#post({ type: "closed" }));
    }
  }

  /** The main thread has waited for its own records only. */
  async #supplySides(): Promise<void> {
    const endMs = performance.now() + SUPPLY_WITHIN_MS;
    const { signal } = this.#closing;
    while (
      !signal.aborted && performance.now() < endMs &&
      Object.keys(this.#feeds?.lackingOfIntake ?? {}).length > 0
    ) await pause(LOOK_EVERY_MS, signal);
  }

  /** Finishes the writes that are running, and releases everything. */
  close(): Promise<void> {
    return this.#closed ??= this.#close();
  }

  /** Reports a crash and closes: a replacement gets the same batches, and two must not write one file. */
  crash(thrown: unknown): void {
    this.#post({ type: "crashed", sentence: String((thrown as Error)?.message ?? thrown) });
    void this.close();
  }

  async #open(
    { settings, questions, intake }: Extract<ToWorker, { type: "open" }>,
  ): Promise<void> {
    this.#questions = questions;
    const { signal } = this.#closing;
    const post = this.#post;
    const activity = new Activity(settings.activity);
    const store = this.#store = new StoreSink({
      url: settings.storeUrl,
      limits: settings.retention,
      blocking: (call) => activity.outside(call),
      onAlerts: () => this.#alerts?.nudge(),
      onRejected: (entry, error) => this.#reject(entry, { error, bootId: settings.bootId }),
      onTrouble: (error) => this.#postTrouble(error),
      signal,
    });
    const feeds = this.#feeds = new SinkFeeds({ settings, store, activity, post });
    this.#encoder = new BatchEncoder({
      settings,
      activity,
      deliver: ({ id, bytes, sinks }, entries) => feeds.add({ id, bytes, entries }, sinks),
      onCrash: (error) => this.crash(error),
      signal,
    });
    // Taken before the first await: later it would include the time waited.
    const aheadMs = settings.nowMs - performance.now();
    this.#openIntake(intake, { settings, feeds, store, activity, aheadMs });
    try {
      await store.open();
    } catch (error) {
      // The other sinks go on; its feed tries again as soon as there is something to store.
      post({ type: "failed", sentence: (error as Error).message });
    }
    if (signal.aborted) return;
    this.#alerts = this.#openAlerts(settings, store);
    answerQuestions(questions, { store, aheadMs, redactNames: settings.redactNames });
    post({ type: "opened" });
    this.#housekeeping = this.#keepHouse(settings, store);
  }

  /** Stores what dead processes left, and keeps the store within its limits. */
  async #keepHouse(settings: WorkerSettings, store: StoreSink): Promise<void> {
    const { signal } = this.#closing;
    const { dataDir, storeUrl } = settings;
    const paths = () => journalPaths(dataDir, journalPrefix(storeUrl));
    const formers = new Map(settings.formerIntakes.map((bootId) => [bootId, 0]));
    while (!signal.aborted) {
      for (const path of paths()) {
        const aside = await this.#replay(path, { settings, store })
          .catch((error) => this.#postTrouble(error)) ?? 0;
        for (const [bootId, before] of formers) {
          if (path.includes(bootId)) formers.set(bootId, before + aside);
        }
      }
      for (const [bootId, aside] of formers) {
        if (signal.aborted || paths().some((path) => path.includes(bootId))) continue;
        formers.delete(bootId);
        this.#post({ type: "intake replayed", bootId, aside });
      }
      await store.retention?.run();
      await pause(formers.size > 0 ? CLAIM_EVERY_MS : KEEP_HOUSE_EVERY_MS, signal);
    }
  }

  #openIntake(
    port: MessagePort,
    { settings, feeds, store, activity, aheadMs }: {
      settings: WorkerSettings;
      feeds: SinkFeeds;
      store: StoreSink;
      activity: Activity;
      aheadMs: number;
    },
  ): void {
    const intake = this.#intake = new Intake(port, {
      settings,
      feeds,
      blocking: (call) => activity.outside(call),
      aheadMs,
      noteFeedback: async (note) => await (await store.open()).noteFeedback(note),
      maps: {
        findMap: async (...asked) => await (await store.open()).findMap(...asked),
        mapBlocks: async (...asked) => await (await store.open()).mapBlocks(...asked),
        mapSources: async (...asked) => await (await store.open()).mapSources(...asked),
      },
      onTrouble: (sentence) => this.#post({ type: "trouble", sentence }),
      onCrash: (error) => this.crash(error),
    });
    this.#post({ type: "intake", bootId: intake.bootId });
  }

  /** Gives how many records of the file are set aside. */
  async #replay(
    path: string,
    { settings, store }: { settings: WorkerSettings; store: StoreSink },
  ): Promise<number> {
    const write: StoreSink["write"] = (entries) => store.write(entries);
    const { signal } = this.#closing;
    const replayed = await replay(path, { write, code: settings, signal });
    // Nothing new: all was stored before, or a living process has just made the file and not locked it yet.
    if (!replayed || replayed.records + replayed.torn + replayed.aside === 0) return 0;
    this.#post({ type: "replayed", ...replayed });
    return replayed.aside;
  }

  #openAlerts({ alerts, root }: WorkerSettings, store: StoreSink): Alerts | undefined {
    return alerts && new Alerts({
      receivers: alerts.targets.map(receiverOf),
      boardUrl: alerts.boardUrl,
      root,
      store: {
        noteReceivers: async (...args) => await (await store.open()).noteReceivers(...args),
        takeAlert: async (options) => await (await store.open()).takeAlert(options),
        settleAlert: async (...args) => await (await store.open()).settleAlert(...args),
      },
      onState: ({ up, all }, sentence) =>
        this.#post({ type: "sink", sink: "alerts", up: all, isGood: up, sentence }),
      onGivenUp: (sentence) =>
        this.#post({ type: "refused", sink: "alerts", records: 1, sentence }),
    });
  }

  #reject(entry: Entry, { error, bootId }: { error: Error; bootId: string }): void {
    const { boot_id, seq, severity } = entry.record;
    if (boot_id === this.#intake?.bootId) this.#intake.reject(entry);
    // A replayed record was counted by its own process: it belongs to no batch of this one.
    const batch = boot_id === bootId ? this.#feeds?.batchOf(entry) ?? 0 : 0;
    this.#post({ type: "rejected", batch, seq, severity, sentence: error.message });
  }

  /** The next round tries again. */
  #postTrouble(error: unknown): void {
    if (this.#closing.signal.aborted) return;
    const sentence = `Cannot tidy the store just now: ${(error as Error).message}`;
    this.#post({ type: "trouble", sentence });
  }

  async #close(): Promise<void> {
    this.#closing.abort();
    this.#questions?.close();
    this.#intake?.stop();
    await this.#alerts?.close({ deadlineMs: 0 });
    await this.#feeds?.close();
    this.#intake?.close({ lacking: this.#feeds?.lackingOfIntake ?? {} });
    await this.#housekeeping;
    this.#feeds?.postProgress();
    await this.#store?.close();
  }
}

/** `aheadMs`: how far the asking thread's `performance.now()` is ahead of this one's. */
function answerQuestions(
  port: MessagePort,
  { store, aheadMs, redactNames }: {
    store: StoreSink;
    aheadMs: number;
    redactNames: WorkerSettings["redactNames"];
  },
): void {
  const redactor = createRedactor({ names: redactNames });
  port.onmessage = async ({ data }: MessageEvent<Question>) => {
    const { id, method, args, deadlineMs } = data;
    // The caller has given up.
    if (performance.now() + aheadMs > deadlineMs) return;
    try {
      if (!isQuestion(method)) throw new RangeError(`The store knows no question ${method}`);
      const asked = method === "noteIntake"
        ? [withoutSecrets(args[0] as IntakeNote, redactor)]
        : args;
      const value = await ask(await store.open(), method, asked);
      port.postMessage({ id, value } satisfies Answer);
    } catch (error) {
      const { name, message } = error as Error;
      port.postMessage({ id, refusal: { name, message } } satisfies Answer);
    }
  };
}

/** Clients choose their names, and where a key belongs to no service those of services: a mistaken one may hold a secret. */
function withoutSecrets({ keys, counts }: IntakeNote, redactor: Redactor): IntakeNote {
  const name = (text: string) => redactor.text(text, MAX_NAME_CHARS);
  return {
    keys,
    counts: counts.map((count) => (
      { ...count, service: name(count.service), client: name(count.client) }
    )),
  };
}
