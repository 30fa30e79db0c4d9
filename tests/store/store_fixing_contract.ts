/**
 * What every store promises of errors that are resolved in a release, and of what proves that they are fixed.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import * as fc from "fast-check";
import type { LogRecord } from "../../store/record.ts";
import type { Entry, ErrorDetail, Store } from "../../store/store.ts";
import { Source, times } from "./entries.ts";
import type { StoreTest } from "./store_contract.ts";

const MINUTE_MS = 60 * 1000;
const LONG = `build-${"x".repeat(190)}`;

interface Case {
  when: string;
  /** Releases in which it fails, one after another, before it is resolved. */
  seen: string[];
  /** The release that is to fix it: a name, `next`, or none. */
  fix?: string;
  /** Releases in which it fails after that, none where it is not known; only the last one may bring it back. */
  then: (string | undefined)[];
  comesBack: boolean;
}

const CASES: Case[] = [
  { when: "older ones fail", seen: ["1", "2"], fix: "2", then: ["1", "1"], comesBack: false },
  { when: "the same one fails", seen: ["1", "2"], fix: "2", then: ["1", "2"], comesBack: true },
  { when: "a newer one fails", seen: ["2", "3"], fix: "2", then: ["3"], comesBack: true },
  {
    when: "the release has not been seen, and others fail",
    seen: ["b", "a"],
    fix: "later",
    then: ["a", "b", "new, and not it"],
    comesBack: false,
  },
  {
    when: "the release comes, and fails",
    seen: ["a"],
    fix: "b",
    then: ["a", "b"],
    comesBack: true,
  },
  {
    when: "one that came after it fails",
    seen: ["a", "fix", "c"],
    fix: "fix",
    then: ["a", "c"],
    comesBack: true,
  },
  {
    when: "none has come since",
    seen: ["1", "2"],
    fix: "next",
    then: ["1", "2"],
    comesBack: false,
  },
  { when: "the next one fails", seen: ["1", "2"], fix: "next", then: ["1", "3"], comesBack: true },
  {
    when: "an older branch has a release, which is not the next one",
    seen: ["1.9.0"],
    fix: "next",
    then: ["1.8.5", "1.9.0", "1.10.0"],
    comesBack: true,
  },
  {
    when: "a lower version is seen later",
    seen: ["2.0"],
    fix: "2.0",
    then: ["1.9.7", "v2.0.0-rc.1", "shop@1.10"],
    comesBack: false,
  },
  {
    when: "a higher version was seen before",
    seen: ["1.10.0", "1.9.0"],
    fix: "1.9",
    then: ["1.8.99", "1.10.0"],
    comesBack: true,
  },
  {
    when: "the same version is written otherwise",
    seen: ["v1.1.0", "v1.2.0"],
    fix: "1.2",
    then: ["v1.1.0", "v1.2.0"],
    comesBack: true,
  },
  {
    when: "the version has not been seen, and a lower one fails",
    seen: ["1.0"],
    fix: "2.0",
    then: ["1.0", "1.9"],
    comesBack: false,
  },
  {
    when: "the version has not been seen, and a higher one fails",
    seen: ["1.0"],
    fix: "2.0",
    then: ["1.9", "2.1"],
    comesBack: true,
  },
  {
    when: "one is no version: by first appearance",
    seen: ["9e1f", "1.0"],
    fix: "1.0",
    then: ["9e1f", "a77c"],
    comesBack: true,
  },
  {
    when: "only builds differ: by first appearance",
    seen: ["1.0+8", "1.0+7"],
    fix: "1.0+7",
    then: ["1.0+8", "1.0+9"],
    comesBack: true,
  },
  {
    when: "names are long",
    seen: [`${LONG}a`, `${LONG}b`],
    fix: `${LONG}b`,
    then: [`${LONG}a`],
    comesBack: false,
  },
  { when: "no release is named", seen: ["1", "2"], then: ["1"], comesBack: true },
  {
    when: "an occurrence names none",
    seen: ["1"],
    fix: "2",
    then: ["1", undefined],
    comesBack: true,
  },
];

/** Adds the tests to a suite. */
export function storeFixingContract(test: StoreTest): void {
  test("a resolution in a release is undone by that release and newer ones alone", async (store) => {
    for (const [i, { when, seen, fix, then, comesBack }] of CASES.entries()) {
      // Each in a service of its own.
      const at = (release?: string) => ({ svc_name: `service-${i}`, ...release && { release } });
      const source = new Source();
      for (const release of seen) await store.write([source.failure(when, at(release))]);
      const id = (await store.listErrors({ svc_name: `service-${i}`, limit: 1 })).items[0]!.id;
      await resolve(store, id, fix);
      for (const [j, release] of then.entries()) {
        const { alerts } = await store.write([source.failure(when, at(release))]);
        const isLast = j === then.length - 1;
        assertEquals(alerts.map(({ kind }) => kind), isLast && comesBack ? ["back"] : [], when);
      }
      const error = (await store.error(id))!;
      assertEquals(error.state, comesBack ? "open" : "resolved", when);
      assertEquals(error.count, seen.length + then.length, when);
      assertEquals(error.came_back_in, comesBack ? then.at(-1) ?? null : null, when);
    }
  });

  test(
    "of old and new instances in one batch, the newest release that fails again is told",
    async (store, source) => {
      const id = await openError(store, source.failure("a", { release: "1" }));
      await resolve(store, id, "2");
      const { alerts } = await store.write([
        source.failure("a", { release: "1" }),
        source.failure("a", { release: "2" }),
        source.failure("a", { release: "1" }),
      ]);
      assertEquals(alerts.map(({ kind, error }) => [kind, error.came_back_in]), [["back", "2"]]);
      assertEquals(historyOf(await store.error(id)), [
        "came_back: in release 2",
        "resolved: in release 2",
        "opened: in release 1",
      ]);
      const { items } = await store.releases({ svc_name: "/home" });
      assertEquals(items.map(({ release, came_back }) => [release, came_back]), [["2", 1], [
        "1",
        0,
      ]]);
    },
  );

  test(
    "the next release of a service fixes all that wait for it, and is theirs from then on",
    async (store, source) => {
      const at = (svc_name: string, release: string) => ({ svc_name, release });
      await store.write([
        source.failure("a", at("shop", "1")),
        source.failure("b", at("shop", "1")),
      ]);
      await store.write([source.failure("c", at("cart", "7"))]);
      const { items } = await store.listErrors({ limit: 9 });
      const ids = items.map(({ id }) => id);
      const waiting = await store.change(ids, { action: "resolve", next: true, by: "ana" });
      assertEquals(waiting.map(({ resolved_in, resolved_next }) => [resolved_in, resolved_next]), [
        [null, true],
        [null, true],
        [null, true],
      ]);
      // What is so already changes nothing.
      await store.change(ids, { action: "resolve", next: true });
      await store.write([
        source.log(at("shop", "1")),
        source.log(at("shop", "2")),
        source.log(at("shop", "3")),
      ]);
      const found = async () => {
        const { items } = await store.listErrors({ limit: 9 });
        return items.map((
          { svc_name, state, resolved_in, resolved_next },
        ) => [svc_name, state, resolved_in, resolved_next]).sort();
      };
      assertEquals(await found(), [
        ["cart", "resolved", null, true],
        ["shop", "resolved", "2", false],
        ["shop", "resolved", "2", false],
      ]);
      await store.write([
        source.failure("a", at("shop", "1")),
        source.failure("c", at("cart", "7")),
      ]);
      await store.write([source.log(at("cart", "2"))]);
      const { alerts } = await store.write([source.failure("b", at("shop", "3"))]);
      assertEquals(alerts.map(({ kind }) => kind), ["back"]);
      assertEquals(
        (await found()).map(([service, state, release]) => `${service} ${state} ${release}`),
        [
          "cart resolved 2",
          "shop open 2",
          "shop resolved 2",
        ],
      );
      const shop = items.find(({ message }) => message === "broken a")!;
      assertEquals(historyOf(await store.error(shop.id)), [
        "released: in release 2, the next one",
        "resolved: in the next release",
        "opened: in release 1",
      ]);
    },
  );

  test(
    "a clock that is a little slow does not hide the next release; one that ran long ago is not it",
    async (store, source) => {
      const at = (release: string, agoMs: number) => ({
        release,
        time: new Date(Date.now() - agoMs).toISOString(),
      });
      const id = await openError(store, source.failure("a", { release: "1" }));
      await resolve(store, id, "next");
      await store.write([source.log(at("0", 60 * MINUTE_MS))]);
      assertEquals((await store.error(id))!.resolved_in, null);
      await store.write([source.log(at("2", 2 * MINUTE_MS))]);
      assertEquals((await store.error(id))!.resolved_in, "2");
      // By its release, and not by the clock of who reports.
      const { alerts } = await store.write([source.failure("a", at("2", 2 * MINUTE_MS))]);
      assertEquals(alerts.map(({ kind }) => kind), ["back"]);
    },
  );

  test("a release of one service says nothing of another's", async (store, source) => {
    const shop = { svc_name: "shop", release: "2" };
    const a = await openError(store, source.failure("a", { svc_name: "cart", release: "1" }));
    await store.write([source.log(shop)]);
    await resolve(store, a, "2");
    await store.write([source.failure("a", { svc_name: "cart", release: "1" })]);
    assertEquals((await store.error(a))!.state, "resolved");
    // After a merge it holds what is of both: there the time decides.
    await store.write([source.failure("b", { svc_name: "shop", release: "1" })]);
    const b = (await store.listErrors({ svc_name: "shop", limit: 1 })).items[0]!.id;
    await store.change([b], { action: "resolve" });
    await store.merge(b, { into: a });
    const { alerts } = await store.write([source.failure("b", { svc_name: "shop", release: "1" })]);
    assertEquals(alerts.map(({ kind }) => kind), ["back"]);
  });

  test(
    "a hundred good answers of its route on the release that fixes it prove the fix, once",
    async (store, source) => {
      const ok = (parts: Partial<LogRecord> = {}) =>
        source.log({ release: "2", route: "/orders", status: 200, ...parts });
      const failed = source.failure("a", { release: "1", route: "/orders" });
      const id = await openError(store, failed);
      await store.write([ok({ release: "1" })]);
      await resolve(store, id, "2");
      assertEquals((await store.receipt(failed.record.error_id!))!.proof, null);
      await store.write([
        source.failure("a", { release: "1", route: "/orders" }),
        ok({ release: "1" }),
        ok({ route: "/" }),
        ok({ svc_name: "cart" }),
        source.log({ release: "2", route: "/orders" }),
      ]);
      assertEquals((await store.error(id))!.proof, null);

      const first = ok({ status: 404 });
      const batch = [
        first,
        ...times(97, () => ok()),
        source.failure("b", { release: "2", route: "/orders" }),
      ];
      await store.write(batch);
      // Again, as after a crash: it counts once.
      await store.write(batch);
      const proof = { requests: 99, failures: 0, since: first.record.time };
      assertEquals((await store.error(id))!.proof, proof);
      assertEquals((await store.write([ok()])).alerts, []);
      const { alerts } = await store.write([ok(), ok()]);
      assertEquals(alerts.map(({ kind, error }) => [kind, error.id]), [["proved", id]]);
      const proved = (await store.error(id))!;
      assertEquals([proved.state, proved.proof], ["resolved", { ...proof, requests: 102 }]);
      assertEquals(
        historyOf(proved)[0],
        "proved: 101 good answers in release 2, none that failed with it",
      );
      assertEquals((await store.write(times(120, () => ok()))).alerts, []);
      assertEquals((await store.error(id))!.proved_at, proved.proved_at);

      // Its receipts say so, those of pruned occurrences too.
      await store.sweep({ days: 30, keepOccurrences: 1, maxMegabytes: 1024 }, Date.now());
      assertEquals(await store.receipt(failed.record.error_id!), {
        error_id: failed.record.error_id!,
        state: "resolved",
        occurred_at: failed.record.time,
        resolved_at: proved.resolved_at,
        resolved_in: "2",
        proof: proved.proof,
      });
    },
  );

  test(
    "without a release, all answers since it was resolved count; outside of routes nothing does",
    async (store, source) => {
      const ok = (release?: string) =>
        source.log({ route: "/orders", status: 200, ...release && { release } });
      const id = await openError(store, source.failure("a", { route: "/orders" }));
      const job = await openError(
        store,
        source.failure("job", { route: undefined, status: undefined }),
      );
      await store.write([ok()]);
      await store.change([id, job], { action: "resolve" });
      const { alerts } = await store.write([...times(60, () => ok("1")), ...times(40, () => ok())]);
      assertEquals(alerts.map(({ kind, error }) => [kind, error.id]), [["proved", id]]);
      assertEquals((await store.error(id))!.proof!.requests, 100);
      assertEquals((await store.error(job))!.proof, null);
    },
  );

  test(
    "a failure on the release that was to fix it speaks against the proof",
    async (store, source) => {
      const ok = () => source.log({ release: "2", route: "/", status: 200 });
      const failure = () => source.failure("a", { release: "2" });
      const id = await openError(store, source.failure("a", { release: "1" }));
      await resolve(store, id, "2");
      const failed = failure();
      const { alerts } = await store.write([...times(150, ok), failed, failure()]);
      assertEquals(alerts.map(({ kind }) => kind), ["back"]);
      const back = (await store.error(id))!;
      assertEquals([back.state, back.resolved_in, back.proved_at], ["open", "2", null]);
      assertEquals([back.proof!.requests, back.proof!.failures], [152, 2]);
      const { state, resolved_at, resolved_in, proof } =
        (await store.receipt(failed.record.error_id!))!;
      assertEquals([state, resolved_at, resolved_in, proof], ["open", null, null, null]);
      // Nothing counts any more, and a new resolution begins anew.
      await store.write(times(3, ok));
      assertEquals((await store.error(id))!.proof!.requests, 152);
      const [again] = await resolve(store, id, "3");
      assertEquals([again!.resolved_in, again!.proof, again!.came_back], ["3", null, true]);
    },
  );

  test(
    "an error that fails after its proof says so, and one that an older release fails with elsewhere is proved where it was",
    async (store, source) => {
      const ok = (route = "/") => source.log({ release: "2", route, status: 200 });
      const failure = (release: string, route: string) =>
        source.failure("a", { release, route, status: 500 });
      const id = await openError(store, failure("1", "/"));
      await resolve(store, id, "2");
      await store.write([...times(99, () => ok()), failure("1", "/elsewhere")]);
      await store.write([ok("/elsewhere")]);
      assertEquals((await store.error(id))!.proof!.requests, 99);
      await store.write([ok()]);
      assertEquals((await store.error(id))!.proved_at === null, false);
      await store.write([failure("2", "/")]);
      const { state, proved_at, proof } = (await store.error(id))!;
      assertEquals([state, proved_at, proof!.requests, proof!.failures], ["open", null, 101, 1]);
    },
  );

  test(
    "who reopens, mutes or resolves anew takes the proof back, and the history keeps it",
    async (store, source) => {
      const ok = () => source.log({ release: "2", route: "/", status: 200 });
      const id = await openError(store, source.failure("a", { release: "1" }));
      const none = [null, false, null, null];
      const fix = (
        { resolved_in, resolved_next, proof, proved_at }: ErrorDetail,
      ) => [resolved_in, resolved_next, proof, proved_at];
      for (const undo of [{ action: "reopen" }, { action: "mute" }] as const) {
        await resolve(store, id, "2");
        await store.write(times(100, ok));
        assertEquals((await store.error(id))!.proved_at === null, false);
        await store.change([id], undo);
        assertEquals(fix((await store.error(id))!), none);
        await store.write([ok()]);
      }
      await resolve(store, id, "next");
      await store.change([id], { action: "reopen" });
      assertEquals(fix((await store.error(id))!), none);
      await store.write([source.log({ release: "3" })]);
      const error = (await store.error(id))!;
      assertEquals(fix(error), none);
      assertEquals(historyOf(error).slice(0, 4), [
        "reopened: ",
        "resolved: in the next release",
        "muted: ",
        "proved: 100 good answers in release 2, none that failed with it",
      ]);
    },
  );

  test(
    "two resolved errors that become one are to be proved together, in the release resolved last",
    async (store, source) => {
      const ok = () => source.log({ release: "2", route: "/", status: 200 });
      const a = await openError(store, source.failure("a", { release: "1" }));
      const b = await openError(store, source.failure("b", { release: "1" }));
      await resolve(store, a, "2");
      await store.write(times(100, ok));
      await resolve(store, b, "3");
      const merged = (await store.merge(b, { into: a }))!;
      assertEquals([merged.state, merged.resolved_in, merged.proof, merged.proved_at], [
        "resolved",
        "3",
        null,
        null,
      ]);
      const { alerts } = await store.write([source.failure("a", { release: "2" })]);
      assertEquals(alerts, []);
    },
  );

  test("a long route proves a fix too, and a release whose name ends in a line break is the one that is named without", async (store) => {
    const source = new Source();
    const route = `/${"é".repeat(250)}`;
    const id = await openError(store, source.failure("a", { release: "1\n", route }));
    await resolve(store, id, "build");
    await store.write(times(100, () => source.log({ release: "build\n", route, status: 200 })));
    const { resolved_in, proof, proved_at } = (await store.error(id))!;
    assertEquals([resolved_in?.trim(), proof?.requests, proved_at === null], ["build", 100, false]);
  });

  test("of two releases that come in one millisecond, the record that came first decides", async (store) => {
    const id = await openError(store, new Source().failure("a", { release: "0" }));
    await resolve(store, id, "next");
    const nowMs = Date.now();
    const entry = (release: string) => new Source(nowMs).log({ release });
    await store.write([entry("later-b"), entry("later-a")]);
    assertEquals((await store.error(id))!.resolved_in, "later-b");
  });

  test("any order of releases, resolutions and occurrences does what a naive model says", async (store) => {
    let round = 0;
    const release = fc.constantFrom("a", "b", "c", "1.2", "v1.10", "1.9.0", "1.2.0-rc.1");
    const step = fc.oneof(
      {
        weight: 5,
        arbitrary: fc.record({ fails: fc.array(release, { minLength: 1, maxLength: 3 }) }),
      },
      { weight: 3, arbitrary: fc.record({ answers: release }) },
      { weight: 3, arbitrary: fc.record({ fix: fc.oneof(release, fc.constant("next")) }) },
      { weight: 1, arbitrary: fc.constant({ undo: true }) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 14 }), async (steps) => {
        const service = `model-${round++}`;
        const instances = [new Source(), new Source()];
        const entry = (release: string, i: number) =>
          instances[i % 2]!.failure(service, { svc_name: service, release });
        const model = new Model();
        await store.write([entry("a", 0)]);
        model.fail(["a"]);
        const id = (await store.listErrors({ svc_name: service, limit: 1 })).items[0]!.id;
        for (const step of steps) {
          if ("fails" in step) {
            const failures = step.fails.map(entry).sort(byTime);
            await store.write(failures);
            model.fail(failures.map(({ record }) => record.release!));
          } else if ("answers" in step) {
            const parts = { svc_name: service, release: step.answers, route: "/", status: 200 };
            await store.write([instances[0]!.log(parts)]);
            model.answer(step.answers);
          } else if ("fix" in step) {
            await resolve(store, id, step.fix);
            model.resolve(step.fix);
          } else {
            await store.change([id], { action: "reopen" });
            model.reopen();
          }
          const { state, resolved_in, resolved_next, came_back_in, proof } =
            (await store.error(id))!;
          assertEquals(
            [state, state === "resolved" ? resolved_in : null, resolved_next, came_back_in],
            [model.state, model.fix, model.isNext, model.cameBackIn],
          );
          if (state === "resolved") assertEquals(proof?.requests ?? 0, model.answers);
        }
      }),
      { numRuns: 12 },
    );
  });
}

/** The rules in the plainest words: versions as numbers, written out by hand. */
class Model {
  static readonly versions: Record<string, number> = {
    "1.2.0-rc.1": 1,
    "1.2": 2,
    "1.9.0": 3,
    "v1.10": 4,
  };
  readonly #seen: string[] = [];
  #last = "";
  state = "open";
  fix: string | null = null;
  isNext = false;
  cameBackIn: string | null = null;
  answers = 0;

  fail(releases: string[]): void {
    for (const release of releases) this.#see(release);
    this.#last = releases.at(-1)!;
    if (this.state !== "resolved" || this.isNext) return;
    const newest = releases.findLast((release) => !this.#isOlder(release));
    if (newest === undefined) return;
    this.state = "open";
    this.cameBackIn = newest;
    this.#forget();
  }

  answer(release: string): void {
    this.#see(release);
    if (this.state === "resolved" && release === this.fix) this.answers++;
  }

  resolve(fix: string): void {
    const isSame = this.state === "resolved" &&
      (fix === "next" ? this.isNext : this.fix === fix && !this.isNext);
    if (isSame) return;
    this.#forget();
    this.state = "resolved";
    if (fix === "next") this.isNext = true;
    else this.fix = fix;
  }

  reopen(): void {
    if (this.state === "open") return;
    this.state = "open";
    this.#forget();
  }

  #see(release: string): void {
    if (this.#seen.includes(release)) return;
    this.#seen.push(release);
    if (this.state !== "resolved" || !this.isNext || this.#isLower(release, this.#last)) return;
    this.isNext = false;
    this.fix = release;
  }

  #isOlder(release: string): boolean {
    const fix = this.fix!;
    if (Model.versions[release] && Model.versions[fix]) return this.#isLower(release, fix);
    if (!this.#seen.includes(fix)) return true;
    return this.#seen.indexOf(release) < this.#seen.indexOf(fix);
  }

  #isLower(release: string, other: string): boolean {
    return Model.versions[release]! < Model.versions[other]!;
  }

  #forget(): void {
    this.fix = null;
    this.isNext = false;
    this.answers = 0;
  }
}

function byTime(one: Entry, other: Entry): number {
  return Date.parse(one.record.time) - Date.parse(other.record.time);
}

async function openError(store: Store, entry: Entry): Promise<string> {
  const { alerts } = await store.write([entry]);
  return alerts[0]!.error.id;
}

function resolve(store: Store, id: string, fix: string | undefined) {
  const how = fix === undefined ? {} : fix === "next" ? { next: true } : { release: fix };
  return store.change([id], { action: "resolve", ...how });
}

function historyOf(error: ErrorDetail | null): string[] {
  return error!.history.map(({ action, note }) => `${action}: ${note}`);
}
