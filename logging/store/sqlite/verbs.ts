/**
 * What a person does to an error: resolve, reopen, mute, unmute, note. Doing what is already so changes
 * nothing and leaves no history.
 *
 * @module
 */
import type { SQLInputValue } from "node:sqlite";
import type { ErrorSummary, MuteOptions } from "../store.ts";
import type { Database } from "./database.ts";
import { addHistory } from "./history.ts";
import { cleanText, type ErrorRow, isoTime, summaryOf } from "../rows.ts";

/** How an error was mended. */
export interface ResolveOptions {
  /** The release that mends it. */
  release?: string;
  /** Why, for the history. */
  note?: string;
}

/** {@linkcode Store.resolve}. */
export function resolve(db: Database, id: string, options: ResolveOptions): ErrorSummary | null {
  return db.transaction(() => act(db, id, resolution(id, options)));
}

/** {@linkcode Store.resolveAll}. */
export function resolveAll(
  db: Database,
  ids: readonly string[],
  options: ResolveOptions,
): ErrorSummary[] {
  return db.transaction(() =>
    ids.map((id) => act(db, id, resolution(id, options))).filter((error) => error !== null)
  );
}

function resolution(id: string, { release, note = "" }: ResolveOptions): Act {
  const resolvedIn = release === undefined ? null : cleanText(release);
  return {
    action: "resolved",
    note: [release === undefined ? "" : `in release ${release}`, note].filter(Boolean).join(": "),
    sql: `update errors set
            state = 'resolved', resolved_at = ?, resolved_in = ?,
            muted_until = null, muted_count = null
          where uid = ? and (state <> 'resolved' or resolved_in is not ?) returning *`,
    values: [Date.now(), resolvedIn, id, resolvedIn],
  };
}

/** {@linkcode Store.reopen}. */
export function reopen(
  db: Database,
  id: string,
  { note = "" }: { note?: string },
): ErrorSummary | null {
  const sql = `update errors set
      state = 'open', resolved_at = null, resolved_in = null, muted_until = null, muted_count = null
    where uid = ? and state <> 'open' returning *`;
  return db.transaction(() => act(db, id, { action: "reopened", note, sql, values: [id] }));
}

/** {@linkcode Store.mute}. */
export function mute(db: Database, id: string, options: MuteOptions): ErrorSummary | null {
  return db.transaction(() => act(db, id, muting(id, options)));
}

/** {@linkcode Store.muteAll}. */
export function muteAll(
  db: Database,
  ids: readonly string[],
  options: MuteOptions,
): ErrorSummary[] {
  return db.transaction(() =>
    ids.map((id) => act(db, id, muting(id, options))).filter((error) => error !== null)
  );
}

function muting(id: string, { until, more, note = "" }: MuteOptions): Act {
  const untilMs = until === undefined ? null : Math.floor(until);
  const moreCount = more === undefined ? null : Math.floor(more);
  const bounds = [
    untilMs === null ? "" : `until ${isoTime(untilMs)}`,
    moreCount === null ? "" : `until it has happened ${moreCount} times more`,
  ].filter(Boolean).join(" or ");
  return {
    action: "muted",
    note: [bounds, note].filter(Boolean).join(": "),
    sql: `update errors set
            state = 'muted', muted_until = ?1, muted_count = count + ?2, resolved_at = null
          where uid = ?3
            and (state <> 'muted' or muted_until is not ?1 or muted_count is not count + ?2)
          returning *`,
    values: [untilMs, moreCount, id],
  };
}

/** {@linkcode Store.unmute}. */
export function unmute(
  db: Database,
  id: string,
  { note = "" }: { note?: string },
): ErrorSummary | null {
  const sql = `update errors set state = 'open', muted_until = null, muted_count = null
    where uid = ? and state = 'muted' returning *`;
  return db.transaction(() => act(db, id, { action: "unmuted", note, sql, values: [id] }));
}

/** {@linkcode Store.note}. */
export function note(db: Database, id: string, text: string): ErrorSummary | null {
  const sql = "select * from errors where uid = ?";
  return db.transaction(() => act(db, id, { action: "noted", note: text, sql, values: [id] }));
}

interface Act {
  action: string;
  note: string;
  /** Returns the changed row, or none when there was nothing to change. */
  sql: string;
  values: SQLInputValue[];
}

/** Part of a transaction. */
function act(db: Database, id: string, { action, note, sql, values }: Act): ErrorSummary | null {
  const changed = db.get<ErrorRow>(sql, values);
  if (changed === undefined) {
    const same = db.get<ErrorRow>("select * from errors where uid = ?", [id]);
    return same === undefined ? null : summaryOf(same);
  }
  addHistory(db, changed.id, { timeMs: Date.now(), action, actor: "operator", note });
  return summaryOf(changed);
}
