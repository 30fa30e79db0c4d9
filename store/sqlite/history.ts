/**
 * What was done to an error.
 *
 * @module
 */
import type { Database } from "./database.ts";
import { cleanText } from "../rows.ts";

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
