/**
 * Rows of the future, from a machine whose clock was ahead, are brought to the present when a store is opened. They would stand
 * before everything that comes, and no age would remove them. One process does it, others that start wait for it.
 */
import type { Database, Session } from "../drivers/database.ts";
import { lineOf, redatedRecord } from "../log/dated.ts";
import { changeOccurrence } from "../search/full_text.ts";
import { lock } from "../drivers/locks.ts";
import { recordOf, recount } from "../errors/rows.ts";
import { HOUR_MS, isOfTheFuture, MAX_AHEAD_MS, MAX_TIME_MS, nowToKeep } from "../times.ts";
import { wordsOf } from "../search/words.ts";

/** Rows moved in one transaction. */
const STEP_ROWS = 500;

/** Columns that are never later than now. */
const MOMENTS = [
  ["errors", "first_seen"],
  ["errors", "last_seen"],
  ["errors", "last_critical"],
  ["errors", "resolved_at"],
  ["errors", "muted_at"],
  ["errors", "came_back_at"],
  ["errors", "rising_at"],
  ["history", "time"],
  ["alerts", "time"],
  ["alerts", "noted_at"],
  ["alert_receivers", "seen_at"],
] as const;

const UUID_V7 = /^([0-9a-f]{8})-([0-9a-f]{4})-7/;

export interface HealTimes {
  nowMs: number;
  /** What is later is of the future, and is moved to now. */
  lastMs: number;
}

/**
 * The process that started last; ids are compared by their bytes. Values: what comes after the id of every process that can have
 * started.
 */
const NEWEST_BOOT = {
  sqlite: newestBoot("boot_id"),
  postgres: newestBoot('boot_id collate "C"'),
};

/** Errors that happened in the future. Each part has an index. Values: the last time in milliseconds, the last hour. */
const AHEAD = `
  select error as id from holdfast.hours where hour > $2
  union all
  select id from holdfast.errors
  where state in ('open', 'resolved', 'muted') and last_seen > $1`;

/** `healLogs` does one step for the log, and says whether there is more. */
export async function heal(
  db: Database,
  healLogs: (session: Session, times: HealTimes) => Promise<boolean>,
): Promise<void> {
  const times = await db.ask(timesOf);
  while (
    await db.transaction(async (session) =>
      await healLogs(session, times) || await healErrors(session, times)
    )
  );
}

/**
 * A clock that is behind must not move what a right one wrote: no process starts before one that is known, so its start is not of
 * the future.
 */
async function timesOf(session: Session): Promise<HealTimes> {
  const newest = await session.get<{ boot_id: string }>(NEWEST_BOOT[session.engine], [
    bootAt(MAX_TIME_MS),
  ]);
  const [, high = "0", low = "0"] = UUID_V7.exec(newest?.boot_id ?? "") ?? [];
  const nowMs = nowToKeep();
  return { nowMs, lastMs: Math.max(nowMs, parseInt(high + low, 16)) + MAX_AHEAD_MS };
}

function newestBoot(id: string): string {
  return `select boot_id from holdfast.log_seen where ${id} < $1 order by ${id} desc limit 1`;
}

/** The first UUIDv7 of a millisecond. */
function bootAt(timeMs: number): string {
  const hex = timeMs.toString(16).padStart(12, "0");
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
}

async function healErrors(session: Session, { nowMs, lastMs }: HealTimes): Promise<boolean> {
  const [hour, lastHour] = [nowMs, lastMs].map((ms) => Math.floor(ms / HOUR_MS)) as [
    number,
    number,
  ];
  const errors = await session.all<{ id: number }>(AHEAD, [lastMs, lastHour]);
  if (errors.length === 0) return false;
  await lock(session, "sweeping");
  const rows = await session.all<{ id: number; error: number; line: string }>(
    `select id, error, line from holdfast.occurrences where error = any ($1) and time > $2
     limit ${STEP_ROWS}`,
    [errors.map(({ id }) => id), lastMs],
  );
  await session.batch([
    ...rows.flatMap(({ id, line }) =>
      changeOccurrence(session.engine, id, { time: nowMs, ...healed(line, nowMs) })
    ),
    ...[...new Set(rows.map(({ error }) => error))].map(recount),
  ]);
  if (rows.length === STEP_ROWS) return true;
  await session.batch([
    ...MOMENTS.map(([table, column]) => ({
      sql: `update holdfast.${table} set ${column} = $1 where ${column} > $2`,
      values: [nowMs, lastMs],
    })),
    {
      sql: `insert into holdfast.hours (error, hour, count)
        select error, $1::bigint, sum(count) from holdfast.hours where hour > $2 group by error
        on conflict (error, hour) do update set count = hours.count + excluded.count`,
      values: [hour, lastHour],
    },
    { sql: "delete from holdfast.hours where hour > $1", values: [lastHour] },
  ]);
  return false;
}

/** A row of the future as it is stored now: its line, and what search sees of it. */
export function healed(line: string, nowMs: number): { line: string; words: string } {
  const record = recordOf(line);
  if (!isOfTheFuture(Date.parse(record.time), nowMs)) {
    return { line, words: wordsOf({ record, line }) };
  }
  const moved = redatedRecord(record, nowMs);
  const movedLine = lineOf(moved);
  return { line: movedLine, words: wordsOf({ record: moved, line: movedLine }) };
}
