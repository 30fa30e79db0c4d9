/**
 * The store in PostgreSQL: one for many instances.
 *
 * @module
 */
import { Database, type PostgresOptions } from "./postgres/database.ts";
import { error, listErrors } from "./postgres/errors.ts";
import { health } from "./postgres/health.ts";
import { listLogs } from "./postgres/logs.ts";
import { occurrence, occurrences, receipt } from "./postgres/occurrences.ts";
import { sweep } from "./postgres/sweep.ts";
import { mute, reopen, resolve, unmute } from "./postgres/verbs.ts";
import { write } from "./postgres/write.ts";
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
  const db = new Database(url, options);
  return {
    write: (entries) => write(db, entries),
    receipt: (errorId) => receipt(db, errorId),
    listErrors: (query) => listErrors(db, query),
    error: (id) => error(db, id),
    occurrences: (id, page) => occurrences(db, id, page),
    occurrence: (errorId) => occurrence(db, errorId),
    listLogs: (query) => listLogs(db, query),
    resolve: (id, options) => resolve(db, id, options),
    reopen: (id, options) => reopen(db, id, options),
    mute: (id, options) => mute(db, id, options),
    unmute: (id, options) => unmute(db, id, options),
    sweep: (limits, now) => sweep(db, limits, now),
    health: () => health(db),
    close: () => db.close(),
  };
}
