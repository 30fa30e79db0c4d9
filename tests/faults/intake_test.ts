import { assert, assertEquals } from "@std/assert";
import { journalPaths } from "../../logging/queue/journal_file.ts";
import { randomFrom } from "../helpers/load.ts";
import { recordsInDatabase, recordsInFile } from "../helpers/log_lines.ts";
import { fetchPrograms } from "../helpers/postgres_programs.ts";
import { startPostgres } from "../helpers/postgres_server.ts";
import { readBooks, summary } from "../helpers/read_books.ts";
import { type SentryLoad, startSentryLoad } from "../helpers/sentry_load.ts";
import { fillDisk, mountSmallDisk } from "../helpers/small_disk.ts";
import { type Service, startService } from "../helpers/start_service.ts";
import { tempFolder } from "../helpers/temp_folder.ts";
import { until } from "../helpers/until.ts";

const KILLS = Number(Deno.env.get("HOLDFAST_TEST_KILLS") ?? 10);
const MIN_LOAD_MS = 50;
const MAX_LOAD_MS = 800;
const KEY = "0123456789abcdef0123456789abcdef";
const LOAD = { key: KEY, clients: 8, bytes: 4_000 };
const SOME = 100;
const DISK_KB = 16 * 1024;
const GROWN_KB = 64 * 1024;
const INTAKE = {
  INTAKE_KEYS: `shop:${KEY}`,
  LOG_CONSOLE: "off",
  LOG_SPILL: "off",
  KEEP_OCCURRENCES: "10000",
};

Deno.test(`${KILLS} times kill -9 under intake lose no event that was answered 200`, async () => {
  using folder = tempFolder();
  const storePath = folder.at("holdfast.db");
  const variables = { ...INTAKE, STORE_URL: `sqlite:${storePath}` };
  const seed = Number(Deno.env.get("HOLDFAST_TEST_SEED") ?? Date.now() % 1_000_000);
  const random = randomFrom(seed);
  console.log(`seed ${seed} (HOLDFAST_TEST_SEED repeats it)`);

  const answered: string[] = [];
  for (let kill = 0; kill < KILLS; kill++) {
    await using service = await startService(variables);
    const load = loadOn(service);
    await until(() => load.answered.length > 0, { what: "the first answer" });
    // The moment is what is random: nothing waits for it.
    const afterMs = MIN_LOAD_MS + random() * (MAX_LOAD_MS - MIN_LOAD_MS);
    await new Promise((resolve) => setTimeout(resolve, afterMs));
    service.kill("SIGKILL");
    await load.ended;
    assertEquals((await service.ended).signal, "SIGKILL");
    answered.push(...load.answered);
  }

  await using service = await startService(variables);
  await until(() => journalPaths(folder.path, "holdfast.db-spill-").length === 0, {
    what: "what the killed processes left is in the store",
    withinMs: 60_000,
  });
  const books = await readBooks(service);
  service.kill("SIGTERM");
  assertEquals(await service.ended, { code: 0, signal: null });
  assert(answered.length > KILLS);
  assertEquals(books.dropped, 0);
  assertNoneLost(answered, recordsInFile(storePath), { "processes killed": KILLS });
});

Deno.test("SIGTERM under intake: every event that was answered 200 is stored, and the process ends well", async () => {
  using folder = tempFolder();
  const storePath = folder.at("holdfast.db");
  await using service = await startService({ ...INTAKE, STORE_URL: `sqlite:${storePath}` });
  const load = loadOn(service);
  await until(() => load.answered.length > SOME, { what: "some answers" });
  service.kill("SIGTERM");
  await load.ended;
  assertEquals(await service.ended, { code: 0, signal: null });
  assertEquals(journalPaths(folder.path, "holdfast.db-spill-"), []);
  assertNoneLost(load.answered, recordsInFile(storePath));
});

Deno.test("on a full disk events are answered 200 or 503, the books balance, and all that were answered 200 are stored once there is room", async (t) => {
  using folder = tempFolder();
  const disk = folder.at("disk");
  using mounted = mountSmallDisk(disk, { kilobytes: DISK_KB, grownKilobytes: GROWN_KB });
  if (!mounted) return void await t.step({ name: "may not mount here", ignore: true, fn() {} });
  const storePath = `${disk}/holdfast.db`;
  await using service = await startService({ ...INTAKE, STORE_URL: `sqlite:${storePath}` });
  const load = loadOn(service);
  await until(() => load.answered.length > SOME, { what: "answers before the disk is full" });
  using ballast = fillDisk(`${disk}/ballast`);
  await until(() => load.statuses.has(503), { what: "an answer that nothing could be written" });
  assertEquals((await readBooks(service)).dropped, 0);
  await load.stop();
  ballast.remove();
  mounted.grow();
  await until(async () => (await readBooks(service)).pending <= 2, {
    what: "what waited is stored",
    withinMs: 60_000,
  });
  service.kill("SIGTERM");
  assertEquals(await service.ended, { code: 0, signal: null });
  assertEquals([...load.statuses.keys()].sort(), [200, 503]);
  assertNoneLost(load.answered, recordsInFile(storePath));
});

const missing = fetchPrograms();

Deno.test({
  name:
    `while PostgreSQL is stopped events are answered from the journal, and stored when it is back${
      missing ? ` (skipped, because ${missing})` : ""
    }`,
  ignore: missing !== undefined,
  async fn() {
    await using server = await startPostgres();
    const url = await server.newDatabase();
    await using service = await startService({ ...INTAKE, STORE_URL: url });
    const load = loadOn(service);
    await until(() => load.answered.length > SOME, { what: "answers" });
    await server.stop();
    const before = load.answered.length;
    await until(() => load.answered.length > before + SOME, { what: "answers without a database" });
    await load.stop();
    const books = await readBooks(service);
    assert(books.pending > 0);
    assertEquals(books.dropped, 0);
    await server.start();
    await until(async () => (await readBooks(service)).pending <= 2, {
      what: "what waited is stored",
      withinMs: 60_000,
    });
    assertEquals([...load.statuses.keys()], [200]);
    assertNoneLost(load.answered, await recordsInDatabase((sql) => server.run(sql, url)));
  },
});

function loadOn(service: Service): SentryLoad {
  return startSentryLoad({ ...LOAD, port: Number(new URL(service.url).port) });
}

function assertNoneLost(
  answered: readonly string[],
  records: readonly { event_id?: string | undefined }[],
  more: Record<string, number> = {},
): void {
  const stored = records.flatMap(({ event_id }) => event_id ?? []);
  const kept = new Set(stored);
  const lost = answered.filter((id) => !kept.has(id));
  console.log(summary({
    ...more,
    "events answered 200": answered.length,
    "events stored": stored.length,
    "stored and not answered": stored.length - answered.length,
    "answered and lost": lost.length,
    "stored twice": stored.length - kept.size,
  }));
  assertEquals([lost, stored.length - kept.size], [[], 0]);
}
