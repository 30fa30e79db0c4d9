/**
 * One quick look at a text: what in it may be a secret. Most texts have nothing, and are looked at once.
 *
 * @module
 */
import { KEY_PREFIXES } from "./known_keys.ts";
import { GLUED_SUFFIXES, LONE_NAME, TELLING_WORDS } from "./sensitive_names.ts";
import { wordsOf } from "./sensitive.ts";

/** A word that names secrets, or goes with them. */
export const WORDS = 1;
/** The beginning of a key of known form. */
export const KEYS = 2;
/** As many digits as a card has. */
export const CARDS = 4;
/** The beginning of an account number. */
export const ACCOUNTS = 8;
/** A percent sign. */
export const PERCENT = 16;
/** `://` and, later, `@`. */
export const ADDRESS = 32;
/** A `\u` or `\/`, behind which JSON text may hide a letter. */
const ESCAPES = 64;
/** A line break or another control character. */
export const CONTROLS = 128;

/** More digits in a row than a JavaScript number surely holds. */
export const LONG_NUMBER = 256;
/** A character beyond ASCII, or DEL: it may turn the direction of writing, or move the cursor. */
export const NON_ASCII = 512;

/** Words that go with secrets and name none: of commands, SQL, addresses and schemes. */
const COMPANIONS =
  ("basic curl wget sshpass mysql mysqldump docker podman helm redis identified ifttt hooks webhook webhooks " +
    "telegram sudo ldapsearch ldapmodify ldapadd unzip rabbitmqctl webhookb zapier vault sqlcmd bcp az sqlplus expdp impdp sqlldr " +
    "oracle http https")
    .split(" ");

/** The end of a word that is looked at, in letters. Six of five bits fit into one integer. */
const SUFFIX_LETTERS = 6;
const LETTER_BITS = 5;
const LETTER_MASK = 31;
const SUFFIX_MASK = 2 ** (5 * SUFFIX_LETTERS) - 1;
const TABLE_BITS = 16;
const MIN_CARD_DIGITS = 13;
const MAX_EXACT_DIGITS = 15;
/** Keys of known form are longer runs of letters, digits, `_` and `-` than most words. */
const MIN_KEY_CHARS = 16;
/** The beginning of a key that is looked at. */
const PREFIX_CHARS = 4;
/** The shortest first part of a JWT that is looked for. */
const MIN_HEADER_CHARS = 8;
/** A bot's token begins with so many digits and a colon. */
const MIN_BOT_DIGITS = 8;
/** `<14 letters and digits>.atlasv1.…` */
const TERRAFORM_CHARS = 14;
/** `<32 hexadecimal digits>-us14`. */
const MAILING_KEY_CHARS = 35;

// Letters come first.
const LOWER = 0, UPPER = 1, DIGIT = 2, JOINER = 3, OTHER = 4;
const SPACE = 32, DASH = 45, DOT = 46, SLASH = 47, TWO = 50, COLON = 58, BACKSLASH = 92, DEL = 127;
/** Stands for a character beyond Latin-1: whether it is a letter decides no rule, so that it ends a word. */
const FOREIGN = 0x80;
const CLASSES = new Uint8Array(256).fill(OTHER);
for (let code = 0; code < 256; code++) {
  const char = String.fromCharCode(code);
  if (/[a-z]|[\u00c0-\u00ff]/.test(char)) CLASSES[code] = LOWER;
  else if (/[A-Z]/.test(char)) CLASSES[code] = UPPER;
  else if (/\d/.test(char)) CLASSES[code] = DIGIT;
  else if (/[-_]/.test(char)) CLASSES[code] = JOINER;
}

/** Where a number stands in a table that answers wrongly now and then, but only with yes. */
function slot(number: number): number {
  return Math.imul(number, 0x9e3779b1) >>> (32 - TABLE_BITS);
}

/** A bit a slot: the whole table stays in the processor's nearest cache. */
function tableOf(numbers: Iterable<number>): Uint32Array {
  const table = new Uint32Array(2 ** TABLE_BITS / 32);
  for (const number of numbers) table[slot(number) >>> 5]! |= 1 << (slot(number) & 31);
  return table;
}

function has(table: Uint32Array, number: number): boolean {
  const at = slot(number);
  return (table[at >>> 5]! >>> (at & 31) & 1) === 1;
}

/** Gives the flags of a text, added up; 0 where there is nothing. `ownNames` are looked for beside the built-in ones. */
export function createScan(ownNames: readonly string[]): (text: string) => number {
  const words = tableOf([...tellingWords(ownNames)].map(suffixOf));
  const prefixes = tableOf(KEY_PREFIXES.map((prefix) => prefixAt(prefix, 0)));
  return (text) => scan(text, words, prefixes);
}

/** The words of names; with all that may stand before them where they can be glued to others. */
function tellingWords(ownNames: readonly string[]): Set<string> {
  const own = ownNames.flatMap((name) => [wordsOf(name).at(-1) ?? "", wordsOf(name).join("")]);
  const words = [...TELLING_WORDS, ...GLUED_SUFFIXES, ...own, ...COMPANIONS].filter(
    Boolean,
  );
  const telling = new Set<string>(words);
  for (const word of words) {
    if (word.length >= SUFFIX_LETTERS) continue;
    // `\n`, `\r`, `\t`, `\b` and `\f` in JSON text put a letter before the word.
    const before = GLUED_SUFFIXES.includes(word) ? "abcdefghijklmnopqrstuvwxyz" : "nrtbf";
    for (const letter of before) telling.add(letter + word);
  }
  return telling;
}

function suffixOf(word: string): number {
  let suffix = 0;
  for (const unit of word.toLowerCase()) {
    suffix = ((suffix << LETTER_BITS) | (unit.charCodeAt(0) & LETTER_MASK)) & SUFFIX_MASK;
  }
  return suffix;
}

const LONE_SUFFIX = suffixOf(LONE_NAME);
/** Of `2fa_code`. Between other digits it is a part of one id in twenty, and every request has an id. */
const SHORT_HEX = "fa";
const SHORT_HEX_SUFFIX = suffixOf(SHORT_HEX);
/** A program where a space comes after it, and the beginning of an address everywhere else. */
const SCHEMES: ReadonlySet<number> = new Set(["http", "https"].map(suffixOf));

/** The first characters from `start` on; what follows a dot does not count. */
function prefixAt(text: string, start: number, chars = PREFIX_CHARS): number {
  let prefix = 0;
  for (let index = start; index < start + chars && index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === DOT) break;
    prefix = (prefix << 7) | (code & 127);
  }
  return prefix;
}

/** To call the encoder costs as much as so many characters one by one. */
const MAX_ONE_BY_ONE = 96;

const encoder = new TextEncoder();
let units = new Uint8Array(16 * 1024);

/** The text's characters as bytes, one each: three times as fast to look at as a string. True where all are ASCII. */
function toUnits(text: string): boolean {
  const { length } = text;
  if (length <= MAX_ONE_BY_ONE) return toUnitsOneByOne(text);
  if (length >= units.length) units = new Uint8Array(2 * length);
  const { read, written } = encoder.encodeInto(text, units);
  units[length] = SPACE;
  return read === length && written === length || toUnitsOneByOne(text);
}

function toUnitsOneByOne(text: string): boolean {
  const { length } = text;
  let bits = 0;
  for (let index = 0; index < length; index++) {
    const code = text.charCodeAt(index);
    bits |= code;
    units[index] = code < 256 ? code : FOREIGN;
  }
  // The end counts as a space.
  units[length] = SPACE;
  return bits < FOREIGN;
}

function scan(text: string, words: Uint32Array, prefixes: Uint32Array): number {
  const { length } = text;
  let flags = toUnits(text) ? 0 : NON_ASCII;
  const bytes = units;
  let kind = OTHER;
  let suffix = 0;
  // Where the run of letters, digits, `_` and `-` began.
  let start = 0;
  let digits = 0;
  let firstDigit = 0;
  let isGrouped = false;
  let hasScheme = false;
  for (let index = 0; index <= length; index++) {
    let code = bytes[index]!;
    let before = kind;
    kind = CLASSES[code]!;
    if (before === OTHER) start = index;
    if (kind === LOWER) {
      // `APIKey` is two words: the second begins with the last capital.
      if (before === UPPER) {
        if (has(words, suffix >>> LETTER_BITS)) flags |= WORDS;
        suffix &= LETTER_MASK;
      }
      // Most of a text is small letters.
      do {
        suffix = ((suffix << LETTER_BITS) | (code & LETTER_MASK)) & SUFFIX_MASK;
        code = bytes[++index]!;
      } while (CLASSES[code] === LOWER);
      before = LOWER;
      kind = CLASSES[code]!;
    }
    if (kind === UPPER) {
      if (before === LOWER) {
        if (has(words, suffix)) flags |= WORDS;
        suffix = 0;
      }
      suffix = ((suffix << LETTER_BITS) | (code & LETTER_MASK)) & SUFFIX_MASK;
      continue;
    }
    if (before <= UPPER) {
      if (has(words, suffix) && isTelling(suffix, { text, start, end: index })) flags |= WORDS;
      suffix = 0;
      digits = 0;
    }
    if (kind === DIGIT) {
      if (++digits === 1) {
        firstDigit = code;
        isGrouped = false;
      } else if (digits === 2) {
        if (index - start === 3 && isAccountStart(text, start)) flags |= ACCOUNTS;
      } else if (digits >= MIN_CARD_DIGITS) {
        // In one run the first digit tells: milliseconds since 1970 begin with 1, cards with 2 to 6.
        if (isGrouped || (firstDigit >= 50 && firstDigit <= 54)) flags |= CARDS;
        if (digits > MAX_EXACT_DIGITS) flags |= LONG_NUMBER;
      }
      continue;
    }
    if (before === DIGIT) {
      if (code === SPACE || code === DASH || code === DOT || code === 160) isGrouped = true;
      else digits = 0;
    } else digits = 0;
    if (kind === JOINER) continue;
    if (before !== OTHER) {
      const run = index - start;
      const isDotted = code === DOT && (run <= PREFIX_CHARS + 1 || run >= MIN_HEADER_CHARS);
      const isBot = code === COLON && before === DIGIT && run >= MIN_BOT_DIGITS;
      if (run >= MIN_KEY_CHARS || isDotted || isBot) {
        flags |= keyFlag(text, { start, end: index, prefixes });
      }
    }
    if (code > BACKSLASH) {
      if (code === DEL) flags |= NON_ASCII;
      continue;
    }
    if (code === COLON) hasScheme ||= text.charCodeAt(index + 1) === SLASH;
    else if (code < SPACE) flags |= CONTROLS;
    else if (code === 37) flags |= PERCENT;
    else if (code === 64) flags |= hasScheme ? ADDRESS : 0;
    else if (code === BACKSLASH) {
      const next = text.charCodeAt(index + 1);
      if (next === 117 || next === SLASH) flags |= ESCAPES;
    }
  }
  return flags;
}

/** Some words tell something only where they stand alone, before a space, or between no digits. */
function isTelling(
  suffix: number,
  { text, start, end }: { text: string; start: number; end: number },
): boolean {
  if (suffix === LONE_SUFFIX) return end - start === LONE_NAME.length;
  if (suffix === SHORT_HEX_SUFFIX) return !isInId(text, end);
  return end === text.length || text.charCodeAt(end) === SPACE || !SCHEMES.has(suffix);
}

/** Whether a run of characters begins as a key of known form does. */
function keyFlag(
  text: string,
  { start, end, prefixes }: { start: number; end: number; prefixes: Uint32Array },
): number {
  // The letter of `\n` and the like is none of the key.
  const first = start > 0 && text.charCodeAt(start - 1) === BACKSLASH ? start + 1 : start;
  const run = end - first;
  const next = end < text.length ? text.charCodeAt(end) : SPACE;
  if (run < MIN_KEY_CHARS) {
    if (next === COLON) return run >= MIN_BOT_DIGITS && text.startsWith("AA", end + 1) ? KEYS : 0;
    if (run === TERRAFORM_CHARS && text.startsWith(".atlasv1.", end)) return KEYS;
    if (run > PREFIX_CHARS) return text.startsWith("eyJ", first) ? KEYS : 0;
    return has(prefixes, prefixAt(text, first)) ? KEYS : 0;
  }
  if (has(prefixes, prefixAt(text, first)) || has(prefixes, prefixAt(text, first, 3))) {
    return KEYS;
  }
  const isBot = next === DOT && run >= 23 && /[MNO]/.test(text[first] ?? "");
  return isBot || (run >= MAILING_KEY_CHARS && isMailingKey(text, first)) ? KEYS : 0;
}

/** Whether {@linkcode SHORT_HEX}, which ends here, has a digit on either side that no name has there. */
function isInId(text: string, end: number): boolean {
  const before = text.charCodeAt(end - SHORT_HEX.length - 1);
  return CLASSES[text.charCodeAt(end)] === DIGIT || (before !== TWO && CLASSES[before] === DIGIT);
}

/** Two capitals and two digits. */
function isAccountStart(text: string, start: number): boolean {
  return CLASSES[text.charCodeAt(start)] === UPPER &&
    CLASSES[text.charCodeAt(start + 1)] === UPPER;
}

function isMailingKey(text: string, start: number): boolean {
  return text.startsWith("-us", start + 32);
}
