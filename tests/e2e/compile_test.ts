import { assert, assertEquals, assertMatch } from "@std/assert";
import { Buffer } from "node:buffer";
import { ownModules } from "../helpers/own_modules.ts";
import { runDeno } from "../helpers/run_deno.ts";
import { OPERATOR_TOKEN, ROOT } from "../helpers/start_app.ts";
import {
  environmentWithoutOurs,
  Running,
  type Service,
  serviceOf,
  startArguments,
} from "../helpers/start_service.ts";
import { tempFolder } from "../helpers/temp_folder.ts";
import { until } from "../helpers/until.ts";

const { compile, tasks } = JSON.parse(Deno.readTextFileSync(`${ROOT}deno.json`));
/** Where its two threads begin. */
const ENTRIES = ["main.ts", "logging/worker.ts"];
/** Code that names a file beside it: `new URL("./worker.ts", import.meta.url)`. */
const BESIDE = /new URL\(\s*["`]([^"`$]+)[^"`]*["`],\s*import\.meta\.url/g;

Deno.test("the binary may do what the start task may, and is told so when it is made", () => {
  const [, ...flags] = tasks.compile.split(" ").slice(1);
  assertEquals(
    flags.filter((flag: string) => !flag.startsWith("--output=")),
    startArguments().slice(1),
  );
});

Deno.test("whatever file the service reads beside its code is named for the binary", async () => {
  const read = (await ownModules(ENTRIES)).flatMap((path) =>
    Array.from(
      Deno.readTextFileSync(`${ROOT}${path}`).matchAll(BESIDE),
      ([, relative = ""]) => new URL(relative, `file:///${path}`).pathname.slice(1),
    )
  ).filter((path) => path !== "");
  assertEquals([...new Set(read)].sort(), compile.include.toSorted());
});

Deno.test("the files that a binary holds are all that the service needs: it answers, records and stops with nothing beside them", async () => {
  using folder = tempFolder();
  for (const path of await embeddedFiles()) {
    Deno.mkdirSync(folder.at(path, ".."), { recursive: true });
    Deno.copyFileSync(`${ROOT}${path}`, folder.at(path));
  }
  for (const path of ["deno.json", "deno.lock"]) {
    Deno.copyFileSync(`${ROOT}${path}`, folder.at(path));
  }
  await using service = await start(Deno.execPath(), { args: startArguments(), cwd: folder.path });
  await tryOut(service);
});

Deno.test("deno compile puts the worker and the board's files into the binary", async () => {
  using folder = tempFolder();
  const binary = folder.at("holdfast");
  // The part that runs them is `denort`, which has to be downloaded; here this very Deno stands for it.
  const ran = await runDeno(compileArguments(binary), ROOT, { DENORT_BIN: Deno.execPath() });
  assertEquals(ran.code, 0, ran.output);
  const bytes = Deno.readFileSync(binary);
  const lacking = compile.include.flatMap(filesIn).filter((path: string) => !holds(bytes, path));
  assertEquals(lacking, []);
});

const noDenort = whyNoDenort();
Deno.test({
  name: "the binary answers a request, records a failure, shows the board and stops on SIGTERM" +
    (noDenort ? ` (skipped, because ${noDenort})` : ""),
  ignore: noDenort !== undefined,
  fn: async () => {
    using folder = tempFolder();
    const binary = folder.at("holdfast");
    const ran = await runDeno(compileArguments(binary), ROOT);
    assertEquals(ran.code, 0, ran.output);
    await using service = await start(binary, { args: [], cwd: folder.path });
    await tryOut(service);
  },
});

/** As the task has it, with another place for the binary. */
function compileArguments(output: string): string[] {
  return tasks.compile.replace(/--output=\S+/, `--output=${output}`).split(" ").slice(1);
}

async function start(
  program: string,
  { args, cwd }: { args: string[]; cwd: string },
): Promise<Service> {
  const env = { ...environmentWithoutOurs(), PORT: "0", OPERATOR_TOKEN };
  const pipes = { stdin: "null", stdout: "piped", stderr: "piped" } as const;
  const process = new Deno.Command(program, { args, cwd, clearEnv: true, env, ...pipes }).spawn();
  const storeUrl = "sqlite:./data/holdfast.db";
  return await serviceOf(new Running(process), { storeUrl, release() {} });
}

/** Everything that needs a file: the worker, a migration, the board's style and script. */
async function tryOut(service: Service): Promise<void> {
  const { error_id } = await (await service.fetch("/fail?how=throw")).json();
  const content = await until(async () => {
    const answer = await service.fetch(`/?query_content=${error_id}&user_type=guest`);
    return (await answer.json()).content.state;
  }, { what: "the failure can be looked up" });
  assertEquals(content, "open");
  const page = await (await service.fetch("/board")).text();
  const assets = new Set(page.match(/\/board\/assets\/[\w.-]+/g));
  assert(assets.size > 0, page);
  for (const path of assets) {
    const response = await service.fetch(path);
    assertEquals(response.status, 200);
    assert((await response.text()).length > 0);
  }
  service.kill("SIGTERM");
  assertEquals(await service.ended, { code: 0, signal: null });
  assertMatch(service.output, /"message":"Stopped/);
}

/** The modules that `main.ts` leads to, and what deno.json adds. */
async function embeddedFiles(): Promise<string[]> {
  return [...new Set([...await ownModules(ENTRIES), ...compile.include.flatMap(filesIn)])];
}

function filesIn(path: string): string[] {
  if (!path.endsWith("/")) return [path];
  return Array.from(Deno.readDirSync(`${ROOT}${path}`)).flatMap(({ name, isDirectory }) =>
    filesIn(`${path}${name}${isDirectory ? "/" : ""}`)
  );
}

/** Whether the file's text is in the binary. */
function holds(binary: Uint8Array, path: string): boolean {
  return Buffer.from(binary.buffer).includes(Deno.readTextFileSync(`${ROOT}${path}`));
}

/** Only looked for, never downloaded: a test must not wait for the network. */
function whyNoDenort(): string | undefined {
  const given = Deno.env.get("DENORT_BIN");
  if (given !== undefined) return undefined;
  const { denoDir } = JSON.parse(
    new TextDecoder().decode(
      new Deno.Command(Deno.execPath(), { args: ["info", "--no-config", "--json"] }).outputSync()
        .stdout,
    ),
  );
  const path = `${denoDir}/dl/release/v${Deno.version.deno}/denort-${Deno.build.target}.zip`;
  try {
    Deno.statSync(path);
  } catch {
    return `denort ${Deno.version.deno} is not in Deno's cache: deno task compile fetches it`;
  }
}
