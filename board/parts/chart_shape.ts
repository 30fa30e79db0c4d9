/** Where the parts of a chart stand: all of them draw by it. */
import { type Span, stepTime } from "./chart_scale.ts";
import type { Clock } from "./times.ts";

/** Lanes above and below the bars, in pixels: what is pointed at, names of releases, times. */
export const SAID_LANE = 20;
export const SAID_BASE = 15;
export const NAMES_LANE = 18;
/** In place of the names, so that the scale's maximum is not on the caption. */
export const NO_NAMES_LANE = 8;
export const TICKS_LANE = 20;

/** What is drawn where, in pixels from above. */
export interface Shape {
  top: number;
  bottom: number;
  height: number;
  /** The value at the top. */
  most: number;
  sums: readonly number[];
  span: Span;
  /** Index of the step that is not over; may lie outside. */
  running: number;
  /** Id of the pattern that marks it. */
  hatch: string;
}

/** When a step begins. */
export function timeOf(index: number, { span }: Shape, clock: Clock): string {
  return stepTime(span.firstMs + index * span.stepMs, span, clock);
}

/** Two digits tell 200 bars on any window apart. */
export function percent(share: number): string {
  return `${fixed(share * 100)}%`;
}

export function fixed(number: number): string {
  return String(Math.round(number * 100) / 100);
}
