/** A module and what it imports, as `deno info --json` tells. */
export interface GraphModule {
  /** Its address. */
  specifier: string;
  /** What it imports. */
  dependencies?: { code?: { specifier?: string }; type?: { specifier?: string } }[];
}

/** Which room may import from which others, as `docs/architecture.md` has it; within a room anything goes. */
export const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  cli: ["main", "tools"],
  main: ["holdfast", "modules", "process"],
  holdfast: ["config", "process", "routes", "board", "logging", "modules"],
  logtape: ["logging"],
  std_log: ["logging"],
  testing: ["holdfast"],
  process: ["config", "logging", "store"],
  config: ["store"],
  store: [],
  modules: ["store"],
  intake: ["store"],
  logging: ["intake", "store"],
  routes: ["intake", "modules", "logging", "board", "store"],
  board: ["logging", "modules", "store"],
  client: ["modules", "store"],
  tools: ["config", "logging", "store", "modules", "client"],
  bench: ["config", "intake", "logging", "store", "modules", "routes", "board", "main", "tests"],
  tests: [
    "config",
    "intake",
    "logging",
    "store",
    "modules",
    "routes",
    "board",
    "main",
    "process",
    "bench",
    "tools",
  ],
};

/** Every import that the design does not allow, as `routes/app.ts → tests/x.ts`. */
export function forbiddenArrows(modules: readonly GraphModule[], root: URL): string[] {
  return modules.flatMap(({ specifier, dependencies = [] }) => {
    const from = pathIn(root, specifier);
    if (from === undefined) return [];
    return dependencies
      .flatMap(({ code, type }) => [code?.specifier, type?.specifier])
      .map((target) => target === undefined ? undefined : pathIn(root, target))
      .filter((to) => to !== undefined && !isAllowed(from, to))
      .map((to) => `${from} → ${to}`);
  });
}

function isAllowed(from: string, to: string): boolean {
  const [fromRoom, toRoom] = [roomOf(from), roomOf(to)];
  if (fromRoom === toRoom) return true;
  return ALLOWED[fromRoom]?.includes(toRoom) ?? false;
}

function roomOf(path: string): string {
  return path.includes("/") ? path.slice(0, path.indexOf("/")) : path.replace(/\.tsx?$/, "");
}

/** The path below the root; undefined for packages and the runtime's own modules. */
function pathIn(root: URL, specifier: string): string | undefined {
  if (!specifier.startsWith(root.href)) return undefined;
  const path = specifier.slice(root.href.length);
  return path.startsWith("node_modules/") ? undefined : path;
}
