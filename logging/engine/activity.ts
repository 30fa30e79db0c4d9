/** What the engine is doing, in memory that both threads see. @module */

/** In place of a batch's id: the engine is in a call that may block (a disk, a pipe that nobody reads). */
const OUTSIDE = -1;

/** Written by the engine; the main thread reads it to know why a worker ended or is silent. */
export class Activity {
  readonly buffer: SharedArrayBuffer;
  readonly #at: Int32Array;

  constructor(buffer: SharedArrayBuffer = new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT)) {
    this.buffer = buffer;
    this.#at = new Int32Array(buffer);
  }

  /** The record that is being encoded: its batch's id (0: none) and its place in it. */
  get record(): { batch: number; index: number } {
    const batch = Atomics.load(this.#at, 0);
    return { batch: batch === OUTSIDE ? 0 : batch, index: Atomics.load(this.#at, 1) };
  }

  /** True while the engine waits for a disk or a pipe: another engine would wait as long. */
  get isOutside(): boolean {
    return Atomics.load(this.#at, 0) === OUTSIDE;
  }

  begin(batch: number, index: number): void {
    Atomics.store(this.#at, 1, index);
    Atomics.store(this.#at, 0, batch);
  }

  end(): void {
    Atomics.store(this.#at, 0, 0);
  }

  /** Notes that a call may block. A record stays noted: it has ended this engine, which is closing now. */
  outside<Result>(work: () => Result): Result {
    if (Atomics.load(this.#at, 0) !== 0) return work();
    Atomics.store(this.#at, 0, OUTSIDE);
    try {
      return work();
    } finally {
      this.end();
    }
  }
}
