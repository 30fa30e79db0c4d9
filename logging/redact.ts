/**
 * Takes secrets out of what is about to be kept, and keeps it within its limits.
 *
 * @module
 */
import { isCard } from "./cards.ts";
import {
  cut,
  CUT_MARK,
  MAX_DEPTH,
  MAX_ITEMS,
  MAX_KEYS,
  MAX_STRING_CHARS,
  MAX_VALUE_CHARS,
} from "./limits.ts";
import { createTextMask, MASK, type TextMask } from "./mask_text.ts";
import { oneLineJson } from "./one_line.ts";
import { parseJson } from "./parse_json.ts";
import { createNameTest, SENSITIVE_NAMES } from "./sensitive.ts";

/** Longer JSON is not parsed: it is kept as the beginning of a text. */
const MAX_PARSED_CHARS = 4 * 1024 * 1024;
/** Counted against {@linkcode MAX_VALUE_CHARS} for a number, a boolean or null. */
const SCALAR_CHARS = 4;
/** The smallest number with as many digits as a card has. */
const SMALLEST_CARD = 1e12;
// White space between the parts of JSON: one record is one line.
// deno-lint-ignore no-control-regex -- controls are what it looks for
const LINE_BREAK = /[\u0000-\u001f]/;

/** What to mask beside the built-in names. */
export interface RedactorOptions {
  /** More names whose values are masked; they match as {@linkcode SENSITIVE_NAMES} do. */
  names?: readonly string[] | undefined;
}

/** Takes secrets out of texts, values and JSON. */
export interface Redactor {
  /** The text without its secrets, at most `maxChars` long. */
  text(text: string, maxChars: number): string;
  /** Parsed JSON without its secrets and within the limits; what is untouched is the same object. */
  value(value: unknown): { value: unknown; truncated: boolean };
  /**
   * JSON text without its secrets, within the limits, on one line. Text that is no JSON becomes a JSON
   * string. What needs no change comes back as it stands. `value` is what the text says.
   */
  json(text: string): { text: string; value: unknown; truncated: boolean };
}

/**
 * Makes a redactor. Values of sensitive names are replaced at any depth, null, booleans and empty texts
 * excepted: they hide nothing. All other strings are searched for secrets, JSON inside them too.
 *
 * @example
 * ```ts
 * const redactor = createRedactor({ names: ["customer_no"] });
 * redactor.json('{"Password":"x","monkey":1}').text; // {"Password":"[redacted]","monkey":1}
 * ```
 */
export function createRedactor(options: RedactorOptions = {}): Redactor {
  const names = [...SENSITIVE_NAMES, ...options.names ?? []].filter((name) => name.trim() !== "");
  const tools: Tools = { isSensitive: createNameTest(names), ...createTextMask(names) };
  return {
    text: (text, maxChars) => cut(tools.mask(cut(text, maxChars)), maxChars),
    value: (value) => {
      const walk = { ...tools, charsLeft: MAX_VALUE_CHARS, truncated: false };
      return { value: redact(value, 0, walk), truncated: walk.truncated };
    },
    json: (text) => redactJson(text, { ...tools, charsLeft: MAX_VALUE_CHARS, truncated: false }),
  };
}

/** How to tell secrets. */
interface Tools extends TextMask {
  isSensitive(name: string): boolean;
}

/** The state of one walk through a value. */
interface Walk extends Tools {
  charsLeft: number;
  truncated: boolean;
}

function redactJson(
  text: string,
  walk: Walk,
): { text: string; value: unknown; truncated: boolean } {
  const parsed = parse(text);
  if (parsed !== NOT_JSON && mayPass(text, walk) && isHarmless(parsed, 0, walk)) {
    return { text: oneLineJson(text), value: parsed, truncated: false };
  }
  const before = parsed === NOT_JSON ? text : parsed;
  const after = redact(before, 0, walk);
  const isSame = after === before && parsed !== NOT_JSON && !LINE_BREAK.test(text);
  const json = isSame ? text : JSON.stringify(after);
  return { text: oneLineJson(json), value: after, truncated: walk.truncated };
}

/** The quick look at a whole JSON text, its strings included. An escape may hide a word from it. */
function mayPass(text: string, walk: Walk): boolean {
  return text.length <= MAX_STRING_CHARS && !text.includes("\\u") && !text.includes("\\/") &&
    !walk.mayHoldSecret(text) && !LINE_BREAK.test(text);
}

/** True when it is within the limits and has no sensitive name. */
function isHarmless(value: unknown, depth: number, walk: Walk): boolean {
  if (typeof value !== "object" || value === null) return true;
  if (depth >= MAX_DEPTH) return false;
  if (Array.isArray(value)) {
    return value.length <= MAX_ITEMS && value.every((item) => isHarmless(item, depth + 1, walk));
  }
  let keys = 0;
  for (const key in value) {
    if (++keys > MAX_KEYS || walk.isSensitive(key)) return false;
    if (!isHarmless((value as Record<string, unknown>)[key], depth + 1, walk)) return false;
  }
  return true;
}

const NOT_JSON = Symbol("not JSON");

function parse(text: string): unknown {
  if (text.length > MAX_PARSED_CHARS) return NOT_JSON;
  try {
    return parseJson(text);
  } catch {
    return NOT_JSON;
  }
}

function redact(value: unknown, depth: number, walk: Walk): unknown {
  if (typeof value === "string") return redactString(value, depth, walk);
  walk.charsLeft -= SCALAR_CHARS;
  if (typeof value === "number") return redactNumber(value);
  if (typeof value !== "object" || value === null) return value;
  if (depth >= MAX_DEPTH) {
    walk.truncated = true;
    return CUT_MARK;
  }
  return Array.isArray(value) ? redactItems(value, depth, walk) : redactFields(value, depth, walk);
}

function redactString(text: string, depth: number, walk: Walk): string {
  const inner = mayBeJson(text) && depth < MAX_DEPTH ? redactInner(text, depth, walk) : text;
  const limit = Math.max(0, Math.min(MAX_STRING_CHARS, walk.charsLeft));
  const short = cut(inner, limit);
  if (short !== inner) walk.truncated = true;
  walk.charsLeft -= short.length;
  return walk.mask(short);
}

function mayBeJson(text: string): boolean {
  return text.length > 2 && /^\s*[[{"]/.test(text);
}

/** JSON inside a string: written anew only when it held something. */
function redactInner(text: string, depth: number, walk: Walk): string {
  const parsed = parse(text);
  if (typeof parsed !== "object" && typeof parsed !== "string") return text;
  const inner = { ...walk, charsLeft: MAX_VALUE_CHARS, truncated: false };
  const after = redact(parsed, depth + 1, inner);
  if (inner.truncated) walk.truncated = true;
  return after === parsed ? text : JSON.stringify(after);
}

function redactNumber(value: number): number | string {
  return value >= SMALLEST_CARD && isCard(String(value)) ? MASK : value;
}

function redactItems(items: readonly unknown[], depth: number, walk: Walk): readonly unknown[] {
  let copy: unknown[] | undefined;
  for (let index = 0; index < items.length; index++) {
    if (index >= MAX_ITEMS || walk.charsLeft <= 0) {
      walk.truncated = true;
      return [...copy ?? items.slice(0, index), `${items.length - index} more ${CUT_MARK}`];
    }
    const after = redact(items[index], depth + 1, walk);
    if (after !== items[index]) copy ??= items.slice(0, index);
    copy?.push(after);
  }
  return copy ?? items;
}

function redactFields(fields: object, depth: number, walk: Walk): object {
  const before = fields as Record<string, unknown>;
  const keys = Object.keys(before);
  const changes = new Map<string, unknown>();
  let kept = 0;
  let hasOpenKeys = false;
  for (const key of keys) {
    if (kept >= MAX_KEYS || walk.charsLeft <= 0) break;
    kept++;
    walk.charsLeft -= key.length;
    const value = before[key];
    if (redactKey(key, walk) !== key) hasOpenKeys = true;
    const after = walk.isSensitive(key) && !hidesNothing(value)
      ? MASK
      : redact(value, depth + 1, walk);
    if (after !== value) changes.set(key, after);
  }
  const isWhole = kept === keys.length;
  if (isWhole && changes.size === 0 && !hasOpenKeys) return fields;
  const entries = keys.slice(0, kept).map((key): [string, unknown] => [
    redactKey(key, walk),
    changes.has(key) ? changes.get(key) : before[key],
  ]);
  if (!isWhole) {
    walk.truncated = true;
    entries.push([CUT_MARK, `${keys.length - kept} more ${CUT_MARK}`]);
  }
  // fromEntries() defines: `__proto__` is a key like any other and changes no prototype.
  return Object.fromEntries(entries);
}

function hidesNothing(value: unknown): boolean {
  return value === null || value === undefined || value === "" || typeof value === "boolean";
}

function redactKey(key: string, walk: Walk): string {
  const short = cut(key, MAX_STRING_CHARS);
  if (short !== key) walk.truncated = true;
  return walk.mask(short);
}
