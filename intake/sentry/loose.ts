/** Reads what anyone may have sent: anything may be missing, null or of another type, and nothing here throws. */
import { isObject } from "../../store/is_object.ts";
import { cut, CUT_MARK, MAX_MESSAGE_CHARS, MAX_NAME_CHARS } from "../../store/limits.ts";

/** Of a message: more than a record keeps, so that the record says that it was cut. */
export const MAX_SAID_CHARS = 2 * MAX_MESSAGE_CHARS;

/** Stands where a client says nothing. */
export const NO_MESSAGE = "(no message)";

export type Loose = Readonly<Record<string, unknown>>;

const NOTHING: Loose = Object.freeze({});

/** The object, or an empty one. A list is none. */
export function objectIn(value: unknown): Loose {
  return isObject(value) ? value : NOTHING;
}

export function listIn(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A text, or a number or truth written out; nothing for an empty one. */
export function textIn(value: unknown, maxChars: number = MAX_NAME_CHARS): string | undefined {
  if (typeof value === "string") return value === "" ? undefined : cut(value, maxChars);
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  return undefined;
}

/** A finite number, also where it came as a text. */
export function numberIn(value: unknown): number | undefined {
  const isText = typeof value === "string" && value.trim() !== "" && value.length <= 40;
  const number = isText ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : undefined;
}

/** A whole number from 1 on, as lines and columns are. */
export function positionIn(value: unknown): number | undefined {
  const number = numberIn(value);
  return number !== undefined && number >= 1 ? Math.min(Math.floor(number), 2 ** 31) : undefined;
}

export function truthIn(value: unknown): boolean | undefined {
  return typeof value === "boolean" ? value : undefined;
}

/** Sentry's protocol has many lists both bare and as `{values}`. */
export function valuesIn(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : listIn(objectIn(value).values);
}

/** Entries of an object, or of a list of pairs; at most `max`, without those that are nothing. */
export function pairsIn(value: unknown, max: number): [string, unknown][] {
  const pairs: [string, unknown][] = [];
  if (Array.isArray(value)) {
    for (const pair of value) {
      if (pairs.length >= max) break;
      const [name, own] = listIn(pair);
      const text = textIn(name);
      if (text !== undefined && !isNothing(own)) pairs.push([text, own]);
    }
    return pairs;
  }
  const object = objectIn(value);
  for (const name in object) {
    if (pairs.length >= max) break;
    if (name !== "" && !isNothing(object[name])) {
      pairs.push([cut(name, MAX_NAME_CHARS), object[name]]);
    }
  }
  return pairs;
}

export function isNothing(value: unknown): value is undefined | null {
  return value === undefined || value === null;
}

/** Any name is a key like any other. */
export function fromPairs<T>(pairs: Iterable<readonly [string, T]>): Record<string, T> {
  const object: Record<string, T> = {};
  for (const [name, value] of pairs) set(object, name, value);
  return object;
}

function set<T>(object: Record<string, T>, name: string, value: T): void {
  if (name !== "__proto__") object[name] = value;
  else {
    // Assigned, it would be the prototype.
    const own = { value, enumerable: true, configurable: true, writable: true };
    Object.defineProperty(object, name, own);
  }
}

/** Without the keys that have nothing. */
export function compact<T extends object>(value: T): T {
  const kept: Partial<T> = {};
  for (const key in value) if (value[key] !== undefined) kept[key] = value[key];
  return kept as T;
}

export interface Bounds {
  depth: number;
  keys: number;
  chars: number;
}

/** The value with fewer keys, shorter texts and less depth; objects stay objects, so that names go on telling what is secret. */
export function shorten(value: unknown, { depth, keys, chars }: Bounds): unknown {
  if (typeof value === "string") return value.length <= chars ? value : cut(value, chars);
  if (typeof value !== "object" || value === null) return value;
  if (depth <= 0) return CUT_MARK;
  const below = { depth: depth - 1, keys, chars };
  if (Array.isArray(value)) return value.slice(0, keys).map((item) => shorten(item, below));
  const object: Record<string, unknown> = {};
  let left = keys;
  for (const name in value) {
    const own = (value as Loose)[name];
    if (name === "" || isNothing(own)) continue;
    if (left-- === 0) break;
    set(
      object,
      name.length <= MAX_NAME_CHARS ? name : cut(name, MAX_NAME_CHARS),
      shorten(own, below),
    );
  }
  return object;
}
