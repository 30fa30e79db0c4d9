import { assert, assertEquals } from "@std/assert";
import { startLog, storedRecords } from "../helpers/start_log.ts";

const DEADLINE_MS = 30_000;

Deno.test("the operator's own names are masked in the store and, by the main thread, in the spill file", async () => {
  await using log = startLog({ redactNames: ["customer_no"], spill: "all" });
  const { logger } = log.logging;
  // Taken before the store is open: the line on disk is the main thread's own.
  logger.error("no vipCustomerNo=4711-a", { customer_no: "4711-b" });
  const spilled = [...Deno.readDirSync(log.folder.path)].filter(({ name }) =>
    name.includes("spill")
  )
    .map(({ name }) => Deno.readTextFileSync(log.folder.at(name))).join("");
  assert(spilled.includes("customer_no"), spilled);
  assertEquals(spilled.match(/4711-\w/g), null);
  await log.logging.ready;
  await log.logging.flush({ deadlineMs: DEADLINE_MS });
  const [record] = storedRecords(log.storePath).filter(({ message }) => message.startsWith("no "));
  assertEquals(record?.message, "no vipCustomerNo=[redacted]");
  assertEquals(record?.attrs, { customer_no: "[redacted]" });
});
