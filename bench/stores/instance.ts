/**
 * One instance as it is: the main thread's queue, the worker, redaction, and batches as they come.
 *
 * @module
 */
import { startLogging } from "../../logging/logging.ts";
import { SEVERITY } from "../../store/record.ts";
import { figure, table } from "../table.ts";
import type { Engine, World } from "./world.ts";

const ENGINES: readonly Engine[] = ["SQLite", "PostgreSQL"];
/** As much waits as the worker always has something to do, and nothing is dropped. */
const MOST_PENDING = 5_000;
const RECORDS_A_TURN = 200;

/** Records a second that one instance stores. */
export async function measureInstance(world: World): Promise<string> {
  const rows = [];
  for (const engine of ENGINES) {
    for (const failuresPercent of [0, 10]) {
      rows.push([
        `${engine}, ${failuresPercent} % failures`,
        figure(await storedPerSecond(world, engine, failuresPercent), 0),
      ]);
    }
  }
  return ["## Records a second that one instance stores", table(["", "records/s"], rows)]
    .join("\n\n");
}

async function storedPerSecond(
  { newStore, folder, seconds }: World,
  engine: Engine,
  failuresPercent: number,
): Promise<number> {
  await using logging = startLogging({
    level: "INFO",
    bodies: "on",
    spill: "off",
    dataDir: folder.path,
    storeUrl: await newStore(engine),
    retention: { days: 90, keepOccurrences: 100, maxMegabytes: 10_000 },
    root: "/app/",
  });
  await logging.ready;
  const startMs = performance.now();
  let warmMs = 0;
  let warmStored = 0;
  for (let i = 0;;) {
    while (logging.stats().pending < MOST_PENDING) {
      for (const end = i + RECORDS_A_TURN; i < end; i++) record(i, i % 100 < failuresPercent);
    }
    await new Promise((resolve) => setTimeout(resolve));
    const nowMs = performance.now();
    const { stored } = logging.stats();
    if (warmMs === 0 && nowMs > startMs + 1000) [warmMs, warmStored] = [nowMs, stored];
    if (warmMs > 0 && nowMs > warmMs + seconds * 1000) {
      return (stored - warmStored) / (nowMs - warmMs) * 1000;
    }
  }

  function record(i: number, fails: boolean): void {
    logging.request({
      severity: fails ? SEVERITY.ERROR : SEVERITY.INFO,
      module: "/orders",
      requestId: `request-${i}`,
      message: fails ? undefined : `GET /orders/${i} 200`,
      method: "GET",
      route: "/orders/:id",
      path: `/orders/${i}?user_type=guest`,
      status: fails ? 500 : 200,
      durationMs: 1.25,
      input: `{"query_content":"order ${i}","user_type":"guest"}`,
      output: `{"content":{"order":${i},"state":"paid","lines":3},"content_status":"return"}`,
      ...(fails &&
        { errorId: logging.newErrorId(), thrown: { value: new TypeError("cannot be charged") } }),
    });
  }
}
