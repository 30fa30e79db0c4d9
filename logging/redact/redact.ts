/**
 * Takes secrets out of what is about to be kept, and keeps it within its limits.
 *
 * @module
 */
import { isCard } from "./card_numbers.ts";
import {
  cut,
  CUT_MARK,
  MAX_DEPTH,
  MAX_ITEMS,
  MAX_KEYS,
  MAX_STRING_CHARS,
  MAX_VALUE_CHARS,
  REDACTED as MASK,
} from "../../store/limits.ts";
import { createTextMask, type TextMask } from "./mask_text.ts";
import { type Entry, isListOfEntries, kindBesideValue, pairKinds } from "./named_values.ts";
import { oneLine, oneLineJson } from "../../store/one_line.ts";
import { isExact, parseJson } from "../../store/parse_json.ts";
import { isSecretValue } from "./looks_secret.ts";
import { isPlain } from "../records/snapshot.ts";
import { CONTROLS, LONG_NUMBER, NON_ASCII } from "./scan_text.ts";

/** Longer JSON is not parsed: it is kept as the beginning of a text. */
const MAX_PARSED_CHARS = 4 * 1024 * 1024;
/** Two hundred keys take more, and so do five hundred items. */
const MAX_SMALL_CHARS = 2 * MAX_ITEMS;
/** Counted against {@linkcode MAX_VALUE_CHARS} for a number, a boolean or null. */
const SCALAR_CHARS = 4;
/** The smallest number with as many digits as a card has. */
const SMALLEST_CARD = 1e12;

/** What to mask beside the built-in names. */
export interface RedactorOptions {
  /** More names whose values are masked, wherever a name ends in them: `customer_no` is in `vipCustomerNo`. */
  names?: readonly string[] | undefined;
}

/** Takes secrets out of texts, values and JSON. */
export interface Redactor {
  /** The text without its secrets, at most `maxChars` long. */
  text(text: string, maxChars: number): string;
  /** Whether a quick look finds nothing: then nothing that the text is put together from is a secret, either. */
  isHarmless(text: string): boolean;
  /** The same as a JSON string on one line. */
  quoted(text: string, maxChars: number): string;
  /** Parsed JSON without its secrets and within the limits; what is untouched is the same object. */
  value(value: unknown): { value: unknown; truncated: boolean };
  /**
   * JSON text without its secrets, within the limits, on one line. Text that is no JSON becomes a JSON
   * string. What needs no change comes back as it stands.
   */
  json(text: string): Redacted;
  /** The same for what `JSON.stringify` has made in this process: most of it is not even parsed. */
  ownJson(text: string): Redacted;
}

/** What is kept of a JSON text. */
export interface Redacted {
  /** JSON on one line. */
  text: string;
  /** True when something was cut. */
  truncated: boolean;
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
  const tools = createTextMask(options.names ?? []);
  const walk = () => ({ ...tools, charsLeft: MAX_VALUE_CHARS, truncated: false });
  const text = (text: string, maxChars: number) => cut(tools.mask(cut(text, maxChars)), maxChars);
  return {
    text,
    isHarmless: (text) => (tools.scan(text) & ~NON_ASCII) === 0,
    quoted: (whole, maxChars) =>
      whole.length <= maxChars && tools.scan(whole) === 0
        ? JSON.stringify(whole)
        : JSON.stringify(oneLine(text(whole, maxChars))),
    value: (value) => {
      const walking = walk();
      return { value: redact(value, 0, walking), truncated: walking.truncated };
    },
    json: (text) => redactJson(text, tools.scan(text), walk()),
    ownJson: (text) => {
      const flags = tools.scan(text);
      return (flags & ~NON_ASCII) === 0 && isSmall(text)
        ? { text: flags === 0 ? text : oneLineJson(text), truncated: false }
        : redactJson(text, flags, walk());
    },
  };
}

/** The state of one walk through a value. */
interface Walk extends TextMask {
  charsLeft: number;
  truncated: boolean;
}

function redactJson(text: string, flags: number, walk: Walk): Redacted {
  const parsed = parse(text);
  const before = parsed === NOT_JSON ? text : parsed;
  // A name or a text that holds a secret would have been seen in the whole.
  const isHarmless = parsed !== NOT_JSON && (flags & ~(NON_ASCII | LONG_NUMBER)) === 0 &&
    text.length <= MAX_STRING_CHARS && isPlain(parsed);
  const after = isHarmless ? before : redact(before, 0, walk);
  // White space between the parts of JSON: one record is one line. Numbers too long for JavaScript are told as texts.
  const canStay = parsed !== NOT_JSON && (flags & CONTROLS) === 0 && isExact(text);
  const json = canStay && after === before ? text : JSON.stringify(after);
  return { text: oneLineJson(json), truncated: walk.truncated };
}

/** Whether JSON text is too short for more keys or items than are kept, and opens too few objects and arrays for the depth. */
function isSmall(json: string): boolean {
  return json.length <= MAX_SMALL_CHARS &&
    countOf("{", json) + countOf("[", json) <= MAX_DEPTH;
}

function countOf(char: string, text: string): number {
  let count = 0;
  for (let at = text.indexOf(char); at >= 0; at = text.indexOf(char, at + 1)) count++;
  return count;
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
  const kinds = pairKinds(items, walk);
  const areEntries = isListOfEntries(items);
  for (let index = 0; index < items.length; index++) {
    if (index >= MAX_ITEMS || walk.charsLeft <= 0) {
      walk.truncated = true;
      return [...copy ?? items.slice(0, index), `${items.length - index} more ${CUT_MARK}`];
    }
    const item = items[index];
    const kind = kinds?.[index];
    const after = kind !== undefined && isSecretValue(kind, item)
      ? MASK
      : areEntries
      ? redactEntry(item as Entry, depth + 1, walk)
      : redact(item, depth + 1, walk);
    if (after !== item) copy ??= items.slice(0, index);
    copy?.push(after);
  }
  return copy ?? items;
}

/** `["authorization","x"]` in a list of such. */
function redactEntry(entry: Entry, depth: number, walk: Walk): unknown {
  const [name, value] = entry;
  return isSecretValue(walk.kindOf(name), value)
    ? [redact(name, depth + 1, walk), MASK]
    : redact(entry, depth, walk);
}

function redactFields(fields: object, depth: number, walk: Walk): object {
  const before = fields as Record<string, unknown>;
  const keys = Object.keys(before);
  const changes = new Map<string, unknown>();
  const names: string[] = [];
  let hasOpenKeys = false;
  for (const key of keys) {
    if (names.length >= MAX_KEYS || walk.charsLeft <= 0) break;
    const name = redactKey(key, walk);
    if (name !== key) hasOpenKeys = true;
    names.push(name);
    walk.charsLeft -= key.length;
    const value = before[key];
    const own = walk.kindOf(key);
    const kind = own === "value" ? kindBesideValue(before, walk) : own;
    const after = kind !== "plain" && isSecretValue(kind, value)
      ? MASK
      : redact(value, depth + 1, walk);
    if (after !== value) changes.set(key, after);
  }
  const isWhole = names.length === keys.length;
  if (isWhole && changes.size === 0 && !hasOpenKeys) return fields;
  const entries = names.map((name, index): [string, unknown] => {
    const key = keys[index]!;
    return [name, changes.has(key) ? changes.get(key) : before[key]];
  });
  if (!isWhole) {
    walk.truncated = true;
    entries.push([CUT_MARK, `${keys.length - names.length} more ${CUT_MARK}`]);
  }
  // fromEntries() defines: `__proto__` is a key like any other and changes no prototype.
  return Object.fromEntries(entries);
}

function redactKey(key: string, walk: Walk): string {
  const short = cut(key, MAX_STRING_CHARS);
  if (short !== key) walk.truncated = true;
  return walk.mask(short);
}
