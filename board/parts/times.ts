import { isoTime } from "../../logging/mod.ts";

const STEPS = [
  ["min", 60],
  ["h", 60 * 60],
  ["d", 24 * 60 * 60],
] as const;
const MAX_DAYS_AGO = 30;

/** When a page is made, and in which zone its times are shown. */
export interface Clock {
  /** Milliseconds since 1970. */
  readonly nowMs: number;
  /** `UTC`, or an IANA name as `Europe/Berlin`. */
  readonly zone: string;
}

/** `just now`, `5 min ago`, `3 h ago`, `12 d ago`, then the date. board.js says the same. */
export function ago(time: string, clock: Clock): string {
  const seconds = (clock.nowMs - Date.parse(time)) / 1000;
  if (!(seconds >= 0)) return shortTime(time, clock);
  let told = "just now";
  for (const [unit, length] of STEPS) {
    if (seconds >= length) told = `${Math.floor(seconds / length)} ${unit} ago`;
  }
  return seconds > MAX_DAYS_AGO * 24 * 60 * 60 ? dateIn(time, clock) : told;
}

/** `2026-11-22 14:03:07 UTC`, `2026-11-22 15:03:07 Europe/Berlin` */
export function fullTime(time: string, clock: Clock): string {
  return `${shortTime(time, clock)} ${clock.zone}`;
}

/** `2026-11-22 14:03:07` */
function shortTime(time: string, clock: Clock): string {
  return inZone(time, clock).slice(0, 19).replace("T", " ");
}

function dateIn(time: string, clock: Clock): string {
  return inZone(time, clock).slice(0, 10);
}

/** `14:03:07.120` */
export function clockTime(time: string, clock: Clock): string {
  return inZone(time, clock).slice(11, 23);
}

/** `14:03` today, `11-21 14:03` on another day, `2025-11-21 14:03` of another year. */
export function shortMoment(time: string, clock: Clock): string {
  const local = inZone(time, clock);
  const today = dateIn(isoTime(clock.nowMs), clock);
  const from = local.slice(0, 10) === today ? 11 : local.slice(0, 4) === today.slice(0, 4) ? 5 : 0;
  return local.slice(from, 16).replace("T", " ");
}

/** Making one takes longer than a page: each zone has one. */
const formats = new Map<string, Intl.DateTimeFormat>();
const MAX_FORMATS = 50;

function inZone(time: string, { zone }: Clock): string {
  return zonedTime(time, zone);
}

/** `2026-11-22T15:03:07.120` as clocks in the zone show it. */
export function zonedTime(time: string, zone: string): string {
  if (zone === "UTC") return time.slice(0, 23);
  let format = formats.get(zone);
  if (format === undefined) {
    if (formats.size >= MAX_FORMATS) formats.clear();
    format = new Intl.DateTimeFormat("sv-SE", {
      timeZone: zone,
      dateStyle: "short",
      timeStyle: "medium",
    });
    formats.set(zone, format);
  }
  return `${format.format(new Date(time)).replace(" ", "T")}${time.slice(19, 23)}`;
}

/** `1,234`; from `most` on `10,000+`. */
export function count(number: number, most = Infinity): string {
  return number >= most ? `${most.toLocaleString("en")}+` : number.toLocaleString("en");
}

/** `1 error`, `1,234 errors`; from `most` on `10,000+ errors`. */
export function counted(number: number, noun: string, most?: number): string {
  return `${count(number, most)} ${noun}${number === 1 ? "" : "s"}`;
}

/** `3.4`, `12`, `1,000`; an en dash of none at all. */
export function perThousand(part: number, all: number): string {
  if (all === 0) return "–";
  const share = part / all * 1000;
  return share > 0 && share < 9.95 ? share.toFixed(1) : count(Math.round(share));
}

const BYTE_UNITS = ["B", "KB", "MB", "GB", "TB"];

/** `12.3 MB` */
export function bytes(number: number): string {
  let unit = 0;
  for (; number >= 1024 && unit < BYTE_UNITS.length - 1; unit++) number /= 1024;
  return `${number.toFixed(unit > 0 && number < 100 ? 1 : 0)} ${BYTE_UNITS[unit]}`;
}

/** `340 µs`, `12 ms`, `1.2 s` */
export function milliseconds(number: number): string {
  if (number < 1) return `${Math.round(number * 1000)} µs`;
  if (number < 1000) return `${number < 10 ? number.toFixed(1) : Math.round(number)} ms`;
  return `${(number / 1000).toFixed(1)} s`;
}

export function sumOf(numbers: Iterable<number>): number {
  let sum = 0;
  for (const number of numbers) sum += number;
  return sum;
}
