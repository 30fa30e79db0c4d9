/** Frames that came in parts, from clients that read the stack themselves: which are the service's own, and what the key calls them. */
import { GO_LIBRARY, JAVA_LIBRARY, LIBRARY, RUST_LIBRARY } from "./languages.ts";
import { toPath } from "./paths.ts";
import type { RecordedFrame } from "../record.ts";
import type { Frame } from "./stack.ts";

/** What clients call a function without a name. */
const UNNAMED = /^(?:\?|<.*>|\(anonymous\)|anonymous(?: function)?|\[native code\])?$/i;
/** PHP's have their line in their name. */
const PHP_CLOSURE = /(?:^|::|\\)\{closure[:}]/;
/** Go numbers its closures; the next closure above them moves all numbers. */
const NUMBERED = /^(?:.*\.)?(?:func\d+(?:\.\d+)*|\d+)$/;
const JVM_FILE = /\.(?:java|kt|scala|groovy|clj)$/i;
/** What the client for Rust puts above the panic, and what starts a program. */
const RUST_CLIENT = /^<?(?:sentry(?:_\w+)?|__rustc)::|^(?:__libc_|_start$)/;
/** Where a bundler keeps what it was given: `webpack:///./src/cart.ts`, `webpack-internal:///(rsc)/./src/cart.ts`. */
const BUNDLER =
  /^(?:webpack(?:-internal)?|turbopack|rollup|vite):\/\/\/?(?:[^/]*\/(?=\.\/)|\[[^/]*\]\/)?(?:\.\/)?/;
const ABSOLUTE = /^(?:\/|[a-z]:\/)/i;

/** The frames in the words of the grouping rule. The order stays: the nearest to the throw first. */
export function recordedFrames(frames: readonly RecordedFrame[]): Frame[] {
  const own = areOwn(frames);
  return frames.map((recorded, at) => ({
    function: functionOf(recorded),
    file: fileOf(recorded),
    line: recorded.line ?? 0,
    column: recorded.column ?? 0,
    inApp: own[at]!,
    recorded,
  }));
}

/** Of each frame, whether it is the service's own. */
export function areOwn(frames: readonly RecordedFrame[]): boolean[] {
  // Clients that mark their own frames leave the mark away at those of the language's library.
  const areMarked = frames.some((frame) => frame.in_app === true);
  return frames.map((frame) => isOwn(frame, areMarked));
}

/**
 * The file as every release has it: below the folder of the release, where the module says how much of the path that is. A part
 * of the path that is named as the release goes.
 */
export function fileInEveryRelease(frame: RecordedFrame, release?: string): string {
  const path = fileOf(frame).replace(BUNDLER, "");
  const names = release === undefined ? [] : [release, release.slice(release.lastIndexOf("@") + 1)];
  const parts = belowFolder(path, frame.module ?? "").split("/");
  return parts.filter((part) => part === "" || !names.includes(part)).join("/");
}

/** To some clients every frame is the service's own, libraries' too; what they say is not, is not. */
function isOwn(frame: RecordedFrame, areMarked: boolean): boolean {
  if (frame.in_app === false || (areMarked && frame.in_app !== true)) return false;
  const { function: name = "", module = "" } = frame;
  const path = toPath(frame.file ?? "");
  const call = module === "" ? name : `${module}.${name}`;
  if (LIBRARY.test(path)) return false;
  if (path === "" && module === "" && !name.includes("::")) return false;
  const isRust = path.endsWith(".rs") || name.includes("::");
  if (RUST_CLIENT.test(name) || isRust && RUST_LIBRARY.test(name)) return false;
  if (path.endsWith(".go")) {
    return !(/@v\d/.test(path) || !ABSOLUTE.test(path) && GO_LIBRARY.test(call));
  }
  // A class may be a library's by its name and still be what this service is: then the client has said so.
  const isOfClass = JVM_FILE.test(path) || path === "";
  return !(isOfClass && frame.in_app !== true && JAVA_LIBRARY.test(call));
}

/** As it came; where only a class or module is known, the path that it would have. */
function fileOf({ file, module, function: name = "" }: RecordedFrame): string {
  if (file) {
    const path = toPath(file);
    return JVM_FILE.test(path) && !path.includes("/") ? inPackage(path, module) : path;
  }
  if (module) return module.replace(/\$.*$/, "").replace(/::|[.:\\]/g, "/");
  return name.includes("::") ? name.split("::").slice(0, -1).join("/") : "";
}

/** `Cart.java` of `com.acme.Cart` is `com/acme/Cart.java`. */
function inPackage(file: string, module = ""): string {
  return [...module.split(".").slice(0, -1), file].join("/");
}

/** `/srv/releases/7/src/cart.js` of `src:cart` is `src/cart.js`; of Go's `shop/cart` it is `shop/cart/cart.go`. */
function belowFolder(path: string, module: string): string {
  if (!ABSOLUTE.test(path) || module === "" || module.startsWith("<")) return path;
  const folders = path.split("/");
  const file = folders.pop()!;
  if (module === "__main__" || module === file) return file;
  if (file.endsWith(".go")) return `${module}/${file}`;
  const packages = module.split(/::|[.:/\\]/);
  const name = packages.at(-1)!;
  if (file !== name && !file.startsWith(`${name}.`)) packages.push(file);
  else packages[packages.length - 1] = file;
  const tail = packages.slice(0, -1);
  const isTail = tail.every((part, index) => part === folders.at(index - tail.length));
  return isTail ? packages.join("/") : path;
}

/** The last part of the name, the same however it was called; empty where the source line says more. */
function functionOf(
  { function: name = "", file = "", context_line: source }: RecordedFrame,
): string {
  const hasSource = source !== undefined && source.trim() !== "";
  if (hasSource && NUMBERED.test(name)) return "";
  // Of Go, the receiver or the closure around it is a part of the name.
  if (file.endsWith(".go")) return name.replace(/\[[^[\]]*\]/g, "").replace(/[()*]/g, "");
  if (PHP_CLOSURE.test(name)) return "";
  const last = name.includes("::") ? lastOfPath(name) : lastOfCall(name);
  return UNNAMED.test(last) ? "" : last.replace(/^(lambda\$.+)\$\d+$/, "$1");
}

/** `shop::price_of::{{closure}}` is `price_of`, `<Cart as shop::Add>::add` is `add`. */
function lastOfPath(name: string): string {
  const parts = name.replace(/<[^<>]*>/g, "").split("::").filter((part) => part !== "");
  return parts.findLast((part) => !part.startsWith("{")) ?? "";
}

/** `async Home.#find [as find]` is `#find`, `block in Cart#add` is `add`, `<AddAsync>d__5.MoveNext` is `AddAsync`. */
function lastOfCall(name: string): string {
  const made = /^(?:.*[.+])?<(\w+)>[a-z]__/.exec(name)?.[1];
  if (made !== undefined) return made;
  const bare = name
    .replace(/ \[as [^\]]*\]$/, "")
    .replace(/^(?:block (?:\(.*\) )?in |async\*|async |new |get |set )+/, "")
    .replace(/^[A-Z][\w:]*#/, "")
    .replace(/[/<]+$/, "");
  return bare.slice(bare.lastIndexOf(".") + 1).replace(/[()*]/g, "");
}
