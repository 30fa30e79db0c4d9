/**
 * Keeps one engine alive: notices when it crashes, closes itself or hangs, and starts another, later each time.
 *
 * @module
 */
import { Activity } from "./activity.ts";
import { openEngine, type RunningEngine } from "./open_engine.ts";
import type { FromWorker, ToWorker, WorkerSettings } from "../protocol.ts";
import type { StoreClient } from "../store_client.ts";

/** The first engine starts after this: a request that waits at the start is answered before. */
const FIRST_START_MS = 20;
/** The first engine after a death starts after this … */
const FIRST_RESTART_MS = 50;
/** … twice as long each time, up to this. */
const MAX_RESTART_MS = 10_000;
/** While answers are due, the engine is asked whether it lives, this often … */
const WATCH_EVERY_MS = 1_000;
/** … and at least this many times before it is given up. */
const MIN_WATCHES = 4;
/** An engine that says nothing for this long, though asked, is replaced. */
export const HANG_AFTER_MS = 10_000;
/**
 * One that is still loading, or waits for a disk or a pipe, is given this many times as long: the next one would wait too, and
 * a thread that is blocked cannot be ended. A paused terminal is enough to get there.
 */
const OUTSIDE_PATIENCE = 60;

/** An engine that has ended. */
export interface Death {
  /** How, in one sentence. */
  sentence: string;
  /** False when it never took a batch. */
  wasOpen: boolean;
  /** The batch whose record was being encoded; 0: none. */
  batch: number;
  /** That record's place in the batch. */
  index: number;
}

/** What the supervisor needs. */
export interface SupervisorOptions {
  /** What an engine must know; asked for anew at every start. */
  settings: () => Omit<WorkerSettings, "nowMs" | "activity">;
  /** The worker's module. */
  workerUrl: URL;
  /** An engine that says nothing for this long, though asked, is replaced. */
  hangAfterMs: number;
  /** Asks each engine anew what no other has answered. */
  client: Pick<StoreClient, "connect">;
  /** True while something is due from the engine. */
  isWaiting: () => boolean;
  /** The engine takes batches from now on. */
  onOpen: () => void;
  /** The engine is gone. */
  onDeath: (death: Death) => void;
  /** Everything else the engine says. */
  onMessage: (message: FromWorker) => void;
}

/** Owns the engine. */
export class Supervisor {
  /** True while an engine takes batches. */
  isOpen = false;
  readonly #options: SupervisorOptions;
  readonly #activity = new Activity();
  #engine: RunningEngine | undefined;
  /** False when it was stopped before it began. */
  #mayBegin = true;
  #deathsInARow = 0;
  /** Since the last answer: at work … */
  #silentMs = 0;
  /** … and loading, or waiting for the outside. */
  #outsideMs = 0;
  #watchTimer: ReturnType<typeof setTimeout> | undefined;
  #restartTimer: ReturnType<typeof setTimeout> | undefined;

  /** Starts an engine soon: making a thread takes this one's time, which the first answers need. */
  constructor(options: SupervisorOptions) {
    this.#options = options;
    // Not even the timer yet: the first one of a process loads 5 ms of code.
    queueMicrotask(() => {
      if (this.#mayBegin) this.#restartTimer = setTimeout(() => this.#start(), FIRST_START_MS);
    });
  }

  /** Sends a message; false when no engine takes any just now. */
  send(message: ToWorker): boolean {
    if (!this.isOpen) return false;
    this.#engine?.post(message);
    return true;
  }

  /** The engine has shown that it works: the next restart is quick again. */
  noteProgress(): void {
    this.#deathsInARow = 0;
  }

  /** Ends the engine for good. */
  stop(): void {
    this.isOpen = false;
    this.#mayBegin = false;
    this.#engine?.terminate();
    this.#engine = undefined;
    clearInterval(this.#watchTimer);
    clearTimeout(this.#restartTimer);
  }

  #start(): void {
    const engine: RunningEngine = openEngine(this.#options.workerUrl, {
      onMessage: (message) => {
        if (engine === this.#engine) this.#onMessage(message);
      },
      onDeath: (sentence) => {
        if (engine === this.#engine) this.#replace(sentence);
      },
    });
    this.#engine = engine;
    const settings = {
      ...this.#options.settings(),
      nowMs: performance.now(),
      activity: this.#activity.buffer,
    };
    engine.post({ type: "open", settings });
    const everyMs = Math.min(WATCH_EVERY_MS, this.#options.hangAfterMs / MIN_WATCHES);
    this.#silentMs = this.#outsideMs = 0;
    this.#watchTimer = setInterval(() => this.#watch(everyMs), everyMs);
  }

  #onMessage(message: FromWorker): void {
    this.#silentMs = this.#outsideMs = 0;
    if (message.type === "pong") return;
    if (message.type === "opened") {
      this.isOpen = true;
      this.#options.client.connect(message.questions);
      return this.#options.onOpen();
    }
    this.#options.onMessage(message);
  }

  /** A dead engine is followed by another, later each time. */
  #replace(sentence: string): void {
    const wasOpen = this.isOpen;
    this.stop();
    const { record } = this.#activity;
    this.#activity.end();
    const afterMs = Math.min(FIRST_RESTART_MS * 2 ** this.#deathsInARow++, MAX_RESTART_MS);
    this.#restartTimer = setTimeout(() => this.#start(), afterMs);
    this.#options.onDeath({ sentence, wasOpen, ...record });
  }

  /**
   * Counts silent ticks rather than looking at the clock: a main thread that was busy itself hears the answers that wait
   * before the next tick.
   */
  #watch(everyMs: number): void {
    if (this.isOpen && !this.#options.isWaiting()) {
      this.#silentMs = this.#outsideMs = 0;
      return;
    }
    const silence = this.#silence(everyMs);
    if (silence) return this.#replace(silence);
    this.#engine?.post({ type: "ping" });
  }

  /** Counts one more silent tick; a sentence when it was one too many. */
  #silence(everyMs: number): string | undefined {
    const { hangAfterMs } = this.#options;
    if (!this.isOpen || this.#activity.isOutside) {
      this.#outsideMs += everyMs;
      // When the waiting is over it has the usual time to answer.
      this.#silentMs = 0;
    } else {
      this.#silentMs += everyMs;
    }
    if (this.#silentMs > hangAfterMs) return `No answer for ${hangAfterMs} ms`;
    if (this.#outsideMs <= hangAfterMs * OUTSIDE_PATIENCE) return undefined;
    return `It has been loading, or waiting for a disk or a pipe, for ${this.#outsideMs} ms`;
  }
}
