import { Activity } from "./activity.ts";
import { openEngine, type RunningEngine } from "./open_engine.ts";
import type { IntakeClient } from "../intake_client.ts";
import type { FromWorker, ToWorker, WorkerSettings } from "../protocol.ts";
import type { StoreClient } from "../store_client.ts";

/** The first engine starts after this: requests that came before are answered first. */
const FIRST_START_MS = 20;
/** The first engine after a death starts after this … */
const FIRST_RESTART_MS = 50;
/** … twice as long each time, up to this. */
const MAX_RESTART_MS = 10_000;
/** While answers are due, the engine is pinged this often … */
const WATCH_EVERY_MS = 1_000;
/** … and at least this many times before it is replaced. */
const MIN_WATCHES = 4;
/** An engine that answers no ping for this long is replaced. */
export const HANG_AFTER_MS = 10_000;
/**
 * One that is loading, or waits for a disk or a pipe, has this many times as long: the next one would wait too, and a blocked
 * thread cannot be ended. A paused terminal is enough for that.
 */
const OUTSIDE_PATIENCE = 60;

/** An engine that has ended. */
export interface Death {
  sentence: string;
  /** False when it never took a batch. */
  wasOpen: boolean;
  /** The batch whose record was being encoded; 0: none. */
  batch: number;
  /** That record's place in the batch. */
  index: number;
}

export interface SupervisorOptions {
  /** Called at every start. */
  settings: () => Omit<WorkerSettings, "nowMs" | "activity">;
  workerUrl: URL;
  hangAfterMs: number;
  client: Pick<StoreClient, "connect">;
  intake: Pick<IntakeClient, "connect">;
  /** True while the engine owes an answer. */
  isWaiting: () => boolean;
  onOpen: () => void;
  onDeath: (death: Death) => void;
  onMessage: (message: FromWorker) => void;
}

/** Keeps one engine alive: notices when it crashes, closes itself or hangs, and starts another, later each time. */
export class Supervisor {
  /** True while an engine takes batches. */
  isOpen = false;
  readonly #options: SupervisorOptions;
  #activity = new Activity();
  #engine: RunningEngine | undefined;
  /** Our ends of its channels. */
  #ports: { questions: MessagePort; intake: MessagePort } | undefined;
  #mayBegin = true;
  #deathsInARow = 0;
  /** Time since the last answer, without … */
  #silentMs = 0;
  /** … the time of loading, or of waiting for a disk or a pipe. */
  #outsideMs = 0;
  #watchTimer: ReturnType<typeof setTimeout> | undefined;
  #restartTimer: ReturnType<typeof setTimeout> | undefined;

  /** Starts an engine soon: making a thread takes time that the first requests need. */
  constructor(options: SupervisorOptions) {
    this.#options = options;
    // Not even the timer now: the first one of a process loads code for 5 ms.
    queueMicrotask(() => {
      if (this.#mayBegin) this.#restartTimer = setTimeout(() => this.#start(), FIRST_START_MS);
    });
  }

  send(message: ToWorker): boolean {
    if (!this.isOpen) return false;
    this.#engine?.post(message);
    return true;
  }

  /** The engine has stored something: the next restart is quick again. */
  noteProgress(): void {
    this.#deathsInARow = 0;
  }

  stop(): void {
    this.isOpen = false;
    this.#mayBegin = false;
    this.#engine?.terminate();
    this.#engine = undefined;
    for (const port of Object.values(this.#ports ?? {})) port.close();
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
    // Its own: the last engine may still be ending.
    this.#activity = new Activity();
    const settings = {
      ...this.#options.settings(),
      nowMs: performance.now(),
      activity: this.#activity.buffer,
    };
    const questions = new MessageChannel();
    const intake = new MessageChannel();
    this.#ports = { questions: questions.port1, intake: intake.port1 };
    const theirs = { questions: questions.port2, intake: intake.port2 };
    engine.post({ type: "open", settings, ...theirs }, Object.values(theirs));
    const everyMs = Math.min(WATCH_EVERY_MS, this.#options.hangAfterMs / MIN_WATCHES);
    this.#silentMs = this.#outsideMs = 0;
    this.#watchTimer = setInterval(() => this.#watch(everyMs), everyMs);
  }

  #onMessage(message: FromWorker): void {
    this.#silentMs = this.#outsideMs = 0;
    if (message.type === "pong") return;
    const { questions, intake } = this.#ports!;
    if (message.type === "intake") return this.#options.intake.connect(intake, message.bootId);
    if (message.type === "opened") {
      this.isOpen = true;
      this.#options.client.connect(questions);
      return this.#options.onOpen();
    }
    this.#options.onMessage(message);
  }

  #replace(sentence: string): void {
    const wasOpen = this.isOpen;
    this.stop();
    const { record } = this.#activity;
    const afterMs = Math.min(FIRST_RESTART_MS * 2 ** this.#deathsInARow++, MAX_RESTART_MS);
    this.#restartTimer = setTimeout(() => this.#start(), afterMs);
    this.#options.onDeath({ sentence, wasOpen, ...record });
  }

  /** Counts silent ticks, not time: a main thread that was busy gets the waiting answers before its next tick. */
  #watch(everyMs: number): void {
    if (this.isOpen && !this.#options.isWaiting()) {
      this.#silentMs = this.#outsideMs = 0;
      return;
    }
    const silence = this.#silence(everyMs);
    if (silence) return this.#replace(silence);
    this.#engine?.post({ type: "ping" });
  }

  /** Counts a silent tick; gives a sentence when there were too many. */
  #silence(everyMs: number): string | undefined {
    const { hangAfterMs } = this.#options;
    if (!this.isOpen || this.#activity.isOutside) {
      this.#outsideMs += everyMs;
      // After the wait it has the usual time to answer.
      this.#silentMs = 0;
    } else {
      this.#silentMs += everyMs;
    }
    if (this.#silentMs > hangAfterMs) return `No answer for ${hangAfterMs} ms`;
    if (this.#outsideMs <= hangAfterMs * OUTSIDE_PATIENCE) return undefined;
    return `It has been loading, or waiting for a disk or a pipe, for ${this.#outsideMs} ms`;
  }
}
