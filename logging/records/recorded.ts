/**
 * What was thrown and is recorded already.
 *
 * @module
 */

/** Remembers Errors as long as they live, and when they were recorded: the same Error may be thrown again later. */
export class Recorded {
  readonly #known = new WeakMap<object, { errorId: string; atMs: number }>();

  /** It is recorded now, under this receipt. */
  add(thrown: unknown, errorId: string): void {
    if (typeof thrown !== "object" || thrown === null) return;
    this.#known.set(thrown, { errorId, atMs: performance.now() });
  }

  /** The receipt, where it was recorded at or after this time. */
  since(thrown: unknown, sinceMs: number): string | undefined {
    const known = typeof thrown === "object" && thrown !== null
      ? this.#known.get(thrown)
      : undefined;
    return known !== undefined && known.atMs >= sinceMs ? known.errorId : undefined;
  }
}
