import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { dirname } from "node:path";
import { initProject } from "../../tools/init.ts";
import { PACKAGE, projectFiles, TESTED, VERSION } from "../../tools/project_files.ts";
import { type Ran, runDeno } from "../helpers/run_deno.ts";
import { ROOT, withToken } from "../helpers/start_app.ts";
import { environmentWithoutOurs, Running } from "../helpers/start_service.ts";
import { type TempFolder, tempFolder } from "../helpers/temp_folder.ts";
import { projectEnvironment } from "../helpers/project_environment.ts";
import { until } from "../helpers/until.ts";
import { useCheckout } from "../helpers/use_checkout.ts";

/** The longest name there may be, and one that a service cannot have: the made files are formatted with it too. */
const LONGEST = "a-project-with-a-name-that-is-the-longest";
const MODULE = "a_module_with_the_longest_name";

Deno.test("holdfast init makes a project whose gate passes as made and after deno task new", async (t) => {
  using folder = tempFolder();
  const made = await runDeno(["run", "-A", `${ROOT}cli.ts`, "init", LONGEST], folder.path);
  assertEquals(made.code, 0, made.output);
  const project = folder.at(LONGEST);
  useCheckout(project);

  await t.step("as made it is formatted and linted, and its tests pass", async () => {
    for (const args of [["fmt", "--check"], ["lint"], ["task", "test", "--no-check"]]) {
      passed(await runDeno(args, project));
    }
  });

  await t.step("after deno task new the whole gate passes", async () => {
    passed(await runDeno(["task", "new", MODULE], project));
    const gate = await new Deno.Command(`${project}/.ci/run`, {
      clearEnv: true,
      env: {
        ...projectEnvironment(),
        NO_COLOR: "1",
        PATH: `${dirname(Deno.execPath())}:${Deno.env.get("PATH")}`,
      },
    }).output();
    const output = new TextDecoder().decode(gate.stdout);
    assertEquals(gate.code, 0, output + new TextDecoder().decode(gate.stderr));
    assertMatch(output, /7 passed/);
    assertEquals(exists(`${project}/data`), false, "a test has written into the service's store");
  });
});

Deno.test("deno task start serves a made project: its route, its module, the board, the API", async () => {
  using project = makeProject();
  await using running = run("start", project);
  const url = await urlOf(running);
  assertEquals(await (await fetch(`${url}/`)).text(), "This is shop\n");
  const greeting = await (await fetch(`${url}/greetings?name=Ada`)).json();
  assertEquals(greeting.content, { greeting: "Good day, Ada" });
  const failure = await fetch(`${url}/fail`);
  await failure.body?.cancel();
  assertEquals(failure.status, 500);
  const token = tokenOf(project);
  const receipt = failure.headers.get("x-error-id");
  const error = await fetch(`${url}/holdfast/errors/${receipt}`, withToken(token));
  const { svc_name, route } = (await error.json()).content;
  assertEquals([svc_name, route], ["shop", "/fail"]);
  assertEquals(await statusOf(`${url}/board`, await signIn(url, token)), 200);
  running.kill("SIGTERM");
  assertEquals((await running.ended).code, 0, running.output);
});

Deno.test("under deno task dev a save keeps the session, the token and what is recorded, at the same port", async () => {
  using project = makeProject();
  const port = freePort();
  await using running = run("dev", project, { PORT: `${port}` });
  const url = await urlOf(running);
  const token = tokenOf(project);
  const session = await signIn(url, token);
  await (await fetch(`${url}/fail`)).body?.cancel();

  const main = project.at("main.ts");
  Deno.writeTextFileSync(main, Deno.readTextFileSync(main).replace("This is", "Saved is"));
  const serves = new RegExp(`serves at ${url}/`, "g");
  await until(() => running.output.match(serves)?.length === 2, { what: "it serves again" });

  assertEquals(await (await fetch(`${url}/`)).text(), "Saved is shop\n");
  assertEquals(tokenOf(project), token);
  const board = await fetch(`${url}/board`, { headers: { cookie: session }, redirect: "manual" });
  assertEquals(board.status, 200);
  assertStringIncludes(await board.text(), "Failed on purpose");
  assertEquals(/Cannot listen|Cannot open/.test(running.output), false, running.output);
  assertStringIncludes(running.output, "Stopped: requests are answered, the log is written out");
});

Deno.test("a start that cannot listen says why in one sentence", async () => {
  using project = makeProject();
  // A start that has no lock file yet also says what it fetches, whatever is cached.
  passed(await runDeno(["install", "--entrypoint", "main.ts"], project.path));
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  await using running = run("start", project, { PORT: `${port}` });
  assertEquals((await running.ended).code, 1);
  assertMatch(
    running.output,
    /^Cannot listen on 127\.0\.0\.1:\d+: another process listens there; set PORT to a free one\n$/,
  );
});

Deno.test("a folder that has something in it, a file and a call without a folder are refused in a sentence", async () => {
  using folder = tempFolder();
  Deno.mkdirSync(folder.at("full"));
  Deno.writeTextFileSync(folder.at("full/notes.txt"), "mine");
  const refusals: [string[], RegExp][] = [
    [["full"], /^full is not empty, notes\.txt is in it: nothing was made\n$/],
    [["full/notes.txt"], /^full\/notes\.txt is a file: name a new or an empty folder\n$/],
    [[], /^holdfast init DIR: /],
    [["a", "b"], /^holdfast init DIR: /],
  ];
  for (const [args, sentence] of refusals) {
    const { code, output } = await runDeno(
      ["run", "-A", `${ROOT}tools/init.ts`, ...args],
      folder.path,
    );
    assertMatch(output, sentence);
    assertEquals(code, 1);
  }
  assertEquals(Array.from(Deno.readDirSync(folder.at("full")), ({ name }) => name), ["notes.txt"]);
});

Deno.test("a folder with a repository and nothing else in it is empty enough", () => {
  using folder = tempFolder();
  Deno.mkdirSync(folder.at(".git"));
  initProject(folder.path);
  const { mode } = Deno.statSync(folder.at(".ci/run"));
  assertEquals((mode! & 0o777).toString(8), "755");
});

Deno.test("a project is named after its folder, whatever that is called", () => {
  using folder = tempFolder();
  const names = {
    "My Shop": "My-Shop",
    "Bücher & Co.": "B-cher-Co",
    "…": "my-service",
  };
  for (const [name, service] of Object.entries(names)) {
    initProject(folder.at(name));
    assertStringIncludes(
      Deno.readTextFileSync(folder.at(name, "main.ts")),
      `const SERVICE = "${service}";`,
    );
  }
});

Deno.test("a project starts with what the package is tested with, named once", () => {
  const { name, version, imports } = JSON.parse(Deno.readTextFileSync(`${ROOT}deno.json`));
  assertEquals([PACKAGE, VERSION], [name, version]);
  assertEquals([`npm:hono@${TESTED.hono}`, `npm:valibot@${TESTED.valibot}`], [
    imports.hono,
    imports.valibot,
  ]);
  assertStringIncludes(Deno.readTextFileSync(`${ROOT}.ci/run`), `deno@${TESTED.deno} `);
  const files = projectFiles("shop");
  assertEquals(Object.values(files).join("").split(`${PACKAGE}@${VERSION}`).length - 1, 1);
});

Deno.test("a project's container may do what its start task may, and fetches nothing at the start", () => {
  const files = projectFiles("shop");
  const [, entrypoint = ""] = /^ENTRYPOINT (.*)$/m.exec(files["Dockerfile"]!) ?? [];
  const words = JSON.parse(entrypoint).filter((word: string) => word !== "--cached-only");
  assertEquals(words.join(" "), JSON.parse(files["deno.json"]!).tasks.start);
});

/** A project named `shop` in a folder of its own. */
function makeProject(): TempFolder {
  const folder = tempFolder();
  const project = folder.at("shop");
  initProject(project);
  useCheckout(project);
  return { ...folder, path: project, at: (...names) => folder.at("shop", ...names) };
}

function passed({ code, output }: Ran): void {
  assertEquals(code, 0, output);
}

/** Runs the command of a task, without the shell between. */
function run(
  task: "start" | "dev",
  project: TempFolder,
  variables: Record<string, string> = {},
): Running & AsyncDisposable {
  const { tasks } = JSON.parse(Deno.readTextFileSync(project.at("deno.json")));
  const running = new Running(
    new Deno.Command(Deno.execPath(), {
      args: tasks[task].split(" ").slice(1),
      cwd: project.path,
      clearEnv: true,
      env: {
        ...environmentWithoutOurs(projectEnvironment()),
        NO_COLOR: "1",
        PORT: "0",
        ...variables,
      },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn(),
  );
  return Object.assign(running, {
    async [Symbol.asyncDispose]() {
      if (!running.hasEnded) running.kill("SIGKILL");
      await running.ended;
    },
  });
}

async function urlOf(running: Running): Promise<string> {
  const url = await until(
    () =>
      /serves at (http:\/\/[^\s/]+)\/[^]*Intake: \w+/.exec(running.output)?.[1] ?? running.hasEnded,
    { what: () => `the project serves; so far: ${running.output}` },
  );
  if (url === true) throw new Error(`The project ended: ${running.output}`);
  return url;
}

function tokenOf(project: TempFolder): string {
  return Deno.readTextFileSync(project.at("data/operator-token")).trim();
}

/** Gives the cookie. */
async function signIn(url: string, token: string): Promise<string> {
  const answer = await fetch(`${url}/board/sign-in`, {
    method: "POST",
    headers: { "sec-fetch-site": "same-origin" },
    body: new URLSearchParams({ token }),
    redirect: "manual",
  });
  await answer.body?.cancel();
  return answer.headers.get("set-cookie")?.split(";")[0] ?? "";
}

async function statusOf(url: string, cookie: string): Promise<number> {
  const answer = await fetch(url, { headers: { cookie }, redirect: "manual" });
  await answer.body?.cancel();
  return answer.status;
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return (listener.addr as Deno.NetAddr).port;
}

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}
