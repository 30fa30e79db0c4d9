/**
 * What the engines' files need while they are written over: SQLite's indexes of words are merged, its write-ahead log is kept
 * short and free pages are given back; PostgreSQL vacuums, so that it uses the space of removed rows again.
 */
import type { Database, Session } from "../drivers/database.ts";
import type { LogBlocks } from "../log/log_blocks.ts";
import { mergeWords } from "./merge_words.ts";

/** What the write-ahead log beside the file may take of the store's size … */
const WAL_PART = 1 / 20;
/** … and at most: twice the thousand pages that SQLite itself lets it grow to. */
export const MAX_WAL_BYTES: number = 8 * 1024 * 1024;

/** One transaction more than it may take is no reason to cut it. */
const TOO_LONG = 3 / 2;

const PAGE_BYTES = 4096;

/** Pages given back to the disk in one transaction at most. */
const STEP_PAGES = 250;

/** A vacuum is not worth it for fewer removed rows and records … */
const LEAST_ROWS = 500;
/** … nor for a smaller part of those that are left. */
const ROWS_PART = 1 / 10;

/** A step of it, after so many rows were removed. True while there is more to do. */
export async function tidy(
  db: Database,
  log: LogBlocks,
  { removed, maxBytes }: { removed: number; maxBytes: number },
): Promise<boolean> {
  if (db.engine === "postgres") {
    await vacuum(db, log, removed);
    return false;
  }
  const isMerging = await mergeWords(db);
  await limitWal(db, maxBytes);
  return isMerging;
}

/** What SQLite's write-ahead log may take in a store of this size. */
export function walLimit(maxBytes: number): number {
  return Math.min(maxBytes * WAL_PART, MAX_WAL_BYTES);
}

/**
 * Has its content moved into the file early enough, and cuts it when it has become longer than it may be. A reader that takes long
 * keeps SQLite from beginning it anew, so that it grows; afterwards the file would stay as large as it once was.
 */
async function limitWal(db: Database, maxBytes: number): Promise<void> {
  const limit = walLimit(maxBytes);
  await db.ask(async (session) => {
    // At half of it: a transaction comes on top.
    await session.all(`pragma wal_autocheckpoint = ${Math.floor(limit / PAGE_BYTES / 2)}`);
    await session.all(`pragma journal_size_limit = ${Math.floor(limit)}`);
    // While somebody reads, this moves what it can and cuts nothing.
    if (await walBytes(session) > limit * TOO_LONG) {
      await session.all("pragma wal_checkpoint(truncate)");
    }
  });
}

/** Its size; 0 for a store in memory or one just opened. */
export async function walBytes(session: Session): Promise<number> {
  const main = await session.get<{ file: string }>(
    "select file from pragma_database_list where name = 'main'",
  );
  try {
    return Deno.statSync(`${main!.file}-wal`).size;
  } catch {
    return 0;
  }
}

/**
 * Free pages of SQLite's file are used again by what comes next. Only a file that is larger than it may be gives them back to the
 * disk. True while it does.
 */
export async function giveBack(session: Session, maxBytes: number): Promise<boolean> {
  const { pages, free, size } = await pagesOf(session);
  const most = Math.ceil(pages - maxBytes / size);
  if (most <= 0 || free === 0) return false;
  await session.all(`pragma incremental_vacuum(${Math.min(most, STEP_PAGES)})`);
  return true;
}

/** What is in use in SQLite's file. */
export async function usedBytes(session: Session): Promise<number> {
  const { pages, free, size } = await pagesOf(session);
  return (pages - free) * size;
}

async function pagesOf(
  session: Session,
): Promise<{ pages: number; free: number; size: number }> {
  const row = await session.get<{ pages: number; free: number; size: number }>(
    `select page_count as pages, freelist_count as free, page_size as size
     from pragma_page_count, pragma_freelist_count, pragma_page_size`,
  );
  return row!;
}

/** PostgreSQL's tables that are ours: others may not vacuum them. */
const OWN_TABLES = `
  select relname as name, reltuples as rows from pg_class
  where relnamespace = 'holdfast'::regnamespace and relkind = 'r' and pg_has_role(relowner, 'usage')`;

/** Rows removed since the last time, by this process. */
const rowsGone = new WeakMap<Database, number>();

/**
 * In a large store autovacuum is there before. A small one is written over several times between two of its rounds, a minute by
 * default, and would grow by that much.
 */
async function vacuum(db: Database, log: LogBlocks, removed: number): Promise<void> {
  const gone = (rowsGone.get(db) ?? 0) + removed;
  rowsGone.set(db, gone);
  if (gone < LEAST_ROWS) return;
  try {
    await db.ask(async (session) => {
      const tables = await session.all<{ name: string; rows: number }>(OWN_TABLES);
      // Below 0 where nothing has counted them yet.
      const rows = tables.reduce((sum, { rows }) => sum + Math.max(rows, 0), 0);
      const { records } = await log.size(session);
      if (gone < (rows + records) * ROWS_PART) return;
      rowsGone.set(db, 0);
      for (const { name } of tables) {
        await session.all(`vacuum (skip_locked, truncate false) holdfast.${name}`);
      }
    });
  } catch {
    // It took too long: autovacuum will do it.
  }
}
