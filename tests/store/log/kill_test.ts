import { assert, assertEquals } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { openSqlite } from "../../../store/open.ts";
import { countsOf, recordsInFile } from "../../helpers/log_lines.ts";
import { tempFolder } from "../../helpers/temp_folder.ts";
import { Source, times } from "../entries.ts";
import { makeVersion5 } from "./make_version_5.ts";

const KILLS = 50;
/** Processes at a time, each with a store of its own. */
const AT_A_TIME = 2;

/** Rows of version 5: two dozen steps. */
const OLD = 24_000;
const HOUR_MS = 60 * 60 * 1000;

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

Deno.test("a process that is killed while it moves the log of version 5 into blocks loses nothing and stores nothing twice", async () => {
  using folder = tempFolder();
  const path = folder.at("holdfast.db");
  const source = new Source(Date.now() - HOUR_MS);
  const entries = times(OLD, (i) => i % 100 === 0 ? source.failure("k") : source.log());
  makeVersion5(path, entries);
  const before = heldIn(path);
  let lines: string[] = [];
  let kills = -1;
  for (; lines.at(-1) !== "all"; kills++) {
    // The first is killed while it opens the store, the others after one to three steps.
    lines = await linesUntilKilled("moving_process.ts", path, kills < 0 ? 1 : 2 + kills % 3);
    assertEquals(heldIn(path), before);
  }
  assert(kills > 5, `${kills} kills`);
  const records = recordsInFile(path);
  const ofSource = records.filter(({ boot_id }) => boot_id === source.bootId);
  assertEquals([countsOf(records).logs_twice, records.length], [0, before]);
  assertEquals(ofSource, entries.map(({ record }) => record));
});

/** Records of a store, in rows of version 5 and in blocks. */
function heldIn(path: string): number {
  // The write-ahead log of a process that was killed is read too.
  using db = new DatabaseSync(path);
  const has = (table: string) =>
    db.prepare("select 1 from sqlite_schema where name = ?").get(table) !== undefined;
  const rows = has("logs") ? Number(db.prepare("select count(*) as n from logs").get()!.n) : 0;
  return rows + (has("log_data") ? recordsInFile(path).length : 0);
}

/** Starts a process, and kills it at any moment after so many batches: the last that it told of. */
async function runAndKill(path: string, batches: number): Promise<[string, number]> {
  const lines = await linesUntilKilled("sealing_process.ts", path, batches);
  const [boot, seq] = lines.at(-1)!.split(" ");
  return [boot!, Number(seq)];
}

/** Starts a process, and kills it at any moment after so many lines: what it has printed. */
async function linesUntilKilled(name: string, path: string, least: number): Promise<string[]> {
  const script = new URL(name, import.meta.url).href;
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
    if (text.split("\n").length > least && !text.endsWith("all\n")) child.kill("SIGKILL");
  }
  await child.status;
  return text.trimEnd().split("\n");
}
