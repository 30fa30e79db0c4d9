import { startWorld, survive } from "../helpers/outage.ts";
import { fetchPrograms } from "../helpers/postgres_programs.ts";
import { startPostgres } from "../helpers/postgres_server.ts";
import { fillDisk, mountSmallDisk } from "../helpers/small_disk.ts";
import { tempFolder } from "../helpers/temp_folder.ts";

/** A fresh server takes half of it. */
const DISK_KB = 64 * 1024;
const GROWN_KB = 256 * 1024;

const missing = fetchPrograms();

Deno.test("the database's disk is full, and there is room again: requests are answered, every record is stored once", async (t) => {
  using folder = tempFolder();
  const disk = folder.at("disk");
  Deno.chmodSync(folder.path, 0o755);
  using mounted = missing === undefined
    ? mountSmallDisk(disk, { kilobytes: DISK_KB, grownKilobytes: GROWN_KB })
    : undefined;
  if (!mounted) {
    const why = missing ?? "it may not mount here";
    return void await t.step({ name: `skipped, because ${why}`, ignore: true, fn() {} });
  }
  await using server = await startPostgres({ disk });
  await using world = await startWorld(server);
  let ballast: ReturnType<typeof fillDisk> | undefined;
  await survive(world, {
    begin: () => ballast = fillDisk(`${disk}/ballast`),
    says: "its disk is full",
    end() {
      ballast!.remove();
      ballast![Symbol.dispose]();
      mounted.grow();
    },
  });
});
