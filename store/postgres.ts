/**
 * The store in PostgreSQL: one for many instances.
 *
 * @module
 */
import { asked } from "./asked.ts";
import { NEW_ERRORS_AN_HOUR } from "./overflow.ts";
import { PostgresDatabase, type PostgresOptions } from "./drivers/postgres.ts";
import { heal } from "./heal.ts";
import { migratePostgres } from "./migrations.ts";
import { healLogs } from "./postgres/heal.ts";
import { health } from "./health.ts";
import { keptLog } from "./postgres/kept_log.ts";
import { listLogs } from "./postgres/logs.ts";
import { purge } from "./purge.ts";
import { sweep } from "./sweep.ts";
import { logsAfter } from "./postgres/tail.ts";
import { logRows } from "./postgres/write.ts";
import { write } from "./write.ts";
import type { Store } from "./store.ts";

export type { PostgresOptions };

/**
 * Takes an address. The server is reached, and its schema brought up to date, by the first call that
 * needs it; until then, and whenever it cannot be reached, every call rejects with `StoreBusy`.
 *
 * @throws {Error} when the address can never be right: one sentence that holds nothing secret.
 *
 * @example
 * ```ts ignore
 * const store = openPostgres("postgres://holdfast:secret@db.example.com/holdfast?sslmode=verify-full");
 * ```
 */
export function openPostgres(url: string, options: PostgresOptions = {}): Store {
  const db = new PostgresDatabase(url, options, async (db) => {
    await migratePostgres(db);
    await heal(db, healLogs);
  });
  const { newErrorsAnHour = NEW_ERRORS_AN_HOUR } = options;
  return {
    ...asked(db),
    write: (entries) => write(db, logRows, { entries, newErrorsAnHour }),
    listLogs: (query) => listLogs(db, query),
    logsAfter: (query) => logsAfter(db, query),
    purge: (query) => purge(db, keptLog, query),
    sweep: (limits, now) => sweep(db, keptLog, { limits, now }),
    health: () => health(db, keptLog),
    close: () => db.close(),
  };
}
