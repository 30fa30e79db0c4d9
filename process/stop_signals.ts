/** The signals that ask a process to end. */

/** SIGHUP is what a terminal sends that is closed. */
const STOP_SIGNALS = ["SIGTERM", "SIGINT", "SIGHUP"] as const;
/** Signals that arrive within this time are one: `deno task` passes a terminal's Ctrl+C on, although it reaches all by itself. */
const ONE_STOP_MS = 500;

/** Listens for them until it is disposed of. */
export interface StopSignals extends Disposable {
  /** Settles at the first signal to stop; one that insists ends the process at once. */
  readonly stopped: Promise<undefined>;
}

export function listenForStop(): StopSignals {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  let firstMs: number | undefined;
  const onSignal = () => {
    const nowMs = performance.now();
    firstMs ??= nowMs;
    if (nowMs - firstMs > ONE_STOP_MS) Deno.exit(1);
    resolve(undefined);
  };
  for (const signal of STOP_SIGNALS) Deno.addSignalListener(signal, onSignal);
  return {
    stopped: promise,
    [Symbol.dispose]() {
      for (const signal of STOP_SIGNALS) Deno.removeSignalListener(signal, onSignal);
    },
  };
}
