import { assert, assertEquals } from "@std/assert";
import { type Fault, fault } from "../helpers/fault.ts";
import { holdStore, slowRecords } from "../helpers/hold_store.ts";
import { assertBalanced, startLog, storedMessages } from "../helpers/start_log.ts";
import { until } from "../helpers/until.ts";

const HANG_AFTER_MS = 1_000;
const FLUSH = { deadlineMs: 30_000 };
/** Not before its first message: Deno keeps the ports of a message to a worker that is dead by then, and nobody can close them. */
const ENDS_AT_ONCE = "data:text/javascript,onmessage = () => { throw new Error(1) }";

const ways: Fault["kind"][] = ["crash", "reject", "close", "hang"];
for (const kind of ways) {
  Deno.test(`a worker that ends by ${kind} is replaced, and every record is stored once`, async () => {
    await using world = startLog({ hangAfterMs: HANG_AFTER_MS });
    const { logging, folder, storePath } = world;
    await logging.ready;
    const names = Array.from({ length: 300 }, (_, i) => `record ${i}`);
    for (const name of names.slice(0, 100)) logging.logger.info(name);
    logging.logger.info(fault({ kind, unless: folder.at("broken") }));
    for (const name of names.slice(100)) logging.logger.info(name);
    assertBalanced(logging.stats());
    const flushed = await logging.flush(FLUSH);
    assertEquals({ timedOut: flushed.timedOut, dropped: flushed.dropped }, {
      timedOut: false,
      dropped: 0,
    });
    assertEquals(logging.stats().restarts, 1);
    assertBalanced(logging.stats());
    const kept = storedMessages(storePath).filter((message) => message.startsWith("record"));
    assertEquals(kept, names);
  });
}

for (const kind of ["poison", "poison-hang"] as const) {
  Deno.test(`a record that ends two workers (${kind}) is set aside alone, and the rest is stored`, async () => {
    await using world = startLog({ hangAfterMs: HANG_AFTER_MS });
    const { logging, folder, storePath } = world;
    await logging.ready;
    logging.logger.info("before");
    logging.logger.error(fault({ kind }));
    logging.logger.info("after");
    await logging.flush(FLUSH);
    // Again, for what the log said of it meanwhile.
    await logging.flush(FLUSH);
    const stats = logging.stats();
    assertEquals(stats.quarantined, 1);
    // What hung goes on burning a core, so that a successor on a busy machine may be late and be replaced as well.
    if (kind === "poison") assertEquals(stats.restarts, 2);
    else assert(stats.restarts >= 2, `${stats.restarts} restarts`);
    assertEquals(stats.dropped, { ERROR: { quarantined: 1 } });
    assertBalanced(stats);
    const messages = storedMessages(storePath);
    assertEquals(messages.filter((message) => /^(before|after)$/.test(message)), [
      "before",
      "after",
    ]);
    assert(messages.some((message) => message.startsWith("A log record ended 2 workers")));
    const line = JSON.parse(Deno.readTextFileSync(folder.at("quarantine.ndjson")));
    assertEquals([line.level, line.boot_id, line.seq], ["ERROR", logging.bootId, 2]);
  });
}

Deno.test("a worker that waits for a pipe nobody reads is not taken for hung", async () => {
  await using world = startLog({ hangAfterMs: HANG_AFTER_MS });
  const { logging, folder } = world;
  await logging.ready;
  logging.logger.info(fault({ kind: "blocked", unless: folder.at("broken") }));
  assertEquals((await logging.flush(FLUSH)).timedOut, false);
  assertEquals(logging.stats().restarts, 0);
});

Deno.test("a worker whose store another process holds, or whose disk is slow, is not taken for hung", async () => {
  const hangAfterMs = 500;
  await using world = startLog({ hangAfterMs });
  const { logging, storePath } = world;
  await logging.ready;
  {
    using _lock = holdStore(storePath);
    logging.logger.error("held");
    await until(() => logging.stats().sinks_down.includes("store"), { what: "the store is down" });
  }
  await logging.flush(FLUSH);
  slowRecords(storePath, "slow", 3 * hangAfterMs);
  logging.logger.error("slow");
  assertEquals((await logging.flush(FLUSH)).timedOut, false);
  assertEquals(logging.stats().restarts, 0);
});

Deno.test("a main thread that was busy does not take its worker for hung", async () => {
  await using world = startLog({ hangAfterMs: HANG_AFTER_MS });
  const { logging } = world;
  await logging.ready;
  for (let i = 0; i < 3; i++) {
    logging.logger.error(`failure ${i}`);
    const endMs = performance.now() + 2 * HANG_AFTER_MS;
    while (performance.now() < endMs);
    await new Promise((resolve) => setTimeout(resolve));
  }
  assertEquals((await logging.flush(FLUSH)).timedOut, false);
  assertEquals(logging.stats().restarts, 0);
});

Deno.test("a question that a dying worker took along is answered by the next one", async () => {
  await using world = startLog();
  const { logging, folder } = world;
  await logging.ready;
  logging.logger.error(fault({ kind: "crash", unless: folder.at("broken") }));
  const health = await logging.store.health();
  assertEquals(typeof health.size_bytes, "number");
});

Deno.test("a log whose worker never starts takes records, and closing saves them on disk", async () => {
  await using world = startLog({ workerUrl: new URL(ENDS_AT_ONCE) });
  const { logging, folder } = world;
  logging.logger.info("taken");
  logging.logger.error("failed");
  await until(() => logging.stats().restarts >= 2, { what: "it is tried again" });
  const flushed = await logging.close({ deadlineMs: 100 });
  assertEquals(flushed.timedOut, true);
  assertEquals(flushed.dropped, 0);
  assertBalanced(logging.stats());
  await using next = startLog({ dataDir: folder.path, storeUrl: `sqlite:${world.storePath}` });
  await until(() => next.logging.stats().replayed === flushed.spilled, {
    what: "what was saved is in the store",
  });
  const messages = storedMessages(world.storePath);
  assert(messages.includes("taken") && messages.includes("failed"));
});
