/**
 * Brings rows of the future to the present: see ../healing.ts. One instance does it, the others that start wait for it.
 *
 * @module
 */
import {
  AFTER_ALL_BOOTS,
  HEAL_STEP_ROWS,
  healed,
  type HealTimes,
  healTimes,
  MOMENTS,
} from "../healing.ts";
import { HOUR_MS } from "../tally.ts";
import { nowToKeep } from "../times.ts";
import type { Session } from "./database.ts";
import { vectorOf } from "./lexemes.ts";
import { ADVISORY_LOCKS } from "../locks.ts";

/** Values: the last time in milliseconds, the last hour. */
const IS_NEEDED = `
  select exists (select 1 from holdfast.logs where time > $1)
    or exists (select 1 from holdfast.occurrences where time > $1)
    or exists (select 1 from holdfast.errors where last_seen > $1 or first_seen > $1)
    or exists (select 1 from holdfast.hours where hour > $2) as needed`;

/** Values: the last time, rows. */
const futureRows = (table: "logs" | "occurrences") => `
  select time, id, line from holdfast.${table} where time > $1 order by time, id limit $2`;

/**
 * All that a step moves, counted in the sweep's own row of `sizes`, whose lock it holds. Values: now; of the rows times, ids, lines,
 * words; their table.
 */
const MOVE_ROWS = `
  with given as (
    select time, id, line, words::tsvector from unnest(
      $2::bigint[], $3::bigint[], $4::text[], $5::text[]
    ) as given (time, id, line, words)
  ), moved as (
    update holdfast.logs set time = $1, line = given.line, words = given.words
    from given where $6 = 'logs' and logs.time = given.time and logs.id = given.id
  ), occurred as (
    update holdfast.occurrences set time = $1, line = given.line, words = given.words
    from given where $6 = 'occurrences' and occurrences.id = given.id
  ), sized as (
    insert into holdfast.sizes as sizes (slot, rows, bytes)
    select -1, 0, coalesce(sum(octet_length(given.line) - octet_length(logs.line)), 0)
    from given join holdfast.logs using (time, id) where $6 = 'logs'
    on conflict (slot) do update set bytes = sizes.bytes + excluded.bytes
  ), held as (
    select error, sum(octet_length(given.line) - octet_length(occurrences.line)) as bytes
    from given join holdfast.occurrences using (id) where $6 = 'occurrences' group by error
  )
  update holdfast.errors set bytes = errors.bytes + held.bytes
  from held where errors.id = held.error`;

interface FutureRow {
  time: number;
  id: number;
  line: string;
}

/** One step in a transaction of its own; true while there is more to do. */
export async function heal(session: Session, timeoutMs: number): Promise<boolean> {
  const boot = await session.get<{ boot: string }>(
    "select boot from holdfast.logs where boot < $1 order by boot desc limit 1",
    [AFTER_ALL_BOOTS],
  );
  const times = healTimes(boot?.boot, nowToKeep());
  const values = [times.lastMs, Math.floor(times.lastMs / HOUR_MS)];
  if (!(await session.get<{ needed: boolean }>(IS_NEEDED, values))!.needed) return false;
  await session.all("begin");
  try {
    await session.all(`set local statement_timeout = ${timeoutMs}`);
    await session.all(`set local lock_timeout = ${timeoutMs}`);
    await session.all("select pg_advisory_xact_lock($1)", [ADVISORY_LOCKS.sweeping]);
    const isMore = await moveRows(session, times);
    if (!isMore) await healTheRest(session, times);
    await session.all("commit");
    return isMore;
  } catch (error) {
    // On a connection that is gone there is nothing to roll back.
    await session.all("rollback").catch(() => {});
    throw error;
  }
}

async function moveRows(session: Session, { nowMs, lastMs }: HealTimes): Promise<boolean> {
  const read = (table: "logs" | "occurrences") =>
    session.all<FutureRow>(futureRows(table), [lastMs, HEAL_STEP_ROWS]);
  const logs = await read("logs");
  const table = logs.length > 0 ? "logs" : "occurrences";
  const rows = logs.length > 0 ? logs : await read("occurrences");
  if (rows.length === 0) return false;
  const moved = rows.map(({ line }) => healed(line, nowMs));
  await session.all(MOVE_ROWS, [
    nowMs,
    rows.map(({ time }) => time),
    rows.map(({ id }) => id),
    moved.map(({ line }) => line),
    moved.map(({ words }) => vectorOf(words)),
    table,
  ]);
  return true;
}

async function healTheRest(session: Session, { nowMs, lastMs }: HealTimes): Promise<void> {
  for (const [table, column] of MOMENTS) {
    await session.all(`update holdfast.${table} set ${column} = $1 where ${column} > $2`, [
      nowMs,
      lastMs,
    ]);
  }
  await session.all(
    `with gone as (
       delete from holdfast.hours where hour > $2 returning error, count
     )
     insert into holdfast.hours as hours (error, hour, count)
     select error, $1, sum(count) from gone group by error
     on conflict (error, hour) do update set count = hours.count + excluded.count`,
    [Math.floor(nowMs / HOUR_MS), Math.floor(lastMs / HOUR_MS)],
  );
}
