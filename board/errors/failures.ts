/** What the list's chart and pickers count: failures over a time, by service, environment and release. One question, no log is searched. */
import type { Logging, TrafficRow } from "../../logging/mod.ts";
import { type ChartSteps, chartSteps } from "../parts/time_range.tsx";
import type { Clock } from "../parts/times.ts";
import { MINUTE_MS } from "../../store/times.ts";
import type { ErrorsView } from "./errors_view.ts";

/** By these a list can be narrowed. */
export const PICKED = ["svc_name", "environment", "release"] as const;
export type Picked = (typeof PICKED)[number];

/** Failures by a name's value. Each respects what is chosen of the other names. */
export interface FailureCounts {
  byValue: ReadonlyMap<string, number>;
  /** Of all its values. */
  all: number;
}

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
  const rows = await store.traffic({
    since: chart.firstMs,
    // An instance whose clock is ahead counts as ours does.
    until: chart.firstMs + chart.steps * chart.stepMs + MINUTE_MS,
    step: chart.step,
    by: PICKED,
    failed: true,
  });
  return failuresOf(rows, chart, view);
}

export function failuresOf(
  rows: readonly TrafficRow[],
  chart: ChartSteps,
  view: Pick<ErrorsView, Picked>,
): Failures {
  const counts = Array.from({ length: chart.steps }, (): [number, number] => [0, 0]);
  const by = {
    svc_name: { byValue: new Map<string, number>(), all: 0 },
    environment: { byValue: new Map<string, number>(), all: 0 },
    release: { byValue: new Map<string, number>(), all: 0 },
  };
  for (const row of rows) {
    const { error, critical } = row;
    const failures = error + critical;
    const index = Math.floor((Date.parse(row.at!) - chart.firstMs) / chart.stepMs);
    if (failures === 0 || index < 0 || index >= chart.steps) continue;
    const others = PICKED.filter((name) => view[name] !== "" && view[name] !== row[name]);
    if (others.length === 0) {
      counts[index]![0] += error;
      counts[index]![1] += critical;
    }
    for (const name of PICKED) {
      if (others.some((other) => other !== name)) continue;
      const { byValue } = by[name];
      by[name].all += failures;
      byValue.set(row[name] ?? "", (byValue.get(row[name] ?? "") ?? 0) + failures);
    }
  }
  return { ...chart, counts, by };
}
