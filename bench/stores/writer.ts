/**
 * A process that writes to a store as fast as it is taken: `URL SECONDS BATCH FAILURES_PERCENT ERRORS`. Prints one line when it is
 * connected, waits for one, and prints what it did as JSON.
 *
 * @module
 */
import { openStore } from "../../store/open.ts";
import { StoreBusy } from "../../store/store.ts";
import { Maker } from "./entries.ts";

/** What a writer did. */
export interface WriterResult {
  /** Rows written. */
  rows: number;
  /** From its first write to the end of its last, in seconds. */
  seconds: number;
  /** Writes that the store could not take at once, and that were written again. */
  busy: number;
  /** The longest write, in milliseconds. */
  longestMs: number;
}

const WARM_UP_WRITES = 3;

const [url = "", ...numbers] = Deno.args;
const [seconds = 1, batch = 1, failuresPercent = 0, errors = 1] = numbers.map(Number);
const maker = new Maker({ failuresPercent, errors });
const store = await openStore(url, { newErrorsAnHour: Infinity });
const result: WriterResult = { rows: 0, seconds: 0, busy: 0, longestMs: 0 };
for (let i = 0; i < WARM_UP_WRITES; i++) await write();
Object.assign(result, { rows: 0, busy: 0, longestMs: 0 });
console.log("ready");
await Deno.stdin.read(new Uint8Array(1));
const startMs = performance.now();
while (performance.now() - startMs < seconds * 1000) await write();
result.seconds = (performance.now() - startMs) / 1000;
await store.close();
console.log(JSON.stringify(result));

async function write(): Promise<void> {
  const entries = maker.batch(batch);
  const beganMs = performance.now();
  for (;;) {
    try {
      await store.write(entries);
      break;
    } catch (error) {
      if (!(error instanceof StoreBusy)) throw error;
      result.busy++;
    }
  }
  result.rows += batch;
  result.longestMs = Math.max(result.longestMs, performance.now() - beganMs);
}
