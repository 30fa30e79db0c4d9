/** @jsxImportSource hono/jsx */
import type { Html } from "./parts.tsx";

const BAR_WIDTH = 4;
const BAR_STEP = 5;
/** Of the highest bar: any smaller one could not be seen. */
const LEAST_SHARE = 0.08;

export interface Bar {
  value: number;
  /** The part in red, at most `value`. */
  bad?: number;
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
  const bar = (value: number, { index, kind }: { index: number; kind?: "bad" }) => {
    if (value <= 0) return null;
    const tall = Math.max(value / most, LEAST_SHARE) * (height - 1);
    const y = (height - 1 - tall).toFixed(1);
    return (
      <rect class={kind} x={index * BAR_STEP} y={y} width={BAR_WIDTH} height={tall.toFixed(1)} />
    );
  };
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
      {bars.map(({ value }, index) => bar(value, { index }))}
      {bars.map(({ bad = 0 }, index) => bar(bad, { index, kind: "bad" }))}
      <path class="base" d={`M0 ${height - 0.5}H${width}`} />
    </svg>
  );
}
