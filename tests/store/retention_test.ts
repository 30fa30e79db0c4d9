import { assert, assertEquals, assertMatch } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { openSqlite } from "../../store/open.ts";
import type { Store } from "../../store/store.ts";
import { holdStore } from "../helpers/hold_store.ts";
import { readEnvelope } from "../helpers/read_envelope.ts";
import { startApp } from "../helpers/start_app.ts";
import { assertBalanced, startLog } from "../helpers/start_log.ts";
import { tempFolder } from "../helpers/temp_folder.ts";
import { until } from "../helpers/until.ts";
import { Source, times } from "./entries.ts";

const MEGABYTE = 1024 * 1024;
const TENTH = 1.1;
const FLUSH = { deadlineMs: 30_000 };

Deno.test("the store stays within its limit while it is written to, not a minute later", async () => {
  const maxMegabytes = 2;
  await using world = startLog({ retention: { days: 90, keepOccurrences: 100, maxMegabytes } });
  const { logging } = world;
  await logging.ready;
  let largest = 0;
  for (let batch = 0; batch < 20; batch++) {
    for (let i = 0; i < 100; i++) {
      logging.logger.info(`record ${batch} ${i}`, { filler: crypto.randomUUID().repeat(20) });
      if (i % 5 === 0) logging.logger.error(new TypeError(`broken ${i} ${"y".repeat(500)}`));
    }
    assertEquals((await logging.flush(FLUSH)).timedOut, false);
    largest = Math.max(largest, (await logging.store.health()).size_bytes);
  }
  assertBalanced(logging.stats());
  assert(largest < maxMegabytes * TENTH * MEGABYTE, `${largest / MEGABYTE} MB`);
  assert((await logging.store.health()).logs > 200);
});

Deno.test("a thousand records at once are taken in portions that a small store can bear", async () => {
  const maxMegabytes = 1;
  await using world = startLog({
    spill: "off",
    retention: { days: 90, keepOccurrences: 100, maxMegabytes },
  });
  const { logging, storePath } = world;
  await logging.ready;
  let largest = 0;
  {
    using _lock = holdStore(storePath);
    for (let i = 0; i < 2_000; i++) logging.logger.info("record", { filler: "x".repeat(500) });
    await until(() => logging.stats().sinks_down.includes("store"), { what: "the store is held" });
  }
  const watching = setInterval(() => {
    largest = Math.max(largest, sizeOf(storePath) + sizeOf(`${storePath}-wal`));
  }, 1);
  assertEquals((await logging.flush(FLUSH)).timedOut, false);
  clearInterval(watching);
  assert(largest > 0 && largest < maxMegabytes * TENTH * MEGABYTE, `${largest / MEGABYTE} MB`);
});

for (
  const [what, logs, errors] of [
    ["failures of a few errors and logs", 50, 20],
    ["failures without number and logs", 50, 1_000_000],
    ["failures alone", 0, 20],
    ["logs alone", 75, 0],
    ["one error a thousand times at once", 0, 1],
  ] as const
) {
  Deno.test(`the size of a file holds within a tenth: ${what}`, async () => {
    using folder = tempFolder();
    const store = await openSqlite({ path: folder.at("holdfast.db"), newErrorsAnHour: Infinity });
    const limits = { days: 90, keepOccurrences: 10, maxMegabytes: 2 };
    const source = new Source(Date.now() - 60_000);
    let largest = 0;
    for (let batch = 0; batch < 120; batch++) {
      await store.write([
        ...times(logs, () => source.log({ attrs: { filler: crypto.randomUUID().repeat(10) } })),
        ...times(
          errors === 1 ? 200 : errors > 0 ? 25 : 0,
          (i) => source.failure(`${(batch * 25 + i) % errors}`, { error: failing(i) }),
        ),
      ]);
      await store.sweep(limits, Date.now());
      largest = Math.max(largest, (await store.health()).size_bytes);
    }
    await store.close();
    assert(largest < limits.maxMegabytes * TENTH * MEGABYTE, `${largest / MEGABYTE} MB`);
  });
}

Deno.test("the indexes of words are merged in small steps, so that file and journal hold within a tenth between two of them, too", async () => {
  using folder = tempFolder();
  const path = folder.at("holdfast.db");
  const store = await openSqlite({ path });
  const limits = { days: 90, keepOccurrences: 100, maxMegabytes: 4 };
  const source = new Source(Date.now() - 60_000);
  const words = () => crypto.randomUUID().replaceAll("-", " ");
  let largest = 0;
  const look = () => {
    const files = [path, `${path}-wal`].map((file) => Deno.statSync(file).size);
    largest = Math.max(largest, files[0]! + files[1]!);
  };
  for (let batch = 0; batch < 100; batch++) {
    await store.write(times(64, (i) => {
      const parts = { attrs: { words: times(6, words).join(" ") } };
      return i % 3 === 0 ? source.failure(`${i}`, parts) : source.log(parts);
    }));
    look();
    await store.sweep(limits, Date.now());
    look();
  }
  await store.close();
  assert(largest < limits.maxMegabytes * TENTH * MEGABYTE, `${largest / MEGABYTE} MB`);
});

Deno.test("what a long reader left in the write-ahead log is given back by the sweep", async () => {
  using folder = tempFolder();
  const path = folder.at("holdfast.db");
  const store = await openSqlite({ path });
  const limits = { days: 90, keepOccurrences: 100, maxMegabytes: 100 };
  const source = new Source();
  await store.write([source.log()]);
  const reader = new DatabaseSync(path, { readOnly: true });
  reader.exec("begin");
  reader.prepare("select count(*) from log_tail").get();
  for (let batch = 0; batch < 10; batch++) {
    // What does not compress.
    const filler = () => crypto.getRandomValues(new Uint8Array(3000)).toHex();
    await store.write(times(500, () => source.log({ attrs: { filler: filler() } })));
    await store.sweep(limits, Date.now());
  }
  const long = Deno.statSync(`${path}-wal`).size;
  assert(long > 10 * MEGABYTE, `${long} bytes while somebody reads`);
  reader.exec("commit");
  reader.close();
  await store.sweep(limits, Date.now());
  const cut = Deno.statSync(`${path}-wal`).size;
  assert(cut <= 5 * MEGABYTE, `${cut} bytes afterwards`);
  await store.close();
});

for (const end of ["", "-wal"]) {
  Deno.test(`a store whose file holdfast.db${end} is deleted is not ready, and says so`, async () => {
    using folder = tempFolder();
    const path = folder.at("holdfast.db");
    await using app = await startApp({ logging: { storeUrl: `sqlite:${path}` } });
    await readEnvelope(await app.request("/readyz"), { status: 200 });
    Deno.renameSync(path + end, folder.at("kept"));
    app.logging.logger.error("this is not lost");
    await until(() => app.logging.stats().sinks_down.includes("store"), { what: "it is down" });
    const { content } = await readEnvelope(await app.request("/readyz"), {
      status: 503,
      code: "store.unavailable",
      isFinding: true,
    });
    assertMatch(content as string, /Unavailable/);
    Deno.renameSync(folder.at("kept"), path + end);
    assertEquals((await app.logging.flush(FLUSH)).timedOut, false);
    await readEnvelope(await app.request("/readyz"), { status: 200 });
    assertEquals(await messagesIn(app.logging.store, "lost"), ["this is not lost"]);
    const [told] = await messagesIn(app.logging.store, "replaced");
    assertMatch(told!, /holdfast\.db\S* was removed or replaced while it was in use/);
  });
}

Deno.test("a file that another was put in place of is not written to any more", async () => {
  using folder = tempFolder();
  const path = folder.at("holdfast.db");
  const store = await openSqlite({ path });
  const source = new Source();
  await store.write([source.log()]);
  Deno.renameSync(path, folder.at("old.db"));
  Deno.writeTextFileSync(path, "");
  const { name, message } = await store.write([source.log()]).then(() => new Error(), (e) => e);
  assertEquals(name, "StoreBusy");
  assertMatch(message, /was removed or replaced/);
  Deno.removeSync(path);
  Deno.renameSync(folder.at("old.db"), path);
  assertEquals((await store.write([source.log()])).stored, 1);
  await store.close();
});

function sizeOf(path: string): number {
  return Deno.statSync(path).size;
}

function failing(i: number) {
  return {
    type: "TypeError",
    message: `broken ${i}`,
    stack: "at handler (home.ts:1:2)\n".repeat(20),
  };
}

async function messagesIn(store: Pick<Store, "listLogs">, q: string): Promise<string[]> {
  return (await store.listLogs({ q, limit: 10 })).items.map(({ message }) => message);
}
