/**
 * Full-text queries for FTS5, from words that anybody may have typed.
 *
 * @module
 */
import { exactWord } from "../words.ts";

/** What a request id or an occurrence's id can look like: such a word is also looked up whole. */
const ID_SHAPE = /^[\w.-]{1,128}$/;

/** The beginning of every tenth word: not looked for as such, because it costs most and finds least. */
const TOO_SHORT = /^[!-~]{1,2}$/;

/**
 * An FTS5 expression that finds all of these words, the last one as the beginning of a word. Every
 * word is a quoted string, in which FTS5 knows one special character: the quote.
 *
 * @param words From `queryWords()`, not empty.
 */
export function matchWords(words: readonly string[]): string {
  return words.map((word, i) => matchWord(word, i === words.length - 1)).join(" AND ");
}

/** An FTS5 expression that finds one of these whole words from `exactWord()`. */
export function matchExact(words: readonly string[]): string {
  return `(${words.map(quoted).join(" OR ")})`;
}

function matchWord(word: string, isLast: boolean): string {
  const typed = isLast && !TOO_SHORT.test(word) ? `${quoted(word)}*` : quoted(word);
  return ID_SHAPE.test(word) ? `(${typed} OR ${quoted(exactWord("id", word))})` : `(${typed})`;
}

function quoted(word: string): string {
  return `"${word.replaceAll('"', '""')}"`;
}
