/** What a person types into a search, on the board, in the API's `q` and on the terminal. */
import * as v from "valibot";
import { type Level, LEVELS } from "../store/record.ts";
import { words } from "./inputs.ts";
import { valid } from "./verbs.ts";

/** `name:value` or `name:"value with spaces"`, or a word. */
const TOKEN = /(?:([a-z_]+):)?(?:"([^"]*)"|(\S+))/g;

const typed = v.object({ q: words });

/** Fields that a search for errors may name. */
export const ERROR_FIELDS = ["svc_name", "route", "level", "release"] as const;
/** Fields that a search for log records may name. */
export const LOG_FIELDS = ["svc_name", "route", "level", "request_id"] as const;
/** Fields of both. */
export const COMMON_FIELDS = ["svc_name", "route", "level"] as const;

/** A search: words, and fields by name; absent ones do not filter. */
export type Search<Name extends string> =
  & { q?: string; level?: Level }
  & Partial<Record<Exclude<Name, "level">, string>>;

/**
 * Splits `svc_name:/home route:"/a b" timed out` into fields and words; the last field of a name wins. An unknown name, a field
 * without a value and a level that is none are words.
 *
 * @throws {Failure} for a text that is too long.
 */
export function readSearch<Name extends string>(
  text: string | undefined,
  names: readonly Name[],
): Search<Name> {
  const fields: Record<string, string> = {};
  const rest: string[] = [];
  for (const match of valid(typed, { q: text ?? "" }).q.matchAll(TOKEN)) {
    const [whole, name, quoted, bare] = match;
    const given = quoted ?? bare ?? "";
    const value = name === "level" ? LEVELS.find((level) => level === given.toUpperCase()) : given;
    if (value && (names as readonly string[]).includes(name ?? "")) fields[name!] = value;
    else rest.push(name === undefined ? given : whole);
  }
  return { ...fields, ...(rest.length > 0 && { q: rest.join(" ") }) } as Search<Name>;
}

/** A field of a search: `route:"/a b"`. */
export function token(name: string, value: string): string {
  return /[\s"]/.test(value) ? `${name}:"${value.replaceAll('"', "")}"` : `${name}:${value}`;
}
