/**
 * A process that replays a journal into a store, for `journal_test.ts`, and is killed by any record that says "deadly".
 *
 * Arguments: path of the journal, path of the store.
 */
import { replay } from "../../logging/queue/replay.ts";
import { openStore } from "../../store/open.ts";

const [path = "", storePath = ""] = Deno.args;
const store = await openStore(`sqlite:${storePath}`);
await replay(path, {
  write(entries) {
    if (entries.some(({ record }) => record.message === "deadly")) Deno.kill(Deno.pid, "SIGKILL");
    return store.write(entries);
  },
  code: { root: "/app/" },
  signal: new AbortController().signal,
});
await store.close();
