import { assertEquals } from "@std/assert";
import pg from "pg";
import { joinLines, lineOfEntry } from "../../store/log/lines.ts";
import { LEASE_MS, MINUTE_MS } from "../../store/errors/outbox.ts";
import { openPostgres } from "../../store/postgres.ts";
import { BadMerge, BadSplit, type Store, StoreBusy } from "../../store/store.ts";
import { fetchPrograms } from "../helpers/postgres_programs.ts";
import { anyPostgres } from "../helpers/postgres_server.ts";
import { Source, times } from "./entries.ts";

/** A record whose `seq` is "late", of the write of number 0. */
const LATE = (() => {
  const { record } = new Source().log();
  const line = JSON.stringify({ ...record, seq: "late" });
  return lineOfEntry({ entry: { record, line }, timeMs: Date.now() }, { write: 0, index: 0 });
})();

const missing = Deno.env.has("TEST_POSTGRES_URL") ? undefined : fetchPrograms();
const server = missing === undefined ? await anyPostgres() : undefined;
if (server) Deno.test.afterAll(async () => await server[Symbol.asyncDispose]());

/** Two instances on one database. */
function test(
  sentence: string,
  run: (world: { one: Store; other: Store; url: string }) => Promise<void>,
): void {
  if (server === undefined) {
    return Deno.test.ignore(`postgres: ${sentence} (skipped, because ${missing})`, () => {});
  }
  Deno.test(`postgres: ${sentence}`, async () => {
    const url = await server.newDatabase();
    const [one, other] = [openPostgres(url), openPostgres(url)];
    try {
      await run({ one, other, url });
    } finally {
      await Promise.all([one.close(), other.close()]);
      await server.dropDatabase(url);
    }
  });
}

test("a log that is committed late is in the tail of every instance, once", async (world) => {
  const { one, other, url } = world;
  const source = new Source();
  const { position } = await one.logsAfter({ limit: 0 });
  const slow = new pg.Client({ connectionString: url });
  await slow.connect();
  try {
    await slow.query("begin");
    // Its number is lower than that of the row that commits before it.
    await slow.query(
      `insert into holdfast.log_tail (
         writer, written_at, first_write, last_write, first_time, last_time, records, bytes, lines
       ) select 'slow', $1, xact, xact, $1, $1, 1, 1,
           '\\x03'::bytea || convert_to(replace($2, '"writes":[0]', '"writes":[' || xact || ']'), 'utf8')
         from (select txid_current() as xact) as own`,
      [Date.now(), joinLines([LATE])],
    );
    await other.write([source.log()]);
    const early = await one.logsAfter({ after: position, limit: 10 });
    const begun = await other.logsAfter({ limit: 10 });
    await slow.query("commit");
    for (const before of [early, begun]) {
      const after = await one.logsAfter({ after: before.position, limit: 10 });
      assertEquals([...seqsOf(before), ...seqsOf(after)].sort(), [1, "late"]);
    }
  } finally {
    await slow.end();
  }
});

test("an event that comes to two instances at once is one occurrence", async ({ one, other }) => {
  const events = times(20, (i) => ({ svc_name: "shop", event_id: `${i}`.padStart(32, "a") }));
  const [first, second] = [new Source(), new Source()];
  await one.write([first.failure("a")]);
  const written = await Promise.all(events.flatMap((event) => [
    one.write([first.failure("a", event)]),
    other.write([second.failure("a", event)]),
  ]));
  assertEquals(written.reduce((sum, { duplicates }) => sum + duplicates, 0), events.length);
  assertEquals((await one.listErrors({ limit: 1 })).items[0]!.count, 1 + events.length);
  assertEquals((await one.listLogs({ limit: 100 })).total, 1 + events.length);
});

test("users whom two instances count at once are exact", async ({ one, other }) => {
  const [first, second] = [new Source(), new Source()];
  const hit = (source: Source, id: number) =>
    source.failure("a", { user: { id: `${id}` }, tags: { n: `${id % 7}` } });
  await Promise.all(
    times(10, (batch) => [
      one.write(times(10, (i) => hit(first, batch * 5 + i))),
      other.write(times(10, (i) => hit(second, batch * 5 + i))),
    ]).flat(),
  );
  const [error] = (await one.listErrors({ limit: 1 })).items;
  assertEquals([error!.count, error!.users], [200, 55]);
  const { tags } = (await other.error(error!.id))!;
  assertEquals(tags[0]!.values.reduce((sum, { count }) => sum + count, 0), 200);
});

test("a tail that follows many writers shows every log once", async ({ one, other }) => {
  const sources = times(6, () => new Source());
  let { position } = await one.logsAfter({ limit: 0 });
  let isWriting = true;
  const writing = Promise.all(sources.map(async (source, i) => {
    for (let batch = 0; batch < 20; batch++) {
      await (i % 2 === 0 ? one : other).write(times(1 + batch % 5, () => source.log()));
    }
  })).finally(() => isWriting = false);
  const seen: string[] = [];
  while (true) {
    const isLast = !isWriting;
    const tail = await one.logsAfter({ after: position, limit: 7 });
    seen.push(...tail.items.map(({ record }) => `${record.boot_id} ${record.seq}`));
    position = tail.position;
    if (isLast && !tail.more) break;
  }
  await writing;
  assertEquals([seen.length, new Set(seen).size], [360, 360]);
});

test("a position of a server that was put back to an older copy goes on from there", async ({ one }) => {
  const source = new Source();
  await one.write([source.log()]);
  const ahead = btoa("tail 9000000000 7;").replace(/=+$/, "");
  const { position } = await one.logsAfter({ after: ahead, limit: 10 });
  await one.write([source.log()]);
  assertEquals(seqsOf(await one.logsAfter({ after: position, limit: 10 })), [2]);
  assertEquals((await one.health()).logs, 2);
});

test("while errors are merged, split and swept, no failure is lost or counted twice", async (world) => {
  const { one, other } = world;
  const limits = { days: 90, keepOccurrences: 1000, maxMegabytes: 1024 };
  let isWriting = true;
  const writing = Promise.all(times(4, async (i) => {
    const source = new Source();
    for (let n = 0; n < 25; n++) {
      const failures = ["a", "b", "c"].flatMap((key) =>
        ["x", "y"].map((message) => source.failure(key, { error: { type: "E", message } }))
      );
      // Without a pause between two merges a writer may find no gap: then it tries again, as always.
      while (!await (i % 2 === 0 ? one : other).write(failures).then(() => true, busy));
    }
  })).finally(() => isWriting = false);
  let turns = 0;
  while (isWriting) {
    const ids = (await one.listErrors({ limit: 100 })).items.map(({ id }) => id);
    const pick = (n: number) => ids[n % ids.length] ?? "nobody";
    turns++;
    await Promise.all([
      one.merge(pick(turns), { into: pick(turns * 3 + 1) }).catch(ignoring(BadMerge)),
      other.split(pick(turns * 5), { variant: "x" }).catch(ignoring(BadSplit)),
      other.change([...ids].reverse(), { action: "resolve" }),
      one.change(ids, { action: "mute", more: 3 }),
      one.sweep(limits, Date.now()),
    ]);
  }
  await writing;
  const { items } = await one.listErrors({ limit: 100 });
  const found = await Promise.all(items.map(({ id }) => one.error(id)));
  assertEquals(sum(found.map((error) => error!.count)), 600);
  assertEquals(sum(found.flatMap((error) => error!.variants.map(({ count }) => count))), 600);
  assertEquals(sum(found.flatMap((error) => error!.trend)), 600);
  for (const error of found) {
    const kept = await one.occurrences(error!.id, { limit: 100 });
    assertEquals(kept.total, error!.count);
  }
  assertEquals((await one.health()).logs, 600);
});

test("a message about errors is taken by one of all instances", async ({ one, other }) => {
  await one.write([new Source().failure("a")]);
  const now = Date.now();
  await one.noteReceivers([{ key: "r", filters: [{ service: "", minSeverity: 0 }] }], { now });
  const turns = await Promise.all(
    times(8, (i) => (i % 2 === 0 ? one : other).takeAlert({ now, receiver: "r" })),
  );
  assertEquals(turns.filter(({ due }) => due !== null).length, 1);
  assertEquals(turns.filter(({ nextMs }) => nextMs === now + LEASE_MS).length, 7);
});

test("telling of an error waits for nobody who is writing to it", async ({ one, url }) => {
  await one.write([new Source().failure("a")]);
  await one.noteReceivers([{ key: "r", filters: [{ service: "", minSeverity: 0 }] }], {
    now: Date.now(),
  });
  const writer = new pg.Client({ connectionString: url });
  await writer.connect();
  try {
    await writer.query("begin");
    await writer.query("select * from holdfast.errors for update");
    let now = Date.now();
    for (const isTold of [false, true]) {
      const { due } = await one.takeAlert({ now, receiver: "r" });
      await one.settleAlert(due!.id, { isTold, now });
      now += MINUTE_MS;
    }
    assertEquals(await one.takeAlert({ now, receiver: "r" }), { due: null, nextMs: null });
    await writer.query("rollback");
  } finally {
    await writer.end();
  }
});

function seqsOf({ items }: Awaited<ReturnType<Store["logsAfter"]>>): unknown[] {
  return items.map(({ record }) => record.seq);
}

function ignoring(expected: new (message: string) => Error): (error: unknown) => void {
  return (error) => {
    if (!(error instanceof expected)) throw error;
  };
}

function busy(error: unknown): false {
  if (!(error instanceof StoreBusy)) throw error;
  return false;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
