import { assert, assertEquals } from "@std/assert";
import {
  aroundAddress,
  EACH_SIDE,
  keyOf,
  readPlace,
  recordsAround,
} from "../../board/logs/around.ts";
import type { LogQuery, LogRecord } from "../../logging/mod.ts";
import { openStore } from "../../store/open.ts";
import { Source, times } from "../store/entries.ts";

const NOW_MS = Date.now();
const HOUR_MS = 60 * 60_000;
/** For the densest bursts here. */
const MOST_QUESTIONS = 40;

Deno.test("around a record stand those right before and after it, in bursts, in gaps and in one millisecond", async () => {
  await using world = await openEmpty();
  const { store } = world;
  const at = (agoMs: number, svc_name = "shop") =>
    source.log({ time: new Date(NOW_MS - agoMs).toISOString(), svc_name });
  const source = new Source();
  const entries = [
    // A quiet day, then a burst: 1,000 in half a second.
    ...times(5, (i) => at((40 - i) * HOUR_MS)),
    ...times(1_000, (i) => at(20 * HOUR_MS - i / 2)),
    // Many in the same millisecond, of two services.
    ...times(450, (i) => at(HOUR_MS, i % 3 === 0 ? "mailer" : "shop")),
    // Every second until now.
    ...times(60, (i) => at((60 - i) * 1_000)),
  ];
  await store.write(entries);
  for (const filter of [{}, { svc_name: "shop" }]) {
    const all = await everything(filter);
    let most = 0;
    for (const place of [...sampled(all.length), 60, 61, 62, 300, 509, 510]) {
      const record = all[place];
      if (record === undefined) continue;
      let questions = 0;
      const counting = {
        listLogs(query: LogQuery) {
          questions++;
          return store.listLogs(query);
        },
      };
      const around = await recordsAround(counting, placeOf(record), { nowMs: NOW_MS, filter });
      const first = Math.max(0, place - EACH_SIDE);
      assertEquals(
        around?.records.map(keyOf),
        all.slice(first, place + EACH_SIDE + 1).map(keyOf),
        `${place} of ${all.length}`,
      );
      assertEquals(around?.hasLater, first > 0, `${place}: later`);
      assertEquals(around?.hasEarlier, place + EACH_SIDE + 1 < all.length, `${place}: earlier`);
      most = Math.max(most, questions);
    }
    assert(most <= MOST_QUESTIONS, `${most} questions`);
  }

  async function everything(filter: { svc_name?: string }): Promise<LogRecord[]> {
    const records: LogRecord[] = [];
    let cursor: string | null | undefined;
    while (cursor !== null) {
      const page = await store.listLogs({ limit: 100, ...filter, ...(cursor && { cursor }) });
      records.push(...page.items);
      cursor = page.next;
    }
    return records;
  }
});

Deno.test("a record that is not kept, or of another service, has no surroundings", async () => {
  await using world = await openEmpty();
  const { store } = world;
  const source = new Source(NOW_MS - HOUR_MS);
  const [kept, gone] = [source.log({ svc_name: "shop" }), source.log({ svc_name: "shop" })];
  await store.write([kept]);
  const find = (record: LogRecord, filter = {}) =>
    recordsAround(store, placeOf(record), { nowMs: NOW_MS, filter });
  assertEquals(await find(gone.record), undefined);
  assertEquals(await find(kept.record, { svc_name: "mailer" }), undefined);
  assertEquals((await find(kept.record))?.records, [kept.record]);
});

async function openEmpty() {
  const store = await openStore("sqlite::memory:");
  return { store, [Symbol.asyncDispose]: () => store.close() };
}

function placeOf(record: LogRecord) {
  const { searchParams, hash } = new URL(aroundAddress(record), "http://board.invalid");
  assertEquals(hash, "#here");
  return readPlace(searchParams.get("around")!)!;
}

/** Some twenty places, the first and the last among them. */
function sampled(length: number): number[] {
  return times(21, (i) => Math.round(i / 20 * (length - 1)));
}
