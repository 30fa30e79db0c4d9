import { assertEquals, assertStringIncludes } from "@std/assert";
import { initProject } from "../../tools/init.ts";
import { PACKAGE, VERSION } from "../../tools/project_files.ts";
import { copyTree } from "../helpers/copy_tree.ts";
import { runDeno } from "../helpers/run_deno.ts";
import { tempFolder } from "../helpers/temp_folder.ts";
import { useCheckout } from "../helpers/use_checkout.ts";

const NEXT = "99.0.0";
/** Records one failure, and tells how many the store of the project has of it, and since which version. */
const PROGRAM = `import * as library from "${PACKAGE}";
const hf = await library.holdfast({ logConsole: "off", storeUrl: "sqlite:data/shop.db" });
await hf.ready;
hf.capture(new Error("no card"));
await hf.flush();
const { items } = await hf.store.listErrors({ limit: 2 });
await hf.close();
console.log(items.map(({ message, count }) => message + " " + count).join(), "since" in library);
`;

Deno.test("a project upgrades by one version number: its tests pass, and what was recorded is there", async (t) => {
  using folder = tempFolder();
  const project = folder.at("shop");
  initProject(project);
  useCheckout(project);
  Deno.writeTextFileSync(`${project}/program.ts`, PROGRAM);
  const run = async (...args: string[]) => {
    const { code, output } = await runDeno(args, project);
    assertEquals(code, 0, output);
    return output;
  };

  await t.step("before", async () => {
    assertStringIncludes(await run("task", "test", "--no-check"), "5 passed");
    assertStringIncludes(await run("run", "-A", "program.ts"), "no card 1 false\n");
  });

  using next = copyTree();
  change(next.at("deno.json"), `"version": "${VERSION}"`, `"version": "${NEXT}"`);
  Deno.writeTextFileSync(next.at("holdfast.ts"), `export const since = "${NEXT}";\n`, {
    append: true,
  });
  // Where a registry would have both versions, a link stands for the one that is wanted.
  change(`${project}/deno.json`, /"links": \[[^\]]*\]/, `"links": ["${next.path}"]`);
  change(`${project}/deno.json`, `@${VERSION}`, `@${NEXT}`);

  await t.step("after", async () => {
    assertStringIncludes(await run("task", "test", "--no-check"), "5 passed");
    assertStringIncludes(await run("run", "-A", "program.ts"), "no card 2 true\n");
    assertStringIncludes(await run("task", "new", "orders"), "Made modules/orders.ts");
  });
});

function change(path: string, from: string | RegExp, to: string): void {
  const text = Deno.readTextFileSync(path);
  const changed = text.replace(from, to);
  assertEquals(changed === text, false, `${path} has no ${from}`);
  Deno.writeTextFileSync(path, changed);
}
