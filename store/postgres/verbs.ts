/**
 * What a person does to an error: resolve, reopen, mute, unmute, note. Doing what is already so changes
 * nothing and leaves no history.
 *
 * @module
 */
import { actorOf, cleanText, type ErrorRow, summaryOf } from "../rows.ts";
import { isoTime, nowToKeep } from "../times.ts";
import type { Change, ErrorSummary } from "../store.ts";
import type { Database } from "./database.ts";

/** {@linkcode Store.change}. */
export function change(
  db: Database,
  ids: readonly string[],
  change: Change,
): Promise<ErrorSummary[]> {
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
): Promise<ErrorSummary[]> {
  return act(db, ids, {
    action: "resolved",
    by,
    note: [release === undefined ? "" : `in release ${release}`, note].filter(Boolean).join(": "),
    set: `state = 'resolved', resolved_at = $6, resolved_in = $7,
      muted_at = null, muted_until = null, muted_count = null`,
    where: "(state <> 'resolved' or resolved_in is distinct from $7)",
    values: [nowToKeep(), release === undefined ? null : cleanText(release)],
  });
}

function reopen(
  db: Database,
  ids: readonly string[],
  { note = "", by }: Of<"reopen">,
): Promise<ErrorSummary[]> {
  return act(db, ids, {
    action: "reopened",
    by,
    note,
    set: `state = 'open', resolved_at = null, resolved_in = null,
      muted_at = null, muted_until = null, muted_count = null`,
    where: "state <> 'open'",
    values: [],
  });
}

function mute(
  db: Database,
  ids: readonly string[],
  { until, more, note = "", by }: Of<"mute">,
): Promise<ErrorSummary[]> {
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
    set: `state = 'muted', muted_at = $8, muted_until = $6, muted_count = count + $7::bigint,
      resolved_at = null`,
    where: `(state <> 'muted' or muted_until is distinct from $6
      or muted_count is distinct from count + $7::bigint)`,
    values: [untilMs, moreCount, nowToKeep()],
  });
}

function unmute(
  db: Database,
  ids: readonly string[],
  { note = "", by }: Of<"unmute">,
): Promise<ErrorSummary[]> {
  return act(db, ids, {
    action: "unmuted",
    by,
    note,
    set: "state = 'open', muted_at = null, muted_until = null, muted_count = null",
    where: "state = 'muted'",
    values: [],
  });
}

function note(
  db: Database,
  ids: readonly string[],
  { note, by }: Of<"note">,
): Promise<ErrorSummary[]> {
  const uids = ids.map(cleanText);
  return db.ask(async (session) => {
    const rows = await session.all<ErrorRow>(
      `with found as (
         select * from holdfast.errors where uid = any ($1) order by id for key share
       ), noted as (
         insert into holdfast.history (error, time, action, actor, note)
         select id, $2::bigint, 'noted', $4::text, $3::text from found
       )
       select * from found`,
      [uids, nowToKeep(), cleanText(note), actorOf(by)],
    );
    const rowOf = new Map(rows.map((row) => [row.uid, row]));
    return uids.flatMap((uid) => rowOf.get(uid) ?? []).map(summaryOf);
  });
}

interface Act {
  action: string;
  by: string | undefined;
  note: string;
  /** What becomes of the row. */
  set: string;
  /** When there is something to change. */
  where: string;
  /** From `$6` on. */
  values: unknown[];
}

/** Those that are there, in the order in which they were given. Locked in the order of their numbers, as writers do. */
function act(
  db: Database,
  ids: readonly string[],
  { action, by, note, set, where, values }: Act,
): Promise<ErrorSummary[]> {
  const uids = ids.map(cleanText);
  return db.ask(async (session) => {
    const changed = await session.all<ErrorRow>(
      `with found as (
         select id as number from holdfast.errors where uid = any ($1) order by id for update
       ), changed as (
         update holdfast.errors set ${set} from found
         where errors.id = found.number and ${where} returning errors.*
       ), noted as (
         insert into holdfast.history (error, time, action, actor, note)
         select id, $2::bigint, $3::text, $5::text, $4::text from changed
       )
       select * from changed`,
      [uids, nowToKeep(), action, cleanText(note), actorOf(by), ...values],
    );
    const rowOf = new Map(changed.map((row) => [row.uid, row]));
    const rest = uids.filter((uid) => !rowOf.has(uid));
    const same = rest.length === 0 ? [] : await session.all<ErrorRow>(
      "select * from holdfast.errors where uid = any ($1)",
      [rest],
    );
    for (const row of same) rowOf.set(row.uid, row);
    return uids.flatMap((uid) => rowOf.get(uid) ?? []).map(summaryOf);
  });
}
