/** @jsxImportSource hono/jsx */
/** The numbers of a chart, for those who cannot see it. */
import type { ReleaseAppeared } from "../../logging/mod.ts";
import { type ReleaseMark, releasesText } from "./chart_releases.tsx";
import { type Shape, timeOf } from "./chart_shape.ts";
import type { RangeChartProps } from "./range_chart.tsx";
import { count, sumOf } from "./times.ts";

/** Rows of the table: of more steps, several share one. */
const MAX_ROWS = 62;

/** The newest first: what happens now is asked for first. */
export function Numbers(
  { props, shape, marks }: { props: RangeChartProps; shape: Shape; marks: readonly ReleaseMark[] },
) {
  const { series, clock } = props;
  const isMany = series.length > 1;
  const rows = rowsOf(props, marks).filter(({ values, releases }) =>
    sumOf(values) > 0 || releases.length > 0
  );
  return (
    <details class="numbers">
      <summary>As a table</summary>
      {rows.length === 0
        ? <p class="soft">Nothing happened in this time.</p>
        : (
          <div class="scroll" tabindex={0} role="region" aria-label={`${props.title} as a table`}>
            <table>
              <thead>
                <tr>
                  <th scope="col">From ({clock.zone})</th>
                  {isMany && series.map(({ name }) => <th scope="col">{name}</th>)}
                  <th scope="col">{isMany ? "All" : capitalized(`${props.unit}s`)}</th>
                  {marks.length > 0 && <th scope="col">New releases</th>}
                </tr>
              </thead>
              <tbody>
                {rows.map(({ index, values, href, releases }) => {
                  const time = timeOf(index, shape, clock);
                  return (
                    <tr>
                      <th scope="row">{href === undefined ? time : <a href={href}>{time}</a>}</th>
                      {isMany && values.map((value) => <td>{count(value)}</td>)}
                      <td>{count(sumOf(values))}</td>
                      {marks.length > 0 && <td>{releases.length > 0 && releasesText(releases)}</td>}
                    </tr>
                  );
                })}
              </tbody>
            </table>
            <p class="soft">Times without a row had none.</p>
          </div>
        )}
    </details>
  );
}

interface Row {
  /** Of its first step. */
  index: number;
  values: readonly number[];
  href: string | undefined;
  releases: readonly ReleaseAppeared[];
}

function rowsOf({ steps, series }: RangeChartProps, marks: readonly ReleaseMark[]): Row[] {
  const together = Math.ceil(steps.length / MAX_ROWS);
  const rows: Row[] = [];
  for (let index = 0; index < steps.length; index += together) {
    const here = steps.slice(index, index + together);
    rows.unshift({
      index,
      values: series.map((_, part) => sumOf(here.map(({ values }) => values[part]!))),
      href: together === 1 && sumOf(here[0]!.values) > 0 ? here[0]!.href : undefined,
      releases: marks.filter((mark) => mark.index >= index && mark.index < index + together)
        .flatMap(({ releases }) => releases),
    });
  }
  return rows;
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
