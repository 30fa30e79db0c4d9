/**
 * What was done to an error.
 *
 * @module
 */
import type { Session, Statement } from "../database.ts";
import { cleanText } from "../rows.ts";
import type { HistoryEntry } from "../store.ts";
import { isoTime } from "../times.ts";

/** The newest entries shown of an error's history. */
const MAX_HISTORY = 100;

/** One thing done to an error. */
export interface Deed {
  /** The error, by its number. */
  error: number;
  timeMs: number;
  /** What was done: `resolved`. */
  action: string;
  /** Who did it. */
  actor: string;
  /** Words about it; empty where there are none. */
  note: string;
}

/** Adds entries to the histories of errors; no statement where there are none. */
export function historyEntries(deeds: readonly Deed[]): Statement[] {
  if (deeds.length === 0) return [];
  const sql = `insert into holdfast.history (error, time, action, actor, note)
    select error, time, action, actor, note from json_to_recordset($1)
      as given (error bigint, time bigint, action text, actor text, note text)`;
  const rows = deeds.map(({ timeMs, note, ...deed }) => (
    { ...deed, time: timeMs, note: cleanText(note) }
  ));
  return [{ sql, values: [JSON.stringify(rows)] }];
}

/** The same for one. */
export function historyEntry(deed: Deed): Statement {
  return historyEntries([deed])[0]!;
}

/** The history of an error, the newest entry first. */
export async function historyOf(session: Session, error: number): Promise<HistoryEntry[]> {
  const rows = await session.all<Omit<HistoryEntry, "time"> & { time: number }>(
    `select time, action, actor, note from holdfast.history where error = $1
     order by id desc limit ${MAX_HISTORY}`,
    [error],
  );
  return rows.map((row) => ({ ...row, time: isoTime(row.time) }));
}
