import { ROOT } from "./start_app.ts";
import { type TempFolder, tempFolder } from "./temp_folder.ts";

/** What a module needs around it to be tested and served. */
const NEEDED = [
  ...["client.ts", "config.ts", "deno.json", "deno.lock", "main.ts", "holdfast.ts", "testing.ts"],
  ...["board", "config", "logging", "modules", "process", "routes", "tests/helpers", "tools"],
];

/** A copy of the service in a folder of its own, to be changed at will. */
export function copyTree(): TempFolder {
  const folder = tempFolder();
  copyTreeTo(folder.path);
  return folder;
}

/** A copy of the service in this folder. */
export function copyTreeTo(folder: string): void {
  Deno.mkdirSync(`${folder}/tests/modules`, { recursive: true });
  for (const path of NEEDED) copy(`${ROOT}${path}`, `${folder}/${path}`);
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
