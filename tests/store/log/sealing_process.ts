/**
 * Appends and seals for ever, for a test that kills it: prints a line for each batch that is stored.
 * Arguments: the store's path.
 *
 * @module
 */
import { openSqlite } from "../../../store/open.ts";
import { Source, times } from "../entries.ts";

const [path] = Deno.args as [string];
const source = new Source(Date.now() - 60_000);
const store = await openSqlite({ path });
for (;;) {
  const entries = times(250, (i) => source.log({ svc_name: i % 50 === 0 ? "quiet" : "noisy" }));
  await store.write(entries);
  console.log(`${source.bootId} ${entries.at(-1)!.record.seq}`);
}
