/**
 * Secrets in running text: messages, URLs, stacks, JSON that does not parse.
 *
 * Every expression here is linear in the text's length: no quantifier can give back what another takes,
 * or it is bounded. The caller has cut the text to its limit before.
 *
 * @module
 */
import { maskCards } from "./cards.ts";
import { namePattern } from "./sensitive.ts";

/** Stands for what was taken out. */
export const MASK = "[redacted]";

/** URL encoding inside URL encoding is followed this far. */
const MAX_DECODINGS = 3;
/** No secret fits into fewer characters together with what gives it away: `otp=1`. */
const MIN_TEXT_CHARS = 5;

const PRIVATE_KEY = /-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----[\s\S]*?(?:-----END |$)/g;
const URL_PASSWORD = /(:\/\/[^\s/?#:@"'<>]*:)[^\s/?#"'<>]*@/g;
// The dot after the header is what makes it a JWT; signature or payload may have been cut off.
const JWT = /(?<![\w-])eyJ[\w-]{5,}(?:\.[\w-]*){1,4}/g;
// Tokens that name their issuer: GitHub, GitLab, Slack, Stripe, npm, Google, Anthropic and OpenAI.
const ISSUED_TOKEN =
  /(?<![\w-])(?:gh[opsur]_|github_pat_|glpat-|xox[abeoprs]-|[sr]k_(?:live|test)_|npm_|AIza|sk-)[\w-]{16,}/g;
const BEARER = /\b(Bearer[\s:=]{1,4}["']?)([\w.~+/=-]+)/gi;
const BASIC = /\b(Basic\s{1,4})([\w+/-]{4,}={0,2})/gi;
const QUERY_VALUE = /((?:^|[?&])[^?&=#\s]{0,100}=)([^&#\s"'<>]*)/g;

// The quick look: each of the expressions above, and those for cards and pairs, needs one of these.
const NAME_ROOTS: readonly string[] = [
  ...["pass", "pwd", "authoriz", "cookie", "token", "secret", "sess", "csrf", "xsrf", "jwt", "api"],
  ...["credential", "card", "cvv", "cvc", "ssn", "otp", "access", "intake", "private", "social"],
  ...["encryption", "signing", "signature", "verifier", "assertion", "mfa", "connect.sid"],
];
const CARD_HINT = /[2-6]\d{3}(?:\d{9}|[ -]\d{4}[ -]\d{4}[ -]\d|[ -]\d{6}[ -]\d{4})/;
const TOKEN_HINT =
  /bearer[\s:=]|basic\s|eyJ|PRIVATE KEY|gh[opsur]_|github_pat_|glpat-|xox[abeoprs]-|[sr]k_(?:live|test)_|npm_|AIza|sk-\w/i;
const URL_HINT = /:\/\/[^\s/]*@/;

/** Words that follow "bearer" in a sentence or in a challenge (RFC 6750, section 3). */
const WORDS_AFTER_BEARER = new Set(
  ("a an and are auth authentication authorisation authorization cannot credential credentials error " +
    "expected expired for format from has header headers in invalid is key malformed missing must not of or " +
    "realm required scheme schemes scope should token tokens type was were with").split(" "),
);

/** Unquoted values that hide nothing. */
const EMPTY_VALUE = /^(?:null|undefined|true|false)$/;
const QUOTES = "\"'`";
const OPENERS = "{[(";
const CLOSERS = "}])";

/** Finds and masks secrets in texts. */
export interface TextMask {
  /** False when a quick look shows that there is nothing to mask. */
  mayHoldSecret(text: string): boolean;
  /** The text without its secrets. */
  mask(text: string): string;
}

/**
 * Makes what masks secrets in a text: the values of `names` in pairs (`name=value`,
 * `name: value`, `"name":"value"`, escaped or not, URL parameters), bearer and Basic credentials, JWTs,
 * tokens of well-known issuers, private keys, passwords in URLs and card numbers.
 */
export function createTextMask(names: readonly string[]): TextMask {
  const pattern = namePattern(names);
  // Not a part of a longer word (`csrf-token-name`), but `--password=…` and `\npassword=…` count.
  const pair = new RegExp(
    String
      .raw`(?<![A-Za-z0-9_](?<!\\[nrt]))(?<!\w-)(${pattern})(\\*["'${"`"}])?(?:(?:\[\d{0,9}\]|\]){1,4}(?==))?\s{0,40}(?:=>|[:=])\s{0,40}`,
    "gi",
  );
  const hints = namePattern(rootsOf(names));
  const nameHint = new RegExp(hints, "i");
  const mayHoldSecret = (text: string): boolean =>
    text.length >= MIN_TEXT_CHARS &&
    (nameHint.test(text) || CARD_HINT.test(text) || TOKEN_HINT.test(text) ||
      URL_HINT.test(text) || text.includes("%"));
  return {
    mayHoldSecret,
    mask: (text) => maskText(text, { mayHoldSecret, pair, decodings: 0 }),
  };
}

/** Parts of names that stand for many of them, so that the search has few words to look for. */
function rootsOf(names: readonly string[]): string[] {
  const ownRoots = names
    .filter((name) => !NAME_ROOTS.some((root) => name.toLowerCase().includes(root)))
    .map((name) => name.split(/[-_ ]/).reduce((a, b) => (b.length > a.length ? b : a)));
  return [...NAME_ROOTS, ...ownRoots];
}

/** What a masking needs. */
interface Masking {
  mayHoldSecret(text: string): boolean;
  pair: RegExp;
  decodings: number;
}

function maskText(text: string, masking: Masking): string {
  if (!masking.mayHoldSecret(text)) return text;
  const masked = text
    .replace(PRIVATE_KEY, MASK)
    .replace(URL_PASSWORD, `$1${MASK}@`)
    .replace(JWT, MASK)
    .replace(ISSUED_TOKEN, MASK)
    .replace(BEARER, maskBearer)
    .replace(BASIC, maskBasic);
  const paired = maskPairs(masked, masking.pair);
  const decoded = paired.includes("%") ? maskEncoded(paired, masking) : paired;
  return maskCards(decoded, MASK);
}

function maskBearer(found: string, start: string, token: string): string {
  const word = token.toLowerCase().replace(/[^a-z]+$/, "");
  return WORDS_AFTER_BEARER.has(word) && word.length >= token.length - 1 ? found : start + MASK;
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
  return text.replace(QUERY_VALUE, (found: string, start: string) => {
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

function maskPairs(text: string, pair: RegExp): string {
  let masked = "";
  let done = 0;
  pair.lastIndex = 0;
  for (let found = pair.exec(text); found; found = pair.exec(text)) {
    const { from, to } = valueRange(text, found);
    pair.lastIndex = Math.max(to, pair.lastIndex);
    if (from >= to || EMPTY_VALUE.test(text.slice(from, to))) continue;
    masked += text.slice(done, from) + MASK;
    done = to;
  }
  return done === 0 ? text : masked + text.slice(done);
}

/** Where the value that follows a name begins and ends. */
function valueRange(text: string, found: RegExpExecArray): { from: number; to: number } {
  const start = found.index + found[0].length;
  let quote = start;
  while (text[quote] === "\\") quote++;
  if (QUOTES.includes(text[quote] ?? "-")) {
    return { from: quote + 1, to: closingQuote(text, { quote, escapes: quote - start }) };
  }
  if (OPENERS.includes(text[start] ?? "-")) return { from: start, to: closingBracket(text, start) };
  const isHeader = /^(?:proxy.?)?authorization$|cookies?2?$/i.test(found[1] ?? "");
  if (isHeader && found[2] === undefined && found[0].includes(":")) {
    return { from: start, to: headerEnd(text, { start, before: found.index - 1 }) };
  }
  return { from: start, to: wordEnd(text, start) };
}

/**
 * The quote that closes a string. Inside JSON inside JSON, quotes carry backslashes: a quote with as many
 * as the opening one closes, one with more is part of the value. Without one, the value is the rest.
 */
function closingQuote(
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

/** After the bracket that closes the one at `start`; the text's end when none does. */
function closingBracket(text: string, start: number): number {
  let depth = 0;
  for (let index = start; index < text.length; index++) {
    const unit = text[index] ?? "";
    if (OPENERS.includes(unit)) depth++;
    else if (CLOSERS.includes(unit) && --depth === 0) return index + 1;
  }
  return text.length;
}

/** A header's value goes to the end of its line, or of the quotes it stands in. */
function headerEnd(text: string, { start, before }: { start: number; before: number }): number {
  const around = text[before] ?? "";
  const line = text.slice(start).search(/[\r\n]|\\[nr]/);
  const lineEnd = line < 0 ? text.length : start + line;
  if (!around || !QUOTES.includes(around)) return lineEnd;
  let escapes = 0;
  while (text[before - 1 - escapes] === "\\") escapes++;
  return Math.min(lineEnd, closingQuote(text, { quote: before, escapes }));
}

/** Where an unquoted value ends: white space or what separates pairs. */
function wordEnd(text: string, start: number): number {
  const length = text.slice(start).search(/[\s,;&"'`<>)}\]|]|\\[nrt"'u]/);
  return length < 0 ? text.length : start + length;
}
