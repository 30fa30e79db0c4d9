import type { Database, Session } from "../drivers/database.ts";
import { cleanText, type ErrorRow, summaryOf } from "./rows.ts";
import type { ErrorDetail, Group, HistoryEntry } from "../store.ts";
import { HOUR_MS, isoTime, nowToKeep } from "../times.ts";
import { sharesOf } from "../facets/shares.ts";
import { findById } from "./keys.ts";
import { findOccurrence } from "./occurrences.ts";

const MAX_VARIANTS_SHOWN = 20;
const MAX_HISTORY_SHOWN = 100;
const TREND_HOURS = 24;

/** One error by its own id or by an occurrence's id, or null. */
export async function error(db: Database, id: string): Promise<ErrorDetail | null> {
  const row = await db.ask((session) => findById(session, id)) ??
    (await findOccurrence(db, id))?.error;
  return row === undefined ? null : await db.ask((session) => detailOf(session, row));
}

async function detailOf(session: Session, row: ErrorRow): Promise<ErrorDetail> {
  const { id, uid, count, muted_until, muted_count } = row;
  const trends = await trendsOf(session, [uid]);
  return {
    ...summaryOf(row),
    ...await sharesOf(session, id),
    keys: await keysOf(session, id),
    variants: await session.all<{ message: string; count: number }>(
      `select message, count from holdfast.variants where error = $1
       order by count desc, message limit ${MAX_VARIANTS_SHOWN}`,
      [id],
    ),
    trend: trends[uid]!,
    history: await historyOf(session, id),
    muted_until: muted_until === null ? null : isoTime(muted_until),
    muted_more: muted_count === null ? null : muted_count - count,
  };
}

async function keysOf(session: Session, error: number): Promise<ErrorDetail["keys"]> {
  const rows = await session.all<{ key: string; rule: Group["rule"]; parts: string }>(
    "select key, rule, parts from holdfast.error_keys where error = $1 order by key",
    [error],
  );
  return rows.map((row) => ({ ...row, parts: JSON.parse(row.parts) as string[] }));
}

/** The newest entry first. */
async function historyOf(session: Session, error: number): Promise<HistoryEntry[]> {
  type Row = Omit<HistoryEntry, "time" | "occurrence"> & {
    time: number;
    occurrence: string | null;
  };
  const rows = await session.all<Row>(
    `select time, action, actor, note, occurrence from holdfast.history where error = $1
     order by id desc limit ${MAX_HISTORY_SHOWN}`,
    [error],
  );
  return rows.map(({ occurrence, ...row }) => (
    { ...row, time: isoTime(row.time), ...(occurrence !== null && { occurrence }) }
  ));
}

/** Occurrences by hour of many errors. Values: their ids, first hour, last hour. */
export const HOURS_OF_MANY = `
  select uid, hour, hours.count from holdfast.errors
  join holdfast.hours on hours.error = errors.id
  where uid = any ($1) and hour between $2 and $3`;

/** Occurrences an hour for the last 24 hours, the oldest first, by error: for a whole list in one question. */
export function trends(db: Database, ids: readonly string[]): Promise<Record<string, number[]>> {
  return db.ask((session) => trendsOf(session, ids));
}

/** The hour that is running is the last one. */
async function trendsOf(
  session: Session,
  ids: readonly string[],
): Promise<Record<string, number[]>> {
  const lastHour = Math.floor(nowToKeep() / HOUR_MS);
  const firstHour = lastHour - TREND_HOURS + 1;
  const byId = new Map(ids.map((id) => [id, new Array<number>(TREND_HOURS).fill(0)]));
  const rows = await session.all<{ uid: string; hour: number; count: number }>(
    HOURS_OF_MANY,
    [ids.map(cleanText), firstHour, lastHour],
  );
  for (const { uid, hour, count } of rows) byId.get(uid)![hour - firstHour] = count;
  return Object.fromEntries(byId);
}
