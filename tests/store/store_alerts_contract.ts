/**
 * What every store promises of telling the world about errors. The time is given, so that nobody waits.
 *
 * @module
 */
import { assertEquals, assertNotEquals } from "@std/assert";
import {
  FIRST_RETRY_MS,
  LEASE_MS,
  MAX_A_MINUTE,
  MAX_AGE_MS,
  MAX_IN_SUMMARY,
  MAX_TRIES,
  MINUTE_MS,
  QUIET_MS,
} from "../../store/errors/outbox.ts";
import type { DueAlert, Store } from "../../store/store.ts";
import { atTime } from "../helpers/at_time.ts";
import { Source, times } from "./entries.ts";
import type { StoreTest } from "./store_contract.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

/** Adds the tests to a suite. */
export function storeAlertsContract(test: StoreTest): void {
  test("nothing is to be told of an empty store, nor of records", async (store, source) => {
    await store.write([source.log()]);
    assertEquals(await store.takeAlert({ now: Date.now() }), { due: null, nextMs: null });
  });

  test("an error that is new is to be told, by one of all who ask", async (store, source) => {
    await store.write([source.failure("a"), source.failure("a")]);
    const now = Date.now();
    const turns = await Promise.all(times(5, () => store.takeAlert({ now })));
    const taken = turns.flatMap(({ due }) => due ?? []);
    assertEquals(taken.map(toldBy), [["new broken a"]]);
    const [{ id, isSummary, count, tries, alerts }] = taken as [DueAlert];
    assertEquals([isSummary, count, tries, alerts[0]!.error.count], [false, 1, 1, 2]);
    await store.settleAlert(id, { isTold: true, now });
    // Once more is no news.
    await store.write([source.failure("a")]);
    const later = { now: now + DAY_MS };
    assertEquals(await store.takeAlert(later), { due: null, nextMs: null });
  });

  test("a write whose answer was lost is told of all the same", async (store, source) => {
    const batch = [source.failure("a")];
    await store.write(batch);
    assertEquals((await store.write(batch)).alerts, []);
    assertEquals(await tellAll(store, Date.now()), [["new broken a"]]);
  });

  test("a message that nobody settles is due again, the same", async (store, source) => {
    await store.write([source.failure("a")]);
    const now = Date.now();
    const { due } = await store.takeAlert({ now });
    const endMs = now + LEASE_MS;
    assertEquals(await store.takeAlert({ now: endMs - 1 }), { due: null, nextMs: endMs });
    assertEquals((await store.takeAlert({ now: endMs })).due, { ...due!, tries: 2 });
  });

  test("while a message is on its way, what comes behind it waits", async (store, source) => {
    await store.write([source.failure("a")]);
    const now = Date.now();
    const { due } = await store.takeAlert({ now });
    await store.write([source.failure("b")]);
    assertEquals((await store.takeAlert({ now: Date.now() })).due, null);
    await store.settleAlert(due!.id, { isTold: true, now });
    assertEquals(toldBy((await store.takeAlert({ now: Date.now() })).due!), ["new broken b"]);
  });

  test(
    "what cannot be sent is tried again after longer and longer pauses, then as a new message",
    async (store, source) => {
      await store.write([source.failure("a")]);
      let now = Date.now();
      const ids: string[] = [];
      for (let tries = 1; tries <= MAX_TRIES; tries++) {
        const { due } = await store.takeAlert({ now });
        assertEquals([due!.tries, toldBy(due!)], [tries, ["new broken a"]]);
        ids.push(due!.id);
        await store.settleAlert(due!.id, { isTold: false, now });
        const pauseMs = tries < MAX_TRIES ? FIRST_RETRY_MS * 2 ** (tries - 1) : QUIET_MS;
        assertEquals(await store.takeAlert({ now }), { due: null, nextMs: now + pauseMs });
        now += pauseMs;
      }
      assertEquals(new Set(ids).size, 1);
      const { due } = await store.takeAlert({ now });
      assertEquals([due!.tries, toldBy(due!)], [1, ["new broken a"]]);
      assertNotEquals(due!.id, ids[0]);
    },
  );

  test("an error is told of at most once in five minutes, and then that it is back", async (store) => {
    const source = new Source(Date.now() + MINUTE_MS);
    const { alerts } = await store.write([source.failure("a")]);
    const toldMs = Date.now();
    assertEquals(await tellAll(store, toldMs), [["new broken a"]]);
    for (let turn = 0; turn < 2; turn++) {
      await store.change([alerts[0]!.error.id], { action: "resolve" });
      await store.write([source.failure("a")]);
    }
    const overMs = toldMs + QUIET_MS;
    assertEquals(await store.takeAlert({ now: overMs - 1 }), { due: null, nextMs: overMs });
    assertEquals(await tellAll(store, overMs), [["back broken a"]]);
    assertEquals(await store.takeAlert({ now: overMs + DAY_MS }), { due: null, nextMs: null });
  });

  for (const ahead of ["noted", "told", "on its way"] as const) {
    test(`what was ${ahead} by a clock that was years ahead is told of by a right one`, async (store) => {
      const now = Date.now();
      const aheadMs = now + 1000 * DAY_MS;
      const { alerts } = await store.write([new Source().failure("a")]);
      await tellAll(store, ahead === "told" ? aheadMs : now);
      await store.change([alerts[0]!.error.id], { action: "resolve" });
      const back = () => store.write([new Source().failure("a")]);
      await (ahead === "told" ? back() : atTime(aheadMs, back));
      if (ahead === "on its way") await store.takeAlert({ now: aheadMs + QUIET_MS });
      const later = now + QUIET_MS + MINUTE_MS;
      assertEquals([...await tellAll(store, now), ...await tellAll(store, later)], [
        ["back broken a"],
      ]);
    });
  }

  test("a mute that ends by itself is told of as a return", async (store, source) => {
    const { alerts } = await store.write([source.failure("a")]);
    const now = Date.now();
    await tellAll(store, now);
    await store.change([alerts[0]!.error.id], { action: "mute", more: 2 });
    await store.write([source.failure("a")]);
    assertEquals(await tellAll(store, now + QUIET_MS), []);
    await store.write([source.failure("a")]);
    assertEquals(await tellAll(store, now + QUIET_MS), [["back broken a"]]);
  });

  test("an error that comes back while its news is on the way is told of once more", async (store) => {
    const source = new Source(Date.now() + MINUTE_MS);
    const { alerts } = await store.write([source.failure("a")]);
    const now = Date.now();
    const { due } = await store.takeAlert({ now });
    await store.change([alerts[0]!.error.id], { action: "resolve" });
    await store.write([source.failure("a")]);
    await store.settleAlert(due!.id, { isTold: true, now });
    assertEquals(await store.takeAlert({ now }), { due: null, nextMs: now + QUIET_MS });
    assertEquals(await tellAll(store, now + QUIET_MS), [["back broken a"]]);
  });

  test(
    "what is resolved, muted, removed or merged before it is told is not told",
    async (store, source) => {
      const { alerts } = await store.write(
        ["a", "b", "c", "d", "e"].map((key) => source.failure(key)),
      );
      const [a, b, c, d, e] = alerts.map(({ error }) => error.id) as [string, ...string[]];
      await store.change([a], { action: "resolve" });
      await store.change([b!], { action: "mute" });
      await store.remove(c!);
      await store.merge(d!, { into: e! });
      assertEquals(await tellAll(store, Date.now()), [["new broken e"]]);
    },
  );

  test(
    "a message whose error is gone meanwhile is forgotten, and holds up nobody",
    async (store, source) => {
      const { alerts } = await store.write([source.failure("a"), source.failure("b")]);
      const now = Date.now();
      const { due } = await store.takeAlert({ now });
      await store.remove(alerts[0]!.error.id);
      assertEquals(await tellAll(store, now), [["new broken b"]]);
      await store.settleAlert(due!.id, { isTold: false, now });
      assertEquals(await store.takeAlert({ now: now + DAY_MS }), { due: null, nextMs: null });
    },
  );

  test(
    "more than ten in a minute are one summary, and the next comes a minute later",
    async (store, source) => {
      await store.write(times(4, (i) => source.failure(`a${i}`)));
      assertEquals((await tellAll(store, Date.now())).map(({ length }) => length), [1, 1, 1, 1]);
      await store.write(times(MAX_A_MINUTE - 3, (i) => source.failure(`b${i}`)));
      const now = Date.now();
      assertEquals((await tellAll(store, now)).map(({ length }) => length), [7]);
      await store.write(times(50, (i) => source.failure(`c${i}`)));
      const nextMs = now + MINUTE_MS;
      assertEquals(await store.takeAlert({ now: Date.now() }), { due: null, nextMs });
      const { due } = await store.takeAlert({ now: nextMs });
      assertEquals([due!.isSummary, due!.count, due!.alerts.length], [true, 50, MAX_IN_SUMMARY]);
      // The same when it has to be sent again, without what was mended meanwhile.
      await store.change([due!.alerts[0]!.error.id], { action: "resolve" });
      const again = await store.takeAlert({ now: nextMs + LEASE_MS });
      assertEquals([again.due!.id, again.due!.isSummary, again.due!.count], [due!.id, true, 49]);
      await store.settleAlert(due!.id, { isTold: true, now: nextMs });
      assertEquals(await tellAll(store, nextMs + DAY_MS / 2), []);
    },
  );

  test(
    "what has waited for more than a day is not told, however much it is",
    async (store, source) => {
      await store.write(times(200, (i) => source.failure(`k${i}`)));
      const now = Date.now();
      assertEquals((await store.takeAlert({ now: now + MAX_AGE_MS - 1000 })).due!.count, 200);
      const turn = await store.takeAlert({ now: now + MAX_AGE_MS + 1000 });
      assertEquals(turn, { due: null, nextMs: null });
    },
  );

  test("a message that is not there is settled without a word", async (store) => {
    await store.settleAlert("nobody", { isTold: true, now: 0 });
    await store.settleAlert("nobody", { isTold: false, now: 0 });
  });
}

/** Sends all that is due, and says what each message tells. */
async function tellAll(store: Store, now: number): Promise<string[][]> {
  const told: string[][] = [];
  while (true) {
    const { due } = await store.takeAlert({ now });
    if (due === null) return told;
    told.push(toldBy(due));
    await store.settleAlert(due.id, { isTold: true, now });
  }
}

function toldBy({ alerts }: DueAlert): string[] {
  return alerts.map(({ kind, error }) => `${kind} ${error.message}`);
}
