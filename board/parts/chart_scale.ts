/** The numbers behind a chart over time: its steps, its scale, its ticks, and where names find room. No markup. */
import { isoTime } from "../../logging/mod.ts";
import { DAY_MS, MINUTE_MS } from "../../store/times.ts";
import { type Clock, fullTime } from "./times.ts";

/** Equal steps of time. */
export interface Span {
  /** When the first one begins, milliseconds since 1970. */
  firstMs: number;
  stepMs: number;
  /** How many. */
  steps: number;
}

const ROUND = [1, 2, 3, 4, 5, 6, 8, 10];

/** The smallest round number that is not below: 1, 2, 3, 4, 5, 6 or 8 with zeros. */
export function roundMaximum(most: number): number {
  if (!(most > 1)) return 1;
  const power = 10 ** Math.floor(Math.log10(most));
  // 3 * 0.1 is more than 0.3: whole numbers are compared as whole ones.
  return ROUND.map((digit) => digit * power).find((round) => round >= most) ?? 10 * power;
}

/** `950`, `1.2k`, `30k`, `2M`: for the side of a chart. */
export function shortNumber(number: number): string {
  const [unit, size] = number >= 1e9
    ? ["G", 1e9]
    : number >= 1e6
    ? ["M", 1e6]
    : number >= 1e3
    ? ["k", 1e3]
    : ["", 1];
  return `${Math.round(number / size * 10) / 10}${unit}`;
}

/** The step with the highest sum, the newest of equal ones; undefined where all are zero. */
export function peakOf(sums: readonly number[]): { index: number; value: number } | undefined {
  const value = Math.max(0, ...sums);
  return value > 0 ? { index: sums.lastIndexOf(value), value } : undefined;
}

/** Distances of ticks, in minutes. */
const TICK_MINUTES = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440];
const MAX_TICKS = 8;
const DAY_MINUTES = DAY_MS / MINUTE_MS;

export interface Tick {
  /** Of the step that begins there. */
  index: number;
  /** `14:30`; `Nov 28` where a day begins. */
  text: string;
}

/** At round times of the zone, at most {@linkcode MAX_TICKS}, evenly. */
export function ticksOf({ firstMs, stepMs, steps }: Span, clock: Clock): Tick[] {
  const lengthMinutes = steps * stepMs / MINUTE_MS;
  const every =
    TICK_MINUTES.find((minutes) =>
      minutes * MINUTE_MS >= stepMs && lengthMinutes / minutes <= MAX_TICKS
    ) ?? DAY_MINUTES;
  const ticks: Tick[] = [];
  for (let index = 0; index < steps; index++) {
    const wall = wallOf(firstMs + index * stepMs, clock);
    const ofDay = Number(wall.slice(11, 13)) * 60 + Number(wall.slice(14, 16));
    if (ofDay % every >= stepMs / MINUTE_MS) continue;
    ticks.push({ index, text: ofDay < stepMs / MINUTE_MS ? dayOf(wall) : wall.slice(11, 16) });
  }
  const apart = Math.ceil(ticks.length / MAX_TICKS);
  return ticks.filter((_, index) => index % apart === 0);
}

/** `14:03`, within a day; `Nov 28, 14:00`; `Nov 28` of a whole day. */
export function stepTime(
  timeMs: number,
  { firstMs, stepMs, steps }: Span,
  clock: Clock,
): string {
  const wall = wallOf(timeMs, clock);
  if (stepMs >= DAY_MS) return dayOf(wall);
  const isOneDay = dayOf(wallOf(firstMs, clock)) ===
    dayOf(wallOf(firstMs + steps * stepMs - 1, clock));
  return isOneDay ? wall.slice(11, 16) : `${dayOf(wall)}, ${wall.slice(11, 16)}`;
}

const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

function dayOf(wall: string): string {
  return `${MONTHS[Number(wall.slice(5, 7)) - 1]} ${Number(wall.slice(8, 10))}`;
}

/** `2026-11-28 14:03:00` as clocks in the zone show it. */
function wallOf(timeMs: number, clock: Clock): string {
  return fullTime(isoTime(timeMs), clock).slice(0, 19);
}

/** Where a name stands, as shares of the whole width. */
export interface Place<Named> {
  /** Where its box begins. */
  from: number;
  /** How wide it is. */
  width: number;
  /** True where the box ends at what it names: there was no room behind it. */
  isBefore: boolean;
  /** What it names: what stands too close to the first shares its place. */
  named: Named[];
}

/** Boxes of one width for names along a line, of which no two overlap. */
export function placeNames<Named extends { at: number }>(
  marks: readonly Named[],
  width: number,
): Place<Named>[] {
  const places: Place<Named>[] = [];
  let free = 0;
  for (const mark of marks.toSorted((a, b) => a.at - b.at)) {
    const isBefore = mark.at + width > 1;
    const from = isBefore ? Math.max(mark.at - width, 0) : mark.at;
    if (places.length > 0 && from < free) places.at(-1)!.named.push(mark);
    else places.push({ from, width, isBefore, named: [mark] });
    free = places.at(-1)!.from + width;
  }
  return places;
}
