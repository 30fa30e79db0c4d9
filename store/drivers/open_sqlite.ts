/** Opens the file, or says in one sentence why it cannot. Destroys nothing in any case. */
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { primaryCode } from "./sqlite.ts";
import { NOT_UPDATED, Refused, scriptFrom } from "../schema/migrations.ts";
import { digestOf } from "../errors/rows.ts";
import { VERSION } from "../schema/schema.ts";
import { MAX_WAL_BYTES } from "../retention/tidy.ts";

export interface OpenOptions {
  /** A file path, made with its folder where missing; `:memory:` keeps everything in memory. */
  path: string;
  /** Only read: beside a running service. The file must exist. */
  readOnly?: boolean;
  /** A steady clock in milliseconds. Default: the machine's. */
  now?: () => number;
}

/** "hold" in ASCII: tells our files from those of other programs. */
const APPLICATION_ID = 0x686f6c64;

/** Two processes that open the same new file wait for one another this long. */
const OPEN_DEADLINE_MS = 5000;
/** And while one of them brings an older file up to date: a million rows of traffic take some ten seconds. */
const UPDATE_DEADLINE_MS = 60_000;
const OPEN_RETRY_MS = 20;

/**
 * Writers block their thread this long for one another; then it serves the other sinks for a moment before the next try
 * (`sqlite.ts`).
 */
const BUSY_TIMEOUT_MS = 5;

/** Measured: the index of 200,000 records is written a quarter faster than with SQLite's 2 MB. */
const CACHE_KB = 16 * 1024;

/** Records hold what people sent: for the owner and its group alone, as the log file and the journal. */
const FILE_MODE = 0o640;

const SQLITE_BUSY = 5;
const SQLITE_NOTADB = 26;
const SQLITE_CORRUPT = 11;

/**
 * Opens the file, makes it where it is missing, and migrates it.
 *
 * @throws {Error} one sentence that names the path, the cause and what to do.
 */
export async function openFile(
  { path, readOnly = false, now = () => performance.now() }: OpenOptions,
): Promise<DatabaseSync> {
  if (path !== ":memory:") preparePath(path, readOnly);
  else if (readOnly) {
    throw new Error("STORE_URL is memory: such a store is in the memory of its service alone");
  }
  const beganMs = now();
  while (true) {
    try {
      return open(path, readOnly);
    } catch (cause) {
      if (primaryCode(cause) !== SQLITE_BUSY) throw sentence(path, cause);
      const waitedMs = now() - beganMs;
      if (waitedMs > UPDATE_DEADLINE_MS) throw sentence(path, cause);
      if (waitedMs > OPEN_DEADLINE_MS && !isOlder(path)) throw sentence(path, cause);
      await new Promise((resolve) => setTimeout(resolve, OPEN_RETRY_MS));
    }
  }
}

/** Whether an older version wrote it: then whoever holds it brings it up to date. */
function isOlder(path: string): boolean {
  try {
    using db = new DatabaseSync(path, { readOnly: true, timeout: BUSY_TIMEOUT_MS });
    const version = first(db, "pragma user_version");
    return version > 0 && version < VERSION;
  } catch {
    return false;
  }
}

function preparePath(path: string, readOnly: boolean): void {
  const found = statOrUndefined(path);
  if (found?.isDirectory) {
    throw new Error(
      `Cannot open the store at ${path}: it is a folder. Name a file in it, for example ` +
        `STORE_URL=sqlite:${path.replace(/\/+$/, "")}/holdfast.db`,
    );
  }
  if (found !== undefined) return;
  if (readOnly) {
    throw new Error(
      `Cannot read the store at ${path}: there is no such file. Start the service once, or ` +
        "point STORE_URL at its store",
    );
  }
  try {
    Deno.mkdirSync(dirname(path), { recursive: true });
    // SQLite itself would let everybody read; its journal takes the file's mode.
    Deno.openSync(path, { create: true, append: true, mode: FILE_MODE }).close();
  } catch (cause) {
    throw sentence(path, cause);
  }
}

function statOrUndefined(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.statSync(path);
  } catch {
    return undefined;
  }
}

function open(path: string, readOnly: boolean): DatabaseSync {
  const db = new DatabaseSync(path, { readOnly, timeout: BUSY_TIMEOUT_MS });
  try {
    checkOwner(db);
    // Before anything is changed: it refuses what is not for us.
    scriptFrom(first(db, "pragma user_version"), "sqlite");
    if (readOnly) checkCurrent(db);
    else prepare(db);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

function checkOwner(db: DatabaseSync): void {
  const tables = first(db, "select count(*) from sqlite_schema");
  const owner = first(db, "pragma application_id");
  if (owner !== APPLICATION_ID && (owner !== 0 || tables > 0)) {
    throw new Refused("it is the database of another program. Point STORE_URL at another path");
  }
}

function checkCurrent(db: DatabaseSync): void {
  if (scriptFrom(first(db, "pragma user_version"), "sqlite") !== undefined) {
    throw new Refused(NOT_UPDATED);
  }
}

function prepare(db: DatabaseSync): void {
  // Before the first table, or it has no effect. Costs nothing measurable on writing, and lets the
  // sweep give space back to the disk when STORE_MAX_MB is lowered.
  first(db, "pragma auto_vacuum = incremental");
  first(db, "pragma journal_mode = wal");
  // In WAL mode this survives the death of the process; a power cut may take the last transactions.
  first(db, "pragma synchronous = normal");
  // The sweep sets a lower one, where the store's own limit is low.
  first(db, `pragma journal_size_limit = ${MAX_WAL_BYTES}`);
  first(db, "pragma foreign_keys = on");
  first(db, `pragma cache_size = -${CACHE_KB}`);
  migrate(db);
}

function migrate(db: DatabaseSync): void {
  if (scriptFrom(first(db, "pragma user_version"), "sqlite") === undefined) return;
  db.function("md5", { deterministic: true }, (text) => digestOf(String(text)));
  first(db, "begin immediate");
  try {
    // Again, now that nobody else can change it: another process may have been first.
    const script = scriptFrom(first(db, "pragma user_version"), "sqlite");
    if (script !== undefined) {
      db.exec(script);
      first(db, `pragma application_id = ${APPLICATION_ID}`);
      first(db, `pragma user_version = ${VERSION}`);
    }
    first(db, "commit");
  } catch (error) {
    if (db.isTransaction) db.exec("rollback");
    throw error;
  }
}

/** The first number of a statement's answer. Not `exec`: its errors do not carry SQLite's code. */
function first(db: DatabaseSync, sql: string): number {
  return Number(Object.values(db.prepare(sql).get() ?? {})[0]);
}

function sentence(path: string, cause: unknown): Error {
  return new Error(`Cannot open the store at ${path}: ${reason(cause)}`, { cause });
}

function reason(cause: unknown): string {
  if (cause instanceof Refused) return cause.message;
  const code = primaryCode(cause);
  if (code === SQLITE_NOTADB || code === SQLITE_CORRUPT) {
    return "the file is damaged or is not a SQLite database. Nothing was changed: restore a copy, " +
      "or move it away to start with an empty store";
  }
  if (code === SQLITE_BUSY) {
    return `another process has held it for ${OPEN_DEADLINE_MS} ms. Stop that process, or point ` +
      "STORE_URL at another path";
  }
  const detail = cause instanceof Error ? cause.message : String(cause);
  return `${detail}. Make the file and its folder writable, or point STORE_URL at another path`;
}
