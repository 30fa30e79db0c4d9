import { gzipSync } from "node:zlib";
import { assert, assertEquals, assertMatch } from "@std/assert";
import { journalPaths, journalPrefix } from "../../logging/queue/journal_file.ts";
import { holdStore, refuseRecords } from "../helpers/hold_store.ts";
import { failureReport, PLAIN_WORKER, plainDelivery } from "../helpers/plain_delivery.ts";
import {
  assertBalanced,
  startLog,
  storedMessages,
  storedRecords,
  type TestLog,
} from "../helpers/start_log.ts";
import { until } from "../helpers/until.ts";
import { withoutWorkers } from "../helpers/without_workers.ts";

const FLUSH = { deadlineMs: 30_000 };
/** How much later than it should an answer may come that is not held up. */
const BUSY_MACHINE_MS = 3_000;
const MANY = 300;

function startIntake(options: Parameters<typeof startLog>[0] = {}): TestLog {
  return startLog({ workerUrl: PLAIN_WORKER, spill: "off", ...options });
}

Deno.test("reports that were answered 200 are stored, each once, redacted and grouped", async () => {
  await using world = startIntake();
  const { logging, storePath } = world;
  await logging.ready;
  const answers = await Promise.all(
    Array.from({ length: MANY }, (_, i) =>
      logging.take(plainDelivery({
        reports: [
          failureReport(`failure ${i}`, { attrs: { password: "hunter2" } }),
          { svc_name: "till", level: "INFO", message: `told ${i}` },
        ],
      }))),
  );
  for (const answer of answers) {
    assertEquals(answer, {
      status: 200,
      eventId: undefined,
      records: { shop: 1, till: 1 },
      counts: [],
      damaged: undefined,
    });
  }
  assertBalanced(logging.stats());
  assertEquals((await logging.flush(FLUSH)).timedOut, false);
  assertBalanced(logging.stats());
  const records = storedRecords(storePath).filter(({ reported }) => reported);
  assertEquals(records.length, 2 * MANY);
  assertEquals(new Set(records.map(({ boot_id }) => boot_id)).size, 1);
  assertEquals(new Set(records.map(({ seq }) => seq)).size, 2 * MANY);
  assert(records.every(({ boot_id }) => boot_id !== logging.bootId));
  assert(!JSON.stringify(records).includes("hunter2"));
  const { items } = await logging.store.listErrors({ limit: 10 });
  assertEquals(items.map(({ count }) => count), [MANY]);
});

Deno.test("reports below LOG_LEVEL are not kept, and counted as such in the answer", async () => {
  await using world = startIntake({ level: "WARN" });
  const { logging, storePath } = world;
  await logging.ready;
  const reports = ["INFO", "WARN", "ERROR"] as const;
  const taken = await logging.take(plainDelivery({
    reports: reports.map((level) => ({ svc_name: "shop", level, message: level })),
  }));
  assertEquals(taken, {
    status: 200,
    eventId: undefined,
    records: { shop: 2 },
    counts: [{ outcome: "ignored", category: "log_item", reason: "level", quantity: 1 }],
    damaged: undefined,
  });
  await logging.flush(FLUSH);
  assertEquals(storedMessages(storePath), ["WARN", "ERROR"]);
});

Deno.test("while another process holds the store, reports are answered from the journal and stored later", async () => {
  await using world = startIntake();
  const { logging, storePath } = world;
  await logging.ready;
  {
    using _lock = holdStore(storePath);
    for (let i = 0; i < MANY; i++) {
      const taken = await logging.take(plainDelivery({ reports: [failureReport(`failure ${i}`)] }));
      assertEquals(taken.status, 200);
    }
    assertBalanced(logging.stats());
    assert(logging.stats().pending >= MANY);
    assertEquals((await logging.flush({ deadlineMs: 100 })).timedOut, true);
  }
  assertEquals((await logging.flush(FLUSH)).timedOut, false);
  assertBalanced(logging.stats());
  assertEquals(storedMessages(storePath).length, MANY);
});

Deno.test("a delivery that cannot be read is refused, is told in the log, and harms no other", async () => {
  await using world = startIntake();
  const { logging, storePath } = world;
  await logging.ready;
  const [broken, sound, unknown] = await Promise.all([
    logging.take(plainDelivery({ fault: "throw" })),
    logging.take(plainDelivery({ reports: [failureReport("sound")] })),
    logging.take({ ...plainDelivery({}), protocol: "nothing" as "store" }),
  ]);
  assertEquals(broken, {
    status: 400,
    code: "intake.unreadable",
    sentence: "these reports cannot be read",
  });
  assertEquals(sound.status, 200);
  assertEquals(unknown.status, 400);
  await logging.flush(FLUSH);
  const messages = storedRecords(storePath).map(({ message }) => message);
  assert(messages.includes("sound"));
  assert(messages.some((message) => message.includes("TypeError: thrown on purpose")));
});

Deno.test("what people wrote about an event is noted when it is answered, redacted, and without their names where KEEP_USER is id", async () => {
  await using world = startIntake();
  const { logging } = world;
  await logging.ready;
  const eventId = "0123456789abcdef0123456789abcdef";
  const text = "It broke; my password=hunter2secret does not work";
  const taken = await logging.take(plainDelivery({
    reports: [failureReport("broken", { event_id: eventId })],
    feedback: [{ eventId, text, author: "ana@example.com" }],
  }));
  assertEquals(taken.status, 200);
  await logging.flush(FLUSH);
  const { items: [summary] } = await logging.store.listErrors({ limit: 1 });
  const detail = await logging.store.error(summary!.id);
  const notes = detail!.history.filter(({ action }) => action === "noted");
  assertEquals(notes.map(({ actor }) => actor), ["user feedback"]);
  assertMatch(notes[0]!.note!, /It broke; my password=\S+ does not work/);
  assert(!notes[0]!.note!.includes("hunter2secret"));
});

for (const fault of ["crash", "close"] as const) {
  Deno.test(`a delivery that ends the worker (${fault}) is answered 503 at once, and what was answered before is stored`, async () => {
    // Longer than a busy machine keeps a living worker from its answer.
    await using world = startIntake({ hangAfterMs: 3_000 });
    const { logging, storePath } = world;
    await logging.ready;
    const lock = holdStore(storePath);
    for (let i = 0; i < MANY; i++) {
      const taken = await logging.take(plainDelivery({ reports: [failureReport(`failure ${i}`)] }));
      assertEquals(taken.status, 200);
    }
    const waiting = await Promise.all([
      logging.take(plainDelivery({ fault })),
      logging.take(plainDelivery({ fault: "never" })),
    ]);
    assertEquals(waiting.map(({ status }) => status), [503, 503]);
    await until(() => logging.stats().restarts === 1, { what: "the worker is replaced" });
    assertBalanced(logging.stats());
    assertEquals(logging.stats().pending >= MANY, true);
    lock[Symbol.dispose]();
    assertEquals((await logging.flush(FLUSH)).timedOut, false);
    assertBalanced(logging.stats());
    const kept = storedRecords(storePath).filter(({ message }) => message.startsWith("failure"));
    assertEquals(kept.length, MANY);
    const after = await logging.take(plainDelivery({ reports: [failureReport("after")] }));
    assertEquals(after.status, 200);
    assertEquals(logging.stats().restarts, 1);
  });
}

Deno.test("a delivery that takes too long is answered 503 within about two seconds, and others at once", async () => {
  await using world = startIntake();
  const { logging } = world;
  await logging.ready;
  const beganMs = performance.now();
  const never = logging.take(plainDelivery({ fault: "never" }));
  const other = logging.take(plainDelivery({ reports: [failureReport("a")] }));
  assertEquals(await Promise.race([never, other]), await other);
  assertEquals((await other).status, 200);
  const late = await never;
  assertEquals(late.status, 503);
  assert(performance.now() - beganMs < 2_000 + BUSY_MACHINE_MS);
});

Deno.test("more bodies than may wait are refused at once", async () => {
  await using world = startIntake();
  const { logging } = world;
  const body = new Uint8Array(8 * 1024 * 1024).fill(32);
  const answers = await Promise.all(
    Array.from({ length: 6 }, () => logging.take({ ...plainDelivery({}), body: body.slice() })),
  );
  const codes = answers.map((answer) => answer.status === 200 ? "" : answer.code);
  assert(codes.filter((code) => code === "intake.busy").length >= 3);
});

Deno.test("bombs in a row are refused with 413 and harm no other delivery", async () => {
  await using world = startIntake();
  const { logging } = world;
  await logging.ready;
  const bomb = gzipSync(new Uint8Array(40 * 1024 * 1024));
  const bombs = Array.from({ length: 5 }, () =>
    logging.take({
      ...plainDelivery({}),
      protocol: "envelope",
      encoding: "gzip",
      body: new Uint8Array(bomb),
    }));
  const sound = await logging.take(plainDelivery({ reports: [failureReport("sound")] }));
  assertEquals(sound.status, 200);
  assertEquals((await Promise.all(bombs)).map(({ status }) => status), Array(5).fill(413));
  assertEquals(logging.stats().restarts, 0);
});

Deno.test("a sender whose bodies fill the room leaves some to the others", async () => {
  await using world = startIntake();
  const { logging } = world;
  await logging.ready;
  const body = new Uint8Array(1024 * 1024).fill(32);
  const noisy = Array.from(
    { length: 40 },
    () => logging.take({ ...plainDelivery({}), reporter: "noisy", body: body.slice() }),
  );
  const other = await logging.take({
    ...plainDelivery({ reports: [failureReport("other")] }),
    reporter: "other",
  });
  assertEquals(other.status, 200);
  const refused = (await Promise.all(noisy)).filter(({ status }) => status === 503);
  assert(refused.length > 0);
});

Deno.test("the log's file has the reports too, those right before the end included", async () => {
  const file = Deno.makeTempFileSync();
  {
    await using world = startIntake({ file });
    const { logging } = world;
    await logging.ready;
    for (let i = 0; i < MANY; i++) {
      await logging.take(plainDelivery({ reports: [failureReport(`failure ${i}`)] }));
    }
    const { skipped } = await logging.close(FLUSH);
    assertEquals([skipped, logging.stats().skipped], [{}, {}]);
  }
  const lines = Deno.readTextFileSync(file).split("\n");
  assertEquals(lines.filter((line) => line.includes('"message":"failure ')).length, MANY);
  Deno.removeSync(file);
});

Deno.test("a file that cannot be written holds up no report, and what it misses is counted", async () => {
  await using world = startIntake({ file: "/dev/full/log.ndjson" });
  const { logging, storePath } = world;
  await logging.ready;
  const text = "x".repeat(7_000);
  const more = { attrs: { a: text, b: text, c: text, d: text } };
  for (let i = 0; i < MANY; i++) {
    const taken = await logging.take(plainDelivery({ reports: [failureReport("large", more)] }));
    assertEquals(taken.status, 200);
  }
  assertEquals((await logging.flush(FLUSH)).timedOut, false);
  assertEquals(storedRecords(storePath).filter(({ message }) => message === "large").length, MANY);
  assert(logging.stats().skipped.file!.behind! > 0);
  await logging.close(FLUSH);
  const { behind = 0, shutdown = 0 } = logging.stats().skipped.file!;
  assert(behind + shutdown >= MANY);
});

Deno.test("without room in memory reports are only in the journal, come back in order, and beyond its bound they are 503", async () => {
  await using world = startIntake({ spillLimitBytes: 60 * 1024 * 1024 });
  const { logging, storePath } = world;
  await logging.ready;
  const lock = holdStore(storePath);
  const text = "x".repeat(7_000);
  let answered = 0;
  let refused;
  while (refused === undefined) {
    const answers = await Promise.all(Array.from({ length: 50 }, () =>
      logging.take(plainDelivery({
        reports: [failureReport("large", { attrs: { a: text, b: text, c: text, d: text } })],
      }))));
    answered += answers.filter(({ status }) => status === 200).length;
    refused = answers.find(({ status }) => status !== 200);
    assertBalanced(logging.stats());
  }
  assertEquals(refused, {
    status: 503,
    code: "intake.full",
    sentence: "too many reports wait for the store",
  });
  assert(logging.stats().pending >= answered);
  lock[Symbol.dispose]();
  assertEquals((await logging.flush({ deadlineMs: 60_000 })).timedOut, false);
  assertBalanced(logging.stats());
  const seqs = storedRecords(storePath).filter(({ message }) => message === "large")
    .map(({ seq }) => seq);
  assertEquals(seqs.length, answered);
  const { items } = await logging.store.listErrors({ limit: 1 });
  assertEquals(items[0]?.count, answered);
  assertEquals(
    journalPaths(world.folder.path, journalPrefix(world.options.storeUrl)).length <= 1,
    true,
  );
});

Deno.test("where no disk takes the journal, a report is answered when the store has it, and 503 while the store is held", async () => {
  await using world = startIntake({ dataDir: "/dev/full/no-folder" });
  const { logging, storePath } = world;
  await logging.ready;
  const taken = await logging.take(plainDelivery({ reports: [failureReport("stored")] }));
  assertEquals(taken.status, 200);
  assertEquals(storedMessages(storePath).includes("stored"), true);
  assertBalanced(logging.stats());
  {
    using _lock = holdStore(storePath);
    const late = await logging.take(plainDelivery({ reports: [failureReport("late")] }));
    assertEquals(late.status, 503);
    assertBalanced(logging.stats());
  }
  await logging.flush(FLUSH);
  assertBalanced(logging.stats());
});

Deno.test("a store in memory answers when it has the report, and no journal is kept", async () => {
  await using world = startIntake({ storeUrl: "memory:" });
  const { logging } = world;
  await logging.ready;
  const taken = await logging.take(plainDelivery({ reports: [failureReport("kept")] }));
  assertEquals(taken.status, 200);
  assertEquals((await logging.store.listErrors({ limit: 1 })).items.length, 1);
  assertEquals(journalPaths(world.folder.path, "memory-spill-"), []);
});

Deno.test("a report that the store can never take is dropped alone and counted", async () => {
  await using world = startIntake();
  const { logging, storePath } = world;
  await logging.ready;
  refuseRecords(storePath, "unstorable");
  const reports = ["one", "unstorable", "two"].map((message) => failureReport(message));
  assertEquals((await logging.take(plainDelivery({ reports }))).status, 200);
  assertEquals((await logging.flush(FLUSH)).timedOut, false);
  assertBalanced(logging.stats());
  assertEquals(logging.stats().dropped, { ERROR: { store_rejected: 1 } });
});

Deno.test("closing leaves what the store does not take in the journal, and the next start stores it", async () => {
  await using world = startIntake({ spill: "all" });
  const { logging, storePath, folder } = world;
  await logging.ready;
  {
    using _lock = holdStore(storePath);
    for (let i = 0; i < MANY; i++) {
      await logging.take(plainDelivery({ reports: [failureReport(`failure ${i}`)] }));
    }
    const flushed = await logging.close({ deadlineMs: 300 });
    assertEquals([flushed.dropped, flushed.spilled >= MANY], [0, true]);
    assertBalanced(logging.stats());
    const refused = await logging.take(plainDelivery({ reports: [failureReport("late")] }));
    assertEquals(refused.status, 503);
    assertMatch("sentence" in refused ? refused.sentence : "", /stopping/);
  }
  await using next = startLog({ dataDir: folder.path, storeUrl: `sqlite:${storePath}` });
  await next.logging.ready;
  // Whoever comes first once the store is free: the next process, or the worker that was just ending.
  const isStored = () => storedMessages(storePath).length >= MANY;
  await until(isStored, { what: "all that were answered are stored" });
  assertEquals(storedMessages(storePath).length, MANY);
});

Deno.test("where there are no workers, reports are taken and stored all the same", async () => {
  using _platform = withoutWorkers();
  const { DECODERS } = await import("../../intake/decode.ts");
  const before = DECODERS.store;
  DECODERS.store = () =>
    Promise.resolve(({ body }) => ({
      reports: JSON.parse(new TextDecoder().decode(body)).reports.map((report: unknown) => ({
        report,
      })),
      counts: [],
    }));
  try {
    await using world = startIntake();
    const { logging, storePath } = world;
    const taken = await Promise.all(
      Array.from(
        { length: MANY },
        (_, i) => logging.take(plainDelivery({ reports: [failureReport(`failure ${i}`)] })),
      ),
    );
    assertEquals(taken.filter(({ status }) => status === 200).length, MANY);
    assertEquals((await logging.flush(FLUSH)).timedOut, false);
    assertBalanced(logging.stats());
    const kept = storedRecords(storePath).filter(({ message }) => message.startsWith("failure"));
    assertEquals(kept.length, MANY);
  } finally {
    if (before) DECODERS.store = before;
    else delete DECODERS.store;
  }
});
