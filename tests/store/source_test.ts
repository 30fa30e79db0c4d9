import { assertEquals } from "@std/assert";
import { type RunningCode, sourceOf } from "../../store/grouping/source.ts";
import { tempFolder } from "../helpers/temp_folder.ts";

const TEXT = "first\nsecond\n";
const MEGABYTE = 1024 * 1024;

function read(file: string, code: RunningCode): string | undefined {
  return sourceOf({}, code)(file, 2);
}

Deno.test("a line of our own source is read, in any folder", () => {
  using folder = tempFolder();
  for (const name of ["shop", "my shop", "müller", "100% sure"]) {
    const root = folder.at(name);
    Deno.mkdirSync(`${root}/src`, { recursive: true });
    Deno.writeTextFileSync(`${root}/src/cart.ts`, TEXT);
    for (const given of [root, `${root}/`, `file://${encodeURI(root)}/`]) {
      assertEquals(read(`${root}/src/cart.ts`, { root: given }), "second", given);
    }
    assertEquals(sourceOf({}, { root })(`${root}/src/cart.ts`, 9), undefined);
  }
});

Deno.test("the root itself may be a link, as a release's folder is", () => {
  using folder = tempFolder();
  Deno.mkdirSync(folder.at("releases/1"), { recursive: true });
  Deno.writeTextFileSync(folder.at("releases/1/cart.ts"), TEXT);
  Deno.symlinkSync(folder.at("releases/1"), folder.at("current"));
  Deno.symlinkSync("cart.ts", folder.at("releases/1/alias.ts"));
  const root = folder.at("current");
  assertEquals(read(`${root}/cart.ts`, { root }), "second");
  assertEquals(read(`${root}/alias.ts`, { root }), "second");
});

Deno.test("a stack cannot make us read what is none of our source", () => {
  using folder = tempFolder();
  const root = folder.at("shop");
  for (const below of ["src", "node_modules/x", ".git", "dir.ts"]) {
    Deno.mkdirSync(`${root}/${below}`, { recursive: true });
  }
  const files = {
    "../secret.ts": TEXT,
    "deno.json": TEXT,
    ".env": TEXT,
    ".git/hook.js": TEXT,
    "node_modules/x/index.js": TEXT,
    "src/cart.ts": TEXT,
    "src/bundle.js": "x\n".repeat(MEGABYTE),
  };
  for (const [file, text] of Object.entries(files)) Deno.writeTextFileSync(`${root}/${file}`, text);
  Deno.symlinkSync(folder.at("secret.ts"), `${root}/src/link.ts`);
  Deno.symlinkSync(folder.path, `${root}/src/out`);
  Deno.symlinkSync("/dev/zero", `${root}/src/zero.ts`);
  Deno.symlinkSync("../.env", `${root}/src/env.ts`);
  const fifo = new Deno.Command("mkfifo", { args: [`${root}/src/pipe.ts`] }).outputSync();
  assertEquals(fifo.success, true);
  assertEquals(read(`${root}/src/cart.ts`, { root }), "second");
  const refused = [
    folder.at("secret.ts"),
    `${root}/../secret.ts`,
    `${root}/src/../../secret.ts`,
    `${root}/src/../src/cart.ts`,
    `${root}/./src/cart.ts`,
    `${root}//src/cart.ts`,
    `${root}/deno.json`,
    `${root}/.env`,
    `${root}/.git/hook.js`,
    `${root}/node_modules/x/index.js`,
    `${root}/src/bundle.js`,
    `${root}/src/link.ts`,
    `${root}/src/out/secret.ts`,
    `${root}/src/zero.ts`,
    `${root}/src/env.ts`,
    // Opened, it would wait for a writer for ever.
    `${root}/src/pipe.ts`,
    `${root}/dir.ts`,
    `${root}/missing.ts`,
    `${root}.ts`,
    "/dev/zero",
    "/proc/self/environ",
    "https://shop.example.org/src/cart.ts",
    "",
  ];
  for (const file of refused) assertEquals(read(file, { root }), undefined, file);
});

Deno.test("of another service's failure, or another release's, nothing is read", () => {
  using folder = tempFolder();
  Deno.writeTextFileSync(folder.at("main.ts"), TEXT);
  const code = { root: folder.path, release: "1.4.0" };
  const file = folder.at("main.ts");
  assertEquals(sourceOf({ release: "1.4.0" }, code)(file, 1), "first");
  assertEquals(sourceOf({ release: "1.4.0", reported: true }, code)(file, 1), undefined);
  assertEquals(sourceOf({ release: "1.3.9" }, code)(file, 1), undefined);
  assertEquals(sourceOf({}, code)(file, 1), undefined);
});
