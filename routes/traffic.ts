/**
 * The last hour of every route, minute by minute: what the board draws. Counted in place, in memory that does not grow.
 *
 * @module
 */
import type { RouteTraffic } from "../board/overview_page.tsx";

const MINUTES = 60;
const MINUTE_MS = 60 * 1000;
/** The share of requests that a latency speaks of. */
const PERCENTILE = 0.95;
/** Of each minute: requests, failures, then one count a bucket. */
const REQUESTS = 0;
const FAILURES = 1;
const FIRST_BUCKET = 2;

interface Ring {
  /** The newest minute in it. */
  minute: number;
  readonly counts: Uint32Array;
}

/** One answered request. */
export interface Passage {
  /** The route's pattern. */
  route: string;
  /** HTTP status. */
  status: number;
  /** Which of the buckets its duration falls into. */
  bucket: number;
}

/** Counts requests, failures and durations by route and minute. */
export class Traffic {
  readonly #boundsMs: readonly number[];
  readonly #stride: number;
  readonly #rings = new Map<string, Ring>();

  /** Upper bounds of the buckets in milliseconds; one more bucket is for what is slower than all. */
  constructor(boundsMs: readonly number[]) {
    this.#boundsMs = boundsMs;
    this.#stride = FIRST_BUCKET + boundsMs.length + 1;
  }

  /** Counts one request. */
  observe({ route, status, bucket }: Passage, nowMs: number = performance.now()): void {
    const ring = this.#ringOf(route);
    const minute = Math.floor(nowMs / MINUTE_MS);
    if (minute !== ring.minute) this.#advance(ring, minute);
    const at = (minute % MINUTES) * this.#stride;
    ring.counts[at + REQUESTS]!++;
    if (status >= 500) ring.counts[at + FAILURES]!++;
    ring.counts[at + FIRST_BUCKET + bucket]!++;
  }

  /** The last hour by route, the busiest first; routes without requests are absent. */
  lastHour(nowMs: number = performance.now()): RouteTraffic[] {
    const minute = Math.floor(nowMs / MINUTE_MS);
    return [...this.#rings]
      .map(([route, ring]) => ({ ...this.#read(route, ring, minute) }))
      .filter(({ p95Ms }) => p95Ms !== null)
      .sort((a, b) => requestsOf(b) - requestsOf(a));
  }

  #ringOf(route: string): Ring {
    let ring = this.#rings.get(route);
    if (!ring) {
      ring = { minute: 0, counts: new Uint32Array(MINUTES * this.#stride) };
      this.#rings.set(route, ring);
    }
    return ring;
  }

  /** The place of a minute's counts; they may be written to. */
  #countsOf(ring: Ring, minute: number): Uint32Array {
    const at = (minute % MINUTES) * this.#stride;
    return ring.counts.subarray(at, at + this.#stride);
  }

  /** Empties the minutes that have passed since the newest one. A clock set back writes into what is there. */
  #advance(ring: Ring, minute: number): void {
    const passed = Math.min(minute - ring.minute, MINUTES);
    for (let back = 0; back < passed; back++) {
      this.#countsOf(ring, minute - back).fill(0);
    }
    ring.minute = Math.max(ring.minute, minute);
  }

  #read(route: string, ring: Ring, minute: number): RouteTraffic {
    this.#advance(ring, minute);
    const all = new Uint32Array(this.#stride);
    const minutes = Array.from({ length: MINUTES }, (_, index) => {
      const counts = this.#countsOf(ring, minute + 1 + index);
      counts.forEach((count, place) => all[place]! += count);
      return {
        requests: counts[REQUESTS]!,
        failures: counts[FAILURES]!,
        p95Ms: this.#percentile(counts),
      };
    });
    return { route, minutes, p95Ms: this.#percentile(all) };
  }

  /** Linear within a bucket; the slowest bucket counts as its lower bound. */
  #percentile(counts: Uint32Array): number | null {
    const requests = counts[REQUESTS]!;
    if (requests === 0) return null;
    let missing = requests * PERCENTILE;
    for (const [index, boundMs] of this.#boundsMs.entries()) {
      const count = counts[FIRST_BUCKET + index]!;
      const fromMs = this.#boundsMs[index - 1] ?? 0;
      if (count >= missing) return fromMs + (boundMs - fromMs) * (missing / count);
      missing -= count;
    }
    return this.#boundsMs.at(-1)!;
  }
}

function requestsOf({ minutes }: RouteTraffic): number {
  return minutes.reduce((total, { requests }) => total + requests, 0);
}
