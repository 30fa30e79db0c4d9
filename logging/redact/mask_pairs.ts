/**
 * Names and their values in running text: `name=value`, `name: value`, `"name":"value"`, escaped or not.
 *
 * @module
 */
import { isSecretOf, isSecretWord } from "./looks_secret.ts";
import type { NameKind } from "./sensitive.ts";

const SEPARATOR = /=>|[:=]/g;
/** Between a name and its separator, and between that and the value. */
const MAX_SPACES = 40;
const MAX_NAME_CHARS = 100;
/** `secret access key: …` */
const MAX_WORDS_BEFORE = 2;
/** A value is judged by its beginning: else a text of many names, each with the rest of it as value, would cost its square. */
const MAX_JUDGED_CHARS = 256;
const QUOTES = "\"'`";
const OPENERS = "{[(";
const CLOSERS = "}])";
const NAME_CHAR = /[\w.[\]%@$\u00c0-\u024f-]/;
/** What a parser says of its input: `Unexpected token: string`. */
const PARSER_WORD = /^(?:unexpected|unknown|illegal|expected|missing|next|reserved|last|first)\b/i;
const HEADER = /(?:^|[-_ ])(?:proxy.?)?(?:authorization|cookies?2?)$/i;

/** How to tell names, and what stands for their values. */
export interface PairOptions {
  /** What a name says of its value. */
  kindOf(name: string): NameKind;
  /** Stands for what was taken out. */
  mask: string;
}

/** The text without the values of names that hold secrets. */
export function maskPairs(text: string, { kindOf, mask }: PairOptions): string {
  let masked = "";
  let done = 0;
  const ends = new Ends(text);
  SEPARATOR.lastIndex = 0;
  for (let found = SEPARATOR.exec(text); found; found = SEPARATOR.exec(text)) {
    const pair = pairAt(text, { at: found.index, sign: found[0], floor: done, ends, kindOf });
    if (pair === undefined) continue;
    masked += text.slice(done, pair.from) + mask;
    done = pair.to;
    SEPARATOR.lastIndex = Math.max(done, SEPARATOR.lastIndex);
  }
  return done === 0 ? text : masked + text.slice(done);
}

interface Separator {
  at: number;
  sign: string;
  /** What is before it is masked already. */
  floor: number;
  ends: Ends;
  kindOf(name: string): NameKind;
}

/** The range of a secret value; undefined where there is none. */
function pairAt(text: string, separator: Separator): { from: number; to: number } | undefined {
  const { at, sign, ends } = separator;
  const before = text[at - 1] ?? "";
  const after = text[at + sign.length] ?? "";
  // Comparisons, `::`, addresses.
  if ("!<>=:".includes(before) && before !== "") return undefined;
  if (after === "=" || (sign === ":" && (after === ":" || text.startsWith("//", at + 1)))) {
    return undefined;
  }
  const name = nameBefore(text, separator);
  if (name === undefined) return undefined;
  const kind = separator.kindOf(name.text);
  if (kind === "plain" || kind === "value") return undefined;
  // `/srv/app/token:12:5` is a place in a file, `GET /password: 404` a route, `arn:…:secret:x` a resource.
  if (
    sign === ":" && !name.isQuoted && "/\\:".includes(text[name.from - 1] ?? "-") && name.isWord
  ) {
    return undefined;
  }
  let start = at + sign.length;
  while (start < at + MAX_SPACES && /\s/.test(text[start] ?? "-")) start++;
  const place = { start, name, isHeader: HEADER.test(name.text) && sign === ":" && !name.isQuoted };
  const { from, to } = valueRange(text, { ...place, ends });
  if (from >= to) return undefined;
  const value = text.slice(from, Math.min(to, from + MAX_JUDGED_CHARS));
  const isQuoted = from > start;
  // A sentence has a space after its colon, `{user:ann token:x}` has none.
  const isBare = sign === ":" && start > at + 1 && !name.isQuoted && !isQuoted && !place.isHeader;
  if (isQuoted || isBare) {
    const isParsers = PARSER_WORD.test(name.before) && /token$/i.test(name.text);
    if (isParsers && !(value.length > 12 && /\d/.test(value))) return undefined;
  }
  if (place.isHeader) return isHeaderSecret(kind, value) ? { from, to } : undefined;
  const isSecret = isBare
    ? isSecretWord(kind, {
      word: value,
      name: name.text,
      rest: text.slice(to, to + 3),
      isAlone: isLineStart(text, name.from),
    })
    : isSecretOf(kind, value);
  return isSecret ? { from, to } : undefined;
}

/** Nothing but what YAML and dumps of headers put there stands before it on its line. */
function isLineStart(text: string, from: number): boolean {
  const before = text.slice(Math.max(0, from - MAX_SPACES), from);
  return /(?:^|[\r\n]|\\n)[\s<>*-]*$/.test(before);
}

/** `Authorization: required` and `cookie: not set` are sentences; a scheme is followed by credentials. */
function isHeaderSecret(kind: NameKind, value: string): boolean {
  const isSentence = /^[a-z]+(?:[ ][a-z']+)+\.?$/i.test(value) &&
    !/^(?:bearer|basic|token|digest|apikey|negotiate)\b/i.test(value);
  return !isSentence && isSecretOf(kind, value);
}

/** A name and how it is written. */
interface Name {
  /** With the words before it. */
  text: string;
  from: number;
  isQuoted: boolean;
  /** Letters, digits and `_` alone. */
  isWord: boolean;
  /** The words before it. */
  before: string;
  /** Where the quote before it stands. */
  quote: number;
}

function nameBefore(text: string, { at, sign, floor }: Separator): Name | undefined {
  const lowest = Math.max(floor, at - MAX_SPACES);
  let end = at;
  while (end > lowest && " \t".includes(text[end - 1] ?? "-")) end--;
  let isQuoted = false;
  if (QUOTES.includes(text[end - 1] ?? "-")) {
    isQuoted = true;
    end--;
    while (end > lowest && text[end - 1] === "\\") end--;
  }
  let from = end;
  const farthest = Math.max(floor, end - MAX_NAME_CHARS);
  while (from > farthest && NAME_CHAR.test(text[from - 1] ?? "")) from--;
  // The `n` of a `\n` in JSON text is no letter of the name.
  if (from > 0 && text[from - 1] === "\\" && /[nrt]/.test(text[from] ?? "")) from++;
  if (from >= end) return undefined;
  const own = text.slice(from, end);
  const isWord = /^\w+$/.test(own);
  // `secret access key: x`, but not `level=info code=x` and `<session id="17">`.
  const isSpoken = isWord && !isQuoted && (sign === ":" || end < at);
  const before = isSpoken ? wordsBefore(text, from, floor) : "";
  return {
    text: before === "" ? own : `${before} ${own}`,
    from,
    isQuoted,
    isWord,
    before,
    quote: from - 1,
  };
}

function wordsBefore(text: string, from: number, floor: number): string {
  let start = from;
  for (let words = 0; words < MAX_WORDS_BEFORE; words++) {
    if (start <= floor || text[start - 1] !== " ") break;
    let word = start - 1;
    const farthest = Math.max(floor, word - MAX_SPACES);
    while (word > farthest && /[A-Za-z]/.test(text[word - 1] ?? "")) word--;
    if (word === start - 1) break;
    start = word;
  }
  return text.slice(start, Math.max(start, from - 1));
}

/** Where the value that follows a name begins and ends. */
function valueRange(
  text: string,
  { start, name, isHeader, ends }: { start: number; name: Name; isHeader: boolean; ends: Ends },
): { from: number; to: number } {
  let quote = start;
  while (text[quote] === "\\") quote++;
  if (QUOTES.includes(text[quote] ?? "-")) {
    return { from: quote + 1, to: closingQuote(text, { quote, escapes: quote - start }) };
  }
  if (OPENERS.includes(text[start] ?? "-")) return { from: start, to: ends.ofBracket(start) };
  if (isHeader) return { from: start, to: headerEnd(text, { start, before: name.quote }) };
  return { from: start, to: ends.ofWord(start) };
}

/**
 * The quote that closes a string. Inside JSON inside JSON, quotes carry backslashes: a quote with as many
 * as the opening one closes, one with more is part of the value. Without one, the value is the rest.
 */
export function closingQuote(
  text: string,
  { quote, escapes }: { quote: number; escapes: number },
): number {
  let backslashes = 0;
  for (let index = quote + 1; index < text.length; index++) {
    if (text[index] === "\\") backslashes++;
    else {
      if (text[index] === text[quote] && isClosing(backslashes, escapes)) {
        return index - backslashes;
      }
      backslashes = 0;
    }
  }
  return text.length;
}

// Taking one level of escaping off halves the backslashes; an odd one left belongs to the quote.
function isClosing(backslashes: number, escapes: number): boolean {
  for (let own = escapes, left = backslashes; own >= 0; own = own > 0 ? own >> 1 : -1, left >>= 1) {
    if (left % 2 === 0) return true;
  }
  return false;
}

/** A header's value goes to the end of its line, or of the quotes it stands in. */
function headerEnd(text: string, { start, before }: { start: number; before: number }): number {
  const around = text[before] ?? "";
  const lineEnd = firstAt(/[\r\n]|\\[nr]/g, text, start);
  if (!around || !QUOTES.includes(around)) return lineEnd;
  let escapes = 0;
  while (text[before - 1 - escapes] === "\\") escapes++;
  return Math.min(lineEnd, closingQuote(text, { quote: before, escapes }));
}

/** White space or what separates pairs; `&` where another name follows: a password may have one too. */
const WORD_END = /[\s,;"'`<>)}\]|]|&(?=&|\s|$|[\w.[\]%-]{1,100}=)|\\[nrt"'u]/g;

/** Where unquoted values of one text end. Each part of it is looked at once, however many values it has. */
class Ends {
  readonly #text: string;
  #word = { start: 0, end: -1 };
  #brackets: ReadonlyMap<number, number> | undefined;

  constructor(text: string) {
    this.#text = text;
  }

  /** The end of the word that begins at `start`. */
  ofWord(start: number): number {
    const known = this.#word;
    if (start < known.start || start > known.end) {
      this.#word = { start, end: firstAt(WORD_END, this.#text, start) };
    }
    return this.#word.end;
  }

  /** After the bracket that closes the one at `start`; the text's end when none does. */
  ofBracket(start: number): number {
    this.#brackets ??= bracketsIn(this.#text);
    return this.#brackets.get(start) ?? this.#text.length;
  }
}

/** By the place of an opening bracket, the place after the one that closes it, of whatever kind. */
function bracketsIn(text: string): Map<number, number> {
  const ends = new Map<number, number>();
  const open: number[] = [];
  for (let index = 0; index < text.length; index++) {
    const unit = text[index] ?? "";
    if (OPENERS.includes(unit)) open.push(index);
    else if (CLOSERS.includes(unit) && open.length > 0) ends.set(open.pop()!, index + 1);
  }
  return ends;
}

function firstAt(pattern: RegExp, text: string, start: number): number {
  pattern.lastIndex = start;
  return pattern.exec(text)?.index ?? text.length;
}
