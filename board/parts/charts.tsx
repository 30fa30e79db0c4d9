/** @jsxImportSource hono/jsx */
import type { Release } from "../../logging/mod.ts";
import type { Html } from "./parts.tsx";
import { plainLine } from "./plain.ts";
import { type Clock, fullTime, sumOf } from "./times.ts";

const BAR_WIDTH = 4;
const BAR_STEP = 5;
/** A bar is a thick line, from its middle. */
const MIDDLE = `translate(${BAR_WIDTH / 2})`;
/** Of the highest bar: any smaller one could not be seen. */
const LEAST_SHARE = 0.08;
/** Releases that a chart's label names. */
const MAX_MARKS_NAMED = 3;
const MAX_MARK_CHARS = 60;

export interface Bar {
  value: number;
  /** The part in red, at most `value`. */
  bad?: number;
}

/** A line above a bar, with a text on hovering. */
export interface Mark {
  /** Of the bar that it stands at. */
  index: number;
  text: string;
}

/** At most so many: of more, neighbours are added up, or the highest of them counts. */
export function fewBars(
  bars: readonly Bar[],
  { most, isSum }: { most: number; isSum: boolean },
): Bar[] {
  const together = Math.ceil(bars.length / most);
  const joined = (numbers: number[]) => isSum ? sumOf(numbers) : Math.max(...numbers);
  return Array.from({ length: Math.ceil(bars.length / together) }, (_, index) => {
    const here = bars.slice(index * together, (index + 1) * together);
    return {
      value: joined(here.map(({ value }) => value)),
      bad: joined(here.map(({ bad = 0 }) => bad)),
    };
  });
}

/** An SVG without script or inline style; `label` says it in a sentence. */
export function Bars(
  { bars, height = 24, tone, label, marks = [] }: {
    bars: readonly Bar[];
    height?: number;
    tone?: "quiet";
    label: string;
    marks?: readonly Mark[];
  },
): Html {
  const most = Math.max(1, ...bars.map(({ value }) => value));
  const width = bars.length * BAR_STEP - 1;
  const path = (valueOf: (bar: Bar) => number) =>
    bars.map((bar, index) => {
      const value = valueOf(bar);
      if (value <= 0) return "";
      const tall = Math.max(value / most, LEAST_SHARE) * (height - 1);
      return `M${index * BAR_STEP} ${height - 1}v-${Math.round(tall * 10) / 10}`;
    }).join("");
  const [all, bad] = [path(({ value }) => value), path(({ bad = 0 }) => bad)];
  const named = marks.slice(0, MAX_MARKS_NAMED).map(({ text }) => text);
  const more = marks.length > named.length ? ` and ${marks.length - named.length} more` : "";
  return (
    <svg
      class={tone === undefined ? "bars" : `bars ${tone}`}
      viewBox={`0 0 ${width} ${height}`}
      width={width}
      height={height}
      preserveAspectRatio="none"
      role="img"
      aria-label={named.length > 0 ? `${label}; new: ${named.join(", ")}${more}` : label}
    >
      {all && <path d={all} transform={MIDDLE} />}
      {bad && <path class="bad" d={bad} transform={MIDDLE} />}
      <path class="base" d={`M0 ${height - 0.5}H${width}`} />
      {marks.map(({ index, text }) => (
        <g class="mark">
          <title>{text}</title>
          <rect x={index * BAR_STEP - 2} y="0" width={BAR_WIDTH + 4} height={height} />
          <path d={`M${index * BAR_STEP + BAR_WIDTH / 2} 0V${height}`} />
        </g>
      ))}
    </svg>
  );
}

/** Where releases were first seen. Those of one bar share a mark. */
export function marksOf(
  releases: readonly Release[],
  { firstMs, stepMs, steps, clock }: {
    firstMs: number;
    stepMs: number;
    steps: number;
    clock: Clock;
  },
): Mark[] {
  const indexOf = ({ first_seen }: Release) =>
    Math.floor((Date.parse(first_seen) - firstMs) / stepMs);
  return [...Map.groupBy(releases, indexOf)]
    .filter(([index]) => index >= 0 && index < steps)
    .sort(([a], [b]) => a - b)
    .map(([index, here]) => ({
      index,
      text: here.map((release) => markText(release, clock)).join(", "),
    }));
}

function markText({ release, first_seen }: Release, clock: Clock): string {
  return `${plainLine(release, MAX_MARK_CHARS)} from ${fullTime(first_seen, clock)} on`;
}
