import { PACKAGE, VERSION } from "../../tools/project_files.ts";
import { ROOT } from "./start_app.ts";

/** Lets what a project's `deno.json` names by its version come from this checkout: nothing is published for a test. */
export function useCheckout(project: string): void {
  const path = `${project}/deno.json`;
  const config = JSON.parse(Deno.readTextFileSync(path));
  config.imports[PACKAGE] = `jsr:${PACKAGE}@${VERSION}`;
  config.links = [ROOT];
  Deno.writeTextFileSync(path, `${JSON.stringify(config, null, 2)}\n`);
}
