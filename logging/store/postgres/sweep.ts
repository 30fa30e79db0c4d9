/**
 * Retention, one small step a call, by one instance at a time. What goes and what stays is the same as
 * in SQLite: see ../sqlite/sweep.ts.
 *
 * Rows are deleted from the old end of an index, and autovacuum gives their room to what comes next.
 * The size limit therefore counts what the store holds, not what its files occupy.
 *
 * @module
 */
import type { RetentionLimits } from "../store.ts";
import { HOUR_MS } from "../tally.ts";
import type { Database, Session } from "./database.ts";
import { ADVISORY_LOCKS } from "./locks.ts";

/** Rows removed in one step: some tens of milliseconds. */
const STEP_ROWS = 2000;

/** An error takes its occurrences, variants, hours and history along. */
const STEP_ERRORS = 20;

const DAY_MS = 24 * 60 * 60 * 1000;
const BYTES_PER_MEGABYTE = 1024 * 1024;

/** Comes after every time. */
const NO_LIMIT = Number.MAX_SAFE_INTEGER;

/** The sweep's own row of `sizes`: it waits for no writer while it holds errors that one waits for. */
const SLOT = -1;

/** What a line's byte and a row take in tables and indexes: measured, see docs/postgres.md. */
const BYTES_PER_LINE_BYTE = 2;
const BYTES_PER_ROW = 390;

/** Takes the bytes and rows in `counted` off the books. For whoever holds the lock of the sweep. */
const COUNT_GONE = `
  insert into holdfast.sizes as sizes (slot, rows, bytes) select ${SLOT}, -rows, -bytes from counted
  on conflict (slot) do update
    set rows = sizes.rows + excluded.rows, bytes = sizes.bytes + excluded.bytes`;

/** One step of {@linkcode Store.sweep}: the first of the jobs that finds something to do. */
export function sweep(
  db: Database,
  limits: RetentionLimits,
  now: number,
): Promise<{ removed: number; more: boolean }> {
  const oldestMs = now - limits.days * DAY_MS;
  return db.transaction(async (session) => {
    const lock = await session.get<{ is_ours: boolean }>(
      "select pg_try_advisory_xact_lock($1) as is_ours",
      [ADVISORY_LOCKS.sweeping],
    );
    if (!lock?.is_ours) return { removed: 0, more: false };
    const jobs = [
      () => removeLogs(session, { beforeMs: oldestMs, most: STEP_ROWS }),
      () => removeOccurrences(session, oldestMs),
      () => removeSurplus(session, Math.max(limits.keepOccurrences, 1)),
      () => removeHours(session, Math.floor(oldestMs / HOUR_MS)),
      () => removeMended(session, oldestMs),
      () => shrink(session, limits.maxMegabytes * BYTES_PER_MEGABYTE),
    ];
    for (const job of jobs) {
      const removed = await job();
      if (removed > 0) return { removed, more: true };
    }
    return { removed: 0, more: false };
  });
}

/** The oldest logs before a time. */
function removeLogs(
  session: Session,
  { beforeMs, most }: { beforeMs: number; most: number },
): Promise<number> {
  return removed(
    session,
    `with gone as (
       delete from holdfast.logs where (time, id) in (
         select time, id from holdfast.logs where time < $1 order by time, id limit $2
       ) returning octet_length(line) as bytes
     ), counted as (
       select count(*) as rows, coalesce(sum(bytes), 0) as bytes from gone having count(*) > 0
     ), sized as (${COUNT_GONE})
     select rows as removed from counted`,
    [beforeMs, most],
  );
}

/** The oldest occurrences before a time, except the newest of each error. */
function removeOccurrences(session: Session, beforeMs: number): Promise<number> {
  return removed(
    session,
    `with doomed as (
       select error, time, id from holdfast.occurrences as old
       where time < $1 and exists (
         select 1 from holdfast.occurrences as newer
         where newer.error = old.error and (newer.time, newer.id) > (old.time, old.id)
       ) order by time limit ${STEP_ROWS}
     ), ${REMOVE_DOOMED}`,
    [beforeMs],
  );
}

/** The oldest occurrences of the errors that hold more than they may keep. */
function removeSurplus(session: Session, keep: number): Promise<number> {
  return removed(
    session,
    `with doomed as (
       select error, time, id from (
         select id as error, kept from holdfast.errors where kept > $1
         order by kept desc limit ${STEP_ERRORS}
       ) as full_ones, lateral (
         select time, id from holdfast.occurrences where occurrences.error = full_ones.error
         order by time, id limit least(full_ones.kept - $1, ${STEP_ROWS / STEP_ERRORS})
       ) as oldest
     ), ${REMOVE_DOOMED}`,
    [keep],
  );
}

const REMOVE_DOOMED = `
  gone as (
    delete from holdfast.occurrences where (error, time, id) in (select error, time, id from doomed)
    returning error, octet_length(line) as bytes
  ), gone_of as (
    select error, count(*) as rows, sum(bytes) as bytes from gone group by error
  ), kept as (
    update holdfast.errors set kept = kept - gone_of.rows, bytes = errors.bytes - gone_of.bytes
    from gone_of where errors.id = gone_of.error
  )
  select count(*) as removed from gone`;

function removeHours(session: Session, before: number): Promise<number> {
  return removed(
    session,
    `with gone as (
       delete from holdfast.hours where (error, hour) in (
         select error, hour from holdfast.hours where hour < $1 limit ${STEP_ROWS}
       ) returning 1
     ) select count(*) as removed from gone`,
    [before],
  );
}

/** Errors that are resolved and have been silent since before this time. */
function removeMended(session: Session, beforeMs: number): Promise<number> {
  return removed(
    session,
    `with mended as (
       select id from holdfast.errors
       where state = 'resolved' and last_seen < $1 and resolved_at < $1 and kept <= 1
       limit ${STEP_ERRORS} for update skip locked
     ), gone as (
       delete from holdfast.errors where id in (select id from mended) returning 1
     ) select count(*) as removed from gone`,
    [beforeMs],
  );
}

/** What is too much, and no more: a step may be larger than what may be kept. */
async function shrink(session: Session, maxBytes: number): Promise<number> {
  const { rows, size } = (await session.get<{ rows: number; size: number }>(
    `select coalesce(sum(rows), 0)::bigint as rows, coalesce(
       ${BYTES_PER_LINE_BYTE} * sum(bytes) + ${BYTES_PER_ROW} * sum(rows), 0
     )::bigint as size from holdfast.sizes`,
  ))!;
  if (size <= maxBytes) return 0;
  const surplus = Math.ceil(rows * (1 - maxBytes / size));
  return await removeLogs(session, { beforeMs: NO_LIMIT, most: Math.min(surplus, STEP_ROWS) }) ||
    await removeOccurrences(session, NO_LIMIT);
}

async function removed(
  session: Session,
  sql: string,
  values: readonly unknown[],
): Promise<number> {
  const row = await session.get<{ removed: number }>(sql, values);
  return row?.removed ?? 0;
}
