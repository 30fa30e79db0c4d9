/** Notes what is to be sent about errors, for each receiver that the store knows, and who these are. Sent by outbox.ts. */
import type { Database, Statement } from "../drivers/database.ts";
import { lock } from "../drivers/locks.ts";
import type { Alert, AlertReceiver } from "../store.ts";
import { ANYBODY } from "./alert_tables.ts";
import { MAX_AGE_MS, QUIET_MS } from "./outbox.ts";

/** What an alert that is noted again becomes: the quiet time after the last message of its kind goes on. */
const NOTED_AGAIN = `
  on conflict (error, kind, receiver) do update set
    waits = 1, noted_at = excluded.noted_at, due_at = case
      when alerts.time > excluded.due_at then excluded.due_at + ${QUIET_MS}
      when alerts.time + ${QUIET_MS} > excluded.due_at then alerts.time + ${QUIET_MS}
      else excluded.due_at
    end,
    message_id = null, is_summary = 0, tries = 0`;

/** In the order in which all locks on them are taken. */
const NOTE = `
  insert into holdfast.alerts as alerts (error, kind, receiver, time, waits, noted_at, due_at)
  select distinct given.error, given.kind, receivers.receiver, 0, 1, $2::bigint, $2::bigint
  from json_to_recordset($1) as given (error bigint, kind text)
  join holdfast.errors on errors.id = given.error
  join holdfast.alert_receivers as receivers
    on receivers.svc_name in ('', errors.svc_name) and receivers.min_severity <= errors.severity
  where true order by 1, 2, 3 ${NOTED_AGAIN}`;

/** What an error that is back was before is old news. */
const TAKE_BACK = `
  with old as (
    select error, kind, receiver from holdfast.alerts where error = any ($1) and waits = 1
    order by error, kind, receiver for update
  )
  update holdfast.alerts as alerts set waits = 0, message_id = null from old
  where alerts.error = old.error and alerts.kind = old.kind and alerts.receiver = old.receiver`;

/**
 * Notes alerts of errors, in place of those of the same kind that are on their way. Part of a transaction that has the errors'
 * rows as they are to be; no statement if there are none.
 */
export function noteAlerts(
  news: readonly { error: number; kind: Alert["kind"] }[],
  nowMs: number,
): Statement[] {
  if (news.length === 0) return [];
  const back = news.filter(({ kind }) => kind === "back").map(({ error }) => error);
  return [
    ...(back.length === 0 ? [] : [{ sql: TAKE_BACK, values: [back] }]),
    { sql: NOTE, values: [JSON.stringify(news), nowMs] },
  ];
}

const FORGET_FILTERS = "delete from holdfast.alert_receivers where receiver = any ($1)";

const KEEP_FILTERS = `
  insert into holdfast.alert_receivers as receivers (receiver, svc_name, min_severity, seen_at)
  select receiver, svc_name, min_severity, $2::bigint from json_to_recordset($1)
    as given (receiver text, svc_name text, min_severity integer)
  where true order by receiver, svc_name
  on conflict (receiver, svc_name) do update set
    min_severity = excluded.min_severity, seen_at = excluded.seen_at`;

/** What was noted for nobody yet, or while the receiver was being made known. Values: the time before which all is too old. */
const CATCH_UP = `
  insert into holdfast.alerts as alerts (error, kind, receiver, time, waits, noted_at, due_at)
  select distinct held.error, held.kind, receivers.receiver, 0, 1, held.noted_at, held.due_at
  from holdfast.alerts as held
  join holdfast.errors on errors.id = held.error
  join holdfast.alert_receivers as receivers
    on receivers.receiver = any ($2) and receivers.svc_name in ('', errors.svc_name)
    and receivers.min_severity <= errors.severity
  where held.receiver = '${ANYBODY}' and held.waits = 1 and held.noted_at > $1
  order by 1, 2, 3 ${NOTED_AGAIN} where excluded.noted_at > alerts.noted_at`;

/** Nobody has sent to it for so long that all of it is too old. Values: that time. */
const FORGET_RECEIVERS = [
  `delete from holdfast.alerts where receiver in (
    select receiver from holdfast.alert_receivers where receiver <> '${ANYBODY}' and seen_at < $1
  )`,
  `delete from holdfast.alert_receivers where receiver <> '${ANYBODY}' and seen_at < $1`,
];

/** {@linkcode Store.noteReceivers}. */
export async function noteReceivers(
  db: Database,
  receivers: readonly AlertReceiver[],
  { now }: { now: number },
): Promise<void> {
  const keys = receivers.map(({ key }) => key);
  const filters = receivers.flatMap(({ key, filters }) => {
    const byService = Map.groupBy(filters, ({ service }) => service);
    return Array.from(byService, ([svc_name, same]) => ({
      receiver: key,
      svc_name,
      min_severity: Math.min(...same.map(({ minSeverity }) => minSeverity)),
    }));
  });
  await db.transaction(async (session) => {
    await lock(session, "telling");
    await session.batch([
      { sql: FORGET_FILTERS, values: [keys] },
      { sql: KEEP_FILTERS, values: [JSON.stringify(filters), now] },
      { sql: CATCH_UP, values: [now - MAX_AGE_MS, keys] },
      ...FORGET_RECEIVERS.map((sql) => ({ sql, values: [now - MAX_AGE_MS] })),
    ]);
  });
}
