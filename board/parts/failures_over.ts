/** What a chart over a time draws: failures and releases, read from what the store has counted. No log is searched. */
import { type Logging, type Release, StoreBusy, type TrafficRow } from "../../logging/mod.ts";
import { MINUTE_MS } from "../../store/times.ts";
import { type Steps, stepsOf } from "./chart_scale.ts";
import type { Clock } from "./times.ts";

/** Releases that are looked at, those that appeared last. */
const RELEASES_READ = 100;

type Store = Pick<Logging["store"], "traffic" | "releases">;

/** A time, and what narrows it. Empty texts do not. */
export interface Over {
  sinceMs: number;
  untilMs: number;
  svc_name?: string;
  environment?: string;
  release?: string;
}

/** Steps of time, and the counts of those that have any, by index. */
export interface CountsOver extends Steps {
  /** One for each step; undefined where nothing was counted. */
  rows: readonly (Counts | undefined)[];
  /** Those that appeared in this time, the newest first. */
  releases: readonly Release[];
}

/** What can be added up of a {@linkcode TrafficRow}. */
export type Counts = Pick<TrafficRow, (typeof COUNTED)[number]>;

const COUNTED = ["requests", "failures"] as const;

/** Null while the store does not answer. */
export async function countsOver(
  store: Store,
  { sinceMs, untilMs, svc_name, environment, release }: Over,
  clock: Clock,
): Promise<CountsOver | null> {
  const span = stepsOf({ sinceMs, untilMs }, clock);
  const filters = {
    ...(svc_name && { svc_name }),
    ...(environment && { environment }),
    ...(release && { release }),
  };
  // An instance whose clock is ahead counts as ours does.
  const untilKeptMs = span.firstMs + span.steps * span.stepMs + MINUTE_MS;
  try {
    const [rows, releases] = await Promise.all([
      store.traffic({ ...filters, since: span.firstMs, until: untilKeptMs, step: span.step }),
      newReleases(store, span.firstMs, svc_name || undefined),
    ]);
    return { ...span, rows: addedUp(rows, span), releases };
  } catch (error) {
    if (error instanceof StoreBusy) return null;
    throw error;
  }
}

/** Releases that appeared at or after a time, the newest first. */
export async function newReleases(
  store: Pick<Logging["store"], "releases">,
  sinceMs: number,
  svc_name?: string,
): Promise<Release[]> {
  const ofService = svc_name === undefined ? {} : { svc_name };
  const { items } = await store.releases({ ...ofService, limit: RELEASES_READ });
  // Texts of times are in the order of the times.
  return items.filter(({ first_seen }) => Date.parse(first_seen) >= sinceMs)
    .sort((a, b) => a.first_seen < b.first_seen ? 1 : -1);
}

function addedUp(
  rows: readonly TrafficRow[],
  { firstMs, stepMs, steps }: Steps,
): (Counts | undefined)[] {
  const sums = Array.from<Counts | undefined>({ length: steps });
  for (const row of rows) {
    const index = Math.floor((Date.parse(row.at!) - firstMs) / stepMs);
    if (index < 0 || index >= steps) continue;
    const sum = sums[index] ??= { requests: 0, failures: 0 };
    for (const name of COUNTED) sum[name] += row[name];
  }
  return sums;
}
