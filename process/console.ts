import type { Logging } from "../logging/mod.ts";

/** An Error that was recorded so shortly before it is printed is the same failure, for example of a request. */
const SAME_FAILURE_MS = 1_000;

/**
 * Records every Error that is given to `console.error`, which goes on printing; one that is recorded otherwise at the same time is
 * recorded once. Disposing of it stops that: what was printed until then is recorded.
 */
export function captureConsole(logging: Pick<Logging, "capture" | "recordedSince">): Disposable {
  const { error: print } = console;
  const waiting = new Map<ReturnType<typeof setTimeout>, () => void>();
  let isOn = true;
  const capturing = (...args: unknown[]) => {
    print.apply(console, args);
    const thrown = args.find((arg) => arg instanceof Error);
    if (thrown === undefined || !isOn) return;
    const sinceMs = performance.now() - SAME_FAILURE_MS;
    const texts = args.filter((arg) => typeof arg === "string").join(" ");
    const capture = () => {
      waiting.delete(timer);
      if (logging.recordedSince(thrown, sinceMs) !== undefined) return;
      logging.capture(thrown, texts === "" ? {} : { message: texts });
    };
    // Later: a framework prints what it is about to pass on.
    const timer = setTimeout(capture);
    waiting.set(timer, capture);
  };
  console.error = capturing;
  return {
    [Symbol.dispose]() {
      // Others may have put theirs over it.
      if (console.error === capturing) console.error = print;
      isOn = false;
      for (const [timer, capture] of waiting) {
        clearTimeout(timer);
        capture();
      }
    },
  };
}
