/**
 * Which alerts are sent, when, to whom, and by which process.
 *
 * What changes an error notes an alert in the same transaction, so that no crash loses it: a row for each receiver that the store
 * knows (note_alerts.ts), and one for those that it does not know yet. Each receiver has its own pace: one that is down
 * holds up no other. To each receiver one message is on its way at a time, over all processes: the process that takes it has it
 * for {@linkcode LEASE_MS}. If it has neither sent it nor failed by then, the next process that asks sends it again, under the
 * same id. While it cannot be delivered, later alerts wait; when there are many, they become one summary.
 */
import type { Database, Session } from "../drivers/database.ts";
import { uuidv7 } from "../ids.ts";
import { lock } from "../drivers/locks.ts";
import type { LogRecord } from "../record.ts";
import { type ErrorRow, recordOf, summaryOf } from "./rows.ts";
import { riseOf } from "./rising.ts";
import type { Alert, AlertTurn, DueAlert } from "../store.ts";

/** At most one alert of a kind an error in this time; one that is noted sooner is sent when it is over. */
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

/** A receiver that asks for a longer pause waits no longer than this. */
const MAX_PAUSE_MS: number = QUIET_MS;

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
 * A row's state is asked for by itself: joined, the planner may read all errors. Values: the time before which all is too old,
 * the receiver.
 */
const WAITING = `
  select * from holdfast.alerts as alerts
  where receiver = $2 and waits = 1 and noted_at > $1 and (
    select case when alerts.kind = 'proved'
      then errors.state = 'resolved' and errors.proved_at is not null
      else errors.state = 'open' end
    from holdfast.errors where errors.id = alerts.error
  )`;

const IS_DUE = `(due_at <= $3::bigint or due_at > $3::bigint + ${MAX_WAIT_MS})`;

/** Values: as above, and now. */
export const OUTBOX = `
  with waiting as (${WAITING}), recent as (
    select message_id, is_summary, time from holdfast.alerts
    where receiver = $2 and time > $3::bigint - ${MINUTE_MS} and time <= $3::bigint + ${MINUTE_MS}
  )
  select
    (select message_id from waiting where message_id is not null order by due_at limit 1) as begun,
    min(due_at) filter (where message_id is not null) as begun_due,
    count(*) filter (where message_id is null and ${IS_DUE}) as ready,
    min(due_at) filter (where message_id is null) as next_due,
    (select count(distinct message_id) from recent) as sent,
    (select max(time) from recent where is_summary = 1) as last_summary
  from waiting`;

/** What waits, and what was sent in the last minute. Only what is still so counts, and only what is not too old. */
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
const leased = (now: string) => `time = ${now}::bigint, due_at = ${now}::bigint + ${LEASE_MS}`;

/**
 * A message of those that have none yet: of the oldest, or of many. Values: as above, the message, whether it is a summary.
 *
 * In one update: a second one in the same transaction would check, and lock, the errors too, which writers hold.
 */
const begin = (which: string) => `
  with picked as (
    ${WAITING} and message_id is null and ${IS_DUE} ${which} for update of alerts
  )
  update holdfast.alerts as alerts
  set message_id = $4, is_summary = $5, ${leased("$3")}, tries = 1
  from picked where alerts.error = picked.error and alerts.kind = picked.kind
    and alerts.receiver = picked.receiver`;

const BEGIN = {
  single: begin("order by noted_at, error, kind limit 1"),
  summary: begin(`order by error, kind limit ${MAX_TOLD}`),
};

/** Changes the rows of a message, locked in the order in which all are. Values: the message, now. */
const change = (set: string) => `
  with its_rows as (
    select error, kind, receiver from holdfast.alerts where message_id = $1 and waits = 1
    order by error, kind, receiver for update
  )
  update holdfast.alerts as alerts set ${set}
  from its_rows where alerts.error = its_rows.error and alerts.kind = its_rows.kind
    and alerts.receiver = its_rows.receiver`;

const AGAIN = change(`${leased("$2")}, tries = tries + 1`);

const TOLD = change("waits = 0, time = $2");

/** Values: as above, and the shortest pause. */
const FAILED = change(`
  due_at = $2::bigint + case
    when tries < ${MAX_TRIES} and $3::bigint < ${FIRST_RETRY_MS} << (tries - 1)
      then ${FIRST_RETRY_MS} << (tries - 1)
    when tries < ${MAX_TRIES} then $3::bigint
    else ${QUIET_MS} end,
  message_id = case when tries < ${MAX_TRIES} then message_id end`);

/** {@linkcode Store.takeAlert}. */
export async function takeAlert(
  db: Database,
  { now, receiver }: { now: number; receiver: string },
): Promise<AlertTurn> {
  const asked = [now - MAX_AGE_MS, receiver, now] as const;
  const seen = await db.ask((session) => turnOf(session, asked));
  // Mostly there is nothing to do: then no lock is waited for.
  if (seen.act === "wait") return { due: null, nextMs: seen.nextMs };
  return await db.transaction(async (session): Promise<AlertTurn> => {
    await lock(session, "telling");
    const turn = await turnOf(session, asked);
    if (turn.act === "wait") return { due: null, nextMs: turn.nextMs };
    return { due: await take(session, turn, asked), nextMs: now };
  });
}

/** What to do now: send the same message again, begin one of a kind, or nothing before a time. */
type Turn =
  | { act: "again"; id: string }
  | { act: "single" | "summary" }
  | { act: "wait"; nextMs: number | null };

/** The time before which all is too old, the receiver, and now. */
type Asked = readonly [oldestMs: number, receiver: string, now: number];

async function turnOf(session: Session, asked: Asked): Promise<Turn> {
  const [, , now] = asked;
  const outbox = (await session.get<Outbox>(OUTBOX, asked))!;
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
  asked: Asked,
): Promise<DueAlert | null> {
  if (turn.act === "again") {
    await session.run(AGAIN, [turn.id, asked[2]]);
    return await messageOf(session, turn.id, asked);
  }
  const id = uuidv7();
  const isSummary = turn.act === "summary" ? 1 : 0;
  await session.run(BEGIN[turn.act], [...asked, id, isSummary]);
  return await messageOf(session, id, asked);
}

interface Row extends ErrorRow {
  kind: Alert["kind"];
  is_summary: number;
  tries: number;
  total: number;
}

async function messageOf(
  session: Session,
  id: string,
  [oldestMs, receiver]: Asked,
): Promise<DueAlert | null> {
  const rows = await session.all<Row>(
    `with waiting as (${WAITING} and message_id = $3)
     select errors.*, kind, is_summary, tries, count(*) over () as total
     from waiting join holdfast.errors on errors.id = waiting.error
     order by noted_at, error, kind limit ${MAX_IN_SUMMARY}`,
    [oldestMs, receiver, id],
  );
  const [first] = rows;
  if (first === undefined) return null;
  const isSummary = first.is_summary === 1;
  return {
    id,
    isSummary,
    count: first.total,
    alerts: rows.map((row) => ({ kind: row.kind, error: summaryOf(row) })),
    newest: isSummary ? null : await newestOf(session, first),
    rise: isSummary || first.kind !== "rising" ? null : await riseOf(session, first.id),
    tries: first.tries,
  };
}

/** Null where it is not kept. */
async function newestOf(session: Session, { id, last_error_id }: Row): Promise<LogRecord | null> {
  const row = await session.get<{ line: string }>(
    "select line from holdfast.occurrences where error_id = $1 and error = $2",
    [last_error_id, id],
  );
  return row === undefined ? null : recordOf(row.line);
}

/** {@linkcode Store.settleAlert}. */
export async function settleAlert(
  db: Database,
  id: string,
  { isTold, now, pauseMs = 0 }: { isTold: boolean; now: number; pauseMs?: number },
): Promise<void> {
  const [sql, values] = isTold
    ? [TOLD, [id, now]] as const
    : [FAILED, [id, now, Math.min(pauseMs, MAX_PAUSE_MS)]] as const;
  await db.transaction((session) => session.run(sql, values));
}
