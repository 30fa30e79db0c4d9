/**
 * What was done to an error.
 *
 * @module
 */
import { actorOf, cleanText } from "../rows.ts";
import { isoTime, nowToKeep } from "../times.ts";
import type { HistoryEntry } from "../store.ts";
import type { Session } from "./database.ts";

/** The newest entries shown of an error's history. */
const MAX_HISTORY = 100;

/** One thing that a person did to an error. */
export interface Deed {
  /** The error, by its number. */
  error: number;
  /** What was done: `merged`. */
  action: string;
  /** Who did it; the operator where absent. */
  by: string | undefined;
  /** Words about it. */
  note: string;
}

/** Adds one entry each to the histories of some errors. */
export async function addHistory(session: Session, deeds: readonly Deed[]): Promise<void> {
  await session.all(
    `insert into holdfast.history (error, time, action, actor, note)
     select error, $1, action, actor, note
     from unnest($2::bigint[], $3::text[], $4::text[], $5::text[]) as given (error, action, actor, note)`,
    [
      nowToKeep(),
      deeds.map(({ error }) => error),
      deeds.map(({ action }) => action),
      deeds.map(({ by }) => actorOf(by)),
      deeds.map(({ note }) => cleanText(note)),
    ],
  );
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
