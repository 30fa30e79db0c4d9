import { assertEquals } from "@std/assert";
import { troublesOf } from "../../board/overview_page.tsx";
import { startLog } from "../helpers/start_log.ts";

Deno.test("the overview says which sinks take nothing, and what they missed", async () => {
  await using world = startLog();
  const { logging } = world;
  await logging.ready;
  const health = await logging.store.health();
  const stats = logging.stats();
  assertEquals(troublesOf({ books: { stats, health }, traffic: [] }), []);
  stats.sinks_down = ["store", "otlp"];
  stats.skipped = { otlp: { behind: 1_200, refused: 34 } };
  assertEquals(troublesOf({ books: { stats, health }, traffic: [] }), [
    "The store takes no records just now: they wait in the queue; the log says why.",
    "The otlp sink takes no records just now; the store has them, and the log says why.",
    "1,234 log records did not get to the otlp sink since the start; the store has them.",
  ]);
});
