import { assert, assertEquals } from "@std/assert";
import { MAX_PACKAGE_BYTES } from "../../tools/release.ts";
import { pack, run } from "../../tools/pack.ts";
import { runDeno } from "../helpers/run_deno.ts";
import { ROOT } from "../helpers/start_app.ts";
import { type TempFolder, tempFolder } from "../helpers/temp_folder.ts";
import { startRegistry } from "./start_registry.ts";
import { failAndFind, start } from "./try_out.ts";

/** Of an earlier state of this package, whose projects must go on working. After a release: that release's. */
const BEFORE = { commit: "d0a0eb00c9d73f5f3720511a9368b6ed01c93a5f", version: "0.1.0" };
/** Newer than that, as the next release will be. */
const NOW = "0.1.1";
const PACKAGE = "@holdfast/holdfast";

Deno.test("the package from npm's registry", async (t) => {
  using folder = tempFolder();
  const now = await pack({ to: folder.path, root: ROOT, version: NOW });

  await t.step(
    "has all that runs, and no tests, docs or benches, in less than a megabyte",
    () => checkFiles(now),
  );

  await using registry = await startRegistry(folder.path);
  await registry.publish(await packBefore(folder));

  const project = makeFolder(folder, "project");
  // Deno looks for .npmrc beside a configuration.
  Deno.writeTextFileSync(`${project}/deno.json`, "{}");
  await t.step("holdfast init makes a project whose gate passes and which records", async () => {
    registry.use(project);
    const init = `npm:${PACKAGE}@${BEFORE.version}/cli`;
    await deno(["run", "--allow-read", "--allow-write", init, "init", "shop"], project);
    registry.use(`${project}/shop`);
    await deno(["task", "ok"], `${project}/shop`);
    await using shop = await start(Deno.execPath(), ["task", "start"], `${project}/shop`);
    await failAndFind(shop, { path: "/fail", api: "/holdfast", count: 1 });
  });

  await registry.publish(now);

  await t.step("the next version is one number: tests pass, and the store is kept", async () => {
    const shop = `${project}/shop`;
    const text = Deno.readTextFileSync(`${shop}/deno.json`);
    const bumped = text.replace(`${PACKAGE}@${BEFORE.version}`, `${PACKAGE}@${NOW}`);
    assert(bumped !== text, text);
    Deno.writeTextFileSync(`${shop}/deno.json`, bumped);
    await deno(["task", "ok"], shop);
    await using again = await start(Deno.execPath(), ["task", "start"], shop);
    await failAndFind(again, { path: "/fail", api: "/holdfast", count: 2 });
  });

  await t.step("deno add, four lines in a Hono app: a failure is on the board", async () => {
    const shop = makeFolder(folder, "app");
    registry.use(shop);
    // Not the one that the package was tested with: an app has its own.
    await deno(["add", `npm:${PACKAGE}`, "npm:hono@4.13.17"], shop);
    Deno.writeTextFileSync(`${shop}/main.ts`, APP);
    await deno(["check", "main.ts"], shop);
    await using app = await start(Deno.execPath(), ["run", "--allow-all", "main.ts"], shop);
    const answer = await fetch(`${app.url}/`);
    assertEquals(await answer.text(), "hello");
    await failAndFind(app, { path: "/orders/7", api: "", count: 1 });
  });

  await t.step("npx starts the service on a machine with Node alone", async () => {
    const empty = makeFolder(folder, "node");
    registry.use(empty);
    const args = ["--yes", `${PACKAGE}@${NOW}`, "start"];
    await using service = await start("npx", args, empty, npmOfItsOwn(folder));
    const answer = await fetch(`${service.url}/healthz`);
    await answer.body?.cancel();
    assertEquals(answer.status, 200);
  });
});

/** The README's example, and a route that fails. */
const APP = `import { Hono } from "hono";
import { holdfast } from "@holdfast/holdfast";

const hf = await holdfast({ service: "shop" });
const app = new Hono();
app.use(hf.middleware());
app.get("/", (c) => c.text("hello"));
app.get("/orders/:id", () => {
  throw new Error("no card");
});
app.route("/", hf.api());
app.route("/board", hf.board());
await hf.serve(app);
`;

async function checkFiles(file: string): Promise<void> {
  assert(Deno.statSync(file).size <= MAX_PACKAGE_BYTES);
  const list = await run("tar", { args: ["-tzf", file], cwd: "." });
  const names = list.trim().split("\n").map((name) => name.slice("package/".length));
  const tops = new Set(names.map((name) => name.split("/", 1)[0]!));
  assertEquals([...tops].sort(), [
    ...["CHANGELOG.md", "LICENSE", "README.md", "bin", "board", "cli.d.ts", "cli.js"],
    ...["client.d.ts", "client.js", "config", "config.d.ts", "config.js", "holdfast.d.ts"],
    ...["holdfast.js", "intake", "logging", "logtape.d.ts", "logtape.js", "main.js", "modules"],
    ...["package.json", "process", "routes", "std_log.d.ts", "std_log.js", "store"],
    ...["testing.d.ts", "testing.js", "tools"],
  ]);
  const sources = names.filter((name) => /(?<!\.d)\.tsx?$/.test(name));
  assertEquals(sources, [], "every module is JavaScript: what no entry leads to is left out");
  const lacking = ["logging/worker.js", ...besideFiles()].filter((name) => !names.includes(name));
  assertEquals(lacking, []);
  const text = await run("tar", { args: ["-xzOf", file, "package/package.json"], cwd: "." });
  const { bin, dependencies, peerDependencies } = JSON.parse(text);
  assertEquals(Object.keys(peerDependencies), ["hono"]);
  assertEquals(bin, { holdfast: "bin/holdfast.mjs" });
  const { imports } = JSON.parse(Deno.readTextFileSync(`${ROOT}deno.json`));
  const tested = Object.entries(dependencies).map(([name, version]) => `npm:${name}@${version}`);
  const packages = [
    ...["@bufbuild/protobuf", "@jridgewell/trace-mapping", "@tmcp/transport-http"],
    ...["@valibot/to-json-schema", "nodemailer", "pg", "tmcp", "valibot", "yauzl"],
  ];
  const wished = packages.map((name) => imports[name]);
  assertEquals(tested.sort(), wished.sort());
}

/** What is read beside the code. */
function besideFiles(): string[] {
  const folder = "board/assets";
  return Array.from(Deno.readDirSync(ROOT + folder), ({ name }) => `${folder}/${name}`);
}

/** In a clone without its history the present state stands in: then only the number changes. */
async function packBefore(folder: TempFolder): Promise<string> {
  const { success: isThere } = await new Deno.Command("git", {
    args: ["cat-file", "-e", `${BEFORE.commit}^{commit}`],
    cwd: ROOT,
    stderr: "null",
  }).output();
  if (!isThere) return await pack({ to: folder.path, root: ROOT, version: BEFORE.version });
  const root = makeFolder(folder, "before");
  const archive = folder.at("before.tar");
  await run("git", { args: ["archive", `--output=${archive}`, BEFORE.commit], cwd: ROOT });
  await run("tar", { args: ["-xf", archive], cwd: root });
  return await pack({ to: root, root, version: BEFORE.version });
}

function makeFolder(folder: TempFolder, name: string): string {
  const path = folder.at(name);
  Deno.mkdirSync(path);
  return path;
}

async function deno(args: string[], cwd: string): Promise<void> {
  const { code, output } = await runDeno(args, cwd);
  assertEquals(code, 0, `deno ${args.join(" ")}: ${output}`);
}

/** A cache with nothing of ours in it, and Deno, where it is on this machine: 92 MB. */
function npmOfItsOwn(folder: TempFolder): Record<string, string> {
  const cache = makeFolder(folder, "npm-cache");
  const { stdout } = new Deno.Command("npm", { args: ["config", "get", "cache"] }).outputSync();
  const usual = `${new TextDecoder().decode(stdout).trim()}/_npx`;
  Deno.mkdirSync(`${cache}/_npx`);
  for (const { name } of Deno.readDirSync(usual)) {
    Deno.symlinkSync(`${usual}/${name}`, `${cache}/_npx/${name}`);
  }
  return { NPM_CONFIG_CACHE: cache };
}
