import { assertEquals } from "@std/assert";
import { troublesOf } from "../../board/overview_page.tsx";
import { startLog } from "../helpers/start_log.ts";

Deno.test("the overview says which sinks take nothing, and what they missed", async () => {
  await using world = startLog();
  const { logging } = world;
  await logging.ready;
  const health = await logging.store.health();
  const stats = logging.stats();
  assertEquals(
    troublesOf({ delivery: { stats, health, nearQuota: [] }, traffic: [], refused: new Map() }),
    [],
  );
  stats.sinks_down = ["store", "otlp", "alerts"];
  stats.skipped = { otlp: { behind: 1_200, refused: 34 }, alerts: { refused: 2 } };
  assertEquals(
    troublesOf({ delivery: { stats, health, nearQuota: [] }, traffic: [], refused: new Map() }),
    [
      "The store accepts no records at the moment: they wait in the queue, and the log says why.",
      "The otlp sink accepts no records at the moment: the store has them, and the log says why.",
      "Alerts cannot be delivered just now: they wait in the store, and the log says why.",
      "1,234 log records did not get to the otlp sink since the start; the store has them.",
      "2 alerts were given up since the start: the receiver refuses them.",
    ],
  );
});

Deno.test("the overview says how many reports were refused, and whose they are", async () => {
  await using world = startLog();
  await world.logging.ready;
  const health = await world.logging.store.health();
  const delivery = { stats: world.logging.stats(), health, nearQuota: [] };
  const refused = new Map([["till", 5], ["shop", 1_200]]);
  assertEquals(troublesOf({ delivery, traffic: [], refused }), [
    "1,205 reports were refused since the start, most of them of shop: more than the quota of their key.",
  ]);
});
