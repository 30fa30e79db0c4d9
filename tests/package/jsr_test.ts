import { assert, assertEquals } from "@std/assert";
import { run } from "../../tools/pack.ts";
import { runDeno } from "../helpers/run_deno.ts";
import { ROOT } from "../helpers/start_app.ts";
import { tempFolder } from "../helpers/temp_folder.ts";
import { failAndFind, start } from "./try_out.ts";

/** The package's files as JSR takes them. */
async function publishedFiles(): Promise<string[]> {
  const { code, output } = await runDeno(["publish", "--dry-run", "--allow-dirty"], ROOT);
  assertEquals(code, 0, output);
  const here = new URL(`file://${ROOT}`).href;
  return Array.from(output.matchAll(/^\s+(file:\S+) \(/gm), ([, url]) => url!.slice(here.length));
}

Deno.test("what JSR takes runs from addresses: worker, schema and board, whatever the app's JSX is", async () => {
  const files = new Set(await publishedFiles());
  assert(files.has("holdfast.ts") && files.has("board/assets/base.css"), [...files].join());
  const others = [...files].filter((path) => /^(tests|docs|bench|\.ci)\//.test(path));
  assertEquals(others, []);

  using folder = tempFolder();
  const { imports } = JSON.parse(Deno.readTextFileSync(`${ROOT}deno.json`));
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    const path = new URL(request.url).pathname.slice(1);
    if (!files.has(path)) return new Response(null, { status: 404 });
    return new Response(Deno.readFileSync(ROOT + path));
  });
  const { port } = server.addr;
  Deno.writeTextFileSync(
    folder.at("deno.json"),
    JSON.stringify({
      // JSR itself puts the packages' names in place of these; the app needs none of them there.
      imports: { ...imports, "@holdfast/holdfast": `http://127.0.0.1:${port}/holdfast.ts` },
      compilerOptions: { jsx: "react", jsxFactory: "h", jsxFragmentFactory: "Fragment" },
      lock: false,
    }),
  );
  Deno.writeTextFileSync(folder.at("main.ts"), APP);
  try {
    await using app = await start(
      Deno.execPath(),
      ["run", "--allow-all", "main.ts"],
      folder.path,
    );
    await failAndFind(app, { path: "/orders/7", api: "", count: 1 });
  } finally {
    await forget(port);
  }
});

const APP = `import { Hono } from "hono";
import { holdfast } from "@holdfast/holdfast";

const hf = await holdfast({ service: "shop" });
const app = new Hono();
app.use(hf.middleware());
app.get("/orders/:id", () => {
  throw new Error("no card");
});
app.route("/", hf.api());
app.route("/board", hf.board());
await hf.serve(app);
`;

/** What Deno keeps of a server that is gone helps nobody. */
async function forget(port: number): Promise<void> {
  const text = await run(Deno.execPath(), { args: ["info", "--json"], cwd: ROOT });
  const { modulesCache } = JSON.parse(text);
  Deno.removeSync(`${modulesCache}/http/127.0.0.1_PORT${port}`, { recursive: true });
}
