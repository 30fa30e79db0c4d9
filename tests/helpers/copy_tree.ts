import { isOfPackage } from "../../store/grouping/package_files.ts";
import { ROOT } from "./start_app.ts";
import { type TempFolder, tempFolder } from "./temp_folder.ts";

/** What a module needs around it to be tested and served, beside the entries in the root. */
const NEEDED = [
  ...["deno.json", "deno.lock", "board", "config", "intake", "logging", "modules", "process"],
  ...["routes", "store", "tests/helpers", "tools"],
];

/** The one module that is no file of the package's, and comes with it. */
const EXAMPLE = "fail.ts";

/** A copy of the service in a folder of its own, to be changed at will: without the modules that somebody has added. */
export function copyTree(): TempFolder {
  const folder = tempFolder();
  copyTreeTo(folder.path);
  return folder;
}

/** A copy of the service in this folder. `root` is what is copied, ending in a slash. */
export function copyTreeTo(folder: string, root = ROOT): void {
  Deno.mkdirSync(`${folder}/tests/modules`, { recursive: true });
  const entries = Array.from(Deno.readDirSync(root), ({ name }) => name)
    .filter((name) => name.endsWith(".ts"));
  for (const path of [...entries, ...NEEDED]) copy(`${root}${path}`, `${folder}/${path}`);
  for (const { name } of Deno.readDirSync(`${folder}/modules`)) {
    if (name !== EXAMPLE && !isOfPackage(`${root}modules/${name}`, root)) leaveOut(name, folder);
  }
}

/** Takes a module out again, and out of the registry. */
function leaveOut(name: string, folder: string): void {
  Deno.removeSync(`${folder}/modules/${name}`);
  const registry = `${folder}/modules/registry.ts`;
  const source = Deno.readTextFileSync(registry);
  const [line = "", names = ""] =
    new RegExp(`import \\{(.*)\\} from "./${name}";\n`).exec(source) ?? [];
  const rest = names.split(",").map((word) => word.trim()).filter((word) => word !== "")
    .reduce((text, word) => text.replace(`  ${word},\n`, ""), source.replace(line, ""));
  Deno.writeTextFileSync(registry, rest);
}

function copy(from: string, to: string): void {
  const info = statIfThere(from);
  if (info?.isFile) Deno.copyFileSync(from, to);
  if (!info?.isDirectory) return;
  Deno.mkdirSync(to, { recursive: true });
  for (const { name } of Deno.readDirSync(from)) copy(`${from}/${name}`, `${to}/${name}`);
}

function statIfThere(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.statSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
