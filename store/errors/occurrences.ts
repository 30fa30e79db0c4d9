import { decodeCursor, encodeCursor } from "../search/cursor.ts";
import type { Database, Session } from "../drivers/database.ts";
import { maskMessage } from "../grouping/mask_message.ts";
import { findFailure } from "../log/find_failure.ts";
import type { LogRecord } from "../record.ts";
import { cleanText, type ErrorRow, recordOf } from "./rows.ts";
import {
  MAX_TOTAL,
  type Occurrence,
  type OccurrenceDetail,
  type OccurrenceQuery,
  type Page,
  type Receipt,
} from "../store.ts";
import { isoTime } from "../times.ts";
import { findByVariant } from "./keys.ts";

type Place = [time: number, id: number];

const NEWEST: Place = [Number.MAX_SAFE_INTEGER, 0];

/** Occurrences of one error before a place, the newest first. Values: error, time, id, limit. */
export const OCCURRENCES_PAGE = `
  select time, id, error_id, line from holdfast.occurrences
  where error = $1 and (time, id) < ($2, $3) order by time desc, id desc limit $4`;

/** Where a page begins that has an occurrence in its middle. Values: error, its error_id, rows from it upwards. */
export const PAGE_AROUND = `
  select time, id + 1 as id from (
    select time, id from holdfast.occurrences where error = $1 and (time, id) >= (
      select time, id from holdfast.occurrences where error = $1 and error_id = $2
      order by time desc, id desc limit 1
    ) order by time, id limit $3
  ) as upwards order by time desc, id desc limit 1`;

/** The occurrence of an id; the newest, where clients used it twice. */
const BY_ERROR_ID = `
  select * from holdfast.occurrences where error_id = $1 order by id desc limit 1`;

export const WITH_NEIGHBOURS = `
  with found as (${BY_ERROR_ID})
  select error_id, uid as error, line, (
    select error_id from holdfast.occurrences as other
    where other.error = found.error and (other.time, other.id) < (found.time, found.id)
    order by time desc, id desc limit 1
  ) as older, (
    select error_id from holdfast.occurrences as other
    where other.error = found.error and (other.time, other.id) > (found.time, found.id)
    order by time, id limit 1
  ) as newer
  from found join holdfast.errors on errors.id = found.error`;

export function occurrences(
  db: Database,
  id: string,
  { limit, cursor, around }: OccurrenceQuery,
): Promise<Page<Occurrence>> {
  return db.ask(async (session) => {
    const place = cursor === undefined ? undefined : decodeCursor("occurrences", cursor);
    const error = await session.get<{ id: number; kept: number }>(
      "select id, kept from holdfast.errors where uid = $1",
      [cleanText(id)],
    );
    if (error === undefined) return { items: [], total: 0, next: null };
    const before = place ?? await beforePageAround(session, error.id, { limit, around }) ?? NEWEST;
    const rows = await session.all<OccurrenceRow>(
      OCCURRENCES_PAGE,
      [error.id, ...before, limit + 1],
    );
    const shown = rows.slice(0, limit);
    const last = shown.at(-1);
    return {
      items: shown.map(({ error_id, line }) => ({ error_id, error: id, record: recordOf(line) })),
      total: Math.min(error.kept, MAX_TOTAL),
      next: rows.length > limit && last ? encodeCursor("occurrences", [last.time, last.id]) : null,
    };
  });
}

interface OccurrenceRow {
  time: number;
  id: number;
  error_id: string;
  line: string;
}

async function beforePageAround(
  session: Session,
  error: number,
  { limit, around }: OccurrenceQuery,
): Promise<Place | undefined> {
  if (around === undefined) return undefined;
  const values = [error, cleanText(around), Math.ceil(limit / 2)];
  const top = await session.get<{ time: number; id: number }>(PAGE_AROUND, values);
  return top && [top.time, top.id];
}

/** One occurrence by its id, or null. */
export function occurrence(db: Database, errorId: string): Promise<OccurrenceDetail | null> {
  return db.ask(async (session) => {
    const row = await session.get<Omit<OccurrenceDetail, "record"> & { line: string }>(
      WITH_NEIGHBOURS,
      [cleanText(errorId)],
    );
    if (row === undefined) return null;
    const { line, ...rest } = row;
    return { ...rest, record: recordOf(line) };
  });
}

/** The receipt of one occurrence, or null. Works for pruned occurrences as long as their log is kept. */
export async function receipt(db: Database, errorId: string): Promise<Receipt | null> {
  const found = await findOccurrence(db, errorId);
  if (found === undefined) return null;
  const { record, error: { state, resolved_at } } = found;
  return {
    error_id: errorId,
    state,
    occurred_at: record.time,
    resolved_at: resolved_at === null ? null : isoTime(resolved_at),
  };
}

/** An occurrence's record and the error it belongs to: by the occurrence, or where that was pruned by the log. */
export async function findOccurrence(
  db: Database,
  errorId: string,
): Promise<{ record: LogRecord; error: ErrorRow } | undefined> {
  const kept = await db.ask((session) =>
    session.get<ErrorRow & { line: string }>(
      `with found as (${BY_ERROR_ID})
       select errors.*, line from found join holdfast.errors on errors.id = found.error`,
      [cleanText(errorId)],
    )
  );
  if (kept !== undefined) return { record: recordOf(kept.line), error: kept };
  const logged = await findFailure(db, errorId);
  if (logged === undefined) return undefined;
  const { record, key } = logged;
  const masked = maskMessage(record.error?.message ?? record.message);
  const error = await db.ask((session) => findByVariant(session, { key, masked }));
  return error && { record, error };
}
