/**
 * The word filter of a block: says of a word that it is surely not in the block, or perhaps
 * (https://en.wikipedia.org/wiki/Bloom_filter). A search opens the blocks that say perhaps.
 *
 * The bits of a word lie together in one line of 32 bytes, and the lines of a block are spread over {@linkcode STRIPES} rows: to ask
 * for a word reads a sixteenth of the filters and takes one line of each.
 */
import type { Engine, Value } from "../drivers/database.ts";
import { exactWord } from "../search/words.ts";
import { fold, lexemesOf } from "./lexemes.ts";
import type { Line } from "./lines.ts";

const STRIPE_BITS = 4;
const STRIPE_MASK = (1 << STRIPE_BITS) - 1;
/** Rows of one filter. */
export const STRIPES: number = 1 << STRIPE_BITS;
/** Bytes of a line, in which all bits of a word lie. */
export const LINE_BYTES = 32;
/** Bits for each different word: one block in twenty says perhaps without having it. */
const BITS_PER_WORD = 6;
/** Bits that a word sets. */
const BITS_SET = 4;

/** A word's beginnings of these lengths are in the filter too: a search's last word may be the beginning of one. */
const PREFIX_UNITS = [3, 4, 8] as const;
const MAX_PREFIX_UNITS = 8;

/** An escape in JSON: its letters are part of no word. */
const JSON_ESCAPE = /\\(?:u[0-9a-f]{4}|.)/g;

const FNV_BASIS = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** Where a word's bits are looked for. */
export interface Probe {
  stripe: number;
  /** The line, modulo the number of lines in the row. */
  line: number;
  /** Places of the bits in the line. */
  bits: number[];
}

/**
 * The filter of a text that `joinLines()` made of these lines: {@linkcode STRIPES} rows of one length, one after the other.
 *
 * @param bytes The same text in UTF-8, which is three times as fast to look at as a string.
 */
export function filterOf(lines: readonly Line[], bytes: Uint8Array): Uint8Array {
  const words = new Words();
  words.addLines(bytes, bytes.indexOf(NEWLINE) + 1);
  for (const service of new Set(lines.map(({ service }) => service))) {
    words.add(hashOf(exactWord("svc_name", service)));
  }
  for (const route of new Set(lines.map(({ route }) => route))) {
    words.add(hashOf(exactWord("route", route)));
  }
  return words.filter();
}

/** Where a whole word from `exactWord()` is looked for. */
export function probeExact(word: string): Probe {
  return probeOf(hashOf(word));
}

/**
 * Where a folded word is looked for, or its beginning: all of these. Several, because with each more a block that has it not says
 * perhaps twenty times less often. None: the filter cannot say.
 */
export function probesOf(word: string, { isBeginning }: { isBeginning: boolean }): Probe[] {
  const prefixes = PREFIX_UNITS.filter((units) => units <= word.length)
    .map((units) => word.slice(0, units)).reverse();
  const words = isBeginning ? prefixes : [word, ...prefixes];
  return [...new Set(words)].map((word) => probeOf(hashOf(word)));
}

/**
 * Whether the filter of a block says perhaps, in SQL; null where it is lost. The engine looks at the bits itself, so that filters
 * need not travel.
 */
export function perhapsInSql(
  { stripe, line, bits }: Probe,
  { engine, block, given }: { engine: Engine; block: string; given: (value: Value) => string },
): string {
  const place = `${LINE_BYTES} * (${given(line)}::bigint % (length(bits) / ${LINE_BYTES}))`;
  const isPerhaps = engine === "postgres"
    ? bits.map((bit) => `get_bit(bits, (8 * (${place}) + ${given(bit)}::integer)::integer) = 1`)
      .join(" and ")
    : `hex(substr(bits, 1 + ${place}, ${LINE_BYTES})) glob ${given(hexWith(bits))}`;
  return `(select ${isPerhaps} from holdfast.log_filters
    where stripe = ${given(stripe)} and block = ${block})`;
}

/** SQLite knows no bits: what the hexadecimal form of a line looks like that has them. */
function hexWith(bits: readonly number[]): string {
  const digits = Array.from({ length: 2 * LINE_BYTES }, () => 0);
  // The upper half of a byte comes first.
  for (const bit of bits) digits[(bit >> 2) ^ 1]! |= 1 << (bit & 3);
  return digits.map((mask) => mask === 0 ? "?" : DIGITS_WITH[mask]).join("");
}

/** For each set of bits the digits that have them. */
const DIGITS_WITH = Array.from({ length: 16 }, (_, mask) => {
  const digits = [..."0123456789ABCDEF"].filter((digit) => (parseInt(digit, 16) & mask) === mask);
  return `[${digits.join("")}]`;
});

function probeOf(hash: number): Probe {
  const place = mixed(hash);
  const spread = spreadOf(hash);
  return {
    stripe: place & STRIPE_MASK,
    line: place >>> STRIPE_BITS,
    bits: Array.from({ length: BITS_SET }, (_, i) => (spread >>> (8 * i)) & 0xff),
  };
}

/** A byte for each bit that is set. */
function spreadOf(hash: number): number {
  return mixed(hash ^ 0x9e3779b9);
}

/** Every bit of the result depends on every bit of the hash (MurmurHash3's finalizer). */
function mixed(hash: number): number {
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

/** FNV-1a over UTF-16 units. */
function hashOf(word: string): number {
  let hash = FNV_BASIS;
  for (let i = 0; i < word.length; i++) hash = Math.imul(hash ^ word.charCodeAt(i), FNV_PRIME);
  return hash;
}

const BITS_IN_BYTE = Uint8Array.from(
  { length: 256 },
  (_, byte) => byte.toString(2).replaceAll("0", "").length,
);

const NEWLINE = 0x0a;
const BACKSLASH = 0x5c;
const LETTER_U = 0x75;
/** Units of `\u0000`. */
const UNICODE_ESCAPE_UNITS = 6;
/** Bytes from here on are parts of characters beyond ASCII. */
const BEYOND_ASCII = 0x80;

/** 0 where a byte parts words, else what stands for it: small letters for large ones. */
const FOLDED = Uint8Array.from({ length: 256 }, (_, code) => {
  if (code >= BEYOND_ASCII) return 0;
  const folded = fold(String.fromCharCode(code));
  return /[a-z0-9]/.test(folded) ? folded.charCodeAt(0) : 0;
});

/** They stay in the processor's nearest cache. */
const RECENT = 1024;
/** Room for the words of most blocks. */
const FIRST_WORDS = 1 << 15;
/** Enough to tell a hundred thousand different words from two hundred thousand, and in the nearest cache too. */
const COUNTER_BITS = 1 << 17;

const DECODER = new TextDecoder();

/** Hashes of words. To keep them apart in a table would cost more than all the rest. */
class Words {
  /** Many of them several times. */
  #hashes = new Int32Array(FIRST_WORDS);
  #length = 0;
  /** A bit for each hash: how many are still unset says how many different words there are (linear counting). */
  readonly #counter = new Uint8Array(COUNTER_BITS >> 3);

  add(hash: number): void {
    if (this.#length === this.#hashes.length) {
      const hashes = new Int32Array(this.#length * 2);
      hashes.set(this.#hashes);
      this.#hashes = hashes;
    }
    const place = mixed(hash);
    this.#hashes[this.#length++] = hash;
    this.#counter[(place >>> 3) & ((COUNTER_BITS >> 3) - 1)]! |= 1 << (place & 7);
  }

  /** All words of lines, and their beginnings. */
  addLines(bytes: Uint8Array, start: number): void {
    const { length } = bytes;
    // Most words are the names of fields, which every line has: they were added a moment ago.
    const recent = new Int32Array(RECENT);
    for (let i = start; i < length; i++) {
      const code = bytes[i]!;
      let folded = FOLDED[code]!;
      if (folded !== 0) {
        const begin = i;
        let hash = FNV_BASIS;
        do {
          hash = Math.imul(hash ^ folded, FNV_PRIME);
          folded = ++i < length ? FOLDED[bytes[i]!]! : 0;
        } while (folded !== 0);
        if (recent[hash & (RECENT - 1)] !== hash) {
          recent[hash & (RECENT - 1)] = hash;
          this.add(hash);
          this.#addBeginnings(bytes, begin, i);
        }
        i--;
      } else if (code === BACKSLASH) {
        i += bytes[i + 1] === LETTER_U ? UNICODE_ESCAPE_UNITS - 1 : 1;
      } else if (code >= BEYOND_ASCII) {
        const end = bytes.indexOf(NEWLINE, i);
        const line = bytes.subarray(bytes.lastIndexOf(NEWLINE, i) + 1, end < 0 ? length : end);
        this.#addFolded(DECODER.decode(line));
        if (end < 0) return;
        i = end;
      }
    }
  }

  #addBeginnings(bytes: Uint8Array, begin: number, end: number): void {
    let hash = FNV_BASIS;
    const most = Math.min(end - begin - 1, MAX_PREFIX_UNITS);
    for (let units = 1; units <= most; units++) {
      hash = Math.imul(hash ^ FOLDED[bytes[begin + units - 1]!]!, FNV_PRIME);
      if (units === 3 || units === 4 || units === MAX_PREFIX_UNITS) this.add(hash);
    }
  }

  /** The longer way, for a line with other characters than ASCII. */
  #addFolded(text: string): void {
    for (const word of lexemesOf(text.replace(JSON_ESCAPE, " "))) {
      this.add(hashOf(word));
      for (const units of PREFIX_UNITS) {
        if (word.length > units) this.add(hashOf(word.slice(0, units)));
      }
    }
  }

  get #different(): number {
    let unset = COUNTER_BITS;
    for (let i = 0; i < this.#counter.length; i++) unset -= BITS_IN_BYTE[this.#counter[i]!]!;
    return Math.min(this.#length, -COUNTER_BITS * Math.log(unset / COUNTER_BITS));
  }

  filter(): Uint8Array {
    const lines = Math.max(
      Math.ceil(this.#different / STRIPES * BITS_PER_WORD / (LINE_BYTES * 8)),
      1,
    );
    const filter = new Uint8Array(STRIPES * lines * LINE_BYTES);
    const hashes = this.#hashes;
    // Without probeOf(), which costs ten times as much: these are some ten thousand words a block.
    for (let i = 0; i < this.#length; i++) {
      const hash = hashes[i]!;
      const place = mixed(hash);
      const line = (place & STRIPE_MASK) * lines + (place >>> STRIPE_BITS) % lines;
      let spread = spreadOf(hash);
      for (let set = 0; set < BITS_SET; set++, spread >>>= 8) {
        filter[line * LINE_BYTES + ((spread & 0xff) >> 3)]! |= 1 << (spread & 7);
      }
    }
    return filter;
  }
}
