/**
 * A storm of alike failures: reading a stack is the dear part of a failure (70 to 180 µs), so beyond a hundred a second the
 * stack of an alike one is taken over, and marked so.
 *
 * @module
 */
import { describeError } from "./describe.ts";
import type { ErrorInfo } from "./record.ts";

/** Alike failures in one second whose stacks are read. */
export const STACKS_PER_SECOND = 100;
/** Kinds of failure that are counted at once. */
const MAX_KINDS = 1_000;
const SECOND_MS = 1_000;

interface Kind {
  second: number;
  count: number;
  last: ErrorInfo;
}

/** Describes what was thrown, as {@linkcode describeError} does, at a bounded cost in a storm. */
export class StormDescriber {
  readonly #kinds = new Map<string, Kind>();

  /** Failures are alike when type, message and route are the same. */
  describe(thrown: unknown, { route, nowMs }: { route: string; nowMs: number }): ErrorInfo {
    const name = kindOf(thrown, route);
    if (name === undefined) return describeError(thrown);
    const second = Math.floor(nowMs / SECOND_MS);
    const kind = this.#kinds.get(name);
    if (kind?.second === second && ++kind.count > STACKS_PER_SECOND) {
      const { stack = "", cause } = kind.last;
      return describeError(thrown, { stack, cause });
    }
    const last = describeError(thrown);
    if (kind?.second !== second) this.#begin(name, { second, count: 1, last });
    return last;
  }

  #begin(name: string, kind: Kind): void {
    // A second with that many kinds is no storm of alike ones.
    if (this.#kinds.size >= MAX_KINDS) this.#kinds.clear();
    this.#kinds.set(name, kind);
  }
}

/** What makes two failures alike; nothing for what cannot be read, or has no stack to save. */
function kindOf(thrown: unknown, route: string): string | undefined {
  try {
    if (!(thrown instanceof Error)) return undefined;
    return `${thrown.name}\n${thrown.message}\n${route}`;
  } catch {
    return undefined;
  }
}
