/**
 * A storm of similar failures: reading a stack is the expensive part of a failure (40 to 180 µs), so beyond a hundred a second
 * the stacks of a similar one are taken over, and marked so. That saves work and changes no key: it is done only for failures
 * whose stacks, as far as they were read, are all the same.
 *
 * @module
 */
import { chainOf, describeError, isError } from "./describe.ts";
import type { ErrorInfo } from "./record.ts";

/** Similar failures in one second whose stacks are read. */
export const STACKS_PER_SECOND = 100;
/** Beyond that one of so many is still read, to see whether they are the same. */
const READ_EVERY = 16;
/** Kinds of failure that are counted at once. */
const MAX_KINDS = 1_000;
const SECOND_MS = 1_000;

interface Kind {
  second: number;
  count: number;
  last: ErrorInfo;
  /** False as soon as two of them came from different places, in later seconds too. */
  isOnePlace: boolean;
}

/** Describes what was thrown, as {@linkcode describeError} does, at a bounded cost in a storm. */
export class StormDescriber {
  readonly #kinds = new Map<string, Kind>();

  /** Failures are similar when type, message and route, and the types of their causes are the same. */
  describe(thrown: unknown, { route, nowMs }: { route: string; nowMs: number }): ErrorInfo {
    const name = kindOf(thrown, route);
    if (name === undefined) return describeError(thrown);
    const second = Math.floor(nowMs / SECOND_MS);
    const kind = this.#kinds.get(name);
    if (kind?.second !== second) {
      const last = describeError(thrown);
      this.#begin(name, { second, count: 1, last, isOnePlace: kind?.isOnePlace ?? true });
      return last;
    }
    kind.count++;
    if (kind.isOnePlace && kind.count > STACKS_PER_SECOND && kind.count % READ_EVERY !== 0) {
      return describeError(thrown, { alike: kind.last });
    }
    const info = describeError(thrown);
    if (kind.isOnePlace && !isSamePlace(info, kind.last)) kind.isOnePlace = false;
    return info;
  }

  #begin(name: string, kind: Kind): void {
    // A second with that many kinds is no storm of similar ones.
    if (this.#kinds.size >= MAX_KINDS) this.#kinds.clear();
    this.#kinds.set(name, kind);
  }
}

/** What makes two failures similar; nothing for what cannot be read, or has no stack to save. */
function kindOf(thrown: unknown, route: string): string | undefined {
  try {
    const [first, ...causes] = chainOf(thrown);
    if (!isError(first)) return undefined;
    const names = causes.map((cause) => isError(cause) ? cause.name : typeof cause);
    return JSON.stringify([first.name, first.message, route, ...names]);
  } catch {
    return undefined;
  }
}

/** Whether the frames are the same, of both and of their causes. The messages of causes may differ. */
function isSamePlace(one: ErrorInfo | undefined, other: ErrorInfo | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  return framesIn(one.stack) === framesIn(other.stack) && isSamePlace(one.cause, other.cause);
}

/** The stack without its first line, which repeats the message. */
function framesIn(stack: string | undefined): string | undefined {
  return stack?.slice(stack.indexOf("\n"));
}
