import type { Session, Statement } from "../database.ts";
import { cleanText } from "../rows.ts";
import type { HistoryEntry } from "../store.ts";
import { isoTime } from "../times.ts";

const MAX_HISTORY = 100;

export interface Deed {
  error: number;
  timeMs: number;
  action: string;
  actor: string;
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

export function historyEntry(deed: Deed): Statement {
  return historyEntries([deed])[0]!;
}

export async function historyOf(session: Session, error: number): Promise<HistoryEntry[]> {
  const rows = await session.all<Omit<HistoryEntry, "time"> & { time: number }>(
    `select time, action, actor, note from holdfast.history where error = $1
     order by id desc limit ${MAX_HISTORY}`,
    [error],
  );
  return rows.map((row) => ({ ...row, time: isoTime(row.time) }));
}
