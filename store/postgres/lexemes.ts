/**
 * Texts and searches as PostgreSQL's full-text search takes them.
 *
 * PostgreSQL's own parser takes addresses, paths and versions for single words, so that `carts` would
 * not find `/carts/42`. Words are therefore split here, as SQLite's `unicode61` does it: letters,
 * digits and private-use characters make words, everything else parts them; case and diacritics do
 * not count. Both engines find the same.
 *
 * @module
 */
import { exactWord } from "../words.ts";

/** No accents to take off, and private-use characters are those of `exactWord` alone. */
const IS_PLAIN = /^[\0-\x7f\uE000-\uE07F]*$/;
const PLAIN_WORD = /[a-z0-9\uE000-\uE07F]+/g;
const ANY_WORD = /[\p{L}\p{N}\p{Co}]+/gu;

/** PostgreSQL takes 2046 bytes a word; no UTF-16 unit is more than three in UTF-8. */
const MAX_WORD_UNITS = 500;

/** What a request id or an occurrence's id can look like: such a word is also looked up whole. */
const ID_SHAPE = /^[\w.-]{1,128}$/;

/** The beginning of every tenth word: not looked for as such, because it costs most and finds least. */
const TOO_SHORT = /^[!-~]{1,2}$/;

/** A `tsvector`: each word with its place. Words hold nothing that would have to be quoted. */
export function vectorOf(text: string): string {
  return lexemesOf(text).map((lexeme, i) => `${lexeme}:${i + 1}`).join(" ");
}

/**
 * A `tsquery` that finds all of these words, the last one as the beginning of a word. One word of a
 * person may be several here (`foo-bar`): they must follow one another.
 *
 * @param words From `queryWords()`, not empty.
 */
export function matchWords(words: readonly string[]): string {
  return words.map((word, i) => matchWord(word, i === words.length - 1)).join(" & ");
}

/** A `tsquery` that finds one of these whole words from `exactWord()`. */
export function matchExact(words: readonly string[]): string {
  return `(${words.map((word) => word.slice(0, MAX_WORD_UNITS)).join(" | ")})`;
}

function matchWord(word: string, isLast: boolean): string {
  const typed = lexemesOf(word).join(" <-> ") + (isLast && !TOO_SHORT.test(word) ? ":*" : "");
  return ID_SHAPE.test(word) ? `((${typed}) | ${exactWord("id", word)})` : `(${typed})`;
}

function lexemesOf(text: string): string[] {
  const words = IS_PLAIN.test(text)
    ? text.toLowerCase().match(PLAIN_WORD)
    : text.toWellFormed().normalize("NFD").replace(/\p{M}+/gu, "").toLowerCase().match(ANY_WORD);
  return (words ?? []).map((word) => word.slice(0, MAX_WORD_UNITS));
}
