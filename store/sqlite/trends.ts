/**
 * How often errors happened of late.
 *
 * @module
 */
import { nowToKeep } from "../times.ts";
import type { Database } from "./database.ts";

const TREND_HOURS = 24;
const HOUR_MS = 60 * 60 * 1000;

/** Occurrences by hour of many errors. Values: their ids as a JSON array, first hour, last hour. */
export const HOURS_OF_MANY = `
  select uid, hour, hours.count from json_each(?) as wanted
  cross join errors on errors.uid = wanted.value
  cross join hours on hours.error = errors.id and hour between ? and ?`;

/** {@linkcode Store.trends}: the hour that is running is the last one. */
export function trends(db: Database, ids: readonly string[]): Record<string, number[]> {
  const lastHour = Math.floor(nowToKeep() / HOUR_MS);
  const firstHour = lastHour - TREND_HOURS + 1;
  const byId = new Map(ids.map((id) => [id, new Array<number>(TREND_HOURS).fill(0)]));
  const rows = db.all<{ uid: string; hour: number; count: number }>(HOURS_OF_MANY, [
    JSON.stringify(ids),
    firstHour,
    lastHour,
  ]);
  for (const { uid, hour, count } of rows) byId.get(uid)![hour - firstHour] = count;
  return Object.fromEntries(byId);
}
