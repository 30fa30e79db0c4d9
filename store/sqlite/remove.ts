/**
 * What goes: an error that somebody forgets, and what retention takes away.
 *
 * @module
 */
import { type ErrorRow, summaryOf } from "../rows.ts";
import type { ErrorSummary } from "../store.ts";
import type { Database } from "./database.ts";

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

/** The errors of a service that are missed least: resolved ones, those seen once, muted ones last; of each the oldest. */
export function removeLeastUseful(db: Database, service: string, most: number): number {
  const errors = db.all<{ id: number }>(
    `select id from errors where svc_name = ? and id > 0
     order by case state when 'resolved' then 0 when 'open' then 1 else 2 end, count > 1, last_seen
     limit ?`,
    [service, most],
  );
  for (const { id } of errors) removeError(db, id);
  return errors.length;
}

/** The oldest logs before an id. Says how many. */
export function removeLogs(
  db: Database,
  { before, most }: { before: number; most: number },
): number {
  const rows = db.all<{ id: number }>("select id from logs where id < ? order by id limit ?", [
    before,
    most,
  ]);
  removeLogsAt(db, rows.map(({ id }) => id));
  return rows.length;
}

const LOG_BYTES = "select octet_length(line) as bytes from logs where id = ?";

/** These logs. */
export function removeLogsAt(db: Database, ids: readonly number[]): void {
  let bytes = 0;
  for (const id of ids) {
    // Not by "returning", which reads the line: ten times as long.
    bytes += db.get<{ bytes: number }>(LOG_BYTES, [id])?.bytes ?? 0;
    db.run("delete from logs_words where rowid = ?", [id]);
    db.run("delete from logs where id = ?", [id]);
  }
  if (ids.length === 0) return;
  db.run("update log_count set rows = rows - ?, bytes = bytes - ?", [ids.length, bytes]);
}

/** The oldest occurrences of one error before an id. Says how many. */
export function removeOldest(
  db: Database,
  error: number,
  { most, before }: { most: number; before: number },
): number {
  const rows = db.all<{ id: number; bytes: number }>(
    `select id, octet_length(line) as bytes from occurrences
     where error = ? and id < ? order by id limit ?`,
    [error, before, most],
  );
  for (const { id } of rows) {
    db.run("delete from occurrences_words where rowid = ?", [id]);
    db.run("delete from occurrences where id = ?", [id]);
  }
  db.run(
    `update errors set kept = kept - ?, bytes = bytes - ?, oldest_kept = coalesce(
       (select min(id) from occurrences where occurrences.error = errors.id), oldest_kept
     ) where id = ?`,
    [rows.length, sumOf(rows), error],
  );
  return rows.length;
}

function sumOf(rows: readonly { bytes: number }[]): number {
  return rows.reduce((sum, { bytes }) => sum + bytes, 0);
}
