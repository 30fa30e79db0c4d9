/**
 * One record is one line: characters that end a line, move the cursor, colour the terminal or turn
 * the direction of writing are shown as `\uXXXX`, so that no text can forge or hide another.
 */

// C0 and C1 controls (ESC among them), line and paragraph separator, marks and overrides of direction.
// deno-lint-ignore no-control-regex -- controls are what it looks for
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;
// The same without C0, which JSON text cannot hold inside a string: there it is white space.
const UNSAFE_IN_JSON = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/**
 * The text on one line, for messages and the console.
 *
 * @example
 * ```ts
 * oneLine("ok\nFAKE"); // "ok\\u000aFAKE"
 * ```
 */
export function oneLine(text: string): string {
  return isClean(text, UNSAFE) ? text : text.replace(UNSAFE, escapeUnit);
}

/**
 * The same JSON value on one line of printable text. Takes what `JSON.stringify` made without
 * indentation; the result parses to the same value.
 */
export function oneLineJson(json: string): string {
  return isClean(json, UNSAFE_IN_JSON) ? json : json.replace(UNSAFE_IN_JSON, escapeUnit);
}

// search() leaves no state behind and is cheaper than replace() for the usual, clean text.
function isClean(text: string, unsafe: RegExp): boolean {
  return text.search(unsafe) < 0;
}

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
