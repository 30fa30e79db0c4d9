import type { Database, Session } from "../database.ts";
import { cleanText } from "../rows.ts";
import { HOUR_MS } from "../tally.ts";
import { nowToKeep } from "../times.ts";

const TREND_HOURS = 24;

/** Occurrences by hour of many errors. Values: their ids, first hour, last hour. */
export const HOURS_OF_MANY = `
  select uid, hour, hours.count from holdfast.errors
  join holdfast.hours on hours.error = errors.id
  where uid = any ($1) and hour between $2 and $3`;

/** Occurrences an hour for the last 24 hours, the oldest first, by error: for a whole list in one question. */
export function trends(db: Database, ids: readonly string[]): Promise<Record<string, number[]>> {
  return db.ask((session) => trendsOf(session, ids));
}

/** Occurrences an hour by public id. The hour that is running is the last one. */
export async function trendsOf(
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
