import { networkOf } from "../board/access/attempts.ts";
import type { ValidKey } from "../store/intake_key.ts";
import { OTHERS } from "../store/limits.ts";
import { MAX_NAMES_A_KEY } from "../store/service_names.ts";

/** The part of a quota that is given out first come, first served; the rest is shared out evenly. */
const COMMON_PART = 1 / 2;
/** An empty part is full again after this. */
const FILL_MS = 1_000;
/** Whose quotas are remembered at the same time. */
const MAX_ADDRESSES = 10_000;
const KEPT_PART = 9 / 10;

/** A key, and the records a second that it has. */
export type QuotaKey = Pick<ValidKey, "id" | "quota">;

/** Records by service. */
export type Counts = ReadonlyMap<string, number>;

export interface QuotaOptions {
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
  readonly #now: () => number;

  constructor({ now = () => performance.now() }: QuotaOptions = {}) {
    this.#now = now;
  }

  /** Takes a record of each service named, all or none. Seconds to wait; 0 when they are taken. */
  take(key: QuotaKey, services: readonly string[]): number {
    const counts = new Map<string, number>();
    for (const service of services) counts.set(service, (counts.get(service) ?? 0) + 1);
    return this.#quotaOf(key).take(counts, this.#now());
  }

  /** Takes them whatever is there: they are known only now, and what is owed keeps out the next ones. */
  owe(key: QuotaKey, counts: Counts): void {
    this.#quotaOf(key).owe(counts, this.#now());
  }

  #quotaOf({ id, quota: rate }: QuotaKey): KeyQuota {
    let quota = this.#keys.get(id);
    if (!quota) this.#keys.set(id, quota = new KeyQuota(rate, this.#now()));
    quota.rate = rate;
    return quota;
  }
}

class KeyQuota {
  /** Records a second. */
  rate: number;
  readonly #common: Bucket;
  readonly #shares = new Map<string, Bucket>();

  constructor(rate: number, nowMs: number) {
    this.rate = rate;
    this.#common = new Bucket(rate * COMMON_PART, nowMs);
  }

  take(counts: Counts, nowMs: number): number {
    this.#common.fill(this.rate * COMMON_PART, nowMs);
    const plan: [Bucket, number][] = [];
    let left = this.#common.level;
    for (const [share, count] of this.#sharesOf(counts, nowMs)) {
      if (left > 0) {
        plan.push([this.#common, count]);
        left -= count;
      } else if (share.level > 0) plan.push([share, count]);
      else return Math.min(this.#common.secondsToWait, share.secondsToWait);
    }
    for (const [bucket, count] of plan) bucket.level -= count;
    return 0;
  }

  owe(counts: Counts, nowMs: number): void {
    this.#common.fill(this.rate * COMMON_PART, nowMs);
    for (const [share, count] of this.#sharesOf(counts, nowMs)) {
      (this.#common.level > 0 ? this.#common : share).level -= count;
    }
  }

  /** The share of each service, filled, and how many records it is asked for. */
  #sharesOf(counts: Counts, nowMs: number): Map<Bucket, number> {
    const shares = new Map<Bucket, number>();
    const used = new Set<string>();
    for (const [service, count] of counts) {
      const name = this.#nameOf(service, { used, nowMs });
      used.add(name);
      const share = this.#shares.get(name)!;
      share.fill(this.#ratePerShare, nowMs);
      share.usedMs = nowMs;
      shares.set(share, (shares.get(share) ?? 0) + count);
    }
    return shares;
  }

  /** The service's own name where it has a share or can have one. */
  #nameOf(
    service: string,
    { used, nowMs }: { used: ReadonlySet<string>; nowMs: number },
  ): string {
    if (this.#shares.has(service)) return service;
    if (this.#shares.size >= MAX_NAMES_A_KEY) this.#forgetIdle({ but: used, nowMs });
    const name = this.#shares.size < MAX_NAMES_A_KEY ? service : OTHERS;
    if (!this.#shares.has(name)) {
      const shares = this.#shares.size + 1;
      this.#shares.set(name, new Bucket(this.#shared / shares, nowMs));
    }
    return name;
  }

  /** Names come and go, with every deployment in some places: a share that is full and was not used for a second can go. */
  #forgetIdle({ but, nowMs }: { but: ReadonlySet<string>; nowMs: number }): void {
    for (const [name, share] of this.#shares) {
      share.fill(this.#ratePerShare, nowMs);
      if (share.isIdle(nowMs) && !but.has(name)) this.#shares.delete(name);
    }
  }

  get #shared(): number {
    return this.rate * (1 - COMMON_PART);
  }

  get #ratePerShare(): number {
    return this.#shared / this.#shares.size;
  }
}

/** Quotas of a public key's addresses: anybody who opens a page has the key. */
export class AddressQuotas {
  readonly #buckets = new Map<string, Bucket>();
  readonly #rate: number;
  readonly #now: () => number;

  constructor(recordsPerSecond: number, { now = () => performance.now() }: QuotaOptions = {}) {
    this.#rate = recordsPerSecond;
    this.#now = now;
  }

  /** How many addresses are remembered. */
  get size(): number {
    return this.#buckets.size;
  }

  /** 0 where the address has something left. */
  secondsToWait(key: string, address: string): number {
    const bucket = this.#buckets.get(placeOf(key, address));
    if (bucket === undefined) return 0;
    bucket.fill(this.#rate, this.#now());
    return bucket.level > 0 ? 0 : bucket.secondsToWait;
  }

  take(key: string, { address, records }: { address: string; records: number }): void {
    const nowMs = this.#now();
    const place = placeOf(key, address);
    let bucket = this.#buckets.get(place);
    if (!bucket) {
      if (this.#buckets.size >= MAX_ADDRESSES) this.#forgetIdle(nowMs);
      this.#buckets.set(place, bucket = new Bucket(this.#rate, nowMs));
    }
    bucket.fill(this.#rate, nowMs);
    bucket.level -= records;
    bucket.usedMs = nowMs;
  }

  /**
   * One that is full again is as good as a new one. Few are not: a key lets in a hundred records a second, whoever sends them.
   * Where they owe more than that, the oldest are let off: a tenth at once, because to look for them costs a look at all.
   */
  #forgetIdle(nowMs: number): void {
    for (const [place, bucket] of this.#buckets) {
      bucket.fill(this.#rate, nowMs);
      if (bucket.isIdle(nowMs)) this.#buckets.delete(place);
    }
    for (const [place] of this.#buckets) {
      if (this.#buckets.size <= MAX_ADDRESSES * KEPT_PART) break;
      this.#buckets.delete(place);
    }
  }
}

function placeOf(key: string, address: string): string {
  return `${key} ${networkOf(address)}`;
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

  /** Whether it is full, and nobody has asked anything of it for as long as filling takes. */
  isIdle(nowMs: number): boolean {
    return this.level >= this.#rate && nowMs - this.usedMs >= FILL_MS;
  }

  /** Until it has something again: whole seconds, as `Retry-After` has them. */
  get secondsToWait(): number {
    return Math.max(1, Math.ceil(-this.level / this.#rate));
  }
}
