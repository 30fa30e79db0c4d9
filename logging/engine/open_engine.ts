import type { Engine } from "./engine.ts";
import type { FromWorker, ToWorker } from "../protocol.ts";

export interface RunningEngine {
  /** The ports in it are the engine's from now on. */
  post(message: ToWorker, ports?: MessagePort[]): void;
  terminate(): void;
}

export interface EngineEvents {
  onMessage: (message: FromWorker) => void;
  /** The engine ended or crashed: one sentence. Never called before `openEngine()` has returned. */
  onDeath: (sentence: string) => void;
}

export function hasWorkers(): boolean {
  return typeof Worker !== "undefined";
}

/** Starts a Web Worker whose module is at `url`, or the same engine on this thread where there are none. */
export function openEngine(url: URL, { onMessage, onDeath }: EngineEvents): RunningEngine {
  const receive = (message: FromWorker) =>
    message.type === "crashed" ? onDeath(message.sentence) : onMessage(message);
  if (!hasWorkers()) return openInline(receive);
  try {
    return openWorker(url, { onMessage: receive, onDeath });
  } catch (error) {
    // The system gives no thread now. Reported later, as every death of an engine.
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
    post: (message, ports = []) => worker.postMessage(message, ports),
    terminate: () => worker.terminate(),
  };
}

function openInline(onMessage: EngineEvents["onMessage"]): RunningEngine {
  const timers = new Set<ReturnType<typeof setTimeout>>();
  /** Those that the engine has not had yet. */
  const ports = new Set<MessagePort>();
  // Loaded only here: where there are workers, this thread needs no store and no sinks.
  const loading = import("./engine.ts").then(({ Engine }) => new Engine(onMessage));
  let isEnded = false;
  const pass = (message: ToWorker, engine: Engine) => {
    if (isEnded) return;
    const timer = setTimeout(() => {
      timers.delete(timer);
      if (message.type === "open") ports.clear();
      try {
        engine.handle(message);
      } catch (error) {
        engine.crash(error);
      }
    });
    timers.add(timer);
  };
  return {
    post(message, given = []) {
      for (const port of given) ports.add(port);
      void loading.then((engine) => pass(message, engine));
    },
    terminate() {
      isEnded = true;
      for (const port of ports) port.close();
      for (const timer of timers) clearTimeout(timer);
      void loading.then((engine) => engine.close());
    },
  };
}
