/**
 * Names and values in markup and forms: elements and attributes of XML and HTML, multipart bodies, and
 * the text of records that name a field beside its value.
 *
 * @module
 */
import { isSecretOf } from "./looks_secret.ts";
import { isBareName } from "./named_values.ts";
import { closingQuote, type PairOptions } from "./mask_pairs.ts";

// `<name …>value</`, with CDATA or without. None of the parts can hold what ends the next.
const ELEMENT =
  /<([A-Za-z][\w.:-]{0,100})((?:\s[^<>]{0,1000})?)>((?:<!\[CDATA\[)?)([^<>\]]{1,8000})/g;
const TAG = /<[A-Za-z][^<>]{1,2000}>/g;
const ATTRIBUTE = /([\w:.-]{1,100})\s{0,10}=\s{0,10}(?:"([^"]*)"|'([^']*)')/g;
const NAMING = /^(?:name|key|id|property|param|field|type)$/i;
const VALUED = /^(?:value|content|val)$/i;
const FORM_PART =
  /\bname="?([^"\r\n;\\]{1,100})\\?"?(?![^\r\n]{0,200}filename)[^\r\n\\]{0,200}(?:\r?\n|\\r\\n|\\n)(?:[\w-]{1,40}:[^\r\n\\]{0,200}(?:\r?\n|\\r\\n|\\n)){0,4}(?:\r?\n|\\r\\n|\\n)/g;
const FORM_PART_END = /(?:\r?\n|\\r\\n|\\n)--/g;
/** `"name":"password","value":"…"`, the quotes escaped or not. */
const NAMED_VALUE =
  /(?:name|key|field|header|param|k)\\{0,3}["']\s{0,5}[:=]\s{0,5}\\{0,3}["']([^"'\\]{1,100})\\{0,3}["'][\s,]{1,20}\\{0,3}["'](?:value|val|v)\\{0,3}["']\s{0,5}[:=]\s{0,5}(\\{0,3})["']/gi;

const QUOTED_PAIR = /((["'])([A-Za-z][\w.[\]-]{2,100})\2\s{0,3},\s{0,3}(["']))([^"'\n]{1,1000})\4/g;

/** The text without what elements, attributes and parts of forms that hold secrets say. */
export function maskMarkup(text: string, options: PairOptions): string {
  let masked = text;
  if (masked.includes("<")) masked = maskTags(maskElements(masked, options), options);
  if (masked.includes("name=")) masked = maskFormParts(masked, options);
  return maskQuotedPairs(maskNamedValues(masked, options), options);
}

function maskElements(text: string, { kindOf, mask }: PairOptions): string {
  return text.replace(ELEMENT, (found, name: string, rest: string, open: string, value: string) => {
    if (value.startsWith(mask.slice(0, -1))) return found;
    const isSecret = isSecretOf(kindOf(name), value) ||
      attributesOf(rest).some(({ name, value: named }) =>
        NAMING.test(name) && isSecretOf(kindOf(named), value)
      );
    return isSecret ? `<${name}${rest}>${open}${mask}` : found;
  });
}

function maskTags(text: string, { kindOf, mask }: PairOptions): string {
  return text.replace(TAG, (tag) => {
    const attributes = attributesOf(tag);
    const value = attributes.find(({ name }) => VALUED.test(name));
    if (value === undefined || value.value === "") return tag;
    const isHolder = attributes.some(({ name, value: named }) =>
      NAMING.test(name) && isSecretOf(kindOf(named), value.value)
    );
    return isHolder ? tag.slice(0, value.from) + mask + tag.slice(value.to) : tag;
  });
}

/** The attributes of a tag and where their values stand. */
function attributesOf(tag: string): { name: string; value: string; from: number; to: number }[] {
  return Array.from(
    tag.matchAll(ATTRIBUTE),
    ({ index, 0: whole, 1: name = "", 2: double, 3: single }) => {
      const value = double ?? single ?? "";
      const to = index + whole.length - 1;
      return { name, value, from: to - value.length, to };
    },
  );
}

function maskFormParts(text: string, { kindOf, mask }: PairOptions): string {
  let masked = "";
  let done = 0;
  FORM_PART.lastIndex = 0;
  for (let part = FORM_PART.exec(text); part; part = FORM_PART.exec(text)) {
    const from = FORM_PART.lastIndex;
    FORM_PART_END.lastIndex = from;
    const to = FORM_PART_END.exec(text)?.index ?? text.length;
    FORM_PART.lastIndex = to;
    if (to <= from || !isSecretOf(kindOf(part[1] ?? ""), text.slice(from, to))) continue;
    masked += text.slice(done, from) + mask;
    done = to;
  }
  return done === 0 ? text : masked + text.slice(done);
}

function maskNamedValues(text: string, { kindOf, mask }: PairOptions): string {
  let masked = "";
  let done = 0;
  NAMED_VALUE.lastIndex = 0;
  for (let found = NAMED_VALUE.exec(text); found; found = NAMED_VALUE.exec(text)) {
    const quote = NAMED_VALUE.lastIndex - 1;
    const to = closingQuote(text, { quote, escapes: found[2]?.length ?? 0 });
    NAMED_VALUE.lastIndex = Math.max(to, NAMED_VALUE.lastIndex);
    if (!isSecretOf(kindOf(found[1] ?? ""), text.slice(quote + 1, to))) continue;
    masked += text.slice(done, quote + 1) + mask;
    done = to;
  }
  return done === 0 ? text : masked + text.slice(done);
}

/** `define('DB_PASSWORD', 'x')`, `["authorization","x"]` in a text that is no JSON; not `['password', 'email']`. */
function maskQuotedPairs(text: string, { kindOf, mask }: PairOptions): string {
  return text.replace(QUOTED_PAIR, (found, ...parts: string[]) => {
    const [start = "", , name = "", quote = "", value = ""] = parts;
    const isSecret = isSecretOf(kindOf(name), value) && !isBareName(value, { kindOf });
    return isSecret ? start + mask + quote : found;
  });
}
