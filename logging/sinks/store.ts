/**
 * The store as a sink: one that can never take a certain record loses that record alone, counted.
 *
 * @module
 */
import { type Alert, type Entry, type Store, StoreBusy } from "../store/store.ts";
import type { Sink } from "./sink.ts";

/** What the store sink tells. */
export interface StoreSinkEvents {
  /** Errors are new or came back. */
  onAlerts: (alerts: Alert[]) => void;
  /** This record can never be stored. */
  onRejected: (entry: Entry, error: Error) => void;
}

/** Writes entries into `store`. Rejects with `StoreBusy` while it cannot be reached. */
export function storeSink(store: Store, { onAlerts, onRejected }: StoreSinkEvents): Sink {
  return {
    name: "store",
    write: async (entries) => await write(entries as readonly Entry[]),
    close: () => store.close(),
  };

  async function write(entries: readonly Entry[]): Promise<void> {
    try {
      const { alerts } = await store.write(entries);
      if (alerts.length > 0) onAlerts(alerts);
    } catch (error) {
      if (error instanceof StoreBusy) throw error;
      if (entries.length === 1) return onRejected(entries[0]!, error as Error);
      // One of them is to blame: halve until it stands alone.
      const half = entries.length >> 1;
      await write(entries.slice(0, half));
      await write(entries.slice(half));
    }
  }
}
