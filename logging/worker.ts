/** The Web Worker's entry: an engine, and two listeners that keep the worker alive. @module */
import { Engine } from "./engine/engine.ts";
import type { FromWorker, ToWorker } from "./protocol.ts";

const scope = self as unknown as {
  onmessage: (event: MessageEvent<ToWorker>) => void;
  postMessage: (message: FromWorker) => void;
};

const engine = new Engine((message) => scope.postMessage(message));

scope.onmessage = (event) => engine.handle(event.data);

// Without these an uncaught error here would end the worker and the whole process.
for (const type of ["error", "unhandledrejection"]) {
  self.addEventListener(type, (event) => {
    event.preventDefault();
    engine.crash((event as ErrorEvent).error ?? (event as PromiseRejectionEvent).reason);
  });
}
