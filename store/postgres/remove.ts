/**
 * What goes: an error that somebody forgets, and what retention takes away.
 *
 * @module
 */
import { cleanText, type ErrorRow, summaryOf } from "../rows.ts";
import type { ErrorSummary } from "../store.ts";
import type { Database, Session } from "./database.ts";
import { reshape } from "./reshape.ts";

/** {@linkcode Store.remove}. */
export function remove(db: Database, id: string): Promise<ErrorSummary | null> {
  return reshape(db, async (session) => {
    const row = await session.get<ErrorRow>(
      "select * from holdfast.errors where uid = $1 for update",
      [cleanText(id)],
    );
    if (row === undefined) return null;
    await session.all("delete from holdfast.errors where id = $1", [row.id]);
    return summaryOf(row);
  });
}

/** The sweep's own row of `sizes`: it waits for no writer while it holds errors that one waits for. */
const SLOT = -1;

/** The oldest logs before a time. For whoever holds the lock of the sweep, as all below. Says how many. */
export function removeLogs(
  session: Session,
  { beforeMs, most }: { beforeMs: number; most: number },
): Promise<number> {
  return removeLogsOf(
    session,
    "select time, id from holdfast.logs where time < $1 order by time, id limit $2",
    [beforeMs, most],
  );
}

/** Logs: `doomed` selects their time and id. Says how many. */
export async function removeLogsOf(
  session: Session,
  doomed: string,
  values: readonly unknown[],
): Promise<number> {
  return await removed(
    session,
    `with gone as (
       delete from holdfast.logs where (time, id) in (${doomed}) returning octet_length(line) as bytes
     ), counted as (
       select count(*) as rows, coalesce(sum(bytes), 0) as bytes from gone having count(*) > 0
     ), sized as (
       insert into holdfast.sizes as sizes (slot, rows, bytes)
       select ${SLOT}, -rows, -bytes from counted
       on conflict (slot) do update
         set rows = sizes.rows + excluded.rows, bytes = sizes.bytes + excluded.bytes
     )
     select rows as removed from counted`,
    values,
  );
}

/** Occurrences: `doomed` selects their error, time and id. Says how many. */
export async function removeDoomed(
  session: Session,
  doomed: string,
  values: readonly unknown[],
): Promise<number> {
  return await removed(
    session,
    `with doomed as (${doomed}), gone as (
       delete from holdfast.occurrences
       where (error, time, id) in (select error, time, id from doomed)
       returning error, octet_length(line) as bytes
     ), gone_of as (
       select error, count(*) as rows, sum(bytes) as bytes from gone group by error
     ), kept as (
       update holdfast.errors set kept = kept - gone_of.rows, bytes = errors.bytes - gone_of.bytes
       from gone_of where errors.id = gone_of.error
     )
     select count(*) as removed from gone`,
    values,
  );
}

/** Errors with all that is their own: `doomed` selects their ids. Says how many. */
export async function removeErrors(
  session: Session,
  doomed: string,
  values: readonly unknown[],
): Promise<number> {
  return await removed(
    session,
    `with doomed as (${doomed}), gone as (
       delete from holdfast.errors where id in (select id from doomed) returning 1
     ) select count(*) as removed from gone`,
    values,
  );
}

/** The errors of a service that are missed least: resolved ones, those seen once, muted ones last; of each the oldest. */
export function removeLeastUseful(
  session: Session,
  service: string,
  most: number,
): Promise<number> {
  return removeErrors(
    session,
    `select id from holdfast.errors where svc_name = $1
     order by case state when 'resolved' then 0 when 'open' then 1 else 2 end, count > 1, last_seen
     limit $2 for update skip locked`,
    [service, most],
  );
}

async function removed(
  session: Session,
  sql: string,
  values: readonly unknown[],
): Promise<number> {
  const row = await session.get<{ removed: number }>(sql, values);
  return row?.removed ?? 0;
}
