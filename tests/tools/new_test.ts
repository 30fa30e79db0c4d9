import { assertEquals, assertMatch, assertStringIncludes, assertThrows } from "@std/assert";
import { ToolError } from "../../tools/help.ts";
import { addModule, register } from "../../tools/new.ts";
import { copyTree, copyTreeTo } from "../helpers/copy_tree.ts";
import { runDeno } from "../helpers/run_deno.ts";
import { ROOT } from "../helpers/start_app.ts";
import { startArguments } from "../helpers/start_service.ts";
import { tempFolder } from "../helpers/temp_folder.ts";
import { urlIn } from "../helpers/url_in.ts";

/** The longest name there may be: the made files are formatted with it too. */
const LONGEST = "a_module_with_the_longest_name";

Deno.test("deno task new makes a module that passes its test and answers", async (t) => {
  using copy = copyTree();
  const registryBefore = Deno.readTextFileSync(copy.at("modules/registry.ts"));
  const made = await runDeno(["task", "new", "greetings"], copy.path);
  assertEquals(made.code, 0, made.output);
  assertStringIncludes(
    made.output,
    "Made modules/greetings.ts and tests/modules/greetings_test.ts",
  );
  addModule(LONGEST, copy.path);

  await t.step("what it made is formatted, linted, typed and documented", async () => {
    for (const command of [["fmt", "--check"], ["lint"], ["check"]]) {
      const { code, output } = await runDeno([...command, "modules", "tests/modules"], copy.path);
      assertEquals(code, 0, output);
    }
    const { tasks } = JSON.parse(Deno.readTextFileSync(copy.at("deno.json")));
    const [, documented = ""] = /deno doc --lint (.*?) &&/.exec(tasks.ok) ?? [];
    const made = ["modules/greetings.ts", `modules/${LONGEST}.ts`];
    const paths = [...documented.split(" "), ...made];
    const { code, output } = await runDeno(["doc", "--lint", ...paths], copy.path);
    assertEquals(code, 0, output);
  });

  await t.step("its test passes", async () => {
    const test = "tests/modules/greetings_test.ts";
    const { code, output } = await runDeno(["test", "--allow-all", "--no-check", test], copy.path);
    assertEquals(code, 0, output);
    assertMatch(output, /2 passed/);
  });

  await t.step("the service answers at its route", async () => {
    const process = new Deno.Command(Deno.execPath(), {
      args: startArguments(),
      cwd: copy.path,
      env: { HOST: "127.0.0.1", LOG_CONSOLE: "json", PORT: "0", STORE_URL: "memory:" },
      stdin: "null",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    const url = await urlIn(process.stdout);
    const response = await fetch(`${url}/greetings?query_content=hello`);
    const { content, status } = await response.json();
    assertEquals([content, status], [{ query_content: "hello" }, 200]);
    process.kill("SIGTERM");
    assertEquals((await process.status).code, 0);
  });

  await t.step("the package's tests meet it neither in its list nor in a copy", async () => {
    const registry = `import { modules, ownModules } from "${copy.path}/modules/registry.ts";
      console.log([modules, ownModules].map((list) => list.some(({ name }) => name === "/greetings")).join());`;
    const { stdout } = await runDeno(["eval", registry], copy.path);
    assertEquals(stdout, "false,true\n");
    using other = tempFolder();
    copyTreeTo(other.path, `${copy.path}/`);
    assertEquals(Deno.readTextFileSync(other.at("modules/registry.ts")), registryBefore);
    assertEquals(addModule("greetings", other.path).length, 3);
  });

  await t.step("the same name a second time is refused and changes nothing", async () => {
    const before = Deno.readTextFileSync(copy.at("modules/registry.ts"));
    const { code, output } = await runDeno(["task", "new", "greetings"], copy.path);
    assertEquals(code, 1);
    assertStringIncludes(output, "modules/greetings.ts exists already: nothing was changed");
    assertEquals(Deno.readTextFileSync(copy.at("modules/registry.ts")), before);
  });
});

Deno.test("a name that cannot be had is refused in one sentence", () => {
  using folder = tempFolder();
  Deno.mkdirSync(folder.at("modules"));
  for (const file of Deno.readDirSync(`${ROOT}modules`)) {
    Deno.copyFileSync(`${ROOT}modules/${file.name}`, folder.at("modules", file.name));
  }
  const cases: [string, RegExp][] = [
    ["", /must be 1 to 30 lower-case letters/],
    ["Orders", /must be 1 to 30 lower-case letters.*got "Orders"/],
    ["order-items", /words joined by _/],
    ["../evil", /must be 1 to 30/],
    ["a".repeat(31), /must be 1 to 30/],
    ["class", /means something else/],
    ["define_module", /means something else/],
    ["readyz", /route of the service/],
    ["home", /modules\/home\.ts exists already/],
    ["registry", /modules\/registry\.ts exists already/],
    ["list_errors", /modules\/errors\.ts exports listErrors already/],
  ];
  for (const [name, sentence] of cases) {
    const error = assertThrows(() => addModule(name, folder.path), ToolError);
    assertMatch((error as Error).message, sentence);
  }
  assertEquals(
    Deno.readTextFileSync(folder.at("modules/registry.ts")),
    Deno.readTextFileSync(`${ROOT}modules/registry.ts`),
  );
});

Deno.test("a module is added to the registry once", () => {
  const source = Deno.readTextFileSync(`${ROOT}modules/registry.ts`);
  const once = register(source, LONGEST);
  assertStringIncludes(once, `import { aModuleWithTheLongestName } from "./${LONGEST}.ts";\n`);
  assertStringIncludes(once, "  aModuleWithTheLongestName,\n] as const;");
  assertEquals(register(once, LONGEST), once);
});
