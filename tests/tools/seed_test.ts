import { assert, assertEquals, assertMatch } from "@std/assert";
import { openStore } from "../../store/open.ts";
import { seed } from "../../tools/seed.ts";

Deno.test("deno task seed fills a store with errors as they come in life", async () => {
  const store = await openStore("memory:");
  const told: string[] = [];
  await seed(store, {
    errors: 150,
    occurrences: 1_100,
    report: (sentence) => void told.push(sentence),
  });
  const { items } = await store.listErrors({ sort: "count", limit: 100 });
  const counts = await store.stateCounts();
  assertEquals(Object.values(counts).reduce((sum, count) => sum + count), 150);
  assert(counts.open > counts.resolved && counts.resolved > counts.muted && counts.muted > 0);
  assertEquals((await store.health()).logs, 1_100);
  assert(items[0]!.count > 5 * items[99]!.count);
  const { variants, keys } = (await store.error(items[0]!.id))!;
  assertEquals([variants.length, keys[0]!.rule], [2, "frames"]);
  assertMatch(told[0]!, /^1100 of 1100 occurrences, 150 errors, \d+ a second$/);
  await store.close();
});
