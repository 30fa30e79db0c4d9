import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { runDeno } from "../helpers/run_deno.ts";
import { OPERATOR_TOKEN, ROOT } from "../helpers/start_app.ts";
import { environmentWithoutOurs, Running } from "../helpers/start_service.ts";
import { tempFolder } from "../helpers/temp_folder.ts";
import { projectEnvironment } from "../helpers/project_environment.ts";
import { until } from "../helpers/until.ts";

/** One for each reader, and what a stranger asks it first. */
const EXAMPLES = [
  { name: "existing-app", path: "/static/shop.css", answers: "font-family" },
  { name: "api", path: "/hello", answers: "hello" },
  { name: "other-services", path: "/healthz", answers: "return" },
];

Deno.test("there are no other examples", () => {
  const folders = Array.from(Deno.readDirSync(`${ROOT}examples`)).filter((entry) =>
    entry.isDirectory
  );
  assertEquals(folders.map(({ name }) => name).sort(), EXAMPLES.map(({ name }) => name).sort());
});

for (const { name, path, answers } of EXAMPLES) {
  const folder = `${ROOT}examples/${name}`;

  // Types: `deno check .` of the whole, and below.
  Deno.test(`examples/${name} passes its own tests`, async () => {
    const { code, output } = await runDeno(["task", "test", "--no-check"], folder);
    assertEquals(code, 0, output);
    assertMatch(output, /[1-9]\d* passed .* 0 failed/);
  });

  Deno.test(`examples/${name} starts by its own task, serves, and ends when told to`, async () => {
    using data = tempFolder();
    const { tasks } = JSON.parse(withoutComments(Deno.readTextFileSync(`${folder}/deno.json`)));
    const process = new Running(
      new Deno.Command(Deno.execPath(), {
        args: tasks.start.split(" ").slice(1),
        cwd: folder,
        clearEnv: true,
        env: {
          ...environmentWithoutOurs(projectEnvironment()),
          PORT: "0",
          OPERATOR_TOKEN,
          STORE_URL: `sqlite:${data.at("holdfast.db")}`,
        },
        stdin: "null",
        stdout: "piped",
        stderr: "piped",
      }).spawn(),
    );
    try {
      const url = await until(
        () => /serves at (http:\S+)\//.exec(process.output)?.[1] ?? process.hasEnded,
        { what: () => `${name} serves; so far: ${process.output}` },
      );
      assert(typeof url === "string", process.output);
      assertStringIncludes(await (await fetch(url + path)).text(), answers);
      const board = await fetch(`${url}/board`);
      assertStringIncludes(await board.text(), "Sign in");
      process.kill("SIGTERM");
      assertEquals((await process.ended).code, 0, process.output);
      // Nothing is left for the next start to store: a good end is no failure.
      const left = Array.from(Deno.readDirSync(data.path), ({ name }) => name).toSorted();
      assertEquals(left.filter((name) => name !== "intake-key"), ["holdfast.db"]);
    } finally {
      if (!process.hasEnded) process.kill("SIGKILL");
      await process.ended;
    }
  });
}

Deno.test("the library is typed under an app's own compiler options, which know no JSX", async () => {
  const { code, output } = await runDeno(["check", "."], `${ROOT}examples/existing-app`);
  assertEquals(code, 0, output);
});

function withoutComments(text: string): string {
  return text.replace(/^\s*\/\/.*$/gm, "");
}
