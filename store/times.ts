/**
 * Which times are believed, and how they are written. A clock may be wrong, a reporter's as well as this machine's: whatever it
 * says, a time that is kept lies between 1970 and {@linkcode MAX_TIME_MS}.
 */

/**
 * The year 2200. Ids of log rows are microseconds and must stay below 2^53, which is in the year 2255: the years between are room
 * for the rows of a machine whose own clock is far ahead.
 */
export const MAX_TIME_MS: number = Date.UTC(2200, 0, 1);

export const MINUTE_MS: number = 60 * 1000;
export const HOUR_MS: number = 60 * MINUTE_MS;
export const DAY_MS: number = 24 * HOUR_MS;

const LAST_OF_9999_MS = Date.UTC(10_000, 0) - 1;

/** Clocks differ a little: a time that is so much ahead of this machine's is believed, a later one is not. */
export const MAX_AHEAD_MS: number = 5 * MINUTE_MS;

/** Whether it lies between the first and the last time that can be kept. */
export function isKeepable(timeMs: number): boolean {
  return timeMs >= 0 && timeMs <= MAX_TIME_MS;
}

/** The nearest time that can be kept. */
export function keepableTime(timeMs: number): number {
  return Math.min(Math.max(Math.floor(timeMs), 0), MAX_TIME_MS);
}

/** This machine's time, as it is kept. */
export function nowToKeep(): number {
  return keepableTime(Date.now());
}

const DAY_SECONDS = 24 * 60 * 60;
const TWO_DIGITS = Array.from({ length: 60 }, (_, number) => String(number).padStart(2, "0"));

let lastDay = NaN;
let lastDayText = "";
let lastSecond = NaN;
let lastSecondText = "";

/** ISO 8601, UTC, of milliseconds since 1970, with four digits of the year. Never throws: no time at all is 1970. */
export function isoTime(timeMs: number): string {
  const ms = Math.min(Math.max(Math.trunc(timeMs), 0), LAST_OF_9999_MS) || 0;
  const second = Math.floor(ms / 1000);
  // Thousands of records a second ask: only the milliseconds are new.
  if (second !== lastSecond) {
    lastSecondText = secondText(second);
    lastSecond = second;
  }
  return `${lastSecondText}${String(ms % 1000).padStart(3, "0")}Z`;
}

/** `2026-11-28T02:51:13.`: what a record tells of is mostly of the same day, and a Date takes ten times as long. */
function secondText(second: number): string {
  const day = Math.floor(second / DAY_SECONDS);
  if (day !== lastDay) {
    lastDayText = new Date(day * DAY_SECONDS * 1000).toISOString().slice(0, "2026-11-28T".length);
    lastDay = day;
  }
  const rest = second % DAY_SECONDS;
  const [hours, minutes, seconds] = [
    Math.floor(rest / 3600),
    Math.floor(rest / 60) % 60,
    rest % 60,
  ];
  return `${lastDayText}${TWO_DIGITS[hours]}:${TWO_DIGITS[minutes]}:${TWO_DIGITS[seconds]}.`;
}

/** Whether a time is too far ahead to be believed, or none. */
export function isOfTheFuture(timeMs: number, nowMs: number): boolean {
  return !(timeMs <= nowMs + MAX_AHEAD_MS);
}

/**
 * Whether something happened at or after a moment that this store noted. A moment that is still to come was noted by a clock that
 * has been set back since: it holds nothing up.
 */
export function isSince(
  timeMs: number,
  { momentMs, nowMs }: { momentMs: number; nowMs: number },
): boolean {
  return timeMs >= momentMs || isOfTheFuture(momentMs, nowMs);
}
