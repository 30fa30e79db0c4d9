import { assert, assertEquals, assertMatch } from "@std/assert";
import type { AlertSettings } from "../../logging/protocol.ts";
import { journalPaths } from "../../logging/queue/journal_file.ts";
import type { LogRecord } from "../../store/record.ts";
import { fault } from "../helpers/fault.ts";
import { holdStore, refuseRecords } from "../helpers/hold_store.ts";
import {
  assertBalanced,
  droppedCount,
  startLog,
  storedMessages,
  storedRecords,
} from "../helpers/start_log.ts";
import { alertsTo, startReceiver } from "../helpers/start_receiver.ts";
import { until } from "../helpers/until.ts";

const FLUSH = { deadlineMs: 30_000 };
/** More than the queue posts to a sink that does not answer, many times over. */
const MANY = 20_000;
const SMALL_QUEUE = { queueLimitBytes: 100_000 };
const SPILL_LIMIT_BYTES = 1_000_000;

Deno.test("a store that is held by another process holds up no other sink, and gets all of it when it is back", async () => {
  await using world = startLog({ file: Deno.makeTempFileSync() });
  const { logging, storePath } = world;
  await logging.ready;
  const filePath = world.options.file!;
  {
    using _lock = holdStore(storePath);
    for (let i = 0; i < MANY; i++) logging.logger.info(`record ${i}`);
    await until(() => ownMessages(linesOf(filePath)).length === MANY, {
      what: "the file has every line while the store has none",
    });
    assertEquals(storedMessages(storePath), []);
    assertEquals(logging.stats().stored, 0);
    assertBalanced(logging.stats());
  }
  assertEquals((await logging.flush(FLUSH)).timedOut, false);
  assertEquals(droppedCount(logging.stats()), 0);
  assertEquals(ownMessages(storedRecords(storePath)).length, MANY);
  assertEquals(ownMessages(linesOf(filePath)).length, MANY);
  Deno.removeSync(filePath);
});

Deno.test("a worker that starts while the store cannot be opened serves the other sinks, and the store later", async () => {
  await using world = startLog({ file: Deno.makeTempFileSync(), spill: "all" });
  const { logging, storePath, folder } = world;
  await logging.ready;
  await logging.flush(FLUSH);
  for (const end of ["", "-wal", "-shm"]) Deno.renameSync(storePath + end, folder.at(`kept${end}`));
  Deno.writeTextFileSync(storePath, "This is no database. ".repeat(1000));
  logging.logger.error(fault({ kind: "crash", unless: folder.at("broken") }));
  await until(() => logging.stats().restarts === 1, { what: "the worker is replaced" });
  logging.logger.info("record 1");
  await until(() => ownMessages(linesOf(world.options.file!)).length === 1, {
    what: "the file goes on",
  });
  assertBalanced(logging.stats());
  for (const end of ["", "-wal", "-shm"]) Deno.renameSync(folder.at(`kept${end}`), storePath + end);
  assertEquals((await logging.flush(FLUSH)).timedOut, false);
  assertEquals(ownMessages(storedRecords(storePath)), ["record 1"]);
  Deno.removeSync(world.options.file!);
});

Deno.test("a log file that cannot be written costs the store nothing: what it skips is counted, and told once", async () => {
  await using world = startLog({ ...SMALL_QUEUE, file: "/dev/full/log.ndjson", spill: "all" });
  const { logging, storePath, folder } = world;
  await logging.ready;
  const names: string[] = [];
  while ((logging.stats().skipped.file?.behind ?? 0) < 1_000) {
    for (let i = 0; i < 100; i++) logging.logger.debug(`record ${names.push("") - 1}`);
    assertEquals((await logging.flush(FLUSH)).timedOut, false);
    assertBalanced(logging.stats());
  }
  const { accepted, skipped } = logging.stats();
  const flushed = await logging.close(FLUSH);
  assertEquals([flushed.spilled, flushed.dropped, droppedCount(logging.stats())], [0, 0, 0]);
  assertEquals(flushed.skipped.file! + skipped.file!.behind!, accepted);
  assertEquals(ownMessages(storedRecords(storePath)).length, names.length);
  const told = storedRecords(storePath).filter(({ message }) =>
    / (log file|file sink) /.test(message)
  );
  assertEquals(told.length, 2, told.map(({ message }) => message).join("\n"));
  const left = Array.from(Deno.readDirSync(folder.path), ({ name }) => name);
  assertEquals(left.filter((name) => name.includes("spill")), []);
});

Deno.test("in an overload the cheap records go, failures are kept on disk and brought in, and one record says what it cost", async () => {
  await using world = startLog(SMALL_QUEUE);
  const { logging, storePath } = world;
  await logging.ready;
  const failures: string[] = [];
  {
    using _lock = holdStore(storePath);
    for (let i = 0; i < 2_000; i++) {
      logging.logger.debug("cheap");
      logging.logger.info("cheap");
      logging.logger.warn("warning");
      failures.push(`failure ${i}`);
      logging.logger.error(`failure ${i}`);
      assertBalanced(logging.stats());
    }
    assert(logging.stats().queue_bytes < SMALL_QUEUE.queueLimitBytes * 1.1);
  }
  assertEquals((await logging.flush(FLUSH)).timedOut, false);
  const stats = logging.stats();
  assertBalanced(stats);
  assertEquals(Object.keys(stats.dropped), ["DEBUG", "INFO", "WARN"]);
  await logging.flush(FLUSH);
  const records = storedRecords(storePath);
  const kept = records.filter(({ level }) => level === "ERROR").map(({ message }) => message);
  assertEquals(kept.toSorted(), failures.toSorted());
  const told = records.filter(({ message }) => message.startsWith("The log's queue was full"));
  assertEquals(told.length, 1);
  const { dropped, seq, on_disk } = told[0]!.attrs as {
    dropped: unknown;
    seq: [number, number];
    on_disk: number;
  };
  assertEquals(dropped, stats.dropped);
  assert(on_disk > 1_000);
  const [first, last] = seq;
  const seqs = new Set(records.map(({ seq }) => seq));
  assert(!seqs.has(first) && !seqs.has(last) && first < last);
  const missing = Array.from({ length: stats.accepted }, (_, i) => i + 1)
    .filter((seq) => !seqs.has(seq));
  assertEquals([missing[0], missing.at(-1), missing.length], [first, last, droppedCount(stats)]);
});

Deno.test("a service that reports too much costs others nothing: theirs are stored, and so is all that happens here", async () => {
  await using world = startLog({ ...SMALL_QUEUE, spillLimitBytes: SPILL_LIMIT_BYTES });
  const { logging, storePath, folder } = world;
  await logging.ready;
  const quiet: string[] = [];
  let mostBytes = 0;
  {
    using _lock = holdStore(storePath);
    for (let i = 0; i < 5_000; i++) {
      logging.report({
        level: "ERROR",
        svc_name: "noisy",
        message: `noise ${i} ${"x".repeat(500)}`,
      });
      if (i % 100 !== 0) continue;
      quiet.push(`quiet ${i}`, `own ${i}`);
      logging.report({ level: "ERROR", svc_name: "quiet", message: `quiet ${i}` });
      logging.logger.info(`own ${i}`);
      assertBalanced(logging.stats());
      mostBytes = Math.max(mostBytes, bytesOf(journalPaths(folder.path, "holdfast.db-spill-")));
    }
    const { queue_own_bytes, queue_own_limit_bytes } = logging.stats();
    assert(queue_own_bytes < queue_own_limit_bytes / 2, "it is ready");
  }
  assertEquals((await logging.flush(FLUSH)).timedOut, false);
  await logging.flush(FLUSH);
  const messages = new Set(storedMessages(storePath));
  assertEquals(quiet.filter((message) => !messages.has(message)), []);
  const { dropped } = logging.stats();
  assertEquals(Object.keys(dropped.ERROR ?? {}), ["spill_full"]);
  assertEquals(Object.keys(dropped), ["ERROR"]);
  assert(mostBytes > SPILL_LIMIT_BYTES / 2 && mostBytes < SPILL_LIMIT_BYTES * 1.5, `${mostBytes}`);
});

Deno.test("what an overload left on disk is there after a death of the worker, and after the process too", async () => {
  await using world = startLog({ ...SMALL_QUEUE, hangAfterMs: 400 });
  const { logging, storePath, folder } = world;
  await logging.ready;
  {
    using _lock = holdStore(storePath);
    for (let i = 0; i < 1_000; i++) logging.logger.error(`failure ${i}`);
    logging.logger.error(fault({ kind: "crash", unless: folder.at("broken") }));
    const flushed = await logging.close({ deadlineMs: 300 });
    assertEquals([flushed.timedOut, flushed.dropped], [true, 0]);
    assertEquals(flushed.spilled, logging.stats().pending);
    assertBalanced(logging.stats());
  }
  await using next = startLog({ dataDir: folder.path, storeUrl: `sqlite:${storePath}` });
  // Not by their number: a worker that is being ended may still store some itself once the store is free.
  await until(() => journalPaths(folder.path, "holdfast.db-spill-").length === 0, {
    what: "they are replayed",
  });
  await until(() => next.logging.stats().replayed > 0, { what: "it is told" });
  await next.logging.flush(FLUSH);
  const failures = storedMessages(storePath).filter((message) => message.startsWith("failure"));
  assertEquals(failures.length, 1_000);
});

Deno.test("a backlog that somebody truncates is dropped and counted, and holds up no flush", async () => {
  await using world = startLog(SMALL_QUEUE);
  const { logging, storePath, folder } = world;
  await logging.ready;
  {
    using _lock = holdStore(storePath);
    for (let i = 0; i < 1_000; i++) logging.logger.error(`failure ${i}`);
    for (const path of journalPaths(folder.path, "holdfast.db-spill-")) Deno.truncateSync(path);
  }
  assertEquals((await logging.flush(FLUSH)).timedOut, false);
  const { dropped, accepted, stored } = logging.stats();
  assert(dropped.ERROR!.journal_lost! > 100 && stored > 100, `${stored} of ${accepted}`);
  assertEquals(Object.keys(dropped), ["ERROR"]);
  assertBalanced(logging.stats());
});

Deno.test("a record that ends two workers after it was read back from disk is set aside alone", async () => {
  await using world = startLog(SMALL_QUEUE);
  const { logging, storePath, folder } = world;
  await logging.ready;
  {
    using _lock = holdStore(storePath);
    for (let i = 0; i < 1_000; i++) {
      logging.logger.error(i === 900 ? fault({ kind: "poison" }) : `failure ${i}`);
    }
  }
  await logging.flush(FLUSH);
  // Again, for what the log said of it meanwhile.
  await logging.flush(FLUSH);
  const stats = logging.stats();
  assertEquals([stats.quarantined, stats.restarts], [1, 2]);
  assertEquals(stats.dropped, { ERROR: { quarantined: 1 } });
  assertBalanced(stats);
  const failures = storedMessages(storePath).filter((message) => message.startsWith("failure"));
  assertEquals(failures.length, 999);
  const { line } = JSON.parse(Deno.readTextFileSync(folder.at("quarantine.ndjson")));
  assertEquals(JSON.parse(line).record.seq, 901);
});

Deno.test("a webhook takes no time from the spill: a store that does not answer is waited for as long as without one", async () => {
  const without = await closeMs({});
  const withOne = await closeMs({ alerts: alertsTo("http://127.0.0.1:9/") });
  assert(withOne < 2 * without, `${withOne} ms with a webhook, ${without} ms without`);

  async function closeMs(options: { alerts?: AlertSettings }): Promise<number> {
    await using world = startLog(options);
    const { logging, storePath } = world;
    await logging.ready;
    using _lock = holdStore(storePath);
    const text = "x".repeat(1_000);
    for (let i = 0; i < 15_000; i++) logging.logger.info(text);
    const startMs = performance.now();
    const flushed = await logging.close({ deadlineMs: 2_500 });
    assertEquals([flushed.timedOut, flushed.dropped, flushed.spilled >= 15_000], [true, 0, true]);
    return performance.now() - startMs;
  }
});

Deno.test("where no disk takes failures, they fill the queue twice before one is dropped, and it is counted", async () => {
  await using world = startLog({ ...SMALL_QUEUE, spill: "off" });
  const { logging, storePath } = world;
  await logging.ready;
  {
    using _lock = holdStore(storePath);
    for (let i = 0; i < 2_000; i++) logging.logger.error(`failure ${i}`);
    assertBalanced(logging.stats());
    assert(logging.stats().queue_bytes > SMALL_QUEUE.queueLimitBytes * 1.9);
  }
  await logging.flush(FLUSH);
  assertBalanced(logging.stats());
  const { dropped } = logging.stats();
  assertEquals(Object.keys(dropped.ERROR!), ["no_disk"]);
  const failures = storedRecords(storePath).filter(({ level }) => level === "ERROR");
  assertEquals(failures.length + dropped.ERROR!.no_disk!, 2_000);
});

Deno.test("a record that the store can never take is dropped alone and counted once, even when its worker ends", async () => {
  await using world = startLog();
  const { logging, storePath, folder } = world;
  await logging.ready;
  refuseRecords(storePath, "unstorable");
  for (let i = 0; i < 100; i++) logging.logger.info(i === 50 ? "unstorable" : `record ${i}`);
  logging.logger.info(fault({ kind: "crash", unless: folder.at("broken") }));
  await logging.flush(FLUSH);
  assertBalanced(logging.stats());
  assertEquals(logging.stats().dropped, { INFO: { store_rejected: 1 } });
  assertEquals(ownMessages(storedRecords(storePath)).length, 99);
});

Deno.test("a store that can take nothing at all does not make the log talk about itself for ever", async () => {
  await using world = startLog();
  const { logging, storePath } = world;
  await logging.ready;
  await logging.flush(FLUSH);
  refuseRecords(storePath, "seq");
  const before = logging.stats().accepted;
  for (let i = 0; i < 100; i++) logging.logger.info(`record ${i}`);
  await until(() => logging.stats().pending === 0, { what: "all of them are refused" });
  assertBalanced(logging.stats());
  assert(logging.stats().accepted - before < 120);
});

Deno.test("a question does not wait behind records", async () => {
  await using world = startLog();
  const { logging } = world;
  await logging.ready;
  for (let i = 0; i < MANY; i++) logging.logger.info(`record ${i}`, { text: "x".repeat(500) });
  await logging.store.health();
  assert(logging.stats().pending > MANY / 2, `${logging.stats().pending} were waiting still`);
});

Deno.test("a flush waits for what was taken before it, not for what comes after", async () => {
  await using world = startLog();
  const { logging } = world;
  await logging.ready;
  let taken = 0;
  let isFlushed = false;
  const endless = (async () => {
    while (!isFlushed && taken < 3 * MANY) {
      for (let i = 0; i < 300; i++, taken++) logging.logger.info("on and on");
      await new Promise((resolve) => setTimeout(resolve));
    }
  })();
  const { timedOut } = await logging.flush(FLUSH);
  const { pending } = logging.stats();
  isFlushed = true;
  await endless;
  assertEquals(timedOut, false);
  assert(taken < 3 * MANY && pending > 0, `${taken} taken, ${pending} waited`);
});

Deno.test("a spill folder that cannot be made or written holds up nothing: it is told once, counted, and all is stored", async () => {
  await using world = startLog();
  const { folder } = world;
  Deno.writeTextFileSync(folder.at("file"), "");
  await using other = startLog({ dataDir: folder.at("file", "inside") });
  const { logging, storePath } = other;
  await logging.ready;
  for (let i = 0; i < 100; i++) logging.logger.error(`failure ${i}`);
  assertEquals((await logging.flush(FLUSH)).timedOut, false);
  assertBalanced(logging.stats());
  assertEquals([logging.stats().spilled, logging.stats().unspilled], [0, 100]);
  const messages = storedRecords(storePath).map(({ message }) => message);
  assertEquals(
    messages.filter((message) => message.startsWith("Cannot write the journal")).length,
    1,
  );
  assertEquals(messages.filter((message) => message.startsWith("failure")).length, 100);
});

Deno.test("what is logged after the end is on disk for the next start", async () => {
  await using world = startLog();
  const { logging, storePath, folder } = world;
  await logging.ready;
  await logging.close(FLUSH);
  assertEquals(await logging.close(FLUSH), await logging.close(FLUSH));
  logging.logger.info("too late");
  assertBalanced(logging.stats());
  await using next = startLog({ dataDir: folder.path, storeUrl: `sqlite:${storePath}` });
  await until(() => next.logging.stats().replayed === 1, { what: "it is replayed" });
  assert(storedMessages(storePath).includes("too late"));
});

Deno.test("a failure that was replayed alerts like any other", async () => {
  await using world = startLog();
  const { logging, storePath, folder } = world;
  await logging.ready;
  await logging.close(FLUSH);
  logging.logger.error("the last words");
  await using receiver = startReceiver();
  await using _next = startLog({
    dataDir: folder.path,
    storeUrl: `sqlite:${storePath}`,
    alerts: alertsTo(receiver.url),
  });
  await until(() => receiver.messages.length > 0, { what: "an alert" });
  assertMatch(receiver.messages[0].text, /^New error: `\w+: the last words`/);
});

Deno.test("a record whose time is none is stored all the same", async () => {
  await using world = startLog();
  const { logging, storePath } = world;
  await logging.ready;
  for (const timeMs of [NaN, Infinity, -1e300]) {
    logging.report({ level: "ERROR", svc_name: "elsewhere", message: "when?" }, { timeMs });
  }
  await logging.flush(FLUSH);
  assertBalanced(logging.stats());
  assertEquals(storedRecords(storePath).length, 3);
});

function linesOf(path: string): LogRecord[] {
  const text = Deno.readTextFileSync(path);
  return text.slice(0, text.lastIndexOf("\n") + 1).split("\n").filter((line) => line !== "")
    .map((line) => JSON.parse(line));
}

function ownMessages(records: readonly LogRecord[]): string[] {
  return records.map(({ message }) => message).filter((message) => message.startsWith("record"));
}

function bytesOf(paths: readonly string[]): number {
  return paths.reduce((sum, path) => sum + Deno.statSync(path).size, 0);
}
