/**
 * Plain JSON data that shows any value to a reader of the log.
 *
 * @module
 */
import {
  cut,
  CUT_MARK,
  MAX_DEPTH,
  MAX_ITEMS,
  MAX_KEYS,
  MAX_STRING_CHARS,
  MAX_VALUE_CHARS,
} from "../../store/limits.ts";

/** Wider than the redactor's limits, so that the redactor sees what was cut here. */
const STRING_CHARS = 2 * MAX_STRING_CHARS;
const ITEMS = MAX_ITEMS + 1;
const KEYS = MAX_KEYS + 1;
const VALUE_CHARS = 2 * MAX_VALUE_CHARS;

/** Elements shown of binary data: enough to tell a file's type. */
const BINARY_ITEMS = 32;
/** Larger BigInts are not written out: that takes time with the square of their length. */
const BIGINT_LIMIT = 2n ** 1024n;
/** Counted against the budget for a value that is not a string. */
const SCALAR_CHARS = 4;

const CIRCULAR = "[circular]";
const UNREADABLE = "[unreadable]";

/** The state of one walk. */
interface Walk {
  charsLeft: number;
  readonly ancestors: Set<object>;
}

/**
 * Plain data (objects, arrays, strings, finite numbers, booleans, null) that shows `value`; `undefined`
 * stays. Maps become objects, Sets arrays, Errors their name, message and cause, Requests their method,
 * URL and headers; a part that throws when looked at becomes `"[unreadable]"`. Never throws.
 */
export function portray(value: unknown): unknown {
  return show(value, 0, { charsLeft: VALUE_CHARS, ancestors: new Set() });
}

function show(value: unknown, depth: number, walk: Walk): unknown {
  if (typeof value !== "string") walk.charsLeft -= SCALAR_CHARS;
  switch (typeof value) {
    case "string":
      return showString(value, walk);
    case "number":
      return Number.isFinite(value) ? value : String(value);
    case "bigint":
      if (value > BIGINT_LIMIT || value < -BIGINT_LIMIT) return "[bigint of more than 1024 bits]";
      return String(value);
    case "symbol":
      return showString(String(value), walk);
    case "function":
      return showFunction(value);
    case "object":
      return value === null ? null : showObject(value, depth, walk);
    default:
      return value;
  }
}

function showString(text: string, walk: Walk): string {
  const shown = cut(text, STRING_CHARS);
  walk.charsLeft -= shown.length;
  return shown;
}

function showFunction(value: object): string {
  try {
    const name = Reflect.get(value, "name");
    return typeof name === "string" && name ? `[function ${cut(name, 100)}]` : "[function]";
  } catch {
    return UNREADABLE;
  }
}

function showObject(value: object, depth: number, walk: Walk): unknown {
  if (walk.ancestors.has(value)) return CIRCULAR;
  if (depth > MAX_DEPTH || walk.charsLeft <= 0) return CUT_MARK;
  walk.ancestors.add(value);
  try {
    if (Array.isArray(value)) return showItems(value, value.length, { depth, walk });
    const known = showKnown(value, { depth, walk });
    if (known !== undefined) return known;
    return showProperties(value, { depth, walk });
  } catch {
    return UNREADABLE;
  } finally {
    walk.ancestors.delete(value);
  }
}

/** Where a walk stands. */
interface Place {
  depth: number;
  walk: Walk;
}

/** Objects whose content is not in their properties; undefined for all others. */
function showKnown(value: object, place: Place): unknown {
  if (value instanceof Date) {
    return Number.isNaN(value.getTime()) ? "Invalid Date" : value.toISOString();
  }
  if (value instanceof Error) return showError(value, place);
  if (value instanceof Map) return showMap(value, place);
  if (value instanceof Set) return showItems(value, value.size, place);
  if (ArrayBuffer.isView(value)) return showBinary(value);
  if (value instanceof ArrayBuffer) return `ArrayBuffer(${value.byteLength})`;
  if (value instanceof URL) return showString(value.href, place.walk);
  if (
    value instanceof Headers || value instanceof URLSearchParams || value instanceof FormData
  ) return showEntries(value, place);
  if (value instanceof Request) {
    return showFields({ method: value.method, url: value.url, headers: value.headers }, place);
  }
  if (value instanceof Response) {
    return showFields({ status: value.status, url: value.url, headers: value.headers }, place);
  }
  if (value instanceof Blob) return `[${className(value)} ${value.type} ${value.size} bytes]`;
  if (value instanceof RegExp) return showString(String(value), place.walk);
  if (
    value instanceof String || value instanceof Number || value instanceof Boolean ||
    value instanceof BigInt || value instanceof Symbol
  ) return show(value.valueOf(), place.depth + 1, place.walk);
  return undefined;
}

function showItems(items: Iterable<unknown>, size: number, place: Place): unknown[] {
  const shown: unknown[] = [];
  for (const item of items) {
    if (shown.length >= ITEMS || place.walk.charsLeft <= 0) {
      shown.push(`${size - shown.length} more ${CUT_MARK}`);
      break;
    }
    shown.push(show(item, place.depth + 1, place.walk));
  }
  return shown;
}

// Reading a stack is dear: whoever wants it hands the error to the logger as the error.
function showError(error: Error, place: Place): unknown {
  const fields: Record<string, unknown> = { name: error.name, message: error.message };
  if (error.cause !== undefined) fields.cause = error.cause;
  if (error instanceof AggregateError) fields.errors = error.errors;
  return showFields({ ...error, ...fields }, place);
}

function showMap(map: Map<unknown, unknown>, place: Place): unknown {
  let keys = 0;
  for (const key of map.keys()) {
    if (typeof key !== "string") return showItems(map, map.size, place);
    if (++keys > KEYS) break;
  }
  return showEntries(map as Map<string, unknown>, place);
}

/** As an object; values of a name that comes twice (`Set-Cookie`) stand in an array. */
function showEntries(entries: Iterable<[string, unknown]>, place: Place): unknown {
  const lists = new Map<string, unknown[]>();
  for (const [name, value] of entries) {
    const list = lists.get(name);
    if (list) list.push(value);
    else lists.set(name, [value]);
    if (lists.size > KEYS || (list?.length ?? 0) > ITEMS) break;
  }
  const fields: Record<string, unknown> = Object.create(null);
  for (const [name, list] of lists) fields[name] = list.length === 1 ? list[0] : list;
  return showFields(fields, place);
}

function showBinary(view: ArrayBufferView): string {
  if (view instanceof DataView) return `DataView(${view.byteLength})`;
  const items = view as Uint8Array;
  const first = Array.from(items.subarray(0, BINARY_ITEMS), String);
  if (items.length > BINARY_ITEMS) first.push(CUT_MARK);
  return `${className(view)}(${items.length}) [${first.join(",")}]`;
}

function showProperties(value: object, place: Place): unknown {
  const toJson = Reflect.get(value, "toJSON");
  if (typeof toJson === "function") {
    const json: unknown = toJson.call(value, "");
    if (json !== value) return show(json, place.depth + 1, place.walk);
  }
  const name = className(value);
  if (name !== "Object" && Object.keys(value).length === 0) return `[${name}]`;
  return showFields(value, place);
}

function showFields(value: object, { depth, walk }: Place): Record<string, unknown> {
  // Without a prototype, `__proto__` is a key like any other.
  const shown: Record<string, unknown> = Object.create(null);
  const keys = Object.keys(value);
  for (const [index, key] of keys.entries()) {
    if (index >= KEYS || walk.charsLeft <= 0) {
      shown[CUT_MARK] = `${keys.length - index} more ${CUT_MARK}`;
      break;
    }
    shown[showString(key, walk)] = show(readProperty(value, key), depth + 1, walk);
  }
  return shown;
}

/** The property's value; `"[unreadable]"` when reading it throws. */
function readProperty(value: object, key: string): unknown {
  try {
    return Reflect.get(value, key);
  } catch {
    return UNREADABLE;
  }
}

/** The name of the class that made it; `Object` for plain ones. */
function className(value: object): string {
  const prototype = Object.getPrototypeOf(value);
  const name: unknown = prototype?.constructor?.name;
  return typeof name === "string" && name ? cut(name, 100) : "Object";
}
