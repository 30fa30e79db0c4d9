import { assert, assertEquals } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { openSqlite } from "../../../store/open.ts";
import type { LogRecord } from "../../../store/record.ts";
import type { Store } from "../../../store/store.ts";
import { tempFolder } from "../../helpers/temp_folder.ts";
import { Source, times } from "../entries.ts";
import { makeVersion5 } from "./make_version_5.ts";

/** More than are moved in two steps. */
const OLD = 2500;
const LIMITS = { days: 36_500, keepOccurrences: 100, maxMegabytes: 1024 };
const DAY_MS = 24 * 60 * 60 * 1000;

Deno.test("a log of version 5 is found, counted and known again before, while and after it is moved into blocks", async () => {
  using folder = tempFolder();
  const path = folder.at("holdfast.db");
  const source = new Source(Date.now() - DAY_MS);
  const entries = [...times(OLD, (i) => source.log({ message: `old ${i}` })), source.failure("k")];
  makeVersion5(path, entries);
  const store = await openSqlite({ path });
  const before = (await store.health()).logs;
  assert(before > OLD);
  const tail = await store.logsAfter({ limit: 5 });
  assertEquals(tail.items.at(-1)!.record, entries.at(-1)!.record);
  let steps = 0;
  for (let more = true; more; steps++) {
    await check(store, entries);
    assertEquals((await store.health()).logs, before);
    more = (await store.sweep(LIMITS, Date.now())).more;
  }
  assert(steps > 2, `${steps} steps`);
  await check(store, entries);
  // What is old is no news to a reader.
  assertEquals((await store.logsAfter({ after: tail.position, limit: 5 })).items, []);
  const next = new Source().log();
  await store.write([next]);
  const { items } = await store.logsAfter({ after: tail.position, limit: 5 });
  assertEquals(items.map(({ record }) => record), [next.record]);
  assertEquals((await store.health()).logs, before + 1);
  await store.close();
  using db = new DatabaseSync(path, { readOnly: true });
  const tables = db.prepare(
    "select name from sqlite_schema where name in ('logs', 'boots', 'log_count', 'late_logs')",
  ).all();
  assertEquals(tables, []);
});

async function check(store: Store, entries: ReturnType<Source["log"]>[]): Promise<void> {
  for (const i of [7, 1234, OLD - 1]) {
    const messages = (await find(store, `old ${i}`)).map(({ message }) => message);
    assert(messages.includes(`old ${i}`), `old ${i}`);
  }
  const failure = entries.at(-1)!.record;
  assertEquals(await find(store, failure.error_id!), [failure]);
  const { stored, duplicates } = await store.write(entries.slice(0, 3));
  assertEquals([stored, duplicates], [3, 3]);
}

/** All that match, however long it takes. */
async function find(store: Store, q: string): Promise<LogRecord[]> {
  let page = await store.listLogs({ q, limit: 100 });
  const found = [...page.items];
  while (page.next !== null) {
    page = await store.listLogs({ q, limit: 100, cursor: page.next });
    found.push(...page.items);
  }
  return found;
}
