/**
 * The store as a sink: one that can never take a certain record loses that record alone, counted.
 *
 * @module
 */
import { type Entry, type Store, StoreBusy, type Written } from "../../store/store.ts";

/** What the store sink needs and tells. */
export interface StoreSinkOptions {
  /** The open store, which stays its maker's; rejects with `StoreBusy` while there is none. */
  open: () => Promise<Pick<Store, "write">>;
  /** There may be something to tell the world. */
  onAlerts: () => void;
  /** This record can never be stored. */
  onRejected: (entry: Entry, error: Error) => void;
}

/** A sink that says what it stored. */
export interface StoreSink {
  /** Stores entries. Rejects with `StoreBusy` while the store cannot be reached. */
  write(entries: readonly Entry[]): Promise<Written>;
}

/** Writes entries into a store. */
export function storeSink({ open, onAlerts, onRejected }: StoreSinkOptions): StoreSink {
  async function write(entries: readonly Entry[]): Promise<Written> {
    const store = await open();
    try {
      const written = await store.write(entries);
      // A write whose answer was lost comes again, and all of it is there already: its alerts too.
      if (written.alerts.length > 0 || written.duplicates > 0) onAlerts();
      return written;
    } catch (error) {
      if (error instanceof StoreBusy) throw error;
      return await writeHalves(entries, error as Error);
    }
  }

  /** One of them is to blame: halve until it stands alone. */
  async function writeHalves(entries: readonly Entry[], error: Error): Promise<Written> {
    const [first] = entries;
    if (!first || entries.length === 1) {
      if (first) onRejected(first, error);
      return { stored: 0, duplicates: 0, alerts: [] };
    }
    const half = entries.length >> 1;
    const one = await write(entries.slice(0, half));
    const other = await write(entries.slice(half));
    return {
      stored: one.stored + other.stored,
      duplicates: one.duplicates + other.duplicates,
      alerts: [...one.alerts, ...other.alerts],
    };
  }

  return { write };
}
