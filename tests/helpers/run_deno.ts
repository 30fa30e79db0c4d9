import { projectEnvironment } from "./project_environment.ts";

/** What a command came to. */
export interface Ran {
  /** Exit code. */
  code: number;
  /** Standard output. */
  stdout: string;
  /** Both streams, the standard output first. */
  output: string;
}

/** Runs `deno` with arguments in a folder, and variables beside the usual ones, until it ends by itself. */
export async function runDeno(
  args: string[],
  cwd: string,
  variables: Record<string, string> = {},
): Promise<Ran> {
  const result = await new Deno.Command(Deno.execPath(), {
    args,
    cwd,
    clearEnv: true,
    env: {
      ...(isHere(cwd) ? Deno.env.toObject() : projectEnvironment()),
      NO_COLOR: "1",
      ...variables,
    },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).output();
  const decoder = new TextDecoder();
  const stdout = decoder.decode(result.stdout);
  return { code: result.code, stdout, output: stdout + decoder.decode(result.stderr) };
}

function isHere(folder: string): boolean {
  return new URL("../../", import.meta.url).pathname.startsWith(folder);
}
