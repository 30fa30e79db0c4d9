/**
 * Names that stand beside their values: `{"name":"password","value":"x"}`, `[["authorization","x"]]`, Node's `rawHeaders`,
 * the arguments of a program.
 *
 * @module
 */
import type { NameKind } from "./sensitive.ts";

/** Fields whose text, or last text, names what the value beside them is. */
const NAMING_FIELDS: readonly string[] = [
  ...[
    "name",
    "key",
    "field",
    "header",
    "param",
    "parameter",
    "path",
    "loc",
    "variable",
    "property",
  ],
  ...["k", "Name", "Key", "ParameterKey", "OptionName", "instancePath"],
];
const MAX_NAME_CHARS = 100;
const HEADER_NAME = /^[A-Za-z][\w.-]*$/;
const FLAG = /^--?[A-Za-z][\w.-]*$/;
const USER_FLAG = /^(?:-u|--user|--proxy-user)$/;

/** How to tell names. */
export interface Names {
  /** What a name says of its value. */
  kindOf(name: string): NameKind;
}

/** What the field beside a `value` says of it. */
export function kindBesideValue(fields: Record<string, unknown>, names: Names): NameKind {
  for (const field of NAMING_FIELDS) {
    const value = fields[field];
    const name = Array.isArray(value) ? value.at(-1) : value;
    if (typeof name !== "string" || name.length > MAX_NAME_CHARS) continue;
    const kind = names.kindOf(name);
    if (kind !== "plain" && kind !== "value") return kind;
  }
  return "plain";
}

/** A name and its value. */
export type Entry = readonly [string, unknown];

/** What `Object.entries` and `[...headers]` make. */
export function isListOfEntries(items: readonly unknown[]): items is readonly Entry[] {
  return items.length > 0 &&
    items.every((item) =>
      Array.isArray(item) && item.length === 2 && typeof item[0] === "string" &&
      item[0].length <= MAX_NAME_CHARS
    );
}

/** What each item of a list is by the name before it; undefined for a list without names. */
export function pairKinds(
  items: readonly unknown[],
  names: Names,
): readonly (NameKind | undefined)[] | undefined {
  if (items.length < 2 || typeof items[0] !== "string") return undefined;
  const kinds: (NameKind | undefined)[] = [];
  const isFlat = isFlatPairs(items);
  let found = false;
  for (let index = 0; index + 1 < items.length; index++) {
    const name = items[index];
    if (typeof name !== "string" || name.length > MAX_NAME_CHARS) continue;
    const isFlag = FLAG.test(name);
    if (!isFlag && !(isFlat && index % 2 === 0)) continue;
    const kind = USER_FLAG.test(name) && isUserAndPassword(items[index + 1])
      ? "secret"
      : names.kindOf(name);
    if (kind === "plain" || kind === "value") continue;
    const value = items[index + 1];
    if (typeof value !== "string" || (isFlag ? value.startsWith("-") : isBareName(value, names))) {
      continue;
    }
    kinds[index + 1] = kind;
    found = true;
  }
  return found ? kinds : undefined;
}

/** Names and values in turns, as `rawHeaders` has them; a single pair as `Object.entries` makes it. */
function isFlatPairs(items: readonly unknown[]): boolean {
  if (items.length % 2 !== 0) return false;
  return items.every((item, index) =>
    typeof item === "string" && (index % 2 === 1 || HEADER_NAME.test(item))
  );
}

/** A list of fields' names is no list of pairs: `["password", "email"]`. */
export function isBareName(value: string, names: Names): boolean {
  return /^[a-z]+(?:[_-][a-z]+)*$/i.test(value) &&
    (value.length < 16 || names.kindOf(value) !== "plain");
}

function isUserAndPassword(value: unknown): boolean {
  return typeof value === "string" && /^[^\s:]+:[^\s]+$/.test(value);
}
