/**
 * What a person does to an error: resolve, reopen, mute, unmute, note. Doing what is already so changes
 * nothing and leaves no history.
 *
 * @module
 */
import { actorOf, cleanText, type ErrorRow, summaryOf } from "../rows.ts";
import { isoTime, nowToKeep } from "../times.ts";
import type { Deed, Doer, ErrorSummary, MuteOptions, ResolveOptions } from "../store.ts";
import type { Database } from "./database.ts";

/** {@linkcode Store.resolve}. */
export async function resolve(
  db: Database,
  id: string,
  options: ResolveOptions,
): Promise<ErrorSummary | null> {
  return (await resolveAll(db, [id], options))[0] ?? null;
}

/** {@linkcode Store.resolveAll}. */
export function resolveAll(
  db: Database,
  ids: readonly string[],
  { release, note = "", by }: ResolveOptions,
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

/** {@linkcode Store.reopen}. */
export async function reopen(
  db: Database,
  id: string,
  options: Deed,
): Promise<ErrorSummary | null> {
  return (await reopenAll(db, [id], options))[0] ?? null;
}

/** {@linkcode Store.reopenAll}. */
export function reopenAll(
  db: Database,
  ids: readonly string[],
  { note = "", by }: Deed,
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

/** {@linkcode Store.mute}. */
export async function mute(
  db: Database,
  id: string,
  options: MuteOptions,
): Promise<ErrorSummary | null> {
  return (await muteAll(db, [id], options))[0] ?? null;
}

/** {@linkcode Store.muteAll}. */
export function muteAll(
  db: Database,
  ids: readonly string[],
  { until, more, note = "", by }: MuteOptions,
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

/** {@linkcode Store.unmute}. */
export async function unmute(
  db: Database,
  id: string,
  options: Deed,
): Promise<ErrorSummary | null> {
  return (await unmuteAll(db, [id], options))[0] ?? null;
}

/** {@linkcode Store.unmuteAll}. */
export function unmuteAll(
  db: Database,
  ids: readonly string[],
  { note = "", by }: Deed,
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

/** {@linkcode Store.note}. */
export function note(
  db: Database,
  id: string,
  { text, by }: Doer & { text: string },
): Promise<ErrorSummary | null> {
  return db.ask(async (session) => {
    const row = await session.get<ErrorRow>(
      `with found as (
         select * from holdfast.errors where uid = $1 for key share
       ), noted as (
         insert into holdfast.history (error, time, action, actor, note)
         select id, $2::bigint, 'noted', $4::text, $3::text from found
       )
       select * from found`,
      [cleanText(id), nowToKeep(), cleanText(text), actorOf(by)],
    );
    return row === undefined ? null : summaryOf(row);
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
