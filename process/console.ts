/**
 * Errors that a program gives to `console.error`.
 *
 * @module
 */
import type { Logging } from "../logging/mod.ts";

/**
 * Records every Error that is given to `console.error`, which goes on printing. One that is recorded otherwise at the same time,
 * by the request it broke for instance, is recorded once. Dispose of it to stop.
 */
export function captureConsole(logging: Pick<Logging, "capture" | "recordedSince">): Disposable {
  const { error: print } = console;
  const capturing = (...args: unknown[]) => {
    print.apply(console, args);
    const thrown = args.find((arg) => arg instanceof Error);
    if (thrown === undefined) return;
    const sinceMs = performance.now();
    const texts = args.filter((arg) => typeof arg === "string").join(" ");
    // Later: a framework prints what it is about to pass on.
    setTimeout(() => {
      if (logging.recordedSince(thrown, sinceMs) !== undefined) return;
      logging.capture(thrown, texts === "" ? {} : { message: texts });
    });
  };
  console.error = capturing;
  return {
    [Symbol.dispose]() {
      if (console.error === capturing) console.error = print;
    },
  };
}
