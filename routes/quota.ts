import { DEFAULT_QUOTAS } from "../store/intake_key.ts";
import { OTHERS } from "../store/limits.ts";
import { MAX_NAMES_A_KEY } from "./service_names.ts";

/** The part of a quota that is given out first come, first served; the rest is shared out evenly. */
const COMMON_PART = 1 / 2;
/** An empty part is full again after this. */
const FILL_MS = 1_000;

export interface QuotaOptions {
  recordsPerSecond?: number;
  /** Milliseconds of a clock that never goes back. */
  now?: () => number;
}

/**
 * Quotas by key, then by service: half of a key's quota is first come, first served, the other half is shared evenly among its
 * services, so that one that reports without end does not silence the others. Each part fills up to a second's worth; who finds
 * anything in it may go below zero with one request, and then waits.
 */
export class Quotas {
  readonly #keys = new Map<string, KeyQuota>();
  readonly #refused = new Map<string, number>();
  readonly #options: Required<QuotaOptions>;

  constructor(
    { recordsPerSecond = DEFAULT_QUOTAS.secret, now = () => performance.now() }: QuotaOptions = {},
  ) {
    this.#options = { recordsPerSecond, now };
  }

  /** Takes a record of each service named, all or none. Seconds to wait; 0 when they are taken. */
  take(key: string, services: readonly string[]): number {
    let quota = this.#keys.get(key);
    if (!quota) this.#keys.set(key, quota = new KeyQuota(this.#options));
    const { seconds, names } = quota.take(services);
    if (seconds === 0) return 0;
    for (const name of names) this.#countRefused(name);
    return seconds;
  }

  /** Records refused since the start, by service: {@linkcode MAX_NAMES_A_KEY} by name, the others as one. */
  get refused(): ReadonlyMap<string, number> {
    return this.#refused;
  }

  #countRefused(service: string): void {
    const isKnown = this.#refused.has(service) || this.#refused.size < MAX_NAMES_A_KEY;
    const name = isKnown ? service : OTHERS;
    this.#refused.set(name, (this.#refused.get(name) ?? 0) + 1);
  }
}

class KeyQuota {
  readonly #common: Bucket;
  readonly #shares = new Map<string, Bucket>();
  readonly #options: Required<QuotaOptions>;

  constructor(options: Required<QuotaOptions>) {
    this.#options = options;
    this.#common = new Bucket(options.recordsPerSecond * COMMON_PART, options.now());
  }

  /** `names` are those by which the records are counted, one a record. */
  take(services: readonly string[]): { seconds: number; names: string[] } {
    const nowMs = this.#options.now();
    this.#common.fill(this.#options.recordsPerSecond * COMMON_PART, nowMs);
    const names: string[] = [];
    const counts = new Map<string, number>();
    for (const service of services) {
      const name = this.#nameOf(service, { counts, nowMs });
      names.push(name);
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    const plan: [Bucket, number][] = [];
    let left = this.#common.level;
    for (const [name, count] of counts) {
      const share = this.#shares.get(name)!;
      share.fill(this.#ratePerShare, nowMs);
      share.usedMs = nowMs;
      if (left > 0) {
        plan.push([this.#common, count]);
        left -= count;
      } else if (share.level > 0) plan.push([share, count]);
      else return { seconds: Math.min(this.#common.secondsToWait, share.secondsToWait), names };
    }
    for (const [bucket, count] of plan) bucket.level -= count;
    return { seconds: 0, names };
  }

  /** The service's own name where it has a share or can have one. */
  #nameOf(
    service: string,
    { counts, nowMs }: { counts: ReadonlyMap<string, number>; nowMs: number },
  ): string {
    if (this.#shares.has(service)) return service;
    if (this.#shares.size >= MAX_NAMES_A_KEY) this.#forgetIdle({ but: counts, nowMs });
    const name = this.#shares.size < MAX_NAMES_A_KEY ? service : OTHERS;
    if (!this.#shares.has(name)) {
      const shares = this.#shares.size + 1;
      this.#shares.set(name, new Bucket(this.#shared / shares, nowMs));
    }
    return name;
  }

  /** Names come and go, with every deployment in some places: a share that is full and was not used for a second can go. */
  #forgetIdle({ but, nowMs }: { but: ReadonlyMap<string, number>; nowMs: number }): void {
    for (const [name, share] of this.#shares) {
      share.fill(this.#ratePerShare, nowMs);
      const isIdle = share.isFull && nowMs - share.usedMs >= FILL_MS;
      if (isIdle && !but.has(name)) this.#shares.delete(name);
    }
  }

  get #shared(): number {
    return this.#options.recordsPerSecond * (1 - COMMON_PART);
  }

  get #ratePerShare(): number {
    return this.#shared / this.#shares.size;
  }
}

/** Fills evenly, up to a second's worth. */
class Bucket {
  /** How many records it has; below zero: how many it owes. */
  level: number;
  /** When something was asked of it last. */
  usedMs: number;
  #rate: number;
  #filledMs: number;

  constructor(ratePerSecond: number, nowMs: number) {
    this.level = ratePerSecond;
    this.#rate = ratePerSecond;
    this.#filledMs = nowMs;
    this.usedMs = nowMs;
  }

  /** Adds what has come since it was filled last. */
  fill(ratePerSecond: number, nowMs: number): void {
    this.level = Math.min(
      ratePerSecond,
      this.level + ratePerSecond * (nowMs - this.#filledMs) / FILL_MS,
    );
    this.#rate = ratePerSecond;
    this.#filledMs = nowMs;
  }

  get isFull(): boolean {
    return this.level >= this.#rate;
  }

  /** Until it has something again: whole seconds, as `Retry-After` has them. */
  get secondsToWait(): number {
    return Math.max(1, Math.ceil(-this.level / this.#rate));
  }
}
