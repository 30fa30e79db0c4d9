/** What the overview draws: requests by route over some time, and the releases that appeared meanwhile. */
import { type Logging, type Release, StoreBusy, type TrafficRow } from "../../logging/mod.ts";
import { newReleases } from "../parts/new_releases.ts";
import { HOUR_MS, MINUTE_MS } from "../../store/times.ts";

/** Each has as many bars as a chart can show. */
export const RANGES = {
  hour: { title: "Last hour", step: "minute", stepMs: MINUTE_MS, steps: 60 },
  day: { title: "Last day", step: "hour", stepMs: HOUR_MS, steps: 24 },
  week: { title: "Last week", step: "hour", stepMs: HOUR_MS, steps: 7 * 24 },
} as const;

export type Range = keyof typeof RANGES;

/** Routes that are shown, the busiest. */
export const MAX_ROUTES = 40;
const BY_ROUTE = ["svc_name", "route"] as const;

export interface Step {
  requests: number;
  /** Responses with 5xx. */
  failures: number;
  /** Null where no duration is known. */
  p95Ms: number | null;
}

export interface RouteTraffic extends Step {
  svc_name: string;
  /** The route's pattern; `*` for what matched none. */
  route: string;
  /** The oldest first. */
  steps: readonly Step[];
}

/** Requests of all services and instances. */
export interface Traffic {
  range: Range;
  /** When the first step begins, milliseconds since 1970. */
  firstMs: number;
  /** The busiest route first. */
  routes: readonly RouteTraffic[];
  /** Those that appeared since then, the newest first. */
  releases: readonly Release[];
  /** Of the last hour, whatever the range is. */
  lastHour: readonly RouteCounts[];
}

export type RouteCounts = Pick<RouteTraffic, "svc_name" | "route" | "requests" | "failures">;

/** Null while the store does not answer. */
export async function readTraffic(
  store: Pick<Logging["store"], "traffic" | "releases">,
  { range, nowMs }: { range: Range; nowMs: number },
): Promise<Traffic | null> {
  const { step, stepMs, steps } = RANGES[range];
  const firstMs = Math.floor(nowMs / stepMs - steps + 1) * stepMs;
  // An instance whose clock is ahead counts its requests as ours does.
  const time = { since: firstMs, until: nowMs + MINUTE_MS, by: BY_ROUTE };
  try {
    const [totals, rows, lastHour, releases] = await Promise.all([
      store.traffic({ ...time, most: MAX_ROUTES }),
      store.traffic({ ...time, most: MAX_ROUTES, step }),
      store.traffic({ ...time, since: nowMs - HOUR_MS }),
      newReleases(store, firstMs),
    ]);
    const byRoute = Map.groupBy(rows, keyOf);
    const routes = totals.sort((a, b) => b.requests - a.requests).map((total) => ({
      ...namesOf(total),
      ...stepOf(total),
      steps: stepsOf(byRoute.get(keyOf(total)) ?? [], { firstMs, stepMs, steps }),
    }));
    return { range, firstMs, routes, releases, lastHour: lastHour.map(countsOf) };
  } catch (error) {
    if (error instanceof StoreBusy) return null;
    throw error;
  }
}

function stepsOf(
  rows: readonly TrafficRow[],
  { firstMs, stepMs, steps }: { firstMs: number; stepMs: number; steps: number },
): Step[] {
  const filled: Step[] = Array.from(
    { length: steps },
    () => ({ requests: 0, failures: 0, p95Ms: null }),
  );
  for (const row of rows) {
    const index = Math.floor((Date.parse(row.at!) - firstMs) / stepMs);
    if (index >= 0 && index < steps) filled[index] = stepOf(row);
  }
  return filled;
}

function stepOf({ requests, failures, p95_ms }: TrafficRow): Step {
  return { requests, failures, p95Ms: p95_ms };
}

function countsOf(row: TrafficRow): RouteCounts {
  return { ...namesOf(row), requests: row.requests, failures: row.failures };
}

/** Texts of nothing stand for none. */
function namesOf({ svc_name, route }: TrafficRow): Pick<RouteTraffic, "svc_name" | "route"> {
  return { svc_name: svc_name ?? "", route: route ?? "" };
}

function keyOf({ svc_name, route }: TrafficRow): string {
  return `${svc_name}\n${route}`;
}
