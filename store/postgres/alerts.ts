/**
 * What the world is to be told of errors: see ../outbox.ts.
 *
 * @module
 */
import { QUIET_MS } from "../outbox.ts";

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
