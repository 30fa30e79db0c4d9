/** @jsxImportSource hono/jsx */
/** The releases that appeared in the time of a chart: a line for each, and as many names as find room. */
import type { ReleaseAppeared } from "../../logging/mod.ts";
import { placeNames } from "./chart_scale.ts";
import { NAMES_LANE, percent, SAID_LANE, type Shape } from "./chart_shape.ts";
import { plainLine } from "./plain.ts";
import type { RangeChartProps } from "./range_chart.tsx";

/** Names of releases have boxes of this width, a share of the chart, and room for so many characters. charts.css says which is shown. */
const NAMES = [
  { kind: "wide", width: 0.16, maxChars: 16 },
  { kind: "middle", width: 0.26, maxChars: 14 },
  { kind: "narrow", width: 0.4, maxChars: 10 },
] as const;
const MAX_NAME_CHARS = 60;
/** Releases that one text names; further ones are counted. */
const MAX_RELEASES_NAMED = 4;

/** Releases that appeared in one step. */
export interface ReleaseMark {
  /** Of the step. */
  index: number;
  /** Share of the width. */
  at: number;
  releases: ReleaseAppeared[];
}

export function releaseMarks(
  { releases, firstMs, stepMs, steps }: RangeChartProps,
): ReleaseMark[] {
  const indexOf = ({ first_seen }: ReleaseAppeared) =>
    Math.floor((Date.parse(first_seen) - firstMs) / stepMs);
  return [...Map.groupBy(releases, indexOf)]
    .filter(([index]) => index >= 0 && index < steps.length)
    .map(([index, releases]) => ({ index, at: index / steps.length, releases }))
    .sort((a, b) => a.at - b.at);
}

/**
 * A line each; the names as often as there are widths with room for more or fewer of them. Only lines that have a name of their own
 * reach up to it: no line crosses a name.
 */
export function Marks({ marks, shape }: { marks: readonly ReleaseMark[]; shape: Shape }) {
  const line = (at: number, y: number, height: number) => (
    <rect class="line" x={percent(at)} y={y} width="1.5" height={height} />
  );
  return (
    <g class="releases" aria-hidden="true">
      {marks.map(({ at, releases }) => (
        <g>
          <title>{releasesText(releases)}</title>
          {line(at, shape.top, shape.height)}
        </g>
      ))}
      {NAMES.map(({ kind, width, maxChars }) => (
        <g class={kind}>
          {placeNames(marks, width).map(({ from, isBefore, named }) => {
            const releases = named.flatMap(({ releases }) => releases);
            const names = [...new Set(releases.map(({ release }) => release))];
            const others = names.length > 1 ? ` +${names.length - 1}` : "";
            return (
              <>
                {line(named[0]!.at, SAID_LANE, NAMES_LANE)}
                <svg x={percent(from)} y={SAID_LANE} width={percent(width)} height={NAMES_LANE}>
                  <title>{releasesText(releases)}</title>
                  <rect class="hit" width="100%" height={NAMES_LANE} />
                  <text
                    x={isBefore ? "100%" : "0"}
                    dx={isBefore ? "-4" : "5"}
                    y="13"
                    text-anchor={isBefore ? "end" : "start"}
                  >
                    {plainLine(names[0]!, maxChars - others.length)}
                    {others}
                  </text>
                </svg>
              </>
            );
          })}
        </g>
      ))}
    </g>
  );
}

/** `2.0.0 of shop, 2.0.1 of till and 2 more` */
export function releasesText(releases: readonly ReleaseAppeared[]): string {
  const named = releases.slice(0, MAX_RELEASES_NAMED).map(({ svc_name, release }) =>
    `${plainLine(release, MAX_NAME_CHARS)} of ${plainLine(svc_name, MAX_NAME_CHARS)}`
  );
  const more = releases.length - named.length;
  return named.join(", ") + (more > 0 ? ` and ${more} more` : "");
}
