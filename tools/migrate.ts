/** `deno task migrate`: brings the store's schema up to date before the first instance of a release starts. */
import { readConfig } from "../config.ts";
import { openStore } from "../store/open.ts";
import { type Call, helpOnDemand, taskCall, WRONG_USE } from "./help.ts";

if (import.meta.main) await main(taskCall());

/** Reads all of the configuration: what is wrong with it ends the deployment here, not the first start. */
export async function main({ program, args }: Call): Promise<void> {
  const usage = `${program} migrate: updates the schema of the store at STORE_URL, and ends`;
  helpOnDemand(usage, args);
  if (args.length > 0) {
    console.error(usage);
    Deno.exit(WRONG_USE);
  }
  try {
    await migrate(readConfig(Deno.env, { isTerminal: Deno.stdout.isTerminal() }).storeUrl);
    console.log("The store is up to date");
  } catch (error) {
    console.error((error as Error).message);
    Deno.exit(1);
  }
}

/** Makes the store where it is missing, and brings it up to date where it is not. */
async function migrate(storeUrl: string): Promise<void> {
  const store = await openStore(storeUrl);
  try {
    // A PostgreSQL is reached by the first question, not before.
    await store.health();
  } finally {
    await store.close();
  }
}
