import type { Loose } from "./loose.ts";
import { numberIn } from "./loose.ts";

/** A client's clock that is wrong by less is taken as right: so long may a request have been under way. */
const MIN_CLOCK_ERROR_MS = 60_000;
/** `2026-11-27T16:39:44.479033563Z`, `2026-11-27 16:39:44` of old clients, which is UTC. */
const ISO = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:[.,](\d{1,3})\d*)?\s*(Z|[+-]\d\d:?\d\d)?$/i;
const SECONDS_BEFORE_MS = 1e11;

/** Milliseconds since 1970, of a number of seconds or an ISO text; undefined for anything else. */
export function timeIn(value: unknown): number | undefined {
  const number = numberIn(value);
  if (number !== undefined) return number <= 0 ? undefined : inMs(number);
  const found = typeof value === "string" && value.length <= 64 ? ISO.exec(value.trim()) : null;
  if (found === null) return undefined;
  const [, day, time, part = "0", zone = "Z"] = found;
  const ms = Date.parse(`${day}T${time}.${part.padEnd(3, "0")}${zone}`);
  return Number.isNaN(ms) ? undefined : ms;
}

/** Some count milliseconds where all others count seconds: no event is of the year 5138. */
function inMs(number: number): number {
  const ms = Math.round(number < SECONDS_BEFORE_MS ? number * 1000 : number);
  return ms <= MAX_TIME_MS ? ms : MAX_TIME_MS;
}

/** ECMAScript's last. */
const MAX_TIME_MS = 8.64e15;

/** How far the client's clock is behind ours: what is to be added to its times. 0 where it does not say, or is right. */
export function clockErrorMs(header: Loose, receivedMs: number): number {
  const sentMs = timeIn(header.sent_at);
  const errorMs = sentMs === undefined ? 0 : receivedMs - sentMs;
  return Math.abs(errorMs) < MIN_CLOCK_ERROR_MS ? 0 : errorMs;
}
