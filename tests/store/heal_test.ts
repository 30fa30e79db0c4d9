import { assert, assertEquals } from "@std/assert";
import { openStore } from "../../store/open.ts";
import type { Store } from "../../store/store.ts";
import { atTime } from "../helpers/at_time.ts";
import { fetchPrograms } from "../helpers/postgres_programs.ts";
import { anyPostgres } from "../helpers/postgres_server.ts";
import { tempFolder } from "../helpers/temp_folder.ts";
import { Source, times } from "./entries.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
/** Beside them. */
const LOGS = 600;
const LIMITS = { days: 90, keepOccurrences: 100, maxMegabytes: 1024 };

const missing = Deno.env.has("TEST_POSTGRES_URL") ? undefined : fetchPrograms();
const server = missing === undefined ? await anyPostgres() : undefined;
if (server) Deno.test.afterAll(async () => await server[Symbol.asyncDispose]());

/** Runs a test on an address of each engine. */
function test(sentence: string, run: (url: string) => Promise<void>): void {
  Deno.test(`sqlite: ${sentence}`, async () => {
    using folder = tempFolder();
    await run(`sqlite:${folder.at("holdfast.db")}`);
  });
  if (server === undefined) {
    return Deno.test.ignore(`postgres: ${sentence} (skipped, because ${missing})`, () => {});
  }
  Deno.test(`postgres: ${sentence}`, async () => {
    const url = await server.newDatabase();
    try {
      await run(url);
    } finally {
      await server.dropDatabase(url);
    }
  });
}

for (const year of [2030, 2255, 9999]) {
  test(`rows of ${year} are brought to the present at the start`, async (url) => {
    const startMs = Date.now();
    const futureMs = Date.UTC(year, 0);
    const past = new Source(startMs - DAY_MS).failure("a", { release: "1" });
    const source = new Source(futureMs);
    const failure = source.failure("a", { release: "9" });
    await using(url, (store) => store.write([past]));
    await using(url, async (store) => {
      await atTime(futureMs + DAY_MS, async () => {
        await store.write([failure, ...times(LOGS, () => source.log())]);
        const [error] = (await store.listErrors({ limit: 1 })).items;
        await store.change([error!.id], { action: "resolve" });
      });
    });
    await using(url, async (store) => {
      const nowMs = await firstAnswerMs(store);
      assertEquals((await store.health()).logs, LOGS + 2);
      const shown = await pages(store);
      assertEquals(shown.length, LOGS + 2);
      for (const { time, attrs, seq } of shown) {
        assert(Date.parse(time) <= nowMs, `${seq} is of ${time}`);
        if (time !== past.record.time) {
          assertEquals(new Date(`${attrs!.reported_time}`).getUTCFullYear(), year);
        }
      }
      assertEquals((await pages(store, { q: failure.record.error_id! })).length, 1);
      const found = (await store.error(failure.record.error_id!))!;
      assert(Date.parse(found.last_seen) <= nowMs, found.last_seen);
      assertEquals(found.history.every(({ time }) => Date.parse(time) <= nowMs), true);
      assertEquals(found.trend.reduce((sum, hour) => sum + hour), 1);
      // The error goes on, what was resolved comes back, and a reader misses nothing.
      const { position } = await store.logsAfter({ limit: 0 });
      const next = new Source().failure("a", { release: "10" });
      assertEquals((await store.write([next])).alerts.map(({ kind }) => kind), ["back"]);
      const { last_release, last_error_id, count } = (await store.error(found.id))!;
      assertEquals([last_release, last_error_id, count], ["10", next.record.error_id!, 3]);
      const { items } = await store.logsAfter({ limit: 9, after: position });
      assertEquals(items.map(({ record }) => record.error_id), [next.record.error_id!]);
      // Age removes them.
      while ((await store.sweep(LIMITS, nowMs + 100 * DAY_MS)).more);
      assertEquals((await store.health()).logs, 0);
      assertEquals((await store.occurrences(found.id, { limit: 9 })).total, 1);
    });
  });
}

test("a machine whose clock is behind moves nothing", async (url) => {
  const source = new Source();
  const entries = [source.log(), source.failure("a"), source.log()];
  await using(url, (store) => store.write(entries));
  await atTime(Date.UTC(1970, 0, 2), () =>
    using(url, async (store) => {
      const items = await pages(store);
      assertEquals(items.toReversed(), entries.map(({ record }) => record));
      assertEquals(
        (await store.error(entries[1]!.record.error_id!))!.last_seen,
        entries[1]!.record.time,
      );
    }));
});

test("a reader who stood among rows of the future goes on after them", async (url) => {
  const futureMs = Date.UTC(2100, 0);
  const source = new Source(futureMs);
  const position = await using(url, (store) =>
    atTime(futureMs + DAY_MS, async () => {
      await store.write([source.log()]);
      return (await store.logsAfter({ limit: 0 })).position;
    }));
  await using(url, async (store) => {
    const there = await store.logsAfter({ limit: 9, after: position });
    assertEquals(there.items, []);
    const next = new Source().log();
    await store.write([next]);
    const { items } = await store.logsAfter({ limit: 9, after: there.position });
    assertEquals(items.map(({ record }) => record.seq), [next.record.seq]);
  });
});

test("a clock of the year 9999 stops no store", async (url) => {
  const timeMs = Date.UTC(9999, 11, 31);
  await using(url, (store) =>
    atTime(timeMs, async () => {
      const source = new Source(timeMs);
      for (let i = 0; i < 3; i++) {
        const { stored } = await store.write(times(900, () => source.log()));
        assertEquals(stored, 900);
      }
      const failure = source.failure("a");
      await store.write([failure]);
      assertEquals((await pages(store)).length, 2701);
      assertEquals((await store.error(failure.record.error_id!))!.count, 1);
      assertEquals((await store.sweep(LIMITS, Date.now())).removed, 0);
      assertEquals((await pages(store)).length, 2701);
    }));
});

async function using<T>(url: string, work: (store: Store) => Promise<T>): Promise<T> {
  const store = await openStore(url);
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

/** After the first answer the store is open, and its rows have been brought to the present. */
async function firstAnswerMs(store: Store): Promise<number> {
  await store.health();
  return Date.now();
}

/** All logs, page after page: a search that runs out of time goes on at its cursor. */
async function pages(store: Store, query: { q?: string } = {}) {
  const shown = [];
  let cursor: string | null | undefined;
  while (cursor !== null) {
    const page = await store.listLogs({ ...query, limit: 100, ...(cursor && { cursor }) });
    shown.push(...page.items);
    cursor = page.next;
  }
  return shown;
}
