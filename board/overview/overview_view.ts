/** What the overview shows, as its address says it. */
import { address } from "../addresses.ts";
import { rangeParameters, readTimeRange, type TimeRange } from "../parts/time_range.tsx";
import type { Clock } from "../parts/times.ts";

export const DEFAULT_RANGE = "60";

/** By what the routes are in order, the highest first. */
export const SORTS = ["failed", "requests", "share", "p50", "p95"] as const;
export type RouteSort = (typeof SORTS)[number];

export interface OverviewView extends TimeRange {
  /** Empty: all. */
  svc_name: string;
  by: RouteSort;
  /** Whether all routes are shown, not only the first ones. */
  isWhole: boolean;
}

/** Leaves out what it does not understand. Of all time the overview shows a day. */
export function readOverviewView(parameters: URLSearchParams, clock: Clock): OverviewView {
  const range = readTimeRange(parameters, { clock, byDefault: DEFAULT_RANGE });
  return {
    ...range,
    range: range.range === "all" ? "1440" : range.range,
    svc_name: (parameters.get("svc_name") ?? "").trim(),
    by: SORTS.find((name) => name === parameters.get("by")) ?? "failed",
    isWhole: parameters.get("routes") === "all",
  };
}

/** The same page with something else. */
export function overviewAddress(view: OverviewView, change: Partial<OverviewView> = {}): string {
  const { svc_name, by, isWhole, ...range } = { ...view, ...change };
  return address("/board/overview", {
    svc_name,
    ...rangeParameters(range, DEFAULT_RANGE),
    by: by === "failed" ? undefined : by,
    routes: isWhole ? "all" : undefined,
  });
}
