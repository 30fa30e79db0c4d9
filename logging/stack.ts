/**
 * Stack texts into frames.
 *
 * @module
 */

/** One frame of a stack. */
export interface Frame {
  /** Last segment of the function's name, without `async`, `new` and `Module.`; empty when it has none. */
  function: string;
  /** Path or address as in the stack, without `file://`. */
  file: string;
  /** From 1; 0 where the stack has none. */
  line: number;
  /** From 1; 0 where the stack has none. */
  column: number;
  /** True for the application's own code, false for libraries and the engine. */
  inApp: boolean;
}

/** Where the application's own code is. */
export interface StackOptions {
  /** Folder of the application, path or `file:` address; without one, all that is no library is its own. */
  root?: string;
}

/** Lines are cut before any expression looks at them. */
const MAX_LINE_CHARS = 1024;
/** Engines keep ten frames; Python and Java some hundreds. */
const MAX_LINES = 300;

/** A line form of one engine or language. Groups: function, file, line, column. */
interface Form {
  line: RegExp;
  /** True when the line that threw comes last. */
  oldestFirst?: boolean;
}

const FORMS: readonly Form[] = [
  // V8: `at async Home.run (file:///app/home.ts:3:5)`, `at async file:///app/home.ts:3:5`.
  {
    line: /^\s*at (?:async )?(?:(?<fn>.*?) \()?(?<file>[^()\s][^()]*?):(?<row>\d+):(?<col>\d+)\)?$/,
  },
  // Java: `at com.acme.Home.run(Home.java:42)`.
  { line: /^\s*at (?<fn>[\w.$<>/]+)\((?<file>[\w.$-]+):(?<row>\d+)\)$/ },
  // Firefox and Safari: `run@https://acme.org/home.js:3:5`.
  { line: /^(?<fn>[^@]*)@(?<file>.+?):(?<row>\d+):(?<col>\d+)$/ },
  // Python: `File "/app/home.py", line 3, in run`.
  {
    line: /^\s*File "(?<file>[^"]+)", line (?<row>\d+)(?:, in (?<fn>.+))?$/,
    oldestFirst: true,
  },
  // Go: the function's line, then `\t/app/home.go:42 +0x1d`; joined by joinGoLines().
  { line: /^(?<fn>[\w./*()-]+)\([^()]*\) @ (?<file>\/[^:]+):(?<row>\d+)(?: \+0x[0-9a-f]+)?$/ },
];

const LIBRARY =
  /^(?:npm|jsr|node|ext|https?|data|blob|deno|internal):|^native$|^<|^\[|\/node_modules\/|\/site-packages\/|\/dist-packages\/|\/lib\/python\d|\/usr\/local\/go\/src\/|\/go\/pkg\/mod\//;
const JAVA_LIBRARY =
  /^(?:java|javax|jdk|sun|com\.sun|kotlin|scala|org\.(?:springframework|apache))\./;

/**
 * The frames of a stack text, the nearest to the throw first. Knows V8, Firefox and Safari, Java, Python
 * and Go; other texts have no frames. Lines of the message are no frames of V8's stacks.
 */
export function parseStack(stack: string, options: StackOptions = {}): Frame[] {
  const lines = stack.split("\n", MAX_LINES).map((line) => line.slice(0, MAX_LINE_CHARS).trimEnd());
  const root = options.root === undefined ? undefined : asFolder(options.root);
  for (const { line: form, oldestFirst } of FORMS) {
    const frames = joinGoLines(lines).flatMap((line) => {
      const groups = form.exec(line)?.groups;
      return groups ? [frameOf(groups, root)] : [];
    });
    if (frames.length > 0) return oldestFirst ? frames.reverse() : frames;
  }
  return [];
}

/** A root as a path that ends in a slash. */
export function asFolder(root: string): string {
  return `${pathOf(root).replace(/\/+$/, "")}/`;
}

function joinGoLines(lines: string[]): string[] {
  return lines.map((line, index) => {
    const next = lines[index + 1] ?? "";
    return next.startsWith("\t/") ? `${line.trim()} @ ${next.trim()}` : line;
  });
}

function frameOf(groups: Record<string, string | undefined>, root: string | undefined): Frame {
  const name = groups.fn ?? "";
  const isJava = groups.col === undefined && /^[^/]+\.(?:java|kt|scala)$/.test(groups.file ?? "");
  const file = isJava ? javaFile(name, groups.file ?? "") : pathOf(groups.file ?? "");
  const isLibrary = isJava ? JAVA_LIBRARY.test(name) : LIBRARY.test(groups.file ?? "");
  return {
    function: shortName(name),
    file,
    line: Number(groups.row ?? 0),
    column: Number(groups.col ?? 0),
    inApp: !isLibrary && (root === undefined || file.startsWith(root)),
  };
}

/** `com.acme.Home.run` in `Home.java` → `com/acme/Home.java`. */
function javaFile(name: string, file: string): string {
  const packages = name.split(".").slice(0, -2);
  return [...packages, file].join("/");
}

function pathOf(file: string): string {
  return file.replace(/^file:\/\//, "").replaceAll("\\", "/");
}

/** `async Module.run` → `run`, `Home.#find [as find]` → `#find`, `load/<` (Firefox) → `load`. */
function shortName(name: string): string {
  const bare = name
    .replace(/ \[as [^\]]*\]$/, "")
    .replace(/^(?:async\*|async |new |get |set )+/, "")
    .replace(/[/<]+$/, "");
  const last = bare.slice(bare.lastIndexOf(".") + 1).replace(/[()*]/g, "");
  return last === "<anonymous>" || last.startsWith("<") ? "" : last;
}
