import { Retention } from "../engine/retention.ts";
import { openStore } from "../../store/open.ts";
import {
  type Entry,
  type RetentionLimits,
  type Store,
  StoreBusy,
  type Written,
} from "../../store/store.ts";

export interface StoreSinkOptions {
  url: string;
  /** Absent where another process keeps the store within its limits. */
  limits: RetentionLimits | undefined;
  /** Runs each call of SQLite, which may wait for the disk. */
  blocking: <Result>(call: () => Result) => Result;
  /** There may be an alert to send. */
  onAlerts: () => void;
  onRejected: (entry: Entry, error: Error) => void;
  /** A step of retention has failed: the next one does its work. */
  onTrouble: (error: unknown) => void;
  signal: AbortSignal;
}

/** The store as a sink: opened when it is needed, kept within its limits; a record that it can never take is dropped alone. */
export class StoreSink {
  readonly retention: Retention | undefined;
  readonly #options: StoreSinkOptions;
  #opening: Promise<Store> | undefined;

  constructor(options: StoreSinkOptions) {
    this.#options = options;
    const { limits, onTrouble, signal } = options;
    const sweep = async (...args: Parameters<Store["sweep"]>) =>
      await (await this.open()).sweep(...args);
    this.retention = limits && new Retention({ limits, sweep, onTrouble, signal });
  }

  /** Opens the store once; after a failure the next call tries again. @throws {StoreBusy} when it cannot be opened now. */
  open(): Promise<Store> {
    const { url, blocking } = this.#options;
    return this.#opening ??= openStore(url, { blocking }).catch((cause) => {
      this.#opening = undefined;
      throw new StoreBusy((cause as Error).message, { cause });
    });
  }

  /** Rejects with `StoreBusy` while the store cannot be reached. */
  async write(entries: readonly Entry[]): Promise<Written> {
    const { onAlerts, onRejected } = this.#options;
    try {
      const written = await this.#writeInPortions(entries);
      // A write whose answer was lost comes again, with all of it stored already, its alerts too.
      if (written.alerts.length > 0 || written.duplicates > 0) onAlerts();
      return written;
    } catch (error) {
      if (error instanceof StoreBusy) throw error;
      // One of them is to blame: halve until it is alone.
      if (entries.length > 1) {
        const half = entries.length >> 1;
        const one = await this.write(entries.slice(0, half));
        return joined(one, await this.write(entries.slice(half)));
      }
      if (entries[0]) onRejected(entries[0], error as Error);
      return NOTHING;
    }
  }

  async close(): Promise<void> {
    const store = await this.#opening?.catch(() => undefined);
    await store?.close();
  }

  async #writeInPortions(entries: readonly Entry[]): Promise<Written> {
    const store = await this.open();
    let written = NOTHING;
    for (const portion of this.retention?.portions(entries) ?? [entries]) {
      written = joined(written, await store.write(portion));
      await this.retention?.onWritten(portion);
    }
    return written;
  }
}

const NOTHING: Written = { stored: 0, duplicates: 0, alerts: [] };

function joined(one: Written, other: Written): Written {
  return {
    stored: one.stored + other.stored,
    duplicates: one.duplicates + other.duplicates,
    alerts: [...one.alerts, ...other.alerts],
  };
}
