/** @jsxImportSource hono/jsx */
import type { Html } from "./parts.tsx";
import { sumOf } from "./times.ts";

const BAR_WIDTH = 4;
const BAR_STEP = 5;
/** A bar is a thick line, from its middle. */
const MIDDLE = `translate(${BAR_WIDTH / 2})`;
/** Of the highest bar: any smaller one could not be seen. */
const LEAST_SHARE = 0.08;

export interface Bar {
  value: number;
  /** The part in red, at most `value`. */
  bad?: number;
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
  { bars, height = 24, tone, label }: {
    bars: readonly Bar[];
    height?: number;
    tone?: "quiet";
    label: string;
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
  return (
    <svg
      class={tone === undefined ? "bars" : `bars ${tone}`}
      viewBox={`0 0 ${width} ${height}`}
      width={width}
      height={height}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      {all && <path d={all} transform={MIDDLE} />}
      {bad && <path class="bad" d={bad} transform={MIDDLE} />}
      <path class="base" d={`M0 ${height - 0.5}H${width}`} />
    </svg>
  );
}
