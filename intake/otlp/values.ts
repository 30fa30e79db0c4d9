/** OpenTelemetry's values of any type, made plain. */
import { isObject } from "../../store/is_object.ts";
import { CUT_MARK, MAX_DEPTH, MAX_ITEMS } from "../../store/limits.ts";

/** Plain values by name. Without a prototype: a key may have any name. */
export type Attributes = Record<string, unknown>;

/** One value as its encoding has it: which of the types it is, and what it says. */
export type Unwrap = (any: unknown) => { kind?: string | undefined; value?: unknown };

/** A list of keys and values, as both encodings have them. @throws {TypeError} for what is no such list. */
export function readAttributes(list: unknown, unwrap: Unwrap, depth = 0): Attributes {
  const attributes: Attributes = Object.create(null);
  for (const pair of listOf(list, "attributes")) {
    if (!isObject(pair) || typeof pair.key !== "string") continue;
    attributes[pair.key] = readValue(pair.value, unwrap, depth);
  }
  return attributes;
}

/**
 * Integers beyond 2^53 become texts, bytes base64, NaN null, so that JSON can say it all. What is deeper or longer than a record
 * keeps is cut here, one more than that: so the record says that it was cut.
 */
export function readValue(any: unknown, unwrap: Unwrap, depth = 0): unknown {
  const { kind, value } = unwrap(any);
  switch (kind) {
    case "stringValue":
      return value ?? "";
    case "boolValue":
      return value === true || value === "true";
    case "intValue":
      return wholeNumber(value);
    case "doubleValue":
      return double(value);
    case "bytesValue":
      return value instanceof Uint8Array ? value.toBase64() : value;
    case "arrayValue": {
      if (depth > MAX_DEPTH) return CUT_MARK;
      const { values } = isObject(value) ? value : { values: undefined };
      return listOf(values, "values").slice(0, MAX_ITEMS + 1)
        .map((one) => readValue(one, unwrap, depth + 1));
    }
    case "kvlistValue": {
      if (depth > MAX_DEPTH) return CUT_MARK;
      return readAttributes(isObject(value) ? value.values : undefined, unwrap, depth + 1);
    }
    default:
      return null;
  }
}

/** As Protocol Buffers read for us have it. */
export function unwrapMessage(any: unknown): { kind?: string | undefined; value?: unknown } {
  if (!isObject(any) || !isObject(any.value)) return {};
  const { case: kind, value } = any.value;
  return { kind: kind as string | undefined, value };
}

const KINDS = [
  "stringValue",
  "intValue",
  "boolValue",
  "doubleValue",
  "kvlistValue",
  "arrayValue",
  "bytesValue",
] as const;

/** As JSON has it: an object with one key. */
export function unwrapJson(any: unknown): { kind?: string | undefined; value?: unknown } {
  if (!isObject(any)) return {};
  const kind = KINDS.find((kind) => any[kind] !== undefined);
  return kind === undefined ? {} : { kind, value: any[kind] };
}

/** Nothing is an empty list. @throws {TypeError} for anything else that is none. */
export function listOf(value: unknown, name: string): readonly unknown[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new TypeError(`${name} is no list`);
  return value;
}

/** Whether anything is in it. */
export function hasAny(attributes: Attributes): boolean {
  for (const _ in attributes) return true;
  return false;
}

/** The first that is there, by name. All of these names are taken. */
export function take(from: Attributes, ...names: readonly string[]): unknown {
  let found: unknown;
  for (const name of names) {
    found ??= from[name];
    delete from[name];
  }
  return found ?? undefined;
}

/** As {@linkcode take}, for texts and numbers; an empty text is none. A value of another type stays where it is. */
export function takeText(from: Attributes, ...names: readonly string[]): string | undefined {
  let found: string | undefined;
  for (const name of names) {
    const value = from[name];
    if (typeof value !== "string" && typeof value !== "number") continue;
    if (value !== "") found ??= String(value);
    delete from[name];
  }
  return found;
}

/** JSON has integers as numbers or as texts. */
function wholeNumber(value: unknown): unknown {
  const number = typeof value === "string" && value.trim() === "" ? NaN : Number(value);
  if (Number.isSafeInteger(number)) return number;
  return value === null ? null : String(value);
}

function double(value: unknown): unknown {
  if (value === null) return null;
  const number = Number(value);
  // What `Number()` cannot read has digits that it would lose, or is no number.
  if (Number.isNaN(number)) return value === "NaN" || typeof value === "number" ? null : value;
  if (!Number.isFinite(number)) return String(value);
  return typeof value === "string" && String(number) !== value ? value : number;
}
