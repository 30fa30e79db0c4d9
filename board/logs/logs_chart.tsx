/** @jsxImportSource hono/jsx */
/** All records of the chosen service and environment over the range, by level. */
import {
  type Level,
  LEVELS,
  type Logging,
  type ReleaseAppeared,
  StoreBusy,
  type TrafficRow,
} from "../../logging/mod.ts";
import { LOG_FIELDS, readSearch } from "../../modules/search.ts";
import { newReleases } from "../parts/new_releases.ts";
import type { Html } from "../parts/parts.tsx";
import { plainLine } from "../parts/plain.ts";
import { RangeChart } from "../parts/range_chart.tsx";
import { type ChartSteps, chartSteps, stepRange, timeOfChart } from "../parts/time_range.tsx";
import type { Clock } from "../parts/times.ts";
import { hidesOwn, logsAddress, type LogsView } from "./logs_view.ts";

/** The worst lowest: what matters stands on the same line in all bars. */
const SERIES = [
  { level: "CRITICAL", name: "critical", tone: "critical" },
  { level: "ERROR", name: "error", tone: "bad" },
  { level: "WARN", name: "warn", tone: "warn" },
  { level: "INFO", name: "info", tone: "info" },
  { level: "DEBUG", name: "debug", tone: "quiet" },
] as const;
const CHART_HEIGHT = 56;
const MAX_NAME_CHARS = 40;
/** Environments to choose from. */
const MAX_ENVIRONMENTS = 50;

export interface LogsOverTime {
  range: ChartSteps;
  /** Numbers of the steps by level, in the order of {@linkcode LEVELS}. */
  steps: readonly (readonly number[])[];
  releases: readonly ReleaseAppeared[];
  /** Those in which something was logged over the range, whichever is chosen. */
  environments: readonly string[];
}

/** Undefined while the store does not answer. */
export async function readLogsOverTime(
  store: Pick<Logging["store"], "traffic" | "releaseNames">,
  view: LogsView,
  clock: Clock,
): Promise<LogsOverTime | undefined> {
  const range = chartSteps(view, clock);
  const { firstMs, stepMs, steps: count, step } = range;
  const { svc_name, environment } = narrowed(view);
  try {
    const [rows, releases] = await Promise.all([
      store.traffic({
        ...{ ...timeOfChart(range, clock), step, by: ["environment"], durations: false },
        ...(svc_name && { svc_name }),
      }),
      newReleases(store, firstMs, svc_name),
    ]);
    const steps = Array.from({ length: count }, () => LEVELS.map(() => 0));
    for (const row of rows) {
      if (environment !== undefined && row.environment !== environment) continue;
      const sums = steps[Math.floor((Date.parse(row.at!) - firstMs) / stepMs)];
      LEVELS.forEach((level, index) => sums && (sums[index]! += countOf(row, level)));
    }
    const environments = rows.map((row) => row.environment).filter((name) => name !== null);
    return {
      range,
      steps,
      releases,
      environments: [...new Set(environments)].sort().slice(0, MAX_ENVIRONMENTS),
    };
  } catch (error) {
    if (error instanceof StoreBusy) return undefined;
    throw error;
  }
}

/** A chart without a bar says nothing that the list does not. */
export function LogsChart(
  { over, view, clock }: { over: LogsOverTime; view: LogsView; clock: Clock },
): Html | null {
  const { range: { firstMs, stepMs, span }, steps, releases } = over;
  const least = LEVELS.indexOf(narrowed(view).level ?? "DEBUG");
  const series = SERIES.filter(({ level }) => {
    const index = LEVELS.indexOf(level);
    return index >= least && steps.some((sums) => sums[index]! > 0);
  });
  if (series.length === 0) return null;
  const numbers = steps.map((sums) => series.map(({ level }) => sums[LEVELS.indexOf(level)]!));
  return (
    <RangeChart
      title={titleOf(view, span)}
      unit="record"
      clock={clock}
      firstMs={firstMs}
      stepMs={stepMs}
      series={series}
      steps={numbers.map((values, index) => ({
        values,
        href: logsAddress(view, { ...stepRange(firstMs + index * stepMs, stepMs), live: false }),
      }))}
      releases={releases}
      height={CHART_HEIGHT}
    />
  );
}

/** Where the search is narrower than a chart can be, it says that it shows more. */
function titleOf(view: LogsView, span: string): string {
  const { svc_name, environment, level } = narrowed(view);
  const { q, route, user, tag, request_id } = readSearch(view.q, LOG_FIELDS);
  const isNarrower = [q, route, user, tag, request_id].some((value) => value !== undefined);
  const of = [
    svc_name === undefined ? "all services" : plainLine(svc_name, MAX_NAME_CHARS),
    environment && `in ${plainLine(environment, MAX_NAME_CHARS)}`,
  ];
  const what = isNarrower ? `All records of ${of.filter(Boolean).join(" ")}` : "Records";
  const levels = level === undefined || level === "DEBUG" ? "" : `, ${level} and worse,`;
  return `${what}${levels} in ${span}${hidesOwn(view) ? ", Holdfast's own too" : ""}`;
}

/** What the chart can be narrowed by, whether it is typed or picked. */
function narrowed(view: LogsView): { svc_name?: string; environment?: string; level?: Level } {
  const typed = readSearch(view.q, LOG_FIELDS);
  const svc_name = view.svc_name || typed.svc_name;
  const environment = view.environment || typed.environment;
  const level = view.level || typed.level;
  return {
    ...(svc_name && { svc_name }),
    ...(environment && { environment }),
    ...(level && { level }),
  };
}

function countOf(row: TrafficRow, level: Level): number {
  return row[level.toLowerCase() as Lowercase<Level>];
}
