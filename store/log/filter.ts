/**
 * The word filter of a block: says of a word that it is surely not in the block, or perhaps
 * (https://en.wikipedia.org/wiki/Bloom_filter). A search opens the blocks that say perhaps.
 *
 * The bits of a word lie together in one line of 32 bytes, and the lines of a block are spread over {@linkcode STRIPES} rows: to ask
 * for a word reads a thirty-second part of the filters and takes one line of each.
 *
 * @module
 */
import { exactWord } from "../words.ts";
import { fold, lexemesOf } from "./lexemes.ts";
import type { Line } from "./lines.ts";

const STRIPE_BITS = 5;
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

/** An escape in JSON: its letters are part of no word. */
const JSON_ESCAPE = /\\(?:u[0-9a-f]{4}|.)/g;

const FNV_BASIS = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** Where a word's bits are looked for. */
export interface Probe {
  /** The row. */
  stripe: number;
  /** The line, modulo the number of lines in the row. */
  line: number;
  /** Places of the bits in the line. */
  bits: number[];
}

/** The rows of a block's filter, {@linkcode STRIPES} of them. */
export function filterOf(lines: readonly Line[]): Uint8Array[] {
  const words = new WordSet();
  for (const { text } of lines) words.addText(text);
  for (const { service } of distinct(lines, ({ service }) => service)) {
    words.add(hashOf(exactWord("svc_name", service)));
  }
  for (const { route } of distinct(lines, ({ route }) => route)) {
    words.add(hashOf(exactWord("route", route)));
  }
  return rowsOf(words.hashes());
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

/** Whether a line has all bits of a word. */
export function isPerhapsIn(line: Uint8Array, { bits }: Probe): boolean {
  return bits.every((bit) => (line[bit >> 3]! & (1 << (bit & 7))) !== 0);
}

function rowsOf(hashes: Int32Array): Uint8Array[] {
  const counts = new Uint32Array(STRIPES);
  for (const hash of hashes) counts[mixed(hash) & STRIPE_MASK]!++;
  const rows = Array.from(counts, (words) => {
    const lines = Math.max(Math.ceil(words * BITS_PER_WORD / (LINE_BYTES * 8)), 1);
    return new Uint8Array(lines * LINE_BYTES);
  });
  // Without probeOf(), which costs ten times as much: these are some ten thousand words a block.
  for (const hash of hashes) {
    const place = mixed(hash);
    const row = rows[place & STRIPE_MASK]!;
    const start = ((place >>> STRIPE_BITS) % (row.length / LINE_BYTES)) * LINE_BYTES;
    for (let i = 0, spread = spreadOf(hash); i < BITS_SET; i++, spread >>>= 8) {
      row[start + ((spread & 0xff) >> 3)]! |= 1 << (spread & 7);
    }
  }
  return rows;
}

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

function distinct<T>(items: readonly T[], key: (item: T) => unknown): Iterable<T> {
  return new Map(items.map((item) => [key(item), item])).values();
}

const BACKSLASH = 0x5c;
const LETTER_U = 0x75;
/** Units of `\u0000`. */
const UNICODE_ESCAPE_UNITS = 6;

/** 0 where an ASCII character parts words, else what stands for it: small letters for large ones. */
const FOLDED_ASCII = Uint8Array.from({ length: 128 }, (_, code) => {
  const folded = fold(String.fromCharCode(code));
  return /[a-z0-9]/.test(folded) ? folded.charCodeAt(0) : 0;
});

const ENCODER = new TextEncoder();
/** Room for most lines. */
const FIRST_BYTES = 4 * 1024;
/** They stay in the processor's nearest cache. */
const RECENT = 1024;
/** Room for the words of most blocks. */
const FIRST_SLOTS = 1 << 15;

/** Hashes of different words. */
class WordSet {
  #slots = new Int32Array(FIRST_SLOTS);
  #count = 0;
  #bytes = new Uint8Array(FIRST_BYTES);
  /** Hashes that were added a moment ago: most words are the names of fields, which every line has. */
  readonly #recent = new Int32Array(RECENT);

  /** All words of a line, and their beginnings. As bytes, which are three times as fast to look at as a string. */
  addText(text: string): void {
    const { length } = text;
    if (length >= this.#bytes.length) this.#bytes = new Uint8Array(2 * length);
    const bytes = this.#bytes;
    const { read, written } = ENCODER.encodeInto(text, bytes);
    if (read !== length || written !== length) return this.#addFolded(text);
    let hash = FNV_BASIS;
    let units = 0;
    for (let i = 0; i < length; i++) {
      const code = bytes[i]!;
      const folded = FOLDED_ASCII[code]!;
      if (folded !== 0) {
        hash = Math.imul(hash ^ folded, FNV_PRIME);
        units++;
        if (units === 3 || units === 4 || units === 8) this.add(hash);
        continue;
      }
      if (units > 0) {
        this.add(hash);
        hash = FNV_BASIS;
        units = 0;
      }
      if (code === BACKSLASH) i += bytes[i + 1] === LETTER_U ? UNICODE_ESCAPE_UNITS - 1 : 1;
    }
    if (units > 0) this.add(hash);
  }

  add(hash: number): void {
    // Zero is an empty slot.
    const value = hash === 0 ? 1 : hash;
    const place = value & (RECENT - 1);
    if (this.#recent[place] === value) return;
    this.#recent[place] = value;
    this.#put(value);
  }

  hashes(): Int32Array {
    const hashes = new Int32Array(this.#count);
    let count = 0;
    for (const hash of this.#slots) if (hash !== 0) hashes[count++] = hash;
    return hashes;
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

  #put(value: number): void {
    const mask = this.#slots.length - 1;
    let slot = mixed(value) & mask;
    for (;;) {
      const there = this.#slots[slot]!;
      if (there === value) return;
      if (there === 0) break;
      slot = (slot + 1) & mask;
    }
    this.#slots[slot] = value;
    if (++this.#count * 2 > this.#slots.length) this.#grow();
  }

  #grow(): void {
    const hashes = this.hashes();
    this.#slots = new Int32Array(this.#slots.length * 2);
    this.#count = 0;
    for (const hash of hashes) this.#put(hash);
  }
}
