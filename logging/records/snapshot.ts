/**
 * A picture of a value as it is now: JSON text that later changes cannot touch.
 *
 * @module
 */
import {
  MAX_DEPTH,
  MAX_ITEMS,
  MAX_KEYS,
  MAX_STRING_CHARS,
  MAX_VALUE_CHARS,
} from "../../store/limits.ts";
import { portray } from "./portray.ts";

/** What stands for a value that could not be looked at: valid JSON. */
const UNREADABLE = '"[unreadable]"';

/**
 * The JSON text of anything a caller hands the logger. Never throws, whatever it is given; `undefined`
 * becomes `null`. Plain data is written by `JSON.stringify`; everything else (circular values, BigInt,
 * Maps, Errors, Requests, …) and what is over the limits takes the slower way through {@linkcode portray}.
 *
 * It cuts one step later than the redactor, which therefore sees every cut and marks it.
 *
 * @example
 * ```ts
 * snapshot({ tags: new Set(["a"]), count: 3n }); // '{"tags":["a"],"count":"3"}'
 * ```
 */
export function snapshot(value: unknown): string {
  try {
    if (isPlain(value)) return JSON.stringify(value) ?? "null";
  } catch {
    // A getter, a trap or a circle: portray() goes step by step.
  }
  try {
    return JSON.stringify(portray(value)) ?? "null";
  } catch {
    return UNREADABLE;
  }
}

/** True when JSON.stringify alone shows all of it, within the limits. Throws what a getter or a proxy throws. */
export function isPlain(
  value: unknown,
  depth = 0,
  budget: { charsLeft: number } = { charsLeft: MAX_VALUE_CHARS },
): boolean {
  switch (typeof value) {
    case "string":
      budget.charsLeft -= value.length;
      return value.length <= MAX_STRING_CHARS && budget.charsLeft > 0;
    case "number":
      return Number.isFinite(value);
    case "boolean":
    case "undefined":
      return true;
    case "object":
      break;
    default:
      return false;
  }
  if (value === null) return true;
  if (depth >= MAX_DEPTH) return false;
  const prototype = Object.getPrototypeOf(value);
  if (prototype === Array.prototype && Array.isArray(value)) {
    if (value.length > MAX_ITEMS) return false;
    for (let index = 0; index < value.length; index++) {
      if (!isPlain(value[index], depth + 1, budget)) return false;
    }
    return true;
  }
  if (prototype !== Object.prototype && prototype !== null) return false;
  let keys = 0;
  for (const key in value) {
    budget.charsLeft -= key.length;
    if (++keys > MAX_KEYS || budget.charsLeft <= 0) return false;
    if (!isPlain((value as Record<string, unknown>)[key], depth + 1, budget)) return false;
  }
  return true;
}
