/** Copies a SQLite store as it is at one moment, while others write to it. */
import { backup, DatabaseSync } from "node:sqlite";
import { openFile } from "./drivers/open_sqlite.ts";
import { isPostgres, openToRead, pathOf } from "./open.ts";

/**
 * All pages in one step, which reads them in one transaction; writers go on meanwhile. Between two steps, a write of another process
 * would make SQLite begin again (https://www.sqlite.org/c3ref/backup_finish.html).
 */
const ALL_PAGES = 2 ** 31 - 1;

/** For the owner and its group alone, as the store itself. */
const FILE_MODE = 0o640;

/** Where the copy goes. */
export interface BackupOptions {
  file: string;
  /** Replaces an existing file. */
  overwrite: boolean;
}

/** What the copy holds. */
export interface Backup {
  bytes: number;
  logs: number;
  errors: number;
}

/**
 * Copies the store to a name beside the file's, opens the copy, and only then gives it its name.
 *
 * @throws {Error} one sentence that says what is wrong and what to do. Nothing that was there has changed then.
 */
export async function backupStore(
  url: string,
  { file, overwrite }: BackupOptions,
): Promise<Backup> {
  if (isPostgres(url)) {
    throw new Error(
      "The store is a PostgreSQL, which has a program of its own for this: " +
        `pg_dump --schema=holdfast --format=custom --file=${file} "$STORE_URL"`,
    );
  }
  // Before anything is made: it refuses what is no store.
  const source = await openFile({ path: pathOf(url), readOnly: true });
  const copy = `${file}.${Deno.pid}.partial`;
  try {
    checkTarget(file, { overwrite, storePath: pathOf(url) });
    // SQLite itself would let everybody read it.
    Deno.openSync(copy, { create: true, truncate: true, write: true, mode: FILE_MODE }).close();
    await backup(source, copy, { rate: ALL_PAGES });
    makeOneFile(copy);
    const held = await look(copy);
    Deno.renameSync(copy, file);
    return held;
  } catch (cause) {
    if (cause instanceof Unfit) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`Cannot make the backup ${file}: ${reason}`, { cause });
  } finally {
    source.close();
    for (const path of [copy, `${copy}-journal`]) {
      if (exists(path)) Deno.removeSync(path);
    }
  }
}

/** A file that the copy cannot become. */
class Unfit extends Error {}

function checkTarget(
  file: string,
  { overwrite, storePath }: { overwrite: boolean; storePath: string },
): void {
  if (exists(file) && Deno.realPathSync(file) === Deno.realPathSync(storePath)) {
    throw new Unfit(`${file} is the store itself. Name another file for the backup`);
  }
  if (exists(`${file}-wal`)) {
    throw new Unfit(
      `${file}-wal is there: ${file} is in use, or was not closed. Name another file for the backup`,
    );
  }
  if (exists(file) && !overwrite) {
    throw new Unfit(`${file} is there already. Name another file for the backup, or --overwrite`);
  }
}

/** Without a write-ahead log beside it: the service makes one again. */
function makeOneFile(path: string): void {
  const db = new DatabaseSync(path);
  try {
    db.exec("pragma journal_mode = delete");
  } finally {
    db.close();
  }
}

async function look(path: string): Promise<Backup> {
  const store = await openToRead(`sqlite:${path}`);
  try {
    const { size_bytes, logs } = await store.health();
    return { bytes: size_bytes, logs, errors: await store.countErrors() };
  } finally {
    await store.close();
  }
}

function exists(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
