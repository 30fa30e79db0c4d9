import {
  type KeySummary,
  type Logging,
  type LogStats,
  StoreBusy,
  type StoreHealth,
} from "../../logging/mod.ts";
import { QuotaWatch } from "../services/quota_watch.ts";
import { Kept, type KeptOptions } from "./kept.ts";

/** Pages follow each other faster than this changes. */
const KEPT: KeptOptions = { keepMs: 5_000, waitMs: 250, oldestMs: 60_000 };

/** Of the queue; a fuller one is reported. */
export const BUSY_QUEUE: number = 1 / 2;

export interface Delivery {
  /** Of this process. */
  stats: LogStats;
  /** Null while the store does not answer. */
  health: StoreHealth | null;
  /** Intake keys that have come near their quota today, on any instance. */
  nearQuota: readonly KeySummary[];
}

/** What somebody should look at, in the words of the list's search. */
export const ATTENTION = ["new", "back", "rising"] as const;

/** Open errors of the last 24 hours, of every service. */
export type Attention = Readonly<Record<(typeof ATTENTION)[number], number>>;

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
  readonly #attention: Kept<Attention>;
  readonly #services: Kept<readonly string[]>;

  constructor(logging: Logging, keys: ConstructorParameters<typeof QuotaWatch>[0]) {
    this.#logging = logging;
    this.#quotas = new QuotaWatch(keys);
    const { store } = logging;
    this.#health = this.#kept(() => store.health());
    this.#attention = this.#kept(() => attentionOf(store));
    this.#services = this.#kept(() => store.services());
  }

  /** Never rejects: a page has more to show. */
  async read(): Promise<FrameFacts> {
    const [health, attention, services, nearQuota] = await Promise.all([
      this.#health.read(),
      this.#attention.read(),
      this.#services.read(),
      this.#quotas.near(),
    ]);
    return {
      attention: attention ?? undefined,
      services: services ?? [],
      delivery: { stats: this.#logging.stats(), health, nearQuota },
    };
  }

  nearQuota(): Promise<readonly KeySummary[]> {
    return this.#quotas.near();
  }

  /** What fails for good is recorded, and as little known as while the store is busy. */
  #kept<Answer>(ask: () => Promise<Answer>): Kept<Answer> {
    return new Kept(async () => {
      try {
        return await ask();
      } catch (error) {
        if (error instanceof StoreBusy) throw error;
        this.#logging.ownLogger.error("The board's header cannot be read", { error });
        throw new StoreBusy("The header cannot be read", { cause: error });
      }
    }, KEPT);
  }

  /** After a change that a person made: the next page says it. */
  forget(): void {
    this.#attention.forget();
    this.#services.forget();
  }
}

async function attentionOf(store: Logging["store"]): Promise<Attention> {
  const counts = ATTENTION.map(async (what) =>
    [what, (await store.stateCounts({ what, state: "open" })).open] as const
  );
  return Object.fromEntries(await Promise.all(counts)) as Attention;
}
