/**
 * Single occurrences, and what a client may know of them.
 *
 * @module
 */
import { decodeCursor, encodeCursor } from "../cursor.ts";
import { MAX_TOTAL, type Occurrence, type Page, type Receipt } from "../store.ts";
import { exactWord } from "../words.ts";
import type { Database } from "./database.ts";
import { matchExact } from "./match.ts";
import { type ErrorRow, isoTime, recordOf } from "../rows.ts";

/** Occurrences of one error before an id, the newest first. Values: error, before, limit. */
export const OCCURRENCES_PAGE = `
  select id, error_id, line from occurrences where error = ? and id < ? order by id desc limit ?`;

/** {@linkcode Store.occurrences}. */
export function occurrences(
  db: Database,
  id: string,
  { limit, cursor }: { limit: number; cursor?: string },
): Page<Occurrence> {
  const before = cursor === undefined
    ? Number.MAX_SAFE_INTEGER
    : decodeCursor("occurrences", cursor)[0];
  const error = db.get<{ id: number; kept: number }>("select id, kept from errors where uid = ?", [
    id,
  ]);
  if (error === undefined) return { items: [], total: 0, next: null };
  const rows = db.all<OccurrenceRow>(OCCURRENCES_PAGE, [error.id, before, limit + 1]);
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    items: shown.map((row) => ({
      error_id: row.error_id,
      error: id,
      record: recordOf(row.line),
    })),
    total: Math.min(error.kept, MAX_TOTAL),
    next: rows.length > shown.length && last ? encodeCursor("occurrences", [last.id, 0]) : null,
  };
}

/** {@linkcode Store.occurrence}. */
export function occurrence(db: Database, errorId: string): Occurrence | null {
  const row = db.get<{ error_id: string; uid: string; line: string }>(
    `select error_id, uid, line from occurrences join errors on errors.id = occurrences.error
     where error_id = ? order by occurrences.id desc limit 1`,
    [errorId],
  );
  if (row === undefined) return null;
  return { error_id: row.error_id, error: row.uid, record: recordOf(row.line) };
}

/** {@linkcode Store.receipt}. */
export function receipt(db: Database, errorId: string): Receipt | null {
  const line = db.get<{ line: string }>(
    "select line from occurrences where error_id = ? order by id desc limit 1",
    [errorId],
  )?.line ?? findLog(db, errorId)?.line;
  const error = findErrorOf(db, errorId);
  if (line === undefined || error === undefined) return null;
  return {
    error_id: errorId,
    state: error.state,
    occurred_at: recordOf(line).time,
    resolved_at: error.resolved_at === null ? null : isoTime(error.resolved_at),
  };
}

/** The error an occurrence belongs to: by the occurrence, or where that was pruned by its log. */
export function findErrorOf(db: Database, errorId: string): ErrorRow | undefined {
  return db.get<ErrorRow>(
    `select errors.* from occurrences join errors on errors.id = occurrences.error
     where occurrences.error_id = ? order by occurrences.id desc limit 1`,
    [errorId],
  ) ?? findLog(db, errorId)?.error;
}

interface OccurrenceRow {
  id: number;
  error_id: string;
  line: string;
}

/** The log of a failure and the error that its key belongs to now. */
function findLog(db: Database, errorId: string): { line: string; error: ErrorRow } | undefined {
  const log = db.get<{ line: string; error_key: string }>(
    `select line, error_key from logs_words join logs on logs.id = logs_words.rowid
     where logs_words match ? and error_key is not null and line ->> '$.error_id' = ?
     order by logs_words.rowid desc limit 1`,
    [matchExact([exactWord("id", errorId)]), errorId],
  );
  if (log === undefined) return undefined;
  const error = db.get<ErrorRow>(
    "select errors.* from error_keys join errors on errors.id = error_keys.error where key = ?",
    [log.error_key],
  );
  return error && { line: log.line, error };
}
