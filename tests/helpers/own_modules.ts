import { runDeno } from "./run_deno.ts";
import { ROOT } from "./start_app.ts";

/** Paths of our own modules that some entries lead to, from the project's root on. */
export async function ownModules(entries: readonly string[]): Promise<string[]> {
  const graphs = await Promise.all(entries.map(async (entry) => {
    const { stdout } = await runDeno(["info", "--json", entry], ROOT);
    return JSON.parse(stdout).modules as { specifier: string }[];
  }));
  const root = `file://${ROOT}`;
  return [...new Set(graphs.flat().map(({ specifier }) => specifier))]
    .filter((specifier) => specifier.startsWith(root))
    .map((specifier) => specifier.slice(root.length));
}
