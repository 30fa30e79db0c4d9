import { assert, assertEquals } from "@std/assert";
import { jsonBody, OPERATOR_TOKEN, withToken } from "../helpers/start_app.ts";
import { type Service, startService } from "../helpers/start_service.ts";
import { tempFolder } from "../helpers/temp_folder.ts";
import { until } from "../helpers/until.ts";

/** The promise: a key that is revoked anywhere opens nothing after this, and one that is made opens everywhere. */
const EVERYWHERE_MS = 5_000;

Deno.test("a key made or revoked on one instance counts there at once, and on the other within five seconds", async () => {
  using folder = tempFolder();
  const variables = { STORE_URL: `sqlite:${folder.at("holdfast.db")}` };
  await using here = await startService(variables);
  await using there = await startService(variables);
  const made = await here.fetch("/keys", withToken(OPERATOR_TOKEN, jsonBody({ service: "shop" })));
  const { content: { id, key } } = await made.json();
  assertEquals(await report(here, key), 202);
  const opensMs = await timeUntil(there, { key, status: 202 });
  const revoked = await here.fetch(`/keys/${id}`, withToken(OPERATOR_TOKEN, { method: "DELETE" }));
  assertEquals(revoked.status, 200, await revoked.text());
  assertEquals(await report(here, key), 401);
  const closesMs = await timeUntil(there, { key, status: 401 });
  assert(opensMs <= EVERYWHERE_MS && closesMs <= EVERYWHERE_MS, `${opensMs}, ${closesMs} ms`);
  console.log(`opens after ${Math.round(opensMs)} ms, closes after ${Math.round(closesMs)} ms`);
});

async function timeUntil(
  service: Service,
  { key, status }: { key: string; status: number },
): Promise<number> {
  const startMs = performance.now();
  await until(async () => await report(service, key) === status, { what: `${status}` });
  return performance.now() - startMs;
}

async function report(service: Service, key: string): Promise<number> {
  const answer = await service.fetch("/logs", withToken(key, jsonBody({ message: "heron" })));
  await answer.body?.cancel();
  return answer.status;
}
