import { assert, assertEquals } from "@std/assert";
import { type Answer, gapsIn, randomFrom, readKept, startLoad } from "../helpers/load.ts";
import { journalPaths } from "../../logging/queue/journal_file.ts";
import { readBooks, summary } from "../helpers/read_books.ts";
import { type Service, startService } from "../helpers/start_service.ts";
import { tempFolder } from "../helpers/temp_folder.ts";
import { until } from "../helpers/until.ts";

/** For each way of spilling: 20 in all. */
const KILLS = Number(Deno.env.get("HOLDFAST_TEST_KILLS") ?? 10);
const MIN_LOAD_MS = 50;
const MAX_LOAD_MS = 500;
const MAX_LOOKUPS = 1_000;

for (const spill of ["error", "all"] as const) {
  Deno.test(`LOG_SPILL=${spill}: ${KILLS} times kill -9 under load lose nothing that a client was told`, async () => {
    using folder = tempFolder();
    const storePath = folder.at("holdfast.db");
    const variables = { STORE_URL: `sqlite:${storePath}`, LOG_SPILL: spill, LOG_LEVEL: "DEBUG" };
    const seed = Number(Deno.env.get("HOLDFAST_TEST_SEED") ?? Date.now() % 1_000_000);
    const random = randomFrom(seed);
    console.log(`seed ${seed} (HOLDFAST_TEST_SEED repeats it)`);

    const answers: Answer[] = [];
    for (let kill = 0; kill < KILLS; kill++) {
      await using service = await startService(variables);
      const load = startLoad(service);
      await until(() => load.answers.length > 0, { what: "the first answer" });
      // The moment is what is random: nothing waits for it.
      const afterMs = MIN_LOAD_MS + random() * (MAX_LOAD_MS - MIN_LOAD_MS);
      await new Promise((resolve) => setTimeout(resolve, afterMs));
      service.kill("SIGKILL");
      answers.push(...await load.stop());
      assertEquals((await service.ended).signal, "SIGKILL");
    }

    const receipts = answers.flatMap(({ errorId }) => errorId ?? []);
    await using service = await startService(variables);
    await until(() => journalPaths(folder.path, "holdfast.db-spill-").length <= 1, {
      what: "what the killed processes left is in the store",
    });
    const step = Math.ceil(receipts.length / MAX_LOOKUPS);
    const looked = receipts.filter((_, i) => i % step === 0);
    for (const receipt of looked) await lookUp(service, receipt);
    const books = await readBooks(service);
    service.kill("SIGTERM");
    assertEquals(await service.ended, { code: 0, signal: null });

    const kept = readKept(storePath);
    const lostFailures = receipts.filter((errorId) => !kept.errorIds.has(errorId));
    const lostAnswers = answers.filter(({ requestId }) => !kept.requestIds.has(requestId));
    const stored = [...kept.seqs.values()].reduce((sum, seqs) => sum + seqs.length, 0);
    const gaps = [...kept.seqs.values()].reduce((sum, seqs) => sum + gapsIn(seqs), 0);
    console.log(summary({
      "LOG_SPILL": spill,
      "processes killed": KILLS,
      "processes started": KILLS + 1,
      "requests answered": answers.length,
      "failures answered": receipts.length,
      "looked up over HTTP": looked.length,
      "failures lost": lostFailures.length,
      "records accepted": stored + gaps,
      "records stored": stored,
      "records dropped": books.dropped,
      "records lost": spill === "all" ? gaps : `${gaps}, below ERROR: not promised here`,
    }));
    assert(receipts.length > KILLS, "every process answered failures before it was killed");
    assertEquals(lostFailures, []);
    assertEquals(books.dropped, 0);
    if (spill === "all") {
      assertEquals(lostAnswers, []);
      assertEquals(gaps, 0);
    }
  });
}

async function lookUp(service: Service, receipt: string): Promise<void> {
  const response = await service.fetch(`/?query_content=${receipt}&user_type=guest`);
  const { content } = await response.json();
  assertEquals([response.status, content.error_id], [200, receipt]);
}
