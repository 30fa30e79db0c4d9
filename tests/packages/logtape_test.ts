// deno-lint-ignore-file no-import-prefix -- so that a start does not fetch it: `deno task` fetches what deno.json names
import { assertEquals, assertMatch } from "@std/assert";
import { configure, getLogger, reset } from "npm:@logtape/logtape@2.4.2";
import type { LogRecord } from "../../store/record.ts";
import { logtapeSink } from "../../logtape.ts";
import { startApp, type TestApp } from "../helpers/start_app.ts";

/** Runs the real LogTape with our sink. */
async function logged(app: TestApp, log: () => void): Promise<LogRecord[]> {
  await configure({
    sinks: { holdfast: logtapeSink({ log: app.logging.logger }) },
    loggers: [
      { category: ["shop"], sinks: ["holdfast"], lowestLevel: "trace" },
      { category: ["logtape", "meta"], sinks: [], lowestLevel: "fatal" },
    ],
  });
  try {
    log();
  } finally {
    await reset();
  }
  await app.logging.flush({ deadlineMs: 30_000 });
  const { items } = await app.logging.store.listLogs({ limit: 100 });
  return items.filter(({ module }) => module?.startsWith("shop")).reverse();
}

Deno.test("every level of LogTape arrives as one of ours, with message, category and properties", async () => {
  await using app = await startApp();
  const records = await logged(app, () => {
    const logger = getLogger(["shop", "orders"]);
    logger.trace("step {n}", { n: 1 });
    logger.debug`order ${7} looked up`;
    logger.info("placed {order}", { order: { id: 7 } });
    logger.warning("low on {item}", { item: "tea" });
    logger.error("refused");
    logger.fatal("gone");
  });
  assertEquals(
    records.map(({ level, module, message }) => [level, module, message]),
    [
      ["DEBUG", "shop.orders", "step 1"],
      ["DEBUG", "shop.orders", "order 7 looked up"],
      ["INFO", "shop.orders", 'placed {"id":7}'],
      ["WARN", "shop.orders", "low on tea"],
      ["ERROR", "shop.orders", "refused"],
      ["CRITICAL", "shop.orders", "gone"],
    ],
  );
  assertEquals(records[2]?.attrs, { order: { id: 7 } });
});

Deno.test("an Error among LogTape's properties, or in its message, opens an error with its stack", async () => {
  await using app = await startApp();
  const card = new TypeError("card expired");
  const records = await logged(app, () => {
    const logger = getLogger("shop");
    logger.error("order {id} cannot be paid", { id: 7, failure: card });
    logger.error`cannot be paid: ${card}`;
    logger.warn("soon {error}", { error: card });
  });
  assertEquals(
    records.map(({ message, error, error_id }) => [message, error?.type, error_id !== undefined]),
    [
      ["order 7 cannot be paid", "TypeError", true],
      ["cannot be paid: card expired", "TypeError", true],
      ["soon card expired", "TypeError", false],
    ],
  );
  assertMatch(records[0]?.error?.stack ?? "", /logtape_test\.ts/);
});

Deno.test("what cannot be read does not reach the one who logs", async () => {
  await using app = await startApp();
  const records = await logged(app, () => {
    const circle: Record<string, unknown> = {};
    circle.self = circle;
    const throwing = {
      get secret(): string {
        throw new Error("no");
      },
    };
    getLogger("shop").info("circle {circle} {throwing} {big}", { circle, throwing, big: 10n });
  });
  assertEquals(records.length, 1);
});
