/**
 * What may be used once: whoever takes a key first has it.
 *
 * @module
 */

/** Keys that wait; the oldest goes. */
const MAX_KEYS = 10;

/** Where keys are kept: by this process, or by one that several processes share. */
export interface Tickets {
  /** Keeps a key until a time in milliseconds since 1970. */
  keep(key: string, untilMs: number): void;
  /** Whether the key was kept, its time is not over, and nobody has taken it before. */
  take(key: string): boolean | Promise<boolean>;
}

/** Keys in the memory of this process. `now` gives milliseconds since 1970. */
export function ownTickets(now: () => number): Tickets {
  const keys = new Map<string, number>();
  return {
    keep(key, untilMs) {
      if (keys.size >= MAX_KEYS) keys.delete(keys.keys().next().value!);
      keys.set(key, untilMs);
    },
    take(key) {
      const untilMs = keys.get(key) ?? 0;
      keys.delete(key);
      return now() < untilMs;
    },
  };
}
