/** The store in one SQLite file, in this process: the default, nothing to install. */
import { openFile, type OpenOptions } from "./drivers/open_sqlite.ts";
import { SqliteDatabase } from "./drivers/sqlite.ts";
import { heal } from "./heal.ts";
import { healLog } from "./log/heal.ts";
import type { Store } from "./store.ts";
import { storeOn, type StoreOptions } from "./store_on.ts";

export type SqliteOptions = OpenOptions & StoreOptions;

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
  const db = new SqliteDatabase(await openFile(options), options.path, options.blocking);
  try {
    if (!options.readOnly) await heal(db, healLog);
  } catch (error) {
    await db.close();
    throw error;
  }
  return storeOn(db, options);
}
