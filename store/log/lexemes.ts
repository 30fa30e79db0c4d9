/**
 * How a text is cut into words: letters, digits and private-use characters make words, everything else parts them; case and
 * diacritics do not count. The same rule for what is stored and for what is looked for.
 */
import { PRIVATE_CHARACTERS } from "../search/words.ts";

const IS_ASCII = /^[\0-\x7f]*$/;
const ASCII_WORD = /[a-z0-9]+/g;
const ANY_WORD = /[\p{L}\p{N}\p{Co}]+/gu;

/** The text without case and diacritics. What is a part of a word stays one. */
export function fold(text: string): string {
  if (IS_ASCII.test(text)) return text.toLowerCase();
  // A sigma at the end of a word is the same letter: the beginning of a word may end with it.
  return text.toWellFormed().normalize("NFD").replace(/\p{M}+/gu, "").toLowerCase()
    .normalize("NFD").replace(/\p{M}+/gu, "").replaceAll("ς", "σ");
}

/** The words of a text, folded, in their order. */
export function lexemesOf(text: string): string[] {
  const folded = fold(text.replace(PRIVATE_CHARACTERS, " "));
  return folded.match(IS_ASCII.test(folded) ? ASCII_WORD : ANY_WORD) ?? [];
}
