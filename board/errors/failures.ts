/** What the list's chart and pickers count: failures over a time, by service, environment and release. No log is searched. */
import type { Logging, TrafficRow } from "../../logging/mod.ts";
import { type ChartSteps, chartSteps, timeOfChart } from "../parts/time_range.tsx";
import type { Clock } from "../parts/times.ts";
import type { ErrorsView } from "./errors_view.ts";

/** By these a list can be narrowed. */
export const PICKED = ["svc_name", "environment", "release"] as const;
export type Picked = (typeof PICKED)[number];

/** Failures by a name's value, as far as the other names are chosen. Those without the name have an empty one. */
export type FailureCounts = ReadonlyMap<string, number>;

export interface Failures extends ChartSteps {
  /** Of the chosen service, environment and release: records of each level, one for each step. */
  counts: readonly (readonly [error: number, critical: number])[];
  by: Readonly<Record<Picked, FailureCounts>>;
}

/** What the numbers behind names count. */
export function failuresIn({ span }: Pick<Failures, "span">): string {
  return `With failures in ${span}`;
}

export async function readFailures(
  store: Pick<Logging["store"], "traffic">,
  view: ErrorsView,
  clock: Clock,
): Promise<Failures> {
  const chart = chartSteps(view, clock);
  const failed = { ...timeOfChart(chart, clock), failed: true, durations: false } as const;
  const chosen = PICKED.filter((name) => view[name] !== "").map((name) => [name, view[name]]);
  // By step and by name together would be more rows than an answer has.
  const [steps, names] = await Promise.all([
    store.traffic({ ...failed, step: chart.step, ...Object.fromEntries(chosen) }),
    store.traffic({ ...failed, by: PICKED }),
  ]);
  return { ...chart, counts: inSteps(steps, chart), by: byName(names, view) };
}

export function inSteps(rows: readonly TrafficRow[], chart: ChartSteps): Failures["counts"] {
  const counts = Array.from({ length: chart.steps }, (): [number, number] => [0, 0]);
  for (const { at, error, critical } of rows) {
    const step = counts[Math.floor((Date.parse(at!) - chart.firstMs) / chart.stepMs)];
    if (step === undefined) continue;
    step[0] += error;
    step[1] += critical;
  }
  return counts;
}

export function byName(
  rows: readonly TrafficRow[],
  chosen: Pick<ErrorsView, Picked>,
): Failures["by"] {
  const by = {
    svc_name: new Map<string, number>(),
    environment: new Map<string, number>(),
    release: new Map<string, number>(),
  };
  for (const row of rows) {
    const failures = row.error + row.critical;
    const others = PICKED.filter((name) => chosen[name] !== "" && chosen[name] !== row[name]);
    for (const name of PICKED) {
      if (others.some((other) => other !== name)) continue;
      const value = row[name] ?? "";
      by[name].set(value, (by[name].get(value) ?? 0) + failures);
    }
  }
  return by;
}
