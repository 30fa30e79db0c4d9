/**
 * The service: the library's parts put together.
 *
 * @module
 */
import { Hono } from "hono";
import { type Holdfast, holdfast, type HonoApp } from "./holdfast.ts";
import { ownModules } from "./modules/registry.ts";
import { wantsHelp } from "./process/arguments.ts";
import { endWith } from "./process/serve.ts";

if (import.meta.main) await main({ program: "deno task", args: Deno.args });

/** Runs the service. `program` is what stands before `start` where it was typed. */
export async function main(call: { program: string; args: readonly string[] }): Promise<void> {
  try {
    if (await wantsHelp(call)) return;
    const hf = await holdfast();
    await hf.serve(createService(hf));
  } catch (error) {
    // Not left to the listener for uncaught errors, which keeps a process serving: nothing would ever end it.
    await endWith(error as Error);
  }
}

/** Our own app. */
export function createService(hf: Holdfast): HonoApp {
  const app = hf.envelopes(new Hono());
  app.route("/", hf.api());
  app.route("/", hf.modules(ownModules));
  app.route("/board", hf.board());
  return app;
}

// What tests and `deno task reproduce` build.
export { createService as app };
