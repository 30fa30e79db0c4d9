/**
 * How often somebody may be wrong about the token.
 *
 * @module
 */

const WINDOW_MINUTES = 15;
const WINDOW_MS = WINDOW_MINUTES * 60 * 1000;
/** Wrong tokens of one address in one window. */
export const MAX_FAILURES_PER_ADDRESS = 10;
/** Wrong tokens of all addresses in one window. Also the bound of the memory: one failure, at most one entry. */
export const MAX_FAILURES = 500;

/** Counts wrong tokens by address, in windows of a quarter of an hour. */
export class Attempts {
  readonly #byAddress = new Map<string, number>();
  readonly #now: () => number;
  readonly #onFailure: (address: string) => void;
  #total = 0;
  #windowStart = 0;

  /** `now` gives milliseconds since 1970; `onFailure` is told of what {@linkcode Attempts.countFailure} counts. */
  constructor(now: () => number = Date.now, onFailure: (address: string) => void = () => {}) {
    this.#now = now;
    this.#onFailure = onFailure;
  }

  /** Seconds until this address may try again; 0 when it may now. */
  secondsToWait(address: string): number {
    const sinceMs = this.#turnWindow();
    const isBlocked = this.#total >= MAX_FAILURES ||
      (this.#byAddress.get(networkOf(address)) ?? 0) >= MAX_FAILURES_PER_ADDRESS;
    return isBlocked ? Math.ceil((WINDOW_MS - sinceMs) / 1000) : 0;
  }

  /** Somebody was wrong. */
  countFailure(address: string): void {
    this.learnFailure(address);
    this.#onFailure(address);
  }

  /** Somebody was wrong in another process of this service. */
  learnFailure(address: string): void {
    this.#turnWindow();
    const network = networkOf(address);
    this.#byAddress.set(network, (this.#byAddress.get(network) ?? 0) + 1);
    this.#total++;
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
function networkOf(address: string): string {
  if (!address.includes(":")) return address;
  const [head = "", tail] = address.toLowerCase().split("::");
  const groups = head.split(":").filter(Boolean);
  const after = tail === undefined ? [] : tail.split(":").filter(Boolean);
  while (tail !== undefined && groups.length + after.length < 8) groups.push("0");
  return [...groups, ...after].slice(0, 4).join(":");
}
