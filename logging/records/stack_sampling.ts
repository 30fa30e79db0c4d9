/**
 * A storm of similar failures: reading a stack is the expensive part of a failure (40 to 180 µs), so beyond a hundred a second
 * the stacks of a similar one are taken over, and marked so. That saves work and changes no key: it is done only for failures
 * whose stacks, as far as they were read, are all the same.
 *
 * @module
 */
import { chainOf, describeError, isError } from "./describe.ts";
import type { ErrorInfo } from "../../store/record.ts";

/** Similar failures in one second whose stacks are read. */
export const STACKS_PER_SECOND = 100;
/** Beyond that one of so many is still read, to see whether they are the same. */
const READ_EVERY = 16;
/** Kinds of failure that are counted at once. */
const MAX_KINDS = 1_000;
const SECOND_MS = 1_000;

/** Deno's own lines, and packages'. */
const LIBRARY_LINE = /[ (](?:ext|node|npm|jsr|https?):|\/node_modules\/|\(<anonymous>\)$/;

interface Kind {
  second: number;
  count: number;
  last: ErrorInfo;
  /** False as soon as two of them came from different places, in later seconds too. */
  isOnePlace: boolean;
}

/** Describes what was thrown, as {@linkcode describeError} does, at a bounded cost in a storm. */
export class StackSampler {
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

/** Whether both came the same way through the same code, and their causes too. The messages of causes may differ. */
function isSamePlace(one: ErrorInfo | undefined, other: ErrorInfo | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  return wayOf(one.stack) === wayOf(other.stack) && isSamePlace(one.cause, other.cause);
}

/**
 * What of a stack could be in a key: without the first line, which repeats the message, without libraries, and without what
 * depends on the moment: `async`, and where in a function with a name it was.
 */
function wayOf(stack = ""): string {
  const lines = stack.split("\n").slice(1).filter((line) => !LIBRARY_LINE.test(line));
  return lines.map((line) => {
    const call = line.replace("at async ", "at ");
    // Without a name, the line in the source tells functions apart.
    return call.endsWith(")") ? call.replace(/:\d+:\d+\)$/, ")") : call.replace(/:\d+$/, "");
  }).join("\n");
}
