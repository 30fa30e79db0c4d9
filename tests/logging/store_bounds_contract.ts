/**
 * What every store promises of its bounds: how many errors there may be, how large it may become, and who pays for it.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { MAX_SERVICES, NEW_ERRORS_AN_HOUR } from "../../logging/store/overflow.ts";
import type { Store } from "../../logging/store/store.ts";
import { Source, times } from "./entries.ts";
import type { StoreTest } from "./store_contract.ts";

const HOUR_MS = 60 * 60 * 1000;

/** The tests; `test` runs one on a store of its own. */
export function storeBoundsContract(test: StoreTest): void {
  test(
    "a service that never fails twice alike gets the rest in one error that says so",
    async (store, source) => {
      const flood = (prefix: string, count: number) =>
        times(count, (i) => source.failure(`${prefix} ${i}`, { svc_name: "noisy" }));
      const quiet = source.failure("quiet", { svc_name: "quiet" });
      await store.write(flood("a", NEW_ERRORS_AN_HOUR - 1));
      // Known ones cost nothing of it: there is room for one more.
      await store.write([...flood("a", 100), ...flood("last", 1)]);
      const beyond = flood("b", 30);
      const { alerts } = await store.write([...beyond, quiet]);
      assertEquals(alerts.map(({ error }) => error.svc_name).sort(), ["noisy", "quiet"]);
      await store.write([...flood("c", 20), ...flood("a", 5)]);
      const overflow = (await store.error(beyond[0]!.record.error_id!))!;
      assertEquals(overflow.count, 50);
      assertEquals([overflow.type, overflow.svc_name], ["TooManyErrors", "noisy"]);
      assertEquals(
        overflow.message,
        `more than ${NEW_ERRORS_AN_HOUR} new errors within an hour: the further ones are counted here`,
      );
      assertEquals(overflow.keys.map(({ rule }) => rule), ["overflow"]);
      assertEquals(
        overflow.variants.map(({ message }) => message).sort(),
        ["broken b <n>", "broken c <n>"],
      );
      const known = (await store.listErrors({ limit: 1, q: "a 3", svc_name: "noisy" })).items[0]!;
      assertEquals(known.count, 3);
      assertEquals((await store.error(quiet.record.error_id!))!.count, 1);
      assertEquals(await countOf(store, "noisy"), NEW_ERRORS_AN_HOUR + 1);
    },
  );

  test("what overflowed is a receipt even when its occurrence is gone", async (store, source) => {
    await store.write(times(NEW_ERRORS_AN_HOUR, (i) => source.failure(`a ${i}`)));
    const beyond = times(3, (i) => source.failure(`b ${i}`));
    for (const failure of beyond) await store.write([failure]);
    while (
      (await store.sweep({ days: 1, keepOccurrences: 1, maxMegabytes: 1024 }, Date.now())).more
    );
    const first = beyond[0]!.record.error_id!;
    assertEquals(await store.occurrence(first), null);
    assertEquals((await store.receipt(first))!.state, "open");
    assertEquals((await store.error(first))!.type, "TooManyErrors");
  });

  test("in the next hour a service opens errors again", async (store, source) => {
    await store.write(times(NEW_ERRORS_AN_HOUR + 1, (i) => source.failure(`a ${i}`)));
    await store.resolve((await overflowOf(store))!.id, {});
    const next = Date.now() + HOUR_MS;
    await at(next, () => store.write([source.failure("b")]));
    assertEquals((await store.listErrors({ limit: 1, q: "broken b" })).items[0]!.type, "TypeError");
    assertEquals((await overflowOf(store))!.state, "resolved");
    const late = new Source(next - NEW_ERRORS_AN_HOUR);
    const { alerts } = await at(
      next,
      () => store.write(times(NEW_ERRORS_AN_HOUR, (i) => late.failure(`c ${i}`))),
    );
    assertEquals(alerts.filter(({ kind }) => kind === "back").length, 1);
    assertEquals([(await overflowOf(store))!.count, (await overflowOf(store))!.state], [2, "open"]);
  });

  test("an overflow that is merged into another error counts there", async (store, source) => {
    const own = source.failure("own");
    await store.write([own, ...times(NEW_ERRORS_AN_HOUR, (i) => source.failure(`a ${i}`))]);
    const into = (await store.error(own.record.error_id!))!.id;
    await store.merge((await overflowOf(store))!.id, into);
    await store.write([source.failure("b")]);
    assertEquals((await store.error(into))!.count, 3);
    assertEquals(await overflowOf(store), undefined);
  });

  test("services without number share one error", async (store, source) => {
    const names = times(MAX_SERVICES + 20, (i) => `service ${i}`);
    await store.write(names.map((svc_name) => source.failure(`a ${svc_name}`, { svc_name })));
    await store.write([source.failure("b", { svc_name: "service 7" })]);
    const overflow = (await overflowOf(store))!;
    assertEquals([overflow.svc_name, overflow.count], ["other services", 20]);
    assertEquals(
      overflow.message,
      `more than ${MAX_SERVICES} services: new errors of the further ones are counted here`,
    );
    assertEquals(await countOf(store, "service 7"), 2);
    assertEquals(await countOf(store, `service ${MAX_SERVICES}`), 0);
  });
}

async function overflowOf(store: Store) {
  const { items } = await store.listErrors({ limit: 100 });
  return items.find(({ type }) => type === "TooManyErrors");
}

async function countOf(store: Store, svc_name: string): Promise<number> {
  const { open, resolved, muted } = await store.stateCounts({ svc_name });
  return open + resolved + muted;
}

/** Does something while the server's clock says another time. */
async function at<T>(timeMs: number, work: () => Promise<T>): Promise<T> {
  const real = Date.now;
  Date.now = () => timeMs;
  try {
    return await work();
  } finally {
    Date.now = real;
  }
}
