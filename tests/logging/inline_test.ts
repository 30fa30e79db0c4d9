import { assert, assertEquals } from "@std/assert";
import { holdStore, refuseRecords } from "../helpers/hold_store.ts";
import { assertBalanced, startLog, storedMessages, storedRecords } from "../helpers/start_log.ts";
import { until } from "../helpers/until.ts";
import { withoutWorkers } from "../helpers/without_workers.ts";

const FLUSH = { deadlineMs: 30_000 };

Deno.test("where there are no workers, the same records are stored, and the log says so", async () => {
  using _platform = withoutWorkers();
  await using world = startLog();
  const { logging, storePath } = world;
  await logging.ready;
  for (let i = 0; i < 1_000; i++) logging.logger.info(`record ${i}`);
  logging.logger.error("failure");
  assertEquals((await logging.flush(FLUSH)).timedOut, false);
  assertBalanced(logging.stats());
  const messages = storedMessages(storePath);
  assertEquals(messages.filter((message) => message.startsWith("record")).length, 1_000);
  assert(messages.some((message) => message.startsWith("This platform has no Web Workers")));
  assertEquals((await logging.store.health()).logs, 1_002);
});

Deno.test("where there are no workers, a held store and a refused record lose no other", async () => {
  using _platform = withoutWorkers();
  await using world = startLog({ queueLimitBytes: 100_000 });
  const { logging, storePath } = world;
  await logging.ready;
  await logging.flush(FLUSH);
  refuseRecords(storePath, "unstorable");
  {
    using _lock = holdStore(storePath);
    for (let i = 0; i < 1_000; i++) logging.logger.error(i === 7 ? "unstorable" : `record ${i}`);
    assertEquals((await logging.flush({ deadlineMs: 200 })).timedOut, true);
    assertBalanced(logging.stats());
  }
  assertEquals((await logging.flush(FLUSH)).timedOut, false);
  assertBalanced(logging.stats());
  assertEquals(logging.stats().dropped, { ERROR: { store_rejected: 1 } });
  const kept = storedRecords(storePath).filter(({ level }) => level === "ERROR");
  assertEquals(kept.length, 999);
});

Deno.test("where there are no workers, closing spills what the store does not take, and the next start stores it", async () => {
  using _platform = withoutWorkers();
  await using world = startLog();
  const { logging, storePath, folder } = world;
  await logging.ready;
  {
    using _lock = holdStore(storePath);
    for (let i = 0; i < 100; i++) logging.logger.info(`record ${i}`);
    assertEquals((await logging.close({ deadlineMs: 100 })).dropped, 0);
  }
  await using next = startLog({ dataDir: folder.path, storeUrl: `sqlite:${storePath}` });
  await until(() => next.logging.stats().replayed >= 100, { what: "they are replayed" });
});
