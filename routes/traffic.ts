/**
 * What this process has answered since its start, by route, status and duration: for `/metrics`, in memory that does not grow.
 * What the board shows is counted in the store, for all processes.
 */
import { BOUNDS_MS, bucketOf } from "../store/traffic/buckets.ts";

export interface RouteTotals {
  readonly route: string;
  readonly byStatus: ReadonlyMap<number, number>;
  /** One count a bucket, not yet added up. */
  readonly buckets: readonly number[];
  readonly sumMs: number;
}

interface Counts {
  readonly route: string;
  readonly byStatus: Map<number, number>;
  readonly buckets: number[];
  sumMs: number;
}

export class Traffic {
  readonly #routes = new Map<string, Counts>();

  /** Counts one request. */
  observe(
    { route, status, durationMs }: { route: string; status: number; durationMs: number },
  ): void {
    const counts = this.#countsOf(route);
    counts.byStatus.set(status, (counts.byStatus.get(status) ?? 0) + 1);
    counts.sumMs += durationMs;
    counts.buckets[bucketOf(durationMs)]!++;
  }

  totals(): Iterable<RouteTotals> {
    return this.#routes.values();
  }

  #countsOf(route: string): Counts {
    let counts = this.#routes.get(route);
    if (!counts) {
      const buckets = new Array<number>(BOUNDS_MS.length + 1).fill(0);
      counts = { route, byStatus: new Map(), buckets, sumMs: 0 };
      this.#routes.set(route, counts);
    }
    return counts;
  }
}
