/**
 * What was done to an error.
 *
 * @module
 */
import type { HistoryEntry } from "../store.ts";
import type { Database } from "./database.ts";
import { cleanText } from "../rows.ts";
import { isoTime } from "../times.ts";

/** The newest entries shown of an error's history. */
const MAX_HISTORY = 100;

/** One thing done to an error. */
export interface Deed {
  /** Milliseconds since 1970. */
  timeMs: number;
  /** What was done: `resolved`. */
  action: string;
  /** Who did it. */
  actor: string;
  /** Words about it; empty where there are none. */
  note: string;
}

/** Adds one entry to the history of an error. */
export function addHistory(db: Database, error: number, deed: Deed): void {
  db.run("insert into history (error, time, action, actor, note) values (?, ?, ?, ?, ?)", [
    error,
    deed.timeMs,
    deed.action,
    deed.actor,
    cleanText(deed.note),
  ]);
}

/** The history of an error, the newest entry first. */
export function historyOf(db: Database, error: number): HistoryEntry[] {
  return db.all<Omit<HistoryEntry, "time"> & { time: number }>(
    `select time, action, actor, note from history where error = ?
     order by id desc limit ${MAX_HISTORY}`,
    [error],
  ).map((row) => ({ ...row, time: isoTime(row.time) }));
}
