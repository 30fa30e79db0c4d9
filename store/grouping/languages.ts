/** How each language writes its stacks, and which frames in them are its libraries'. One row a language. */
import { toPath } from "./paths.ts";

export interface RawFrame {
  /** Last segment of the function's name; empty when it has none. */
  function: string;
  /** Path or address; for languages that name classes alone, made of the class. */
  file: string;
  /** From 1; 0 where the stack has none. */
  line: number;
  /** From 1; 0 where the stack has none. */
  column: number;
  /** True for what is known to be a library's or the engine's. */
  isLibrary: boolean;
}

/** Reads the frames out of a stack's lines, the nearest to the throw first; none when it is another language's. */
export type Reader = (lines: readonly string[]) => RawFrame[];

/** The first that finds frames is right: those that others could take for theirs come first. */
export const LANGUAGES: Readonly<Record<string, Reader>> = {
  rust: readRust,
  v8: eachLine(readV8),
  java: eachLine(readJava),
  dotnet: eachLine(readDotnet),
  firefox: eachLine(readFirefox),
  python: readPython,
  go: readGo,
  ruby: eachLine(readRuby),
  php: readPhp,
};

/** Whatever the language: schemes, package registries and the folders where packages are installed. */
export const LIBRARY = new RegExp(
  [
    "^(?:npm|jsr|node|ext|data|deno|internal|bun|native|wasm|resource|chrome|[a-z-]*extension):",
    "^https?://(?:[\\w.-]*\\.)?(?:jsr\\.io|deno\\.land|esm\\.sh|unpkg\\.com|jsdelivr\\.net|skypack\\.dev|jspm\\.io|cdnjs\\.cloudflare\\.com)/",
    "^(?:native$|internal/|<|\\[)",
    "/(?:node_modules|site-packages|dist-packages|bower_components|\\.yarn|\\.pnpm)/",
    "/\\.?deno(?:_dir)?/(?:npm|remote|deps|gen)/",
    "/lib(?:64)?/(?:python|ruby/)\\d|/python[\\d.]+/lib/",
    "/(?:local/go|lib/go[\\d.-]*|program files/go|sdk/go[\\d.]+|go/[\\d.]+/x64|libexec)/src/",
    "/pkg/mod/|/vendor/.*\\.(?:php|go|rb)$|/(?:ruby)?gems/.*\\.rb$",
    "^/rustc/|/\\.?cargo/(?:registry|git)/|/\\.?rustup/toolchains/",
  ].join("|"),
  "i",
);

interface Parts {
  name: string | undefined;
  file: string;
  line?: string | undefined;
  column?: string | undefined;
  isLibrary?: boolean;
}

function frame({ name = "", file, line = "0", column = "0", isLibrary }: Parts): RawFrame {
  const path = toPath(file);
  return {
    function: name,
    file: path,
    line: Number(line),
    column: Number(column),
    isLibrary: isLibrary || LIBRARY.test(path),
  };
}

function eachLine(read: (line: string) => RawFrame | undefined): Reader {
  return (lines) => lines.map(read).filter((frame) => frame !== undefined);
}

/** `at async Home.run (file:///app/(shop)/home.ts:3:5)`, `at async file:///app/home.ts:3:5`. */
function readV8(line: string): RawFrame | undefined {
  const call = /^\s*at (?:async )?(.+)$/.exec(line)?.[1];
  if (call === undefined) return undefined;
  const { name, place } = splitCall(call);
  const found = /^(?:address at )?(?<file>.+):(?<line>\d+):(?<column>\d+)$/.exec(place)?.groups;
  // Code made at run time has no file of its own.
  if (!found || place.startsWith("eval at ")) return undefined;
  return frame({ name: jsName(name), file: found.file!, line: found.line, column: found.column });
}

/** The place is in the last parentheses; a path in it may have some of its own. */
function splitCall(call: string): { name: string; place: string } {
  if (!call.endsWith(")")) return { name: "", place: call };
  let open = call.length - 1;
  for (let depth = 0; open >= 0; open--) {
    if (call[open] === ")") depth++;
    if (call[open] === "(" && --depth === 0) break;
  }
  // Parentheses that do not match belong to the path.
  if (open <= 0 || call[open - 1] !== " ") open = call.indexOf(" (") + 1;
  return { name: call.slice(0, Math.max(open - 1, 0)), place: call.slice(open + 1, -1) };
}

/** Firefox and Safari: `run@https://acme.org/home.js:3:5`. */
function readFirefox(line: string): RawFrame | undefined {
  const found = /^(?<name>[^@]*)@(?<file>.+):(?<line>\d+):(?<column>\d+)$/.exec(line)?.groups;
  if (!found) return undefined;
  const { name = "", file = "", ...place } = found;
  return frame({ name: jsName(name), file, ...place });
}

/** `async Module.run` → `run`, `Home.#find [as find]` → `#find`, `load/<` (Firefox) → `load`. */
function jsName(name: string): string {
  const bare = name
    .replace(/ \[as [^\]]*\]$/, "")
    .replace(/^(?:async\*|async |new |get |set )+/, "")
    .replace(/[/<]+$/, "");
  return lastPart(bare);
}

function lastPart(name: string): string {
  const last = name.slice(name.lastIndexOf(".") + 1).replace(/[()*]/g, "");
  return last.startsWith("<") ? "" : last;
}

export const JAVA_LIBRARY =
  /^(?:javax?|jdk|sun|com\.sun|jakarta|kotlinx?|scala|groovy|clojure|android|androidx|dalvik|com\.(?:android|fasterxml|zaxxer)|io\.(?:ktor|netty|micronaut|quarkus)|reactor|org\.(?:springframework|apache|hibernate|eclipse|jetbrains|junit|codehaus))\./;

/** `at com.acme.Cart.add-IoAF18A(Cart.kt:42)`; the module or class loader may stand before the class: `java.base/`. */
function readJava(line: string): RawFrame | undefined {
  const form =
    /^\s*at (?:[^()\s]*\/)?(?<name>[^()/]+)\((?<file>[^():/\\]+\.\w+):(?<line>\d+)\)(?: ~?\[.*\])?$/;
  const found = form.exec(line)?.groups;
  if (!found) return undefined;
  const { name = "", file = "" } = found;
  const packages = name.split(".").slice(0, -2);
  return frame({
    name: lastPart(name),
    file: [...packages, file].join("/"),
    line: found.line,
    isLibrary: JAVA_LIBRARY.test(name),
  });
}

const DOTNET_LIBRARY = /^(?:System|Microsoft|MS|Mono|Newtonsoft|Npgsql|lambda_method)\b/;

/** `at Acme.Cart.Add(String id) in C:\src\Cart.cs:line 42`; without debugging symbols the class stands for the file. */
function readDotnet(line: string): RawFrame | undefined {
  const form = /^\s*at (?<name>[\w.`<>+$|[\],]+)\([^)]*\)(?: in (?<file>.+):line (?<line>\d+))?$/;
  const found = form.exec(line)?.groups;
  if (!found?.name?.includes(".")) return undefined;
  const name = found.name.replace(/\[.*\]$/, "");
  return frame({
    name: dotnetName(name),
    file: found.file ?? name.replace(/[+`<].*|\.+\w+$/, "").replace(/\.$/, "").replaceAll(".", "/"),
    line: found.line,
    isLibrary: DOTNET_LIBRARY.test(name),
  });
}

/** The compiler's names for what has none: `<AddAsync>d__5.MoveNext` and `<Add>b__0` are `AddAsync` and `Add`. */
function dotnetName(name: string): string {
  const local = /<\w+>g__(\w+)\|/.exec(name)?.[1];
  return local ?? [...name.matchAll(/<(\w+)>/g)].at(-1)?.[1] ??
    lastPart(name.replace(/`\d+/g, ""));
}

/** `File "/app/home.py", line 3, in run`, the nearest last; the members of an ExceptionGroup are indented behind bars. */
function readPython(lines: readonly string[]): RawFrame[] {
  const tracebacks: { depth: number; frames: RawFrame[] }[] = [];
  let isInside = false;
  for (const line of lines) {
    const [, bar = "", text = ""] = /^([\s|+]*)(.*)$/.exec(line) ?? [];
    const depth = bar.search(/[|+]/) + 1;
    if (/^(?:Exception Group )?Traceback \(most recent call last\):/.test(text)) {
      tracebacks.push({ depth, frames: [] });
      isInside = true;
      continue;
    }
    const form = /^File "(?<file>[^"]+)", line (?<line>\d+)(?:, in (?<name>.+))?$/;
    const found = form.exec(text)?.groups;
    if (found && tracebacks.length === 0) {
      tracebacks.push({ depth, frames: [] });
      isInside = true;
    }
    // What follows the last frame without an indent is the message.
    if (text !== "" && !bar.endsWith("  ")) isInside = false;
    if (!found || !isInside) continue;
    const { name = "", file = "" } = found;
    tracebacks.at(-1)!.frames.unshift(frame({ name: lastPart(name), file, line: found.line }));
  }
  return latestFirst(tracebacks).flatMap(({ frames }) => frames);
}

/** Members of a group are indented further than the bar of the group itself. */
const GROUP_DEPTH = 3;

/** A chain has its causes first; a group has its members after it. */
function latestFirst<T extends { depth: number }>(tracebacks: readonly T[]): T[] {
  const chains: T[][] = [];
  for (const traceback of tracebacks) {
    const chain = chains.at(-1);
    if (chain && traceback.depth > GROUP_DEPTH) chain.push(traceback);
    else chains.push([traceback]);
  }
  return chains.reverse().flat();
}

export const GO_LIBRARY =
  /^(?:archive|bufio|bytes|compress|container|context|crypto|database|debug|embed|encoding|errors|expvar|flag|fmt|go|hash|html|image|internal|io|iter|log|maps|math|mime|net|os|path|plugin|reflect|regexp|runtime|slices|sort|strconv|strings|sync|syscall|testing|text|time|unicode|vendor)(?:\/[\w/]+)?\./;

/** The function's line, then `\t/app/home.go:42 +0x1d`. */
function readGo(lines: readonly string[]): RawFrame[] {
  // What stands above it ran after the panic: the function that recovers, and what it calls.
  const panic = lines.findLastIndex((line) => line.startsWith("panic("));
  return lines.flatMap((line, index) => {
    const at = /^\t(?<file>\S.*\.\w+):(?<line>\d+)(?: \+0x[0-9a-f]+)?$/.exec(
      lines[index + 1] ?? "",
    )?.groups;
    if (!at || !line.endsWith(")")) return [];
    const call = /^(?<name>\S+)\(.*\)$/.exec(line)?.groups;
    if (!call) return [];
    // Generic ones have their types in brackets: `main.(*List[...]).Add`.
    const name = call.name!.replace(/\[[^[\]]*\]/g, "");
    const { file = "", line: row } = at;
    // Built with -trimpath, the standard library has no folder of its own.
    const isLibrary = index < panic || /@v\d/.test(file) ||
      !/^(?:\/|[a-z]:)/i.test(file) && GO_LIBRARY.test(name);
    return [frame({ name: lastPart(name), file, line: row, isLibrary })];
  });
}

export const RUST_LIBRARY =
  /^<?&?(?:mut )?(?:std|core|alloc|proc_macro|test|backtrace|tokio|futures\w*|hyper|axum|actix\w*|rayon\w*|tracing\w*|anyhow|eyre)::|^<\w+ as (?:core|std|alloc)::|^_*(?:rust_|rg_|rdl_)/;

/** `2: shop::cart::add`, then `at ./src/cart.rs:3:9` where there are debugging symbols. */
function readRust(lines: readonly string[]): RawFrame[] {
  return lines.flatMap((line, index) => {
    const call = /^\s*\d+:\s+(?:0x[0-9a-f]+ - )?(?<name>\S.*)$/.exec(line)?.groups?.name;
    if (call === undefined) return [];
    const name = call.replace(/::h[0-9a-f]{16}$/, "");
    const at = /^\s+at (?<file>\S.*?\.rs):(?<line>\d+)(?::(?<column>\d+))?$/
      .exec(lines[index + 1] ?? "")?.groups;
    if (!at && !name.includes("::")) return [];
    const file = at?.file?.replace(/^\.\//, "") ?? name.split("::").slice(0, -1).join("/");
    const isLibrary = RUST_LIBRARY.test(name);
    return [frame({ name: rustName(name), file, line: at?.line, column: at?.column, isLibrary })];
  });
}

/** A closure is known by the function around it. */
function rustName(name: string): string {
  const parts = name.replace(/<[^<>]*>/g, "").split("::").filter((part) => part !== "");
  return parts.findLast((part) => !part.startsWith("{")) ?? "";
}

/** `/app/cart.rb:3:in 'Cart#add'`, with `from` before all but the first, and a backtick before Ruby 3.4. */
function readRuby(line: string): RawFrame | undefined {
  const form = /^\s*(?:\d+: )?(?:from )?(?<file>\S.*?\.\w+):(?<line>\d+):in ['`](?<name>[^']+)'/;
  const found = form.exec(line)?.groups;
  if (!found) return undefined;
  const { name = "", file = "" } = found;
  const method = name.replace(/^.* in /, "");
  return frame({
    name: lastPart(method.slice(method.lastIndexOf("#") + 1)),
    file,
    line: found.line,
  });
}

/** `thrown in /app/cart.php:3` and `Stack trace:` stand above the rows. */
const PHP_HEAD_LINES = 3;

/** `#0 /app/order.php(4): Cart->add()`: who is called there, so the function around it is in the next row. */
function readPhp(lines: readonly string[]): RawFrame[] {
  const form =
    /^(?:#\d+ (?:(?<file>\S.*?)\((?<line>\d+)\)|\[internal function\]): (?<name>[^(]+)\(|#\d+ (?<main>\{main\}))/;
  const begin = lines.findIndex((line) => form.test(line));
  if (begin < 0) return [];
  const rows = lines.slice(begin).map((line) => form.exec(line)?.groups).filter((row) =>
    row !== undefined
  );
  const thrown = /^.*\b(?:in|at) (?<file>(?:\/|[A-Z]:\\).*?)(?::|\()(?<line>\d+)\)?$/;
  const head = lines.slice(Math.max(0, begin - PHP_HEAD_LINES), begin)
    .map((line) => thrown.exec(line)?.groups).findLast((groups) => groups !== undefined);
  const places = [...head ? [head] : [], ...rows];
  const names = rows.slice(head ? 0 : 1).map(({ name = "" }) => phpName(name));
  return places.flatMap(({ file, line }, index) =>
    file === undefined ? [] : [frame({ name: names[index] ?? "", file, line })]
  );
}

function phpName(name: string): string {
  const last = name.split(/->|::|\\/).at(-1)!;
  return last.startsWith("{closure") ? "" : last;
}
