/**
 * Makes a variant an error of its own.
 *
 * For each fingerprint of the error, the variant gets a key of its own: what arrives with this fingerprint and
 * this masked message belongs to the new error from now on, and a merge moves that key like any other.
 *
 * @module
 */
import { uuidv7 } from "../ids.ts";
import { nowToKeep } from "../times.ts";
import { maskMessage } from "../grouping/mask_message.ts";
import {
  cleanOrNull,
  cleanText,
  CRITICAL_LINE,
  type ErrorRow,
  messageOf,
  occurrenceId,
  recordOf,
  summaryOf,
} from "../rows.ts";
import { BadSplit, type Doer, type ErrorSummary } from "../store.ts";
import { countsOf, HOUR_MS } from "../tally.ts";
import { variantKey } from "../variant_key.ts";
import type { Database, Session } from "./database.ts";
import { addHistory } from "./history.ts";
import { reshape } from "./reshape.ts";
import { HELD_BYTES } from "./sizes.ts";

/** Occurrences in memory at a time. */
const STEP_ROWS = 200;

/** In the state of the first, with its dates: what is not kept any more cannot be asked. */
const OPEN_TWIN = `
  insert into holdfast.errors (
    uid, state, type, message, svc_name, route, severity, location, count, kept,
    first_seen, last_seen, first_release, last_release, resolved_at, resolved_in, came_back,
    muted_at, muted_until, muted_count, last_error_id
  ) select $1, state, type, $2, svc_name, route, severity, location, $3, 0,
      first_seen, last_seen, first_release, last_release, resolved_at, resolved_in, came_back,
      muted_at, muted_until, muted_count - count + $3, ''
    from holdfast.errors where id = $4 returning *`;

/** Values: from, to, and of the occurrences that go: times, ids; hours, their counts. */
const MOVE_OCCURRENCES = `
  with moved as (
    update holdfast.occurrences set error = $2
    from unnest($3::bigint[], $4::bigint[]) as place (time, id)
    where occurrences.error = $1 and occurrences.time = place.time and occurrences.id = place.id
  ), taken as (
    -- Hours go with RETENTION_DAYS, the newest occurrence stays.
    select hour, least(hours.count, given.count) as count
    from unnest($5::bigint[], $6::bigint[]) as given (hour, count)
    join holdfast.hours using (hour) where hours.error = $1 and hours.count > 0
  ), lessened as (
    update holdfast.hours set count = hours.count - taken.count
    from taken where hours.error = $1 and hours.hour = taken.hour
  )
  insert into holdfast.hours as hours (error, hour, count) select $2, hour, count from taken
  on conflict (error, hour) do update set count = hours.count + excluded.count`;

/** {@linkcode Store.split}. */
export function split(
  db: Database,
  id: string,
  { variant, by }: Doer & { variant: string },
): Promise<ErrorSummary | null> {
  return reshape(db, async (session) => {
    const from = await session.get<ErrorRow>(
      "select * from holdfast.errors where uid = $1 for update",
      [cleanText(id)],
    );
    if (from === undefined) return null;
    const message = cleanText(variant);
    const count = await countToMove(session, from, message);
    const to = (await session.get<ErrorRow>(OPEN_TWIN, [uuidv7(), message, count, from.id]))!;
    const move = { from: from.id, to: to.id, message };
    await moveKeys(session, move);
    await moveOccurrences(session, move);
    await moveCounts(session, move, count);
    for (const error of [from.id, to.id]) await showNewest(session, error);
    await showOldest(session, to.id);
    await addHistory(session, [
      {
        error: from.id,
        action: "split",
        by,
        note: `"${message}" is an error of its own: ${to.uid}`,
      },
      { error: to.id, action: "split", by, note: `was a variant of ${from.uid}` },
    ]);
    const made = await session.get<ErrorRow>("select * from holdfast.errors where id = $1", [
      to.id,
    ]);
    return summaryOf(made!);
  });
}

/** @throws {BadSplit} when there is nothing to split. */
async function countToMove(
  session: Session,
  { id, count }: ErrorRow,
  message: string,
): Promise<number> {
  const variant = await session.get<{ count: number }>(
    "select count from holdfast.variants where error = $1 and digest = md5($2)",
    [id, message],
  );
  if (variant === undefined) throw new BadSplit("this error has no such variant");
  if (variant.count >= count) throw new BadSplit("this error has no other variant");
  return variant.count;
}

interface Move {
  from: number;
  to: number;
  /** The variant's masked message. */
  message: string;
}

async function moveKeys(session: Session, { from, to, message }: Move): Promise<void> {
  // Split off before and merged back: the key is there.
  await session.all(
    "update holdfast.error_keys set error = $2 where error = $1 and variant = $3",
    [from, to, message],
  );
  const whole = await session.all<{ key: string; rule: string; parts: string }>(
    "select key, rule, parts from holdfast.error_keys where error = $1 and split_from is null",
    [from],
  );
  const own = whole.map(({ key, rule, parts }) => ({
    key: variantKey(key, message),
    rule,
    parts: JSON.stringify([...JSON.parse(parts) as string[], `variant: ${message}`]),
    split_from: key,
  }));
  await session.all(
    `insert into holdfast.error_keys (key, error, rule, parts, split_from, variant)
     select key, $2, rule, parts, split_from, $3 from json_to_recordset($1)
       as given (key text, rule text, parts text, split_from text)
     on conflict (key) do nothing`,
    [JSON.stringify(own), to, message],
  );
}

async function moveOccurrences(session: Session, move: Move): Promise<void> {
  let last: Place = { time: -1, id: 0 };
  while (true) {
    const rows = await session.all<Place & { line: string }>(
      `select time, id, line from holdfast.occurrences
       where error = $1 and (time, id) > ($2, $3) order by time, id limit ${STEP_ROWS}`,
      [move.from, last.time, last.id],
    );
    const newest = rows.at(-1);
    if (newest === undefined) return;
    last = newest;
    await moveThese(session, move, rows.filter(({ line }) => variantOf(line) === move.message));
  }
}

interface Place {
  time: number;
  id: number;
}

/** As fingerprint() masked it when it came. */
function variantOf(line: string): string {
  const { error, message } = recordOf(line);
  return cleanText(maskMessage(error?.message ?? message));
}

async function moveThese(
  session: Session,
  { from, to }: Move,
  places: readonly Place[],
): Promise<void> {
  if (places.length === 0) return;
  const nowMs = nowToKeep();
  const hours = countsOf(places, ({ time }) => Math.floor(Math.min(time, nowMs) / HOUR_MS));
  await session.all(MOVE_OCCURRENCES, [
    from,
    to,
    places.map(({ time }) => time),
    places.map(({ id }) => id),
    [...hours.keys()],
    [...hours.values()],
  ]);
}

async function moveCounts(
  session: Session,
  { from, to, message }: Move,
  count: number,
): Promise<void> {
  await session.all(
    `with moved as (
       update holdfast.variants set error = $2 where error = $1 and digest = md5($3)
     )
     update holdfast.errors set count = count - $4, muted_count = muted_count - $4 where id = $1`,
    [from, to, message, count],
  );
}

/** What an error shows of its newest occurrence, and how many it keeps, after some have come or gone. */
async function showNewest(session: Session, error: number): Promise<void> {
  await session.all(
    `update holdfast.errors set last_error_id = '', kept = (
       select count(*) from holdfast.occurrences where occurrences.error = errors.id
     ), bytes = ${HELD_BYTES}, last_critical = (
       select max(time) from holdfast.occurrences
       where occurrences.error = errors.id and line like '${CRITICAL_LINE}'
     ) where id = $1`,
    [error],
  );
  const newest = await occurrenceAt(session, error, "desc");
  if (newest === undefined) return;
  const record = recordOf(newest.line);
  await session.all(
    `update holdfast.errors set
       last_seen = $2, last_release = $3, message = $4, route = $5, last_error_id = $6,
       severity = $7
     where id = $1`,
    [
      error,
      Math.min(newest.time, nowToKeep()),
      cleanOrNull(record.release),
      messageOf(record),
      cleanOrNull(record.route),
      occurrenceId(record),
      record.severity,
    ],
  );
}

/** A new error begins with the oldest occurrence it is known by. */
async function showOldest(session: Session, error: number): Promise<void> {
  const oldest = await occurrenceAt(session, error, "asc");
  if (oldest === undefined) return;
  const { release, svc_name } = recordOf(oldest.line);
  await session.all(
    "update holdfast.errors set first_seen = $2, first_release = $3, svc_name = $4 where id = $1",
    [error, Math.min(oldest.time, nowToKeep()), cleanOrNull(release), cleanText(svc_name)],
  );
}

function occurrenceAt(
  session: Session,
  error: number,
  order: "asc" | "desc",
): Promise<{ time: number; line: string } | undefined> {
  return session.get(
    `select time, line from holdfast.occurrences where error = $1
     order by time ${order}, id ${order} limit 1`,
    [error],
  );
}
