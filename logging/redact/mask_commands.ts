/**
 * Secrets that follow their name without a separator: in command lines and sentences.
 *
 * @module
 */
import { canHide, isSecretOf, looksChosen, looksRandom } from "./looks_secret.ts";
import type { PairOptions } from "./mask_pairs.ts";

/** `--db-password x`: two words of a command line. */
const FLAG = /(?<![\w-])(--?)([A-Za-z][\w.-]{1,60})([ \t]{1,10})(["']?)([^\s"'-][^\s"']*)/g;

/** Of the same command. Commands are short, and this is looked for at every program's name. */
const REST = String.raw`[^\n|;]{0,300}?\s`;
const VALUE = String.raw`["']?)([^\s"'-][^\s"']*)`;
/** Programs, and what stands before the secret: a user, or a short flag alone. */
const COMMANDS: readonly RegExp[] = [
  String
    .raw`curl${REST}(?:-u|--user|--proxy-user|-[a-zA-Z]{1,5}u)[ =]?\s{0,5}["']?(?!https?:)[^\s:"'-][^\s:"']{0,100}:`,
  String.raw`https?(?=\s)${REST}(?:-a|--auth)[ =]\s{0,5}["']?[^\s:"'-][^\s:"']{0,100}:`,
  String.raw`sshpass\s{1,5}-p\s{0,5}`,
  String.raw`mysql(?:dump|admin)?\b${REST}-p`,
  String.raw`redis-cli\b${REST}-a\s{1,5}`,
  String.raw`(?:docker|podman|helm|az)\b${REST}login\b${REST}-p\s{1,5}`,
  String.raw`ldap\w{1,10}${REST}-w\s{1,5}`,
  String.raw`(?:(?:un)?zip|sqlcmd|bcp)${REST}-P\s{1,5}`,
  // What is no word of a sentence: "vault login failed".
  String.raw`vault\s{1,5}login\s{1,5}(?:-\S{1,60}\s{1,5}){0,3}(?=[^\s"']{0,100}\d)`,
  String.raw`rabbitmqctl\s{1,5}(?:add_user|change_password)\s{1,5}\S{1,100}\s{1,5}`,
].map((before) => new RegExp(String.raw`(\b${before}${VALUE}`, "g"));
const PIPED =
  /(\becho\s{1,5}["']?(?:[^\s"'|:]{1,60}:)?)([^\s"'|]{1,200})(?=["']?\s{0,5}\|\s{0,5}(?:sudo\s|chpasswd))/g;
/** `scott/tiger@orcl` after a word of Oracle's. A digest of an image is none. */
const ORACLE =
  /(\b(?:sqlplus|expdp|impdp|sqlldr|oracle)\b[^\n|;@/]{0,80}?[\s:"'][\w.$#-]{1,60}\/)([^\s"'/@]{1,100})(?=@(?!sha256:))/gi;
/** What is said of an object that is called secret: `Secret "db" not found in namespace "prod"`. */
const OBJECT =
  /^ (?:not found|already exists|does not exist|is forbidden|is immutable|in namespace)\b/;

const OBJECT_CHARS = 20;
const MIN_MIXED_CHARS = 8;
/** `password "x"`, `the password is x`, `new password for ann: x`, `refresh token x was revoked`. */
const SPOKEN = new RegExp(
  String.raw`(?<![\w-])((?:[A-Za-z]{1,20} ){0,2}[\w-]{0,60}?` +
    String
      .raw`(?:password|passwd|passphrase|passcode|secret|token|key|auth|otp|pin|requirepass|masterauth))` +
    String
      .raw`(\s{1,5}(?:(?:is|was|as|of|to|from)\s{1,5}|for\s{1,5}["']?[\w.@-]{1,80}["']?\s?(?::|=|is)\s{0,5})?)` +
    "(?:([\"'`])([^\"'`\\n]{1,200})\\3|([^\\s\"'`<>()=:,;]{4,300}))",
  "gi",
);

/** `setPassword("x")` */
const SETTER =
  /\b((?:set|with|check|verify|hash)_?[A-Za-z_]{2,40})(\(\s{0,5})(["'])([^"'\n]{1,200})\3(?=\s{0,5}[,)])/gi;

/** The text without passwords and tokens of command lines and sentences. */
export function maskCommands(text: string, { kindOf, mask }: PairOptions): string {
  const spoken = (found: string, ...parts: string[]): string => {
    const [name = "", gap = "", quote, quoted = "", bare = ""] = parts;
    const kind = kindOf(name);
    if (kind === "plain") return found;
    if (quote !== undefined) {
      const [offset, text] = parts.slice(-2) as unknown as [number, string];
      if (
        /secrets?$/i.test(name) &&
        OBJECT.test(text.slice(offset + found.length, offset + found.length + OBJECT_CHARS))
      ) {
        return found;
      }
      const isSecret = isSecretOf(kind, quoted) && (!isParsers(name) || looksRandom(quoted));
      return isSecret ? `${name}${gap}${quote}${mask}${quote}` : found;
    }
    const word = bare.replace(/[.!?]+$/, "");
    const isSaid = gap.trim() !== "" && /pass/i.test(name) && /\d/.test(word) && canHide(word);
    const isSecret = (looksChosen(word) || isSaid || isMixed(name, word)) &&
      (kind === "opaque"
        ? looksChosen(word) && /auth$/i.test(name) || looksRandom(word)
        : isSecretOf(kind, word));
    return isSecret ? `${name}${gap}${mask}${bare.slice(word.length)}` : found;
  };
  const flag = (found: string, ...parts: string[]): string => {
    const [dashes = "", name = "", gap = "", quote = "", value = ""] = parts;
    return isSecretOf(kindOf(name), value) ? `${dashes}${name}${gap}${quote}${mask}` : found;
  };
  const setter = (found: string, ...parts: string[]): string => {
    const [name = "", open = "", quote = "", value = ""] = parts;
    return isSecretOf(kindOf(name), value) ? `${name}${open}${quote}${mask}${quote}` : found;
  };
  let masked = text;
  if (/(?:^|[\s"'`])-|rabbitmqctl|vault/.test(text)) {
    masked = masked.replace(FLAG, flag);
    for (const command of COMMANDS) masked = masked.replace(command, `$1${mask}`);
  }
  if (masked.includes("(")) masked = masked.replace(SETTER, setter);
  return masked.replace(PIPED, `$1${mask}`).replace(ORACLE, `$1${mask}`).replace(SPOKEN, spoken);
}

function isParsers(name: string): boolean {
  return /^(?:unexpected|unknown|illegal|expected|missing|invalid|next|reserved)\b.*token$/i.test(
    name,
  );
}

/** After the name of a password, letters, digits and signs or capitals: `requirepass hunter2-Zq9`. */
function isMixed(name: string, word: string): boolean {
  return /pass|secret$/i.test(name) && word.length >= MIN_MIXED_CHARS && /[a-z]/.test(word) &&
    /\d/.test(word) && /[A-Z]|[^\w.]/.test(word);
}
