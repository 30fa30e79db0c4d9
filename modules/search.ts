/** What a person types into a search, on the board, in the API's `q` and on the terminal. */
import * as v from "valibot";
import { type Level, LEVELS } from "../store/record.ts";
import { MAX_SEARCH_TAGS } from "../store/limits.ts";
import { unquoted } from "../store/search/words.ts";
import { words } from "./inputs.ts";
import { valid } from "./verbs.ts";

/**
 * `name:value` or `name:"value with spaces"`, or a term, perhaps after a minus. A quote in quotes is written twice. A tag's name is
 * quoted like a value.
 */
const TOKEN =
  /(-(?=[^\s-]))?(?:([a-z_]+|tag\.(?:[^\s:"]+|"(?:[^"]|"")+")):)?(?:"((?:[^"]|"")*)"|(\S+))/g;
const TAG = "tag.";

const typed = v.object({ q: words });

/** Fields that every search may name. */
export const COMMON_FIELDS = ["svc_name", "route", "level", "environment", "user", "tag"] as const;
/** Fields that a search for errors may name. */
export const ERROR_FIELDS = [
  ...COMMON_FIELDS,
  "release",
  "first_release",
  "new_since",
  "came_back_in",
  "assigned_to",
] as const;
/** Fields that a search for log records may name. */
export const LOG_FIELDS = [...COMMON_FIELDS, "request_id"] as const;

/** A search: words, and fields by name; absent ones do not filter. */
export type Search<Name extends string> =
  & { q?: string; level?: Level; tag?: string[] }
  & Partial<Record<Exclude<Name, "level" | "tag">, string>>;

/**
 * Splits `svc_name:/home route:"/a b" tag.os:Linux timed -late "no train"` into fields and terms, which are words, phrases in quotes,
 * and either after a minus; the last field of a name wins. An unknown name, a field without a value, a level that is none and tags
 * beyond {@linkcode MAX_SEARCH_TAGS} are words. After a minus there are no fields: `-level:ERROR` excludes this text.
 *
 * @throws {Failure} for a text that is too long.
 */
export function readSearch<Name extends string>(
  text: string | undefined,
  names: readonly Name[],
): Search<Name> {
  const fields: Record<string, string> = {};
  const tags: Record<string, string> = Object.create(null);
  const rest: string[] = [];
  for (const match of valid(typed, { q: text ?? "" }).q.matchAll(TOKEN)) {
    const [whole, minus, name, quoted, bare] = match;
    const given = quoted === undefined ? bare ?? "" : unquoted(quoted);
    if (minus !== undefined) {
      rest.push(name === undefined ? whole : asPhrase(whole));
      continue;
    }
    const hasRoom = Object.keys(tags).length < MAX_SEARCH_TAGS;
    if (name?.startsWith(TAG) && given !== "" && names.includes("tag" as Name) && hasRoom) {
      tags[tagIn(name)] = given;
      continue;
    }
    const value = name === "level" ? LEVELS.find((level) => level === given.toUpperCase()) : given;
    const isField = name !== "tag" && (names as readonly string[]).includes(name ?? "");
    if (value && isField) fields[name!] = value;
    else rest.push(whole);
  }
  const tag = Object.entries(tags).map(([name, value]) => `${name}:${value}`);
  return {
    ...fields,
    ...(tag.length > 0 && { tag }),
    ...(rest.length > 0 && { q: rest.join(" ") }),
  } as Search<Name>;
}

/** One term, whatever is quoted in it. */
function asPhrase(excluded: string): string {
  return `-"${excluded.slice(1).replaceAll('"', " ")}"`;
}

/** A field of a search: `route:"/a b"`. */
export function token(name: string, value: string): string {
  return `${name}:${quotedWhere(/[\s"]/, value)}`;
}

/** A tag of a search: `tag.os:"Mac OS"`. */
export function tagToken(name: string, value: string): string {
  return token(TAG + quotedWhere(/[\s":]/, name), value);
}

/** The fields as people are told of them: `svc_name:`. */
export function fieldsToName(names: readonly string[]): string {
  return names.map((name) => name === "tag" ? `${TAG}name:` : `${name}:`).join("  ");
}

function tagIn(name: string): string {
  const given = name.slice(TAG.length);
  return given.startsWith('"') ? unquoted(given.slice(1, -1)) : given;
}

function quotedWhere(special: RegExp, text: string): string {
  return special.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
