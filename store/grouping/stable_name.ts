/** A file's name without what a build or a deployment puts into it, so that the next one does not make every error new. */

/** `main.js?v=3`, and where it was fetched from: previews and staging have hosts of their own. */
const QUERY = /[?#].*$/;
const ORIGIN = /^(?:blob:)?(?:https?|capacitor|ionic|app|file):\/\/[^/]*\//i;
const UUID = /[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}/gi;
/** `1.4.0`, `v2.1`, `1.4.0-rc.2+7`, as a whole folder or behind a name: `shop-1.4.0`, `cart@1.4.0`. */
const VERSION = /(?:^|[-_.@])v?\d+\.\d+(?:\.\d+)*(?:-[a-z]+[\d.]*)?(?:\+[\w.]+)?(?=$|[-_.])/gi;
/** `2026-11-27`, `20261127T103000Z`, `2026_11_27-10.30`, `20261127103000`; seconds or milliseconds since 1970. */
const DATE =
  /(?:^|[-_.@])(?:(?:19|20)\d\d([-_.]?)(?:0[1-9]|1[0-2])\1(?:0[1-9]|[12]\d|3[01])(?:[-_.T]?\d\d[-_.:]?\d\d(?:[-_.:]?\d\d)?(?:\.?\d{3})?Z?)?|1\d{9}(?:\d{3})?)(?=$|[-_.])/gi;
const DATE_FOLDERS = /\/(?:19|20)\d\d\/(?:0?[1-9]|1[0-2])\/(?:0?[1-9]|[12]\d|3[01])(?=\/)/g;
/** What stands below these is which release it is: `releases/42/`. */
const RELEASE_FOLDERS =
  /((?:^|\/)(?:releases?|deploy(?:ment)?s?|builds?|revisions?)\/)(?:v?\d+|[\da-f]{7,40})(?=\/)/gi;
/** Where bundlers write: nothing there is named by a person alone. */
const BUILT = /(?:^|\/)(?:_nuxt|_next|_astro|_app|assets|chunks?|immutable)\//;
const SCRIPT = /\.[cm]?jsx?$/;

/** Hashes are as long at least; Vite, Rollup and esbuild cut theirs to this. */
const HASH_CHARS = 8;
const MAX_HASH_CHARS = 64;
/** Git's short hashes. */
const SHORT_HASH_CHARS = 7;
const MAX_NAMES = 1_000;
/** Ids of builds that are not hexadecimal: Next's have 21, Nix's 32. */
const MIN_ID_CHARS = 20;

const names = new Map<string, string>();

/**
 * The path or address without hashes of chunks and contents (hex, base32, base64url), dates, versions, ids of builds and
 * releases, origin and query.
 *
 * @example
 * ```ts
 * stableName("/srv/shop/releases/20261127103000/dist/main.4f1e9a02.js"); // "/srv/shop/releases/dist/main.js"
 * ```
 */
export function stableName(address: string): string {
  const known = names.get(address);
  if (known !== undefined) return known;
  const name = readName(address);
  // What fails does so again and again, in few files.
  if (names.size >= MAX_NAMES) names.clear();
  names.set(address, name);
  return name;
}

function readName(address: string): string {
  const bare = address.replace(QUERY, "");
  const path = bare.replace(ORIGIN, "/").replace(RELEASE_FOLDERS, "$1*")
    .replace(DATE_FOLDERS, "/*").replace(UUID, "*");
  const folders = path.split("/");
  const file = folders.pop()!;
  // Of a script in a page the file is the page: `/cart/7`.
  const isPage = bare !== path && /^\d+$/.test(file);
  const name = isPage ? "*" : file && stableFile(file, BUILT.test(path));
  return [...folders.map(stableFolder).filter((folder) => folder !== "*"), name].join("/");
}

/** `*` for a folder that is nothing else than a mark of its release. */
function stableFolder(folder: string): string {
  if (folder === "" || isId(folder)) return folder && "*";
  const parts = withoutMarks(folder).split(/(?=[-.@])/);
  return joined(parts.filter((part) => !isHash(bareOf(part)))) || "*";
}

function stableFile(file: string, isBuilt: boolean): string {
  const end = /\.[a-z]\w{0,4}$/i.exec(file)?.[0] ?? "";
  const isScript = SCRIPT.test(end);
  const name = withoutMarks(file.slice(0, file.length - end.length));
  const parts = (isScript ? withoutTail(name) : name).split(/(?=[-.~])/);
  const kept = parts.filter((part, index) => {
    const isNamed = index === 0 && !(isBuilt && parts.length === 1);
    return !(isHash(bareOf(part)) || isScript && !isNamed && isChunkHash(bareOf(part)));
  });
  return (joined(kept) || "*") + end;
}

function withoutMarks(name: string): string {
  return name.replace(DATE, "").replace(VERSION, "");
}

/** A hash in base64url may have a dash in it: `index-B-x3_9aZ`. */
function withoutTail(name: string): string {
  const tail = name.slice(-HASH_CHARS);
  const rest = name.slice(0, -HASH_CHARS);
  const isTail = /[-.]$/.test(rest) && /[-_]/.test(tail) && isRandom(tail.replace(/[-_]/g, ""));
  return isTail ? rest.slice(0, -1) : name;
}

function bareOf(part: string): string {
  return part.replace(/^[-.~@]/, "");
}

/** What is left of a name; where its beginning went, so does what joined the rest to it. */
function joined(parts: readonly string[]): string {
  return parts.join("").replace(/^[-~]/, "");
}

/** Hexadecimal, and no word. */
function isHash(part: string): boolean {
  if (part.length > MAX_HASH_CHARS || !/^[\da-f]+$/i.test(part)) return false;
  if (part.length === SHORT_HASH_CHARS) return /\d\D+\d/.test(part);
  return part.length >= HASH_CHARS && /\d/.test(part);
}

/**
 * In the name of a script, where bundlers put letters of both cases: eight that read like a name in camel case are taken for
 * a hash too, because a fifth of all hashes have no digit.
 */
function isChunkHash(part: string): boolean {
  if (part.length < HASH_CHARS || part.length > MAX_HASH_CHARS || !/^\w+$/.test(part)) return false;
  const isUsual = part.length === HASH_CHARS && /[A-Z]/.test(part);
  return isUsual || /^[\da-f]+$/i.test(part) || isRandom(part);
}

/** The id of a build, as a folder. */
function isId(folder: string): boolean {
  const text = folder.replace(/[-_]/g, "");
  return folder.length >= MIN_ID_CHARS && /^[a-z\d]+$/i.test(text) && /\d\D+\d\D/.test(text) &&
    isRandom(text);
}

/** Letters and digits as no person mixes them: `base64url` and `UserMenu2` are names. */
function isRandom(text: string): boolean {
  const isCamel = /^[A-Za-z]?[a-z]*(?:[A-Z][a-z]+)*\d*$/.test(text);
  const isMixed = /[a-z]/.test(text) && /[A-Z]/.test(text) && !isCamel;
  return isMixed || (text.match(/\d+/g)?.length ?? 0) > 1;
}
