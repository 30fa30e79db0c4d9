/**
 * What a person does to an error: resolve, reopen, mute, unmute, note. Doing what is already so changes
 * nothing and leaves no history.
 *
 * @module
 */
import type { SQLInputValue } from "node:sqlite";
import type { Change, ErrorSummary } from "../store.ts";
import type { Database } from "./database.ts";
import { addHistory } from "./history.ts";
import { actorOf, cleanText, type ErrorRow, summaryOf } from "../rows.ts";
import { isoTime, nowToKeep } from "../times.ts";

/** {@linkcode Store.change}. */
export function change(
  db: Database,
  ids: readonly string[],
  change: Change,
): ErrorSummary[] {
  switch (change.action) {
    case "resolve":
      return resolve(db, ids, change);
    case "reopen":
      return reopen(db, ids, change);
    case "mute":
      return mute(db, ids, change);
    case "unmute":
      return unmute(db, ids, change);
    case "note":
      return note(db, ids, change);
  }
}

type Of<Action extends Change["action"]> = Extract<Change, { action: Action }>;

function resolve(
  db: Database,
  ids: readonly string[],
  { release, note = "", by }: Of<"resolve">,
): ErrorSummary[] {
  const resolvedIn = release === undefined ? null : cleanText(release);
  return act(db, ids, {
    action: "resolved",
    by,
    note: [release === undefined ? "" : `in release ${release}`, note].filter(Boolean).join(": "),
    sql: `update errors set
            state = 'resolved', resolved_at = ?2, resolved_in = ?3,
            muted_at = null, muted_until = null, muted_count = null
          where uid = ?1 and (state <> 'resolved' or resolved_in is not ?3) returning *`,
    values: [nowToKeep(), resolvedIn],
  });
}

function reopen(
  db: Database,
  ids: readonly string[],
  { note = "", by }: Of<"reopen">,
): ErrorSummary[] {
  return act(db, ids, {
    action: "reopened",
    by,
    note,
    sql: `update errors set
            state = 'open', resolved_at = null, resolved_in = null,
            muted_at = null, muted_until = null, muted_count = null
          where uid = ?1 and state <> 'open' returning *`,
    values: [],
  });
}

function mute(
  db: Database,
  ids: readonly string[],
  { until, more, note = "", by }: Of<"mute">,
): ErrorSummary[] {
  const untilMs = until === undefined ? null : Math.floor(until);
  const moreCount = more === undefined ? null : Math.floor(more);
  const bounds = [
    untilMs === null ? "" : `until ${isoTime(untilMs)}`,
    moreCount === null ? "" : `until it has happened ${moreCount} times more`,
  ].filter(Boolean).join(" or ");
  return act(db, ids, {
    action: "muted",
    by,
    note: [bounds, note].filter(Boolean).join(": "),
    sql: `update errors set
            state = 'muted', muted_at = ?4, muted_until = ?2, muted_count = count + ?3,
            resolved_at = null
          where uid = ?1
            and (state <> 'muted' or muted_until is not ?2 or muted_count is not count + ?3)
          returning *`,
    values: [untilMs, moreCount, nowToKeep()],
  });
}

function unmute(
  db: Database,
  ids: readonly string[],
  { note = "", by }: Of<"unmute">,
): ErrorSummary[] {
  return act(db, ids, {
    action: "unmuted",
    by,
    note,
    sql: `update errors set state = 'open', muted_at = null, muted_until = null, muted_count = null
          where uid = ?1 and state = 'muted' returning *`,
    values: [],
  });
}

function note(
  db: Database,
  ids: readonly string[],
  { note, by }: Of<"note">,
): ErrorSummary[] {
  const sql = "select * from errors where uid = ?1";
  return act(db, ids, { action: "noted", by, note, sql, values: [] });
}

interface Act {
  action: string;
  by: string | undefined;
  note: string;
  /** Returns the changed row of the error `?1`, or none when there was nothing to change. */
  sql: string;
  /** From `?2` on. */
  values: SQLInputValue[];
}

/** Those that are there, in the order in which they were given; all of it in one transaction. */
function act(db: Database, ids: readonly string[], work: Act): ErrorSummary[] {
  return db.transaction(() =>
    ids.map((id) => actOnOne(db, id, work)).filter((error) => error !== null)
  );
}

function actOnOne(
  db: Database,
  id: string,
  { action, by, note, sql, values }: Act,
): ErrorSummary | null {
  const changed = db.get<ErrorRow>(sql, [id, ...values]);
  if (changed === undefined) {
    const same = db.get<ErrorRow>("select * from errors where uid = ?", [id]);
    return same === undefined ? null : summaryOf(same);
  }
  addHistory(db, changed.id, { timeMs: nowToKeep(), action, actor: actorOf(by), note });
  return summaryOf(changed);
}
