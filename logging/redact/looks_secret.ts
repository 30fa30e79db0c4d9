/**
 * Whether a value can be the secret that its name promises.
 *
 * @module
 */
import type { NameKind } from "./sensitive.ts";

/** Something random is at least this long. */
const MIN_RANDOM_CHARS = 16;
/** What people choose is at least this long. */
const MIN_CHOSEN_CHARS = 6;
/** `user:17:profile:v2`, `Chart-17`, `area51`: each part is a word, a number, or a word that is numbered. */
const WORDS_AND_NUMBERS =
  /^(?:(?:[A-Z]?[a-z]+|[A-Z]+)\d{0,2}|\d+[a-z]{0,2})(?:[-_.:@]+(?:(?:[A-Z]?[a-z]+|[A-Z]+)\d{0,2}|\d+[a-z]{0,2}))*$/;
const DATE_OR_FILE = /^\d{4}-\d\d|\.[A-Za-z]{1,4}$/;
/** One part of it, between dots and dashes. */
const MIN_RANDOM_PART_CHARS = 12;
/** A word of letters alone is something random only from this length on. */
const MIN_LETTERS = 20;

/** Values that say of a secret how it is, or that there is none. */
const STATES = new Set(
  ("required missing invalid expired none empty unset hidden masked redacted wrong incorrect valid present absent yes no on off " +
    "enabled disabled optional string number boolean bool text integer int varchar bytes object array null nil undefined true " +
    "false any unknown never ok okay failed denied rejected revoked changed reset updated deleted created rotated generated " +
    "found set unavailable filtered include omit same-origin bearer basic digest closed open started stopped ended active " +
    "inactive granted sent verified malformed passed skipped pending success successful error accepted mismatch inherit str char password passwd token secret key eof eol identifier keyword await new this self not is was must should has had can cannot can't")
    .split(" "),
);

// Stands for a value in a template, or for one that was taken out before.
const PLACEHOLDER =
  /^(?:[*•.…#?-]+|x{3,}|\$\{?[A-Z_][A-Z\d_.]*(?::?[-+?=][^}]*)?\}?|!(?:vault|secret|ref|env|sub|encrypted)|\$\d{1,2}|%[sdv]|%\(\w*\)?s?|<[\w -]*>|\{\{?[\w. ]*\}{0,2}|\[(?:redacted|filtered|hidden|masked|removed|secret|obscured)\]|process\.env\.\w+)$/i;
/** Rules of validation: `required|string|min:8`. */
const RULES = /^(?:required|nullable|sometimes|string|confirmed)\|/;
/** A call or a member of a program's text. */
const CODE =
  /^(?:[A-Za-z_$][\w$.]*[([]|(?:this|self|config|process|env|options|settings)\.[\w.]+$)/;
// Sentences of validation.
const SENTENCE =
  /^[^\d]*\b(?:is|are|was|must|should|can(?:no|')t|cannot|may|required|please|need(?:s|ed)?|invalid|incorrect|missing|forgot|forgotten|too|least|expired|match|wrong|has been|not)\b/i;
const PATH = /^(?:~|\.{0,2}|[A-Za-z]:)[/\\][\w .@/\\-]*$|^\.{1,2}$/;
const UUID = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i;

/** Names that may as well hold an object of other things. */
const WEAK_KINDS: ReadonlySet<NameKind> = new Set(["pass", "pin", "opaque", "random"]);
/** Types of JSON Schema. */
const SCHEMA_TYPES = new Set(["string", "number", "integer", "boolean", "object", "array"]);

/** False for values that hide nothing, whatever their name says. */
export function canHide(text: string): boolean {
  const value = text.trim();
  if (value === "" || PLACEHOLDER.test(value) || CODE.test(value)) return false;
  if (STATES.has(value.toLowerCase()) || RULES.test(value)) return false;
  return !(value.includes(" ") && SENTENCE.test(value));
}

/** Whether a text under a name of this kind is to be masked. */
export function isSecretOf(kind: NameKind, text: string): boolean {
  switch (kind) {
    case "plain":
    case "value":
      return false;
    case "own":
      return text.trim() !== "";
    case "secret":
      return canHide(text);
    case "tokens":
      return !/^[\d.,_ /%]{1,16}k?$/.test(text) && canHide(text);
    case "located":
      return !PATH.test(text) && canHide(text);
    case "pass":
      return !/^\d{1,3}$/.test(text) && canHide(text);
    case "pin":
      return /^\d{4,8}$/.test(text);
    case "opaque":
      return (looksChosen(text) && canHide(text)) || looksRandom(text);
    case "random":
      return looksRandom(text) && /[a-z]/.test(text) && /[A-Z]/.test(text);
  }
}

/** Whether a value under a name of this kind is to be masked, as a whole. A schema's `{"type":"string"}` is none. */
export function isSecretValue(kind: NameKind, value: unknown): boolean {
  switch (typeof value) {
    case "string":
      return isSecretOf(kind, value);
    case "number":
    case "bigint":
      return kind === "secret" || kind === "own" || kind === "located";
    case "object":
      if (value === null || WEAK_KINDS.has(kind)) return false;
      if (kind === "own") return true;
      return !isSchema(value) && Object.values(value).some((part) => isSecretValue(kind, part));
    default:
      return false;
  }
}

function isSchema(value: object): boolean {
  const type: unknown = Reflect.get(value, "type");
  return typeof Reflect.get(value, "$ref") === "string" ||
    (typeof type === "string" && SCHEMA_TYPES.has(type));
}

/** Whether it looks made by a machine: long, of letters and digits, no id, no path, no address. */
export function looksRandom(text: string): boolean {
  if (text.length < MIN_RANDOM_CHARS || !/^[\w.~+/=:%@-]+$/.test(text)) return false;
  if (UUID.test(text) || PATH.test(text) || text.includes("://")) return false;
  return text.split(/[-.:@_/]/).some((part) =>
    part.length >= MIN_RANDOM_PART_CHARS && /\d/.test(part) && /[A-Za-z]/.test(part)
  );
}

/** A word that no sentence has, and no list of names: letters and digits in one part of it. */
export function looksChosen(text: string): boolean {
  return text.length >= MIN_CHOSEN_CHARS && /^[^\s/\\]+$/.test(text) && /\d/.test(text) &&
    /[A-Za-z]/.test(text) &&
    !WORDS_AND_NUMBERS.test(text) && !UUID.test(text) && !DATE_OR_FILE.test(text);
}

/** The same for a bare word after `name:` in running text, where most words belong to the sentence. */
export function isSecretWord(
  kind: NameKind,
  { word, name, rest, isAlone }: { word: string; name: string; rest: string; isAlone: boolean },
): boolean {
  if (kind === "own") return word !== "";
  const bare = word.replace(/[.,;:!?]+$/, "");
  if (!/[\p{L}\p{N}]/u.test(bare) || !isSecretOf(kind, bare)) return false;
  if (/^\d{1,2}$/.test(bare)) return false;
  if (!/^[\p{L}'’-]+$/u.test(bare)) return true;
  if (bare.length >= MIN_LETTERS) return true;
  // `api_token: letmein` on a line of its own, as YAML and headers have it.
  if (isAlone && kind === "secret" && /^(?:\s*$|[\r\n])/.test(rest)) return true;
  const isChosenByPeople = /pass|pwd|secret|wort$/i.test(name);
  return isChosenByPeople && !/^[.,;:]?[ ]+[\p{L}(]/u.test(rest);
}
