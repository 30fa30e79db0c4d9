/** @jsxImportSource hono/jsx */
import type { Html } from "./html.ts";

const BAR_WIDTH = 4;
const BAR_STEP = 5;

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
      {bars.map(({ value, bad = 0 }, index) => (
        <>
          <Rect
            index={index}
            from={0}
            to={Math.max(value / most, value > 0 ? 0.08 : 0)}
            height={height}
          />
          {bad > 0 && (
            <Rect
              kind="bad"
              index={index}
              from={0}
              to={Math.max(bad / most, 0.08)}
              height={height}
            />
          )}
        </>
      ))}
      <path class="base" d={`M0 ${height - 0.5}H${width}`} />
    </svg>
  );
}

function Rect(
  { index, from, to, height, kind }: {
    index: number;
    from: number;
    to: number;
    height: number;
    kind?: string;
  },
) {
  const tall = (to - from) * (height - 1);
  if (tall <= 0) return null;
  return (
    <rect
      class={kind}
      x={index * BAR_STEP}
      y={(height - 1 - to * (height - 1)).toFixed(1)}
      width={BAR_WIDTH}
      height={tall.toFixed(1)}
    />
  );
}
