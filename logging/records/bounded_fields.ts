import { isPlain, snapshot } from "./snapshot.ts";
import { cut, CUT_MARK, MAX_KEYS } from "../../store/limits.ts";

/**
 * A copy of what a client says by name, each value within `maxChars` as JSON: a text is cut between words, anything else that is
 * longer goes whole. Undefined for what has no names.
 */
export function boundedFields(
  fields: unknown,
  { maxChars }: { maxChars: number },
): Record<string, unknown> | undefined {
  if (typeof fields !== "object" || fields === null || Array.isArray(fields)) return undefined;
  // Without a prototype, `__proto__` is a name like any other.
  const kept: Record<string, unknown> = Object.create(null);
  const entries = Object.entries(fields).slice(0, MAX_KEYS);
  for (const [name, value] of entries) kept[cut(name, maxChars)] = bounded(value, maxChars);
  return entries.length === 0 ? undefined : kept;
}

function bounded(value: unknown, maxChars: number): unknown {
  if (typeof value === "string") return cut(value, maxChars);
  if (typeof value !== "object") return isPlain(value) ? value : String(value);
  const json = snapshot(value);
  if (json.length > maxChars) return CUT_MARK;
  return isPlain(value) ? value : JSON.parse(json);
}
