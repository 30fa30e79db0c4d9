import { assert, assertEquals } from "@std/assert";
import { holdStore } from "../helpers/hold_store.ts";
import { type Answer, readKept, startLoad } from "../helpers/load.ts";
import { readBooks, summary } from "../helpers/read_books.ts";
import { startService } from "../helpers/start_service.ts";
import { tempFolder } from "../helpers/temp_folder.ts";
import { until } from "../helpers/until.ts";

const HELD_MS = 30_000;
/** Before, at the start, in the middle and after. */
const ANSWERS_A_LOAD = 1_000;
const LONG = { withinMs: 60_000 };

Deno.test(`a store that is held for ${HELD_MS / 1000} s: console and file go on, the service answers, nothing is lost`, async () => {
  using folder = tempFolder();
  const storePath = folder.at("holdfast.db");
  const filePath = folder.at("log.ndjson");
  await using service = await startService({
    STORE_URL: `sqlite:${storePath}`,
    LOG_FILE: filePath,
    LOG_CONSOLE: "json",
    LOG_LEVEL: "DEBUG",
  });
  const load = async () => {
    const { ended, answers } = startLoad(service, { maxAnswers: ANSWERS_A_LOAD });
    await ended;
    return answers;
  };
  const answers: Answer[] = await load();
  {
    using _lock = holdStore(storePath);
    const freeMs = performance.now() + HELD_MS;
    answers.push(...await load());
    await until(() => performance.now() > freeMs - HELD_MS / 2, { what: "half of it", ...LONG });
    answers.push(...await load());
    const all = answers.map(({ requestId }) => requestId);
    await until(() => includesAll(Deno.readTextFileSync(filePath), all), {
      what: "the file",
      ...LONG,
    });
    await until(() => includesAll(service.output, all), { what: "the console", ...LONG });
    const { pending, dropped } = await readBooks(service);
    assert(pending > ANSWERS_A_LOAD, "the store takes nothing");
    assertEquals(dropped, 0);
    await until(() => performance.now() > freeMs, { what: "the other half", ...LONG });
  }
  answers.push(...await load());
  const { restarts } = await readBooks(service);
  service.kill("SIGTERM");
  assertEquals(await service.ended, { code: 0, signal: null });
  const { requestIds } = readKept(storePath);
  const lost = answers.filter(({ requestId }) => !requestIds.has(requestId));
  console.log(
    summary({ answered: answers.length, "worker restarts": restarts, lost: lost.length }),
  );
  assertEquals([lost, restarts], [[], 0]);
  const lines = Deno.readTextFileSync(filePath).trimEnd().split("\n");
  assertEquals(new Set(lines.map((line) => JSON.parse(line).seq)).size, lines.length);
});

function includesAll(text: string, ids: readonly string[]): boolean {
  const there = new Set(text.match(/"request_id":"[^"]+"/g));
  return ids.every((id) => there.has(`"request_id":"${id}"`));
}
