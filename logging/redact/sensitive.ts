/**
 * Which names hold secrets: the last words of a name tell.
 *
 * @module
 */
import {
  GLUED_SUFFIXES,
  KINDS,
  LONE_NAME,
  PLAIN_KEYS,
  PLAIN_PASSES,
  QUALIFIERS,
} from "./sensitive_names.ts";

/**
 * What a name says of its value.
 *
 * - `plain`: nothing.
 * - `own`: a secret, whatever it looks like: the operator said so.
 * - `secret`: a secret, unless it says itself that there is none (`"required"`, `"****"`).
 * - `tokens`: a secret, unless it is a count.
 * - `located`: a secret, unless it is the path of a file or folder.
 * - `pass`, `pin`, `opaque`, `random`: a secret if it looks like one: a password, four to eight digits, a word of letters and
 *   digits, something that only a machine makes.
 * - `value`: the value of what another field beside it names.
 */
export type NameKind =
  | "plain"
  | "own"
  | "secret"
  | "tokens"
  | "located"
  | "pass"
  | "pin"
  | "opaque"
  | "random"
  | "value";

/** Names seen once are remembered; a client that invents names must not fill the memory. */
const MAX_REMEMBERED_NAMES = 5_000;
/** Of longer names only the end is looked at. */
const MAX_NAME_CHARS = 200;
/** The longest entry on the list, in words. */
const MAX_WORDS = 4;
/** Words that may follow the telling ones: `DB_PASSWORD_PROD_2`. */
const MAX_QUALIFIERS = 2;

/** `SENDGRID_KEY`, `GITHUB_PAT`, `X-Fastly-Key`: an environment's variable, a header. */
const KEY_OF_SETTINGS = /^(?:[A-Z][A-Z\d]*_+)+(?:KEY|PAT|SK|SALT)$|^[Xx]-(?:[A-Za-z\d]+-)*[Kk]ey$/;

/** Tells what a name says of its value. Remembers its answers: names come again and again. */
export function createNameTest(ownNames: readonly string[]): (name: string) => NameKind {
  const own = new Set(ownNames.map((name) => wordsOf(name).join("")).filter(Boolean));
  const answers = new Map<string, NameKind>();
  return (name) => {
    const known = answers.get(name);
    if (known !== undefined) return known;
    const kind = kindOf(name.slice(-MAX_NAME_CHARS), own);
    if (name.length > MAX_NAME_CHARS) return kind;
    if (answers.size >= MAX_REMEMBERED_NAMES) answers.clear();
    answers.set(name, kind);
    return kind;
  };
}

/** `APIKeys[0].db-password2` is `api`, `keys`, `0`, `db`, `password`, `2`. */
export function wordsOf(name: string): string[] {
  const words = name.match(/\p{Lu}+(?=\p{Lu}\p{Ll})|\p{Lu}?\p{Ll}+|\p{Lu}+|\p{Lo}+|\d+/gu) ?? [];
  return words.map((word) => word.toLowerCase());
}

function kindOf(name: string, own: ReadonlySet<string>): NameKind {
  const words = wordsOf(name);
  const kind = kindByList(words, own);
  // What a program is given in this way is a key, whatever it looks like.
  if (!KEY_OF_SETTINGS.test(name)) return kind;
  return kind === "opaque" ? "located" : kind === "plain" ? "random" : kind;
}

function kindByList(words: string[], own: ReadonlySet<string>): NameKind {
  if (own.size > 0 && endsWithOneOf(words, own)) return "own";
  const whole = kindOfWords(words);
  if (whole !== "plain") return whole;
  for (let dropped = 0; dropped < MAX_QUALIFIERS; dropped++) {
    while (words.length > 1 && /^\d+$/.test(words.at(-1) ?? "")) words.pop();
    if (own.size > 0 && endsWithOneOf(words, own)) return "own";
    const kind = kindOfWords(words);
    if (kind !== "plain") return kind;
    if (words.length < 2 || !QUALIFIERS.has(words.at(-1) ?? "")) return "plain";
    words.pop();
  }
  return kindOfWords(words);
}

function endsWithOneOf(words: readonly string[], names: ReadonlySet<string>): boolean {
  return words.some((_, index) => names.has(words.slice(index).join("")));
}

/** The longest entry that the words end in counts. */
function kindOfWords(words: readonly string[]): NameKind {
  for (let count = Math.min(MAX_WORDS, words.length); count > 0; count--) {
    const kind = KINDS.get(words.slice(-count).join(""));
    if (kind === undefined) continue;
    if (kind === "value") return words.length === count ? kind : "plain";
    const before = words.at(-count - 1) ?? "";
    if (kind === "random") return kindOfKey(words.at(-1) ?? "", before);
    if (kind === "pass" && PLAIN_PASSES.has(before)) return "plain";
    return kind;
  }
  const last = words.at(-1) ?? "";
  const glued = GLUED_SUFFIXES.find((suffix) => last.endsWith(suffix));
  return glued === undefined ? "plain" : KINDS.get(glued) ?? "plain";
}

/** `SENDGRID_KEY` holds a key, `sort_key` a name, and `key` alone mostly a name too. */
function kindOfKey(word: string, before: string): NameKind {
  if (before === "" || /^\d+$/.test(before)) return "random";
  return word === LONE_NAME || PLAIN_KEYS.has(before) ? "plain" : "opaque";
}
