/**
 * The signals that ask a process to end.
 *
 * @module
 */

/** SIGHUP is what a terminal sends that is closed. */
const STOP_SIGNALS = ["SIGTERM", "SIGINT", "SIGHUP"] as const;
/** Signals that arrive within this time are one: `deno task` passes a terminal's Ctrl+C on, although it reaches all by itself. */
const ONE_STOP_MS = 500;

/** Settles at the first signal to stop; one that insists ends the process at once. */
export function untilStopped(): Promise<undefined> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  let firstMs: number | undefined;
  for (const signal of STOP_SIGNALS) {
    Deno.addSignalListener(signal, () => {
      const nowMs = performance.now();
      firstMs ??= nowMs;
      if (nowMs - firstMs > ONE_STOP_MS) Deno.exit(1);
      resolve(undefined);
    });
  }
  return promise;
}
