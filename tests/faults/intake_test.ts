import { assert, assertEquals } from "@std/assert";
import { journalPaths } from "../../logging/queue/journal_file.ts";
import { randomFrom } from "../helpers/load.ts";
import { recordsInFile } from "../helpers/log_lines.ts";
import { readBooks, summary } from "../helpers/read_books.ts";
import { startSentryLoad } from "../helpers/sentry_load.ts";
import { startService } from "../helpers/start_service.ts";
import { tempFolder } from "../helpers/temp_folder.ts";
import { until } from "../helpers/until.ts";

const KILLS = Number(Deno.env.get("HOLDFAST_TEST_KILLS") ?? 10);
const MIN_LOAD_MS = 50;
const MAX_LOAD_MS = 800;
const KEY = "0123456789abcdef0123456789abcdef";
const LOAD = { key: KEY, clients: 8, bytes: 4_000 };

Deno.test(`${KILLS} times kill -9 under intake lose no event that was answered 200`, async () => {
  using folder = tempFolder();
  const storePath = folder.at("holdfast.db");
  const variables = {
    STORE_URL: `sqlite:${storePath}`,
    INTAKE_KEYS: `shop:${KEY}`,
    LOG_CONSOLE: "off",
    LOG_SPILL: "off",
    KEEP_OCCURRENCES: "10000",
  };
  const seed = Number(Deno.env.get("HOLDFAST_TEST_SEED") ?? Date.now() % 1_000_000);
  const random = randomFrom(seed);
  console.log(`seed ${seed} (HOLDFAST_TEST_SEED repeats it)`);

  const answered: string[] = [];
  for (let kill = 0; kill < KILLS; kill++) {
    await using service = await startService(variables);
    const load = startSentryLoad({ ...LOAD, port: Number(new URL(service.url).port) });
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
  const stored = recordsInFile(storePath).flatMap(({ event_id }) => event_id ?? []);
  const kept = new Set(stored);
  const lost = answered.filter((id) => !kept.has(id));
  console.log(summary({
    "processes killed": KILLS,
    "events answered 200": answered.length,
    "events stored": stored.length,
    "stored and not answered": stored.length - answered.length,
    "answered and lost": lost.length,
    "stored twice": stored.length - kept.size,
  }));
  assert(answered.length > KILLS);
  assertEquals([lost, stored.length - kept.size, books.dropped], [[], 0, 0]);
});
