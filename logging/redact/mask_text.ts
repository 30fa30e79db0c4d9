/**
 * Secrets in running text: messages, URLs, stacks, commands, markup, JSON that does not parse.
 *
 * Every expression here and in the files it calls is linear in the text's length: no quantifier can give back what another
 * takes, or it is bounded. The caller has cut the text to its limit before.
 *
 * @module
 */
import { maskAccounts } from "./bank_accounts.ts";
import { maskCards } from "./card_numbers.ts";
import { maskHooks, maskKeys } from "./known_keys.ts";
import { canHide, looksRandom } from "./looks_secret.ts";
import { maskCommands } from "./mask_commands.ts";
import { maskMarkup } from "./mask_markup.ts";
import { maskPairs, type PairOptions } from "./mask_pairs.ts";
import { maskSql } from "./mask_sql.ts";
import { ACCOUNTS, ADDRESS, CARDS, createScan, KEYS, PERCENT, WORDS } from "./scan_text.ts";
import { createNameTest, type NameKind } from "./sensitive.ts";
import { REDACTED as MASK } from "../../store/limits.ts";

/** URL encoding inside URL encoding is followed this far. */
const MAX_DECODINGS = 3;
/** What {@linkcode maskText} has something to do for. */
const ANY = WORDS | KEYS | CARDS | ACCOUNTS | PERCENT | ADDRESS;

/** What came of so many short texts is remembered: a megabyte at most. */
const MAX_REMEMBERED = 4_000;
const MAX_REMEMBERED_CHARS = 128;

const PRIVATE_KEY = /-----BEGIN [A-Z ]{0,40}PRIVATE KEY(?: BLOCK)?-----[\s\S]*?(?:-----END |$)/g;
const URL_PASSWORD = /(:\/\/[^\s/?#:@"'<>]*:)[^\s/?#"'<>]*@/g;
const URL_USER = /(:\/\/)([^\s/?#:@"'<>]{16,300})(?=@)/g;
const BEARER = /\b(Bearer[\s:=]{1,4}["']?)([\w.~+/=-]+)/gi;
const BASIC = /\b(Basic\s{1,4})([\w+/-]{4,}={0,2})/gi;
const PARAMETER = /((?:^|[?&\s"'(;,:])[^?&=#\s"'(;,:]{1,100}=)([^&#\s"'<>]*)/g;

/** Words that follow "bearer" in a sentence or in a challenge (RFC 6750, section 3). */
const WORDS_AFTER_BEARER = new Set(
  ("a an and are auth authentication authorisation authorization cannot credential credentials error " +
    "expected expired for format from has header headers in invalid is key malformed missing must not of or " +
    "realm required scheme schemes scope should token tokens type was were with").split(" "),
);

/** Finds and masks secrets in texts. */
export interface TextMask {
  /** What a name says of its value. */
  kindOf(name: string): NameKind;
  /** What a quick look finds: the flags of `scan_text.ts`, added up. */
  scan(text: string): number;
  /** The text without its secrets. */
  mask(text: string): string;
}

/**
 * Makes what masks secrets in a text: the values of names in pairs, URL parameters, markup, forms, SQL and command lines,
 * bearer and Basic credentials, keys of known form, private keys, passwords in addresses, account and card numbers.
 * `ownNames` count beside the built-in ones.
 */
export function createTextMask(ownNames: readonly string[]): TextMask {
  const kindOf = createNameTest(ownNames);
  const scan = createScan(ownNames);
  const remembered = new Map<string, string>();
  const masking: Masking = { kindOf, scan, mask: MASK, decodings: 0 };
  return { kindOf, scan, mask };

  /** Short texts that are worth a second look, `http` and addresses, come again: that look costs fifty times as much as this one. */
  function mask(text: string): string {
    const flags = scan(text);
    if ((flags & ANY) === 0) return text;
    if (text.length > MAX_REMEMBERED_CHARS) return maskFlagged(text, { flags, masking });
    const known = remembered.get(text);
    if (known !== undefined) return known;
    if (remembered.size >= MAX_REMEMBERED) remembered.clear();
    const masked = maskFlagged(text, { flags, masking });
    remembered.set(text, masked);
    return masked;
  }
}

/** What a masking needs. */
interface Masking extends PairOptions {
  scan(text: string): number;
  decodings: number;
}

function maskText(text: string, masking: Masking): string {
  const flags = masking.scan(text);
  return (flags & ANY) === 0 ? text : maskFlagged(text, { flags, masking });
}

function maskFlagged(
  text: string,
  { flags, masking }: { flags: number; masking: Masking },
): string {
  // Numbers in groups come first: a name before them would take the first group alone.
  let masked = flags & CARDS ? maskCards(text, MASK) : text;
  if (flags & ACCOUNTS) masked = maskAccounts(masked, MASK);
  if (flags & ADDRESS) masked = maskAddresses(masked);
  if (flags & KEYS) masked = maskKeys(masked, MASK);
  if (flags & WORDS) masked = maskNamed(masked, masking);
  return flags & PERCENT ? maskEncoded(masked, masking) : masked;
}

function maskAddresses(text: string): string {
  return text.replace(URL_PASSWORD, `$1${MASK}@`)
    .replace(
      URL_USER,
      (found, start: string, user: string) => looksRandom(user) ? start + MASK : found,
    );
}

function maskNamed(text: string, masking: Masking): string {
  const masked = maskHooks(text.replace(PRIVATE_KEY, MASK), MASK)
    .replace(BEARER, maskBearer)
    .replace(BASIC, maskBasic);
  const marked = maskSql(maskMarkup(masked, masking), masking);
  return maskCommands(maskPairs(marked, masking), masking);
}

function maskBearer(found: string, start: string, token: string): string {
  const word = token.toLowerCase().replace(/[^a-z]+$/, "");
  const isWord = WORDS_AFTER_BEARER.has(word) && word.length >= token.length - 1;
  return isWord || !canHide(token) ? found : start + MASK;
}

/** Basic credentials are `user:password` in base64 (RFC 7617): only what decodes to that is masked. */
function maskBasic(found: string, start: string, credentials: string): string {
  try {
    const whole = credentials.replace(/=+$/, "").replaceAll("-", "+").replaceAll("_", "/");
    const decoded = atob(whole.length % 4 === 1 ? whole.slice(0, -1) : whole);
    return decoded.includes(":") ? start + MASK : found;
  } catch {
    return found;
  }
}

/** A parameter's name and value may hide the same things in URL encoding. */
function maskEncoded(text: string, masking: Masking): string {
  if (masking.decodings >= MAX_DECODINGS) return text;
  return text.replace(PARAMETER, (found: string, start: string) => {
    if (!found.includes("%")) return found;
    const decoded = decodeParameter(found);
    const inner = { ...masking, decodings: masking.decodings + 1 };
    return maskText(decoded, inner) === decoded ? found : start + MASK;
  });
}

function decodeParameter(value: string): string {
  try {
    return decodeURIComponent(value.replaceAll("+", " "));
  } catch {
    return value;
  }
}
