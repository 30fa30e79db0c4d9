/**
 * What a person types into a search box, and the address that says the same.
 *
 * @module
 */

/** `name:value` or `name:"value with spaces"`, or a word. */
const TOKEN = /(?:([a-z_]+):)?(?:"([^"]*)"|(\S+))/g;
const MAX_QUERY_CHARS = 1_000;

/** A search: words, and fields by name. */
export interface Search {
  /** What is no field. */
  words: string;
  /** The fields that were named; the last one of a name wins. */
  fields: Record<string, string>;
}

/** Splits `svc_name:/home route:"/a b" timed out` into fields and words; unknown names are words. */
export function parseSearch(text: string, names: readonly string[]): Search {
  const fields: Record<string, string> = {};
  const words: string[] = [];
  for (const match of text.slice(0, MAX_QUERY_CHARS).matchAll(TOKEN)) {
    const [whole, name, quoted, bare] = match;
    const value = quoted ?? bare ?? "";
    if (name !== undefined && names.includes(name) && value !== "") fields[name] = value;
    else words.push(name === undefined ? value : whole);
  }
  return { words: words.join(" "), fields };
}

/** An address below `/board`: the parameters that have a value, in this order. */
export function address(
  path: string,
  parameters: Readonly<Record<string, string | undefined>>,
): string {
  const query = Object.entries(parameters)
    .filter((entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== "")
    .map(([name, value]) => `${name}=${encodeURIComponent(value.toWellFormed())}`)
    .join("&");
  return query === "" ? path : `${path}?${query}`;
}

/** A field for the search box: `route:"/a b"`. */
export function token(name: string, value: string): string {
  return /[\s"]/.test(value) ? `${name}:"${value.replaceAll('"', "")}"` : `${name}:${value}`;
}

/** The page to go back to after an action: one of ours, whatever the form says. */
export function ownPage(text: string | null): string {
  const base = "http://board.invalid";
  if (text === null || !URL.canParse(text, base)) return "/board";
  const url = new URL(text, base);
  const isOwn = url.origin === base && /^\/board(?:\/|$)/.test(url.pathname);
  return isOwn ? url.pathname + url.search : "/board";
}
