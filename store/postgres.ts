import { PostgresDatabase, type PostgresOptions } from "./drivers/postgres.ts";
import { heal } from "./schema/heal.ts";
import { healLog } from "./log/heal.ts";
import type { Database } from "./drivers/database.ts";
import { checkPostgres, migratePostgres } from "./schema/migrations.ts";
import type { Store } from "./store.ts";
import { storeOn } from "./store_on.ts";

export type { PostgresOptions };

/**
 * Takes an address. The server is reached, and its schema brought up to date, by the first call that
 * needs it; until then, and whenever it cannot be reached, every call rejects with `StoreBusy`.
 *
 * @throws {Error} when the address can never be right: one sentence that holds nothing secret.
 */
export function openPostgres(url: string, options: PostgresOptions = {}): Store {
  const db = new PostgresDatabase(url, options, async (db) => {
    await migratePostgres(db);
    await heal(db, healLog);
  });
  return storeOn(db, options);
}

/** The same to be read alone: changes nothing, and refuses a schema that is not up to date. */
export function openPostgresToRead(url: string): Database {
  return new PostgresDatabase(url, {}, checkPostgres);
}
