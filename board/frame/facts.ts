import type { KeySummary, Logging, LogStats, StoreHealth } from "../../logging/mod.ts";
import { QuotaWatch } from "../services/quota_watch.ts";
import { Kept, type KeptOptions } from "./kept.ts";

/** Pages follow each other faster than this changes. */
const KEPT: KeptOptions = { keepMs: 5_000, waitMs: 250, oldestMs: 60_000 };

export interface Delivery {
  /** Of this process. */
  stats: LogStats;
  /** Null while the store does not answer. */
  health: StoreHealth | null;
  /** Intake keys that have come near their quota today, on any instance. */
  nearQuota: readonly KeySummary[];
}

/** Open errors that somebody should look at, of every service, in the last 24 hours. */
export interface Attention {
  new: number;
  back: number;
  rising: number;
}

/** What every page says above its own content. */
export interface FrameFacts {
  /** Undefined while it is not known. */
  attention: Attention | undefined;
  services: readonly string[];
  /** Undefined health: the store has not answered yet. */
  delivery: Omit<Delivery, "health"> & { health: StoreHealth | null | undefined };
}

/** Asks for what every page says; no page waits long for it. */
export class FrameDesk {
  readonly #logging: Logging;
  readonly #quotas: QuotaWatch;
  readonly #health: Kept<StoreHealth>;

  constructor(logging: Logging, keys: ConstructorParameters<typeof QuotaWatch>[0]) {
    this.#logging = logging;
    this.#quotas = new QuotaWatch(keys);
    this.#health = new Kept(() => logging.store.health(), KEPT);
  }

  async read(): Promise<FrameFacts> {
    const [health, nearQuota] = await Promise.all([this.#health.read(), this.#quotas.near()]);
    return {
      attention: undefined,
      services: [],
      delivery: { stats: this.#logging.stats(), health, nearQuota },
    };
  }

  nearQuota(): Promise<readonly KeySummary[]> {
    return this.#quotas.near();
  }

  /** After a change that a person made: the next page says it. */
  forget(): void {
    this.#health.forget();
  }
}
