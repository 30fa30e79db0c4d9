import type { Database, Session } from "./drivers/database.ts";
import { openFile, type OpenOptions } from "./drivers/open_sqlite.ts";
import { SqliteDatabase } from "./drivers/sqlite.ts";
import { LogBlocks } from "./log/log_blocks.ts";
import { readOut, type ReadOutOptions, type ReadOutQuery } from "./log/read_out.ts";
import { healLog } from "./log/heal.ts";
import { heal } from "./schema/heal.ts";
import type { Store, StoreReads } from "./store.ts";
import { asked, storeOn, type StoreOptions } from "./store_on.ts";

export type { StoreOptions };

/**
 * Opens the store that a URL names: `sqlite:PATH`, `memory:` for one that ends with the process, or
 * `postgres://…`, whose server need not be there yet.
 *
 * @throws {Error} one sentence that says what is wrong and what to do.
 */
export async function openStore(url: string, options: StoreOptions = {}): Promise<Store> {
  if (isPostgres(url)) {
    // Only here: a store in SQLite does not pay for the driver.
    const { openPostgres } = await import("./postgres.ts");
    return openPostgres(url, options);
  }
  return await openSqlite({ path: pathOf(url), ...options });
}

export type SqliteOptions = OpenOptions & StoreOptions;

/**
 * Opens the store, makes it where it is missing, and brings its schema up to date.
 *
 * @throws {Error} when it cannot be opened: one sentence that names the path and what to do. Whatever is
 * at the path stays as it is.
 */
export async function openSqlite(options: SqliteOptions): Promise<Store> {
  const db = new SqliteDatabase(await openFile(options), options.path, options.blocking);
  try {
    if (!options.readOnly) await heal(db, healLog);
  } catch (error) {
    await db.close();
    throw error;
  }
  return storeOn(db, options);
}

/** A store that is only read. */
export interface ReadableStore
  extends Pick<StoreReads, "listErrors" | "error" | "occurrences" | "health"> {
  /** Gives log records as lines of JSON, some at a time, the oldest first. */
  readOut(query: ReadOutQuery, options: ReadOutOptions): AsyncGenerator<string[]>;
  /** How many errors it holds. */
  countErrors(): Promise<number>;
  /** Lets go of files and connections. */
  close(): Promise<void>;
}

/**
 * Opens it to be read alone, beside a running service: changes nothing, and takes no store of another version.
 *
 * @throws {Error} one sentence that says what is wrong and what to do.
 */
export async function openToRead(url: string): Promise<ReadableStore> {
  const db = await databaseToRead(url);
  const { listErrors, error, occurrences, health } = asked(
    Object.assign(db, { log: new LogBlocks(db) }),
  );
  return {
    ...{ listErrors, error, occurrences, health },
    readOut: (query, options) => readOut(db, query, options),
    countErrors: () => db.ask(countErrors),
    close: () => db.close(),
  };
}

async function databaseToRead(url: string): Promise<Database> {
  if (isPostgres(url)) {
    const { openPostgresToRead } = await import("./postgres.ts");
    return openPostgresToRead(url);
  }
  const path = pathOf(url);
  return new SqliteDatabase(await openFile({ path, readOnly: true }), path);
}

async function countErrors(session: Session): Promise<number> {
  const row = await session.get<{ errors: number }>(
    "select count(*) as errors from holdfast.errors",
  );
  return row!.errors;
}

/** Whether a URL names a PostgreSQL. */
export function isPostgres(url: string): boolean {
  return /^postgres(ql)?:/.test(url);
}

/** The path of a SQLite file; `:memory:` for none. @throws {Error} for a URL that is none of ours. */
export function pathOf(url: string): string {
  if (url === "memory:") return ":memory:";
  const path = /^sqlite:(?:\/\/(?=\/))?(.+)$/.exec(url)?.[1];
  if (path !== undefined) return path;
  throw new Error(
    `STORE_URL is not sqlite:PATH, postgres://… or memory:, but starts ${schemeOf(url)}`,
  );
}

function schemeOf(url: string): string {
  return JSON.stringify(url.split(":", 1)[0]!.slice(0, 20));
}
