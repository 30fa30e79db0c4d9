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
import { nowToKeep } from "../times.ts";
import { type ErrorRow, summaryOf } from "../rows.ts";
import type { Alert, AlertTurn, DueAlert } from "../store.ts";
import type { Database } from "./database.ts";

/** Notes that the world is to be told. What is on its way about this error is news no more. Part of a transaction. */
export function noteAlert(db: Database, error: number, kind: Alert["kind"]): void {
  db.run(
    `insert into alerts_sent (error, time, kind, noted_at, due_at) values (?1, 0, ?2, ?3, ?3)
     on conflict do update set
       kind = excluded.kind, noted_at = excluded.noted_at,
       due_at = max(excluded.due_at, min(time, ?3) + ${QUIET_MS}),
       message_id = null, is_summary = 0, tries = 0`,
    [error, kind, nowToKeep()],
  );
}

/** By the index of what waits, then by id: without a word the planner reads all errors. Values: the time before which all is too old. */
const WAITING = `
  select alerts_sent.* from alerts_sent indexed by alerts_sent_waiting
  cross join errors on errors.id = alerts_sent.error
  where kind is not null and noted_at > ?1 and state = 'open'`;

/** Values: as above, and now. */
export const OUTBOX = `
  with waiting as (${WAITING}), recent as (
    select message_id, is_summary, time from alerts_sent where ${isRecent("?2")}
  )
  select
    (select message_id from waiting where message_id is not null order by due_at limit 1) as begun,
    min(due_at) filter (where message_id is not null) as begun_due,
    count(*) filter (where message_id is null and ${isDue("?2")}) as ready,
    min(due_at) filter (where message_id is null) as next_due,
    (select count(distinct message_id) from recent) as sent,
    (select max(time) from recent where is_summary = 1) as last_summary
  from waiting`;

/** {@linkcode Store.takeAlert}. */
export function takeAlert(db: Database, { now }: { now: number }): AlertTurn {
  const seen = turnOf(db, now);
  // Most of the time there is nothing to do, and writers are left alone.
  if (seen.act === "wait") return { due: null, nextMs: seen.nextMs };
  return db.transaction(() => {
    const turn = turnOf(db, now);
    if (turn.act === "wait") return { due: null, nextMs: turn.nextMs };
    return { due: take(db, turn, now), nextMs: now };
  });
}

function turnOf(db: Database, now: number): Turn {
  return turnAt(now, db.get<Outbox>(OUTBOX, [now - MAX_AGE_MS, now])!);
}

/** One message for one process. */
function take(db: Database, turn: Exclude<Turn, { act: "wait" }>, now: number): DueAlert {
  if (turn.act === "again") {
    db.run(
      `update alerts_sent set time = ?1, due_at = ?1 + ${LEASE_MS}, tries = tries + 1
       where message_id = ?2 and kind is not null`,
      [now, turn.id],
    );
    return messageOf(db, turn.id, now);
  }
  const id = uuidv7();
  const [isSummary, most] = turn.act === "summary" ? [1, MAX_TOLD] : [0, 1];
  db.run(
    `with waiting as (${WAITING})
     update alerts_sent set
       message_id = ?3, is_summary = ?4, time = ?2, due_at = ?2 + ${LEASE_MS}, tries = 1
     where error in (
       select error from waiting where message_id is null and ${isDue("?2")}
       order by noted_at, error limit ?5
     )`,
    [now - MAX_AGE_MS, now, id, isSummary, most],
  );
  return messageOf(db, id, now);
}

interface Row extends ErrorRow {
  kind: Alert["kind"];
  is_summary: number;
  tries: number;
  total: number;
}

function messageOf(db: Database, id: string, now: number): DueAlert {
  const rows = db.all<Row>(
    `with waiting as (${WAITING})
     select errors.*, kind, is_summary, tries, count(*) over () as total
     from waiting join errors on errors.id = waiting.error
     where message_id = ?2 order by noted_at, error limit ${MAX_IN_SUMMARY}`,
    [now - MAX_AGE_MS, id],
  );
  const { is_summary, tries, total } = rows[0]!;
  return {
    id,
    isSummary: is_summary === 1,
    count: total,
    alerts: rows.map((row) => ({ kind: row.kind, error: summaryOf(row) })),
    tries,
  };
}

/** {@linkcode Store.settleAlert}. */
export function settleAlert(
  db: Database,
  id: string,
  { isTold, now }: { isTold: boolean; now: number },
): void {
  if (isTold) {
    db.run(
      "update alerts_sent set kind = null, time = ? where message_id = ? and kind is not null",
      [now, id],
    );
    return;
  }
  db.run(
    `update alerts_sent set
       due_at = ?1 + iif(tries < ${MAX_TRIES}, ${FIRST_RETRY_MS} << (tries - 1), ${QUIET_MS}),
       message_id = iif(tries < ${MAX_TRIES}, message_id, null)
     where message_id = ?2 and kind is not null`,
    [now, id],
  );
}
