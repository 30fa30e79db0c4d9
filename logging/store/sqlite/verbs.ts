/**
 * What a person does to an error: resolve, reopen, mute, unmute. Doing what is already so changes
 * nothing and leaves no history.
 *
 * @module
 */
import type { SQLInputValue } from "node:sqlite";
import type { ErrorSummary } from "../store.ts";
import type { Database } from "./database.ts";
import { addHistory } from "./history.ts";
import { cleanText, type ErrorRow, isoTime, summaryOf } from "../rows.ts";

/** {@linkcode Store.resolve}. */
export function resolve(
  db: Database,
  id: string,
  { release, note = "" }: { release?: string; note?: string },
): ErrorSummary | null {
  const resolvedIn = release === undefined ? null : cleanText(release);
  return act(db, id, {
    action: "resolved",
    note: [release === undefined ? "" : `in release ${release}`, note].filter(Boolean).join(": "),
    sql: `update errors set state = 'resolved', resolved_at = ?, resolved_in = ?, muted_until = null
          where uid = ? and (state <> 'resolved' or resolved_in is not ?) returning *`,
    values: [Date.now(), resolvedIn, id, resolvedIn],
  });
}

/** {@linkcode Store.reopen}. */
export function reopen(
  db: Database,
  id: string,
  { note = "" }: { note?: string },
): ErrorSummary | null {
  return act(db, id, {
    action: "reopened",
    note,
    sql: `update errors set
            state = 'open', resolved_at = null, resolved_in = null, muted_until = null
          where uid = ? and state <> 'open' returning *`,
    values: [id],
  });
}

/** {@linkcode Store.mute}. */
export function mute(
  db: Database,
  id: string,
  { until, note = "" }: { until?: number; note?: string },
): ErrorSummary | null {
  const untilMs = until === undefined ? null : Math.floor(until);
  return act(db, id, {
    action: "muted",
    note: [untilMs === null ? "" : `until ${isoTime(untilMs)}`, note].filter(Boolean).join(": "),
    sql: `update errors set state = 'muted', muted_until = ?, resolved_at = null
          where uid = ? and (state <> 'muted' or muted_until is not ?) returning *`,
    values: [untilMs, id, untilMs],
  });
}

/** {@linkcode Store.unmute}. */
export function unmute(
  db: Database,
  id: string,
  { note = "" }: { note?: string },
): ErrorSummary | null {
  return act(db, id, {
    action: "unmuted",
    note,
    sql: `update errors set state = 'open', muted_until = null
          where uid = ? and state = 'muted' returning *`,
    values: [id],
  });
}

interface Act {
  action: string;
  note: string;
  /** Returns the changed row, or none when there was nothing to change. */
  sql: string;
  values: SQLInputValue[];
}

function act(db: Database, id: string, { action, note, sql, values }: Act): ErrorSummary | null {
  return db.transaction(() => {
    const changed = db.get<ErrorRow>(sql, values);
    if (changed === undefined) {
      const same = db.get<ErrorRow>("select * from errors where uid = ?", [id]);
      return same === undefined ? null : summaryOf(same);
    }
    addHistory(db, changed.id, { timeMs: Date.now(), action, actor: "operator", note });
    return summaryOf(changed);
  });
}
