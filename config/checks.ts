import { parseRange } from "../store/address_range.ts";
import type { IntakeKey } from "../store/intake_key.ts";
import { MAX_NAME_CHARS, MAX_URL_CHARS } from "../store/limits.ts";

/** The shortest secret accepted outside development: 16 random characters are beyond guessing. */
const MIN_SECRET_CHARS = 16;

/** A whole value in quotes, or one of those in a list, or what stands behind a name. */
export const QUOTED = /(?:^|[,:=])\s*(["'])[^"']*\1\s*(?:,|$)/;
/** Only a shell makes a folder of these. */
const UNEXPANDED = /^(sqlite:)?(~[^/\\]*[/\\]|\$\{?\w)/;

/** Who the service runs for: the one who writes it, or everyone. */
export type Mode = "development" | "production";

/** Makes a value of a variable's text. @throws {RangeError} whose message is the bound, to be read after "must be". */
export type Check<Value> = (text: string, mode: Mode) => Value;

/** An IP address or a name, without a port. */
export const host = matching((text) => {
  const isName = /^[a-z0-9]([a-z0-9_.-]*[a-z0-9])?$/i.test(text);
  return isName || (text.includes(":") && URL.canParse(`http://[${text}]/`));
}, "an IP address or a host name, without a port");

/** Where a log goes. */
export function filePath(text: string): string {
  refuseUnexpanded(text);
  return matching((path) => !/[/\\]$/.test(path), "the path of a file, not of a folder")(text);
}

/** `sqlite://data/x.db` is refused because it would mean `/data/x.db`, which few intend. */
export function postgresOrPath(bound: string): (text: string) => string {
  return (text) => {
    const isPostgres = /^postgres(ql)?:\/\/./.test(text);
    if (isPostgres && isTorn(text)) {
      throw new RangeError(
        "postgres://USER:PASSWORD@HOST:PORT/DATABASE, where special characters of the password are written as %XX",
      );
    }
    refuseUnexpanded(text);
    const isPath = /^sqlite:(?!\/\/|:memory:).*[^/\\]$/.test(text);
    if (!isPostgres && !isPath && text !== "memory:") throw new RangeError(bound);
    return text;
  };
}

/** Where the password has "#", "?" or "/" in it, its beginning would be taken for a port, and shown. */
function isTorn(address: string): boolean {
  if (!URL.canParse(address)) return true;
  const { hash, pathname, search } = new URL(address);
  return hash !== "" || pathname.includes("@") || search.includes("@");
}

function refuseUnexpanded(path: string): void {
  if (!UNEXPANDED.test(path)) return;
  throw new RangeError(
    "a path without ~ and $, which only a shell replaces: write the folder's whole path",
  );
}

export const webUrl = matching(isWebUrl, "an http:// or https:// address");

function isWebUrl(text: string): boolean {
  return /^https?:\/\//i.test(text) && URL.canParse(text);
}

/** A link is this with a path behind it: without a slash at its end. */
export function publicUrl(text: string): string {
  const isRight = isWebUrl(text) && !/[?#]/.test(text) && new URL(text).username === "";
  if (!isRight) throw new RangeError("an http:// or https:// address, without a query");
  return new URL(text).href.replace(/\/+$/, "");
}

/** There is room for a title and a body behind it. */
export function issuesUrl(text: string): string {
  if (isWebUrl(text) && text.length <= MAX_URL_CHARS && new URL(text).username === "") return text;
  throw new RangeError(`an http:// or https:// address of at most ${MAX_URL_CHARS} characters`);
}

/** First names of paths where the service answers something else. */
const TAKEN =
  /^\/(api|board|errors|fail|healthz|home|keys|logs|mcp|metrics|occurrences|openapi\.json|readyz|receipts|releases|traffic|v1)(?:\/|$)/;

export function tunnelPath(text: string): string {
  const taken = TAKEN.exec(text)?.[1];
  if (taken !== undefined) {
    throw new RangeError(`a path where nothing else answers: /${taken} is taken by other routes`);
  }
  return aPath(text);
}

const aPath = matching(
  (text) => text.length <= MAX_NAME_CHARS && /^(?:\/[\w.~-]+)+$/.test(text),
  "a path such as /t, of letters, digits, -, ., _ and ~, where nothing else answers",
);

/** Addresses of IPv4 and IPv6, each alone or as a range. */
export function ranges(text: string): readonly string[] {
  const items = itemsOf(text);
  try {
    items.forEach(parseRange);
    return items;
  } catch {
    throw new RangeError("addresses and ranges separated by commas, such as 10.0.0.0/8");
  }
}

/** Short, printable ASCII: it stands in headers too. */
export const plainName = matching(
  (text) => text.length <= MAX_NAME_CHARS && /^[\x20-\x7e]+$/.test(text),
  `1 to ${MAX_NAME_CHARS} printable ASCII characters`,
);

/** Only decimal digits: `1e3`, `0x10` and `8000.0` are more likely mistakes than wishes. */
export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const number = /^\d+$/.test(text) ? Number(text) : NaN;
    if (number >= min && number <= max) return number;
    throw new RangeError(`a whole number from ${min} to ${max}`);
  };
}

export function oneOf<const Name extends string>(names: readonly Name[]): (text: string) => Name {
  return (text) => {
    const found = names.find((name) => name.toLowerCase() === text.toLowerCase());
    if (found !== undefined) return found;
    throw new RangeError(names.join(" or "));
  };
}

/** Names of fields, in whatever way of writing: `customer_no`, `X-Customer-No`. Shorter ones would mask half of the log. */
export const names = listOf(
  (text) => /^[\p{L}\d_.-]{3,64}$/u.test(text) && /\p{L}/u.test(text),
  "names separated by commas, each 3 to 64 letters, digits, -, _ or .",
);

/** Names and values as `OTEL_EXPORTER_OTLP_HEADERS` has them: W3C Baggage without properties, values percent-encoded. */
export function headers(text: string): Readonly<Record<string, string>> {
  try {
    return Object.fromEntries(itemsOf(text).map(toHeader));
  } catch {
    throw new RangeError("name=value pairs separated by commas, the values percent-encoded");
  }
}

/** @throws {Error} when it is none. */
function toHeader(pair: string): [string, string] {
  const at = pair.indexOf("=");
  const [name, value] = [pair.slice(0, at).trim(), decodeURIComponent(pair.slice(at + 1).trim())];
  new Headers([[name, value]]);
  if (at < 0) throw new RangeError(pair);
  return [name, value];
}

/** Whether it fits into an `Authorization: Bearer` header (RFC 6750 allows even less), and is long enough. */
export function isSecret(text: string, mode: Mode): boolean {
  return text.length >= minChars(mode) && /^[\x21-\x7e]+$/.test(text);
}

function minChars(mode: Mode): number {
  return mode === "production" ? MIN_SECRET_CHARS : 1;
}

/** For a sentence: how long a secret is to be. */
export function atLeast(mode: Mode): string {
  return minChars(mode) > 1 ? `at least ${minChars(mode)} ` : "";
}

/** Keys of other services separated by commas: `KEY`, `service:KEY` or `service:KEY:public`. */
export function intakeKeys(text: string, mode: Mode): readonly IntakeKey[] {
  const keys = itemsOf(text).map(toKey);
  if (!keys.every((key) => key !== undefined && isSecret(key.key, mode))) {
    throw new RangeError(
      `keys separated by commas, each KEY, service:KEY or service:KEY:public, the key ${
        atLeast(mode)
      }ASCII characters, without spaces`,
    );
  }
  const known = keys as IntakeKey[];
  if (new Set(known.map(({ key }) => key)).size === known.length) return known;
  throw new RangeError("keys separated by commas, each of them once");
}

function toKey(text: string): IntakeKey | undefined {
  const [first = "", key, use, ...rest] = text.split(":");
  if (key === undefined) return { key: first, isPublic: false };
  const isService = first.trim() !== "" && first.length <= MAX_NAME_CHARS;
  // `KEY:public` has no service: more likely a mistake than a key called "public".
  if (!isService || key === "public" || rest.length > 0) return undefined;
  if (use !== undefined && use !== "public") return undefined;
  return { key, service: first, isPublic: use === "public" };
}

function matching(isRight: (text: string) => boolean, bound: string): (text: string) => string {
  return (text) => {
    if (isRight(text)) return text;
    throw new RangeError(bound);
  };
}

function listOf(isRight: (text: string) => boolean, bound: string) {
  return (text: string): readonly string[] => {
    const items = itemsOf(text);
    if (items.every(isRight)) return items;
    throw new RangeError(bound);
  };
}

/** What stands in a list between commas. */
export function itemsOf(list: string): string[] {
  return list.split(",").map((item) => item.trim()).filter((item) => item !== "");
}
