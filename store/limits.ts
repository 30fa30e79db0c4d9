/**
 * How much of one value is kept. What is cut ends in `…` and is marked in `truncated`.
 * Chosen so that a record with input and output fits a queue of some thousand records in memory.
 */

/** Characters (UTF-16 units) kept of one string. */
export const MAX_STRING_CHARS = 8 * 1024;
/** Objects and arrays inside one another. */
export const MAX_DEPTH = 16;
export const MAX_KEYS = 200;
/** Items kept of one array. */
export const MAX_ITEMS = 500;
/** Characters kept of one whole value (an input, an output), keys and strings together. */
export const MAX_VALUE_CHARS = 64 * 1024;
export const MAX_MESSAGE_CHARS = 2 * 1024;
/** Characters kept of a stack: ten frames with long paths fit three times. */
export const MAX_STACK_CHARS = 8 * 1024;

/** Frames kept of one stack: those nearest to the throw. An endless recursion has a thousand. */
export const MAX_FRAMES = 100;
/** Characters of a function's, a module's or a file's name. */
export const MAX_FRAME_NAME_CHARS = 1024;
/** Characters of one source line: a minified file has but one. */
export const MAX_SOURCE_LINE_CHARS = 512;
/** Breadcrumbs kept, the newest: clients send a hundred. */
export const MAX_BREADCRUMBS = 100;
/** Characters of one header's value. */
export const MAX_HEADER_CHARS = 1024;

/** Characters of a name: of a service, a release, an environment. */
export const MAX_NAME_CHARS = 200;
/** Characters of an id that a person pastes: an error's, a receipt, a request's. */
export const MAX_ID_CHARS = 128;
/** Characters of a person's name: who did something, and who sees to an error. */
export const MAX_PERSON_CHARS = 128;
/** Characters of an address that a person gives. */
export const MAX_URL_CHARS = 2_000;
/** Characters of a note in the history. */
export const MAX_NOTE_CHARS = 2_000;
/** Characters of a search. */
export const MAX_SEARCH_CHARS = 1_000;
/** Tags that a search may ask for. */
export const MAX_SEARCH_TAGS = 8;
/** Occurrences that a mute may wait for. */
export const MAX_MUTED_MORE = 1_000_000_000;
/** Days that something may be old: a hundred years. */
export const MAX_DAYS = 36_500;
/** Records a second that a key may be given. */
export const MAX_QUOTA = 1_000_000;
/** So many good answers prove a fix, where none failed with its error. */
export const PROOF_ANSWERS = 100;
/** What names beyond a bound are called together. */
export const OTHERS = "(others)";
/** Errors that are changed at once, where all are meant that match; more have to be asked for again. */
export const MAX_CHANGED_AT_ONCE = 10_000;
/** Rows of an answer about traffic, the newest: of more steps the oldest are left out. A day of minutes for thirty routes. */
export const MAX_TRAFFIC_ROWS = 50_000;
/** Rows on a page, and errors that one request changes. */
export const MAX_PAGE_ROWS = 100;

/** Stands at the end of everything that was cut. */
export const CUT_MARK = "…";

/** Stands for a secret that was taken out. */
export const REDACTED = "[redacted]";

/** How far back a cut looks for the end of a word. */
const WORD_LOOKBACK_CHARS = 256;

/**
 * The text, at most `maxChars` long. A cut falls between two words where there are any, and never
 * inside a run of digits or a surrogate pair: half a secret is not recognised as one any more.
 */
export function cut(text: string, maxChars: number): string {
  if (text.length <= maxChars) return text;
  const end = Math.max(0, maxChars - CUT_MARK.length);
  const tail = text.slice(Math.max(0, end - WORD_LOOKBACK_CHARS), end);
  const lastBreak = tail.search(/[\s"'&,;][^\s"'&,;]*$/);
  const kept = lastBreak < 0 ? text.slice(0, end) : text.slice(0, end - tail.length + lastBreak);
  return kept.slice(0, endWithoutDigits(kept)) + CUT_MARK;
}

function endWithoutDigits(text: string): number {
  const digitOrSpace = /[\d -]/;
  let end = text.length;
  const lowest = Math.max(0, end - WORD_LOOKBACK_CHARS);
  while (end > lowest && digitOrSpace.test(text.charAt(end - 1))) end--;
  const isHighSurrogate = end > 0 && (text.charCodeAt(end - 1) & 0xfc00) === 0xd800;
  return isHighSurrogate ? end - 1 : end;
}
