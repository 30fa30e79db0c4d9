import { assert, assertEquals } from "@std/assert";
import { fault } from "../helpers/fault.ts";
import { assertBalanced, startLog } from "../helpers/start_log.ts";
import { until } from "../helpers/until.ts";
import { withoutWorkers } from "../helpers/without_workers.ts";
import { times } from "../store/entries.ts";

const ROUNDS = 100;
const QUESTIONS_A_ROUND = 10;
const RECORDS_A_TURN = 300;
/** What is on its way to the worker at once is some nine hundred of these records, and the store takes a thousand at once. */
const MOST_STORED_MEANWHILE = 4_000;

for (const platform of ["a worker", "no workers"]) {
  Deno.test(`a thousand questions are answered while batches flow, none of them behind the queue, with ${platform}`, async () => {
    using _platform = platform === "no workers" ? withoutWorkers() : undefined;
    await using world = startLog();
    const { logging } = world;
    await logging.ready;
    let isOver = false;
    const flow = (async () => {
      while (!isOver) {
        for (let i = 0; i < RECORDS_A_TURN; i++) logging.logger.info(`record ${i}`);
        await new Promise((resolve) => setTimeout(resolve));
      }
    })();
    let most = 0;
    for (let i = 0; i < ROUNDS; i++) {
      const { stored } = logging.stats();
      await Promise.all(times(QUESTIONS_A_ROUND, () => logging.store.receipt("none")));
      most = Math.max(most, logging.stats().stored - stored);
    }
    isOver = true;
    await flow;
    assertBalanced(logging.stats());
    assert(logging.stats().accepted > ROUNDS * RECORDS_A_TURN / 2, "batches flowed");
    assert(most <= MOST_STORED_MEANWHILE, `${most} records were stored before an answer`);
  });
}

Deno.test("questions that are asked between two workers are answered by the second", async () => {
  await using world = startLog();
  const { logging, folder } = world;
  await logging.ready;
  logging.logger.error(fault({ kind: "crash", unless: folder.at("broken") }));
  await until(() => logging.stats().restarts === 1, { what: "the first has ended" });
  const answers = await Promise.all(times(50, () => logging.store.receipt("none")));
  assertEquals(answers, times(50, () => null));
});
