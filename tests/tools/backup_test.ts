import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { openSqlite } from "../../store/open.ts";
import { readKept, startLoad } from "../helpers/load.ts";
import { readBooks } from "../helpers/read_books.ts";
import { type Ran, runDeno } from "../helpers/run_deno.ts";
import { mountSmallDisk } from "../helpers/small_disk.ts";
import { ROOT } from "../helpers/start_app.ts";
import { type Service, startService } from "../helpers/start_service.ts";
import { taskArguments } from "../helpers/task.ts";
import { tempFolder } from "../helpers/temp_folder.ts";
import { until } from "../helpers/until.ts";
import { Source, times } from "../store/entries.ts";

/** So that copying takes its time. */
const BALLAST_BYTES = 64 * 1024 * 1024;
const ANSWERS_BEFORE = 300;

Deno.test("a backup of a store that is written to holds all that was stored before, and a service starts on it", async () => {
  using folder = tempFolder();
  const path = folder.at("holdfast.db");
  const file = folder.at("copy.db");
  await using service = await startService({ STORE_URL: `sqlite:${path}`, LOG_LEVEL: "DEBUG" });
  addBallast(path);
  const load = startLoad(service);
  await until(() => load.answers.length > ANSWERS_BEFORE, { what: "answers before the backup" });
  const before = [...load.answers];
  const { accepted } = await readBooks(service);
  await until(async () => (await readBooks(service)).stored >= accepted, { what: "all is stored" });
  const ran = await backup(service.storeUrl, file);
  const during = load.answers.length - before.length;
  const after = load.answers.length;
  await until(() => load.answers.length > after + 50, { what: "answers after the backup" });
  const answers = await load.stop();

  assertEquals(ran.code, 0, ran.output);
  assertMatch(ran.output, /copy\.db: \d+ bytes, \d+ log records, \d+ errors\n$/);
  assert(during > 0, "the service answered while it was copied");
  assertEquals(filesIn(folder.path).filter((name) => name.startsWith("copy")), ["copy.db"]);
  assertEquals(Deno.statSync(file).mode! & 0o777, 0o640);
  const kept = readKept(file);
  assertEquals(before.filter(({ requestId }) => !kept.requestIds.has(requestId)), []);
  assertEquals(before.filter(({ errorId }) => errorId && !kept.errorIds.has(errorId)), []);

  // Restoring is copying.
  const restored = folder.at("restored.db");
  Deno.copyFileSync(file, restored);
  await using again = await startService({ STORE_URL: `sqlite:${restored}` });
  const failed = before.filter(({ errorId }) => errorId !== undefined);
  for (const { errorId, requestId } of [failed[0]!, failed.at(-1)!]) {
    assertEquals((await receipt(again, errorId!)).state, "open");
    // A page of a search on a busy machine may end before it has found anything.
    await until(
      async () => (await again.asOperator(`/logs?request_id=${requestId}`)).logs.length > 0,
      { what: "the request's records are found" },
    );
  }

  service.kill("SIGTERM");
  assertEquals((await service.ended).code, 0);
  const all = readKept(path);
  assertEquals(answers.filter(({ requestId }) => !all.requestIds.has(requestId)), []);
});

Deno.test("a backup changes nothing that is there", async (t) => {
  using folder = tempFolder();
  const path = folder.at("holdfast.db");
  const url = `sqlite:${path}`;
  const store = await openSqlite({ path });
  const source = new Source();
  await store.write([...times(3, () => source.log()), source.failure("a")]);
  const refused = async (file: string, says: string, ...more: string[]) => {
    const before = filesIn(folder.path);
    const ran = await backup(url, file, ...more);
    assertEquals([ran.code, ran.stdout], [1, ""]);
    assertStringIncludes(ran.output, says);
    assertEquals(filesIn(folder.path), before);
  };
  await t.step("no file without being told", async () => {
    const file = folder.at("copy.db");
    Deno.writeTextFileSync(file, "mine");
    await refused(file, `${file} is there already`);
    assertEquals(Deno.readTextFileSync(file), "mine");
    const ran = await backup(url, file, "--overwrite");
    assertMatch(ran.stdout, /copy\.db: \d+ bytes, 4 log records, 1 errors\n$/);
  });
  await t.step("not the store itself", async () => {
    await refused(path, `${path} is the store itself`, "--overwrite");
    assertEquals((await store.health()).logs, 4);
  });
  await t.step("no other store that is in use", async () => {
    const other = folder.at("other.db");
    const busy = await openSqlite({ path: other });
    await busy.write([source.log()]);
    await refused(other, `${other} is in use`, "--overwrite");
    await busy.close();
  });
  await t.step("nothing where there is no folder", async () => {
    await refused(folder.at("none", "copy.db"), "No such file or directory");
  });
  await store.close();
});

Deno.test("what is no SQLite store is not copied, and a sentence says what to do", async () => {
  using folder = tempFolder();
  const file = folder.at("copy.db");
  Deno.writeTextFileSync(folder.at("text.db"), "x".repeat(10_000));
  const says: [string, string][] = [
    ["memory:", "STORE_URL is memory:"],
    ["postgres://me:secret@db.example.com/holdfast", `pg_dump --schema=holdfast --format=custom`],
    [`sqlite:${folder.at("none.db")}`, "there is no such file"],
    [`sqlite:${folder.at("text.db")}`, "is not a SQLite database"],
  ];
  for (const [url, sentence] of says) {
    const ran = await backup(url, file);
    assertEquals(ran.code, 1, url);
    assertStringIncludes(ran.output, sentence);
    assertEquals(ran.output.trimEnd().split("\n").length, 1, ran.output);
    assertEquals(ran.output.includes("secret"), false);
  }
  const ran = await runDeno(taskArguments("backup"), ROOT);
  assertEquals([ran.code, ran.output], [2, "Say where the copy goes: deno task backup FILE\n"]);
  assertEquals(filesIn(folder.path), ["text.db"]);
});

Deno.test("a disk that is too small for a backup keeps nothing of it", async (t) => {
  using folder = tempFolder();
  const disk = folder.at("disk");
  using mounted = mountSmallDisk(disk, { kilobytes: 256, grownKilobytes: 512 });
  if (!mounted) return void await t.step({ name: "may not mount here", ignore: true, fn() {} });
  const path = folder.at("holdfast.db");
  await (await openSqlite({ path })).close();
  addBallast(path);
  const ran = await backup(`sqlite:${path}`, `${disk}/copy.db`);
  assertEquals(ran.code, 1);
  assertMatch(ran.output, /^Cannot make the backup .*copy\.db: .*full\n$/);
  assertEquals(filesIn(disk), []);
});

function backup(storeUrl: string, file: string, ...more: string[]): Promise<Ran> {
  return runDeno(taskArguments("backup", file, ...more), ROOT, { STORE_URL: storeUrl });
}

function addBallast(path: string): void {
  using db = new DatabaseSync(path, { timeout: 5_000 });
  db.exec("create table ballast (bytes blob)");
  db.prepare("insert into ballast values (zeroblob(?))").run(BALLAST_BYTES);
}

async function receipt(service: Service, errorId: string): Promise<{ state: string }> {
  const response = await service.fetch(`/?query_content=${errorId}&user_type=guest`);
  return (await response.json()).content;
}

function filesIn(folder: string): string[] {
  return Array.from(Deno.readDirSync(folder), ({ name }) => name).sort();
}
