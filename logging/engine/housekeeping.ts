import { journalPaths, journalPrefix } from "../queue/journal_file.ts";
import { pause } from "../pause.ts";
import type { FromWorker, WorkerSettings } from "../protocol.ts";
import { replay } from "../queue/replay.ts";
import type { StoreSink } from "../sinks/store.ts";

const EVERY_MS = 60_000;

export interface HousekeepingOptions {
  settings: WorkerSettings;
  store: StoreSink;
  post: (message: FromWorker) => void;
  /** A file could not be read: the next round tries again. */
  onTrouble: (error: unknown) => void;
  signal: AbortSignal;
}

/** Every minute until the signal: stores what dead processes left, and keeps the store within its limits. */
export async function keepHouse(options: HousekeepingOptions): Promise<void> {
  const { store, signal } = options;
  while (!signal.aborted) {
    await replayJournals(options);
    await store.retention?.run();
    await pause(EVERY_MS, signal);
  }
}

async function replayJournals(
  { settings, store, post, onTrouble, signal }: HousekeepingOptions,
): Promise<void> {
  for (const path of journalPaths(settings.dataDir, journalPrefix(settings.storeUrl))) {
    try {
      const write: StoreSink["write"] = (entries) => store.write(entries);
      const replayed = await replay(path, { write, code: settings, signal });
      // Nothing new: all was stored before, or a living process has just made the file and not locked it yet.
      if (!replayed || replayed.records + replayed.torn + replayed.aside === 0) continue;
      post({ type: "replayed", ...replayed });
    } catch (error) {
      onTrouble(error);
    }
  }
}
