/** What {@linkcode until} waits for. */
export interface UntilOptions {
  /** The event, for whoever reads that it did not come; a function also says what came instead. */
  what: string | (() => string);
  /** How long it may take. Default a minute: nothing waits that long unless it is broken, on a machine that is busy too. */
  withinMs?: number;
}

const ASK_EVERY_MS = 15;

/** Asks again and again until the answer is there (neither undefined, null nor false), and gives it back. */
export async function until<T>(
  ask: () => T | Promise<T>,
  { what, withinMs = 60_000 }: UntilOptions,
): Promise<Exclude<T, undefined | null | false>> {
  const endMs = performance.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== null && answer !== false) {
      return answer as Exclude<T, undefined | null | false>;
    }
    if (performance.now() > endMs) {
      const event = typeof what === "string" ? what : what();
      throw new Error(`Not within ${withinMs} ms: ${event}`);
    }
    await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS));
  }
}
