/**
 * The requests of every route: by status since the start, and their durations minute by minute over the last hour, which the
 * board draws. A request is counted once, in place, in memory that does not grow.
 */
import type { RouteTraffic } from "../board/overview_page.tsx";
import { BOUNDS_MS, bucketOf, percentile, sumOf } from "../store/traffic/buckets.ts";

const MINUTES = 60;
const MINUTE_MS = 60 * 1000;
const PERCENTILE = 0.95;
/** Of each minute: failures, then one count a bucket. */
const FAILURES = 0;
const FIRST_BUCKET = 1;

export interface RouteTotals {
  readonly route: string;
  readonly byStatus: ReadonlyMap<number, number>;
  /** One count a bucket, not yet added up. */
  readonly buckets: readonly number[];
  readonly sumMs: number;
}

interface Counts {
  readonly byStatus: Map<number, number>;
  sumMs: number;
  /** The newest minute in the ring. */
  minute: number;
  readonly ring: Uint32Array;
  /** What has left the ring. */
  readonly before: Float64Array;
}

export class Traffic {
  readonly #boundsMs: readonly number[];
  readonly #stride: number;
  readonly #routes = new Map<string, Counts>();

  constructor(boundsMs: readonly number[] = BOUNDS_MS) {
    this.#boundsMs = boundsMs;
    this.#stride = FIRST_BUCKET + boundsMs.length + 1;
  }

  /** Counts one request, at this time by `performance.now()`. */
  observe(
    { route, status, durationMs }: { route: string; status: number; durationMs: number },
    nowMs: number = performance.now(),
  ): void {
    const counts = this.#countsOf(route);
    counts.byStatus.set(status, (counts.byStatus.get(status) ?? 0) + 1);
    counts.sumMs += durationMs;
    const minute = Math.floor(nowMs / MINUTE_MS);
    if (minute !== counts.minute) this.#advance(counts, minute);
    const at = (minute % MINUTES) * this.#stride;
    if (status >= 500) counts.ring[at + FAILURES]!++;
    counts.ring[at + FIRST_BUCKET + bucketOf(durationMs, this.#boundsMs)]!++;
  }

  *totals(): Generator<RouteTotals> {
    for (const [route, { byStatus, sumMs, ring, before }] of this.#routes) {
      const all = [...before];
      ring.forEach((count, place) => all[place % this.#stride]! += count);
      yield { route, byStatus, sumMs, buckets: all.slice(FIRST_BUCKET) };
    }
  }

  /** The last hour by route, the busiest first; routes without requests are absent. */
  lastHour(nowMs: number = performance.now()): RouteTraffic[] {
    const minute = Math.floor(nowMs / MINUTE_MS);
    return [...this.#routes]
      .map(([route, counts]) => this.#read(route, counts, minute))
      .filter(({ p95Ms }) => p95Ms !== null)
      .sort((a, b) => requestsOf(b) - requestsOf(a));
  }

  #countsOf(route: string): Counts {
    let counts = this.#routes.get(route);
    if (!counts) {
      const ring = new Uint32Array(MINUTES * this.#stride);
      const before = new Float64Array(this.#stride);
      counts = { byStatus: new Map(), sumMs: 0, minute: 0, ring, before };
      this.#routes.set(route, counts);
    }
    return counts;
  }

  /** The place of a minute's counts; they may be written to. */
  #minuteOf({ ring }: Counts, minute: number): Uint32Array {
    const at = (minute % MINUTES) * this.#stride;
    return ring.subarray(at, at + this.#stride);
  }

  /** Makes room for the minutes since the newest one. A clock set back writes into what is there. */
  #advance(counts: Counts, minute: number): void {
    const passed = Math.min(minute - counts.minute, MINUTES);
    for (let back = 0; back < passed; back++) {
      const oldest = this.#minuteOf(counts, minute - back);
      oldest.forEach((count, place) => counts.before[place]! += count);
      oldest.fill(0);
    }
    counts.minute = Math.max(counts.minute, minute);
  }

  #read(route: string, counts: Counts, minute: number): RouteTraffic {
    this.#advance(counts, minute);
    const all = new Uint32Array(this.#stride);
    const minutes = Array.from({ length: MINUTES }, (_, index) => {
      const row = this.#minuteOf(counts, minute + 1 + index);
      row.forEach((count, place) => all[place]! += count);
      const requests = sumOf(bucketsOf(row));
      return { requests, failures: row[FAILURES]!, p95Ms: this.#percentile(row) };
    });
    return { route, minutes, p95Ms: this.#percentile(all) };
  }

  #percentile(row: Uint32Array): number | null {
    return percentile(bucketsOf(row), PERCENTILE, this.#boundsMs);
  }
}

function bucketsOf(row: Uint32Array): Uint32Array {
  return row.subarray(FIRST_BUCKET);
}

function requestsOf({ minutes }: RouteTraffic): number {
  return minutes.reduce((total, { requests }) => total + requests, 0);
}
