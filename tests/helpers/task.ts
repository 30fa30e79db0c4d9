import { ROOT } from "./start_app.ts";

/** What a task of deno.json hands to `deno`, and further arguments. */
export function taskArguments(name: string, ...more: string[]): string[] {
  const { tasks } = JSON.parse(Deno.readTextFileSync(`${ROOT}deno.json`));
  return [...(tasks[name] as string).split(" ").slice(1), ...more];
}
