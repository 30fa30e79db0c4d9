/**
 * The store in one SQLite file, in this process: the default, nothing to install.
 *
 * @module
 */
import { asked } from "./asked.ts";
import { NEW_ERRORS_AN_HOUR } from "./overflow.ts";
import { SqliteDatabase } from "./drivers/sqlite.ts";
import { Database } from "./sqlite/database.ts";
import { heal } from "./heal.ts";
import { healLogs } from "./sqlite/heal.ts";
import { health } from "./health.ts";
import { keptLog } from "./sqlite/kept_log.ts";
import { listLogs } from "./sqlite/logs.ts";
import { Merges } from "./merge_words.ts";
import { openFile, type SqliteOptions } from "./drivers/open_sqlite.ts";
import { purge } from "./purge.ts";
import { sweep } from "./sweep.ts";
import { logsAfter } from "./sqlite/tail.ts";
import { logRows } from "./sqlite/write.ts";
import { write } from "./write.ts";
import type { Store } from "./store.ts";

export type { SqliteOptions };

/**
 * Opens the store, makes it where it is missing, and brings its schema up to date.
 *
 * @throws {Error} when it cannot be opened: one sentence that names the path and what to do. Whatever is
 * at the path stays as it is.
 *
 * @example
 * ```ts ignore
 * const store = await openSqlite({ path: "./data/holdfast.db" });
 * ```
 */
export async function openSqlite(options: SqliteOptions): Promise<Store> {
  const file = await openFile(options);
  const engine = new SqliteDatabase(file, options.path);
  // For what is not written for both engines yet.
  const db = new Database(file, options.path);
  if (!options.readOnly) await bringToThePresent(engine, db);
  const { newErrorsAnHour = NEW_ERRORS_AN_HOUR } = options;
  const merges = new Merges(engine);
  const log = keptLog(db);
  return {
    ...asked(engine),
    write: async (entries) => {
      const written = await write(engine, logRows(db), { entries, newErrorsAnHour });
      await merges.onWritten(entries.length);
      return written;
    },
    listLogs: promised((query) => listLogs(db, query)),
    logsAfter: promised((query) => logsAfter(db, query)),
    purge: (query) => purge(engine, log, query),
    sweep: (limits, now) => sweep(engine, log, { limits, now }),
    health: () => health(engine, log),
    close: () => engine.close(),
  };

  function promised<Args extends unknown[], Result>(
    work: (...args: Args) => Result,
  ): (...args: Args) => Promise<Result> {
    return (...args) => engine.turn(() => work(...args));
  }
}

async function bringToThePresent(engine: SqliteDatabase, db: Database): Promise<void> {
  try {
    await heal(engine, (_session, times) => Promise.resolve(healLogs(db, times)));
  } catch (error) {
    await engine.close();
    throw error;
  }
}
