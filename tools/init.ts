/** `holdfast init DIR`: makes a project that depends on this package, with a module, a route and their tests. */
import { basename, dirname, resolve } from "node:path";
import { type Call, doOrEnd, helpOnDemand, taskCall, ToolError } from "./help.ts";
import { projectFiles } from "./project_files.ts";

const USAGE = "holdfast init DIR: makes a project of your own in DIR, a new or an empty folder";
/** What a name may have in a service's name, a README and a shell. */
const OTHER_CHARS = /[^A-Za-z0-9_.-]+/g;
/** Where a folder's name has none of it. */
const DEFAULT_SERVICE = "my-service";
/** Longer ones would break the lines that carry them. */
const MAX_NAME_CHARS = 40;
/** Stands in a folder before its first file, in many a project. */
const MAY_BE_THERE = new Set([".git"]);
const PROGRAM_MODE = 0o755;

if (import.meta.main) await main(taskCall());

export async function main({ args }: Call): Promise<void> {
  helpOnDemand(USAGE, args);
  await doOrEnd(() => {
    const [folder, ...more] = args;
    if (folder === undefined || more.length > 0) throw new ToolError(USAGE);
    for (const line of initProject(folder)) console.log(line);
  });
}

/**
 * Makes a project in a new or an empty folder, named after it. Gives the lines that say what to do next.
 *
 * @throws {ToolError} when there is something in the folder; nothing is made then.
 */
export function initProject(folder: string): string[] {
  checkEmpty(folder);
  const files = projectFiles(serviceName(folder));
  for (const [path, text] of Object.entries(files)) {
    const file = `${folder}/${path}`;
    Deno.mkdirSync(dirname(file), { recursive: true });
    Deno.writeTextFileSync(file, text, {
      createNew: true,
      ...(text.startsWith("#!") && { mode: PROGRAM_MODE }),
    });
  }
  return [
    `Made ${Object.keys(files).length} files in ${folder}. Now:`,
    `  cd ${folder}`,
    "  deno task dev        # serves, prints a link to the board, starts again after each save",
    "  deno task test",
    "  deno task new NAME   # one more module",
  ];
}

function checkEmpty(folder: string): void {
  try {
    const [entry] = Array.from(Deno.readDirSync(folder), ({ name }) => name)
      .filter((name) => !MAY_BE_THERE.has(name));
    if (entry === undefined) return;
    throw new ToolError(`${folder} is not empty, ${entry} is in it: nothing was made`);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    if (!(error instanceof Deno.errors.NotADirectory)) throw error;
    throw new ToolError(`${folder} is a file: name a new or an empty folder`);
  }
}

function serviceName(folder: string): string {
  const name = basename(resolve(folder)).replaceAll(OTHER_CHARS, "-").replace(/^[-.]+|[-.]+$/g, "");
  return name.slice(0, MAX_NAME_CHARS) || DEFAULT_SERVICE;
}
