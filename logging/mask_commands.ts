/**
 * Secrets that follow their name without a separator: in command lines, SQL and sentences.
 *
 * @module
 */
import { canHide, isSecretOf } from "./looks_secret.ts";
import type { PairOptions } from "./mask_pairs.ts";

/** `--db-password x`: two words of a command line. */
const FLAG = /(?<![\w-])(--?)([A-Za-z][\w.-]{1,60})([ \t]{1,10})(["']?)([^\s"'-][^\s"']*)/g;
/** Of programs that take a user and a password in one word. */
const USER_FLAG =
  /(\b(?:curl|wget|http|https)\b[^\n]{0,500}?\s(?:-u|--user|--proxy-user|-[a-zA-Z]{1,5}u|--basic)[ =]?\s{0,5}["']?[^\s:"'-][^\s:"']{0,100}:)([^\s"']+)/g;
/** Of programs whose short flag takes a password. */
const SHORT_FLAG =
  /(\b(?:sshpass\s{1,5}-p\s{0,5}|mysql(?:dump|admin)?\b[^\n|;]{0,300}?\s-p|redis-cli\b[^\n|;]{0,300}?\s-a\s{1,5}|(?:docker|podman|helm)\b[^\n|;]{0,300}?\blogin\b[^\n|;]{0,300}?\s-p\s{1,5})["']?)([^\s"'-][^\s"']*)/g;
const SQL =
  /(\b(?:IDENTIFIED\s{1,10}(?:WITH\s{1,10}[\w"'`]{1,60}\s{1,10})?(?:BY|AS)\s{1,10}(?:PASSWORD\s{1,10})?|PASSWORD\s{1,10}FOR\s[^=]{1,200}=\s{0,10}(?:PASSWORD\()?|(?:PASSWORD|CRYPT|PASSPHRASE)\(\s{0,10}))(["'])((?:(?!\2)[^\\]|\\.|\2\2)+)\2/gi;
/** `password "x"`, `the password is x`, `refresh token x was revoked`. */
const SPOKEN =
  /(?<![\w-])((?:[A-Za-z]{1,20}[ _-]){0,2}(?:password|passwd|passphrase|passcode|secret|token|key|otp|pin|requirepass|masterauth))(\s{1,5}(?:is\s{1,5}|was\s{1,5}|as\s{1,5}|of\s{1,5}|to\s{1,5})?)(?:(["'`])([^"'`\n]{1,200})\3|([^\s"'`<>()=:,;]{4,300}))/gi;

/** The text without passwords and tokens of command lines, SQL and sentences. */
export function maskCommands(text: string, { kindOf, mask }: PairOptions): string {
  const spoken = (found: string, ...parts: string[]): string => {
    const [name = "", gap = "", quote, quoted, bare = ""] = parts;
    const kind = kindOf(name);
    if (kind === "plain") return found;
    if (quote !== undefined) {
      return isSecretOf(kind, quoted ?? "") && !isParsers(name)
        ? `${name}${gap}${quote}${mask}${quote}`
        : found;
    }
    const word = bare.replace(/[.!?]+$/, "");
    const isNameBySentence = /\s(?:is|was)\s/i.test(gap) && /pass/i.test(name);
    const isSecret = isChosen(word) || (isNameBySentence && /\d/.test(word) && canHide(word));
    return isSecret && isSecretOf(kind, word)
      ? `${name}${gap}${mask}${bare.slice(word.length)}`
      : found;
  };
  const flag = (found: string, ...parts: string[]): string => {
    const [dashes = "", name = "", gap = "", quote = "", value = ""] = parts;
    return isSecretOf(kindOf(name), value) ? `${dashes}${name}${gap}${quote}${mask}` : found;
  };
  const masked = text.includes("-")
    ? text.replace(FLAG, flag).replace(USER_FLAG, `$1${mask}`).replace(SHORT_FLAG, `$1${mask}`)
    : text;
  return masked.replace(SQL, `$1$2${mask}$2`).replace(SPOKEN, spoken);
}

function isParsers(name: string): boolean {
  return /^(?:unexpected|unknown|illegal|expected|missing|invalid|next|reserved)\b.*token$/i.test(
    name,
  );
}

/** A word that no sentence has: letters and digits, or signs among them. */
function isChosen(word: string): boolean {
  return word.length >= 6 && /\d/.test(word) && /[A-Za-z]/.test(word) &&
    !/^\d+[a-z]{1,2}$|^v\d|^[A-Za-z]+\d{1,2}$|^\d{4}-\d\d|\.\w{1,4}$|^\//.test(word);
}
