/** Which keys have come near their quota today: for a mark on every page, without a question to the store for each. */
import type { KeySummary, StoreReads } from "../../logging/mod.ts";
import { Kept, type KeptOptions } from "../frame/kept.ts";

/** Of a quota: from here on somebody should know. */
const WARN_PART = 0.8;
const KEPT: KeptOptions = { keepMs: 15_000, waitMs: 250, oldestMs: 60_000 };

/** Whether a key took nearly what it may in some second of today. */
export function isNearQuota({ peak_today, quota, revoked_at }: KeySummary): boolean {
  return revoked_at === null && peak_today >= quota * WARN_PART;
}

export class QuotaWatch {
  readonly #keys: Kept<readonly KeySummary[]>;

  constructor(store: Pick<StoreReads, "listKeys">) {
    this.#keys = new Kept(() => store.listKeys(), KEPT);
  }

  /** The keys that have come near their quota, as far as they are known. Never rejects: a page has more to show. */
  async near(): Promise<readonly KeySummary[]> {
    const keys = await this.#keys.read().catch(() => null);
    return keys?.filter(isNearQuota) ?? [];
  }
}
