/**
 * The signals that ask a process to end.
 *
 * @module
 */

/** Signals that arrive within this time are one: `deno task` passes a terminal's Ctrl+C on, although it reaches all by itself. */
const ONE_STOP_MS = 500;

/** Calls back at the first SIGTERM or SIGINT, and with true at each that insists. */
export function onStopSignals(listener: (isAtOnce: boolean) => void): void {
  let firstMs: number | undefined;
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    Deno.addSignalListener(signal, () => {
      const nowMs = performance.now();
      if (firstMs === undefined) listener(false);
      else if (nowMs - firstMs > ONE_STOP_MS) listener(true);
      firstMs ??= nowMs;
    });
  }
}
