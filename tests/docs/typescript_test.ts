import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { addModule } from "../../tools/new.ts";
import { copyTree } from "../helpers/copy_tree.ts";
import { runDeno } from "../helpers/run_deno.ts";
import { type Block, blocks, documentPaths, readDocument } from "./documents.ts";

Deno.test("the module that the docs make passes the test that the docs write", async () => {
  const document = readDocument("docs/modules.md");
  const [module, test] = ["ts module", "ts test"].map((info) => blocks(document, info)[0]) as [
    Block,
    Block,
  ];
  const name = module.info.split(" ").at(-1)!;
  using copy = copyTree();
  addModule(name, copy.path);
  await Deno.writeTextFile(copy.at(`modules/${name}.ts`), module.text);
  await Deno.writeTextFile(copy.at(`tests/modules/${name}_test.ts`), test.text);

  const format = await runDeno(["fmt", "--check", "modules", "tests/modules"], copy.path);
  assertEquals(format.code, 0, format.output);
  const { code, output } = await runDeno(["test", "--allow-all", "tests/modules"], copy.path);
  assertEquals(code, 0, output);
  assertMatch(output, /3 passed/);
});

Deno.test("the lines that the docs show of a fingerprint are right TypeScript", async () => {
  const [example] = blocks(readDocument("docs/errors.md"), "ts errors");
  assertStringIncludes(example?.text ?? "", "fingerprint:");
  using copy = copyTree();
  await Deno.writeTextFile(
    copy.at("example.ts"),
    [
      `import type { Logger } from "./logging/mod.ts";`,
      `export function example(log: Logger, error: unknown, file: { kind: string }): void {`,
      `${example?.text}}`,
    ].join("\n"),
  );
  const { code, output } = await runDeno(["check", "example.ts"], copy.path);
  assertEquals(code, 0, output);
});

Deno.test("no TypeScript of the docs goes unchecked", () => {
  const checked = ["ts module greetings", "ts test greetings", "ts errors", "ts std-log"];
  const shown = documentPaths().flatMap((path) => blocks(readDocument(path), "ts"));
  assertEquals(shown.map(({ info }) => info).sort(), checked.sort());
});
