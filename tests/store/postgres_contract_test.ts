import { openStore } from "../../store/open.ts";
import { fetchPrograms } from "../helpers/postgres_programs.ts";
import { anyPostgres } from "../helpers/postgres_server.ts";
import { PATIENT_MS, storeContract } from "./store_contract.ts";

const missing = Deno.env.has("TEST_POSTGRES_URL") ? undefined : fetchPrograms();

if (missing !== undefined) {
  Deno.test.ignore(`postgres: the whole contract is skipped, because ${missing}`, () => {});
} else {
  const server = await anyPostgres();
  // Made once and copied: to make all tables for each of some hundred cases takes as long as half of them do.
  const tables = await server.newDatabase();
  const first = await openStore(tables);
  await first.listErrors({ limit: 1 });
  await first.close();
  Deno.test.afterAll(async () => {
    await server.dropDatabase(tables);
    await server[Symbol.asyncDispose]();
  });

  storeContract("postgres", async () => {
    const url = await server.newDatabase(tables);
    const store = await openStore(url, { searchMs: PATIENT_MS });
    const close = async () => {
      await store.close();
      await server.dropDatabase(url);
    };
    return { ...store, close };
  });
}
