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

// Not left to the listener for uncaught errors, which keeps a process serving: without this function nothing would ever end it.
if (import.meta.main) await main().catch(endWith);

async function main(): Promise<void> {
  if (await wantsHelp()) return;
  const hf = await holdfast();
  await hf.serve(createService(hf));
}

/** Our own app. */
export function createService(hf: Holdfast): HonoApp {
  const app = hf.envelopes(new Hono());
  app.route("/", hf.api());
  app.route("/", hf.modules(ownModules));
  app.route("/board", hf.board());
  return app;
}
