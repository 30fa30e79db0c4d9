/**
 * What every store promises of reading the logs in the order of their arrival.
 *
 * @module
 */
import { assertEquals, assertRejects } from "@std/assert";
import * as fc from "fast-check";
import { BadCursor, type Store, type TailQuery } from "../../store/store.ts";
import { Source, times } from "./entries.ts";
import type { StoreTest } from "./store_contract.ts";

const HOUR_MS = 60 * 60 * 1000;
const PLENTY = { days: 90, keepOccurrences: 100, maxMegabytes: 1024 };

/** Adds the tests to a suite. */
export function storeTailContract(test: StoreTest): void {
  test(
    "a tail begins with the newest logs and goes on with what arrives",
    async (store, source) => {
      await store.write(times(5, () => source.log()));
      const start = await store.logsAfter({ limit: 2 });
      assertEquals(seqsOf(start), [4, 5]);
      assertEquals(seqsOf(await store.logsAfter({ after: start.position, limit: 10 })), []);
      await store.write(times(3, () => source.log()));
      const next = await store.logsAfter({ after: start.position, limit: 10 });
      assertEquals([seqsOf(next), next.more], [[6, 7, 8], false]);
      assertEquals(seqsOf(await store.logsAfter({ after: next.position, limit: 10 })), []);
      // Broken off after any row, it goes on with the one behind it.
      const after = [...start.items, ...next.items].map(({ position }) => position);
      const rests = await Promise.all(
        after.map((position) => store.logsAfter({ after: position, limit: 10 })),
      );
      assertEquals(rests.map(seqsOf), [[5, 6, 7, 8], [6, 7, 8], [7, 8], [8], []]);
    },
  );

  test("a tail of an empty store waits for the first log", async (store, source) => {
    const start = await store.logsAfter({ limit: 10 });
    assertEquals([start.items, start.more], [[], false]);
    await store.write([source.log()]);
    assertEquals(seqsOf(await store.logsAfter({ after: start.position, limit: 10 })), [1]);
  });

  test("a log that arrives late is in the tail all the same", async (store, source) => {
    const late = new Source(Date.now() - HOUR_MS);
    await store.write(times(3, () => source.log()));
    const start = await store.logsAfter({ limit: 0 });
    assertEquals(start.items, []);
    const old = late.log();
    await store.write([old]);
    const next = await store.logsAfter({ after: start.position, limit: 10 });
    assertEquals(next.items.map(({ record }) => record), [old.record]);
    assertEquals((await store.logsAfter({ after: next.position, limit: 10 })).items, []);
  });

  test("a tail shows what its filters let through, and goes on past the rest", async (store) => {
    const recent = new Source();
    const late = new Source(Date.now() - HOUR_MS);
    const filters = { svc_name: "/a", level: "WARN" } as const;
    await store.write([recent.log({ svc_name: "/a", severity: 30 })]);
    const start = await store.logsAfter({ ...filters, limit: 10 });
    assertEquals(seqsOf(start), [1]);
    await store.write(
      times(20, (i) => recent.log({ svc_name: i === 7 ? "/a" : "/b", severity: 40 })),
    );
    await store.write(times(20, (i) => late.log({ svc_name: "/a", severity: i === 5 ? 30 : 20 })));
    const next = await store.logsAfter({ ...filters, after: start.position, limit: 10 });
    // What came between two reads may come in either order.
    assertEquals(
      new Map(next.items.map(({ record }) => [record.boot_id, record.seq])),
      new Map([
        [late.bootId, 6],
        [recent.bootId, 9],
      ]),
    );
    assertEquals(next.items.length, 2);
    const nothing = await store.logsAfter({ q: "***", after: start.position, limit: 10 });
    assertEquals([nothing.items, nothing.position === start.position], [[], false]);
    const words = await store.logsAfter({ q: "200", after: start.position, limit: 100 });
    assertEquals(words.items.length, 40);
  });

  test("a tail that was broken off for long comes in steps", async (store, source) => {
    const late = new Source(Date.now() - HOUR_MS);
    const { position } = await store.logsAfter({ limit: 0 });
    await store.write(times(120, () => source.log()));
    await store.write(times(700, () => late.log()));
    const seen = await readAll(store, { after: position, limit: 100 });
    assertEquals(seen.length, 820);
    assertEquals(new Set(seen).size, 820);
  });

  test("whatever the order of arrival, a tail shows every log once", async (store) => {
    const batch = fc.array(fc.record({ agoMs: fc.nat(20), process: fc.nat(2) }), { maxLength: 8 });
    const reads = fc.record({ limit: fc.integer({ min: 0, max: 5 }), stopAfter: fc.nat(5) });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(batch, reads), { maxLength: 12 }), async (steps) => {
        const sources = times(3, () => new Source());
        let after = (await store.logsAfter({ limit: 0 })).position;
        const written: string[] = [];
        const seen: string[] = [];
        const now = Date.now();
        for (const [rows, { limit, stopAfter }] of steps) {
          const entries = rows.map(({ agoMs, process }) =>
            sources[process]!.log({ time: new Date(now - agoMs).toISOString() })
          );
          written.push(...entries.map(({ record }) => `${record.boot_id} ${record.seq}`));
          await store.write(entries);
          // A client that reads a part of what it was sent, and comes back.
          const tail = await store.logsAfter({ after, limit });
          const read = tail.items.slice(0, stopAfter);
          seen.push(...read.map(({ record }) => `${record.boot_id} ${record.seq}`));
          const isWhole = read.length === tail.items.length;
          after = isWhole ? tail.position : read.at(-1)?.position ?? after;
        }
        seen.push(...await readAll(store, { after, limit: 7 }));
        assertEquals([...seen].sort(), [...written].sort());
      }),
      { numRuns: 30 },
    );
  });

  test("a tail outlives the retention of what it has seen", async (store) => {
    const old = new Source(Date.now() - 100 * 24 * HOUR_MS);
    await store.write(times(5, () => old.log()));
    const start = await store.logsAfter({ limit: 10 });
    while ((await store.sweep(PLENTY, Date.now())).more);
    await store.write([old.log()]);
    assertEquals(seqsOf(await store.logsAfter({ after: start.position, limit: 10 })), [6]);
  });

  test("a position that is not ours is refused", async (store, source) => {
    await store.write(times(2, () => source.log()));
    const ofLogs = (await store.listLogs({ limit: 1 })).next!;
    for (const after of ["", "x", ofLogs, "0"]) {
      await assertRejects(() => store.logsAfter({ after, limit: 1 }), BadCursor);
    }
  });
}

function seqsOf({ items }: Awaited<ReturnType<Store["logsAfter"]>>): number[] {
  return items.map(({ record }) => record.seq);
}

async function readAll(store: Store, query: TailQuery): Promise<string[]> {
  const seen: string[] = [];
  let tail = await store.logsAfter(query);
  while (true) {
    seen.push(...tail.items.map(({ record }) => `${record.boot_id} ${record.seq}`));
    if (!tail.more) return seen;
    tail = await store.logsAfter({ ...query, after: tail.position });
  }
}
