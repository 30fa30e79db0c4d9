import type { Logging } from "./logging.ts";

/**
 * Records every uncaught error and unhandled rejection, where the platform would end the process. Dispose of it to stop.
 */
export function catchUncaught(logging: Pick<Logging, "capture">): Disposable {
  const onError = (event: ErrorEvent) => {
    event.preventDefault();
    logging.capture(event.error, {
      message: "An error was thrown that no request awaits",
      isHandled: false,
    });
  };
  const onRejection = (event: PromiseRejectionEvent) => {
    event.preventDefault();
    logging.capture(event.reason, {
      message: "A promise was rejected that nothing awaits",
      isHandled: false,
    });
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
