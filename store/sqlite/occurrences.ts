/**
 * Single occurrences, and what a client may know of them.
 *
 * @module
 */
import { decodeCursor, encodeCursor } from "../cursor.ts";
import {
  MAX_TOTAL,
  type Occurrence,
  type OccurrenceDetail,
  type OccurrenceQuery,
  type Page,
} from "../store.ts";
import type { Database } from "./database.ts";
import { recordOf } from "../rows.ts";

/** Occurrences of one error before an id, the newest first. Values: error, before, limit. */
export const OCCURRENCES_PAGE = `
  select id, error_id, line from occurrences where error = ? and id < ? order by id desc limit ?`;

/** The neighbours of one occurrence. Values: error, its id. */
export const OLDER = `
  select error_id from occurrences where error = ? and id < ? order by id desc limit 1`;

/** See {@linkcode OLDER}. */
export const NEWER = `
  select error_id from occurrences where error = ? and id > ? order by id limit 1`;

/** Where a page begins that has an occurrence in its middle. Values: error, its error_id, rows from it upwards. */
export const PAGE_AROUND = `
  select max(id) + 1 as before from (
    select id from occurrences where error = ?1 and id >= (
      select max(id) from occurrences where error_id = ?2 and error = ?1
    ) order by id limit ?3
  )`;

/** {@linkcode Store.occurrences}. */
export function occurrences(
  db: Database,
  id: string,
  { limit, cursor, around }: OccurrenceQuery,
): Page<Occurrence> {
  const place = cursor === undefined ? undefined : decodeCursor("occurrences", cursor)[0];
  const error = db.get<{ id: number; kept: number }>("select id, kept from errors where uid = ?", [
    id,
  ]);
  if (error === undefined) return { items: [], total: 0, next: null };
  const before = place ?? beforePageAround(db, error.id, { limit, around }) ??
    Number.MAX_SAFE_INTEGER;
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

function beforePageAround(
  db: Database,
  error: number,
  { limit, around }: OccurrenceQuery,
): number | null {
  if (around === undefined) return null;
  const values = [error, around, Math.ceil(limit / 2)];
  return db.get<{ before: number | null }>(PAGE_AROUND, values)!.before;
}

/** {@linkcode Store.occurrence}. */
export function occurrence(db: Database, errorId: string): OccurrenceDetail | null {
  const row = db.get<OccurrenceRow & { error: number; uid: string }>(
    `select occurrences.id, error, error_id, uid, line
     from occurrences join errors on errors.id = occurrences.error
     where error_id = ? order by occurrences.id desc limit 1`,
    [errorId],
  );
  if (row === undefined) return null;
  return {
    error_id: row.error_id,
    error: row.uid,
    record: recordOf(row.line),
    older: db.get<{ error_id: string }>(OLDER, [row.error, row.id])?.error_id ?? null,
    newer: db.get<{ error_id: string }>(NEWER, [row.error, row.id])?.error_id ?? null,
  };
}

interface OccurrenceRow {
  id: number;
  error_id: string;
  line: string;
}
