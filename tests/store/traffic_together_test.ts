import { assertEquals } from "@std/assert";
import { openStore } from "../../store/open.ts";
import { onEachStore } from "../helpers/each_engine.ts";
import { Source, times } from "./entries.ts";

const BATCHES = 12;
const BATCH = 20;
const ALWAYS = { since: 0, until: Date.now() + 60 * 60 * 1000 };

onEachStore("instances that write the same requests at once count each one once", async (url) => {
  const stores = await Promise.all(times(2, () => openStore(url)));
  const sources = times(2, () => new Source());
  const made = sources.map((source, instance) =>
    times(BATCHES, () =>
      times(BATCH, (i) =>
        source.log({
          svc_name: "shop",
          route: `/${i % 3}`,
          release: `${(i + instance) % 2}`,
          status: i === 0 ? 503 : 200,
          duration_ms: i,
        })))
  );
  // Each also writes what the other one has written: a replay.
  await Promise.all(stores.map(async (store, instance) => {
    for (let batch = 0; batch < BATCHES; batch++) {
      await store.write(made[instance]![batch]!);
      await store.write(made[1 - instance]![batch]!);
      if (batch % 4 === 0) await store.traffic(ALWAYS);
    }
  }));
  const all = 2 * BATCHES * BATCH;
  for (const store of stores) {
    const [row] = await store.traffic(ALWAYS);
    assertEquals([row!.requests, row!.failures], [all, 2 * BATCHES]);
    const { items } = await store.releases({});
    assertEquals(items.map(({ requests }) => requests), [all / 2, all / 2]);
  }
  await stores[0]!.close();
  await stores[1]!.close();
  // After a restart nothing is counted again.
  const again = await openStore(url);
  try {
    await again.write(made.flat(2));
    assertEquals((await again.traffic(ALWAYS))[0]!.requests, all);
  } finally {
    await again.close();
  }
});
