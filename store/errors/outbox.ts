/**
 * Which alerts are sent, when, and by which process.
 *
 * What opens an error or brings it back notes an alert in the same transaction, so that no crash loses it. One message is on its
 * way at a time, over all processes: the process that takes it has it for {@linkcode LEASE_MS}. If it has neither sent it nor
 * failed by then, the next process that asks sends it again, under the same id. While it cannot be delivered, later alerts wait;
 * when there are many, they become one summary.
 */
import type { Database, Session, Statement } from "../drivers/database.ts";
import { uuidv7 } from "../ids.ts";
import { lock } from "../drivers/locks.ts";
import { type ErrorRow, summaryOf } from "./rows.ts";
import type { Alert, AlertTurn, DueAlert } from "../store.ts";

/** At most one alert an error in this time; an error that comes back sooner is reported when it is over. */
export const QUIET_MS: number = 5 * 60 * 1000;

/** More messages than these within a minute are one summary … */
export const MAX_A_MINUTE = 10;
/** … of which there is one a minute. */
export const MINUTE_MS: number = 60 * 1000;

/** What has waited longer than this is not sent any more: it would be old, and too many messages at once. */
export const MAX_AGE_MS: number = 24 * 60 * 60 * 1000;

/** A process that takes a message has this long to send it and to settle it. */
export const LEASE_MS = 20_000;

/** A message is sent at most so many times … */
export const MAX_TRIES = 6;
/** … each a longer pause after the one before: 2 s, then twice as long each time, a minute in all. */
export const FIRST_RETRY_MS = 2_000;

/** Errors that one summary counts, at most: the others wait for the next minute. */
export const MAX_TOLD = 10_000;
/** Errors that a summary lists. */
export const MAX_IN_SUMMARY = 20;

/**
 * Nothing waits longer than this. What would wait longer was noted by a clock that has been set back since, and is due now. Twice
 * {@linkcode QUIET_MS}, because the clocks of several processes differ.
 */
const MAX_WAIT_MS: number = 2 * QUIET_MS;

/**
 * Notes alerts of errors, in place of those that are on their way. Part of a transaction; no statement if there are none.
 */
export function noteAlerts(
  news: readonly { error: number; kind: Alert["kind"] }[],
  nowMs: number,
): Statement[] {
  if (news.length === 0) return [];
  const sql = `insert into holdfast.alerts_sent as alerts (error, time, kind, noted_at, due_at)
    select error, 0, kind, $2::bigint, $2::bigint
    from json_to_recordset($1) as given (error bigint, kind text)
    -- In the order in which all locks on them are taken.
    where true order by error
    on conflict (error) do update set
      kind = excluded.kind, noted_at = excluded.noted_at, due_at = case
        when alerts.time > excluded.due_at then excluded.due_at + ${QUIET_MS}
        when alerts.time + ${QUIET_MS} > excluded.due_at then alerts.time + ${QUIET_MS}
        else excluded.due_at
      end,
      message_id = null, is_summary = 0, tries = 0`;
  return [{ sql, values: [JSON.stringify(news), nowMs] }];
}

/** A row's state is asked for by itself: joined, the planner may read all errors. Values: the time before which all is too old. */
const WAITING = `
  select * from holdfast.alerts_sent as alerts
  where kind is not null and noted_at > $1 and (
    select case when alerts.kind = 'proved'
      then errors.state = 'resolved' and errors.proved_at is not null
      else errors.state = 'open' end
    from holdfast.errors where errors.id = alerts.error
  )`;

const IS_DUE = `(due_at <= $2::bigint or due_at > $2::bigint + ${MAX_WAIT_MS})`;

/** Values: as above, and now. */
export const OUTBOX = `
  with waiting as (${WAITING}), recent as (
    select message_id, is_summary, time from holdfast.alerts_sent
    where time > $2::bigint - ${MINUTE_MS} and time <= $2::bigint + ${MINUTE_MS}
  )
  select
    (select message_id from waiting where message_id is not null order by due_at limit 1) as begun,
    min(due_at) filter (where message_id is not null) as begun_due,
    count(*) filter (where message_id is null and ${IS_DUE}) as ready,
    min(due_at) filter (where message_id is null) as next_due,
    (select count(distinct message_id) from recent) as sent,
    (select max(time) from recent where is_summary = 1) as last_summary
  from waiting`;

/** What waits, and what was sent in the last minute. Only open errors count, and only what is not too old. */
interface Outbox {
  /** Id of the message that is on its way; null when none is. */
  begun: string | null;
  /** When it may be taken again: its lease is over, or its pause. */
  begun_due: number | null;
  /** Errors that are in no message yet, and may be sent now. */
  ready: number;
  /** When the first error that is in no message yet may be sent. */
  next_due: number | null;
  /** Messages of the last minute. */
  sent: number;
  /** When the newest summary of the last minute was sent; null when there was none. */
  last_summary: number | null;
}

/** The process that asked has it for a while. */
const LEASED = `time = $2::bigint, due_at = $2::bigint + ${LEASE_MS}`;

/**
 * A message of those that have none yet: of the oldest, or of many. Values: as above, the message, whether it is a summary.
 *
 * In one update: a second one in the same transaction would check, and lock, the errors too, which writers hold.
 */
const begin = (which: string) => `
  with picked as (
    ${WAITING} and message_id is null and ${IS_DUE} ${which} for update of alerts
  )
  update holdfast.alerts_sent as alerts
  set message_id = $3, is_summary = $4, ${LEASED}, tries = 1
  from picked where alerts.error = picked.error`;

const BEGIN = {
  single: begin("order by noted_at, error limit 1"),
  summary: begin(`order by error limit ${MAX_TOLD}`),
};

/** Changes the rows of a message, locked in the order of their errors. Values: the message, now. */
const change = (set: string) => `
  with its_rows as (
    select error from holdfast.alerts_sent where message_id = $1 and kind is not null
    order by error for update
  )
  update holdfast.alerts_sent as alerts set ${set}
  from its_rows where alerts.error = its_rows.error`;

const AGAIN = change(`${LEASED}, tries = tries + 1`);

const TOLD = change("kind = null, time = $2");

const FAILED = change(`
  due_at = $2::bigint +
    case when tries < ${MAX_TRIES} then ${FIRST_RETRY_MS} << (tries - 1) else ${QUIET_MS} end,
  message_id = case when tries < ${MAX_TRIES} then message_id end`);

/** {@linkcode Store.takeAlert}. */
export async function takeAlert(db: Database, { now }: { now: number }): Promise<AlertTurn> {
  const seen = await db.ask((session) => turnOf(session, now));
  // Mostly there is nothing to do: then no lock is waited for.
  if (seen.act === "wait") return { due: null, nextMs: seen.nextMs };
  return await db.transaction(async (session): Promise<AlertTurn> => {
    await lock(session, "telling");
    const turn = await turnOf(session, now);
    if (turn.act === "wait") return { due: null, nextMs: turn.nextMs };
    return { due: await take(session, turn, now), nextMs: now };
  });
}

/** What to do now: send the same message again, begin one of a kind, or nothing before a time. */
type Turn =
  | { act: "again"; id: string }
  | { act: "single" | "summary" }
  | { act: "wait"; nextMs: number | null };

async function turnOf(session: Session, now: number): Promise<Turn> {
  const outbox = (await session.get<Outbox>(OUTBOX, [now - MAX_AGE_MS, now]))!;
  const { begun, begun_due, ready, next_due, sent, last_summary } = outbox;
  if (begun !== null) {
    const isItsTurn = begun_due! <= now || begun_due! > now + MAX_WAIT_MS;
    return isItsTurn ? { act: "again", id: begun } : { act: "wait", nextMs: begun_due };
  }
  if (ready === 0) return { act: "wait", nextMs: next_due };
  if (ready <= MAX_A_MINUTE - sent) return { act: "single" };
  if (last_summary === null) return { act: "summary" };
  return { act: "wait", nextMs: last_summary + MINUTE_MS };
}

/** One message for one process; null when the errors it was about have changed just now. */
async function take(
  session: Session,
  turn: Exclude<Turn, { act: "wait" }>,
  now: number,
): Promise<DueAlert | null> {
  if (turn.act === "again") {
    await session.run(AGAIN, [turn.id, now]);
    return await messageOf(session, turn.id, now);
  }
  const id = uuidv7();
  const isSummary = turn.act === "summary" ? 1 : 0;
  await session.run(BEGIN[turn.act], [now - MAX_AGE_MS, now, id, isSummary]);
  return await messageOf(session, id, now);
}

interface Row extends ErrorRow {
  kind: Alert["kind"];
  is_summary: number;
  tries: number;
  total: number;
}

async function messageOf(session: Session, id: string, now: number): Promise<DueAlert | null> {
  const rows = await session.all<Row>(
    `with waiting as (${WAITING})
     select errors.*, kind, is_summary, tries, count(*) over () as total
     from waiting join holdfast.errors on errors.id = waiting.error
     where message_id = $2 order by noted_at, error limit ${MAX_IN_SUMMARY}`,
    [now - MAX_AGE_MS, id],
  );
  const [first] = rows;
  if (first === undefined) return null;
  return {
    id,
    isSummary: first.is_summary === 1,
    count: first.total,
    alerts: rows.map((row) => ({ kind: row.kind, error: summaryOf(row) })),
    tries: first.tries,
  };
}

/** {@linkcode Store.settleAlert}. */
export async function settleAlert(
  db: Database,
  id: string,
  { isTold, now }: { isTold: boolean; now: number },
): Promise<void> {
  await db.transaction((session) => session.run(isTold ? TOLD : FAILED, [id, now]));
}
