/**
 * The third layer that catches, beside `Deno.serve({ onError })`: what no request awaits.
 *
 * @module
 */
import type { Logger } from "./logger.ts";

/**
 * Records every uncaught error and unhandled rejection, and keeps the process serving where the platform would end it.
 * Dispose of it to stop.
 */
export function catchStrays(logger: Logger): Disposable {
  const onError = (event: ErrorEvent) => {
    event.preventDefault();
    logger.error("An error was thrown that no request awaits", { error: event.error });
  };
  const onRejection = (event: PromiseRejectionEvent) => {
    event.preventDefault();
    logger.error("A promise was rejected that nothing awaits", { error: event.reason });
  };
  globalThis.addEventListener("error", onError);
  globalThis.addEventListener("unhandledrejection", onRejection);
  return {
    [Symbol.dispose]() {
      globalThis.removeEventListener("error", onError);
      globalThis.removeEventListener("unhandledrejection", onRejection);
    },
  };
}
