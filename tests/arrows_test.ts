import { assert, assertEquals } from "@std/assert";
import { forbiddenArrows, type GraphModule } from "./helpers/arrows.ts";

const ROOT = new URL("../", import.meta.url);
/** Where a process, a worker or a command begins. */
const ENTRIES = [
  "main.ts",
  "cli.ts",
  "holdfast.ts",
  "logtape.ts",
  "std_log.ts",
  "testing.ts",
  "config.ts",
  "client.ts",
  "logging/worker.ts",
];
/** Folders whose every file is looked at, whether an entry leads there or not. */
const ROOMS = ["modules", "logging", "store", "routes", "board", "tools"];

Deno.test("no room imports from another than the design allows", async (t) => {
  const roots = [...ENTRIES, ...ROOMS.flatMap((room) => [...sourcesIn(room)])];
  await t.step(`${roots.length} files`, async () => {
    const modules = await graphOf(roots);
    assert(modules.length >= roots.length);
    assertEquals(forbiddenArrows(modules, ROOT), []);
  });
});

Deno.test("the checker finds every arrow that is not allowed, and only those", () => {
  const graph: GraphModule[] = [
    from("main.ts", "holdfast.ts", "process/serve.ts", "modules/registry.ts"),
    from("main.ts", "routes/app.ts", "board/page.tsx", "tests/helpers/until.ts"),
    from("config.ts", "logging/record.ts"),
    from("modules/home.ts", "modules/failure.ts", "logging/mod.ts", "routes/app.ts"),
    from("logging/worker.ts", "logging/engine.ts", "config.ts", "modules/module.ts"),
    from("routes/app.ts", "modules/run.ts", "logging/mod.ts", "board/page.tsx", "config.ts"),
    from("board/page.tsx", "logging/mod.ts", "routes/app.ts", "modules/module.ts", "config.ts"),
    from("routes/body.ts", "tests/helpers/until.ts", "main.ts"),
    from("tests/x_test.ts", "main.ts", "routes/app.ts"),
    { specifier: "npm:/hono@4.13.19", dependencies: [{ code: { specifier: "node:fs" } }] },
    { specifier: `${ROOT.href}node_modules/x/routes.js`, dependencies: [to("logging/mod.ts")] },
  ];
  assertEquals(forbiddenArrows(graph, ROOT), [
    "main.ts → routes/app.ts",
    "main.ts → board/page.tsx",
    "main.ts → tests/helpers/until.ts",
    "config.ts → logging/record.ts",
    "modules/home.ts → logging/mod.ts",
    "modules/home.ts → routes/app.ts",
    "logging/worker.ts → config.ts",
    "logging/worker.ts → modules/module.ts",
    "routes/app.ts → config.ts",
    "board/page.tsx → routes/app.ts",
    "board/page.tsx → config.ts",
    "routes/body.ts → tests/helpers/until.ts",
    "routes/body.ts → main.ts",
  ]);
});

Deno.test("the checker sees imports of types too", () => {
  const arrow = { type: { specifier: `${ROOT.href}routes/app.ts` } };
  const graph = [{ specifier: `${ROOT.href}logging/mod.ts`, dependencies: [arrow] }];
  assertEquals(forbiddenArrows(graph, ROOT), ["logging/mod.ts → routes/app.ts"]);
});

function from(path: string, ...targets: string[]): GraphModule {
  return { specifier: ROOT.href + path, dependencies: targets.map(to) };
}

function to(path: string): { code: { specifier: string } } {
  return { code: { specifier: ROOT.href + path } };
}

/** All modules that the entries lead to, from one `deno info` over a module that imports them all. */
async function graphOf(entries: readonly string[]): Promise<GraphModule[]> {
  const source = entries.map((entry) => `import ${JSON.stringify(new URL(entry, ROOT).href)};`);
  const file = Deno.makeTempFileSync({ suffix: ".ts" });
  try {
    Deno.writeTextFileSync(file, source.join("\n"));
    const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["info", "--json", "--config", new URL("deno.json", ROOT).pathname, file],
    }).output();
    assert(success, new TextDecoder().decode(stderr));
    return JSON.parse(new TextDecoder().decode(stdout)).modules;
  } finally {
    Deno.removeSync(file);
  }
}

function* sourcesIn(folder: string): Generator<string> {
  const address = new URL(`${folder}/`, ROOT);
  let entries: Deno.DirEntry[];
  try {
    entries = [...Deno.readDirSync(address)];
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw error;
  }
  for (const { name, isDirectory } of entries) {
    const path = `${folder}/${name}`;
    if (isDirectory) yield* sourcesIn(path);
    else if (/\.tsx?$/.test(name)) yield path;
  }
}
