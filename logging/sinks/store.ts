/**
 * The store as a sink: opened when it is needed, kept within its limits; a record that it can never take is lost alone, counted.
 *
 * @module
 */
import { Retention } from "../engine/retention.ts";
import { openStore } from "../../store/open.ts";
import {
  type Entry,
  type RetentionLimits,
  type Store,
  StoreBusy,
  type Written,
} from "../../store/store.ts";

/** What the store sink needs and tells. */
export interface StoreSinkOptions {
  url: string;
  /** What it may keep; absent where another process sees to that. */
  limits: RetentionLimits | undefined;
  /** Runs what may have to wait for the outside. */
  outside: <Result>(work: () => Result) => Result;
  /** There may be something to tell the world. */
  onAlerts: () => void;
  /** This record can never be stored. */
  onRejected: (entry: Entry, error: Error) => void;
  /** A step of retention has failed: what it did not do is done by the next one. */
  onTrouble: (error: unknown) => void;
  signal: AbortSignal;
}

/** Owns the store of this engine. */
export class StoreSink {
  /** Keeps the store within its limits; absent where another process does. */
  readonly retention: Retention | undefined;
  readonly #options: StoreSinkOptions;
  #opening: Promise<Store> | undefined;

  /** Opens nothing yet. */
  constructor(options: StoreSinkOptions) {
    this.#options = options;
    const { limits, outside, onTrouble, signal } = options;
    const sweep = async (...args: Parameters<Store["sweep"]>) => {
      const store = await this.open();
      return await outside(() => store.sweep(...args));
    };
    this.retention = limits && new Retention({ limits, sweep, onTrouble, signal });
  }

  /** The store, opened once; tried again after it could not be. @throws {StoreBusy} when it cannot be opened now. */
  open(): Promise<Store> {
    return this.#opening ??= openStore(this.#options.url).catch((cause) => {
      this.#opening = undefined;
      throw new StoreBusy((cause as Error).message, { cause });
    });
  }

  /** Stores entries. Rejects with `StoreBusy` while the store cannot be reached. */
  async write(entries: readonly Entry[]): Promise<Written> {
    const { onAlerts, onRejected } = this.#options;
    try {
      const written = await this.#writeInPortions(entries);
      // A write whose answer was lost comes again, and all of it is there already: its alerts too.
      if (written.alerts.length > 0 || written.duplicates > 0) onAlerts();
      return written;
    } catch (error) {
      if (error instanceof StoreBusy) throw error;
      // One of them is to blame: halve until it stands alone.
      if (entries.length > 1) {
        const half = entries.length >> 1;
        const one = await this.write(entries.slice(0, half));
        return joined(one, await this.write(entries.slice(half)));
      }
      if (entries[0]) onRejected(entries[0], error as Error);
      return NOTHING;
    }
  }

  /** Lets go of the store. */
  async close(): Promise<void> {
    const store = await this.#opening?.catch(() => undefined);
    await store?.close();
  }

  async #writeInPortions(entries: readonly Entry[]): Promise<Written> {
    const { retention } = this;
    const { outside } = this.#options;
    const store = await this.open();
    if (!retention) return await outside(() => store.write(entries));
    let written = NOTHING;
    for (const portion of retention.portions(entries)) {
      written = joined(written, await outside(() => store.write(portion)));
      await retention.onWritten(portion);
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
