/**
 * The write-ahead log beside the file: part of the store's size, and bounded with it.
 *
 * A reader that takes long keeps SQLite from beginning it anew, so that it grows; afterwards the file would stay as large as it
 * once was.
 *
 * @module
 */
import type { Database } from "./database.ts";

/** What it may take of the store's size … */
const JOURNAL_PART = 1 / 20;
/** … and at most: twice the thousand pages that SQLite itself lets it grow to. */
export const MAX_JOURNAL_BYTES: number = 8 * 1024 * 1024;

/** One transaction more than it may take is no reason to cut it. */
const TOO_LONG = 3 / 2;

const PAGE_BYTES = 4096;

/** What it may take of a store of this size. */
export function journalBytes(maxBytes: number): number {
  return Math.min(maxBytes * JOURNAL_PART, MAX_JOURNAL_BYTES);
}

/** Has its content moved into the file early enough, and cuts it when it has become longer than it may be. */
export function limitJournal(db: Database, maxBytes: number): void {
  const limit = journalBytes(maxBytes);
  // At half of it: a transaction comes on top.
  db.all(`pragma wal_autocheckpoint = ${Math.floor(limit / PAGE_BYTES / 2)}`);
  db.all(`pragma journal_size_limit = ${Math.floor(limit)}`);
  // While somebody reads, this moves what it can and cuts nothing.
  if (journalSize(db) > limit * TOO_LONG) db.all("pragma wal_checkpoint(truncate)");
}

/** Its size; 0 for a store in memory or one just opened. */
export function journalSize({ path }: Database): number {
  try {
    return Deno.statSync(`${path}-wal`).size;
  } catch {
    return 0;
  }
}
