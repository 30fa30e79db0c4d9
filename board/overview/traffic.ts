/** What the overview counts: requests and records over a time, by route and in all, and the releases that appeared meanwhile. */
import type { Logging, ReleaseAppeared, TrafficRow } from "../../logging/mod.ts";
import { newReleases } from "../parts/new_releases.ts";
import { type ChartSteps, chartSteps, timeOfChart } from "../parts/time_range.tsx";
import type { Clock } from "../parts/times.ts";
import { MAX_TRAFFIC_ROWS } from "../../store/limits.ts";
import { HOUR_MS, MINUTE_MS } from "../../store/times.ts";
import type { OverviewView, RouteSort } from "./overview_view.ts";

/** Routes that are shown, and those of the whole table. */
export const MAX_ROUTES = 20;
export const MAX_ALL_ROUTES = 200;
/** What "now" is: long enough for a service with a request a minute, short enough that a broken deploy stands out. */
export const NOW_MINUTES = 10;

/** Of what the store counts by. */
const STEP_MS = { minute: MINUTE_MS, hour: HOUR_MS } as const;
const BY_ROUTE = ["svc_name", "route"] as const;

/** Requests and records of some time. */
export interface Counts extends Pick<TrafficRow, "requests" | "failures" | "p50_ms" | "p95_ms"> {
  /** Records of level ERROR and CRITICAL, requests or not. */
  error: number;
  critical: number;
  /** Records of any level. */
  records: number;
}

export interface RouteCounts extends Counts {
  svc_name: string;
  /** The route's pattern; `*` for what matched none. */
  route: string;
}

export interface RouteTraffic extends RouteCounts {
  /** One for each step of the chart; undefined where nothing was counted. None of those for which an answer has no room. */
  steps: readonly (Counts | undefined)[];
}

/** Of all services and instances, or of the chosen service. */
export interface Traffic {
  chart: ChartSteps;
  total: Counts;
  /** Of as long a time before, scaled to the part of the last step that is over. */
  before: Counts;
  steps: readonly (Counts | undefined)[];
  /** Those that come first in the chosen order. */
  routes: readonly RouteTraffic[];
  /** How many there are. */
  allRoutes: number;
  /** Those that appeared in this time, the newest first. */
  releases: readonly ReleaseAppeared[];
  /** By route, of the last {@linkcode NOW_MINUTES}. */
  now: readonly RouteCounts[];
}

type Store = Pick<Logging["store"], "traffic" | "releaseNames">;

export async function readTraffic(
  store: Store,
  view: OverviewView,
  clock: Clock,
): Promise<Traffic> {
  const chart = chartSteps(view, clock);
  const { firstMs, stepMs, step } = chart;
  const ofService = view.svc_name === "" ? {} : { svc_name: view.svc_name };
  const lengthMs = chart.steps * stepMs;
  const endMs = firstMs + lengthMs;
  const time = { ...ofService, ...timeOfChart(chart, clock) };
  const before = { ...ofService, since: firstMs - lengthMs, until: firstMs };
  const nowMinutes = {
    since: clock.nowMs - NOW_MINUTES * MINUTE_MS,
    until: clock.nowMs + MINUTE_MS,
  };
  const ask = async (query: Parameters<Store["traffic"]>[0]) =>
    (await store.traffic(query)).map(countsOf);
  const [totals, [total], [past], byStep, now, releases] = await Promise.all([
    store.traffic({ ...time, by: BY_ROUTE }),
    ask(time),
    ask(before),
    store.traffic({ ...time, step }),
    store.traffic({ ...ofService, ...nowMinutes, by: BY_ROUTE, durations: false }),
    newReleases(store, firstMs, ofService.svc_name),
  ]);
  const routes = totals.filter(({ requests }) => requests > 0).map(routeCountsOf)
    .sort(inOrder(view.by));
  const shown = routes.slice(0, view.isWhole ? MAX_ALL_ROUTES : MAX_ROUTES);
  const drawn = shown.slice(0, Math.floor(MAX_TRAFFIC_ROWS / (lengthMs / STEP_MS[step])));
  const stepsOfRoutes = drawn.length === 0 ? [] : await store.traffic({
    ...{ ...time, step, by: BY_ROUTE, durations: false },
    routes: drawn.map(namesOf),
  });
  const byRoute = Map.groupBy(stepsOfRoutes, (row) => keyOf(routeCountsOf(row)));
  const share = Math.min(clock.nowMs - firstMs, lengthMs) / lengthMs;
  return {
    chart,
    total: total ?? NOTHING,
    before: scaled(past ?? NOTHING, share),
    steps: inSteps(byStep, chart),
    routes: shown.map((route, index) => ({
      ...route,
      steps: index < drawn.length ? inSteps(byRoute.get(keyOf(route)) ?? [], chart) : [],
    })),
    allRoutes: routes.length,
    releases: releases.filter(({ first_seen }) => Date.parse(first_seen) < endMs),
    now: now.map(routeCountsOf),
  };
}

const NOTHING: Counts = {
  requests: 0,
  failures: 0,
  error: 0,
  critical: 0,
  records: 0,
  p50_ms: null,
  p95_ms: null,
};

function scaled(counts: Counts, share: number): Counts {
  const part = (number: number) => Math.round(number * share);
  return {
    ...counts,
    requests: part(counts.requests),
    failures: part(counts.failures),
    error: part(counts.error),
    critical: part(counts.critical),
    records: part(counts.records),
  };
}

/** One row for each step: of a bar of a day the hours are added up, and its durations are those of its slowest hour. */
function inSteps(
  rows: readonly TrafficRow[],
  { firstMs, stepMs, steps }: ChartSteps,
): (Counts | undefined)[] {
  const sums = Array.from<Counts | undefined>({ length: steps });
  for (const row of rows) {
    const index = Math.floor((Date.parse(row.at!) - firstMs) / stepMs);
    if (index < 0 || index >= steps) continue;
    const counts = countsOf(row);
    sums[index] = sums[index] === undefined ? counts : added(sums[index], counts);
  }
  return sums;
}

function added(one: Counts, other: Counts): Counts {
  return {
    requests: one.requests + other.requests,
    failures: one.failures + other.failures,
    error: one.error + other.error,
    critical: one.critical + other.critical,
    records: one.records + other.records,
    p50_ms: slower(one.p50_ms, other.p50_ms),
    p95_ms: slower(one.p95_ms, other.p95_ms),
  };
}

function slower(one: number | null, other: number | null): number | null {
  return one === null ? other : Math.max(one, other ?? 0);
}

const VALUES: Readonly<Record<RouteSort, (counts: Counts) => number>> = {
  failed: ({ failures }) => failures,
  requests: ({ requests }) => requests,
  share: ({ failures, requests }) => failures / requests,
  p50: ({ p50_ms }) => p50_ms ?? -1,
  p95: ({ p95_ms }) => p95_ms ?? -1,
};

/** The highest first, of equal ones the busiest. */
function inOrder(by: RouteSort): (a: Counts, b: Counts) => number {
  const valueOf = VALUES[by];
  return (a, b) => valueOf(b) - valueOf(a) || b.requests - a.requests;
}

function countsOf(row: TrafficRow): Counts {
  const { requests, failures, p50_ms, p95_ms, debug, info, warn, error, critical } = row;
  const records = debug + info + warn + error + critical;
  return { requests, failures, p50_ms, p95_ms, error, critical, records };
}

/** Texts of nothing stand for none. */
function routeCountsOf(row: TrafficRow): RouteCounts {
  return { ...countsOf(row), svc_name: row.svc_name ?? "", route: row.route ?? "" };
}

function namesOf({ svc_name, route }: RouteCounts): Pick<RouteCounts, "svc_name" | "route"> {
  return { svc_name, route };
}

function keyOf({ svc_name, route }: RouteCounts): string {
  return `${svc_name}\n${route}`;
}
