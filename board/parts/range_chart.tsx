/** @jsxImportSource hono/jsx */
import type { ReleaseAppeared } from "../../logging/mod.ts";
import { Marks, type ReleaseMark, releaseMarks, releasesText } from "./chart_releases.tsx";
import { peakOf, roundMaximum, shortNumber, type Tick, ticksOf } from "./chart_scale.ts";
import {
  fixed,
  NAMES_LANE,
  NO_NAMES_LANE,
  percent,
  SAID_BASE,
  SAID_LANE,
  type Shape,
  TICKS_LANE,
  timeOf,
} from "./chart_shape.ts";
import { Numbers } from "./chart_table.tsx";
import type { Html } from "./parts.tsx";
import { type Clock, count, counted, sumOf } from "./times.ts";

const DEFAULT_HEIGHT = 96;
/** So high is the smallest part of a bar, in pixels: it can be seen. */
const LEAST_HEIGHT = 2;
/** Near an edge a tick's text would be cut off. */
const EDGE = 0.06;
export type Tone = "bad" | "critical" | "warn" | "info" | "quiet";

export interface RangeChartProps {
  title: string;
  /** What is counted, one of it: `failure`. */
  unit: string;
  clock: Clock;
  /** When the first step begins, milliseconds since 1970. */
  firstMs: number;
  stepMs: number;
  /** Parts of each bar, the lowest first. */
  series: readonly { name: string; tone: Tone }[];
  steps: readonly {
    /** One for each of the series. */
    values: readonly number[];
    /** Narrows the range to this step. */
    href?: string;
  }[];
  /** Those that appeared in this time are marked. */
  releases: readonly ReleaseAppeared[];
  /** Of the highest bar, in pixels. */
  height?: number;
}

/**
 * Stacked bars over a time. Places are shares of the width and texts keep their size, so it is as wide as what it stands in. Each
 * bar can be pointed at, and all numbers stand in a table below for those who cannot see it.
 */
export function RangeChart(props: RangeChartProps): Html {
  const { title, unit, clock, firstMs, stepMs, steps, series, height = DEFAULT_HEIGHT } = props;
  const marks = releaseMarks(props);
  const top = SAID_LANE + (marks.length > 0 ? NAMES_LANE : NO_NAMES_LANE);
  const sums = steps.map(({ values }) => sumOf(values));
  const most = roundMaximum(Math.max(0, ...sums));
  const shape: Shape = {
    ...{ top, height, most, sums },
    bottom: top + height,
    span: { firstMs, stepMs, steps: steps.length },
    running: Math.floor((clock.nowMs - firstMs) / stepMs),
    hatch: `hatch-${title.toLowerCase().replace(/[^a-z0-9]+/g, "-")}`,
  };
  const isRunning = shape.running >= 0 && shape.running < steps.length;
  const peak = peakOf(sums);
  const total = counted(sumOf(sums), unit);
  const peakText = peak && `most ${count(peak.value)} at ${timeOf(peak.index, shape, clock)}`;
  return (
    <figure class="chart" data-chart>
      <figcaption>
        <strong>{title}</strong> <span>{total}</span>{" "}
        {peakText && <span class="peak">{peakText}</span>}
      </figcaption>
      <div class="plot">
        <Scale shape={shape} />
        <svg
          height={shape.bottom + TICKS_LANE}
          role="group"
          aria-label={[`${title}: ${total}`, peakText].filter(Boolean).join(", ")}
        >
          {isRunning && <Hatch id={shape.hatch} />}
          <Grid shape={shape} ticks={ticksOf(shape.span, clock)} />
          <Bars shape={shape} props={props} />
          {marks.length > 0 && <Marks marks={marks} shape={shape} />}
          <g class="steps" transform={`translate(0 ${SAID_BASE})`}>
            {steps.map((_, index) => (
              <Step
                index={index}
                shape={shape}
                mark={marks.find((mark) => mark.index === index)}
                props={props}
              />
            ))}
          </g>
        </svg>
      </div>
      <div class="foot">
        {(series.length > 1 || isRunning) && (
          <ul class="legend">
            {series.length > 1 && series.map(({ name, tone }) => (
              <li>
                <svg width="10" height="10" aria-hidden="true">
                  <rect class={tone} width="10" height="10" rx="2" />
                </svg>
                {name}
              </li>
            ))}
            {isRunning && (
              <li>
                <svg width="10" height="10" aria-hidden="true">
                  <rect class="quiet" width="10" height="10" rx="2" />
                  <rect fill={`url(#${shape.hatch})`} width="10" height="10" rx="2" />
                </svg>
                running
              </li>
            )}
          </ul>
        )}
        <Numbers props={props} shape={shape} marks={marks} />
      </div>
    </figure>
  );
}

/** Beside the bars, so that no number lies on one. */
function Scale({ shape: { top, height, bottom, most } }: { shape: Shape }) {
  return (
    <svg class="scale" width="36" height={bottom + TICKS_LANE} aria-hidden="true">
      <text x="30" y={top + 4}>{shortNumber(most)}</text>
      {most % 2 === 0 && <text x="30" y={top + height / 2 + 4}>{shortNumber(most / 2)}</text>}
      <text x="30" y={bottom + 4}>0</text>
    </svg>
  );
}

function Grid({ shape, ticks }: { shape: Shape; ticks: readonly Tick[] }) {
  const { top, height, bottom, most, span } = shape;
  return (
    <g class="grid" aria-hidden="true">
      <line x2="100%" y1={top} y2={top} />
      {most % 2 === 0 && <line x2="100%" y1={top + height / 2} y2={top + height / 2} />}
      {ticks.map(({ index, text }, nth) => {
        const at = index / span.steps;
        const anchor = at < EDGE ? "start" : at > 1 - EDGE ? "end" : "middle";
        return (
          <g class={nth % 2 === 1 ? "minor" : undefined}>
            <rect x={percent(at)} y={bottom} width="1" height="4" />
            <text x={percent(at)} y={bottom + 16} text-anchor={anchor}>{text}</text>
          </g>
        );
      })}
    </g>
  );
}

/** Stripes in the colour of the page, over whatever is below them. */
function Hatch({ id }: { id: string }) {
  return (
    <pattern
      id={id}
      width="5"
      height="5"
      patternUnits="userSpaceOnUse"
      patternTransform="rotate(45)"
    >
      <rect width="2.5" height="5" />
    </pattern>
  );
}

/** One path for each of the series in a picture that is stretched to the width: 200 bars of elements would be heavy. */
function Bars({ shape, props: { steps, series } }: { shape: Shape; props: RangeChartProps }) {
  const { top, height, most, span, running, hatch } = shape;
  const tops = steps.map(() => height);
  const paths = series.map(({ tone }, part) => {
    const bars = steps.map(({ values }, index) => {
      const value = values[part]!;
      if (value <= 0) return "";
      const tall = Math.max(value / most * height, LEAST_HEIGHT);
      const bottom = tops[index]!;
      tops[index] = bottom - tall;
      return `M${index} ${fixed(bottom)}v${fixed(-tall)}`;
    });
    return <path class={tone} d={bars.join("")} transform="translate(.5)" />;
  });
  const tall = height - (tops[running] ?? height);
  return (
    <>
      <svg
        class="stretched"
        y={top}
        width="100%"
        height={height}
        viewBox={`0 0 ${span.steps} ${height}`}
        preserveAspectRatio="none"
      >
        {paths}
      </svg>
      {tall > 0 && (
        <rect
          fill={`url(#${hatch})`}
          x={percent(running / span.steps)}
          y={fixed(shape.bottom - tall)}
          width={percent(1 / span.steps)}
          height={fixed(tall)}
        />
      )}
      <line class="base" x2="100%" y1={shape.bottom} y2={shape.bottom} />
    </>
  );
}

/**
 * One step, as a link where it leads somewhere. While it is pointed at or focused its numbers stand in place of the caption. Tab
 * stops at the last one alone; the arrow keys of board.js go on from there.
 */
function Step(
  { index, shape, mark, props }: {
    index: number;
    shape: Shape;
    mark: ReleaseMark | undefined;
    props: RangeChartProps;
  },
) {
  const { values, href } = props.steps[index]!;
  const { span, running, sums } = shape;
  const content = (
    <>
      <rect
        x={percent(index / span.steps)}
        y={shape.top - SAID_BASE}
        width={percent(1 / span.steps)}
        height={shape.height}
      />
      <text>
        {timeOf(index, shape, props.clock)}
        {index === running ? " (still running)" : ""}: {numbersOf(values, props)}
        {mark && `; new: ${releasesText(mark.releases)}`}
      </text>
    </>
  );
  if (href === undefined || sums[index] === 0) return <g>{content}</g>;
  const isStop = index === sums.findLastIndex((sum) => sum > 0);
  return <a href={href} tabindex={isStop ? 0 : -1}>{content}</a>;
}

/** `12 failures`, `12 failures (9 ERROR, 3 CRITICAL)` */
function numbersOf(values: readonly number[], { series, unit }: RangeChartProps): string {
  const parts = values.flatMap((value, index) =>
    value > 0 ? [`${count(value)} ${series[index]!.name}`] : []
  );
  const all = counted(sumOf(values), unit);
  return series.length > 1 && parts.length > 0 ? `${all} (${parts.join(", ")})` : all;
}
