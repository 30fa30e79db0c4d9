/**
 * The way to the engine: a Web Worker, or the same engine on this thread where the platform has no workers.
 *
 * @module
 */
import type { Engine } from "./engine.ts";
import type { FromWorker, ToWorker } from "../protocol.ts";

/** An engine that can be reached by message. */
export interface RunningEngine {
  /** Sends a message; one to a dead engine is lost. */
  post(message: ToWorker): void;
  /** Ends the engine as far as the platform can. */
  terminate(): void;
}

/** What a link tells, never before it was returned. */
export interface EngineEvents {
  /** The engine said something. */
  onMessage: (message: FromWorker) => void;
  /** The engine ended, or can no longer be trusted: one sentence. */
  onDeath: (sentence: string) => void;
}

/** Whether the platform has Web Workers. */
export function hasWorkers(): boolean {
  return typeof Worker !== "undefined";
}

/** Starts an engine. `url` is the worker's module. */
export function openEngine(url: URL, { onMessage, onDeath }: EngineEvents): RunningEngine {
  const hear = (message: FromWorker) =>
    message.type === "crashed" ? onDeath(message.sentence) : onMessage(message);
  if (!hasWorkers()) return openInline(hear);
  try {
    return openWorker(url, { onMessage: hear, onDeath });
  } catch (error) {
    // No thread to be had just now. Later, like every death of an engine.
    const timer = setTimeout(() => onDeath((error as Error).message));
    return { post() {}, terminate: () => clearTimeout(timer) };
  }
}

function openWorker(url: URL, { onMessage, onDeath }: EngineEvents): RunningEngine {
  const worker = new Worker(url, { type: "module", name: "holdfast-log" });
  worker.onmessage = ({ data }: MessageEvent<FromWorker>) => onMessage(data);
  worker.onerror = (event) => {
    // Without this the worker's error would end the whole process.
    event.preventDefault();
    onDeath(event.message);
  };
  worker.onmessageerror = () => onDeath("A message from the worker could not be read");
  return {
    post: (message) => worker.postMessage(message),
    terminate: () => worker.terminate(),
  };
}

function openInline(onMessage: EngineEvents["onMessage"]): RunningEngine {
  const timers = new Set<ReturnType<typeof setTimeout>>();
  // Loaded only here: where there are workers, this thread needs no store and no sinks.
  const loading = import("./engine.ts").then(({ Engine }) => new Engine(onMessage));
  let isEnded = false;
  const pass = (message: ToWorker, engine: Engine) => {
    if (isEnded) return;
    const timer = setTimeout(() => {
      timers.delete(timer);
      try {
        engine.handle(message);
      } catch (error) {
        engine.crash(error);
      }
    });
    timers.add(timer);
  };
  return {
    post: (message) => void loading.then((engine) => pass(message, engine)),
    terminate() {
      isEnded = true;
      for (const timer of timers) clearTimeout(timer);
      void loading.then((engine) => engine.close());
    },
  };
}
