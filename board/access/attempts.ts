const WINDOW_MINUTES = 15;
const WINDOW_MS = WINDOW_MINUTES * 60 * 1000;

export interface AttemptLimits {
  readonly perAddress: number;
  readonly overall: number;
}

export const SIGN_IN_LIMITS: AttemptLimits = { perAddress: 10, overall: 500 };
/** Addresses that have shown the right token; the oldest goes. */
const MAX_KNOWN = 100;

export interface AttemptsOptions {
  limits?: AttemptLimits;
  /** Milliseconds. Not the wall clock: set back by an hour, it would shut people out for an hour. */
  now?: () => number;
}

/**
 * Counts wrong tokens by address, in windows of a quarter of an hour. What strangers do does not shut out an address that has
 * shown the right token.
 */
export class Attempts {
  readonly #byAddress = new Map<string, number>();
  readonly #known = new Set<string>();
  readonly #limits: AttemptLimits;
  readonly #now: () => number;
  #total = 0;
  #windowStart = 0;

  constructor({ limits = SIGN_IN_LIMITS, now = () => performance.now() }: AttemptsOptions = {}) {
    this.#limits = limits;
    this.#now = now;
  }

  /** Seconds until this address may try again; 0 when it may now. */
  secondsToWait(address: string): number {
    const sinceMs = this.#turnWindow();
    if (this.#total === 0) return 0;
    const network = networkOf(address);
    const { perAddress, overall } = this.#limits;
    const isBlocked = (this.#byAddress.get(network) ?? 0) >= perAddress ||
      (this.#total >= overall && !this.#known.has(network));
    return isBlocked ? Math.ceil((WINDOW_MS - sinceMs) / 1000) : 0;
  }

  countFailure(address: string): void {
    this.#turnWindow();
    const network = networkOf(address);
    const before = this.#byAddress.get(network) ?? 0;
    // An address that has to wait uses up nothing of the overall limit.
    if (before >= this.#limits.perAddress) return;
    // Bounds the memory: at the overall limit every stranger has to wait, whatever the address.
    if (this.#total >= this.#limits.overall && before === 0 && !this.#known.has(network)) return;
    this.#byAddress.set(network, before + 1);
    this.#total++;
  }

  countSuccess(address: string): void {
    const network = networkOf(address);
    if (this.#known.has(network)) return;
    if (this.#known.size >= MAX_KNOWN) this.#known.delete(this.#known.keys().next().value!);
    this.#known.add(network);
  }

  #turnWindow(): number {
    const sinceMs = this.#now() - this.#windowStart;
    if (sinceMs < WINDOW_MS) return sinceMs;
    this.#byAddress.clear();
    this.#total = 0;
    this.#windowStart = this.#now();
    return 0;
  }
}

/** One customer has a whole /64 of IPv6 addresses (RFC 6177): those count as one. */
export function networkOf(text: string): string {
  // On a socket of both kinds an IPv4 address is written as one of IPv6 (RFC 4291, 2.5.5.2).
  const address = text.replace(/^::ffff:(?=\d+\.)/i, "");
  if (!address.includes(":")) return address;
  const [head = "", tail] = address.toLowerCase().split("::");
  const groups = head.split(":").filter(Boolean);
  const after = tail === undefined ? [] : tail.split(":").filter(Boolean);
  while (tail !== undefined && groups.length + after.length < 8) groups.push("0");
  return [...groups, ...after].slice(0, 4).join(":");
}
