import { assert, assertEquals, assertMatch } from "@std/assert";
import { readKept, startLoad } from "../helpers/load.ts";
import { readBooks } from "../helpers/read_books.ts";
import { fillDisk, mountSmallDisk } from "../helpers/small_disk.ts";
import { startService } from "../helpers/start_service.ts";
import { tempFolder } from "../helpers/temp_folder.ts";
import { until } from "../helpers/until.ts";

const DISK_KB = 1024;
const GROWN_KB = 64 * 1024;
const FULL_FOR_ANSWERS = 500;

/** A file system of one megabyte that is really full, where the test may mount one. */
Deno.test("on a full disk the service answers, the books balance, and all of it is stored once there is room", async (t) => {
  using folder = tempFolder();
  const disk = folder.at("disk");
  using mounted = mountSmallDisk(disk, { kilobytes: DISK_KB, grownKilobytes: GROWN_KB });
  if (!mounted) return void await t.step({ name: "may not mount here", ignore: true, fn() {} });

  const storePath = `${disk}/holdfast.db`;
  const variables = { STORE_URL: `sqlite:${storePath}`, LOG_LEVEL: "DEBUG" };
  await using service = await startService(variables);
  const load = startLoad(service);
  await until(() => load.answers.length > 50, { what: "answers before the disk is full" });
  using ballast = fillDisk(`${disk}/ballast`);
  const before = load.answers.length;
  await until(() => load.answers.length > before + FULL_FOR_ANSWERS, {
    what: "answers while the disk is full",
  });
  const books = await readBooks(service);
  assert(books.pending > 0, "the store cannot take records");
  assertEquals(books.dropped, 0);
  const answers = await load.stop();
  ballast.remove();
  mounted.grow();
  await until(async () => (await readBooks(service)).pending <= 2, {
    what: "what waited is stored",
  });
  service.kill("SIGTERM");
  assertEquals(await service.ended, { code: 0, signal: null });
  assertMatch(service.output, /Cannot write the journal in/);
  const { requestIds } = readKept(storePath);
  assertEquals(answers.filter(({ requestId }) => !requestIds.has(requestId)), []);
});
