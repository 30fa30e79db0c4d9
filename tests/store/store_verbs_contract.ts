/**
 * What every store promises of merging, splitting, muting and removing errors, and of asking about many at once.
 *
 * @module
 */
import { assert, assertEquals, assertRejects } from "@std/assert";
import * as fc from "fast-check";
import { BadMerge, BadSplit, type Entry, type ErrorDetail, type Store } from "../../store/store.ts";
import { Source, times } from "./entries.ts";
import type { StoreTest } from "./store_contract.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

/** Adds the tests to a suite. */
export function storeVerbsContract(test: StoreTest): void {
  test("two errors become one, with all that is known of both", async (store) => {
    const old = new Source(Date.now() - DAY_MS);
    const recent = new Source();
    const a = old.failure("a", { release: "1", error: { type: "E", message: "old" } });
    const b = recent.failure("b", {
      release: "2",
      severity: 50,
      error: { type: "E", message: "new" },
    });
    const into = await openError(store, a);
    const from = await openError(store, b, recent.failure("b"));
    const merged = (await store.merge(from, { into }))!;
    assertEquals([merged.id, merged.count, merged.level, merged.worst_level, merged.message], [
      into,
      3,
      "ERROR",
      "CRITICAL",
      "broken b",
    ]);
    assertEquals([merged.first_seen, merged.first_release], [a.record.time, "1"]);
    const found = (await store.error(into))!;
    assertEquals(found.keys.map(({ key }) => key), ["a", "b"]);
    assertEquals(found.variants, [
      { message: "broken b", count: 1 },
      { message: "new", count: 1 },
      { message: "old", count: 1 },
    ]);
    assertEquals(sum(found.trend), 2);
    assertEquals(found.history.map(({ action }) => action), ["merged", "opened", "opened"]);
    assertEquals((await store.occurrences(into, { limit: 10 })).total, 3);
    assertEquals((await store.listErrors({ limit: 10 })).total, 1);
    // Links, receipts and what happens next lead to the one that is left.
    assertEquals((await store.error(from))!.id, into);
    assertEquals((await store.error(b.record.error_id!))!.id, into);
    assertEquals((await store.write([recent.failure("b")])).alerts, []);
    assertEquals((await store.error(into))!.count, 4);
    await store.change([into], { action: "resolve" });
    assertEquals((await store.receipt(b.record.error_id!))!.state, "resolved");
  });

  test("an error is not merged into itself, by whatever name", async (store, source) => {
    const a = await openError(store, source.failure("a"));
    const b = await openError(store, source.failure("b"));
    await assertRejects(() => store.merge(a, { into: a }), BadMerge, "itself");
    await store.merge(a, { into: b });
    await assertRejects(() => store.merge(b, { into: a }), BadMerge, "itself");
    await assertRejects(() => store.merge(a, { into: a }), BadMerge, "itself");
    // Asked again, it changes nothing.
    assertEquals((await store.merge(a, { into: b }))!.count, 2);
    assertEquals((await store.error(b))!.history.length, 3);
    assertEquals(await store.merge("nobody", { into: b }), null);
    assertEquals(await store.merge(b, { into: "nobody" }), null);
  });

  test("a chain of merges leads to the last", async (store, source) => {
    const ids = [];
    for (const key of ["a", "b", "c"]) ids.push(await openError(store, source.failure(key)));
    await store.merge(ids[0]!, { into: ids[1]! });
    await store.merge(ids[1]!, { into: ids[2]! });
    for (const id of ids) assertEquals((await store.error(id))!.id, ids[2]);
    assertEquals((await store.error(ids[2]!))!.count, 3);
  });

  test("what is open stays open when it is merged", async (store, source) => {
    const states = async (from: "open" | "muted", into: "resolved" | "muted") => {
      const a = await openError(store, source.failure(`${from} ${into} a`));
      const b = await openError(store, source.failure(`${from} ${into} b`));
      if (from === "muted") await store.change([a], { action: "mute" });
      await (into === "muted"
        ? store.change([b], { action: "mute" })
        : store.change([b], { action: "resolve" }));
      return (await store.merge(a, { into: b }))!;
    };
    const opened = await states("open", "resolved");
    assertEquals([opened.state, opened.resolved_at], ["open", null]);
    assertEquals((await states("open", "muted")).state, "muted");
    assertEquals((await states("muted", "resolved")).state, "resolved");
  });

  test("a variant that is split off is an error of its own from now on", async (store, source) => {
    const disk = (n: number) => source.failure("a", thrown(`disk ${n} is full`));
    const net = () => source.failure("a", thrown("no route"));
    const first = disk(1);
    const id = await openError(store, first, net(), net());
    const made = (await store.split(id, { variant: "disk <n> is full" }))!;
    assertEquals([made.state, made.count, made.message, made.last_error_id], [
      "open",
      1,
      "disk 1 is full",
      first.record.error_id!,
    ]);
    assertEquals([made.first_seen, made.last_seen], [first.record.time, first.record.time]);
    const left = (await store.error(id))!;
    assertEquals([left.count, left.message, left.variants], [2, "no route", [
      { message: "no route", count: 2 },
    ]]);
    assertEquals((await store.occurrences(id, { limit: 9 })).total, 2);
    assertEquals((await store.occurrences(made.id, { limit: 9 })).total, 1);
    assertEquals([sum(left.trend), sum((await store.error(made.id))!.trend)], [2, 1]);
    assertEquals((await store.error(first.record.error_id!))!.id, made.id);
    assertEquals(left.history[0]!.action, "split");

    await store.write([disk(2), net(), disk(3), disk(4)]);
    assertEquals((await store.error(id))!.count, 3);
    const own = (await store.error(made.id))!;
    assertEquals([own.count, own.variants, own.message], [4, [
      { message: "disk <n> is full", count: 4 },
    ], "disk 4 is full"]);
    assertEquals(own.keys.map(({ parts }) => parts), [[
      "TypeError",
      "a",
      "variant: disk <n> is full",
    ]]);
    await store.change([made.id], { action: "resolve" });
    const { alerts } = await store.write([
      new Source(Date.now() + 1000).failure("a", thrown("disk 5 is full")),
    ]);
    assertEquals(alerts.map(({ kind, error }) => [kind, error.id]), [["back", made.id]]);
  });

  test("what cannot be split is refused", async (store, source) => {
    const id = await openError(store, source.failure("a", thrown("one")));
    await assertRejects(() => store.split(id, { variant: "one" }), BadSplit, "no other variant");
    await assertRejects(() => store.split(id, { variant: "two" }), BadSplit, "no such variant");
    assertEquals((await store.listErrors({ limit: 9 })).total, 1);
  });

  test(
    "a variant none of whose occurrences is kept can be split off too",
    async (store, source) => {
      const rare = source.failure("a", thrown("rare"));
      const id = await openError(
        store,
        rare,
        ...times(9, () => source.failure("a", thrown("often"))),
      );
      const limits = { days: 90, keepOccurrences: 3, maxMegabytes: 1024 };
      while ((await store.sweep(limits, Date.now())).more);
      const made = (await store.split(id, { variant: "rare" }))!;
      assertEquals([made.count, made.message, made.last_error_id], [1, "rare", ""]);
      assertEquals((await store.error(rare.record.error_id!))!.id, made.id);
      const next = source.failure("a", thrown("rare"));
      await store.write([next]);
      const found = (await store.error(made.id))!;
      assertEquals([found.count, found.last_error_id], [2, next.record.error_id!]);
      while ((await store.sweep(limits, Date.now())).more);
      assertEquals((await store.occurrences(made.id, { limit: 9 })).total, 1);
    },
  );

  test("split and merged back, nothing has changed but the history", async (store, source) => {
    const id = await openError(
      store,
      ...times(7, (i) => source.failure("a", thrown(i % 3 === 0 ? "x" : "y"))),
    );
    const before = (await store.error(id))!;
    const made = (await store.split(id, { variant: "x" }))!;
    await store.merge(made.id, { into: id });
    assertEquals(facts((await store.error(id))!), facts(before));
    await store.write([source.failure("a", thrown("x"))]);
    assertEquals((await store.error(id))!.count, 8);
    // And once more: its key is known already.
    assertEquals((await store.split(id, { variant: "x" }))!.count, 4);
    await store.write([source.failure("a", thrown("x"))]);
    assertEquals((await store.error(id))!.count, 4);
  });

  test("whatever is merged and split, no occurrence is counted twice or lost", async (store) => {
    const step = fc.oneof(
      fc.record({ write: fc.nat(3), variant: fc.nat(2) }),
      fc.record({ merge: fc.nat(9), into: fc.nat(9) }),
      fc.record({ split: fc.nat(9), variant: fc.nat(2) }),
    );
    let round = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
        const source = new Source();
        const svc_name = `round ${++round}`;
        let written = 0;
        for (const part of steps) {
          const errors = (await store.listErrors({ svc_name, limit: 100 })).items;
          const pick = (n: number) => errors[n % errors.length]!.id;
          if ("write" in part) {
            const parts = { svc_name, ...thrown(`variant ${"abc"[part.variant]}`) };
            await store.write([source.failure(`${svc_name} ${part.write}`, parts)]);
            written++;
          } else if (errors.length === 0) continue;
          else if ("merge" in part) {
            await store.merge(pick(part.merge), { into: pick(part.into) }).catch(
              ignoring(BadMerge),
            );
          } else {
            await store.split(pick(part.split), { variant: `variant ${"abc"[part.variant]}` })
              .catch(ignoring(BadSplit));
          }
        }
        const ids = (await store.listErrors({ svc_name, limit: 100 })).items.map(({ id }) => id);
        const all = (await Promise.all(ids.map((id) => store.error(id)))).map((error) => error!);
        const kept = await Promise.all(ids.map((id) => store.occurrences(id, { limit: 100 })));
        assertEquals(sum(all.map(({ count }) => count)), written);
        assertEquals(sum(kept.map(({ total }) => total)), written);
        assertEquals(sum(kept.map(({ items }) => items.length)), written);
        assertEquals(
          sum(all.flatMap(({ variants }) => variants.map(({ count }) => count))),
          written,
        );
        assertEquals(sum(all.flatMap(({ trend }) => trend)), written);
        for (const [i, { count, last_error_id }] of all.entries()) {
          assertEquals(kept[i]!.items.length, count);
          assertEquals(kept[i]!.items[0]!.error_id, last_error_id);
        }
      }),
      { numRuns: 15 },
    );
  });

  test("a removed error is forgotten and opens anew", async (store, source) => {
    const entry = source.failure("a");
    const id = await openError(store, entry, source.failure("a"), source.failure("b"));
    assertEquals((await store.remove(id))!.id, id);
    assertEquals(await store.error(id), null);
    assertEquals(await store.occurrence(entry.record.error_id!), null);
    assertEquals(await store.receipt(entry.record.error_id!), null);
    assertEquals((await store.listErrors({ limit: 9 })).total, 1);
    assertEquals((await store.listErrors({ q: "broken", limit: 9 })).total, 1);
    assertEquals((await store.listLogs({ limit: 9 })).total, 3);
    assertEquals(await store.remove(id), null);
    const { alerts } = await store.write([source.failure("a")]);
    assertEquals(alerts.map(({ kind, error }) => [kind, error.count]), [["new", 1]]);
  });

  test(
    "an error that others were merged into, and one split off, can be removed",
    async (store, source) => {
      const a = await openError(
        store,
        source.failure("a", thrown("x")),
        source.failure("a", thrown("y")),
      );
      const b = await openError(store, source.failure("b"));
      const x = (await store.split(a, { variant: "x" }))!.id;
      await store.merge(b, { into: a });
      await store.remove(x);
      await store.write([source.failure("a", thrown("x"))]);
      assertEquals((await store.error(a))!.count, 3);
      await store.remove(a);
      assertEquals(await store.error(b), null);
      assertEquals((await store.write([source.failure("b")])).alerts.length, 1);
    },
  );

  test("a note stands in the history and changes nothing else", async (store, source) => {
    const id = await openError(store, source.failure("a"));
    assertEquals(
      (await store.change([id], { action: "note", note: "seen by two customers\0" }))[0]!.state,
      "open",
    );
    const [newest] = (await store.error(id))!.history;
    assertEquals([newest!.action, newest!.actor], ["noted", "operator"]);
    assertEquals(newest!.note.startsWith("seen by two customers"), true);
  });

  test(
    "whatever is done to an error stands in its history under the name of who did it",
    async (store, source) => {
      const by = "ana\0 of the night shift";
      const failure = (text: string) =>
        source.failure("a", {
          error: { type: "E", message: text, stack: "E\n    at f (/app/a.ts:1:1)" },
        });
      const id = await openError(store, failure("x"), failure("y"));
      const other = await openError(store, source.failure("b"));
      await store.change([id], { action: "resolve", by, note: "fixed" });
      await store.change([id], { action: "reopen", by });
      await store.change([id], { action: "mute", by, more: 3 });
      await store.change([id], { action: "unmute", by });
      await store.change([id], { action: "note", note: "seen", by });
      const twin = (await store.split(id, { variant: "y", by }))!.id;
      await store.merge(other, { into: id, by });
      await store.change([id], { action: "note", note: "by nobody named", by: "" });
      await store.change([id], { action: "note", note: "by a long name", by: "n".repeat(200) });
      const { history } = (await store.error(id))!;
      const name = "ana\uFFFD of the night shift";
      const ours = history.filter(({ actor }) => actor === name).map(({ action }) => action);
      assertEquals(ours.toReversed(), [
        ...["resolved", "reopened", "muted", "unmuted", "noted", "split", "merged"],
      ]);
      assertEquals(history.slice(0, 2).map(({ actor }) => actor), ["n".repeat(128), "operator"]);
      assertEquals((await store.error(twin))!.history[0]!.actor, name);
    },
  );

  test("a mute for a number of occurrences ends when they have happened", async (store, source) => {
    const id = await openError(store, source.failure("a"));
    await store.change([id], { action: "mute", more: 3, note: "flaky" });
    assertEquals((await store.error(id))!.muted_more, 3);
    assertEquals(
      (await store.error(id))!.history[0]!.note,
      "until it has happened 3 times more: flaky",
    );
    assertEquals((await store.write(times(2, () => source.failure("a")))).alerts, []);
    assertEquals([(await store.error(id))!.state, (await store.error(id))!.muted_more], [
      "muted",
      1,
    ]);
    const { alerts } = await store.write([source.failure("a")]);
    assertEquals(alerts.map(({ kind, error }) => [kind, error.state]), [["back", "open"]]);
    const found = (await store.error(id))!;
    assertEquals([found.muted_more, found.history[0]!.actor], [null, "holdfast"]);
  });

  test("a mute with both bounds ends with the first that is reached", async (store, source) => {
    const id = await openError(store, source.failure("a"));
    await store.change([id], { action: "mute", until: Date.now() + DAY_MS, more: 100 });
    await store.write([new Source().failure("a")]);
    assertEquals((await store.error(id))!.state, "muted");
    await store.change([id], { action: "mute", until: Date.now(), more: 100 });
    await store.write([new Source().failure("a")]);
    const found = (await store.error(id))!;
    assertEquals([found.state, found.muted_until, found.muted_more], ["open", null, null]);
    // A later mute for good does not remember the bounds.
    await store.change([id], { action: "mute" });
    await store.write(times(200, () => source.failure("a")));
    assertEquals((await store.error(id))!.state, "muted");
  });

  test("many errors are resolved or muted at once, and back", async (store, source) => {
    const ids: string[] = [];
    for (let i = 0; i < 5; i++) ids.push(await openError(store, source.failure(`k${i}`)));
    const resolved = await store.change([ids[0]!, "nobody", ids[1]!], {
      action: "resolve",
      release: "3",
    });
    assertEquals(resolved.map(({ id, state, resolved_in }) => [id, state, resolved_in]), [
      [ids[0], "resolved", "3"],
      [ids[1], "resolved", "3"],
    ]);
    const muted = await store.change(ids.slice(1, 4), { action: "mute", more: 2 });
    assertEquals(muted.map(({ state }) => state), ["muted", "muted", "muted"]);
    assertEquals((await store.error(ids[2]!))!.muted_more, 2);
    assertEquals(await store.stateCounts(), { open: 1, resolved: 1, muted: 3 });
    // What is open already stays as it is, without a word in its history.
    const unmuted = await store.change([...ids.slice(2), "nobody"], {
      action: "unmute",
      note: "loud",
    });
    assertEquals(
      unmuted.map(({ id, state }) => [id, state]),
      ids.slice(2).map((id) => [id, "open"]),
    );
    assertEquals((await store.error(ids[3]!))!.history[0]!.note, "loud");
    assertEquals((await store.error(ids[4]!))!.history.length, 1);
    assertEquals(
      (await store.change([ids[1]!, ids[0]!], { action: "reopen" })).map(({ id }) => id),
      [
        ids[1],
        ids[0],
      ],
    );
    assertEquals(await store.stateCounts(), { open: 5, resolved: 0, muted: 0 });
  });

  test("errors are counted by state, all or those that fit", async (store, source) => {
    assertEquals(await store.stateCounts(), { open: 0, resolved: 0, muted: 0 });
    await store.write(times(6, (i) => source.failure(`k${i}`, { svc_name: i < 4 ? "/a" : "/b" })));
    const ids = (await store.listErrors({ limit: 9, sort: "first_seen" })).items.map(({ id }) =>
      id
    );
    await store.change(ids.slice(0, 1), { action: "resolve" });
    await store.change(ids.slice(3, 5), { action: "mute" });
    assertEquals(await store.stateCounts(), { open: 3, resolved: 1, muted: 2 });
    assertEquals(await store.stateCounts({ svc_name: "/b" }), { open: 1, resolved: 1, muted: 0 });
    assertEquals(await store.stateCounts({ q: "broken k5" }), { open: 0, resolved: 1, muted: 0 });
    assertEquals(await store.stateCounts({ q: "***" }), { open: 0, resolved: 0, muted: 0 });
  });

  test(
    "an error has a person and an issue elsewhere, is found by the person, and keeps both",
    async (store, source) => {
      const [a, b, c] = [
        await openError(store, source.failure("a"), source.failure("a", thrown("disk 1 is full"))),
        await openError(store, source.failure("b")),
        await openError(store, source.failure("c")),
      ];
      const url = "https://github.com/acme/shop/issues/7";
      const by = "ana";
      const [assigned] = await store.change([a, b], {
        action: "assign",
        to: "ben",
        by,
        note: "db",
      });
      assertEquals([assigned!.assigned_to, assigned!.issue_url], ["ben", null]);
      const [linked] = await store.change([a], { action: "link", url, by });
      assertEquals([linked!.assigned_to, linked!.issue_url], ["ben", url]);
      // What is so already leaves no history.
      await store.change([a], { action: "assign", to: "ben", by: "eve" });
      await store.change([a], { action: "link", url, by: "eve" });
      await store.change([b], { action: "assign", to: null, by });
      await store.change([b], { action: "link", url: null, by });

      const found = async (assigned_to: string | null) =>
        (await store.listErrors({ assigned_to, limit: 9 })).items.map(({ id }) => id).sort();
      assertEquals([await found("ben"), await found(null), await found("Ben")], [[a], [b, c], []]);
      assertEquals(await store.stateCounts({ assigned_to: "ben" }), {
        open: 1,
        resolved: 0,
        muted: 0,
      });

      // It is theirs while it fails, is resolved, and comes back.
      await store.change([a], { action: "resolve" });
      await store.write([source.failure("a", { time: new Date(Date.now() + 1).toISOString() })]);
      const twin = (await store.split(a, { variant: "disk <n> is full" }))!;
      assertEquals([twin.assigned_to, twin.issue_url], [null, null]);
      await store.change([c], { action: "assign", to: "cleo" });
      const merged = (await store.merge(a, { into: b }))!;
      assertEquals([merged.assigned_to, merged.issue_url], ["ben", url]);
      assertEquals((await store.merge(b, { into: c }))!.assigned_to, "cleo");
      const { history } = (await store.error(c))!;
      assertEquals(
        history.filter(({ action }) => /assigned|linked/.test(action))
          .map(({ action, actor, note }) => `${actor} ${action} ${note}`).sort(),
        [
          "ana assigned to ben: db",
          "ana assigned to ben: db",
          `ana linked ${url}`,
          "ana unassigned ",
          "operator assigned to cleo",
        ],
      );
    },
  );

  test("the trends of a list come in one answer", async (store, source) => {
    const a = await openError(store, source.failure("a"), source.failure("a"));
    const b = await openError(store, new Source(Date.now() - 3 * DAY_MS).failure("b"));
    const trends = await store.trends([a, b, "nobody"]);
    assertEquals(Object.keys(trends), [a, b, "nobody"]);
    assertEquals([sum(trends[a]!), sum(trends[b]!), sum(trends.nobody!)], [2, 0, 0]);
    assertEquals([trends[a]!.length, trends.nobody!.length], [24, 24]);
    assertEquals(trends[a], (await store.error(a))!.trend);
    assertEquals(await store.trends([]), {});
  });

  test("an occurrence knows the older and the newer one of its error", async (store, source) => {
    const entries = times(3, () => source.failure("a"));
    await store.write([
      entries[0]!,
      source.failure("b"),
      entries[1]!,
      source.failure("b"),
      entries[2]!,
    ]);
    const ids = entries.map(({ record }) => record.error_id!);
    const neighbours = await Promise.all(ids.map(async (id) => {
      const { older, newer } = (await store.occurrence(id))!;
      return [older, newer];
    }));
    assertEquals(neighbours, [[null, ids[1]], [ids[0], ids[2]], [ids[1], null]]);
  });
}

async function openError(store: Store, ...entries: Entry[]): Promise<string> {
  const { alerts } = await store.write(entries);
  assert(alerts.length > 0);
  return alerts[0]!.error.id;
}

function thrown(message: string): { error: { type: string; message: string } } {
  return { error: { type: "E", message } };
}

/** What a split and a merge back must not change. */
function facts({ keys: _keys, history: _history, ...rest }: ErrorDetail): unknown {
  return rest;
}

function ignoring(expected: new (message: string) => Error): (error: unknown) => void {
  return (error) => {
    if (!(error instanceof expected)) throw error;
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
