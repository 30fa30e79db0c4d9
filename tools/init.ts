/** `holdfast init DIR`: makes a project that depends on this package, with a module, a route and their tests. */
import { basename, dirname, resolve } from "node:path";
import { type Call, helpOnDemand, taskCall } from "./help.ts";
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
/** For whoever may, to run. */
const PROGRAM_MODE = 0o755;

/** A project cannot be made, for the reason that the message says. */
export class CannotInit extends Error {
  override name = "CannotInit";
}

if (import.meta.main) main(taskCall());

/** Does what was typed. */
export function main({ args }: Call): void {
  helpOnDemand(USAGE, args);
  try {
    const [folder, ...more] = args;
    if (folder === undefined || more.length > 0) throw new CannotInit(USAGE);
    for (const line of initProject(folder)) console.log(line);
  } catch (error) {
    if (!(error instanceof CannotInit)) throw error;
    console.error(error.message);
    Deno.exit(1);
  }
}

/**
 * Makes a project in a new or an empty folder, named after it. Gives the lines that tell what to do next.
 *
 * @throws {CannotInit} when there is something in the folder; nothing is made then.
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
    throw new CannotInit(`${folder} is not empty, ${entry} is in it: nothing was made`);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    if (!(error instanceof Deno.errors.NotADirectory)) throw error;
    throw new CannotInit(`${folder} is a file: name a new or an empty folder`);
  }
}

function serviceName(folder: string): string {
  const name = basename(resolve(folder)).replaceAll(OTHER_CHARS, "-").replace(/^[-.]+|[-.]+$/g, "");
  return name.slice(0, MAX_NAME_CHARS) || DEFAULT_SERVICE;
}
