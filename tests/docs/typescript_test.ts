import { assert, assertEquals, assertMatch } from "@std/assert";
import { addModule } from "../../tools/new.ts";
import { copyTree } from "../helpers/copy_tree.ts";
import { runDeno } from "../helpers/run_deno.ts";
import { type Block, blocks, documentPaths, readDocument } from "./documents.ts";

Deno.test("the TypeScript of the docs is right", async (t) => {
  using copy = copyTree();
  const document = readDocument("docs/modules.md");
  addModule("greetings", copy.path);
  write(copy.at("modules/greetings.ts"), blocks(document, "ts module greetings"));
  write(copy.at("tests/modules/greetings_test.ts"), blocks(document, "ts test greetings"));
  write(copy.at("example.ts"), blocks(readDocument("docs/errors.md"), "ts errors"), {
    before: `import type { Logger } from "./logging/mod.ts";
export function example(log: Logger, error: unknown, file: { kind: string }): void {`,
    after: "}",
  });

  write(copy.at("client_example.ts"), blocks(readDocument("docs/http-api.md"), "ts client"));

  await t.step("it is typed", async () => {
    const { code, output } = await runDeno([
      "check",
      "tests/modules",
      "example.ts",
      "client_example.ts",
    ], copy.path);
    assertEquals(code, 0, output);
  });

  await t.step("the module is formatted, and passes the test that is written for it", async () => {
    const format = await runDeno(["fmt", "--check", "modules", "tests/modules"], copy.path);
    assertEquals(format.code, 0, format.output);
    const args = ["test", "--allow-all", "--no-check", "tests/modules"];
    const { code, output } = await runDeno(args, copy.path);
    assertEquals(code, 0, output);
    assertMatch(output, /3 passed/);
  });
});

Deno.test("no TypeScript of the docs goes unchecked", () => {
  const checked = [
    "ts module greetings",
    "ts test greetings",
    "ts errors",
    "ts std-log",
    "ts client",
  ];
  const shown = documentPaths().flatMap((path) => blocks(readDocument(path), "ts"));
  assertEquals(shown.map(({ info }) => info).sort(), checked.sort());
});

function write(path: string, [block]: Block[], { before = "", after = "" } = {}): void {
  assert(block !== undefined, path);
  Deno.writeTextFileSync(path, [before, block?.text, after].filter(Boolean).join("\n"));
}
