/**
 * Texts from strangers made fit to be shown: nothing in them is hidden, and nothing reaches beyond them. Escaping for
 * HTML is not done here; the pages never switch it off.
 *
 * @module
 */
import { parseJson } from "../logging/mod.ts";

/** C0 and C1 but tab and newline; bidi and zero-width controls; line separators; noncharacters. */
const INVISIBLE =
  // deno-lint-ignore no-control-regex -- these are what we look for
  /[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffc\ufffe\uffff]/g;
/** What one place on a page shows of one text. */
const MAX_SHOWN_CHARS = 16 * 1024;

/** The text with every invisible character as a sign that can be seen, cut to a length a page can bear. */
export function plain(text: string, maxChars = MAX_SHOWN_CHARS): string {
  const shown = text.length > maxChars ? `${text.slice(0, maxChars)}…` : text;
  return shown.replaceAll("\r\n", "\n").toWellFormed().replace(INVISIBLE, sign);
}

/** The same on one line. */
export function plainLine(text: string, maxChars = 400): string {
  return plain(text.slice(0, maxChars + 1), maxChars).replace(/\s*\n\s*/g, " ⏎ ");
}

/** A value as text: strings as they are, anything else as indented JSON. */
export function plainValue(value: unknown): string {
  if (typeof value !== "string") return plain(JSON.stringify(value, null, 2) ?? "");
  return plain(pretty(value));
}

/** JSON text that came as a string, indented. */
function pretty(text: string): string {
  if (!/^\s*[[{]/.test(text) || text.length > MAX_SHOWN_CHARS * 4) return text;
  try {
    return JSON.stringify(parseJson(text), null, 2);
  } catch {
    return text;
  }
}

/** Short values with their names, one after the other: `id: 7, email: ana@example.org`. */
export function factsIn(values: object): string {
  return Object.entries(values).map(([name, value]) => `${name}: ${value}`).join(", ");
}

function sign(character: string): string {
  return `‹U+${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}›`;
}
