/**
 * What was done to an error.
 *
 * @module
 */
import { isoTime } from "../rows.ts";
import type { HistoryEntry } from "../store.ts";
import type { Session } from "./database.ts";

/** The newest entries shown of an error's history. */
const MAX_HISTORY = 100;

/** The history of an error, the newest entry first. */
export async function historyOf(session: Session, error: number): Promise<HistoryEntry[]> {
  const rows = await session.all<Omit<HistoryEntry, "time"> & { time: number }>(
    `select time, action, actor, note from holdfast.history where error = $1
     order by id desc limit ${MAX_HISTORY}`,
    [error],
  );
  return rows.map((row) => ({ ...row, time: isoTime(row.time) }));
}
