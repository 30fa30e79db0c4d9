import { assert, assertEquals, assertRejects } from "@std/assert";
import { Journal } from "../../logging/queue/journal.ts";
import { JournalFile, journalLine, journalPaths } from "../../logging/queue/journal_file.ts";
import { replay } from "../../logging/queue/replay.ts";
import { openStore } from "../../store/open.ts";
import { randomFrom } from "../helpers/load.ts";
import { fillDisk, mountSmallDisk } from "../helpers/small_disk.ts";
import { startLog, storedRecords } from "../helpers/start_log.ts";
import { tempFolder } from "../helpers/temp_folder.ts";
import { until } from "../helpers/until.ts";
import { Source, times } from "../store/entries.ts";

const WRITER = new URL("./journal_writer.ts", import.meta.url).pathname;
const KILLS = Number(Deno.env.get("HOLDFAST_TEST_KILLS") ?? 10);
const MAX_LINES = 100;
const MAX_LIFE_MS = 700;
const PREFIX = "holdfast.db-spill-";
const ORIGIN = { root: "/app/", packageRoot: "/holdfast/" };
const SHOP = { reporter: "key", service: "shop" };
const DISK = { kilobytes: 256, grownKilobytes: 16 * 1024 };

Deno.test(`${KILLS} times kill -9 while files are appended to, cut, read back, replayed and removed: each record is stored once`, async () => {
  using folder = tempFolder();
  const storePath = folder.at("holdfast.db");
  const seed = Number(Deno.env.get("HOLDFAST_TEST_SEED") ?? Date.now() % 1_000_000);
  const random = randomFrom(seed);
  console.log(`seed ${seed} (HOLDFAST_TEST_SEED repeats it)`);
  const written = new Map<string, number>();
  let [mostFiles, endedReplays] = [0, 0];
  for (let kill = 0; kill < KILLS; kill++) {
    const lines = String(1 + Math.floor(random() * MAX_LINES));
    await using writer = startWriter(storePath, folder.path, lines);
    await until(() => writer.lastLine !== "", { what: "the writer's first line" });
    // The moment is what is random: nothing waits for it.
    await new Promise((resolve) => setTimeout(resolve, random() * MAX_LIFE_MS));
    await writer.kill();
    const left = Array.from(Deno.readDirSync(folder.path), ({ name }) => name);
    mostFiles = Math.max(mostFiles, left.filter((name) => name.endsWith(".ndjson")).length);
    if (left.some((name) => name.endsWith(".at"))) endedReplays++;
    const [bootId, seq] = writer.lastLine.split(" ");
    written.set(bootId!, Number(seq));
  }
  const last = startLog({ dataDir: folder.path, storeUrl: `sqlite:${storePath}` });
  await using _last = last;
  await until(() => journalPaths(folder.path, PREFIX).length === 0, {
    what: "what the killed processes left is in the store",
    withinMs: 60_000,
  });
  await last.logging.close({ deadlineMs: 10_000 });

  const stored = new Map<string, Set<number>>();
  let twice = 0;
  for (const { boot_id, seq } of storedRecords(storePath)) {
    const seqs = stored.get(boot_id) ?? new Set();
    if (seqs.has(seq)) twice++;
    stored.set(boot_id, seqs.add(seq));
  }
  let lost = 0;
  for (const [bootId, lastSeq] of written) {
    for (let seq = 1; seq <= lastSeq; seq++) if (!stored.get(bootId)?.has(seq)) lost++;
  }
  const count = [...written.values()].reduce((sum, seq) => sum + seq, 0);
  console.log({ kills: KILLS, written: count, mostFiles, endedReplays, lost, twice });
  assertEquals(written.size, KILLS);
  assertEquals([lost, twice], [0, 0]);
});

Deno.test("on a full disk a line is written whole or not at all, and goes on when there is room", async (t) => {
  using folder = tempFolder();
  const dir = folder.at("disk");
  using disk = mountSmallDisk(dir, DISK);
  if (!disk) return void await t.step({ name: "may not mount here", ignore: true, fn() {} });
  const states: boolean[] = [];
  const journal = new Journal({
    dir,
    prefix: PREFIX,
    name: "boot",
    onState: (up) => void states.push(up),
  });
  const taken: string[] = [];
  // Pages are 4 KiB: the last line that is tried fits in part.
  const append = (n: number) => {
    const line = `${n} ${"x".repeat(3_000)}`;
    const isTaken = journal.append(line, { owner: SHOP });
    if (isTaken) taken.push(line);
    return isTaken;
  };
  let n = 0;
  while (append(n++));
  assertEquals(states, [false]);
  assert(taken.length > 50, `${taken.length} lines`);
  const [path] = journalPaths(dir, PREFIX);
  assertEquals(Deno.readTextFileSync(path!), taken.map((line) => line + "\n").join(""));
  disk.grow();
  await until(() => append(n++), { what: "the disk is tried again" });
  assertEquals(states, [false, true]);
  const read: string[] = [];
  for (let batch = 1; journal.backlog > 0; batch++) read.push(...journal.replay(batch));
  assertEquals(read, taken);
  journal.close(1_000);
  assertEquals(journalPaths(dir, PREFIX), []);
});

Deno.test("a replay on a full disk stores what it can; a deadly line stays where it is until it can be set aside", async (t) => {
  using folder = tempFolder();
  const dir = folder.at("disk");
  using disk = mountSmallDisk(dir, DISK);
  if (!disk) return void await t.step({ name: "may not mount here", ignore: true, fn() {} });
  const store = await openStore("memory:");
  const source = new Source();
  const lines = times(40, () => journalLine(source.log({ message: "x".repeat(1_000) }), ORIGIN));
  const path = `${dir}/${PREFIX}dead-1.ndjson`;
  Deno.writeTextFileSync(path, lines.map((line) => line + "\n").join(""));
  // Two processes ended at this line.
  Deno.writeTextFileSync(`${path}.at`, JSON.stringify({ from: 7, to: 8, ends: 1, aside: [] }));
  using ballast = fillDisk(`${dir}/ballast`);
  const options = {
    write: (entries: Parameters<typeof store.write>[0]) => store.write(entries),
    code: ORIGIN,
    signal: new AbortController().signal,
  };
  for (let attempt = 0; attempt < 3; attempt++) await assertRejects(() => replay(path, options));
  assertEquals((await store.health()).logs, 7);
  assert(Deno.statSync(path).size > 40_000);
  ballast.remove();
  disk.grow();
  const replayed = await replay(path, options);
  assertEquals([replayed?.records, replayed?.aside], [32, 1]);
  const kept = Deno.readTextFileSync(`${dir}/quarantine.ndjson`).trim().split("\n");
  assertEquals(kept.map((line) => JSON.parse(line).line), [lines[7]]);
  assertEquals(journalPaths(dir, PREFIX), []);
  await store.close();
});

Deno.test("processes that are killed one after the other while the same line is in hand set nothing aside that is sound", async () => {
  using folder = tempFolder();
  const store = await openStore("memory:");
  const source = new Source();
  const lines = times(40, () => journalLine(source.log(), ORIGIN));
  const path = folder.at(`${PREFIX}dead-1.ndjson`);
  Deno.writeTextFileSync(path, lines.map((line) => line + "\n").join(""));
  const inHand: unknown[] = [];
  const { signal } = new AbortController();
  // What the mark says while a line is in hand is what a process leaves that is killed then.
  const killAt = async (line: number) => {
    let mark = "";
    const write = (entries: Parameters<typeof store.write>[0]) => {
      mark = Deno.readTextFileSync(`${path}.at`);
      const { from, to } = JSON.parse(mark);
      if (from !== line) return store.write(entries);
      inHand.push([from, to]);
      return Promise.reject(new Error("killed"));
    };
    await assertRejects(() => replay(path, { write, code: ORIGIN, signal }));
    Deno.writeTextFileSync(`${path}.at`, mark);
  };
  await killAt(0);
  await killAt(7);
  assertEquals(inHand, [[0, 40], [7, 8]]);
  const write = (entries: Parameters<typeof store.write>[0]) => store.write(entries);
  assertEquals((await replay(path, { write, code: ORIGIN, signal }))?.aside, 0);
  assertEquals((await store.health()).logs, 40);
  await store.close();
});

Deno.test("a process that died between removing a file and its mark leaves nothing for ever", async () => {
  using folder = tempFolder();
  const path = folder.at(`${PREFIX}dead-1.ndjson`);
  Deno.writeTextFileSync(`${path}.at`, JSON.stringify({ from: 7, to: 8, ends: 1, aside: [] }));
  assertEquals(journalPaths(folder.path, PREFIX), [path]);
  const write = () => Promise.reject(new Error("there is nothing to write"));
  const { signal } = new AbortController();
  assertEquals(await replay(path, { write, code: ORIGIN, signal }), undefined);
  assertEquals(Array.from(Deno.readDirSync(folder.path)), []);
});

Deno.test("a line that is in quarantine is put there once, however often the replay is ended", async () => {
  using folder = tempFolder();
  const store = await openStore("memory:");
  const source = new Source();
  const lines = times(3, () => journalLine(source.log(), ORIGIN));
  const path = folder.at(`${PREFIX}dead-1.ndjson`);
  Deno.writeTextFileSync(path, lines.map((line) => line + "\n").join(""));
  Deno.writeTextFileSync(`${path}.at`, JSON.stringify({ from: 0, to: 1, ends: 1, aside: [] }));
  for (let attempt = 0; attempt < 3; attempt++) {
    const { signal } = new AbortController();
    const write = () => Promise.reject(new Error("no store"));
    await assertRejects(() => replay(path, { write, code: ORIGIN, signal }));
  }
  const { signal } = new AbortController();
  const write = (entries: Parameters<typeof store.write>[0]) => store.write(entries);
  const replayed = await replay(path, { write, code: ORIGIN, signal });
  assertEquals([replayed?.records, replayed?.aside], [2, 1]);
  const kept = Deno.readTextFileSync(folder.at("quarantine.ndjson")).trim().split("\n");
  assertEquals(kept.map((line) => JSON.parse(line).line), [lines[0]]);
  assertEquals(journalPaths(folder.path, PREFIX), []);
  await store.close();
});

/** Appends one line, says so, and holds the file until it is terminated. */
const HOLDER = `
  import { Journal } from ${JSON.stringify(import.meta.resolve("../../logging/queue/journal.ts"))};
  self.onmessage = ({ data: { dir, prefix, line } }) => {
    const journal = new Journal({ dir, prefix, name: "boot-intake", onState() {} });
    self.postMessage(journal.append(line, { batch: 1, owner: { reporter: "key", service: "shop" } }));
  };
`;

Deno.test("a worker may have a journal of its own: nobody claims it while the worker lives, the next one does", async () => {
  using folder = tempFolder();
  const worker = new Worker(`data:text/typescript,${encodeURIComponent(HOLDER)}`, {
    type: "module",
  });
  const own = new Journal({ dir: folder.path, prefix: PREFIX, name: "boot", onState() {} });
  const line = journalLine(new Source().log(), ORIGIN);
  const { promise, resolve } = Promise.withResolvers<unknown>();
  worker.onmessage = ({ data }) => resolve(data);
  worker.postMessage({ dir: folder.path, prefix: PREFIX, line });
  assertEquals(await promise, true);
  assert(own.append(line, { batch: 1 }));
  const paths = journalPaths(folder.path, PREFIX);
  assertEquals(paths.length, 2);
  assertEquals(paths.map((path) => JournalFile.claim(path)), [undefined, undefined]);
  worker.terminate();
  const intake = paths.find((path) => path.includes("boot-intake"))!;
  const store = await openStore("memory:");
  const write = (entries: Parameters<typeof store.write>[0]) => store.write(entries);
  const { signal } = new AbortController();
  await until(async () => (await replay(intake, { write, code: ORIGIN, signal }))?.records === 1, {
    what: "what the worker left is in the store",
  });
  own.close(2);
  assertEquals(journalPaths(folder.path, PREFIX), []);
  await store.close();
});

function startWriter(...args: string[]) {
  const process = new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-all", "--no-check", WRITER, ...args],
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const writer = {
    /** The last whole line. */
    lastLine: "",
    async kill() {
      process.kill("SIGKILL");
      await reading;
      assertEquals((await process.status).signal, "SIGKILL");
    },
    async [Symbol.asyncDispose]() {
      try {
        process.kill("SIGKILL");
      } catch {
        // It has ended.
      }
      await process.status;
    },
  };
  async function read() {
    let rest = "";
    for await (const text of process.stdout.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + text).split("\n");
      rest = lines.pop()!;
      writer.lastLine = lines.at(-1) ?? writer.lastLine;
    }
  }
  const reading = read();
  return writer;
}
