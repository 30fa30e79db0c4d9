import { assert, assertEquals } from "@std/assert";
import { openSqlite } from "../../../store/open.ts";
import { countsOf, recordsInFile } from "../../helpers/log_lines.ts";
import { tempFolder } from "../../helpers/temp_folder.ts";

const KILLS = 50;
/** Processes at a time, each with a store of its own. */
const AT_A_TIME = 2;

Deno.test(`a process that is killed while it seals loses nothing and stores nothing twice: ${KILLS} times`, async () => {
  using folder = tempFolder();
  let kills = 0;
  await Promise.all(Array.from({ length: AT_A_TIME }, async (_, i) => {
    const path = folder.at(`${i}.db`);
    const told = new Map<string, number>();
    while (kills < KILLS) {
      kills++;
      const [boot, seq] = await runAndKill(path, 1 + kills % 9);
      told.set(boot, seq);
    }
    // The next start goes on with what was left.
    const store = await openSqlite({ path });
    const { logs } = await store.health();
    await store.close();
    const records = recordsInFile(path);
    assertEquals([countsOf(records).logs_twice, logs], [0, records.length]);
    const byBoot = Map.groupBy(records, ({ boot_id }) => boot_id);
    for (const [boot, seq] of told) {
      const seqs = new Set(byBoot.get(boot)!.map(({ seq }) => seq));
      const lost = Array.from({ length: seq }, (_, i) => i + 1).filter((seq) => !seqs.has(seq));
      assertEquals(lost, [], `${boot} up to ${seq}`);
      // Whole batches only.
      assert(seqs.size % 250 === 0, `${seqs.size}`);
    }
  }));
});

/** Starts a process, and kills it at any moment after so many batches: the last that it told of. */
async function runAndKill(path: string, batches: number): Promise<[string, number]> {
  const script = new URL("sealing_process.ts", import.meta.url).href;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "--allow-all", script, path],
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  let text = "";
  const decoder = new TextDecoder();
  for await (const chunk of child.stdout) {
    text += decoder.decode(chunk);
    // It goes on appending and sealing meanwhile.
    if (text.split("\n").length > batches) child.kill("SIGKILL");
  }
  await child.status;
  const [boot, seq] = text.trimEnd().split("\n").at(-1)!.split(" ");
  return [boot!, Number(seq)];
}
