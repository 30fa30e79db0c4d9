/**
 * What is counted of an error's occurrences beside how many there are: which users it hit, in which environments and releases, with
 * which tags. A facet is a name and a value: `environment` and `production`, `tag.browser` and `Firefox`.
 */
import { Buffer } from "node:buffer";
import { cleanText } from "../errors/rows.ts";
import { MAX_NAME_CHARS } from "../limits.ts";
import type { LogRecord, RecordedUser } from "../record.ts";
import { FACET_BYTES } from "./schema.ts";

/** Different users counted of one error: exact up to here, more are "this many or more". */
export const MAX_USERS = 10_000;
/** Tags of one error; further names are not counted. */
export const MAX_TAGS = 50;
/** Values of one tag; further ones are counted together. */
export const MAX_TAG_VALUES = 100;
/** Environments, and releases, of one error; further ones are counted together. */
export const MAX_PLACES = 500;

/** Stands for all values of a name beyond its bound. No value is empty. */
export const REST = "";

/** Before the name of a tag. */
export const TAG = "tag.";

export interface Facet {
  name: string;
  value: string;
}

/** The facets of one occurrence, each once. */
export function facetsOf({ environment, release, user, tags }: LogRecord): Facet[] {
  const facets: Facet[] = [];
  const add = (name: string, value: string | undefined) => {
    const kept = value === undefined ? REST : facetValue(value);
    if (kept !== REST) facets.push({ name, value: kept });
  };
  add("environment", environment);
  add("release", release);
  if (user !== undefined) add("user", userOf(user));
  for (const name in tags) if (name !== "") add(facetValue(TAG + name), String(tags[name]));
  return facets;
}

/** What a user is known by: an id, or what KEEP_USER keeps beside it. */
export function userOf({ id, email, ip, name }: RecordedUser): string | undefined {
  return id ?? email ?? ip ?? name;
}

/** A text as facets keep it. */
export function facetValue(text: string): string {
  return text.length > MAX_NAME_CHARS ? cleanText(text.slice(0, MAX_NAME_CHARS)) : cleanText(text);
}

/** How many values of a name are counted by themselves. */
export function mostValues(name: string): number {
  if (name === "user") return MAX_USERS;
  return name.startsWith(TAG) ? MAX_TAG_VALUES : MAX_PLACES;
}

export function bytesOfFacet({ name, value }: Facet): number {
  return FACET_BYTES + Buffer.byteLength(name) + Buffer.byteLength(value);
}
