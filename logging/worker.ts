/**
 * The Web Worker's entry: an {@linkcode Engine} and two listeners that keep the worker alive.
 *
 * @module
 */
import { Engine } from "./engine.ts";
import type { FromWorker, ToWorker } from "./protocol.ts";

const scope = self as unknown as {
  onmessage: (event: MessageEvent<ToWorker>) => void;
  postMessage: (message: FromWorker) => void;
};

const engine = new Engine((message) => scope.postMessage(message));

scope.onmessage = (event) => engine.handle(event.data);

// Without these an uncaught error here would end the worker, and the whole process with it.
for (const type of ["error", "unhandledrejection"]) {
  self.addEventListener(type, (event) => {
    event.preventDefault();
    const thrown = (event as ErrorEvent).error ?? (event as PromiseRejectionEvent).reason;
    scope.postMessage({ type: "crashed", sentence: String(thrown?.message ?? thrown) });
    // Until it is terminated: its successor gets the same batches, and a file should have them once and in order.
    void engine.close();
  });
}
