/**
 * Brings log rows of the future to the present: see ../heal.ts.
 *
 * @module
 */
import type { Session } from "../database.ts";
import { HEAL_STEP_ROWS, healed, type HealTimes } from "../heal.ts";
import { lock } from "../locks.ts";
import { vectorOf } from "./lexemes.ts";

const FUTURE_ROWS = `
  select time, id, line from holdfast.logs where time > $1 order by time, id limit ${HEAL_STEP_ROWS}`;

/** Counted in the sweep's own row of `sizes`, whose lock it holds. Values: now; of the rows times, ids, lines, words. */
const MOVE_ROWS = `
  with given as (
    select time, id, line, words::tsvector from unnest(
      $2::bigint[], $3::bigint[], $4::text[], $5::text[]
    ) as given (time, id, line, words)
  ), sized as (
    insert into holdfast.sizes as sizes (slot, rows, bytes)
    select -1, 0, coalesce(sum(octet_length(given.line) - octet_length(logs.line)), 0)
    from given join holdfast.logs using (time, id)
    on conflict (slot) do update set bytes = sizes.bytes + excluded.bytes
  )
  update holdfast.logs set time = $1, line = given.line, words = given.words
  from given where logs.time = given.time and logs.id = given.id`;

/** One step. */
export async function healLogs(session: Session, { nowMs, lastMs }: HealTimes): Promise<boolean> {
  const read = () => session.all<{ time: number; id: number; line: string }>(FUTURE_ROWS, [lastMs]);
  if ((await read()).length === 0) return false;
  await lock(session, "sweeping");
  const rows = await read();
  const moved = rows.map(({ line }) => healed(line, nowMs));
  await session.all(MOVE_ROWS, [
    nowMs,
    rows.map(({ time }) => time),
    rows.map(({ id }) => id),
    moved.map(({ line }) => line),
    moved.map(({ words }) => vectorOf(words)),
  ]);
  return true;
}
