/**
 * What every store promises of its bounds: how many errors there may be, how large it may become, and who pays for it.
 *
 * @module
 */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { MAX_SERVICES, NEW_ERRORS_AN_HOUR } from "../../store/errors/overflow.ts";
import { BadPurge, type RetentionLimits, type Store } from "../../store/store.ts";
import { atTime } from "../helpers/at_time.ts";
import { Source, times } from "./entries.ts";
import type { StoreTest } from "./store_contract.ts";

const NOTHING = { removed: 0, more: false };
const ONE = { removed: 1, more: false };
const HOUR_MS = 60 * 60 * 1000;
const DAY_MS = 24 * HOUR_MS;
const PLENTY = { days: 90, keepOccurrences: 100, maxMegabytes: 1024 };

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
    await store.change([(await overflowOf(store))!.id], { action: "resolve" });
    const next = Date.now() + HOUR_MS;
    await atTime(next, () => store.write([source.failure("b")]));
    assertEquals((await store.listErrors({ limit: 1, q: "broken b" })).items[0]!.type, "TypeError");
    assertEquals((await overflowOf(store))!.state, "resolved");
    const late = new Source(next - NEW_ERRORS_AN_HOUR);
    const { alerts } = await atTime(
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
    await store.merge((await overflowOf(store))!.id, { into });
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

  test("every job of retention has its turn, whatever the others find", async (store) => {
    const old = new Source(Date.now() - 10 * DAY_MS);
    const source = new Source();
    await store.write([
      old.log(),
      old.failure("silent"),
      ...times(12, () => source.failure("often")),
    ]);
    const silent = (await store.listErrors({ limit: 1, q: "silent" })).items[0]!.id;
    await atTime(Date.now() - 9 * DAY_MS, () => store.change([silent], { action: "resolve" }));
    await store.write(
      times(
        1500,
        () =>
          source.log({ svc_name: "log", attrs: { filler: times(30, () => crypto.randomUUID()) } }),
      ),
    );
    const limits = { days: 5, keepOccurrences: 10, maxMegabytes: 1 };
    await store.sweep(limits, Date.now());
    assertEquals(await store.error(silent), null, "the silent error is gone");
    const often = (await store.listErrors({ limit: 1 })).items[0]!;
    assertEquals((await store.occurrences(often.id, { limit: 1 })).total, 10);
    const { logs } = await store.health();
    assert(logs < 1500, `${logs} logs: the size has its turn too`);
  });

  test("a service with users and tags without number costs a quiet one nothing", async (store) => {
    const source = new Source(Date.now() - HOUR_MS);
    const quiet = times(
      20,
      (i) => source.failure(`quiet ${i % 4}`, { svc_name: "quiet", user: { id: `${i}` } }),
    );
    await store.write(quiet);
    const limits = { ...PLENTY, keepOccurrences: 1, maxMegabytes: 2 };
    for (let batch = 0; batch < 16; batch++) {
      await store.write(times(500, (i) =>
        source.failure(`noisy ${batch % 8}`, {
          svc_name: "noisy",
          user: { id: `a user with a long name ${batch}-${i}`.repeat(3) },
          tags: { [`tag ${i}`]: "x".repeat(150), order: `${batch}-${i}`.repeat(20) },
        })));
      while ((await store.sweep(limits, Date.now())).more);
    }
    const noisy = await countOf(store, "noisy");
    assert(noisy < 8, `${noisy} errors of the noisy service`);
    const kept = (await store.listErrors({ svc_name: "quiet", limit: 10 })).items;
    assertEquals(kept.map(({ count, users }) => [count, users]), times(4, () => [5, 5]));
  });

  test("a flood of failures leaves the logs their half, and one of logs the failures", async (store) => {
    const filler = "x".repeat(1000);
    const limits = { ...PLENTY, maxMegabytes: 3 };
    for (const noisy of ["failures", "logs"]) {
      const source = new Source(Date.now() - HOUR_MS);
      for (let batch = 0; batch < 10; batch++) {
        const [failures, logs] = noisy === "failures" ? [190, 10] : [5, 195];
        await store.write([
          ...times(failures, (i) => source.failure(`${noisy} ${i % 20}`, { attrs: { filler } })),
          ...times(logs, () => source.log({ attrs: { filler } })),
        ]);
        await sweepAll(store, limits);
      }
      const { logs } = await store.health();
      const kept = await keptOf(store);
      assert(logs > 200 && kept > 200, `${noisy}: ${logs} logs, ${kept} occurrences`);
    }
  });

  test("who is noisy pays: the errors and occurrences of a quiet service all stay", async (store) => {
    const source = new Source();
    const quiet = times(20, (i) => source.failure(`quiet ${i % 10}`, { svc_name: "quiet" }));
    await store.write(quiet);
    for (let batch = 0; batch < 10; batch++) {
      const attrs = { filler: "x".repeat(2000) };
      await store.write(
        times(200, (i) => source.failure(`${batch} ${i}`, { svc_name: "noisy", attrs })),
      );
      await sweepAll(store, { ...PLENTY, maxMegabytes: 2 });
    }
    assertEquals(await countOf(store, "quiet"), 10);
    for (const { record } of quiet) assert(await store.occurrence(record.error_id!) !== null);
    const left = await countOf(store, "noisy");
    assert(left > 50 && left < 900, `${left} errors of the noisy one`);
  });

  test("the number of errors has a bound for each service and in all", async (store, source) => {
    const of = (svc_name: string, many: number) =>
      times(many, (i) => source.failure(`${svc_name} ${i}`, { svc_name }));
    await store.write([...of("first", 90), ...of("second", 60), ...of("quiet", 10)]);
    await sweepAll(store, { ...PLENTY, maxServiceErrors: 70 });
    assertEquals(await countsOf(store), { first: 70, second: 60, quiet: 10 });
    await sweepAll(store, { ...PLENTY, maxErrors: 100 });
    assertEquals(await countsOf(store), { first: 45, second: 45, quiet: 10 });
  });

  test("of too many errors the least useful go first", async (store) => {
    const write = async (key: string, ageMs: number, many = 1) => {
      const source = new Source(Date.now() - ageMs);
      await store.write(times(many, () => source.failure(key)));
      return (await store.listErrors({ limit: 1, q: `broken ${key}` })).items[0]!.id;
    };
    const muted = await write("muted", 9 * HOUR_MS);
    const resolved = await write("resolved", 1 * HOUR_MS, 5);
    const oldOnce = await write("oldonce", 7 * HOUR_MS);
    const newOnce = await write("newonce", 2 * HOUR_MS);
    const often = await write("often", 8 * HOUR_MS, 3);
    await store.change([muted], { action: "mute" });
    await store.change([resolved], { action: "resolve" });
    const gone: string[] = [];
    for (const maxErrors of [4, 3, 2, 1]) {
      await sweepAll(store, { ...PLENTY, maxErrors });
      for (const id of [muted, resolved, oldOnce, newOnce, often]) {
        if (!gone.includes(id) && await store.error(id) === null) gone.push(id);
      }
    }
    assertEquals(gone, [resolved, oldOnce, newOnce, often]);
  });

  test("a service that has gone makes room for another", async (store) => {
    const source = new Source();
    const names = times(MAX_SERVICES, (i) => `service ${i}`);
    await store.write(names.map((svc_name) => source.failure(`a ${svc_name}`, { svc_name })));
    await store.remove((await store.listErrors({ limit: 1, svc_name: "service 7" })).items[0]!.id);
    const later = Date.now() + HOUR_MS;
    await store.sweep(PLENTY, later);
    await atTime(later, () => store.write([source.failure("new", { svc_name: "new" })]));
    assertEquals(await countOf(store, "new"), 1);
  });

  test("errors and log records are deleted by service, by age, or both", async (store) => {
    const old = new Source(Date.now() - 20 * DAY_MS);
    const fresh = new Source();
    for (const source of [old, fresh]) {
      await store.write(["first", "second"].flatMap((svc_name) => [
        source.failure(`${source === old ? "old" : "fresh"} ${svc_name}`, { svc_name }),
        source.log({ svc_name, message: `${source === old ? "old" : "fresh"} ${svc_name}` }),
      ]));
    }
    const before = Date.now() - 10 * DAY_MS;
    const errors = async () =>
      (await store.listErrors({ limit: 10 })).items.map(({ message }) => message).sort();
    const logs = async () =>
      (await store.listLogs({ limit: 10 })).items.map(({ message }) => message)
        .filter((message) => !message.startsWith("GET")).sort();

    await assertRejects(() => store.purge({ what: "errors" }), BadPurge);
    await assertRejects(() => store.purge({ what: "logs" }), BadPurge);
    assertEquals((await errors()).length + (await logs()).length, 8);
    assertEquals(await store.purge({ what: "errors", svc_name: "nobody" }), NOTHING);
    assertEquals(await store.purge({ what: "errors", svc_name: "first", before }), ONE);
    assertEquals(await errors(), [
      "broken fresh first",
      "broken fresh second",
      "broken old second",
    ]);
    assertEquals((await store.listLogs({ q: "broken old first", limit: 1 })).total, 1);
    assertEquals(await store.purge({ what: "errors", before }), ONE);
    assertEquals(await store.purge({ what: "errors", svc_name: "second" }), ONE);
    assertEquals(await errors(), ["broken fresh first"]);

    assertEquals((await store.purge({ what: "logs", svc_name: "first", before })).removed, 2);
    assertEquals(await logs(), ["fresh first", "fresh second", "old second"]);
    assertEquals((await store.purge({ what: "logs", before })).removed, 2);
    assertEquals((await store.purge({ what: "logs", svc_name: "second" })).removed, 2);
    assertEquals(await logs(), ["fresh first"]);
    assertEquals((await store.health()).logs, 2);
  });

  test("much is deleted in steps, and what happens again is new", async (store, source) => {
    const flood = times(250, (i) => source.failure(`a ${i}`, { svc_name: "noisy" }));
    await store.write([...flood, source.failure("b", { svc_name: "quiet" })]);
    let steps = 0;
    while ((await store.purge({ what: "errors", svc_name: "noisy" })).more) steps++;
    assert(steps > 1, `${steps} steps`);
    assertEquals([await countOf(store, "noisy"), await countOf(store, "quiet")], [0, 1]);
    const { alerts } = await store.write([source.failure("a 1", { svc_name: "noisy" })]);
    assertEquals(alerts.map(({ kind }) => kind), ["new"]);
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

async function countsOf(store: Store): Promise<Record<string, number>> {
  const names = ["first", "second", "quiet"];
  const counts = await Promise.all(names.map((name) => countOf(store, name)));
  return Object.fromEntries(names.map((name, i) => [name, counts[i]!]));
}

/** Occurrences held, of all errors. */
async function keptOf(store: Store): Promise<number> {
  const { items } = await store.listErrors({ limit: 100 });
  const pages = await Promise.all(items.map(({ id }) => store.occurrences(id, { limit: 1 })));
  return pages.reduce((sum, { total }) => sum + total, 0);
}

/** Steps until there is nothing more to do. */
async function sweepAll(store: Store, limits: RetentionLimits): Promise<void> {
  for (let steps = 0; steps < 1000; steps++) {
    if (!(await store.sweep(limits, Date.now())).more) return;
  }
  throw new Error("The sweep does not end");
}
