/**
 * What a variable's text must be. Each message is the bound, to be read after "must be".
 *
 * @module
 */
import * as v from "valibot";

/** What a store's address must be. */
export const STORE_BOUND = "sqlite:PATH (without //), postgres://… or memory:";

/** A whole value in quotes, or one of those in a list, or what stands behind a name. */
const QUOTED = /(?:^|[,:=])\s*(["'])[^"']*\1\s*(?:,|$)/;
/** Variables that hold a path. */
const PATHS = ["DATABASE_URL", "LOG_FILE", "STORE_URL"];
/** Only a shell makes a folder of these. */
const UNEXPANDED = /^(sqlite:)?(~[^/\\]*[/\\]|\$\{?\w)/;

/**
 * What a value most likely has by mistake and would be taken literally, as the bound that it breaks: quotes that a shell would
 * have removed, a home folder that it would have put in, a password that ends before its end.
 */
export function slipIn(name: string, value: string): string | undefined {
  if (QUOTED.test(value)) return "without quotes around it: they would be a part of the value";
  if (PATHS.includes(name) && UNEXPANDED.test(value)) {
    return "a path without ~ and $, which only a shell replaces: write the folder's whole path";
  }
  if (/^postgres(ql)?:\/\/./.test(value) && isTorn(value)) {
    return "postgres://USER:PASSWORD@HOST:PORT/DATABASE, where special characters of the password are written as %XX";
  }
}

/** Where the password has "#", "?" or "/" in it, its beginning would be taken for a port, and shown. */
function isTorn(address: string): boolean {
  if (!URL.canParse(address)) return true;
  const { hash, pathname, search } = new URL(address);
  return hash !== "" || pathname.includes("@") || search.includes("@");
}

/**
 * Text that passes a test.
 * @internal
 */
export function matching(
  test: (text: string) => boolean,
  bound: string,
) {
  return v.pipe(v.string(), v.check(test, bound));
}

/** An IP address or a name, without a port. */
export function isHost(text: string): boolean {
  const isName = /^[a-z0-9]([a-z0-9_.-]*[a-z0-9])?$/i.test(text);
  return isName || (text.includes(":") && URL.canParse(`http://[${text}]/`));
}

/** `sqlite://data/x.db` is refused because it would mean `/data/x.db`, which few intend. */
export function isStoreUrl(text: string): boolean {
  if (/^postgres(ql)?:\/\/./.test(text)) return URL.canParse(text);
  return text === "memory:" || /^sqlite:(?!\/\/|:memory:).*[^/\\]$/.test(text);
}

/** Not the path of a folder. */
export function isFilePath(text: string): boolean {
  return !/[/\\]$/.test(text);
}

/** `http:` or `https:`. */
export function isWebUrl(text: string): boolean {
  return /^https?:\/\//i.test(text) && URL.canParse(text);
}

/**
 * A link is this with a path behind it.
 * @internal
 */
export function publicUrl() {
  return v.pipe(
    v.string(),
    v.check(
      (text) => isWebUrl(text) && !/[?#]/.test(text) && new URL(text).username === "",
      "an http:// or https:// address, without a query",
    ),
    v.transform((text) => new URL(text).href.replace(/\/+$/, "")),
  );
}

/**
 * Addresses of IPv4 and IPv6, each alone or as a range (RFC 4632, RFC 4291).
 * @internal
 */
export function ranges() {
  return v.pipe(
    v.string(),
    v.transform((text) => text.split(",").map((range) => range.trim()).filter(Boolean)),
    v.check(
      (parts) => parts.every(isRange),
      "addresses and ranges separated by commas, such as 10.0.0.0/8",
    ),
  );
}

function isRange(text: string): boolean {
  const [address = "", bits, ...rest] = text.split("/");
  const isOld = /^\d{1,3}(?:\.\d{1,3}){3}$/.test(address) &&
    address.split(".").every((part) => Number(part) <= 255);
  const isNew = address.includes(":") && URL.canParse(`http://[${address}]/`);
  const isWithin = bits === undefined ||
    (/^\d{1,3}$/.test(bits) && Number(bits) <= (isOld ? 32 : 128));
  return (isOld || isNew) && isWithin && rest.length === 0;
}

/** Short, printable ASCII: it stands in headers too. */
export function isPlainName(text: string): boolean {
  return /^[\x20-\x7e]{1,128}$/.test(text);
}

/**
 * Decimal digits alone: `1e3`, `0x10` and `8000.0` are more likely slips than wishes.
 * @internal
 */
export function wholeNumber(
  { min, max, byDefault }: { min: number; max: number; byDefault: number },
) {
  const bound = `a whole number from ${min} to ${max}`;
  const number = v.pipe(
    v.string(),
    v.regex(/^\d+$/, bound),
    v.transform(Number),
    v.minValue(min, bound),
    v.maxValue(max, bound),
  );
  return v.optional(number, String(byDefault));
}

/**
 * One of the names, in any case of letters.
 * @internal
 */
export function oneOf<const Names extends readonly string[]>(
  names: Names,
) {
  const canonical = (text: string) =>
    names.find((name) => name.toLowerCase() === text.toLowerCase()) ?? text;
  return v.pipe(v.string(), v.transform(canonical), v.picklist(names, names.join(" or ")));
}

/**
 * What fits into an `Authorization: Bearer` header (RFC 6750 allows even less).
 * @internal
 */
export function secret(minChars: number) {
  return matching(
    (text) => isSecret(text, minChars),
    `${atLeast(minChars)}ASCII characters, without spaces`,
  );
}

/**
 * Names of fields separated by commas, in whatever way of writing: `customer_no`, `X-Customer-No`, `customerNo`.
 * @internal
 */
export function names() {
  return v.pipe(
    v.string(),
    v.transform((text) => text.split(",").map((name) => name.trim()).filter((name) => name !== "")),
    v.check(
      (list) => list.every((name) => isFieldName(name)),
      "names separated by commas, each 3 to 64 letters, digits, -, _ or .",
    ),
  );
}

/** Shorter ones would mask half of the log. */
function isFieldName(text: string): boolean {
  return /^[\p{L}\d_.-]{3,64}$/u.test(text) && /\p{L}/u.test(text);
}

/**
 * Names and values as `OTEL_EXPORTER_OTLP_HEADERS` has them: W3C Baggage without properties, values percent-encoded.
 * @internal
 */
export function headers() {
  return v.pipe(
    v.string(),
    v.transform((text) => text.split(",").filter((pair) => pair.trim() !== "").map(toHeader)),
    v.check(
      (pairs) => pairs.every((pair) => pair !== undefined),
      "name=value pairs separated by commas, the values percent-encoded",
    ),
    v.transform((pairs) => Object.fromEntries(pairs as [string, string][])),
  );
}

/** Undefined when it is none. */
function toHeader(pair: string): [string, string] | undefined {
  const at = pair.indexOf("=");
  try {
    const [name, value] = [pair.slice(0, at).trim(), decodeURIComponent(pair.slice(at + 1).trim())];
    new Headers([[name, value]]);
    return at < 0 ? undefined : [name, value];
  } catch {
    return undefined;
  }
}

/** The bound's words. @internal */
export function atLeast(minChars: number): string {
  return minChars > 1 ? `at least ${minChars} ` : "";
}

/** What fits into an `Authorization: Bearer` header (RFC 6750 allows even less). @internal */
export function isSecret(text: string, minChars: number): boolean {
  return text.length >= minChars && /^[\x21-\x7e]+$/.test(text);
}
