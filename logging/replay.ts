/**
 * Brings what dead processes spilled into the store; a spill file is removed only after all of it is stored.
 *
 * @module
 */
import { openOrphan, type Orphan, orphans } from "./spill.ts";
import type { Entry, Store } from "./store/store.ts";

const MAX_REPLAY_RECORDS = 500;

/** What came of a spill file. */
export interface Replayed {
  /** The file. */
  path: string;
  /** Records that the store had not seen before. */
  records: number;
  /** Lines that were torn by the death of their process. */
  torn: number;
}

/** The part of a store that a replay needs. */
export type StoreWrites = Pick<Store, "write">;

/** How an entry stands in a spill file: one line, its group beside it, as the code was that failed. */
export function spillLine({ line, group }: Entry): string {
  return `{"record":${line}${group ? `,"group":${JSON.stringify(group)}` : ""}}`;
}

/** Replays every spill file in `dir` whose process has died. @throws when the store is busy: try again later. */
export async function* replayAll(dir: string, store: StoreWrites): AsyncGenerator<Replayed> {
  for (const orphan of orphans(dir)) yield await replay(orphan, store);
}

/** Replays one spill file; nothing when it is gone or in use. @throws when the store is busy. */
export async function replayFile(
  path: string,
  store: StoreWrites,
): Promise<Replayed | undefined> {
  const orphan = openOrphan(path);
  return orphan && await replay(orphan, store);
}

async function replay(orphan: Orphan, store: StoreWrites): Promise<Replayed> {
  using file = orphan;
  const done = { path: file.path, records: 0, torn: file.torn };
  for (let from = 0; from < file.lines.length; from += MAX_REPLAY_RECORDS) {
    const entries = file.lines.slice(from, from + MAX_REPLAY_RECORDS).flatMap((line) => {
      const entry = readEntry(line);
      if (!entry) done.torn++;
      return entry ?? [];
    });
    const { stored, duplicates } = await store.write(entries);
    done.records += stored - duplicates;
  }
  file.remove();
  return done;
}

function readEntry(line: string): Entry | undefined {
  try {
    const { record, group } = JSON.parse(line) as Pick<Entry, "record" | "group">;
    if (typeof record.boot_id !== "string" || typeof record.seq !== "number") return undefined;
    return { record, line: JSON.stringify(record), group };
  } catch {
    return undefined;
  }
}
