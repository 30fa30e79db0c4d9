import { nowToKeep } from "../../store/times.ts";
import { pause } from "../pause.ts";
import type { Entry, RetentionLimits, Store } from "../../store/store.ts";

/** Between two steps, so that records get through. */
const STEP_PAUSE_MS = 20;
/**
 * A step is done after so much was written, as a part of the store's limit. A line takes a few times its size in the store, so the
 * limit is exceeded by a few percent at most.
 */
const LOOK_AFTER_PART = 1 / 100;

const BYTES_PER_MEGABYTE = 1024 * 1024;

export interface RetentionOptions {
  limits: RetentionLimits;
  sweep: (limits: RetentionLimits, now: number) => ReturnType<Store["sweep"]>;
  /** A step has failed: the next one does its work. */
  onTrouble: (error: unknown) => void;
  signal: AbortSignal;
}

/** Keeps a store within its limits: now and then, and between writes after much was written. */
export class Retention {
  readonly #options: RetentionOptions;
  readonly #lookAfterChars: number;
  #chars = 0;
  #isBehind = false;

  constructor(options: RetentionOptions) {
    this.#options = options;
    this.#lookAfterChars = options.limits.maxMegabytes * BYTES_PER_MEGABYTE * LOOK_AFTER_PART;
  }

  /** Steps until nothing is left to remove. */
  async run(): Promise<void> {
    const { signal } = this.#options;
    while (!signal.aborted && await this.#step()) await pause(STEP_PAUSE_MS, signal);
  }

  /** Entries in portions: while the store writes one, it may hold it twice, in the write-ahead log and in the file. */
  *portions(entries: readonly Entry[]): Generator<readonly Entry[]> {
    let begin = 0;
    let chars = 0;
    for (const [i, { line }] of entries.entries()) {
      chars += line.length;
      if (chars < this.#lookAfterChars) continue;
      yield entries.slice(begin, i + 1);
      begin = i + 1;
      chars = 0;
    }
    if (begin < entries.length) yield entries.slice(begin);
  }

  /** Does a step after much was written; while one was not enough, after each write. */
  async onWritten(entries: readonly Entry[]): Promise<void> {
    for (const { line } of entries) this.#chars += line.length;
    if (this.#isBehind || this.#chars >= this.#lookAfterChars) await this.#step();
  }

  async #step(): Promise<boolean> {
    const { limits, sweep, onTrouble } = this.#options;
    this.#chars = 0;
    try {
      this.#isBehind = (await sweep(limits, nowToKeep())).more;
    } catch (error) {
      this.#isBehind = false;
      onTrouble(error);
    }
    return this.#isBehind;
  }
}
