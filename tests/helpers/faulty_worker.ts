/**
 * The real worker, broken on purpose by what records say: see {@linkcode fault}.
 *
 * @module
 */
import "../../logging/worker.ts";
import { readRecords } from "../../logging/queue/batch.ts";
import type { FromWorker, ToWorker } from "../../logging/protocol.ts";
import { Activity } from "../../logging/engine/activity.ts";
import { type Fault, readFault } from "./fault.ts";

/** Long enough to be taken for hung by every test, short enough to burn little. */
const BUSY_MS = 3_000;

const scope = self as unknown as {
  onmessage: (event: MessageEvent<ToWorker>) => void;
  postMessage: (message: FromWorker, ports?: MessagePort[]) => void;
};
const handle = scope.onmessage;
const post = scope.postMessage.bind(scope);
let activity = new Activity();

scope.onmessage = (event) => {
  const message = event.data;
  if (message.type === "open") activity = new Activity(message.settings.activity);
  if (message.type === "batch") {
    for (const [index, { message: text }] of readRecords(message.fields).entries()) {
      const fault = readFault(text);
      if (fault) breakAs(fault, { batch: message.id, index });
    }
  }
  if (message.type === "lines") {
    for (const [index, line] of message.lines.entries()) {
      const fault = readFault(JSON.parse(line).record.message);
      if (fault) breakAs(fault, { batch: message.id, index });
    }
  }
  handle(event);
};

// Twice, as a worker would that ended before its batch was accepted, and its successor again.
scope.postMessage = (message, ports) => {
  if (message.type === "rejected") post(message);
  post(message, ports);
};

function breakAs({ kind, unless }: Fault, at: { batch: number; index: number }): void {
  if (unless !== undefined) {
    if (exists(unless)) return;
    Deno.writeTextFileSync(unless, "");
  }
  switch (kind) {
    case "crash":
      throw new Error("crashed on purpose");
    case "reject":
      return void Promise.reject(new Error("rejected on purpose"));
    case "close":
      return self.close();
    case "hang":
      return busy();
    case "poison":
      activity.begin(at.batch, at.index);
      throw new Error("poisoned on purpose");
    case "poison-hang":
      activity.begin(at.batch, at.index);
      return busy();
    case "blocked":
      return activity.outside(busy);
  }
}

function busy(): void {
  const endMs = performance.now() + BUSY_MS;
  while (performance.now() < endMs);
}

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
