/** Which intake keys are valid just now: those of the environment, then those of the store. */
import { isDoneWithin, StoreBusy, type StoreReads } from "../logging/mod.ts";
import { beginningOf, DEFAULT_QUOTAS, type IntakeKey, type ValidKey } from "../store/intake_key.ts";
import type { ConfiguredKey } from "../store/store.ts";

/** A list that is younger is used as it is. */
const FRESH_MS = 2_000;
/** Before an older one is used, the store is asked, for {@linkcode MAX_WAIT_MS} at most: together less than the five seconds in which a revoked key stops opening anything. */
const MAX_AGE_MS = 3_500;
const MAX_WAIT_MS = 1_000;
/** For a key that is not on the list, which may have been made since: so often at most, however many strangers guess. */
const UNKNOWN_EVERY_MS = 1_000;

export interface KeyRingOptions {
  configured: readonly IntakeKey[];
  store: Pick<StoreReads, "validKeys">;
  /** Records a second of each key of the environment. Default: by its kind. */
  quota?: number | undefined;
  /** Milliseconds of a clock that never goes back. */
  now?: () => number;
}

/** Keys by their digest: the time that a look-up takes tells nothing about a key. */
type Digests = ReadonlyMap<string, ValidKey>;

/**
 * Finds keys. The store is asked when a request needs to know and the list has aged, never by a timer and never more than once at
 * a time. While the store does not answer, the last list goes on being used.
 */
export class KeyRing {
  readonly #options: KeyRingOptions;
  readonly #now: () => number;
  #digest: Promise<typeof import("../store/keys/digest.ts")> | undefined;
  #configured: Promise<ReadonlyMap<string, ConfiguredKey>> | undefined;
  /** Undefined until the store has answered for the first time. */
  #stored: { keys: Digests; askedMs: number; generation: number } | undefined;
  #asking: Promise<void> | undefined;
  /** When the store was asked last, answered or not. */
  #askedMs = -Infinity;
  /** True from a question that had no answer in time until one is answered: meanwhile no request waits. */
  #isFailing = false;
  /** Grows when a key is made or revoked here: what was asked before is not used. */
  #generation = 0;

  constructor(options: KeyRingOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
  }

  /** The key, where it is a valid one. @throws {StoreBusy} while nothing is known of the store's keys. */
  async find(text: string): Promise<ValidKey | undefined> {
    const { digestOfKey } = await this.#loadDigest();
    const digest = digestOfKey(text);
    const own = (await this.#byDigest()).get(digest);
    if (own !== undefined) return validKey(own);
    await this.#refresh(MAX_AGE_MS);
    return this.#stored?.keys.get(digest) ?? (await this.#newest()).get(digest);
  }

  /** Whether there is any key. @throws {StoreBusy} as {@linkcode find}. */
  async isOpen(): Promise<boolean> {
    return this.#options.configured.length > 0 || (await this.#newest()).size > 0;
  }

  /** A key was made or revoked here: the next request asks the store. */
  forget(): void {
    this.#generation++;
    this.#asking = undefined;
    this.#askedMs = -Infinity;
  }

  /** The keys of the environment, as lists show them. */
  async configured(): Promise<ConfiguredKey[]> {
    return [...(await this.#byDigest()).values()];
  }

  async #newest(): Promise<Digests> {
    await this.#refresh(UNKNOWN_EVERY_MS);
    if (this.#stored === undefined) throw new StoreBusy("The keys of the store are not known yet");
    return this.#stored.keys;
  }

  #byDigest(): Promise<ReadonlyMap<string, ConfiguredKey>> {
    return this.#configured ??= this.#readConfigured();
  }

  async #readConfigured(): Promise<ReadonlyMap<string, ConfiguredKey>> {
    const { digestOfKey, idOfConfiguredKey } = await this.#loadDigest();
    const { configured, quota } = this.#options;
    return new Map(
      configured.map(({ key, service = null, isPublic = false }) => [digestOfKey(key), {
        id: idOfConfiguredKey(key),
        service,
        is_public: isPublic,
        beginning: beginningOf(key),
        key: isPublic ? key : null,
        quota: quota ?? DEFAULT_QUOTAS[isPublic ? "public" : "secret"],
      }]),
    );
  }

  /** Loaded with the first request that has a key: it takes a start 20 ms. */
  #loadDigest(): Promise<typeof import("../store/keys/digest.ts")> {
    return this.#digest ??= import("../store/keys/digest.ts");
  }

  /** Sees to it that the list is no older than `maxAgeMs`, as far as the store answers in time. */
  async #refresh(maxAgeMs: number): Promise<void> {
    const nowMs = this.#now();
    const isKnown = this.#stored?.generation === this.#generation;
    const ageMs = isKnown ? nowMs - this.#stored!.askedMs : Infinity;
    if (ageMs <= Math.min(FRESH_MS, maxAgeMs)) return;
    if (nowMs - this.#askedMs > UNKNOWN_EVERY_MS) this.#ask(nowMs);
    const isWorthWaiting = !this.#isFailing || this.#stored === undefined;
    if (ageMs <= maxAgeMs || !this.#asking || !isWorthWaiting) return;
    const leftMs = this.#askedMs + MAX_WAIT_MS - nowMs;
    if (!await isDoneWithin(this.#asking, leftMs)) this.#isFailing = true;
  }

  #ask(nowMs: number): void {
    if (this.#asking) return;
    this.#askedMs = nowMs;
    const asking = this.#asking = this.#read(nowMs).finally(() => {
      if (this.#asking === asking) this.#asking = undefined;
    });
  }

  async #read(askedMs: number): Promise<void> {
    const generation = this.#generation;
    try {
      const keys = await this.#options.store.validKeys();
      this.#isFailing = false;
      // A key was made or revoked meanwhile: the answer may be from before.
      if (generation !== this.#generation) return;
      const byDigest = new Map(keys.map(({ digest, ...key }) => [digest, key]));
      this.#stored = { keys: byDigest, askedMs, generation };
    } catch {
      this.#isFailing = true;
    }
  }
}

function validKey({ id, service, is_public, quota }: ConfiguredKey): ValidKey {
  return { id, service: service ?? undefined, isPublic: is_public, quota };
}
