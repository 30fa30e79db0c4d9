/**
 * How a worker is started: like the service itself, in a process of its own.
 *
 * @module
 */
import { type Place, placeArgument } from "./arguments.ts";

/**
 * Arguments for `deno`: the start task's, so that a worker may do what the service alone may do. It may start no programs;
 * `--unstable-net` is for `Deno.serve({ reusePort: true })` (Deno 2.9).
 */
export function workerCommand(root: string, place: Place): string[] {
  const { tasks } = JSON.parse(Deno.readTextFileSync(`${root}deno.json`));
  const options = (tasks.start as string).split(" ").slice("deno run".split(" ").length, -1);
  return [
    "run",
    "--unstable-net",
    ...options.filter((option) => !option.startsWith("--allow-run")),
    `${root}main.ts`,
    placeArgument(place),
  ];
}
