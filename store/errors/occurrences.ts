import { decodeCursor, encodeCursor } from "../search/cursor.ts";
import type { Database, Session } from "../drivers/database.ts";
import { maskMessage } from "../grouping/mask_message.ts";
import { eventIdIn, isEventId } from "../ids.ts";
import { findFailure, findFirstEvent, type LoggedFailure } from "../log/find_failure.ts";
import type { LogRecord } from "../record.ts";
import { cleanText, type ErrorRow, occurrenceId, proofOf, recordOf } from "./rows.ts";
import {
  MAX_TOTAL,
  type Occurrence,
  type OccurrenceDetail,
  type OccurrenceQuery,
  type OccurrenceTimes,
  type Page,
  type Receipt,
  StoreBusy,
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

const TIMES_BEFORE = `
  select time, error_id from holdfast.occurrences
  where error = $1 and (time, id) < ($2, $3) order by time desc, id desc limit $4`;

/** Answered from an index alone. */
const COUNT_NEWER = `
  select count(*) as newer from (
    select 1 from holdfast.occurrences where error = $1 and (time, id) >= ($2, $3)
    limit ${MAX_TOTAL}
  ) as found`;

/** When the newest happened, or those around one: without their records. */
export function occurrenceTimes(
  db: Database,
  id: string,
  { limit, around }: Omit<OccurrenceQuery, "cursor">,
): Promise<OccurrenceTimes> {
  return db.ask(async (session) => {
    const error = await session.get<{ id: number; kept: number }>(
      "select id, kept from holdfast.errors where uid = $1",
      [cleanText(id)],
    );
    if (error === undefined) return { items: [], newer: 0, total: 0 };
    const before = await beforePageAround(session, error.id, { limit, around });
    const values = [error.id, ...before ?? NEWEST, limit];
    const rows = await session.all<{ time: number; error_id: string }>(TIMES_BEFORE, values);
    const above = before &&
      await session.get<{ newer: number }>(COUNT_NEWER, [error.id, ...before]);
    return {
      items: rows.map(({ time, error_id }) => ({ error_id, time: isoTime(time) })),
      newer: above?.newer ?? 0,
      total: Math.min(error.kept, MAX_TOTAL),
    };
  });
}

/** One occurrence by its id or its event's, or null. */
export async function occurrence(db: Database, id: string): Promise<OccurrenceDetail | null> {
  const found = await withNeighbours(db, id);
  if (found !== null) return found;
  const event = await findEvent(db, id);
  return event === undefined ? null : await withNeighbours(db, event.error_id);
}

function withNeighbours(db: Database, errorId: string): Promise<OccurrenceDetail | null> {
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

/**
 * The receipt of one occurrence by its id or its event's, or null. Works for pruned occurrences as long as their log is kept.
 *
 * @throws {StoreBusy} when that takes too long.
 */
export async function receipt(db: Database, id: string): Promise<Receipt | null> {
  const found = await findOccurrence(db, id);
  if (found === undefined) return null;
  const { record, error } = found;
  const { state, resolved_at, resolved_in } = error;
  // An error that came back still says which release was to fix it: whoever holds the receipt would take it for the fix.
  const fix = resolved_at === null
    ? { resolved_at: null, resolved_in: null, proof: null }
    : { resolved_at: isoTime(resolved_at), resolved_in, proof: proofOf(error) };
  return { error_id: occurrenceId(record), state, occurred_at: record.time, ...fix };
}

/** A record and the error it belongs to. */
interface Found {
  record: LogRecord;
  error: ErrorRow;
}

/** By an occurrence's id or its event's: the occurrence, or where that was pruned the log. */
export async function findOccurrence(db: Database, id: string): Promise<Found | undefined> {
  const kept = await keptOccurrence(db, id);
  if (kept !== undefined) return kept;
  // An id of ours is never an event's first: who learns one could send an event that answers for it.
  const logged = isEventId(id) ? undefined : await findFailure(db, id);
  if (logged !== undefined) return await errorOf(db, logged);
  const event = await findEvent(db, id);
  if (event === undefined) return undefined;
  return await keptOccurrence(db, event.error_id) ??
    (event.logged && await errorOf(db, event.logged));
}

async function keptOccurrence(db: Database, errorId: string): Promise<Found | undefined> {
  const row = await db.ask((session) =>
    session.get<ErrorRow & { line: string }>(
      `with found as (${BY_ERROR_ID})
       select errors.*, line from found join holdfast.errors on errors.id = found.error`,
      [cleanText(errorId)],
    )
  );
  return row && { record: recordOf(row.line), error: row };
}

/** The first occurrence of a client's event, of those that are kept. */
const BY_EVENT_ID = `
  select error_id from holdfast.occurrences where event_id = $1 order by id limit 1`;

/**
 * The first that came with an event's id. The log is asked even where an occurrence is kept: the first one's may have been pruned,
 * and what another service sent with the same id must not answer for it.
 */
async function findEvent(
  db: Database,
  id: string,
): Promise<{ error_id: string; logged?: LoggedFailure } | undefined> {
  const eventId = eventIdIn(id);
  if (eventId === undefined) return undefined;
  const kept = await db.ask((session) => session.get<{ error_id: string }>(BY_EVENT_ID, [eventId]));
  try {
    const logged = await findFirstEvent(db, eventId);
    return logged ? { error_id: occurrenceId(logged.record), logged } : kept;
  } catch (error) {
    // The log was not searched in time.
    if (kept !== undefined && error instanceof StoreBusy) return kept;
    throw error;
  }
}

async function errorOf(db: Database, logged: LoggedFailure): Promise<Found | undefined> {
  const { record, key } = logged;
  const masked = maskMessage(record.error?.message ?? record.message);
  const error = await db.ask((session) => findByVariant(session, { key, masked }));
  return error && { record, error };
}
