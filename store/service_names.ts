/**
 * By which names the services behind one intake key are known. A name has a share of the store, of the queue and of new errors:
 * without a bound, a key that makes up names would get all of them.
 */

import { OTHERS } from "./limits.ts";

/** Names of one key; reports by further ones are of one service together. */
export const MAX_NAMES_A_KEY = 100;
/** A name that nobody has used for so long makes room for another. */
const FORGET_AFTER_MS = 24 * 60 * 60 * 1000;

export class ServiceNames {
  /** By key: names, and when each was used last; the one unused for longest comes first. */
  readonly #keys = new Map<string, Map<string, number>>();
  readonly #now: () => number;

  /** `now`: milliseconds of a clock that never goes back. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** What a service is called that reports with this key: its own name, or {@linkcode OTHERS}. */
  nameOf(service: string, key: string): string {
    let names = this.#keys.get(key);
    if (!names) this.#keys.set(key, names = new Map());
    const nowMs = this.#now();
    if (!names.delete(service) && names.size >= MAX_NAMES_A_KEY) {
      const [oldest, usedMs] = [...names.entries().take(1)][0]!;
      if (nowMs - usedMs < FORGET_AFTER_MS) return OTHERS;
      names.delete(oldest);
    }
    names.set(service, nowMs);
    return service;
  }
}
