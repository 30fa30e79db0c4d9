import { ROOT } from "./start_app.ts";
import { environmentWithoutOurs, Running, type Variables } from "./start_service.ts";
import { type TempFolder, tempFolder } from "./temp_folder.ts";

/** A program of somebody who uses the library, in a folder of its own. */
export interface Script extends AsyncDisposable {
  /** The process. */
  readonly running: Running;
  /** Its folder: the store is there, where the program does not say otherwise. */
  readonly folder: TempFolder;
}

/**
 * Runs a program in a process of its own. `@holdfast/holdfast` and its entry points are this checkout, by their names in
 * `deno.json`.
 */
export function startScript(
  source: string,
  { args = ["-A"], variables = {} }: { args?: readonly string[]; variables?: Variables } = {},
): Script {
  const folder = tempFolder();
  Deno.writeTextFileSync(folder.at("app.ts"), withPaths(source));
  const running = new Running(
    new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "--no-check",
        "--no-prompt",
        `--config=${ROOT}deno.json`,
        ...args,
        folder.at("app.ts"),
      ],
      cwd: folder.path,
      clearEnv: true,
      env: { ...environmentWithoutOurs(), NO_COLOR: "1", PORT: "0", ...variables },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn(),
  );
  return {
    running,
    folder,
    async [Symbol.asyncDispose]() {
      if (!running.hasEnded) running.kill("SIGKILL");
      await running.ended;
      folder[Symbol.dispose]();
    },
  };
}

/** The package's entry points: the file of each name. */
export function entryPoints(): Record<string, string> {
  return JSON.parse(Deno.readTextFileSync(`${ROOT}deno.json`)).exports;
}

function withPaths(source: string): string {
  return source.replace(/"@holdfast\/holdfast(\/[\w-]+)?"/g, (_, name = "") => {
    const path = entryPoints()[`.${name}`];
    return JSON.stringify(new URL(path ?? "", `file://${ROOT}`).href);
  });
}
