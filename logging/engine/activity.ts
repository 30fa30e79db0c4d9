/**
 * What the engine is at, in memory that both threads see: when a worker ends or falls silent, the main thread knows why.
 *
 * @module
 */

/** In place of a batch's id: the engine waits for the outside (a disk, a pipe that nobody reads). */
const OUTSIDE = -1;

/** Written by the engine, read by the main thread. */
export class Activity {
  /** To be shared between threads. */
  readonly buffer: SharedArrayBuffer;
  readonly #at: Int32Array;

  /** A new one, or the other side of one. */
  constructor(buffer: SharedArrayBuffer = new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT)) {
    this.buffer = buffer;
    this.#at = new Int32Array(buffer);
  }

  /** The record that is being encoded: its batch's id (0: none) and its place in it. */
  get record(): { batch: number; index: number } {
    const batch = Atomics.load(this.#at, 0);
    return { batch: batch === OUTSIDE ? 0 : batch, index: Atomics.load(this.#at, 1) };
  }

  /** True while the engine waits for the outside: another engine would wait as long. */
  get isOutside(): boolean {
    return Atomics.load(this.#at, 0) === OUTSIDE;
  }

  /** The engine encodes this record now. */
  begin(batch: number, index: number): void {
    Atomics.store(this.#at, 1, index);
    Atomics.store(this.#at, 0, batch);
  }

  /** The engine does nothing in particular now. */
  end(): void {
    Atomics.store(this.#at, 0, 0);
  }

  /** Runs what may have to wait for the outside. */
  outside<Result>(work: () => Result): Result {
    Atomics.store(this.#at, 0, OUTSIDE);
    try {
      return work();
    } finally {
      this.end();
    }
  }
}
