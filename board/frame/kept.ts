import { StoreBusy } from "../../logging/mod.ts";

export interface KeptOptions {
  /** So long an answer is good for every page. */
  keepMs: number;
  /** So long a page waits for a new answer. */
  waitMs: number;
  /** So old an answer may be that stands in for one that does not come in time. */
  oldestMs: number;
}

/**
 * An answer of the store that all pages show, asked for once in some seconds. A page does not wait for a store that is busy: it
 * gets the last answer, null if the store said that it is busy, or undefined while nothing is known.
 */
export class Kept<Answer> {
  readonly #ask: () => Promise<Answer>;
  readonly #options: KeptOptions;
  #running: Promise<void> | undefined;
  #answer: Answer | null | undefined;
  #answeredMs = -Infinity;

  constructor(ask: () => Promise<Answer>, options: KeptOptions) {
    this.#ask = ask;
    this.#options = options;
  }

  /** @throws what the question came to, unless the store was busy. */
  async read(): Promise<Answer | null | undefined> {
    const { keepMs, waitMs, oldestMs } = this.#options;
    if (performance.now() - this.#answeredMs < keepMs) return this.#answer;
    if (this.#running === undefined) {
      this.#running = this.#refresh().finally(() => this.#running = undefined);
      // A page that does not wait any more does not hear of it; the next one asks again.
      this.#running.catch(() => {});
    }
    await within(this.#running, waitMs);
    return performance.now() - this.#answeredMs < oldestMs ? this.#answer : undefined;
  }

  /** After a change: the next page asks again, and waits. */
  forget(): void {
    this.#answeredMs = -Infinity;
  }

  async #refresh(): Promise<void> {
    try {
      this.#answer = await this.#ask();
    } catch (error) {
      if (!(error instanceof StoreBusy)) throw error;
      this.#answer = null;
    }
    this.#answeredMs = performance.now();
  }
}

async function within(work: Promise<void>, waitMs: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, waitMs);
  try {
    await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
}
