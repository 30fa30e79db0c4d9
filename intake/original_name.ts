/**
 * What a function was called before it was minified. A map knows names of places and not of functions: the place of the call names
 * the function that is called. That name may be of a variable which holds the function (`callback`), so it must occur in the
 * function's own file as something that is defined or called there.
 */

/** `new o`, `async load`. */
const PREFIX = /^(?:new|async|get|set) /;
/** `Cart.c [as total]`: the property is what the caller wrote. */
const ALIAS = / \[as ([^\]]+)\]$/;
const IDENTIFIER = /^[\p{ID_Start}$_#][\p{ID_Continue}$]*$/u;
/** A name is not looked for in a longer file: that would take milliseconds for each frame. */
const MAX_SEARCHED_CHARS = 512 * 1024;
/** Shorter names are those of minifiers more often than not. */
const MIN_OWN_CHARS = 3;

/**
 * The name to show; undefined where it is not known: the minified one changes with each build. `text` is the original file, `called`
 * the name at the place of the call.
 */
export function nameOf(
  minified: string | undefined,
  { text, called }: { text: string; called: string | null | undefined },
): string | undefined {
  if (minified === undefined) return undefined;
  const own = lastPart(minified);
  if (!IDENTIFIER.test(own)) return undefined;
  if (typeof called === "string" && called !== "" && (text === "" || isIn(text, called))) {
    return called;
  }
  return own.length >= MIN_OWN_CHARS && (text === "" || isIn(text, own)) ? own : undefined;
}

/** `total` of `Cart.total`, `o.total`, `async total`. */
function lastPart(name: string): string {
  const alias = ALIAS.exec(name)?.[1];
  if (alias !== undefined) return alias;
  const plain = name.replace(PREFIX, "");
  return plain.slice(plain.lastIndexOf(".") + 1);
}

/** Whether a function of this name can be defined in a source: `function total(`, `total = `, `total: `, `class Total {`. */
function isIn(text: string, name: string): boolean {
  if (text.length > MAX_SEARCHED_CHARS) return false;
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1)) {
    if (isNameChar(text[at - 1]) || isNameChar(text[at + name.length])) continue;
    const before = text.slice(Math.max(at - 20, 0), at);
    if (/\b(?:function\s*\*?|class)\s*$/.test(before)) return true;
    if (/^\s*(?:[(=:<]|\?\.?\()/.test(text.slice(at + name.length, at + name.length + 20))) {
      return true;
    }
  }
  return false;
}

function isNameChar(char: string | undefined): boolean {
  return char !== undefined && /[\p{ID_Continue}$]/u.test(char);
}
