import type { Session } from "../../../store/drivers/database.ts";
import { assert, assertEquals, assertMatch } from "@std/assert";
import * as fc from "fast-check";
import { findFailure } from "../../../store/log/find_failure.ts";
import { OldRows } from "../../../store/log/old_rows.ts";
import { listLogs } from "../../../store/log/search.ts";
import type { LogPage, LogQuery } from "../../../store/store.ts";
import { Source, times } from "../entries.ts";
import { logTest as test } from "./open_log.ts";

const HOUR_MS = 60 * 60 * 1000;
const DAY_MS = 24 * HOUR_MS;

test("a search finds the same before and after sealing", async ({ log, append, sealAll }) => {
  const source = new Source(Date.now() - 60_000);
  const entries = times(40, (i) =>
    source.log({
      svc_name: i % 2 === 0 ? "/a" : "/b",
      route: `/things/${i % 3}`,
      severity: i % 10 === 0 ? 30 : 20,
      message: `Zürich sells ${i} foo-bar`,
    }));
  const failure = source.failure("k", { svc_name: "/a" });
  await append([...entries, failure]);
  const queries: [Omit<LogQuery, "limit">, number][] = [
    [{}, 41],
    [{ q: "zurich" }, 40],
    [{ q: "zur" }, 40],
    [{ q: "ZÜRICH sell" }, 40],
    [{ q: "foo-bar" }, 40],
    [{ q: "bar-foo" }, 0],
    [{ q: "foo-ba" }, 40],
    [{ q: "oo-bar" }, 0],
    [{ q: "17" }, 1],
    [{ q: "7" }, 1],
    [{ q: entries[5]!.record.request_id! }, 1],
    [{ q: failure.record.error_id! }, 1],
    [{ q: "handler" }, 1],
    [{ q: "lev" }, 0],
    [{ request_id: entries[6]!.record.request_id! }, 1],
    [{ svc_name: "/a" }, 21],
    [{ svc_name: "/a", route: "/things/1" }, 6],
    [{ svc_name: "a" }, 0],
    [{ level: "WARN" }, 5],
    [{ level: "CRITICAL" }, 0],
    [{ level: "ERROR", q: "broken" }, 1],
    [{ since: Date.parse(entries[30]!.record.time) }, 11],
    [{ until: Date.parse(entries[3]!.record.time), q: "zurich" }, 3],
  ];
  const found = async () => {
    const pages = [];
    for (const [query] of queries) {
      const { items, total } = await log.list({ ...query, limit: 50 });
      pages.push({ query, seqs: items.map(({ seq }) => seq), total });
    }
    return pages;
  };
  const before = await found();
  for (const [i, { query, seqs, total }] of before.entries()) {
    const wanted = queries[i]![1];
    assertEquals([seqs.length, total], [wanted, wanted], JSON.stringify(query));
  }
  await sealAll();
  assertEquals(await found(), before);
});

test("a record comes once, however often it is appended, before and after sealing", async (world) => {
  const source = new Source();
  const entries = times(3000, () => source.log());
  assertEquals(await world.append([...entries.slice(0, 10), ...entries.slice(0, 10)]), 10);
  assertEquals(await world.append(entries), 2990);
  await world.sealAll();
  assertEquals(await world.append(entries), 0);
  const gaps = times(5, (i) => source.log({ seq: 20_000 + 7 * i }));
  assertEquals(await world.append(gaps), 5);
  assertEquals(await world.append([...gaps, source.log({ seq: 20_001 })]), 1);
  assertEquals(await world.size(), 3006);
});

test("two instances that append the same records at the same time store them once", async (world) => {
  const source = new Source();
  const batches = times(8, () => times(50, () => source.log()));
  const other = world.another();
  const counts = await Promise.all(
    batches.flatMap((batch) => [world.append(batch), world.append(batch, other)]),
  );
  assertEquals(counts.reduce((sum, count) => sum + count), 400);
  assertEquals(await world.size(), 400);
});

test("pages go through the log once, over tail and blocks, while records arrive and are sealed", async (world) => {
  const source = new Source(Date.now() - 60_000);
  const late = new Source(Date.now() - HOUR_MS);
  for (const _ of times(4, () => 0)) {
    await world.append(times(700, () => source.log({ message: "one of many" })));
    await world.append(times(30, () => late.log({ message: "one of many" })));
  }
  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await world.log.list({ q: "many", limit: 100, ...(cursor && { cursor }) });
    seen.push(...page.items.map(({ boot_id, seq }) => `${boot_id} ${seq}`));
    await world.append([source.log({ message: "one of many" })]);
    if (seen.length === 1000) await world.sealAll();
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
  assertEquals([seen.length, new Set(seen).size], [2920, 2920]);
});

test("a search that runs out of time says how far back it came, and its cursor goes on there", async (world) => {
  const { database, append, sealAll } = world;
  const source = new Source(Date.now() - DAY_MS);
  const oldest = source.log({ message: "the needle" });
  await append([oldest]);
  await sealAll();
  // "instance" is in every line, but as a name: each block has to be opened.
  for (const _ of times(4, () => 0)) await append(times(1100, () => source.log()));
  await sealAll();
  const options = { oldRows: new OldRows(), searchMs: 0 };
  const found = [];
  const ends: (string | undefined)[] = [];
  const search = (q: string) =>
    pages((cursor) => listLogs(database, { q, limit: 5, ...cursor }, options));
  for await (const page of search("needle")) {
    found.push(...page.items);
    ends.push(page.searched_back_to);
  }
  assertEquals(found, [oldest.record]);
  const nothing = [];
  for await (const page of search("instance")) {
    assertEquals(page.items, []);
    if (page.searched_back_to) nothing.push(page.searched_back_to);
  }
  assertEquals(ends.at(-1), undefined);
  assert(nothing.length >= 3, `${nothing}`);
  assertEquals(nothing, nothing.toSorted().reverse());
});

test("a live tail meets every record once, across sealing and instances", async (world) => {
  const step = fc.record({
    rows: fc.array(fc.record({ agoMs: fc.nat(50), source: fc.nat(2) }), { maxLength: 6 }),
    isSealed: fc.boolean(),
    limit: fc.integer({ min: 0, max: 5 }),
    read: fc.nat(5),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
      const sources = times(3, () => new Source());
      const logs = [world.log, world.another()];
      let after = (await world.log.after({ limit: 0 })).position;
      const written: string[] = [];
      const seen: string[] = [];
      for (const [i, { rows, isSealed, limit, read }] of steps.entries()) {
        const entries = rows.map(({ agoMs, source }) =>
          sources[source]!.log({ time: new Date(Date.now() - agoMs).toISOString() })
        );
        written.push(...entries.map(keyOf));
        await world.append(entries, logs[i % 2]!);
        if (isSealed) await world.sealAll();
        const tail = await world.log.after({ after, limit });
        const shown = tail.items.slice(0, read);
        seen.push(...shown.map(keyOf));
        after = shown.length === tail.items.length
          ? tail.position
          : shown.at(-1)?.position ?? after;
      }
      for (let more = true; more;) {
        const tail = await world.log.after({ after, limit: 7 });
        seen.push(...tail.items.map(keyOf));
        [after, more] = [tail.position, tail.more];
      }
      assertEquals(seen.toSorted(), written.toSorted());
    }),
    { numRuns: 25 },
  );
});

test("a write that is enough for a block becomes one at once: found, followed and known like any other", async (world) => {
  const source = new Source(Date.now() - 60_000);
  const entries = times(1_500, (i) => source.log({ svc_name: i % 5 === 0 ? "/few" : "/many" }));
  const { position: after } = await world.log.after({ limit: 0 });
  assertEquals(await world.append(entries), 1_500);
  const waiting = await world.database.ask((session) =>
    session.all("select id from holdfast.log_tail")
  );
  assertEquals(waiting, []);
  assertEquals(await world.append(entries.slice(700, 800)), 0);
  const followed = await world.log.after({ after, limit: 2_000 });
  assertEquals(followed.items.map(keyOf), entries.map(keyOf));
  const found = await world.log.list({ limit: 500, svc_name: "/few" });
  assertEquals(found.items.length, 300);
});

test("the size limit takes from the service that floods, and nothing from its neighbour", async (world) => {
  const { log, database } = world;
  const quiet = new Source(Date.now() - DAY_MS);
  const noisy = new Source(Date.now() - HOUR_MS);
  const random = () => times(5, () => crypto.randomUUID()).join();
  for (const _ of times(12, () => 0)) {
    await world.append([
      ...times(600, () => noisy.log({ svc_name: "noisy", attrs: { random: random() } })),
      ...times(40, () => quiet.log({ svc_name: "quiet", attrs: { random: random() } })),
    ]);
  }
  await world.sealAll();
  const bytes = async () => (await database.ask((session) => log.size(session))).bytes;
  const [records, limit] = [await world.size(), await bytes() / 3];
  let removed = 0;
  for (;;) {
    const surplus = await bytes() - limit;
    if (surplus <= 0) break;
    const step = await database.transaction((session) => log.removeOldest(session, surplus));
    assert(step.removed > 0);
    removed += step.removed;
  }
  assertEquals(await world.size(), records - removed);
  const kept = { quiet: await count("quiet"), noisy: await count("noisy") };
  assertEquals(kept, { quiet: 480, noisy: 7200 - removed });
  assertEquals((await log.list({ svc_name: "noisy", limit: 1 })).items[0]!.seq, 7200);

  async function count(svc_name: string): Promise<number> {
    let many = 0;
    for await (const page of pages((cursor) => log.list({ svc_name, limit: 1000, ...cursor }))) {
      many += page.items.length;
    }
    return many;
  }
});

test("what is old goes in whole blocks, what is young stays", async (world) => {
  const old = new Source(Date.now() - 100 * DAY_MS);
  await world.append([...times(600, () => old.log()), new Source().log()]);
  const step = await world.database.transaction((session) =>
    world.log.removeBefore(session, Date.now() - 90 * DAY_MS)
  );
  assertEquals([step.removed, await world.size()], [600, 1]);
  assertEquals((await world.log.list({ limit: 10 })).total, 1);
});

test("a service is purged from the blocks that it shares, its neighbours stay", async (world) => {
  const sources = times(3, () => new Source(Date.now() - HOUR_MS));
  await world.append(
    times(90, (i) => sources[i % 3]!.log({ svc_name: `s${i % 3}`, message: "to purge" })),
  );
  await world.append(times(300, () => sources[1]!.log({ svc_name: "s1" })));
  let removed = 0;
  for (let more = true; more;) {
    const step = await world.database.transaction((session) =>
      world.log.purge(session, { what: "logs", svc_name: "s1" })
    );
    removed += step.removed;
    more = step.more;
  }
  assertEquals([removed, await world.size()], [330, 60]);
  assertEquals((await world.log.list({ q: "purge", limit: 100 })).total, 60);
});

test("a purge opens only the shared blocks that have its service", async (world) => {
  const source = new Source(Date.now() - HOUR_MS);
  for (const service of ["s1", "s2", "s1", "s3"]) {
    await world.append([source.log({ svc_name: service }), source.log({ svc_name: "s4" })]);
    await world.sealAll();
  }
  let opened = 0;
  for (let more = true; more;) {
    const step = await world.database.transaction((session) => {
      const counting: Session = {
        engine: session.engine,
        all: (...args) => session.all(...args),
        run: (...args) => session.run(...args),
        batch: (...args) => session.batch(...args),
        get(sql, values) {
          if (sql.includes("log_data")) opened++;
          return session.get(sql, values);
        },
      };
      return world.log.purge(counting, { what: "logs", svc_name: "s1" });
    });
    more = step.more;
  }
  assertEquals([opened, await world.size()], [2, 6]);
});

test("a failure is found by its id, with its key, sealed or not", async ({ database, append, sealAll }) => {
  const find = (id: string) => findFailure(database, id);
  const source = new Source();
  const failures = times(3, (i) => source.failure(`key ${i}`));
  await append([...failures, ...times(100, () => source.log())]);
  const { error_id } = failures[1]!.record;
  const wanted = { record: failures[1]!.record, key: "key 1" };
  assertEquals(await find(error_id!), wanted);
  await sealAll();
  assertEquals(await find(error_id!), wanted);
  assertEquals(await find("nobody"), undefined);
});

test("a damaged block is told of and the rest can be read; a lost filter costs nothing but time", async (world) => {
  const { log, database, append, sealAll } = world;
  const source = new Source(Date.now() - HOUR_MS);
  for (const word of ["first", "second", "third"]) {
    await append(times(3, () => source.log({ message: `the ${word}` })));
    await sealAll();
  }
  assertEquals((await log.list({ q: "the", limit: 10 })).damaged, undefined);
  const change = (sql: string, values: (string | number | Uint8Array)[] = []) =>
    database.transaction((session) => session.run(sql, values));
  const ids = await database.ask((session) =>
    session.all<{ id: number }>("select id from holdfast.log_blocks order by first_time")
  );
  await change("delete from holdfast.log_filters where block = $1", [ids[0]!.id]);
  const lost = await log.list({ q: "first", limit: 10 });
  assertEquals(lost.items.length, 3);
  assertMatch(lost.damaged!, /1 block has lost the word filter/);
  const data = await database.ask((session) =>
    session.get<{ data: Uint8Array }>("select data from holdfast.log_data where block = $1", [
      ids[1]!.id,
    ])
  );
  const torn = data!.data.slice(0, 40);
  await change("update holdfast.log_data set data = $2 where block = $1", [ids[1]!.id, torn]);
  const page = await log.list({ limit: 10 });
  assertEquals(page.items.length, 6);
  assertMatch(page.damaged!, /^Records are missing here: block \d+ cannot be read: .+ to .+/);
  await change("delete from holdfast.log_data where block = $1", [ids[2]!.id]);
  const less = await log.list({ limit: 10 });
  assertEquals(less.items.length, 3);
  assertMatch(less.damaged!, /block \d+ has no data .+, and 1 more block/);
  // Nobody destroyed anything.
  assertEquals(await world.size(), 9);
});

test("a row of the tail that cannot be read is told of, stays, and holds up neither writing nor sealing", async (world) => {
  const { log, database, append, sealAll } = world;
  const source = new Source(Date.now() - HOUR_MS);
  await append([source.log()]);
  const torn = "update holdfast.log_tail set lines = substr(lines, 1, 50)";
  await database.transaction((session) => session.run(torn));
  await append(times(1500, () => source.log()));
  await sealAll();
  assertEquals((await log.list({ limit: 1 })).items[0]!.seq, 1501);
  const { items, damaged } = await log.list({ q: "get", limit: 2000 });
  assertEquals(items.length, 1500);
  assertMatch(damaged!, /^Records are missing here: a row of the tail cannot be read/);
  const kept = await database.ask((session) => session.all("select id from holdfast.log_tail"));
  assertEquals(kept.length, 1);
});

function keyOf({ record }: { record: { boot_id: string; seq: number } }): string {
  return `${record.boot_id} ${record.seq}`;
}

async function* pages(
  ask: (cursor: { cursor?: string }) => Promise<LogPage>,
): AsyncGenerator<LogPage> {
  let page = await ask({});
  yield page;
  while (page.next !== null) {
    page = await ask({ cursor: page.next });
    yield page;
  }
}

test("few large records are sealed as soon as they are as much as a block: the tail does not grow, and is not written again and again", async ({ database, append }) => {
  const source = new Source();
  const large = "x".repeat(8_000);
  for (let write = 0; write < 10; write++) {
    await append(times(20, () => source.log({ svc_name: "/large", message: large })));
    const tail = await database.ask((session) =>
      session.get<{ bytes: number }>(
        "select coalesce(sum(bytes), 0)::integer as bytes from holdfast.log_tail",
      )
    );
    assert(tail!.bytes < 600_000, `${tail!.bytes} bytes wait`);
  }
});
