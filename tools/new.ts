/** `deno task new NAME`: makes a module, its test and its place in the registry, ready to be made one's own. */
import { type Call, doOrEnd, helpOnDemand, taskCall, ToolError } from "./help.ts";
import { PACKAGE } from "./project_files.ts";

const usage = (program: string) =>
  `${program} new NAME: makes modules/NAME.ts, its test and its line in the registry; ` +
  "NAME has lower-case letters, digits and _, for example order_items";
/** Longer names would break the lines that carry them. */
const MAX_NAME_CHARS = 30;
const NAME = /^[a-z][a-z0-9]*(_[a-z0-9]+)*$/;

/** Routes that are no module's. */
const OTHER_ROUTES = new Set(["board", "healthz", "holdfast", "metrics", "readyz"]);
/** What the new files and the registry call their own things. */
const TAKEN = new Set(
  "apiModules app assertEquals defineModule input modules ownModules response testApp v".split(" "),
);
/** ECMAScript 2025, 12.7.2, in module code. */
const RESERVED = new Set(
  ("arguments await break case catch class const continue debugger default delete do else enum eval " +
    "export extends false finally for function if implements import in instanceof interface let new " +
    "null package private protected public return static super switch this throw true try typeof " +
    "undefined var void while with yield").split(" "),
);

/** How new files name what they import. */
interface Names {
  library: string;
  testing: string;
  assert: string;
}

/** In a project that depends on the package. */
const PROJECT: Names = {
  library: PACKAGE,
  testing: `${PACKAGE}/testing`,
  assert: 'import { deepStrictEqual as assertEquals } from "node:assert";',
};
/** In a checkout of the package itself. */
const CHECKOUT: Names = {
  library: "./module.ts",
  testing: "../../testing.ts",
  assert: 'import { assertEquals } from "@std/assert";',
};

if (import.meta.main) await main(taskCall());

export async function main({ program, args }: Call): Promise<void> {
  helpOnDemand(usage(program), args);
  const [name = "", ...more] = args;
  await doOrEnd(() => {
    if (more.length > 0) throw new ToolError(`Give one name, got ${args.length}`);
    for (const line of addModule(name, ".")) console.log(line);
  });
}

/**
 * Makes `modules/NAME.ts` and `tests/modules/NAME_test.ts` below `root`, and adds the module to the registry. Overwrites
 * nothing. Gives the lines that say what to do next.
 *
 * @throws {ToolError} when the name cannot be had; nothing is made then.
 */
export function addModule(name: string, root: string): string[] {
  const module = `modules/${name}.ts`;
  const test = `tests/modules/${name}_test.ts`;
  const registry = "modules/registry.ts";
  checkName(name);
  checkFree(name, { root, files: [module, test] });

  const names = exists(`${root}/modules/module.ts`) ? CHECKOUT : PROJECT;
  Deno.mkdirSync(`${root}/tests/modules`, { recursive: true });
  Deno.writeTextFileSync(`${root}/${module}`, moduleText(name, names), { createNew: true });
  Deno.writeTextFileSync(`${root}/${test}`, testText(name, names), { createNew: true });
  const before = Deno.readTextFileSync(`${root}/${registry}`);
  Deno.writeTextFileSync(`${root}/${registry}`, register(before, name));
  return [
    `Made ${module} and ${test}, and added ${identifier(name)} to ${registry}.`,
    `Test it: deno test --allow-all ${test}`,
    `Ask it:  curl 'http://127.0.0.1:8000/${name}?query_content=hello' (after the next deno task start)`,
  ];
}

/** The registry with one more module; unchanged when it is there already. */
export function register(source: string, name: string): string {
  const imported = `import { ${identifier(name)} } from "./${name}.ts";\n`;
  if (source.includes(imported)) return source;
  const importsEnd = source.lastIndexOf(`.ts";\n`) + `.ts";\n`.length;
  const listEnd = source.indexOf("] as const;", source.indexOf("export const ownModules = ["));
  return source.slice(0, importsEnd) + imported + source.slice(importsEnd, listEnd) +
    `  ${identifier(name)},\n` + source.slice(listEnd);
}

function checkName(name: string): void {
  if (!NAME.test(name) || name.length > MAX_NAME_CHARS) {
    throw new ToolError(
      `A module's name must be 1 to ${MAX_NAME_CHARS} lower-case letters and digits, words joined by _, ` +
        `like order_items; got ${JSON.stringify(name.slice(0, MAX_NAME_CHARS * 2))}`,
    );
  }
  if (RESERVED.has(name) || TAKEN.has(identifier(name))) {
    throw new ToolError(
      `${name} means something else in TypeScript or in a module: take another name`,
    );
  }
  if (OTHER_ROUTES.has(name)) throw new ToolError(`/${name} is a route of the service already`);
}

function checkFree(name: string, { root, files }: { root: string; files: string[] }): void {
  for (const file of files) {
    if (exists(`${root}/${file}`)) {
      throw new ToolError(`${file} exists already: nothing was changed`);
    }
  }
  for (const { name: file } of Deno.readDirSync(`${root}/modules`)) {
    if (!file.endsWith(".ts")) continue;
    const source = Deno.readTextFileSync(`${root}/modules/${file}`);
    if (source.includes(`"/${name}"`)) {
      throw new ToolError(`modules/${file} answers at /${name} already: nothing was changed`);
    }
    if (new RegExp(`export (const|class|function) ${identifier(name)}\\b`).test(source)) {
      throw new ToolError(
        `modules/${file} exports ${identifier(name)} already: nothing was changed`,
      );
    }
  }
}

function exists(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** `order_items` is `orderItems` in code. */
function identifier(name: string): string {
  return name.replaceAll(/_(.)/g, (_, letter: string) => letter.toUpperCase());
}

function moduleText(name: string, { library }: Names): string {
  return `/**
 * Gives back what it is given: a module's shortest form.
 *
 * @module
 */
import { defineModule, type Module } from "${library}";
import * as v from "valibot";

const input = v.object({
  query_content: v.pipe(v.string(), v.nonEmpty("must not be empty")),
});

/** \`GET /${name}?query_content=…\`: \`{query_content}\`. */
export const ${identifier(name)}: Module = defineModule({
  name: "/${name}",
  summary: "Give back what it is given.",
  input,
  run: ({ query_content }) => ({ query_content }),
});
`;
}

function testText(name: string, { assert, testing }: Names): string {
  const module = identifier(name);
  return `${assert}
import { ${module} } from "../../modules/${name}.ts";
import { testApp } from "${testing}";

Deno.test("GET /${name} gives back what it is given", async () => {
  await using app = await testApp([${module}]);
  const response = await app.request("/${name}?query_content=hello");
  assertEquals(response.status, 200);
  assertEquals((await response.json()).content, { query_content: "hello" });
});

Deno.test("GET /${name} answers 400 when query_content is missing", async () => {
  await using app = await testApp([${module}]);
  const response = await app.request("/${name}");
  assertEquals(response.status, 400);
  assertEquals((await response.json()).error_code, "query_content.missing");
});
`;
}
