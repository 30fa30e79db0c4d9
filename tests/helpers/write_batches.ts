/**
 * A process that writes to a SQLite store: `PATH BATCHES ENTRIES`. Prints a line after every batch;
 * BATCHES 0 goes on until it is killed. The first entry of a batch is a failure.
 *
 * @module
 */
import { openSqlite } from "../../store/open.ts";
import { type Entry, StoreBusy } from "../../store/store.ts";
import { Source, times } from "../store/entries.ts";

const [path = "", batches = "0", entries = "1"] = Deno.args;
const store = await openSqlite({ path });
const source = new Source();
for (let i = 0; i < Number(batches) || batches === "0"; i++) {
  await writeUntilDone(
    times(Number(entries), (j) => j === 0 ? source.failure("a") : source.log()),
  );
  console.log("written");
}
await store.close();

async function writeUntilDone(batch: Entry[]): Promise<void> {
  while (true) {
    try {
      await store.write(batch);
      return;
    } catch (error) {
      if (!(error instanceof StoreBusy)) throw error;
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }
}
