/**
 * What every store promises of times that are wrong: of reporters whose clocks are wrong, and of what arrives late.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import type { ErrorSummary, Store } from "../../store/store.ts";
import { isoTime, MAX_AHEAD_MS } from "../../store/times.ts";
import { Source } from "./entries.ts";
import type { StoreTest } from "./store_contract.ts";

const HOUR_MS = 60 * 60 * 1000;
const DAY_MS = 24 * HOUR_MS;

/** Adds the tests to a suite. */
export function storeTimesContract(test: StoreTest): void {
  test("the level of an error is its newest occurrence's, the worst of the last day beside it", async (store) => {
    const yesterday = new Source(Date.now() - DAY_MS - HOUR_MS);
    const id = await openError(store, yesterday.failure("a", { severity: 50 }));
    assertEquals(levels(await find(store, id)), ["CRITICAL", "CRITICAL"]);
    await store.write([new Source().failure("a")]);
    assertEquals(levels(await find(store, id)), ["ERROR", "ERROR"]);
    await store.write([new Source().failure("a", { severity: 50 }), new Source().failure("a")]);
    assertEquals(levels(await find(store, id)), ["ERROR", "CRITICAL"]);
    // Late, and so not the newest; within the last day all the same.
    const b = await openError(store, new Source().failure("b"));
    await store.write([new Source(Date.now() - HOUR_MS).failure("b", { severity: 50 })]);
    assertEquals(levels(await find(store, b)), ["ERROR", "CRITICAL"]);
    const { items } = await store.listErrors({ limit: 9, level: "CRITICAL" });
    assertEquals(items, []);
  });

  for (const [what, aheadMs] of [["four minutes", 4 * 60_000], ["years", 3000 * DAY_MS]] as const) {
    test(`a report from a clock that is ${what} ahead counts as now`, async (store) => {
      const before = Date.now();
      const ahead = new Source(before + aheadMs).failure("a", { release: "of the future" });
      const id = await openError(store, ahead);
      const opened = await find(store, id);
      for (const time of [opened.first_seen, opened.last_seen]) {
        assertEquals(Date.parse(time) >= before && Date.parse(time) <= Date.now(), true, time);
      }
      await store.write([new Source().failure("a", { release: "of today", route: "/today" })]);
      const { last_release, route, count } = await find(store, id);
      assertEquals([last_release, route, count], ["of today", "/today", 2]);
      assertEquals((await store.trends([id]))[id]!.reduce((sum, hour) => sum + hour), 2);
    });
  }

  test("a record of the future is stored as of now and keeps what it said", async (store) => {
    const before = Date.now();
    const said = isoTime(before + MAX_AHEAD_MS + HOUR_MS);
    const entry = new Source().failure("a", { time: said, attrs: { till: 7 } });
    await store.write([entry]);
    const [log] = (await store.listLogs({ limit: 1, since: before, until: Date.now() + 1 })).items;
    assertEquals(log!.attrs, { till: 7, reported_time: said });
    assertEquals(Date.parse(log!.time) >= before, true);
    assertEquals((await store.occurrence(entry.record.error_id!))!.record, log);
    assertEquals((await store.receipt(entry.record.error_id!))!.occurred_at, log!.time);
  });

  test("a record whose time is none is stored as of now too", async (store) => {
    const before = Date.now();
    const wrong = ["yesterday", "", "-271821-04-20T00:00:00.000Z", "1960-01-01T00:00:00.000Z"];
    const source = new Source();
    await store.write(wrong.map((time) => source.failure("a", { time })));
    const { items } = await store.listLogs({ limit: 9, since: before });
    assertEquals(items.map(({ attrs }) => attrs!.reported_time).sort(), wrong.toSorted());
    assertEquals(items.every(({ time }) => Date.parse(time) >= before), true);
  });

  test("a late report changes count and first date, and nothing that the newest shows", async (store) => {
    const newest = new Source().failure("a", {
      release: "2",
      error: { type: "E", message: "new" },
    });
    const id = await openError(store, newest);
    const late = new Source(Date.now() - HOUR_MS).failure("a", {
      release: "1",
      route: "/late",
      error: { type: "E", message: "old" },
    });
    await store.write([late]);
    const found = await find(store, id);
    assertEquals(
      [found.message, found.route, found.last_release, found.last_error_id, found.last_seen],
      ["new", "/", "2", newest.record.error_id!, newest.record.time],
    );
    assertEquals([found.count, found.first_seen, found.first_release], [2, late.record.time, "1"]);
  });

  test("what happened before a mute counts, and does not bring its end nearer", async (store) => {
    const id = await openError(store, new Source().failure("a"));
    await store.change([id], { action: "mute", more: 2, until: Date.now() - 1 });
    const late = new Source(Date.now() - HOUR_MS);
    assertEquals((await store.write([late.failure("a"), late.failure("a")])).alerts, []);
    const muted = (await store.error(id))!;
    assertEquals([muted.state, muted.count, muted.muted_more], ["muted", 3, 2]);
    const other = await openError(store, new Source().failure("b"));
    await store.change([other], { action: "mute", more: 2 });
    // One of before in the same write as one of now: it takes one more of now.
    await store.write([late.failure("b"), new Source().failure("b")]);
    const still = (await store.error(other))!;
    assertEquals([still.state, still.muted_more], ["muted", 1]);
    const { alerts } = await store.write([new Source().failure("b")]);
    assertEquals(alerts.map(({ kind }) => kind), ["back"]);
  });

  test("more records of one millisecond than it has places are all stored, in time that does not grow", async (store) => {
    const timeMs = Date.now() - HOUR_MS;
    const source = new Source(timeMs);
    const time = isoTime(timeMs);
    for (let i = 0; i < 5; i++) {
      await store.write(Array.from({ length: 700 }, () => source.log({ time })));
    }
    assertEquals((await store.health()).logs, 3500);
    assertEquals(
      (await store.listLogs({ limit: 1, since: timeMs, until: timeMs + 5 })).total,
      3500,
    );
  });
}

async function openError(store: Store, entry: ReturnType<Source["failure"]>): Promise<string> {
  return (await store.write([entry])).alerts[0]!.error.id;
}

async function find(store: Store, id: string): Promise<ErrorSummary> {
  return (await store.error(id))!;
}

function levels({ level, worst_level }: ErrorSummary): string[] {
  return [level, worst_level];
}
