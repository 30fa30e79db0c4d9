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
import { SEVERITY } from "../../store/record.ts";
import type { AlertReceiver, AlertTurn, DueAlert, Store, Written } from "../../store/store.ts";
import { atTime } from "../helpers/at_time.ts";
import { Source, times } from "./entries.ts";
import type { StoreTest } from "./store_contract.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

const RECEIVER = "somebody";

/** Adds the tests to a suite. */
export function storeAlertsContract(anyTest: StoreTest): void {
  const test: StoreTest = (sentence, run) =>
    anyTest(sentence, async (store, source) => {
      await store.noteReceivers([receiver(RECEIVER)], { now: Date.now() });
      await run(store, source);
    });

  test("nothing is to be told of an empty store, nor of records", async (store, source) => {
    await store.write([source.log()]);
    assertEquals(await take(store, Date.now()), { due: null, nextMs: null });
  });

  test("an error that is new is to be told, by one of all who ask", async (store, source) => {
    await store.write([source.failure("a"), source.failure("a")]);
    const now = Date.now();
    const turns = await Promise.all(times(5, () => take(store, now)));
    const taken = turns.flatMap(({ due }) => due ?? []);
    assertEquals(taken.map(toldBy), [["new broken a"]]);
    const [{ id, isSummary, count, tries, alerts }] = taken as [DueAlert];
    assertEquals([isSummary, count, tries, alerts[0]!.error.count], [false, 1, 1, 2]);
    await store.settleAlert(id, { isTold: true, now });
    // Once more is no news.
    await store.write([source.failure("a")]);
    const later = now + DAY_MS;
    assertEquals(await take(store, later), { due: null, nextMs: null });
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
    const { due } = await take(store, now);
    const endMs = now + LEASE_MS;
    assertEquals(await take(store, endMs - 1), { due: null, nextMs: endMs });
    assertEquals((await take(store, endMs)).due, { ...due!, tries: 2 });
  });

  test("while a message is on its way, what comes behind it waits", async (store, source) => {
    await store.write([source.failure("a")]);
    const now = Date.now();
    const { due } = await take(store, now);
    await store.write([source.failure("b")]);
    assertEquals((await take(store, Date.now())).due, null);
    await store.settleAlert(due!.id, { isTold: true, now });
    assertEquals(toldBy((await take(store, Date.now())).due!), ["new broken b"]);
  });

  test(
    "what cannot be sent is tried again after longer and longer pauses, then as a new message",
    async (store, source) => {
      await store.write([source.failure("a")]);
      let now = Date.now();
      const ids: string[] = [];
      for (let tries = 1; tries <= MAX_TRIES; tries++) {
        const { due } = await take(store, now);
        assertEquals([due!.tries, toldBy(due!)], [tries, ["new broken a"]]);
        ids.push(due!.id);
        await store.settleAlert(due!.id, { isTold: false, now });
        const pauseMs = tries < MAX_TRIES ? FIRST_RETRY_MS * 2 ** (tries - 1) : QUIET_MS;
        assertEquals(await take(store, now), { due: null, nextMs: now + pauseMs });
        now += pauseMs;
      }
      assertEquals(new Set(ids).size, 1);
      const { due } = await take(store, now);
      assertEquals([due!.tries, toldBy(due!)], [1, ["new broken a"]]);
      assertNotEquals(due!.id, ids[0]);
    },
  );

  test("of an error each kind is told at most once in five minutes", async (store) => {
    const source = new Source(Date.now() + MINUTE_MS);
    const { alerts } = await store.write([source.failure("a")]);
    assertEquals(await tellAll(store, Date.now()), [["new broken a"]]);
    let toldMs = 0;
    for (let turn = 0; turn < 3; turn++) {
      await store.change([alerts[0]!.error.id], { action: "resolve" });
      await store.write([source.failure("a")]);
      toldMs ||= Date.now();
      const told = await tellAll(store, turn === 0 ? toldMs : Date.now());
      assertEquals(told, turn === 0 ? [["back broken a"]] : []);
    }
    const overMs = toldMs + QUIET_MS;
    assertEquals(await take(store, overMs - 1), { due: null, nextMs: overMs });
    assertEquals(await tellAll(store, overMs), [["back broken a"]]);
    assertEquals(await take(store, overMs + DAY_MS), { due: null, nextMs: null });
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
      if (ahead === "on its way") await take(store, aheadMs + QUIET_MS);
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
    const { due } = await take(store, now);
    await store.change([alerts[0]!.error.id], { action: "resolve" });
    await store.write([source.failure("a")]);
    await store.settleAlert(due!.id, { isTold: true, now });
    assertEquals(await tellAll(store, Date.now()), [["back broken a"]]);
    assertEquals(await tellAll(store, now + QUIET_MS), []);
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
      const { due } = await take(store, now);
      await store.remove(alerts[0]!.error.id);
      assertEquals(await tellAll(store, now), [["new broken b"]]);
      await store.settleAlert(due!.id, { isTold: false, now });
      assertEquals(await take(store, now + DAY_MS), { due: null, nextMs: null });
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
      assertEquals(await take(store, Date.now()), { due: null, nextMs });
      const { due } = await take(store, nextMs);
      assertEquals([due!.isSummary, due!.count, due!.alerts.length], [true, 50, MAX_IN_SUMMARY]);
      // The same when it has to be sent again, without what was mended meanwhile.
      await store.change([due!.alerts[0]!.error.id], { action: "resolve" });
      const again = await take(store, nextMs + LEASE_MS);
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
      assertEquals((await take(store, now + MAX_AGE_MS - 1000)).due!.count, 200);
      const turn = await take(store, now + MAX_AGE_MS + 1000);
      assertEquals(turn, { due: null, nextMs: null });
    },
  );

  test(
    "each receiver has its own pace: one that is down holds up no other, and repeats nothing to it",
    async (store, source) => {
      await store.noteReceivers([receiver("down")], { now: Date.now() });
      await store.write([source.failure("a")]);
      const now = Date.now();
      const { due } = await take(store, now, "down");
      await store.settleAlert(due!.id, { isTold: false, now });
      assertEquals(await tellAll(store, now), [["new broken a"]]);
      await store.write([source.failure("b")]);
      assertEquals(await tellAll(store, Date.now()), [["new broken b"]]);
      assertEquals((await take(store, now, "down")).due, null);
      const later = now + FIRST_RETRY_MS;
      assertEquals(await tellAll(store, later, "down"), [["new broken a"], ["new broken b"]]);
      assertEquals(await tellAll(store, now + DAY_MS), []);
    },
  );

  test(
    "a receiver that asks for a longer pause gets it, up to five minutes",
    async (store, source) => {
      await store.write([source.failure("a")]);
      let now = Date.now();
      for (
        const [asked, given] of [[30_000, 30_000], [1, 2 * FIRST_RETRY_MS], [DAY_MS, QUIET_MS]]
      ) {
        const { due } = await take(store, now);
        await store.settleAlert(due!.id, { isTold: false, now, pauseMs: asked! });
        assertEquals((await take(store, now)).nextMs, now + given!);
        now += given!;
      }
    },
  );

  test("a receiver hears of its services and levels alone", async (store, source) => {
    await store.noteReceivers([
      receiver("shop", { services: ["shop", "cart"] }),
      receiver("worst", { minSeverity: SEVERITY.CRITICAL }),
      receiver("both", { services: ["shop"], minSeverity: SEVERITY.CRITICAL }),
    ], { now: Date.now() });
    await store.write([
      source.failure("a", { svc_name: "shop" }),
      source.failure("b", { svc_name: "shop", level: "CRITICAL" }),
      source.failure("c", { svc_name: "mail", level: "CRITICAL" }),
      source.failure("d", { svc_name: "cart" }),
    ]);
    const heard = async (key: string) =>
      (await tellAll(store, Date.now(), key)).flat().map((told) => told.at(-1)).sort().join("");
    assertEquals(await heard(RECEIVER), "abcd");
    assertEquals(await heard("shop"), "abd");
    assertEquals(await heard("worst"), "bc");
    assertEquals(await heard("both"), "b");
  });

  anyTest(
    "a receiver that is new hears of the last day, once, and of all that follows",
    async (store, source) => {
      await store.write([source.failure("a"), source.failure("b")]);
      const now = Date.now();
      for (let turn = 0; turn < 2; turn++) {
        await store.noteReceivers([receiver("late", { services: ["/home"] })], { now });
      }
      assertEquals(await tellAll(store, now, "late"), [["new broken a"], ["new broken b"]]);
      await store.write([source.failure("c"), source.failure("d", { svc_name: "mail" })]);
      await store.noteReceivers([receiver("late", { services: ["/home"] })], { now });
      assertEquals(await tellAll(store, Date.now(), "late"), [["new broken c"]]);
      // Nobody sends to it any more: it is forgotten. When it comes again, it hears of its last day.
      await store.noteReceivers([receiver("other")], { now: now + 2 * MAX_AGE_MS });
      await store.write([source.failure("e")]);
      assertEquals(await tellAll(store, Date.now(), "late"), []);
    },
  );

  test("an open error that happens ten times as often as in its usual hour is rising, once", async (store) => {
    const hourMs = 60 * MINUTE_MS;
    // Late enough in the hour that all of it fits in, early enough that none is of the next.
    const start = Math.floor(Date.now() / hourMs) * hourMs + 30 * MINUTE_MS;
    const at = (hour: number, count: number, key = "a") =>
      atTime(start + hour * hourMs, () => {
        const source = new Source(start + hour * hourMs);
        return store.write(times(count, () => source.failure(key)));
      });
    const kinds = async (written: Promise<Written>) =>
      (await written).alerts.map(({ kind }) => kind);
    assertEquals(await kinds(at(0, 3)), ["new"]);
    // Many at once in its first hours: it was told of just now.
    assertEquals(await kinds(at(1, 5)), []);
    // Silent hours do not count: the mean of 3, 5 and 4.
    assertEquals(await kinds(at(9, 4)), []);
    assertEquals(await kinds(at(10, 39)), []);
    assertEquals(await kinds(at(10, 1)), ["rising"]);
    assertEquals(await kinds(at(10, 100)), []);
    const toldMs = start + 10 * hourMs;
    const { due } = await take(store, toldMs);
    assertEquals([toldBy(due!), due!.rise], [["new broken a"], null]);
    await store.settleAlert(due!.id, { isTold: true, now: toldMs });
    const rising = await take(store, toldMs);
    assertEquals([toldBy(rising.due!), rising.due!.rise], [["rising broken a"], {
      count: 140,
      usual: 4,
    }]);
    // The next hour is as bad: nobody is told again. Then it is calm, and rises once more.
    assertEquals(await kinds(at(11, 400)), []);
    assertEquals(await kinds(at(20, 1)), []);
    assertEquals(await kinds(at(21, 2_000)), ["rising"]);
    // What is seldom is no alarm, and what was silent for a week has no usual hour.
    assertEquals(await kinds(at(0, 1, "b")), ["new"]);
    assertEquals(await kinds(at(30, 19, "b")), []);
    assertEquals(await kinds(at(300, 20, "b")), ["rising"]);
  });

  test("a muted or resolved error is not told of, however often it happens", async (store) => {
    const hourMs = 60 * MINUTE_MS;
    const start = Math.floor(Date.now() / hourMs) * hourMs + 30 * MINUTE_MS;
    const { alerts } = await atTime(start, () => store.write([new Source(start).failure("a")]));
    await store.change([alerts[0]!.error.id], { action: "mute" });
    const later = start + 9 * hourMs;
    const source = new Source(later);
    const written = await atTime(
      later,
      () => store.write(times(200, () => source.failure("a"))),
    );
    assertEquals(written.alerts, []);
  });

  test("a message that is not there is settled without a word", async (store) => {
    await store.settleAlert("nobody", { isTold: true, now: 0 });
    await store.settleAlert("nobody", { isTold: false, now: 0 });
  });
}

function receiver(
  key: string,
  { services = [""], minSeverity = 0 }: { services?: string[]; minSeverity?: number } = {},
): AlertReceiver {
  return { key, filters: services.map((service) => ({ service, minSeverity })) };
}

function take(store: Store, now: number, key = RECEIVER): Promise<AlertTurn> {
  return store.takeAlert({ now, receiver: key });
}

/** Sends all that is due, and says what each message tells. */
async function tellAll(store: Store, now: number, key = RECEIVER): Promise<string[][]> {
  const told: string[][] = [];
  while (true) {
    const { due } = await take(store, now, key);
    if (due === null) return told;
    told.push(toldBy(due));
    await store.settleAlert(due.id, { isTold: true, now });
  }
}

function toldBy({ alerts }: DueAlert): string[] {
  return alerts.map(({ kind, error }) => `${kind} ${error.message}`);
}
