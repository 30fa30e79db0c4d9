/**
 * A process that logs and then goes on with what it and others have left, for `journal_test.ts`. Before each line on standard output
 * all that it names is on disk: the process's id and the last `seq`. Its queue is so small that most records wait on disk alone.
 *
 * Arguments: path of the store, folder of the journal, number of lines.
 */
import { startLogging } from "../../logging/logging.ts";

const RECORDS_A_LINE = 50;
/** Files of 4 MiB are full in no time. */
const TEXT = "x".repeat(3_000);
/** One that nobody kills ends by itself. */
const END_AFTER_MS = 20_000;

const [storePath = "", dataDir = "", lines = ""] = Deno.args;
const logging = startLogging({
  level: "DEBUG",
  bodies: "on",
  spill: "all",
  dataDir,
  storeUrl: `sqlite:${storePath}`,
  root: "/app/",
  queueLimitBytes: 300_000,
});
await logging.ready;
for (let line = 0; line < Number(lines); line++) {
  for (let i = 0; i < RECORDS_A_LINE; i++) logging.logger.warn(`line ${line}`, { text: TEXT });
  console.log(`${logging.bootId} ${logging.stats().accepted}`);
  // A turn of the event loop, as between two requests.
  await new Promise((resolve) => setTimeout(resolve));
}
setTimeout(() => Deno.exit(1), END_AFTER_MS);
