import { assertEquals, assertStringIncludes } from "@std/assert";
import { readBooks } from "../helpers/read_books.ts";
import { type Service, startService } from "../helpers/start_service.ts";
import { tempFolder } from "../helpers/temp_folder.ts";
import { until } from "../helpers/until.ts";

/** More than a pipe holds, together. */
const FAILURES = 60;

Deno.test("a lock that another process keeps on the log file costs the file alone, and nothing once it is free", async () => {
  using folder = tempFolder();
  const LOG_FILE = folder.at("holdfast.ndjson");
  using holder = Deno.openSync(LOG_FILE, { create: true, write: true });
  holder.lockSync(true);
  await using service = await startService({ LOG_FILE });
  const ids = await failAndFind(service);
  await until(() => service.output.includes("another process has kept its lock"), {
    what: "it is told",
  });
  const ready = await service.fetch("/readyz");
  assertEquals(ready.status, 200, await ready.text());

  holder.unlockSync();
  await until(() => {
    const text = Deno.readTextFileSync(LOG_FILE);
    return ids.every((id) => text.includes(id));
  }, { what: "the file has them all" });
  service.kill("SIGTERM");
  assertEquals(await service.ended, { code: 0, signal: null });
});

for (
  const [what, make] of [
    ["a pipe without a reader", (path: string) => run("mkfifo", path)],
    ["a link to a device", (path: string) => Deno.symlinkSync("/dev/full", path)],
    ["a folder", (path: string) => Deno.mkdirSync(path)],
  ] as const
) {
  Deno.test(`${what} in the place of the log file costs the file alone: the store goes on, and the end is in time`, async () => {
    using folder = tempFolder();
    const LOG_FILE = folder.at("holdfast.ndjson");
    make(LOG_FILE);
    await using service = await startService({ LOG_FILE });
    await failAndFind(service);
    assertStringIncludes(service.output, `Cannot write the log file ${LOG_FILE}`);
    service.kill("SIGTERM");
    assertEquals(await service.ended, { code: 0, signal: null });
  });
}

/** Makes failures, and waits until each is known to the store: their receipts. */
async function failAndFind(service: Service): Promise<string[]> {
  const ids: string[] = [];
  for (let failure = 0; failure < FAILURES; failure++) {
    ids.push((await (await service.fetch("/fail?how=throw")).json()).error_id);
  }
  await until(async () => (await readBooks(service)).pending === 0, { what: "all is stored" });
  for (const id of [ids.at(0), ids.at(-1)]) {
    const response = await service.fetch(`/?query_content=${id}&user_type=guest`);
    assertEquals(response.status, 200, await response.text());
  }
  return ids;
}

function run(program: string, argument: string): void {
  if (!new Deno.Command(program, { args: [argument] }).outputSync().success) {
    throw new Error(`${program} failed`);
  }
}
