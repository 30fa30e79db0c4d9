/**
 * Retention as the engine does it: now and then, and between writes whenever so much has been written that the store may have
 * outgrown its limit.
 *
 * @module
 */
import { nowToKeep } from "../../store/times.ts";
import { pause } from "../pause.ts";
import type { Entry, RetentionLimits, Store } from "../../store/store.ts";

/** Between two small steps, so that records pass. */
const STEP_PAUSE_MS = 20;
/**
 * After lines of this part of the store's limit it is looked at between two writes: what a line takes in the store is some
 * times its size, so that the limit is exceeded by a few parts of a hundred at most.
 */
const LOOK_AFTER_PART = 1 / 100;

const BYTES_PER_MEGABYTE = 1024 * 1024;

/** What it needs. */
export interface RetentionOptions {
  /** What may be kept. */
  limits: RetentionLimits;
  /** Does one step; says whether there is more to do. */
  sweep: (limits: RetentionLimits, now: number) => ReturnType<Store["sweep"]>;
  /** A step has failed: what it did not do is done by the next one. */
  onTrouble: (error: unknown) => void;
  /** Ends it. */
  signal: AbortSignal;
}

/** Keeps a store within its limits. */
export class Retention {
  readonly #options: RetentionOptions;
  readonly #lookAfterChars: number;
  #chars = 0;
  #isBehind = false;

  /** Does nothing by itself. */
  constructor(options: RetentionOptions) {
    this.#options = options;
    this.#lookAfterChars = options.limits.maxMegabytes * BYTES_PER_MEGABYTE * LOOK_AFTER_PART;
  }

  /** Does all there is to do, in small steps. */
  async run(): Promise<void> {
    const { signal } = this.#options;
    while (!signal.aborted && await this.#step()) await pause(STEP_PAUSE_MS, signal);
  }

  /**
   * Entries in portions that the store takes one at a time: while it takes one, it may hold it twice, in its journal and in its
   * place.
   */
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

  /** These have been written: time for a step, when it has become much. While there is more to do, each write waits for one. */
  async onWritten(entries: readonly Entry[]): Promise<void> {
    for (const { line } of entries) this.#chars += line.length;
    if (this.#isBehind || this.#chars >= this.#lookAfterChars) await this.#step();
  }

  /** True while there is more to do. */
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
