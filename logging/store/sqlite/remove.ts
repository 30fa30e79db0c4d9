/**
 * Forgets an error.
 *
 * @module
 */
import type { ErrorSummary } from "../store.ts";
import type { Database } from "./database.ts";
import { type ErrorRow, summaryOf } from "../rows.ts";

/** {@linkcode Store.remove}. */
export function remove(db: Database, id: string): ErrorSummary | null {
  return db.transaction(() => {
    const row = db.get<ErrorRow>("select * from errors where uid = ?", [id]);
    if (row === undefined) return null;
    removeError(db, row.id);
    return summaryOf(row);
  });
}

/** Removes one error with all that is its own. Part of a transaction. */
export function removeError(db: Database, error: number): void {
  // The index of words knows no foreign key.
  db.run(
    "delete from occurrences_words where rowid in (select id from occurrences where error = ?)",
    [error],
  );
  db.run("delete from errors where id = ?", [error]);
}
