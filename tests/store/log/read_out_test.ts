import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import type { Database } from "../../../store/drivers/database.ts";
import { readOut, type ReadOutOptions, type ReadOutQuery } from "../../../store/log/read_out.ts";
import type { LogRecord } from "../../../store/record.ts";
import type { Entry } from "../../../store/store.ts";
import { Source, times } from "../entries.ts";
import { logTest as test } from "./open_log.ts";

const MINUTE_MS = 60 * 1000;

/** So little at a time that each list ends amid blocks that overlap, and that held lines are let go. */
const NARROW = { listedBlocks: 2, maxHeldUnits: 20_000 };

test("all records come once and in order, from blocks that overlap, while they are sealed and others come", async (world) => {
  const { database, append, another } = world;
  const startMs = Date.now() - 60 * MINUTE_MS;
  const sources = times(3, (i) => ({ log: another(), source: new Source(startMs + i) }));
  const entries: Entry[] = [];
  for (let batch = 0; batch < 15; batch++) {
    const { log, source } = sources[batch % 3]!;
    // Some are an hour late, some minutes: blocks reach over one another.
    const batchOf = times(200, (i) =>
      source.log({
        svc_name: i % 7 === 0 ? "/rare" : `/s${batch % 2}`,
        time: timeAt(startMs + batch * MINUTE_MS - (i % 50 === 0 ? 60 : i % 3) * MINUTE_MS + i),
      }));
    entries.push(...batchOf);
    await append(batchOf, log);
  }
  // Some hundred of one moment.
  const same = times(300, () => sources[0]!.source.log({ time: timeAt(startMs) }));
  entries.push(...same);
  await append(same);
  const later = new Source(Date.now());
  let steps = 0;
  const read = await all(database, { until: Date.now() - MINUTE_MS }, {
    ...NARROW,
    onRead: async () => {
      steps++;
      if (steps % 4 !== 0) return;
      await append(times(20, () => later.log()));
      await world.sealAll();
    },
  });
  assert(steps > 12, `${steps} steps`);
  assertOrdered(read);
  assertEquals(keysOf(read), keysOf(entries.map(({ record }) => record)));
});

test("the same filters as a search's, and a range to the millisecond", async (world) => {
  const startMs = Date.now() - 60 * MINUTE_MS;
  const source = new Source(startMs);
  const entries = times(3_000, (i) =>
    source.log({
      svc_name: i % 2 === 0 ? "/a" : "/b",
      route: `/things/${i % 3}`,
      severity: i % 100 === 0 ? 40 : 20,
      message: i % 500 === 0 ? `Zürich sells ${i}` : "nothing",
    }));
  for (let i = 0; i < entries.length; i += 500) await world.append(entries.slice(i, i + 500));
  await world.sealAll();
  await world.append(times(10, () => source.log({ svc_name: "/a", message: "Zürich again" })));
  const count = async (query: ReadOutQuery) => (await all(world.database, query)).length;
  assertEquals(await count({}), 3_010);
  assertEquals(await count({ svc_name: "/a" }), 1_510);
  assertEquals(await count({ svc_name: "/b", route: "/things/1" }), 500);
  assertEquals(await count({ level: "ERROR" }), 30);
  assertEquals(await count({ q: "zurich" }), 16);
  assertEquals(await count({ q: "zurich sells" }), 6);
  assertEquals(await count({ q: "***" }), 0);
  assertEquals(await count({ request_id: entries[1_234]!.record.request_id! }), 1);
  assertEquals(await count({ since: startMs + 100, until: startMs + 200 }), 100);
  assertEquals(await count({ since: startMs + 100, until: startMs + 100 }), 0);
  const [line] = await all(world.database, { since: startMs + 7, until: startMs + 8 });
  assertEquals(line, entries[7]!.record);
});

test("a failure is given as it was logged", async ({ database, append, sealAll }) => {
  const failure = new Source(Date.now()).failure("a");
  await append([failure]);
  await sealAll();
  assertEquals(await all(database, {}), [failure.record]);
});

test("what retention takes meanwhile is left out, and nothing else", async ({ database, log, append, sealAll }) => {
  const startMs = Date.now() - 60 * MINUTE_MS;
  const source = new Source(startMs);
  for (let i = 0; i < 6; i++) {
    await append(times(1_000, () => source.log()));
    await sealAll();
  }
  let isFirst = true;
  const read = await all(database, {}, {
    onRead: async () => {
      if (!isFirst) return;
      isFirst = false;
      await database.transaction((session) => log.removeBefore(session, startMs + 3_500));
    },
  });
  assertOrdered(read);
  const kept = read.map(({ seq }) => seq).filter((seq) => seq > 3_500);
  assertEquals(kept, times(2_500, (i) => 3_501 + i));
  assert(read.length < 6_000, "something was gone before it was read");
});

test("a block that cannot be read is told once, and the others are read", async ({ database, append, sealAll }) => {
  const source = new Source(Date.now() - 60 * MINUTE_MS);
  for (let i = 0; i < 4; i++) {
    await append(times(1_000, () => source.log()));
    await sealAll();
  }
  await database.transaction(async (session) => {
    await session.run(
      `update holdfast.log_data set data = $1
       where block = (select min(block) from holdfast.log_data)`,
      [new Uint8Array([1, 2, 3])],
    );
    await session.run(
      "delete from holdfast.log_data where block = (select max(block) from holdfast.log_data)",
    );
  });
  const damage: string[] = [];
  const read = await all(database, {}, {
    ...NARROW,
    onDamage: (sentence) => damage.push(sentence),
  });
  assertEquals(read.map(({ seq }) => seq), times(2_000, (i) => 1_001 + i));
  assertEquals(damage.length, 2);
  assertMatch(damage[0]!, /^block \d+ cannot be read: .+ \(20.+ to 20.+\)$/);
  assertMatch(damage[1]!, /^block \d+ has no data \(20.+ to 20.+\)$/);
});

test("a store whose older records are not moved yet is not exported in part", async ({ database, append }) => {
  await append([new Source().log()]);
  await database.ask((session) => session.run("create table holdfast.logs (id bigint)"));
  await assertRejects(() => all(database, {}), Error, "Let the service run until it has moved");
});

interface Reading extends Partial<ReadOutOptions> {
  /** Is done after each step. */
  onRead?: () => Promise<void>;
}

async function all(
  database: Database,
  query: ReadOutQuery,
  { onRead, ...options }: Reading = {},
): Promise<LogRecord[]> {
  const records: LogRecord[] = [];
  const onDamage = (sentence: string) => {
    throw new Error(sentence);
  };
  for await (const lines of readOut(database, query, { onDamage, ...options })) {
    records.push(...lines.map((line) => JSON.parse(line)));
    await onRead?.();
  }
  return records;
}

function assertOrdered(records: readonly LogRecord[]): void {
  const moments = records.map(({ time }) => Date.parse(time));
  assertEquals(moments, moments.toSorted((a, b) => a - b));
}

function keysOf(records: readonly LogRecord[]): string[] {
  return records.map(({ boot_id, seq }) => `${boot_id} ${String(seq).padStart(6, "0")}`).sort();
}

function timeAt(ms: number): string {
  return new Date(ms).toISOString();
}
