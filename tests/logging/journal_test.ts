import { assert, assertEquals, assertRejects } from "@std/assert";
import { Journal } from "../../logging/queue/journal.ts";
import {
  JournalFile,
  journalLine,
  journalPaths,
  journalPrefix,
} from "../../logging/queue/journal_file.ts";
import { replay } from "../../logging/queue/replay.ts";
import { SEVERITY } from "../../store/record.ts";
import { openStore } from "../../store/open.ts";
import { type Entry, type Store, StoreBusy } from "../../store/store.ts";
import { runDeno } from "../helpers/run_deno.ts";
import { ROOT } from "../helpers/start_app.ts";
import { tempFolder } from "../helpers/temp_folder.ts";
import { Source, times } from "../store/entries.ts";

const PREFIX = journalPrefix("sqlite:/data/holdfast.db");
const ORIGIN = { root: "/app/", packageRoot: "/holdfast/" };
const MEGABYTE = 1024 * 1024;
const SHOP = { reporter: "key", service: "shop" };
const OTHER = { reporter: "other key", service: "other" };

Deno.test("two stores in one folder have spill files of their own", () => {
  assertEquals(PREFIX, "holdfast.db-spill-");
  assertEquals(journalPrefix("memory:"), "memory-spill-");
});

Deno.test("two databases have spill files of their own, and a new password changes nothing", () => {
  const prefix = journalPrefix("postgres://someone:secret@host/db");
  assert(/^postgres-[0-9a-f]{8}-spill-$/.test(prefix), prefix);
  const same = [
    "postgres://someone:other@host/db",
    "postgresql://else@host:5432/db?sslmode=require",
  ];
  assertEquals(same.map(journalPrefix), same.map(() => prefix));
  const others = ["postgres://host/db2", "postgres://host2/db", "postgres://host:5433/db"];
  assertEquals(new Set([prefix, ...others.map(journalPrefix)]).size, 4);
});

Deno.test("a spill file is on disk as soon as a line was taken, and gone when all of it is stored", () => {
  using world = openWorld();
  const journal = world.open();
  assertEquals(world.paths(), []);
  assert(journal.append("one", { batch: 1 }));
  assert(journal.append("two", { batch: 2 }));
  assertEquals(world.texts(), ["one\ntwo\n"]);
  journal.close(3);
  assertEquals(world.paths(), []);
});

Deno.test("a spill file is kept while one of its batches is not stored", () => {
  using world = openWorld();
  const journal = world.open();
  journal.append("one", { batch: 1 });
  journal.append("two", { batch: 2 });
  journal.cut(2);
  journal.close(2);
  assertEquals(world.texts(), ["one\ntwo\n"]);
});

Deno.test("under endless load the spill does not grow: segments go as soon as they are stored", () => {
  using world = openWorld();
  const journal = world.open();
  const line = "x".repeat(100_000);
  let mostBytes = 0;
  for (let batch = 1; batch <= 400; batch++) {
    journal.append(line, { batch: batch });
    // Something always waits: the batch before the last one is stored.
    journal.cut(batch - 1);
    const bytes = world.paths().reduce((sum, path) => sum + Deno.statSync(path).size, 0);
    mostBytes = Math.max(mostBytes, bytes);
  }
  assert(mostBytes < 9 * MEGABYTE, `${mostBytes} bytes`);
  journal.close(401);
  assertEquals(world.paths(), []);
});

Deno.test("no segment goes before the last of its batches is stored", () => {
  using world = openWorld();
  const journal = world.open();
  const line = "x".repeat(MEGABYTE);
  for (let batch = 1; batch <= 8; batch++) journal.append(`${batch}${line}`, { batch: batch });
  for (let batch = 1; batch <= 8; batch++) {
    journal.cut(batch);
    const left = world.texts().flatMap((text) => text.match(/\d(?=x)/g) ?? []).map(Number);
    for (let waiting = batch; waiting <= 8; waiting++) assert(left.includes(waiting));
  }
  journal.close(9);
  assertEquals(world.paths(), []);
});

Deno.test("while its process lives nobody claims its files", () => {
  using world = openWorld();
  const journal = world.open();
  journal.append("one", { batch: 1 });
  const [path] = world.paths();
  assertEquals(JournalFile.claim(path!), undefined);
  journal.close(0);
  using claimed = JournalFile.claim(path!);
  assert(claimed);
  assertEquals(JournalFile.claim(path!), undefined);
});

Deno.test("what found no room is read back in order, and its file goes when all of it is stored", () => {
  using world = openWorld();
  const journal = world.open();
  const lines = times(5_000, (i) => `line ${i} ${"é".repeat(100)}`);
  for (const line of lines) journal.append(line, { owner: SHOP });
  assertEquals(journal.backlog, lines.length);
  const read: string[] = [];
  for (let batch = 1; journal.backlog > 0; batch++) {
    const some = journal.replay(batch);
    assert(some.length > 0 && some.join("\n").length < MEGABYTE);
    read.push(...some);
    journal.cut(batch);
    assert(Deno.statSync(world.paths()[0]!).size > 0);
  }
  assertEquals(read, lines);
  journal.cut(1_000);
  assertEquals(world.paths(), []);
  journal.append("more", { owner: SHOP });
  assertEquals(journal.replay(1_001), ["more"]);
  journal.close(1_002);
  assertEquals(world.paths(), []);
});

Deno.test("what somebody cuts off a file of the backlog is lost, and counted", () => {
  using world = openWorld();
  const journal = world.open();
  for (const line of ["one", "two", "three"]) {
    journal.append(line, { owner: SHOP, severity: SEVERITY.WARN });
  }
  Deno.truncateSync(world.paths()[0]!, "one\ntw".length);
  assertEquals([journal.replay(1), journal.takeLost(), journal.backlog], [["one"], [], 2]);
  assertEquals([journal.replay(2), journal.backlog], [[], 0]);
  assertEquals(journal.takeLost(), [SEVERITY.WARN, SEVERITY.WARN]);
  journal.append("four", { owner: SHOP });
  assertEquals(journal.replay(3), ["four"]);
  journal.cut(4);
  assertEquals([world.paths(), journal.takeLost()], [[], []]);
  journal.close(4);
});

Deno.test("what is on disk alone has a bound: the cheap ones stop at half of it, one service at three quarters, others still find room", () => {
  using world = openWorld();
  const journal = world.open(10 * MEGABYTE);
  const line = "x".repeat(10_000);
  const fill = (severity: number, service: string) => {
    let count = 0;
    const owner = { reporter: service, service };
    for (; journal.hasRoom(severity, owner); count++) journal.append(line, { owner });
    return Math.round(count * line.length / MEGABYTE * 10) / 10;
  };
  assertEquals(fill(SEVERITY.INFO, "noisy"), 5);
  assertEquals(fill(SEVERITY.ERROR, "noisy"), 2.6);
  assertEquals(fill(SEVERITY.WARN, "quiet"), 0);
  assertEquals(fill(SEVERITY.ERROR, "quiet"), 1.8);
  const bytes = world.paths().reduce((sum, path) => sum + Deno.statSync(path).size, 0);
  assert(bytes <= 10 * MEGABYTE, `${bytes} bytes`);
  journal.close(0);
});

Deno.test("a key that has reports of many services leaves room for other keys, and for a service of its own that is quiet", () => {
  using world = openWorld();
  const journal = world.open(10 * MEGABYTE);
  const line = "x".repeat(1_000);
  for (let at = 0; at < 100; at++) {
    const owner = { reporter: "noisy", service: `name-${at}` };
    while (journal.hasRoom(SEVERITY.ERROR, owner)) journal.append(line, { owner });
  }
  for (const owner of [{ reporter: "noisy", service: "quiet" }, OTHER]) {
    assert(journal.hasRoom(SEVERITY.ERROR, owner), JSON.stringify(owner));
    journal.append(line, { owner });
  }
  const bytes = world.paths().reduce((sum, path) => sum + Deno.statSync(path).size, 0);
  assert(bytes <= 9.5 * MEGABYTE, `${bytes} bytes`);
  journal.close(0);
});

Deno.test("under an overload without end the disk is given back as it is stored, and the oldest comes first", () => {
  using world = openWorld();
  const journal = world.open(20 * MEGABYTE);
  const line = "x".repeat(100_000);
  let [written, next, mostBytes] = [0, 0, 0];
  for (let batch = 1; batch <= 1_000; batch++) {
    for (let i = 0; i < 2 && journal.hasRoom(SEVERITY.ERROR, SHOP); i++) {
      assert(journal.append(`${written++} ${line}`, { owner: SHOP }));
    }
    for (const read of journal.replay(batch)) assertEquals(Number.parseInt(read), next++);
    journal.cut(batch - 1);
    const bytes = world.paths().reduce((sum, path) => sum + Deno.statSync(path).size, 0);
    mostBytes = Math.max(mostBytes, bytes);
  }
  assert(mostBytes > 10 * MEGABYTE && mostBytes < 20 * MEGABYTE, `${mostBytes} bytes`);
  assert(next > 900, `${next} lines were read back`);
  journal.close(0);
});

Deno.test("what other processes have left on the disk counts too", () => {
  using world = openWorld();
  const before = world.open();
  const line = "x".repeat(MEGABYTE);
  for (let i = 0; i < 9; i++) before.append(line, { owner: SHOP });
  before.close(0);
  const journal = world.open(10 * MEGABYTE);
  journal.append("a line", { owner: OTHER });
  assert(journal.hasRoom(SEVERITY.ERROR, OTHER));
  for (let i = 0; i < 10 && journal.hasRoom(SEVERITY.ERROR, OTHER); i++) {
    journal.append(line, { owner: OTHER });
  }
  const bytes = world.paths().reduce((sum, path) => sum + Deno.statSync(path).size, 0);
  assert(bytes < 11 * MEGABYTE, `${bytes} bytes`);
  journal.close(0);
});

Deno.test("what a dead process left is stored whole, but for a last line torn by the death of its process", async () => {
  using world = openWorld();
  const store = await openStore("memory:");
  const source = new Source();
  const entries = times(3_000, (i) => i % 10 === 0 ? source.failure("a") : source.log());
  const text = entries.map((entry) => journalLine(entry, ORIGIN) + "\n").join("");
  const path = world.left(text + '{"record":{"boot_id":"half');
  const replayed = await replay(path, { ...writes(store), code: ORIGIN, signal: never() });
  assertEquals(replayed, { path, records: 3_000, torn: 1, aside: 0 });
  assertEquals(world.paths(), []);
  assertEquals((await store.health()).logs, 3_000);
  const [failure] = entries;
  assertEquals((await store.receipt(failure!.record.error_id!))?.state, "open");
  await store.close();
});

Deno.test("a replayed failure is grouped for the app that wrote it, wherever that lay", async () => {
  using world = openWorld();
  const store = await openStore("memory:");
  const source = new Source();
  const { record } = source.failure("a");
  record.error = {
    type: "TypeError",
    message: "x",
    stack: "TypeError: x\n    at buy (file:///srv/r1/shop.ts:1:2)",
  };
  const line = journalLine({ record, line: JSON.stringify(record) }, {
    root: "/srv/r1/",
    packageRoot: "/srv/holdfast/",
  });
  await replay(world.left(line + "\n"), { ...writes(store), code: ORIGIN, signal: never() });
  const detail = await store.error(record.error_id!);
  assertEquals(detail?.keys[0]?.rule, "frames");
  assertEquals(detail?.location, "buy (shop.ts)");
  await store.close();
});

Deno.test("lines that are no records are passed over, however long, and counted", async () => {
  using world = openWorld();
  const store = await openStore("memory:");
  const line = journalLine(new Source().log(), ORIGIN);
  const path = world.left(`[]\n${"x".repeat(9 * MEGABYTE)}\nnull\n${line}\n{"record":{}}\n`);
  const replayed = await replay(path, { ...writes(store), code: ORIGIN, signal: never() });
  assertEquals(replayed?.records, 1);
  assert(replayed!.torn >= 4);
  await store.close();
});

Deno.test("a store that is busy in the middle of a replay gets every record once, and only then is the file removed", async () => {
  using world = openWorld();
  const store = await openStore("memory:");
  const source = new Source();
  const path = world.left(times(2_000, () => journalLine(source.log(), ORIGIN) + "\n").join(""));
  let calls = 0;
  const write = (entries: readonly Entry[]) => {
    assertEquals(world.paths(), [path]);
    if (calls++ === 1) return Promise.reject(new StoreBusy("busy on purpose"));
    return store.write(entries);
  };
  assertEquals((await replay(path, { write, code: ORIGIN, signal: never() }))?.records, 2_000);
  assert(calls > 2);
  assertEquals(world.paths(), []);
  await store.close();
});

Deno.test("a replay that is ended leaves the file to the next one, which stores the rest", async () => {
  using world = openWorld();
  const store = await openStore("memory:");
  const source = new Source();
  const path = world.left(times(2_000, () => journalLine(source.log(), ORIGIN) + "\n").join(""));
  const ending = new AbortController();
  const write = async (entries: readonly Entry[]) => {
    ending.abort();
    return await store.write(entries);
  };
  assertEquals(await replay(path, { write, code: ORIGIN, signal: ending.signal }), undefined);
  const first = (await store.health()).logs;
  assert(first > 0 && first < 2_000);
  const rest = await replay(path, { ...writes(store), code: ORIGIN, signal: never() });
  assertEquals(rest?.records, 2_000 - first);
  await store.close();
});

/** Ends itself, as a process does that has no memory left, as soon as a record says so. */
const REPLAYER = new URL("../store/replayer.ts", import.meta.url).href;

for (const deadly of [[0], [57], [57, 58, 199]]) {
  Deno.test(`records that end the process are set aside after two more each, alone: ${deadly.length} in 200`, async () => {
    using world = openWorld();
    const source = new Source();
    const lines = times(
      200,
      (n) =>
        journalLine(source.log({ message: deadly.includes(n) ? "deadly" : `fine ${n}` }), ORIGIN),
    );
    const path = world.left(lines.join("\n") + "\n");
    const storePath = path.replace(/[^/]*$/, "store.db");
    const codes: number[] = [];
    do {
      const { code } = await runDeno(["run", "-A", REPLAYER, path, storePath], ROOT);
      codes.push(code);
    } while (codes.at(-1) !== 0 && codes.length < 12);
    assertEquals(codes.map((code) => code === 0), [
      ...deadly.flatMap(() => [false, false, false]),
      true,
    ]);
    const store = await openStore(`sqlite:${storePath}`);
    assertEquals((await store.listLogs({ limit: 1 })).total, 200 - deadly.length);
    await store.close();
    // Nothing is lost: the lines are in quarantine as they stood.
    const kept = Deno.readTextFileSync(path.replace(/[^/]*$/, "quarantine.ndjson")).trim();
    assertEquals(
      kept.split("\n").map((line) => JSON.parse(line).line),
      deadly.map((n) => lines[n]),
    );
    assertEquals(
      Array.from(Deno.readDirSync(path.replace(/[^/]*$/, ""))).filter(({ name }) =>
        name.includes("-spill-")
      ),
      [],
    );
  });
}

Deno.test("a replay that is ended orderly, or finds no store, is no death", async () => {
  using world = openWorld();
  const path = world.left(journalLine(new Source().log(), ORIGIN) + "\n");
  for (let n = 0; n < 3; n++) {
    await assertRejects(() =>
      replay(path, {
        write: () => Promise.reject(new Error("no store")),
        code: ORIGIN,
        signal: never(),
      })
    );
    const ended = await replay(path, {
      write: () => Promise.reject(new StoreBusy("busy")),
      code: ORIGIN,
      signal: AbortSignal.abort(),
    });
    assertEquals(ended, undefined);
  }
  const store = await openStore("memory:");
  const replayed = await replay(path, { ...writes(store), code: ORIGIN, signal: never() });
  assertEquals([replayed?.records, replayed?.aside], [1, 0]);
  await store.close();
});

function openWorld() {
  const folder = tempFolder();
  const states: boolean[] = [];
  let opened = 0;
  const paths = () => journalPaths(folder.at("data"), PREFIX);
  return {
    open: (limitBytes?: number) =>
      new Journal({
        dir: folder.at("data"),
        prefix: PREFIX,
        name: `boot-${++opened}`,
        limitBytes,
        onState: (up) => void states.push(up),
      }),
    paths,
    texts: () => paths().map((path) => Deno.readTextFileSync(path)),
    left(text: string): string {
      Deno.mkdirSync(folder.at("data"), { recursive: true });
      const path = folder.at("data", `${PREFIX}dead-1.ndjson`);
      Deno.writeTextFileSync(path, text);
      return path;
    },
    [Symbol.dispose]: () => folder[Symbol.dispose](),
  };
}

function writes(store: Store) {
  return { write: (entries: readonly Entry[]) => store.write(entries) };
}

function never(): AbortSignal {
  return new AbortController().signal;
}
