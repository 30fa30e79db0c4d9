/**
 * A process that reports the same errors as its like: `URL ERRORS ROUNDS OCCURRENCES`. Each round is one
 * batch with so many occurrences of each error, in an order of its own. Prints its alerts as JSON.
 *
 * @module
 */
import { openStore } from "../../store/open.ts";
import { type Entry, StoreBusy, type Written } from "../../store/store.ts";
import { Source, times } from "../store/entries.ts";

/** None shares a factor with 50: each of so many errors comes equally often. */
const STRIDES = [1, 3, 7, 9, 11];

const [url = "", ...numbers] = Deno.args;
const [errors = 1, rounds = 1, occurrences = 1] = numbers.map(Number);
const store = await openStore(url);
const source = new Source();
const alerts: string[] = [];
for (let round = 0; round < rounds; round++) {
  const start = Deno.pid % errors;
  const batch = times(
    errors * occurrences,
    (i) => source.failure(`k${(start + i * STRIDES[round % STRIDES.length]!) % errors}`),
  );
  const written = await writeUntilDone(batch);
  alerts.push(...written.alerts.map(({ kind, error }) => `${kind} ${error.message}`));
}
await store.close();
console.log(JSON.stringify(alerts));

async function writeUntilDone(batch: Entry[]): Promise<Written> {
  while (true) {
    try {
      return await store.write(batch);
    } catch (error) {
      if (!(error instanceof StoreBusy)) throw error;
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }
}
