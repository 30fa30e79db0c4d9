import { assert, assertEquals } from "@std/assert";
import { REFUSALS_A_MINUTE } from "../../routes/refusals.ts";
import { readMetrics } from "../helpers/read_metrics.ts";
import { startApp, withToken } from "../helpers/start_app.ts";

const MANY = 5 * REFUSALS_A_MINUTE;

Deno.test("what anybody may send for nothing is recorded up to a rate, and counted beyond it", async (t) => {
  const kinds: Record<string, { status: number; path: string; init?: RequestInit }> = {
    "unknown paths": { status: 404, path: "/nothing" },
    "unknown methods": { status: 405, path: "/healthz", init: { method: "PUT" } },
    "unknown parameters": { status: 400, path: "/healthz?x" },
    "no token": { status: 401, path: "/errors" },
    "wrong tokens": { status: 401, path: "/errors", init: withToken("wrong-token-of-a-stranger") },
  };
  for (const [name, { status, path, init }] of Object.entries(kinds)) {
    await t.step(name, async () => {
      await using app = await startApp();
      for (let i = 0; i < MANY; i++) {
        const answer = await app.request(path, init);
        assertEquals(answer.status, status);
        await answer.body?.cancel();
      }
      await app.logging.flush({ deadlineMs: 30_000 });
      // The log may have something to say of itself beside them.
      const { items } = await app.logging.store.listLogs({ limit: 100 });
      const refused = items.filter((record) => record.status === status);
      assertEquals(refused.length, REFUSALS_A_MINUTE);
      const { samples } = readMetrics(await (await app.request("/metrics")).text());
      const valueOf = (name: string) => samples.find((sample) => sample.name === name)?.value;
      assertEquals(valueOf("holdfast_requests_unrecorded_total"), MANY - REFUSALS_A_MINUTE);
      assertEquals(valueOf("holdfast_requests_total"), MANY);
    });
  }
});

Deno.test("a flood of one kind hides no refusal of another, and no failure", async () => {
  await using app = await startApp();
  for (let i = 0; i < MANY; i++) await (await app.request("/nothing")).body?.cancel();
  const asked = ["/errors", "/?user_type=guest", "/fail?how=string"];
  for (const path of asked) await (await app.request(path)).body?.cancel();
  await app.logging.flush({ deadlineMs: 30_000 });
  const { items } = await app.logging.store.listLogs({ limit: 100 });
  assertEquals(items.slice(0, 3).map(({ path }) => path), asked.toReversed());
});

Deno.test("of an address that is refused a record keeps the beginning", async () => {
  await using app = await startApp();
  await (await app.request(`/nothing?${"x".repeat(60_000)}`)).body?.cancel();
  await app.logging.flush({ deadlineMs: 30_000 });
  const { items: [record] } = await app.logging.store.listLogs({ limit: 1 });
  assert(JSON.stringify(record).length < 4_000);
});
