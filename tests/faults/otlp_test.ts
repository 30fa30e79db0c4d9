import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { readKept, startLoad } from "../helpers/load.ts";
import { readBooks, summary } from "../helpers/read_books.ts";
import { readMetrics } from "../helpers/read_metrics.ts";
import { startCollector } from "../helpers/start_collector.ts";
import { type Service, startService } from "../helpers/start_service.ts";
import { tempFolder } from "../helpers/temp_folder.ts";
import { until } from "../helpers/until.ts";

/** Bodies of this size fill what is kept for the collector after some hundred requests. */
const LARGE = JSON.stringify({ svc_name: "shop", message: "x", input_json: large() });
const KEY = "key-of-the-shop-0123456789";
const SHUTDOWN_MS = 2_000;
/** How fast a process ends is the machine's: without an end of its own this one never ended. */
const BUSY_MACHINE_MS = 3_000;
const FEW = 50;
const MANY = 300;

Deno.test("a collector that never answers under load: all is stored, nothing dropped, what it skips is counted, and the process ends in time", async () => {
  using folder = tempFolder();
  const storePath = folder.at("holdfast.db");
  await using collector = startCollector();
  const silent = Promise.withResolvers<Response>();
  collector.answer = () => silent.promise;
  await using service = await startService({
    STORE_URL: `sqlite:${storePath}`,
    OTLP_LOGS_URL: collector.url,
    INTAKE_KEYS: KEY,
    LOG_CONSOLE: "off",
    LOG_LEVEL: "DEBUG",
    SHUTDOWN_MS: String(SHUTDOWN_MS),
  });
  const load = startLoad(service);
  const skipped = await until(async () => {
    await reportMuch(service);
    // The store is given time: what it cannot take at all is another test's.
    await until(async () => (await readBooks(service)).pending < MANY, { what: "it is stored" });
    const { behind = 0 } = await skippedBy(service);
    return behind >= MANY && behind;
  }, { what: "the collector skips records", withinMs: 60_000 });
  const answers = await load.stop();
  assertEquals((await (await service.fetch("/readyz")).json()).status, 200);
  // What is still to be stored at the signal must fit what the hung collector leaves of the time to stop.
  await until(async () => (await readBooks(service)).pending < FEW, {
    what: "nearly all is stored",
  });
  const { dropped } = await readBooks(service);
  assertEquals(dropped, 0);

  const stopMs = performance.now();
  service.kill("SIGTERM");
  assertEquals(await service.ended, { code: 0, signal: null });
  assert(performance.now() - stopMs < SHUTDOWN_MS + BUSY_MACHINE_MS);
  silent.resolve(new Response());
  assertStringIncludes(service.output, "The collector at OTLP_LOGS_URL did not get the last");
  const spills = Array.from(Deno.readDirSync(folder.path), ({ name }) => name)
    .filter((name) => name.includes("spill"));
  assertEquals(spills, [], service.output);
  const { requestIds, seqs } = readKept(storePath);
  const lost = answers.filter(({ requestId }) => !requestIds.has(requestId));
  const [stored = []] = seqs.values();
  assertEquals([lost, stored.at(-1)], [[], stored.length], service.output);
  console.log(summary({ answered: answers.length, stored: stored.length, skipped, dropped }));
});

Deno.test("a collector that goes away under load and comes back has every record once that was not skipped", async () => {
  using folder = tempFolder();
  const storePath = folder.at("holdfast.db");
  const first = startCollector();
  const port = Number(new URL(first.url).port);
  await using service = await startService({
    STORE_URL: `sqlite:${storePath}`,
    OTLP_LOGS_URL: first.url,
  });
  const load = startLoad(service);
  await until(() => first.taken.length > MANY, { what: "records before" });
  await first[Symbol.asyncDispose]();
  const before = load.answers.length;
  await until(() => load.answers.length > before + MANY, { what: "answers while it is away" });
  await using second = startCollector({ port });
  await until(() => second.taken.length > 0, { what: "records after" });
  await load.stop();
  service.kill("SIGTERM");
  assertEquals((await service.ended).code, 0);

  assertEquals([first.defects, second.defects], [[], []]);
  const [stored = []] = readKept(storePath).seqs.values();
  const uids = [...first.taken, ...second.taken].map(({ attributes }) =>
    Number(String(attributes["log.record.uid"]).split(":")[1])
  );
  // A request whose answer was cut off by the end of the first one may come again.
  const twice = uids.length - new Set(uids).size;
  assertEquals(stored.filter((seq) => !uids.includes(seq)), []);
  console.log(summary({ stored: stored.length, "with the collector": uids.length, twice }));
});

async function reportMuch(service: Service): Promise<void> {
  const headers = { authorization: `Bearer ${KEY}`, "content-type": "application/json" };
  const responses = await Promise.all(Array.from(
    { length: 20 },
    () => service.fetch("/logs", { method: "POST", headers, body: LARGE }),
  ));
  for (const response of responses) assertEquals((await response.json()).status, 202);
}

async function skippedBy(service: Service): Promise<Record<string, number>> {
  const { samples } = readMetrics(await (await service.fetch("/metrics")).text());
  const skipped = samples.filter(({ name }) => name === "holdfast_log_skipped_total");
  return Object.fromEntries(skipped.map(({ labels, value }) => {
    assertEquals(labels.sink, "otlp");
    return [labels.reason, value];
  }));
}

function large(): string[] {
  return Array.from({ length: 6 }, (_, i) => String(i).repeat(8_000));
}
