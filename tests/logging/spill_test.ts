import { assert, assertEquals, assertRejects } from "@std/assert";
import { Orphan, spillPaths } from "../../logging/orphan.ts";
import { replay } from "../../logging/replay.ts";
import { SEVERITY } from "../../store/record.ts";
import { Overflow, Spill, SpillDisk, spillLine, spillPrefix } from "../../logging/spill.ts";
import { openStore } from "../../store/open.ts";
import { type Entry, type Store, StoreBusy } from "../../store/store.ts";
import { runDeno } from "../helpers/run_deno.ts";
import { ROOT } from "../helpers/start_app.ts";
import { tempFolder } from "../helpers/temp_folder.ts";
import { Source, times } from "../store/entries.ts";

const PREFIX = spillPrefix("sqlite:/data/holdfast.db");
const ORIGIN = { root: "/app/", packageRoot: "/holdfast/" };
const MEGABYTE = 1024 * 1024;
const SHOP = { reporter: "key", service: "shop" };
const OTHER = { reporter: "other key", service: "other" };

Deno.test("two stores in one folder have spill files of their own", () => {
  assertEquals(PREFIX, "holdfast.db-spill-");
  assertEquals(spillPrefix("memory:"), "memory-spill-");
});

Deno.test("two databases have spill files of their own, and a new password changes nothing", () => {
  const prefix = spillPrefix("postgres://someone:secret@host/db");
  assert(/^postgres-[0-9a-f]{8}-spill-$/.test(prefix), prefix);
  const same = [
    "postgres://someone:other@host/db",
    "postgresql://else@host:5432/db?sslmode=require",
  ];
  assertEquals(same.map(spillPrefix), same.map(() => prefix));
  const others = ["postgres://host/db2", "postgres://host2/db", "postgres://host:5433/db"];
  assertEquals(new Set([prefix, ...others.map(spillPrefix)]).size, 4);
});

Deno.test("a spill file is on disk as soon as a line was taken, and gone when all of it is stored", () => {
  using world = openWorld();
  const spill = new Spill(world.disk);
  assertEquals(world.paths(), []);
  assert(spill.append("one", 1));
  assert(spill.append("two", 2));
  assertEquals(world.texts(), ["one\ntwo\n"]);
  spill.close(3);
  assertEquals(world.paths(), []);
});

Deno.test("a spill file is kept while one of its batches is not stored", () => {
  using world = openWorld();
  const spill = new Spill(world.disk);
  spill.append("one", 1);
  spill.append("two", 2);
  spill.cut(2);
  spill.close(2);
  assertEquals(world.texts(), ["one\ntwo\n"]);
});

Deno.test("under endless load the spill does not grow: segments go as soon as they are stored", () => {
  using world = openWorld();
  const spill = new Spill(world.disk);
  const line = "x".repeat(100_000);
  let mostBytes = 0;
  for (let batch = 1; batch <= 400; batch++) {
    spill.append(line, batch);
    // Something always waits: the batch before the last one is stored.
    spill.cut(batch - 1);
    const bytes = world.paths().reduce((sum, path) => sum + Deno.statSync(path).size, 0);
    mostBytes = Math.max(mostBytes, bytes);
  }
  assert(mostBytes < 9 * MEGABYTE, `${mostBytes} bytes`);
  spill.close(401);
  assertEquals(world.paths(), []);
});

Deno.test("no segment goes before the last of its batches is stored", () => {
  using world = openWorld();
  const spill = new Spill(world.disk);
  const line = "x".repeat(MEGABYTE);
  for (let batch = 1; batch <= 8; batch++) spill.append(`${batch}${line}`, batch);
  for (let batch = 1; batch <= 8; batch++) {
    spill.cut(batch);
    const left = world.texts().flatMap((text) => text.match(/\d(?=x)/g) ?? []).map(Number);
    for (let waiting = batch; waiting <= 8; waiting++) assert(left.includes(waiting));
  }
  spill.close(9);
  assertEquals(world.paths(), []);
});

Deno.test("while its process lives nobody takes a spill file for an orphan", () => {
  using world = openWorld();
  const spill = new Spill(world.disk);
  spill.append("one", 1);
  const [path] = world.paths();
  assertEquals(Orphan.open(path!), undefined);
  spill.close(0);
  using orphan = Orphan.open(path!);
  assert(orphan);
  assertEquals(Orphan.open(path!), undefined);
});

Deno.test("what found no room is read back in order, and its file goes when all of it is stored", () => {
  using world = openWorld();
  const overflow = new Overflow(world.disk);
  const lines = times(5_000, (i) => `line ${i} ${"é".repeat(100)}`);
  for (const line of lines) overflow.append(line, SHOP);
  assertEquals(overflow.unread, lines.length);
  const read: string[] = [];
  for (let batch = 1; overflow.unread > 0; batch++) {
    const some = overflow.read(batch);
    assert(some.length > 0 && some.join("\n").length < MEGABYTE);
    read.push(...some);
    overflow.cut(batch);
    assert(Deno.statSync(world.paths()[0]!).size > 0);
  }
  assertEquals(read, lines);
  overflow.cut(1_000);
  assertEquals(world.paths(), []);
  overflow.append("more", SHOP);
  assertEquals(overflow.read(1_001), ["more"]);
  overflow.close(1_002);
  assertEquals(world.paths(), []);
});

Deno.test("what is on disk alone has a bound: the cheap ones stop at half of it, one service at three quarters, others still find room", () => {
  using world = openWorld();
  const overflow = new Overflow(world.disk, 10 * MEGABYTE);
  const line = "x".repeat(10_000);
  const fill = (severity: number, service: string) => {
    let count = 0;
    const owner = { reporter: service, service };
    for (; overflow.hasRoom(severity, owner); count++) overflow.append(line, owner);
    return Math.round(count * line.length / MEGABYTE * 10) / 10;
  };
  assertEquals(fill(SEVERITY.INFO, "noisy"), 5);
  assertEquals(fill(SEVERITY.ERROR, "noisy"), 2.6);
  assertEquals(fill(SEVERITY.WARN, "quiet"), 0);
  assertEquals(fill(SEVERITY.ERROR, "quiet"), 1.8);
  const bytes = world.paths().reduce((sum, path) => sum + Deno.statSync(path).size, 0);
  assert(bytes <= 10 * MEGABYTE, `${bytes} bytes`);
  overflow.close(0);
});

Deno.test("a key that has reports of many services leaves room for other keys, and for a service of its own that is quiet", () => {
  using world = openWorld();
  const overflow = new Overflow(world.disk, 10 * MEGABYTE);
  const line = "x".repeat(1_000);
  for (let at = 0; at < 100; at++) {
    const owner = { reporter: "noisy", service: `name-${at}` };
    while (overflow.hasRoom(SEVERITY.ERROR, owner)) overflow.append(line, owner);
  }
  for (const owner of [{ reporter: "noisy", service: "quiet" }, OTHER]) {
    assert(overflow.hasRoom(SEVERITY.ERROR, owner), JSON.stringify(owner));
    overflow.append(line, owner);
  }
  const bytes = world.paths().reduce((sum, path) => sum + Deno.statSync(path).size, 0);
  assert(bytes <= 9.5 * MEGABYTE, `${bytes} bytes`);
  overflow.close(0);
});

Deno.test("under an overload without end the disk is given back as it is stored, and the oldest comes first", () => {
  using world = openWorld();
  const overflow = new Overflow(world.disk, 20 * MEGABYTE);
  const line = "x".repeat(100_000);
  let [written, next, mostBytes] = [0, 0, 0];
  for (let batch = 1; batch <= 1_000; batch++) {
    for (let i = 0; i < 2 && overflow.hasRoom(SEVERITY.ERROR, SHOP); i++) {
      assert(overflow.append(`${written++} ${line}`, SHOP));
    }
    for (const read of overflow.read(batch)) assertEquals(Number.parseInt(read), next++);
    overflow.cut(batch - 1);
    const bytes = world.paths().reduce((sum, path) => sum + Deno.statSync(path).size, 0);
    mostBytes = Math.max(mostBytes, bytes);
  }
  assert(mostBytes > 10 * MEGABYTE && mostBytes < 20 * MEGABYTE, `${mostBytes} bytes`);
  assert(next > 900, `${next} lines were read back`);
  overflow.close(0);
});

Deno.test("what other processes have left on the disk counts too", () => {
  using world = openWorld();
  const before = new Overflow(world.disk);
  const line = "x".repeat(MEGABYTE);
  for (let i = 0; i < 9; i++) before.append(line, SHOP);
  before.close(0);
  const overflow = new Overflow(world.disk, 10 * MEGABYTE);
  overflow.append("a line", OTHER);
  assert(overflow.hasRoom(SEVERITY.ERROR, OTHER));
  for (let i = 0; i < 10 && overflow.hasRoom(SEVERITY.ERROR, OTHER); i++) {
    overflow.append(line, OTHER);
  }
  const bytes = world.paths().reduce((sum, path) => sum + Deno.statSync(path).size, 0);
  assert(bytes < 11 * MEGABYTE, `${bytes} bytes`);
  overflow.close(0);
});

Deno.test("an orphan is stored whole, but for a last line torn by the death of its process", async () => {
  using world = openWorld();
  const store = await openStore("memory:");
  const source = new Source();
  const entries = times(3_000, (i) => i % 10 === 0 ? source.failure("a") : source.log());
  const text = entries.map((entry) => spillLine(entry, ORIGIN) + "\n").join("");
  const path = world.orphan(text + '{"record":{"boot_id":"half');
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
  const line = spillLine({ record, line: JSON.stringify(record) }, {
    root: "/srv/r1/",
    packageRoot: "/srv/holdfast/",
  });
  await replay(world.orphan(line + "\n"), { ...writes(store), code: ORIGIN, signal: never() });
  const detail = await store.error(record.error_id!);
  assertEquals(detail?.keys[0]?.rule, "frames");
  assertEquals(detail?.location, "buy (shop.ts)");
  await store.close();
});

Deno.test("lines that are no records are passed over, however long, and counted", async () => {
  using world = openWorld();
  const store = await openStore("memory:");
  const line = spillLine(new Source().log(), ORIGIN);
  const path = world.orphan(`[]\n${"x".repeat(9 * MEGABYTE)}\nnull\n${line}\n{"record":{}}\n`);
  const replayed = await replay(path, { ...writes(store), code: ORIGIN, signal: never() });
  assertEquals(replayed?.records, 1);
  assert(replayed!.torn >= 4);
  await store.close();
});

Deno.test("a store that is busy in the middle of a replay gets every record once, and only then is the file removed", async () => {
  using world = openWorld();
  const store = await openStore("memory:");
  const source = new Source();
  const path = world.orphan(times(2_000, () => spillLine(source.log(), ORIGIN) + "\n").join(""));
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
  const path = world.orphan(times(2_000, () => spillLine(source.log(), ORIGIN) + "\n").join(""));
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
  Deno.test(`records that end the process are set aside after two each: ${deadly.length} in 200`, async () => {
    using world = openWorld();
    const source = new Source();
    const lines = times(
      200,
      (n) =>
        spillLine(source.log({ message: deadly.includes(n) ? "deadly" : `fine ${n}` }), ORIGIN),
    );
    const path = world.orphan(lines.join("\n") + "\n");
    const storePath = path.replace(/[^/]*$/, "store.db");
    const codes: number[] = [];
    do {
      const { code } = await runDeno(["run", "-A", REPLAYER, path, storePath], ROOT);
      codes.push(code);
    } while (codes.at(-1) !== 0 && codes.length < 10);
    assertEquals(codes.map((code) => code === 0), [...deadly.flatMap(() => [false, false]), true]);
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
  const path = world.orphan(spillLine(new Source().log(), ORIGIN) + "\n");
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
  const disk = new SpillDisk({
    dir: folder.at("data"),
    prefix: PREFIX,
    bootId: "boot",
    onState: (up) => void states.push(up),
  });
  const paths = () => spillPaths(folder.at("data"), PREFIX);
  return {
    disk,
    paths,
    texts: () => paths().map((path) => Deno.readTextFileSync(path)),
    orphan(text: string): string {
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
