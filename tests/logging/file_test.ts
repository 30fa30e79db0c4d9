import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import fc from "fast-check";
import { dirname, join } from "node:path";
import { fileSink, type FileSinkOptions } from "../../logging/sinks/file.ts";
import { batchOf, entryOf } from "./file_records.ts";

const WRITER = new URL("./file_writer.ts", import.meta.url).pathname;
const isWindows = Deno.build.os === "windows";

Deno.test("a batch is appended as whole lines, in a folder made for it", async () => {
  using world = openWorld("deep/er/holdfast.ndjson");
  await world.sink.write(batchOf({ name: "a", first: 1, count: 3 }));
  await world.sink.write([]);
  await world.sink.write(batchOf({ name: "a", first: 4, count: 1 }));
  assertEquals(seqsOf(Deno.readTextFileSync(world.path)), [1, 2, 3, 4]);
  assertEquals(Deno.readTextFileSync(world.path).at(-1), "\n");
});

Deno.test("a new start goes on behind what was there", async () => {
  using world = openWorld();
  await world.sink.write(batchOf({ name: "a", first: 1, count: 2 }));
  world.sink.close();
  const again = world.another();
  await again.write(batchOf({ name: "a", first: 3, count: 2 }));
  assertEquals(seqsOf(Deno.readTextFileSync(world.path)), [1, 2, 3, 4]);
});

Deno.test("log files are not for everyone to read", { ignore: isWindows }, async () => {
  using world = openWorld();
  await world.sink.write([entryOf()]);
  assertEquals((Deno.statSync(world.path).mode ?? 0) & 0o007, 0);
});

Deno.test("whatever the sizes, rotated files and the current one hold every line once, in order", async () => {
  const counts = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(counts, fc.integer({ min: 1, max: 5000 }), async (counts, maxBytes) => {
      using world = openWorld("holdfast.ndjson", { maxBytes, maxFiles: 100 });
      let first = 1;
      for (const count of counts) {
        await world.sink.write(batchOf({ name: "a", first, count }));
        first += count;
      }
      const texts = world.files().map((path) => Deno.readTextFileSync(path));
      assertEquals(seqsOf(texts.join("")), Array.from({ length: first - 1 }, (_, i) => i + 1));
      for (const text of texts) assertEquals(text.at(-1), "\n");
    }),
    { numRuns: 50 },
  );
});

Deno.test("a file is rotated before it would outgrow its limit, and the oldest files go", async () => {
  const [batch] = [[entryOf({ message: "x".repeat(100) })]];
  const batchBytes = (batch[0]?.line.length ?? 0) + 1;
  using world = openWorld("holdfast.ndjson", { maxBytes: 2 * batchBytes, maxFiles: 3 });
  for (let count = 0; count < 20; count++) await world.sink.write(batch);
  assertEquals(world.files().length, 3);
  for (const path of world.files()) assertEquals(Deno.statSync(path).size, 2 * batchBytes);
});

Deno.test("files of others beside the log are left alone", async () => {
  using world = openWorld("holdfast.ndjson", { maxBytes: 1, maxFiles: 1 });
  const others = ["holdfast.ndjson.old", "holdfast.ndjson.20261122T230405678Z.gz", "a"];
  for (const name of others) Deno.writeTextFileSync(join(world.folder, name), "mine");
  for (let count = 0; count < 3; count++) await world.sink.write([entryOf()]);
  const names = [...Deno.readDirSync(world.folder)].map((entry) => entry.name).sort();
  assertEquals(names, [...others, "holdfast.ndjson"].sort());
});

Deno.test("at midnight UTC a new file begins", async () => {
  let nowMs = Date.UTC(2026, 10, 22, 23, 59, 59, 999);
  using world = openWorld("holdfast.ndjson", { now: () => nowMs });
  await world.sink.write([entryOf({ seq: 1 })]);
  await world.sink.write([entryOf({ seq: 2 })]);
  nowMs += 1;
  await world.sink.write([entryOf({ seq: 3 })]);
  await world.sink.write([entryOf({ seq: 4 })]);
  const [rotated = "", current = ""] = world.files();
  assertEquals(world.files().length, 2);
  assertEquals(rotated, `${world.path}.20261123T000000000Z`);
  assertEquals(seqsOf(Deno.readTextFileSync(rotated)), [1, 2]);
  assertEquals(seqsOf(Deno.readTextFileSync(current)), [3, 4]);
});

Deno.test("a file emptied by another tool belongs to the day of its new records", async () => {
  let nowMs = Date.UTC(2026, 10, 22);
  using world = openWorld("holdfast.ndjson", { now: () => nowMs });
  await world.sink.write([entryOf({ seq: 1 })]);
  Deno.truncateSync(world.path);
  nowMs = Date.UTC(2026, 10, 23);
  await world.sink.write([entryOf({ seq: 2 })]);
  await world.sink.write([entryOf({ seq: 3 })]);
  assertEquals(world.files().map((path) => seqsOf(Deno.readTextFileSync(path))), [[2, 3]]);
});

Deno.test("a file left over from another day is moved aside at the first write", async () => {
  using world = openWorld();
  Deno.writeTextFileSync(world.path, entryOf({ seq: 1 }).line + "\n");
  const yesterday = new Date(Date.now() - 24 * 60 * 60 * 1000);
  Deno.utimeSync(world.path, yesterday, yesterday);
  await world.sink.write([entryOf({ seq: 2 })]);
  assertEquals(world.files().map((path) => seqsOf(Deno.readTextFileSync(path))), [[1], [2]]);
});

Deno.test("a line torn by a crash is ended before the next one", async () => {
  using world = openWorld();
  Deno.writeTextFileSync(world.path, entryOf({ seq: 1 }).line + '\n{"time":"20');
  await world.sink.write([entryOf({ seq: 2 })]);
  await world.sink.write([entryOf({ seq: 3 })]);
  const lines = Deno.readTextFileSync(world.path).split("\n");
  assertEquals(lines[1], '{"time":"20');
  assertEquals(seqsOf([lines[0], ...lines.slice(2)].join("\n")), [1, 2, 3]);
});

Deno.test("a file that is emptied, renamed or deleted with its folder is begun anew", async () => {
  using world = openWorld("logs/holdfast.ndjson");
  const disturb = [
    () => Deno.truncateSync(world.path),
    () => Deno.renameSync(world.path, `${world.path}.1`),
    () => Deno.removeSync(world.path),
    () => Deno.removeSync(dirname(world.path), { recursive: true }),
  ];
  await world.sink.write([entryOf({ seq: 0 })]);
  for (const [index, disturbance] of disturb.entries()) {
    disturbance();
    await world.sink.write([entryOf({ seq: index + 1 })]);
    assertEquals(seqsOf(Deno.readTextFileSync(world.path)), [index + 1]);
  }
});

Deno.test("a folder that cannot be made is told in one sentence, and forgotten once it can", async () => {
  using world = openWorld("logs/holdfast.ndjson");
  Deno.writeTextFileSync(join(world.folder, "logs"), "a file where the folder should be");
  const error = await assertRejects(async () => await world.sink.write([entryOf()]), Error);
  assertMatch(error.message, /^Cannot write the log file .*holdfast\.ndjson: Not a directory/);
  Deno.removeSync(join(world.folder, "logs"));
  await world.sink.write([entryOf({ seq: 7 })]);
  assertEquals(seqsOf(Deno.readTextFileSync(world.path)), [7]);
});

Deno.test("a path that is a link: the file it leads to is rotated, and the link stays", async () => {
  using world = openWorld("holdfast.ndjson", { maxBytes: 1, maxFiles: 3 });
  const target = join(world.folder, "elsewhere/current.ndjson");
  Deno.mkdirSync(dirname(target));
  Deno.symlinkSync("elsewhere/current.ndjson", world.path);
  for (let seq = 1; seq <= 5; seq++) await world.sink.write([entryOf({ seq })]);
  assert(Deno.lstatSync(world.path).isSymlink);
  const beside = Array.from(Deno.readDirSync(world.folder), ({ name }) => name).sort();
  assertEquals(beside, ["elsewhere", "holdfast.ndjson"]);
  const files = Array.from(Deno.readDirSync(dirname(target)), ({ name }) => name).sort();
  assertEquals(files.map((name) => seqsOf(Deno.readTextFileSync(join(dirname(target), name)))), [
    [5],
    [3],
    [4],
  ]);
});

Deno.test("a link that is turned to another file takes the log along", async () => {
  using world = openWorld();
  const [one, other] = ["one.ndjson", "other.ndjson"].map((name) => join(world.folder, name));
  Deno.symlinkSync(one!, world.path);
  await world.sink.write([entryOf({ seq: 1 })]);
  Deno.removeSync(world.path);
  Deno.symlinkSync(other!, world.path);
  await world.sink.write([entryOf({ seq: 2 })]);
  assertEquals([one, other].map((path) => seqsOf(Deno.readTextFileSync(path!))), [[1], [2]]);
});

Deno.test("a lock that somebody keeps is told, stops nobody else meanwhile, and the batch goes when it is free", async () => {
  using world = openWorld();
  await world.sink.write([entryOf({ seq: 1 })]);
  using holder = Deno.openSync(world.path, { read: true, write: true });
  holder.lockSync(true);
  let turns = 0;
  const ticking = setInterval(() => turns++, 1);
  const error = await assertRejects(
    async () => await world.sink.write([entryOf({ seq: 2 })]),
    Error,
  );
  clearInterval(ticking);
  assertMatch(error.message, /holdfast\.ndjson: another process has kept its lock for 1000 ms$/);
  assert(turns > 10, `the thread had ${turns} turns`);
  holder.unlockSync();
  await world.sink.write([entryOf({ seq: 2 })]);
  assertEquals(seqsOf(Deno.readTextFileSync(world.path)), [1, 2]);
});

Deno.test("what is no file is refused in a sentence: a pipe, a device, a folder, a link to one", {
  ignore: isWindows,
}, async () => {
  using world = openWorld("pipe");
  assert(new Deno.Command("mkfifo", { args: [world.path] }).outputSync().success);
  Deno.symlinkSync("pipe", join(world.folder, "link"));
  Deno.mkdirSync(join(world.folder, "folder"));
  const paths = [world.path, join(world.folder, "link"), "/dev/null"];
  // Where the run's output goes to a file, it is one.
  if (!Deno.statSync("/dev/stdout").isFile) paths.push("/dev/stdout");
  for (const path of paths) {
    const sink = fileSink({ path });
    const error = await assertRejects(async () => await sink.write([entryOf()]), Error);
    assertMatch(
      error.message,
      /^Cannot write the log file .*: it is a pipe or a device, not a file/,
    );
  }
  const folder = fileSink({ path: join(world.folder, "folder") });
  const error = await assertRejects(async () => await folder.write([entryOf()]), Error);
  assertMatch(error.message, /Is a directory/);
});

Deno.test("two processes share one path through hundreds of rotations: no line lost, none torn", async () => {
  using world = openWorld();
  const batches = 400;
  const writers = ["a", "b"].map((name) => startWriter(world.path, { name, batches }));
  for (const writer of writers) {
    const { code, stdout } = await writer.output();
    assertEquals(code, 0);
    assertEquals(linesOf(stdout).at(-1), String(batches * 10));
  }
  const written = world.files().flatMap((path) => recordsOf(Deno.readTextFileSync(path)));
  assert(world.files().length > 50, `only ${world.files().length} files`);
  assertEquals(written.length, 2 * batches * 10);
  for (const name of ["a", "b"]) {
    const seqs = written.filter((record) => record.boot_id === name).map((record) => record.seq);
    assertEquals(seqs, Array.from({ length: batches * 10 }, (_, index) => index + 1));
  }
});

Deno.test("a process killed at any moment neither stops the other one nor loses what it had written", async () => {
  using world = openWorld();
  const survivor = startWriter(world.path, { name: "survivor", batches: 400 });
  const victim = startWriter(world.path, { name: "victim", batches: 1_000_000 });
  const told = await killAfter(victim, 50);
  assertEquals((await survivor.output()).code, 0);

  const lines = world.files().flatMap((path) => linesOf(Deno.readFileSync(path)));
  const whole = lines.filter((line) => line.endsWith("}"));
  assert(lines.length - whole.length <= 1, "the kill may tear one line, its own");
  const written = recordsOf(whole.join("\n"));
  const count = (name: string) => written.filter((record) => record.boot_id === name).length;
  assertEquals(count("survivor"), 4000);
  assert(count("victim") >= told, `${count("victim")} of ${told} records`);
});

Deno.test("a full disk refuses a batch whole and takes it once there is room", {
  ignore: isWindows,
}, async () => {
  using world = openWorld();
  const writer = startWriter(world.path, { name: "a", batches: 100, diskBlocks: 40 });
  const { code, stdout } = await writer.output();
  assertEquals(code, 0);
  const refused = linesOf(stdout).filter((line) => line.startsWith("refused"));
  assert(refused.length > 1, "the limit was never reached");
  for (const line of refused) {
    assertMatch(line, /^refused: Cannot write the log file .*holdfast\.ndjson: File too large/);
  }
  const full = refused.map((_, index) => Deno.readTextFileSync(`${world.path}.full.${index}`));
  const written = seqsOf([...full, Deno.readTextFileSync(world.path)].join(""));
  assertEquals(written, Array.from({ length: 1000 }, (_, index) => index + 1));
});

/** A temp folder with a sink whose current file is at `name`. */
function openWorld(name = "holdfast.ndjson", options: Partial<FileSinkOptions> = {}) {
  const folder = Deno.makeTempDirSync({ prefix: "holdfast-file-" });
  const path = join(folder, name);
  const sinks = [fileSink({ path, ...options })];
  return {
    folder,
    path,
    sink: sinks[0] as ReturnType<typeof fileSink>,
    another() {
      const sink = fileSink({ path, ...options });
      sinks.push(sink);
      return sink;
    },
    /** Paths of the rotated files, the oldest first, and of the current one. */
    files(): string[] {
      const names = [...Deno.readDirSync(dirname(path))].map((entry) => entry.name);
      const rotated = names.filter((name) => /\.\d{8}T\d{9}Z$/.test(name)).sort();
      return [...rotated.map((name) => join(dirname(path), name)), path];
    },
    [Symbol.dispose]() {
      for (const sink of sinks) sink.close();
      Deno.removeSync(folder, { recursive: true });
    },
  };
}

interface WriterOptions {
  name: string;
  batches: number;
  /** Largest file, in blocks of 512 bytes. */
  diskBlocks?: number;
}

/** Starts `file_writer.ts`. Under a limit a write past it fails like one on a full disk. */
function startWriter(path: string, { name, batches, diskBlocks }: WriterOptions) {
  const run = ["run", "--quiet", "--allow-read", "--allow-write", WRITER];
  const deno = [...run, path, name, String(batches), diskBlocks ? "1000000" : "20000"];
  const options = { stdout: "piped", stderr: "inherit" } as const;
  if (!diskBlocks) return new Deno.Command(Deno.execPath(), { args: deno, ...options }).spawn();
  // Without the trap the signal of the limit would end the process before it sees the error.
  const limited = `trap '' XFSZ; ulimit -f ${diskBlocks}; exec "$0" "$@"`;
  const args = ["-c", limited, Deno.execPath(), ...deno];
  return new Deno.Command("sh", { args, ...options }).spawn();
}

/** Kills the writer once it has told of `batches` batches; returns the last `seq` it told. */
async function killAfter(writer: Deno.ChildProcess, batches: number): Promise<number> {
  let told = "";
  for await (const text of writer.stdout.pipeThrough(new TextDecoderStream())) {
    told += text;
    if (told.split("\n").length > batches) break;
  }
  writer.kill("SIGKILL");
  await writer.status;
  return Number(told.split("\n").at(-2));
}

function linesOf(bytes: Uint8Array): string[] {
  return new TextDecoder().decode(bytes).split("\n").filter((line) => line !== "");
}

function recordsOf(text: string): { boot_id: string; seq: number }[] {
  return text.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line));
}

function seqsOf(text: string): number[] {
  return recordsOf(text).map((record) => record.seq);
}
