/**
 * A process that writes records through a file sink, for `file_test.ts`. Says one line on standard
 * output for each batch: the `seq` it has reached, or `refused` with the error's sentence; then it makes room by moving the
 * file to `PATH.full.N` and tries the same batch again.
 *
 * Arguments: path, writer's name, number of batches, `maxBytes`.
 */
import { fileSink } from "../../logging/sinks/file.ts";
import { batchOf } from "./file_records.ts";

const BATCH_RECORDS = 10;
const [path = "", name = "", batches = "", maxBytes = ""] = Deno.args;
const sink = fileSink({ path, maxBytes: Number(maxBytes), maxFiles: 10_000 });

let refusals = 0;
for (let batch = 0; batch < Number(batches);) {
  const first = batch * BATCH_RECORDS + 1;
  try {
    await sink.write(batchOf({ name, first, count: BATCH_RECORDS }));
    console.log(first + BATCH_RECORDS - 1);
    batch++;
  } catch (error) {
    console.log(`refused: ${error instanceof Error ? error.message : error}`);
    Deno.renameSync(path, `${path}.full.${refusals++}`);
  }
}
sink.close();
