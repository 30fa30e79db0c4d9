/** Which keys have come near their quota today: for a mark on every page, without a question to the store for each. */
import type { KeySummary, StoreReads } from "../../logging/mod.ts";

/** Of a quota: from here on somebody should know. */
const WARN_PART = 0.8;
/** The list is asked for again after this. */
const KEEP_MS = 15_000;

/** Whether a key took nearly what it may in some second of today. */
export function isNearQuota({ peak_today, quota, revoked_at }: KeySummary): boolean {
  return revoked_at === null && peak_today >= quota * WARN_PART;
}

export class QuotaWatch {
  readonly #store: Pick<StoreReads, "listKeys">;
  #near: Promise<readonly KeySummary[]> | undefined;
  #askedMs = -Infinity;

  constructor(store: Pick<StoreReads, "listKeys">) {
    this.#store = store;
  }

  /** The keys that have come near their quota. Never rejects: a page has more to show. */
  near(): Promise<readonly KeySummary[]> {
    if (performance.now() - this.#askedMs > KEEP_MS) {
      this.#askedMs = performance.now();
      this.#near = this.#ask();
    }
    return this.#near!;
  }

  async #ask(): Promise<readonly KeySummary[]> {
    try {
      return (await this.#store.listKeys()).filter(isNearQuota);
    } catch {
      return [];
    }
  }
}
