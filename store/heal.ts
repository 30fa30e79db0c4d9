/**
 * What is done at the start about rows of the future: of a version that believed any time, or of a machine whose clock was ahead.
 * They would stand before everything that comes, and no age would remove them. One process does it, the others that start wait
 * for it.
 */
import type { Database, Engine, Session } from "./database.ts";
import { lineOf, redatedRecord } from "./dated.ts";
import { recount } from "./errors/held.ts";
import { changeOccurrence } from "./full_text.ts";
import { lock } from "./locks.ts";
import { recordOf } from "./rows.ts";
import { HOUR_MS } from "./tally.ts";
import { isOfTheFuture, MAX_AHEAD_MS, MAX_TIME_MS, nowToKeep } from "./times.ts";
import { wordsOf } from "./words.ts";

export const HEAL_STEP_ROWS = 500;

/** Comes after the id of every process that can have started. */
const AFTER_ALL_BOOTS: string = bootAt(MAX_TIME_MS);

/** Tables and their columns that are never later than now. */
const MOMENTS = [
  ["errors", "first_seen"],
  ["errors", "last_seen"],
  ["errors", "last_critical"],
  ["errors", "resolved_at"],
  ["errors", "muted_at"],
  ["history", "time"],
  ["alerts_sent", "time"],
  ["alerts_sent", "noted_at"],
] as const;

const UUID_V7 = /^([0-9a-f]{8})-([0-9a-f]{4})-7/;

export interface HealTimes {
  nowMs: number;
  /** What is later is of the future. */
  lastMs: number;
}

/** How ids are compared: by their bytes. */
const IN_BYTES: Record<Engine, string> = { sqlite: "", postgres: 'collate "C"' };

/** The process that started last, of those that are known. Values: what comes after all of them. */
const newestBoot = (engine: Engine) => `
  select boot_id from holdfast.log_seen where boot_id ${IN_BYTES[engine]} < $1
  order by boot_id ${IN_BYTES[engine]} desc limit 1`;

/** The indexes of errors begin with the state. */
const IN_ANY_STATE = "state in ('open', 'resolved', 'muted')";

/** Values: the last time in milliseconds, the last hour. */
const IS_NEEDED = `
  select count(*) as needed from (
    select 1 from holdfast.occurrences where time > $1
    union all select 1 from holdfast.errors where ${IN_ANY_STATE} and last_seen > $1
    union all select 1 from holdfast.errors where ${IN_ANY_STATE} and first_seen > $1
    union all select 1 from holdfast.hours where hour > $2
  ) as found`;

/** Heals a store: `healLogs` does a step of it for the log, and says whether there is more. */
export async function heal(
  db: Database,
  healLogs: (session: Session, times: HealTimes) => Promise<boolean>,
): Promise<void> {
  const times = await db.ask(timesOf);
  while (await db.transaction((session) => step(session, times, healLogs)));
}

/**
 * A clock that is behind must not move what a right one wrote: no process starts before one that is known, so its start is not of
 * the future.
 */
async function timesOf(session: Session): Promise<HealTimes> {
  const newest = await session.get<{ boot_id: string }>(newestBoot(session.engine), [
    AFTER_ALL_BOOTS,
  ]);
  const [, high = "0", low = "0"] = UUID_V7.exec(newest?.boot_id ?? "") ?? [];
  const nowMs = nowToKeep();
  return { nowMs, lastMs: Math.max(nowMs, parseInt(high + low, 16)) + MAX_AHEAD_MS };
}

async function step(
  session: Session,
  times: HealTimes,
  healLogs: (session: Session, times: HealTimes) => Promise<boolean>,
): Promise<boolean> {
  const { nowMs, lastMs } = times;
  if (await healLogs(session, times)) return true;
  const values = [lastMs, Math.floor(lastMs / HOUR_MS)];
  if ((await session.get<{ needed: number }>(IS_NEEDED, values))!.needed === 0) return false;
  await lock(session, "sweeping");
  const rows = await session.all<{ id: number; error: number; line: string }>(
    `select id, error, line from holdfast.occurrences where time > $1
     order by time, id limit ${HEAL_STEP_ROWS}`,
    [lastMs],
  );
  await session.batch([
    ...rows.flatMap(({ id, line }) =>
      changeOccurrence(session.engine, id, { time: nowMs, ...healed(line, nowMs) })
    ),
    ...[...new Set(rows.map(({ error }) => error))].map(recount),
  ]);
  if (rows.length === HEAL_STEP_ROWS) return true;
  await healTheRest(session, times);
  return false;
}

async function healTheRest(session: Session, { nowMs, lastMs }: HealTimes): Promise<void> {
  const [hour, lastHour] = [Math.floor(nowMs / HOUR_MS), Math.floor(lastMs / HOUR_MS)];
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

/** The first UUIDv7 of a millisecond. */
function bootAt(timeMs: number): string {
  const hex = timeMs.toString(16).padStart(12, "0");
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
}
