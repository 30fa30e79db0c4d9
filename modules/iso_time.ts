/** Reads a time that a person or a program wrote. */

/** Years to fractions of a second. `Date.parse` takes much else: `1`, `11/12/2026` (of which country?), `1 May 2026`. */
const ISO_8601 =
  /^(\d{4}|[+-]\d{6})(?:-(\d\d)(?:-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?(Z|([+-])(\d\d):?(\d\d))?)?)?)?$/i;

/** The times that a `Date` can hold lie between this and its negative: https://tc39.es/ecma262/#sec-time-values-and-time-range */
const MAX_DATE_MS = 8.64e15;
const MINUTE_MS = 60 * 1000;
const MINUTES_A_DAY = 24 * 60;

/**
 * Milliseconds since 1970 of a time in ISO 8601; undefined for a text that is none: no such day, hour or minute. UTC where it
 * names no zone. `24:00` is the end of a day, and `23:59:60` UTC a leap second, which counts as the next day's first (RFC 3339,
 * 5.7). A year that a `Date` cannot hold is the first or the last moment that it can.
 */
export function readTime(text: string): number | undefined {
  const match = ISO_8601.exec(text);
  if (match === null || match[1] === "-000000") return undefined;
  const [year, month, day, hour, minute, second] = [1, 2, 3, 4, 5, 6].map((i) =>
    Number(match[i] ?? (i === 2 || i === 3 ? 1 : 0))
  ) as [number, number, number, number, number, number];
  const ms = Number((match[7] ?? "").slice(0, 3).padEnd(3, "0"));
  const [zoneHours, zoneMinutes] = [Number(match[10] ?? 0), Number(match[11] ?? 0)];
  const offset = (match[9] === "-" ? -1 : 1) * (zoneHours * 60 + zoneMinutes);
  const isDay = month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month);
  const isEndOfDay = hour === 24 && minute === 0 && second === 0 && ms === 0;
  const utcMinute = hour * 60 + minute - offset;
  const isLeapSecond = second === 60 &&
    (utcMinute + 2 * MINUTES_A_DAY) % MINUTES_A_DAY === MINUTES_A_DAY - 1;
  const isTime = (hour <= 23 || isEndOfDay) && minute <= 59 && (second <= 59 || isLeapSecond);
  if (!isDay || !isTime || zoneHours > 23 || zoneMinutes > 59) return undefined;
  // Not Date.UTC: it takes the year 50 for 1950.
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute, second, isLeapSecond ? 0 : ms);
  const timeMs = date.getTime() - offset * MINUTE_MS;
  if (Number.isNaN(timeMs)) return year > 0 ? MAX_DATE_MS : -MAX_DATE_MS;
  return Math.min(Math.max(timeMs, -MAX_DATE_MS), MAX_DATE_MS);
}

/** Days of a month in the Gregorian calendar, which repeats every 400 years. */
function daysIn(year: number, month: number): number {
  return new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate();
}
