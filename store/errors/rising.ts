/**
 * When an open error is rising: it happens ten times as often as in its usual hour.
 *
 * Its usual hour is the mean of those hours of the last week in which it happened at all, so that a nightly job that fails a
 * hundred times is as usual every night. An hour is one of the clock. It is asked once for each hour, when the error has happened
 * {@linkcode MIN_COUNT} times in it; the count that means "rising" is kept beside the hour. Whose batch brings the hour to this
 * count has the alert: the error's row is locked then, so exactly one has, over all instances.
 */
import type { Session, Statement } from "../drivers/database.ts";
import type { ErrorRow } from "./rows.ts";
import { HOUR_MS } from "../times.ts";

/** So many times as often as usual. */
export const TIMES_AS_OFTEN = 10;
/** Less is no alarm, however seldom it was: of an error that happens once a week, ten are still few. */
export const MIN_COUNT = 20;
/** An error that was first seen later has no usual hour yet, and its first alert is hardly read. */
const MIN_AGE_MS: number = 3 * HOUR_MS;
/** How far back the usual hour is looked for. */
const USUAL_HOURS = 7 * 24;
/** Of an hour that is not told of: the hour before was such an hour already. */
const NEVER = Number.MAX_SAFE_INTEGER;

/** An hour of an error, after a batch was added to it. */
export interface CountedHour {
  error: number;
  hour: number;
  count: number;
  alarm_at: number | null;
}

export interface Growth {
  before: ErrorRow;
  after: ErrorRow;
  /** How many occurrences the batch brings. */
  added: number;
}

const USUAL = `
  select error, sum(count) as total, count(*) as hours,
    coalesce(max(count) filter (where hour = $2::bigint - 1), 0) as last,
    count(*) filter (where hour = $2::bigint - 1 and alarm_at <= count) as rose
  from holdfast.hours where error = any ($1) and hour >= $2::bigint - ${USUAL_HOURS} and hour < $2
  group by error`;

const KEEP_ALARMS = `
  update holdfast.hours as hours set alarm_at = given.alarm_at
  from json_to_recordset($1) as given (error bigint, hour bigint, alarm_at bigint)
  where hours.error = given.error and hours.hour = given.hour`;

/** The errors that are rising with this batch. Part of its transaction; mostly it asks nothing. */
export async function risingOf(
  session: Session,
  growths: readonly Growth[],
  { counted, nowMs }: { counted: readonly CountedHour[]; nowMs: number },
): Promise<ErrorRow[]> {
  const thisHour = Math.floor(nowMs / HOUR_MS);
  const hours = new Map(
    counted.filter(({ hour, count }) => hour === thisHour && count >= MIN_COUNT)
      .map((hour) => [hour.error, hour]),
  );
  const candidates = growths.filter(({ before, after }) =>
    hours.has(after.id) && before.state === "open" && after.state === "open" &&
    before.first_seen <= nowMs - MIN_AGE_MS
  );
  if (candidates.length === 0) return [];
  const unasked = candidates.map(({ after }) => hours.get(after.id)!)
    .filter(({ alarm_at }) => alarm_at === null);
  const asked = await alarmsOf(session, unasked, thisHour);
  return candidates.filter(({ after, added }) => {
    const { count, alarm_at } = hours.get(after.id)!;
    const alarmAt = alarm_at ?? asked.get(after.id)!;
    // What nobody has asked yet, nobody has told of.
    return count >= alarmAt && (alarm_at === null || count - added < alarmAt);
  }).map(({ after }) => after);
}

interface Usual {
  error: number;
  total: number;
  hours: number;
  /** How often it happened in the hour before, */
  last: number;
  /** and whether it rose in it. */
  rose: number;
}

/** By error, and kept beside the hour. */
async function alarmsOf(
  session: Session,
  unasked: readonly CountedHour[],
  thisHour: number,
): Promise<Map<number, number>> {
  if (unasked.length === 0) return new Map();
  const errors = unasked.map(({ error }) => error);
  const rows = await session.all<Usual>(USUAL, [errors, thisHour]);
  const usual = new Map(rows.map((row) => [row.error, row]));
  const alarms = new Map(errors.map((error) => {
    const { total = 0, hours = 1, last = 0, rose = 0 } = usual.get(error) ?? {};
    const alarmAt = Math.max(MIN_COUNT, Math.ceil(TIMES_AS_OFTEN * total / hours));
    return [error, rose > 0 || last >= alarmAt ? NEVER : alarmAt];
  }));
  const kept = Array.from(alarms, ([error, alarm_at]) => ({ error, hour: thisHour, alarm_at }));
  await session.run(KEEP_ALARMS, [JSON.stringify(kept)]);
  return alarms;
}

/** Notes when errors were rising. */
export function keepRise(errors: readonly number[], nowMs: number): Statement {
  return {
    sql: "update holdfast.errors set rising_at = $2 where id = any ($1)",
    values: [errors, nowMs],
  };
}

/** How often the error happened in the hour in which it rose, and in its usual one at most. */
export async function riseOf(
  session: Session,
  error: number,
): Promise<{ count: number; usual: number } | null> {
  const row = await session.get<{ count: number; alarm_at: number }>(
    `select count, alarm_at from holdfast.hours where error = $1 and alarm_at <= count
     order by hour desc limit 1`,
    [error],
  );
  return row === undefined
    ? null
    : { count: row.count, usual: Math.floor(row.alarm_at / TIMES_AS_OFTEN) };
}
