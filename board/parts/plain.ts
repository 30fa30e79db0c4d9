import { parseJson } from "../../logging/mod.ts";

/** C0 and C1 but tab and newline; bidi and zero-width controls; line separators; noncharacters. */
const INVISIBLE =
  // deno-lint-ignore no-control-regex -- these are what we look for
  /[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffc\ufffe\uffff]/g;
const MAX_SHOWN_CHARS = 16 * 1024;

/**
 * A recorded text fit to be shown: invisible characters as visible signs, cut to a length that a page can bear. Pages escape it
 * for HTML.
 */
export function plain(text: string, maxChars = MAX_SHOWN_CHARS): string {
  const shown = text.length > maxChars ? `${text.slice(0, maxChars)}…` : text;
  return shown.replaceAll("\r\n", "\n").toWellFormed().replace(INVISIBLE, sign);
}

/** The same on one line. */
export function plainLine(text: string, maxChars = 400): string {
  return plain(text.slice(0, maxChars + 1), maxChars).replace(/\s*\n\s*/g, " ⏎ ");
}

/** A string as it is, indented if it holds JSON; anything else as indented JSON. */
export function plainValue(value: unknown): string {
  if (typeof value !== "string") return plain(JSON.stringify(value, null, 2) ?? "");
  return plain(pretty(value));
}

function pretty(text: string): string {
  if (!/^\s*[[{]/.test(text) || text.length > MAX_SHOWN_CHARS * 4) return text;
  try {
    return JSON.stringify(parseJson(text), null, 2);
  } catch {
    return text;
  }
}

/** `id: 7, email: ana@example.org` */
export function factsIn(values: object): string {
  return Object.entries(values).map(([name, value]) => `${name}: ${value}`).join(", ");
}

function sign(character: string): string {
  return `‹U+${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}›`;
}
