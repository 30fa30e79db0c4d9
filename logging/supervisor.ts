/**
 * Keeps one engine alive: notices when it crashes, closes itself or hangs, and starts another, later each time.
 *
 * @module
 */
import { type Link, openLink } from "./link.ts";
import type { FromWorker, ToWorker, WorkerSettings } from "./protocol.ts";

/** The first engine after a death starts after this … */
const FIRST_RESTART_MS = 50;
/** … twice as long each time, up to this. */
const MAX_RESTART_MS = 10_000;
/** While answers are due, the engine is asked whether it lives, this often. */
const WATCH_EVERY_MS = 1_000;
/** An engine that says nothing for this long, though asked, is replaced. */
export const HANG_AFTER_MS = 10_000;

/** What the supervisor needs. */
export interface SupervisorOptions {
  /** What an engine must know; `cursors` is asked for anew at every start. */
  settings: () => WorkerSettings;
  /** The worker's module. */
  workerUrl: URL;
  /** An engine that says nothing for this long, though asked, is replaced. */
  hangAfterMs: number;
  /** True while something is due from the engine. */
  isWaiting: () => boolean;
  /** The engine takes batches and questions from now on. */
  onOpen: () => void;
  /** The engine is gone: one sentence, and the batch it was working on (0: none). */
  onDeath: (sentence: string, batchId: number) => void;
  /** Everything else the engine says. */
  onMessage: (message: FromWorker) => void;
}

/** Owns the link to the engine. */
export class Supervisor {
  /** True while an engine takes batches. */
  isOpen = false;
  readonly #options: SupervisorOptions;
  readonly #working: SharedArrayBuffer | undefined;
  #link: Link | undefined;
  #deathsInARow = 0;
  #silentMs = 0;
  #watchTimer: ReturnType<typeof setTimeout> | undefined;
  #restartTimer: ReturnType<typeof setTimeout> | undefined;

  /** Starts an engine at once. */
  constructor(options: SupervisorOptions) {
    this.#options = options;
    if (typeof SharedArrayBuffer !== "undefined") {
      this.#working = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
    }
    this.#start();
  }

  /** Sends a message; false when no engine takes any just now. */
  send(message: ToWorker): boolean {
    if (!this.isOpen) return false;
    this.#link?.post(message);
    this.#watch();
    return true;
  }

  /** An engine has shown that it works: the next restart is quick again. */
  praise(): void {
    this.#deathsInARow = 0;
  }

  /** Ends the engine for good. */
  stop(): void {
    this.isOpen = false;
    this.#link?.terminate();
    this.#link = undefined;
    this.#rest();
    clearTimeout(this.#restartTimer);
  }

  #start(): void {
    const link: Link = openLink(this.#options.workerUrl, {
      onMessage: (message) => {
        if (link === this.#link) this.#hear(message);
      },
      onDeath: (sentence) => {
        if (link === this.#link) this.#bury(sentence);
      },
    });
    this.#link = link;
    link.post({ type: "open", settings: { ...this.#options.settings(), working: this.#working } });
    this.#watch();
  }

  #hear(message: FromWorker): void {
    this.#silentMs = 0;
    if (message.type === "pong") return;
    if (message.type === "opened") {
      this.isOpen = true;
      return this.#options.onOpen();
    }
    this.#options.onMessage(message);
  }

  /** Takes leave of a dead engine and starts another, later each time. */
  #bury(sentence: string): void {
    this.stop();
    let batchId = 0;
    if (this.#working) batchId = Atomics.exchange(new Int32Array(this.#working), 0, 0);
    const afterMs = Math.min(FIRST_RESTART_MS * 2 ** this.#deathsInARow++, MAX_RESTART_MS);
    this.#restartTimer = setTimeout(() => this.#start(), afterMs);
    this.#options.onDeath(sentence, batchId);
  }

  /**
   * Counts silent ticks rather than looking at the clock: a main thread that was busy itself hears the answers that wait
   * before the next tick.
   */
  #watch(): void {
    if (this.#watchTimer !== undefined) return;
    this.#silentMs = 0;
    this.#watchTimer = setInterval(() => {
      if (this.isOpen && !this.#options.isWaiting()) return this.#rest();
      if (this.#silentMs >= this.#options.hangAfterMs) {
        return this.#bury(`No answer for ${this.#silentMs} ms`);
      }
      this.#silentMs += WATCH_EVERY_MS;
      this.#link?.post({ type: "ping" });
    }, WATCH_EVERY_MS);
  }

  #rest(): void {
    clearInterval(this.#watchTimer);
    this.#watchTimer = undefined;
  }
}
