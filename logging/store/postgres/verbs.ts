/**
 * What a person does to an error: resolve, reopen, mute, unmute. Doing what is already so changes
 * nothing and leaves no history.
 *
 * @module
 */
import { cleanText, type ErrorRow, isoTime, summaryOf } from "../rows.ts";
import type { ErrorSummary } from "../store.ts";
import type { Database } from "./database.ts";

/** {@linkcode Store.resolve}. */
export function resolve(
  db: Database,
  id: string,
  { release, note = "" }: { release?: string; note?: string },
): Promise<ErrorSummary | null> {
  return act(db, id, {
    action: "resolved",
    note: [release === undefined ? "" : `in release ${release}`, note].filter(Boolean).join(": "),
    set: "state = 'resolved', resolved_at = $5, resolved_in = $6, muted_until = null",
    where: "(state <> 'resolved' or resolved_in is distinct from $6)",
    values: [Date.now(), release === undefined ? null : cleanText(release)],
  });
}

/** {@linkcode Store.reopen}. */
export function reopen(
  db: Database,
  id: string,
  { note = "" }: { note?: string },
): Promise<ErrorSummary | null> {
  return act(db, id, {
    action: "reopened",
    note,
    set: "state = 'open', resolved_at = null, resolved_in = null, muted_until = null",
    where: "state <> 'open'",
    values: [],
  });
}

/** {@linkcode Store.mute}. */
export function mute(
  db: Database,
  id: string,
  { until, note = "" }: { until?: number; note?: string },
): Promise<ErrorSummary | null> {
  const untilMs = until === undefined ? null : Math.floor(until);
  return act(db, id, {
    action: "muted",
    note: [untilMs === null ? "" : `until ${isoTime(untilMs)}`, note].filter(Boolean).join(": "),
    set: "state = 'muted', muted_until = $5, resolved_at = null",
    where: "(state <> 'muted' or muted_until is distinct from $5)",
    values: [untilMs],
  });
}

/** {@linkcode Store.unmute}. */
export function unmute(
  db: Database,
  id: string,
  { note = "" }: { note?: string },
): Promise<ErrorSummary | null> {
  return act(db, id, {
    action: "unmuted",
    note,
    set: "state = 'open', muted_until = null",
    where: "state = 'muted'",
    values: [],
  });
}

interface Act {
  action: string;
  note: string;
  /** What becomes of the row. */
  set: string;
  /** When there is something to change. */
  where: string;
  /** From `$5` on. */
  values: unknown[];
}

function act(
  db: Database,
  id: string,
  { action, note, set, where, values }: Act,
): Promise<ErrorSummary | null> {
  return db.ask(async (session) => {
    const changed = await session.get<ErrorRow>(
      `with changed as (
         update holdfast.errors set ${set} where uid = $1 and ${where} returning *
       ), noted as (
         insert into holdfast.history (error, time, action, actor, note)
         select id, $2::bigint, $3::text, 'operator', $4::text from changed
       )
       select * from changed`,
      [cleanText(id), Date.now(), action, cleanText(note), ...values],
    );
    const row = changed ??
      await session.get<ErrorRow>("select * from holdfast.errors where uid = $1", [cleanText(id)]);
    return row === undefined ? null : summaryOf(row);
  });
}
