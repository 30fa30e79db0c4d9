/**
 * What the world is to be told of errors, and who tells it: see ../outbox.ts.
 *
 * @module
 */
import { uuidv7 } from "../ids.ts";
import {
  FIRST_RETRY_MS,
  isDue,
  isRecent,
  LEASE_MS,
  MAX_AGE_MS,
  MAX_IN_SUMMARY,
  MAX_TOLD,
  MAX_TRIES,
  type Outbox,
  QUIET_MS,
  type Turn,
  turnAt,
} from "../outbox.ts";
import { type ErrorRow, summaryOf } from "../rows.ts";
import type { Alert, AlertTurn, DueAlert } from "../store.ts";
import type { Database, Session } from "./database.ts";
import { ADVISORY_LOCKS } from "../locks.ts";

/**
 * Notes that the world is to be told. What is on its way about these errors is news no more. In the order of their ids, as
 * all locks on them are taken. Part of a statement: `news` gives errors and kinds, `now` the time.
 */
export const noteAlerts = (news: string, now: string): string => `
  insert into holdfast.alerts_sent as alerts (error, time, kind, noted_at, due_at)
  select error, 0, kind, ${now}::bigint, ${now}::bigint from ${news} order by error
  on conflict (error) do update set
    kind = excluded.kind, noted_at = excluded.noted_at,
    due_at = greatest(excluded.due_at, least(alerts.time, excluded.noted_at) + ${QUIET_MS}),
    message_id = null, is_summary = 0, tries = 0`;

/** A row's state is asked for by itself: joined, the planner may read all errors. Values: the time before which all is too old. */
const WAITING = `
  select * from holdfast.alerts_sent as alerts
  where kind is not null and noted_at > $1
    and (select state from holdfast.errors where errors.id = alerts.error) = 'open'`;

/** Values: as above, and now. */
const OUTBOX = `
  with waiting as (${WAITING}), recent as (
    select message_id, is_summary, time from holdfast.alerts_sent where ${isRecent("$2::bigint")}
  )
  select
    (select message_id from waiting where message_id is not null order by due_at limit 1) as begun,
    min(due_at) filter (where message_id is not null) as begun_due,
    count(*) filter (where message_id is null and ${isDue("$2::bigint")}) as ready,
    min(due_at) filter (where message_id is null) as next_due,
    (select count(distinct message_id) from recent) as sent,
    (select max(time) from recent where is_summary = 1) as last_summary
  from waiting`;

/** Whoever asked has it for a while. */
const LEASED = (now: `$${number}`) =>
  `time = ${now}::bigint, due_at = ${now}::bigint + ${LEASE_MS}`;

/**
 * A message of those that have none yet: of the oldest, or of many. Values: as above, the message, whether it is a summary.
 *
 * In one update: a second one in the same transaction would check, and lock, the errors too, which writers hold.
 */
const begin = (which: string) => `
  with picked as (
    ${WAITING} and message_id is null and ${isDue("$2::bigint")} ${which} for update of alerts
  )
  update holdfast.alerts_sent as alerts
  set message_id = $3, is_summary = $4, ${LEASED("$2")}, tries = 1
  from picked where alerts.error = picked.error`;

const BEGIN = {
  single: begin("order by noted_at, error limit 1"),
  summary: begin(`order by error limit ${MAX_TOLD}`),
};

/** A message's rows, locked in the order of their errors. */
const ITS_ROWS = (id: `$${number}`) => `
  its_rows as (
    select error from holdfast.alerts_sent where message_id = ${id} and kind is not null
    order by error for update
  )`;

const AGAIN = `
  with ${ITS_ROWS("$1")}
  update holdfast.alerts_sent as alerts set ${LEASED("$2")}, tries = tries + 1
  from its_rows where alerts.error = its_rows.error`;

const TOLD = `
  with ${ITS_ROWS("$1")}
  update holdfast.alerts_sent as alerts set kind = null, time = $2
  from its_rows where alerts.error = its_rows.error`;

const FAILED = `
  with ${ITS_ROWS("$1")}
  update holdfast.alerts_sent as alerts set
    due_at = $2::bigint +
      case when tries < ${MAX_TRIES} then ${FIRST_RETRY_MS} << (tries - 1) else ${QUIET_MS} end,
    message_id = case when tries < ${MAX_TRIES} then message_id end
  from its_rows where alerts.error = its_rows.error`;

/** {@linkcode Store.takeAlert}. */
export async function takeAlert(db: Database, { now }: { now: number }): Promise<AlertTurn> {
  const seen = await db.ask((session) => turnOf(session, now));
  // Most of the time there is nothing to do, and nobody is waited for.
  if (seen.act === "wait") return { due: null, nextMs: seen.nextMs };
  return await db.transaction(async (session): Promise<AlertTurn> => {
    await session.all("select pg_advisory_xact_lock($1)", [ADVISORY_LOCKS.telling]);
    const turn = await turnOf(session, now);
    if (turn.act === "wait") return { due: null, nextMs: turn.nextMs };
    return { due: await take(session, turn, now), nextMs: now };
  });
}

async function turnOf(session: Session, now: number): Promise<Turn> {
  return turnAt(now, (await session.get<Outbox>(OUTBOX, [now - MAX_AGE_MS, now]))!);
}

/** One message for one process; null when the errors it was about have changed just now. */
async function take(
  session: Session,
  turn: Exclude<Turn, { act: "wait" }>,
  now: number,
): Promise<DueAlert | null> {
  if (turn.act === "again") {
    await session.all(AGAIN, [turn.id, now]);
    return await messageOf(session, turn.id, now);
  }
  const id = uuidv7();
  const isSummary = turn.act === "summary" ? 1 : 0;
  await session.all(BEGIN[turn.act], [now - MAX_AGE_MS, now, id, isSummary]);
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
  await db.transaction((session) => session.all(isTold ? TOLD : FAILED, [id, now]));
}
