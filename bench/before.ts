/**
 * The same part of a bench as another checkout of this project has it: its own script, run as a process, just before ours.
 *
 * @module
 */

/** Runs `bench/<script>` of that folder and gives its sections, which say in their headings that they are of before. */
export async function runBefore(
  folder: string,
  { script, args }: { script: string; args: readonly string[] },
): Promise<string> {
  const { success, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--lock=tests/deno.lock", "--allow-all", `bench/${script}`, ...args],
    cwd: folder,
    stderr: "inherit",
  }).output();
  if (!success) throw new Error(`bench/${script} of ${folder} failed`);
  const text = new TextDecoder().decode(stdout).trimEnd();
  return text.slice(text.indexOf("\n## ") + 1).replaceAll(/^## (.*)$/gm, "## $1, before");
}
