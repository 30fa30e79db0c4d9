import { setImmediate } from "node:timers/promises";
import type { Activity } from "./activity.ts";
import { readRecords } from "../queue/batch.ts";
import { createEncoder, type Encoder } from "../records/encode.ts";
import { toEntry } from "./entry.ts";
import type { ToWorker, WorkerSettings } from "../protocol.ts";
import { readJournalLine } from "../queue/replay.ts";
import { PACKAGE_ROOT } from "../../store/grouping/package_files.ts";
import type { Entry } from "../../store/store.ts";

/** Records encoded before questions have their turn: half of what a sink takes at once, some ms. */
const MAX_RECORDS_A_TURN = 500;

export type BatchMessage = Extract<ToWorker, { type: "batch" | "lines" }>;

export interface BatchEncoderOptions {
  settings: WorkerSettings;
  activity: Activity;
  deliver: (batch: BatchMessage, entries: Entry[]) => void;
  /** Encoding has failed, which is a bug. */
  onCrash: (error: unknown) => void;
  signal: AbortSignal;
}

/** Encodes each record once for all sinks, in turns of the event loop. */
export class BatchEncoder {
  readonly #options: BatchEncoderOptions;
  readonly #encoder: Encoder;
  readonly #waiting: BatchMessage[] = [];
  #running: Promise<void> | undefined;

  constructor(options: BatchEncoderOptions) {
    this.#options = options;
    this.#encoder = createEncoder(options.settings);
  }

  /** Encodes a batch now, or after those before it. */
  add(batch: BatchMessage): void {
    this.#waiting.push(batch);
    this.#running ??= this.#run().catch(this.#options.onCrash);
  }

  /** In turns: a worker handles all messages of its own channel before it looks at another port. */
  async #run(): Promise<void> {
    const { deliver, signal } = this.#options;
    while (this.#waiting.length > 0 && !signal.aborted) {
      for (let records = 0; records < MAX_RECORDS_A_TURN && this.#waiting.length > 0;) {
        const batch = this.#waiting.shift()!;
        const entries = this.#entriesOf(batch);
        deliver(batch, entries);
        records += entries.length;
      }
      await setImmediate();
    }
    this.#running = undefined;
  }

  #entriesOf(batch: BatchMessage): Entry[] {
    const { settings, activity } = this.#options;
    const origin = { root: settings.root, packageRoot: PACKAGE_ROOT };
    const entries = batch.type === "lines"
      ? batch.lines.map((line, index) => {
        activity.begin(batch.id, index);
        return readJournalLine(line, settings);
      })
      : readRecords(batch.fields).map((record, index) => {
        activity.begin(batch.id, index);
        return toEntry(this.#encoder.encode(record), { origin, code: settings });
      });
    activity.end();
    return entries.filter((entry) => entry !== undefined);
  }
}
