import { assert, assertEquals, assertMatch } from "@std/assert";
import { initProject } from "../../tools/init.ts";
import { runDeno } from "../helpers/run_deno.ts";
import { tempFolder } from "../helpers/temp_folder.ts";
import { useCheckout } from "../helpers/use_checkout.ts";
import { type Block, blocks, documentPaths, readDocument } from "./documents.ts";

Deno.test("the TypeScript of the docs is right, in a project of one's own", async (t) => {
  using folder = tempFolder();
  initProject(folder.path);
  useCheckout(folder.path);
  const document = readDocument("docs/modules.md");
  write(folder.at("modules/greetings.ts"), blocks(document, "ts module greetings"));
  write(folder.at("tests/modules/greetings_test.ts"), blocks(document, "ts test greetings"));
  write(folder.at("errors.ts"), blocks(readDocument("docs/errors.md"), "ts errors"), {
    before: `import type { Logger } from "@holdfast/holdfast";
export function example(log: Logger, error: unknown, file: { kind: string }): void {`,
    after: "}",
  });
  write(folder.at("client.ts"), blocks(readDocument("docs/http-api.md"), "ts client"));

  await t.step("it is typed", async () => {
    const { code, output } = await runDeno(["check", "."], folder.path);
    assertEquals(code, 0, output);
  });

  await t.step("the module is formatted, and passes the test that is written for it", async () => {
    const format = await runDeno(["fmt", "--check", "modules", "tests"], folder.path);
    assertEquals(format.code, 0, format.output);
    const args = ["test", "--allow-all", "--no-check", "tests/modules"];
    const { code, output } = await runDeno(args, folder.path);
    assertEquals(code, 0, output);
    assertMatch(output, /3 passed/);
  });
});

Deno.test("holdfast init prints what its page shows", () => {
  using folder = tempFolder();
  const [block] = blocks(readDocument("docs/start-an-api.md"), "console init");
  const printed = initProject(folder.at("my-api")).join("\n").replaceAll(`${folder.path}/`, "");
  assertEquals(block?.text.split("\n").slice(1).join("\n").trimEnd(), printed);
});

Deno.test("no TypeScript of the docs goes unchecked", () => {
  const checked = [
    "ts module greetings",
    "ts test greetings",
    "ts errors",
    "ts std-log",
    "ts client",
  ];
  const shown = documentPaths().flatMap((path) => blocks(readDocument(path), "ts"))
    // `recipes_test.ts` runs these.
    .filter(({ info }) => !info.startsWith("ts recipe "));
  assertEquals(shown.map(({ info }) => info).sort(), checked.sort());
});

function write(path: string, [block]: Block[], { before = "", after = "" } = {}): void {
  assert(block !== undefined, path);
  Deno.writeTextFileSync(path, [before, block?.text, after].filter(Boolean).join("\n"));
}
