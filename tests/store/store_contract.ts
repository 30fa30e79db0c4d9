/**
 * What every store promises, as tests. Each engine runs the whole suite.
 *
 * @module
 */
import { assertEquals, assertRejects } from "@std/assert";
import * as fc from "fast-check";
import type { LogRecord } from "../../store/record.ts";
import { BadCursor, type LogPage, MAX_TOTAL, type Store } from "../../store/store.ts";
import { Source, times } from "./entries.ts";
import { storeAlertsContract } from "./store_alerts_contract.ts";
import { storeBoundsContract } from "./store_bounds_contract.ts";
import { storeFixingContract } from "./store_fixing_contract.ts";
import { storeFacetsContract } from "./store_facets_contract.ts";
import { storeKeysContract } from "./store_keys_contract.ts";
import { storeManyContract } from "./store_many_contract.ts";
import { storeMapsContract } from "./store_maps_contract.ts";
import { storeMomentsContract } from "./store_moments_contract.ts";
import { storeEventsContract } from "./store_events_contract.ts";
import { storeOwnContract, storeSearchContract } from "./store_search_contract.ts";
import { storeTailContract } from "./store_tail_contract.ts";
import { storeTimesContract } from "./store_times_contract.ts";
import { storeTrafficContract } from "./store_traffic_contract.ts";
import { storeVerbsContract } from "./store_verbs_contract.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
const HOUR_MS = 60 * 60 * 1000;
const PLENTY = { days: 90, keepOccurrences: 100, maxMegabytes: 1024 };

/** Runs one test on a store of its own. */
export type StoreTest = (
  sentence: string,
  run: (store: Store, source: Source) => Promise<void>,
) => void;

/** A search of the contract is never cut short, however busy the machine is: what a time limit does has a test of its own. */
export const PATIENT_MS = 60_000;

/** Runs the suite. `openStore` gives an empty store of its own each time; its `close` leaves nothing behind. */
export function storeContract(name: string, openStore: () => Promise<Store>): void {
  function test(sentence: string, run: (store: Store, source: Source) => Promise<void>): void {
    Deno.test(`${name}: ${sentence}`, async () => {
      const store = await openStore();
      try {
        await run(store, new Source());
      } finally {
        await store.close();
      }
    });
  }

  test("an empty store lists nothing and is healthy", async (store) => {
    const nothing = { items: [], total: 0, next: null };
    assertEquals(await store.listLogs({ limit: 10 }), nothing);
    assertEquals(await store.listErrors({ limit: 10 }), nothing);
    assertEquals(await store.occurrences("nobody", { limit: 10 }), nothing);
    assertEquals(await store.error("nobody"), null);
    assertEquals(await store.occurrence("nobody"), null);
    assertEquals(await store.receipt("nobody"), null);
    assertEquals(await store.write([]), { stored: 0, duplicates: 0, alerts: [] });
    const { size_bytes, ...counts } = await store.health();
    assertEquals(counts, { logs: 0, open_errors: 0 });
    assertEquals(size_bytes > 0, true);
  });

  test("a record comes back as it was written", async (store, source) => {
    const entry = source.log({
      input: { a: [1, null, "ä\u2028"] },
      output: { content: "fine" },
      duration_ms: 1.5,
      truncated: ["input"],
      attrs: { user: { id: 7 } },
    });
    await store.write([entry]);
    assertEquals((await store.listLogs({ limit: 1 })).items, [entry.record]);
  });

  test("a record that arrives twice is stored once", async (store, source) => {
    const batch = [source.log(), source.failure("a"), source.log()];
    assertEquals(pick(await store.write(batch)), { stored: 3, duplicates: 0 });
    const replay = await store.write([...batch, source.log()]);
    assertEquals(pick(replay), { stored: 4, duplicates: 3 });
    assertEquals(replay.alerts, []);
    const twin = source.failure("a");
    assertEquals(pick(await store.write([twin, twin])), { stored: 2, duplicates: 1 });
    assertEquals((await store.health()).logs, 5);
    assertEquals((await store.listErrors({ limit: 10 })).items[0]!.count, 2);
  });

  test("the same seq of another process is another record", async (store, source) => {
    const entry = source.log();
    await store.write([entry, new Source().log({ seq: entry.record.seq })]);
    assertEquals((await store.listLogs({ limit: 10 })).total, 2);
  });

  test(
    "a new error is opened, alerted once and looked up by its receipt",
    async (store, source) => {
      const first = source.failure("a", { release: "1.0" });
      const { alerts } = await store.write([first]);
      assertEquals(alerts.map(({ kind }) => kind), ["new"]);
      assertEquals((await store.write([source.failure("a", { release: "1.1" })])).alerts, []);
      const found = (await store.error(alerts[0]!.error.id))!;
      assertEquals(found.state, "open");
      assertEquals(found.type, "TypeError");
      assertEquals(found.message, "broken a");
      assertEquals(found.location, "handler (modules/home.ts)");
      assertEquals(found.level, "ERROR");
      assertEquals([found.first_release, found.last_release], ["1.0", "1.1"]);
      assertEquals(found.first_seen, first.record.time);
      assertEquals(found.count, 2);
      assertEquals(found.keys, [{ key: "a", rule: "frames", parts: ["TypeError", "a"] }]);
      assertEquals(found.history.map(({ action, actor, note }) => [action, actor, note]), [
        ["opened", "holdfast", "in release 1.0"],
      ]);
      assertEquals(await store.receipt(first.record.error_id!), {
        error_id: first.record.error_id!,
        state: "open",
        occurred_at: first.record.time,
        resolved_at: null,
        resolved_in: null,
        proof: null,
      });
      assertEquals((await store.error(first.record.error_id!))!.id, found.id);
      assertEquals(await store.occurrence(first.record.error_id!), {
        error_id: first.record.error_id!,
        error: found.id,
        record: first.record,
        older: null,
        newer: found.last_error_id,
      });
    },
  );

  test("an error shows its newest occurrence whatever the order of arrival", async (store) => {
    const old = new Source(Date.now() - HOUR_MS);
    const late = old.failure("a", { release: "1", error: { type: "E", message: "old one" } });
    const recent = new Source().failure("a", {
      release: "2",
      error: { type: "E", message: "recent one" },
    });
    await store.write([recent]);
    await store.write([late]);
    const found = (await store.listErrors({ limit: 1 })).items[0]!;
    assertEquals(found.message, "recent one");
    assertEquals(found.last_error_id, recent.record.error_id!);
    assertEquals([found.first_seen, found.last_seen], [late.record.time, recent.record.time]);
    assertEquals([found.first_release, found.last_release], ["1", "2"]);
  });

  test(
    "a resolved error that happens again is open again, with an alert",
    async (store, source) => {
      const id = await openError(store, source.failure("a"));
      const resolved =
        (await store.change([id], { action: "resolve", release: "2.0", note: "mended" }))[0]!;
      assertEquals([resolved.state, resolved.resolved_in], ["resolved", "2.0"]);
      assertEquals(resolved.resolved_at === null, false);
      assertEquals((await store.health()).open_errors, 0);
      const later = new Source(Date.now() + 1000);
      const { alerts } = await store.write([later.failure("a", { release: "2.1" })]);
      assertEquals(alerts.map(({ kind, error }) => [kind, error.state, error.came_back]), [
        ["back", "open", true],
      ]);
      const found = (await store.error(id))!;
      assertEquals([found.state, found.resolved_at, found.count], ["open", null, 2]);
      assertEquals(found.history.map(({ action, note }) => [action, note]), [
        ["came_back", "in release 2.1"],
        ["resolved", "in release 2.0: mended"],
        ["opened", ""],
      ]);
      assertEquals((await store.write([later.failure("a")])).alerts, []);
    },
  );

  test("what happened before it was resolved and arrives late wakes nobody", async (store) => {
    const past = new Source(Date.now() - HOUR_MS);
    const id = await openError(store, past.failure("a"));
    await store.change([id], { action: "resolve" });
    assertEquals((await store.write([past.failure("a")])).alerts, []);
    const found = (await store.error(id))!;
    assertEquals([found.state, found.count], ["resolved", 2]);
  });

  test("a receipt says when its error was resolved", async (store, source) => {
    const entry = source.failure("a");
    const id = await openError(store, entry);
    const [resolved] = await store.change([id], { action: "resolve" });
    const receipt = (await store.receipt(entry.record.error_id!))!;
    assertEquals([receipt.state, receipt.resolved_at], ["resolved", resolved!.resolved_at]);
  });

  test("a muted error counts in silence", async (store, source) => {
    const id = await openError(store, source.failure("a"));
    assertEquals((await store.change([id], { action: "mute", note: "known" }))[0]!.state, "muted");
    assertEquals((await store.write(times(5, () => source.failure("a")))).alerts, []);
    const muted = (await store.error(id))!;
    assertEquals([muted.state, muted.count, muted.muted_until], ["muted", 6, null]);
    assertEquals((await store.change([id], { action: "unmute" }))[0]!.state, "open");
    assertEquals((await store.error(id))!.history.map(({ action }) => action), [
      "unmuted",
      "muted",
      "opened",
    ]);
  });

  test("a mute for a time ends with the first occurrence after it", async (store, source) => {
    const id = await openError(store, source.failure("a"));
    const until = Date.now() + HOUR_MS;
    await store.change([id], { action: "mute", until });
    assertEquals((await store.error(id))!.muted_until, new Date(until).toISOString());
    await store.write([
      new Source().failure("a"),
      new Source(until).failure("a"),
      new Source(0).failure("a"),
    ]);
    assertEquals((await store.error(id))!.state, "muted");
    await store.change([id], { action: "mute", until: Date.now() - 1 });
    await store.write([new Source(Date.now() - HOUR_MS).failure("a")]);
    assertEquals((await store.error(id))!.state, "muted");
    await store.write([new Source().failure("a")]);
    const found = (await store.error(id))!;
    assertEquals([found.state, found.muted_until], ["open", null]);
    assertEquals([found.history[0]!.action, found.history[0]!.actor], ["unmuted", "holdfast"]);
  });

  test("verbs that change nothing leave no history", async (store, source) => {
    const id = await openError(store, source.failure("a"));
    await store.change([id], { action: "reopen" });
    await store.change([id], { action: "unmute" });
    await store.change([id], { action: "resolve" });
    await store.change([id], { action: "resolve" });
    assertEquals((await store.change([id], { action: "unmute" }))[0]!.state, "resolved");
    await store.change([id], { action: "reopen", note: "not yet" });
    const found = (await store.error(id))!;
    assertEquals([found.state, found.resolved_at, found.resolved_in], ["open", null, null]);
    assertEquals(found.history.map(({ action, actor, note }) => [action, actor, note]), [
      ["reopened", "operator", "not yet"],
      ["resolved", "operator", ""],
      ["opened", "holdfast", ""],
    ]);
  });

  test("verbs answer null for an error that is not there", async (store) => {
    assertEquals(await store.change(["nobody"], { action: "resolve" }), []);
    assertEquals(await store.change(["nobody"], { action: "reopen" }), []);
    assertEquals(await store.change(["nobody"], { action: "mute" }), []);
    assertEquals(await store.change(["nobody"], { action: "unmute" }), []);
    assertEquals(await store.change(["nobody"], { action: "note", note: "x" }), []);
    assertEquals(await store.remove("nobody"), null);
    assertEquals(await store.split("nobody", { variant: "x" }), null);
    assertEquals(await store.merge("nobody", { into: "nobody" }), null);
    assertEquals(await store.change(["nobody"], { action: "resolve" }), []);
    assertEquals(await store.change([], { action: "mute" }), []);
  });

  test("a batch of 5,000 entries is stored whole", async (store, source) => {
    const { alerts, ...counts } = await store.write(
      times(5000, (i) => i % 5 === 0 ? source.failure(`k${i % 25}`) : source.log()),
    );
    assertEquals(counts, { stored: 5000, duplicates: 0 });
    assertEquals(alerts.map(({ error }) => error.count), [200, 200, 200, 200, 200]);
    assertEquals((await store.health()).logs, 5000);
    assertEquals((await walkLogs(store, { limit: 100 })).length, 5000);
  });

  test("thousands of records of one millisecond are all kept", async (store, source) => {
    const time = new Date().toISOString();
    await store.write(times(2500, () => source.log({ time })));
    await store.write(times(2500, () => source.log({ time })));
    assertEquals(new Set((await walkLogs(store, { limit: 100 })).map(({ seq }) => seq)).size, 5000);
  });

  test("logs are listed by time, whatever the order of arrival", async (store) => {
    const old = new Source(Date.now() - HOUR_MS);
    const recent = new Source();
    const entries = [recent.log(), old.log(), recent.log(), old.log()];
    await store.write(entries.slice(0, 2));
    await store.write(entries.slice(2));
    const wanted = entries.map(({ record }) => record.time).sort().reverse();
    assertEquals((await store.listLogs({ limit: 10 })).items.map(({ time }) => time), wanted);
  });

  test(
    "pages of logs hold every row once, even when rows arrive between them",
    async (store, source) => {
      await store.write(times(250, () => source.log()));
      const seen: number[] = [];
      let cursor: string | undefined;
      do {
        const page: LogPage = await store.listLogs({
          limit: 40,
          ...(cursor && { cursor }),
        });
        seen.push(...page.items.map(({ seq }) => seq));
        await store.write([source.log()]);
        cursor = page.next ?? undefined;
      } while (cursor !== undefined);
      assertEquals(seen, times(250, (i) => 250 - i));
    },
  );

  for (const sort of ["last_seen", "first_seen", "count"] as const) {
    test(`pages of errors by ${sort} hold every row once`, async (store, source) => {
      // Equal counts, so that the order among equals is tested too.
      await store.write(times(90, (i) => source.failure(`k${i % 45}`)));
      const ids: string[] = [];
      const values: (string | number)[] = [];
      let cursor: string | undefined;
      do {
        const page = await store.listErrors({ sort, limit: 10, ...(cursor && { cursor }) });
        ids.push(...page.items.map(({ id }) => id));
        values.push(...page.items.map((error) => error[sort]));
        cursor = page.next ?? undefined;
      } while (cursor !== undefined);
      assertEquals(ids.length, 45);
      assertEquals(new Set(ids).size, 45);
      assertEquals(values, [...values].sort().reverse());
    });
  }

  test("errors that are new between two pages change neither", async (store, source) => {
    await store.write(times(20, (i) => source.failure(`k${i}`)));
    const first = await store.listErrors({ limit: 15 });
    await store.write([source.failure("new")]);
    const second = await store.listErrors({ limit: 15, cursor: first.next! });
    assertEquals([...first.items, ...second.items].map(({ message }) => message), [
      ...times(20, (i) => `broken k${19 - i}`),
    ]);
    assertEquals(second.next, null);
  });

  test("occurrences of an error are paged, the newest first", async (store, source) => {
    const entries = times(25, () => source.failure("a"));
    const { alerts } = await store.write([...entries, source.failure("other")]);
    const id = alerts[0]!.error.id;
    const first = await store.occurrences(id, { limit: 20 });
    const second = await store.occurrences(id, { limit: 20, cursor: first.next! });
    assertEquals([first.total, second.next], [25, null]);
    assertEquals(
      [...first.items, ...second.items].map(({ error_id }) => error_id),
      entries.map(({ record }) => record.error_id!).reverse(),
    );
  });

  test("the page around an occurrence has it in its middle", async (store, source) => {
    const entries = times(25, () => source.failure("a"));
    const { alerts } = await store.write([...entries, source.failure("other")]);
    const id = alerts[0]!.error.id;
    const ids = entries.map(({ record }) => record.error_id!).reverse();
    const pageAround = async (around: string, cursor?: string) => {
      const page = await store.occurrences(id, { limit: 10, around, ...(cursor && { cursor }) });
      return { shown: page.items.map(({ error_id }) => error_id), next: page.next };
    };
    const middle = await pageAround(ids[12]!);
    assertEquals(middle.shown, ids.slice(8, 18));
    assertEquals((await pageAround(ids[12]!, middle.next!)).shown, ids.slice(18));
    assertEquals((await pageAround(ids[2]!)).shown, ids.slice(0, 10));
    assertEquals(await pageAround(ids[24]!), { shown: ids.slice(20), next: null });
    for (const unknown of ["nobody", alerts[1]!.error.last_error_id, "\0"]) {
      assertEquals((await pageAround(unknown)).shown, ids.slice(0, 10));
    }
    const timesAround = async (around?: string) => {
      const { items, ...rest } = await store.occurrenceTimes(id, {
        limit: 10,
        ...(around !== undefined && { around }),
      });
      return { shown: items.map(({ error_id }) => error_id), ...rest };
    };
    assertEquals(await timesAround(), { shown: ids.slice(0, 10), newer: 0, total: 25 });
    assertEquals(await timesAround(ids[2]), { shown: ids.slice(0, 10), newer: 0, total: 25 });
    assertEquals(await timesAround(ids[12]), { shown: ids.slice(8, 18), newer: 8, total: 25 });
    assertEquals(await timesAround(ids[24]), { shown: ids.slice(20), newer: 20, total: 25 });
    const [newest] = (await store.occurrenceTimes(id, { limit: 1 })).items;
    assertEquals(newest!.time, entries.at(-1)!.record.time);
    assertEquals(await store.occurrenceTimes("\0", { limit: 1 }), {
      items: [],
      newer: 0,
      total: 0,
    });
  });

  test("a cursor that is not ours, or of another list, is refused", async (store, source) => {
    await store.write(times(4, (i) => source.failure(`k${i}`)));
    const ofLogs = (await store.listLogs({ limit: 1 })).next!;
    const ofErrors = (await store.listErrors({ limit: 1 })).next!;
    for (const cursor of ["", "x", "ä", "MTIz", ofErrors, `${ofLogs}x`, "A".repeat(10_000)]) {
      await assertRejects(() => store.listLogs({ limit: 1, cursor }), BadCursor, "cursor");
    }
    await assertRejects(() => store.listErrors({ limit: 1, cursor: ofLogs }), BadCursor);
    await assertRejects(
      () => store.listErrors({ limit: 1, sort: "count", cursor: ofErrors }),
      BadCursor,
    );
    await assertRejects(() => store.occurrences("nobody", { limit: 1, cursor: "x" }), BadCursor);
  });

  test("a total stops counting where it says", async (store, source) => {
    for (let i = 0; i < 3; i++) await store.write(times(4000, () => source.log()));
    assertEquals((await store.listLogs({ limit: 1 })).total, MAX_TOTAL);
    // To count words means to read: it is known, or not.
    const { total } = await store.listLogs({ limit: 1, q: "GET" });
    assertEquals([null, MAX_TOTAL].includes(total), true);
    assertEquals((await store.health()).logs, 12_000);
  });

  test("logs are filtered by service, route, level, request and time", async (store, source) => {
    const start = Date.now();
    const entries = [
      source.log({ svc_name: "/home", route: "/a", severity: 10, time: iso(start) }),
      source.log({ svc_name: "/Home", route: "/a", severity: 20, time: iso(start + 1) }),
      source.log({ svc_name: "home", route: "/b", severity: 30, time: iso(start + 2) }),
      source.failure("k", { svc_name: "pay ö", route: "/b/:id", time: iso(start + 3) }),
    ];
    await store.write(entries);
    const seqs = async (query: Omit<Parameters<Store["listLogs"]>[0], "limit">) =>
      (await store.listLogs({ ...query, limit: 100 })).items.map(({ seq }) => seq);
    assertEquals(await seqs({}), [4, 3, 2, 1]);
    assertEquals(await seqs({ svc_name: "/home" }), [1]);
    assertEquals(await seqs({ svc_name: "home" }), [3]);
    assertEquals(await seqs({ svc_name: "pay ö" }), [4]);
    assertEquals(await seqs({ svc_name: "pay" }), []);
    assertEquals(await seqs({ route: "/a" }), [2, 1]);
    assertEquals(await seqs({ route: "/b" }), [3]);
    assertEquals(await seqs({ level: "DEBUG" }), [4, 3, 2, 1]);
    assertEquals(await seqs({ level: "INFO" }), [4, 3, 2]);
    assertEquals(await seqs({ level: "WARN" }), [4, 3]);
    assertEquals(await seqs({ level: "CRITICAL" }), []);
    assertEquals(await seqs({ request_id: entries[1]!.record.request_id! }), [2]);
    assertEquals(await seqs({ since: start + 1, until: start + 3 }), [3, 2]);
    assertEquals(await seqs({ route: "/b", level: "WARN", since: start + 3 }), []);
    assertEquals((await store.listLogs({ limit: 1, since: start + 1, until: start + 3 })).total, 2);
  });

  test("errors are filtered by state, service, route, level and release", async (store, source) => {
    const a = await openError(store, source.failure("a", { svc_name: "/a", release: "1" }));
    const b = await openError(store, source.failure("b", { route: "/b", release: "2" }));
    const c = await openError(store, source.failure("c", { severity: 50, release: "2" }));
    await store.write([source.failure("a", { svc_name: "/a", release: "3" })]);
    await store.change([b], { action: "resolve" });
    await store.change([c], { action: "mute" });
    const ids = async (query: Omit<Parameters<Store["listErrors"]>[0], "limit">) =>
      (await store.listErrors({ ...query, limit: 100 })).items.map(({ id }) => id);
    assertEquals(await ids({}), [a, c, b]);
    assertEquals(await ids({ sort: "first_seen" }), [c, b, a]);
    assertEquals(await ids({ state: "open" }), [a]);
    assertEquals(await ids({ state: "resolved" }), [b]);
    assertEquals(await ids({ state: "muted" }), [c]);
    assertEquals(await ids({ svc_name: "/a" }), [a]);
    assertEquals(await ids({ route: "/b" }), [b]);
    assertEquals(await ids({ level: "CRITICAL" }), [c]);
    assertEquals(await ids({ release: "1" }), [a]);
    assertEquals(await ids({ release: "2" }), [c, b]);
    assertEquals(await ids({ release: "3" }), [a]);
    assertEquals(await ids({ first_release: "2" }), [c, b]);
    assertEquals(await ids({ first_release: "3" }), []);
    assertEquals(await ids({ state: "open", q: "broken" }), [a]);
  });

  test("errors are found that are new since a release of their service", async (store, source) => {
    const first = (key: string, svc_name: string, release?: string) =>
      source.failure(key, { svc_name, ...(release !== undefined && { release }) });
    for (
      const entry of [
        ...["1.9", "1.10", "v1.9.1", "1.8"].map((release) => first(release, "shop", release)),
        ...["spring", "1.9", "autumn"].map((release) => first(`till ${release}`, "till", release)),
        first("none", "shop"),
      ]
    ) await store.write([entry]);
    // That it happens again later, in another release, does not make it newer.
    await store.write([first("1.8", "shop", "2.0")]);
    const found = async (filters: Partial<Parameters<Store["listErrors"]>[0]>) => {
      const { items, total } = await store.listErrors({ ...filters, limit: 10 });
      assertEquals(total, items.length);
      return items.map(({ message }) => message.slice("broken ".length)).sort();
    };
    const ofShop = ["1.10", "1.9", "v1.9.1"];
    assertEquals(await found({ new_since: "1.9", svc_name: "shop" }), ofShop);
    assertEquals(await found({ new_since: "1.9" }), [...ofShop, "till 1.9", "till autumn"].sort());
    assertEquals(await found({ new_since: "spring", state: "open" }), [
      ...["till 1.9", "till autumn", "till spring"],
    ]);
    assertEquals(await found({ new_since: "2.0" }), []);
    assertEquals(await found({ new_since: "never seen" }), []);
    assertEquals(await found({ new_since: "1.9", q: "1.10" }), ["1.10"]);
  });

  test("errors are filtered by when they happened", async (store, source) => {
    const hour = (Math.floor(Date.now() / HOUR_MS) - 10) * HOUR_MS;
    const at = (key: string, ...times: number[]) =>
      times.map((time) => source.failure(key, { time: new Date(hour + time).toISOString() }));
    await store.write([
      ...at("a", 0),
      ...at("b", 0, HOUR_MS * 2 + 5, HOUR_MS * 4),
      ...at("c", HOUR_MS * 4),
      ...at("d", 0, HOUR_MS * 4),
    ]);
    const found = async (from?: number, before?: number) => {
      const filters = {
        ...(from !== undefined && { since: hour + from }),
        ...(before !== undefined && { until: hour + before }),
      };
      const { items, total } = await store.listErrors({ ...filters, limit: 10 });
      assertEquals([total, (await store.stateCounts(filters)).open], [items.length, items.length]);
      return items.map(({ message }) => message.slice("broken ".length)).sort().join("");
    };
    assertEquals(await found(HOUR_MS * 4), "bcd");
    assertEquals(await found(HOUR_MS * 4 + 1), "");
    assertEquals(await found(undefined, 1), "abd");
    assertEquals(await found(undefined, 0), "");
    assertEquals(await found(1, HOUR_MS), "bd", "the range touches their hour");
    assertEquals(await found(HOUR_MS * 2 + 10, HOUR_MS * 2 + 20), "b");
    assertEquals(await found(HOUR_MS, HOUR_MS * 2), "");
    assertEquals(await found(HOUR_MS * 3, HOUR_MS * 5), "bcd");
    assertEquals(await found(HOUR_MS * 5, 0), "");
  });

  test("a search finds the words of a record wherever they stand", async (store, source) => {
    const entry = source.failure("a", {
      message: "GET /carts failed",
      path: "/carts/42?coupon=SUMMER",
      input: { basket: ["melon\nseeds"] },
      output: { content: "[Error] TypeError: nothing in the fridge" },
      attrs: { customer: { city: "Zürich" } },
      environment: "staging",
      user: { id: "u-4711", email: "ana@shop.example" },
      tags: { region: "eu-west" },
      error: {
        type: "TypeError",
        code: "ECONNREFUSED",
        message: "cannot read foo-bar",
        stack: "TypeError: x\n    at async fetchPrices (file:///app/modules/prices.ts:3:4)",
        cause: { type: "RangeError", message: "too deep" },
      },
    });
    await store.write([entry, source.failure("b"), source.log()]);
    const hits = [
      "carts",
      "SUMMER",
      "summer",
      "melon",
      "seeds",
      "fridge",
      "Zürich",
      "zurich",
      "ECONNREFUSED",
      "staging",
      "4711",
      "ana@shop.example",
      "eu-west",
      "foo-bar",
      "fetchPrices",
      "prices.ts",
      "RangeError deep",
      "deep carts melon",
      "cannot rea",
      entry.record.error_id!,
      entry.record.request_id!,
    ];
    for (const q of hits) {
      const logs = await store.listLogs({ q, limit: 10 });
      assertEquals(logs.items.map(({ seq }) => seq), [1], `logs: ${q}`);
      const errors = await store.listErrors({ q, limit: 10 });
      assertEquals(errors.items.map(({ message }) => message), ["cannot read foo-bar"], q);
      assertEquals([logs.total, errors.total], [1, 1]);
    }
    for (const q of ["melon pear", "fetchPric es", "nowhere", "***", "\u{1F4A5}"]) {
      assertEquals((await store.listLogs({ q, limit: 10 })).items, [], q);
      assertEquals((await store.listErrors({ q, limit: 10 })).items, [], q);
    }
    const id = (await store.error(entry.record.error_id!))!.id;
    assertEquals((await store.listErrors({ q: id, limit: 10 })).items[0]!.id, id);
  });

  test("an empty search filters nothing", async (store, source) => {
    await store.write([source.failure("a"), source.log()]);
    for (const q of ["", " ", "\n\t"]) {
      assertEquals((await store.listLogs({ q, limit: 10 })).total, 2);
      assertEquals((await store.listErrors({ q, limit: 10 })).total, 1);
    }
  });

  test("no search text is an error", async (store, source) => {
    await store.write([source.failure("a"), source.log()]);
    const hostile = [
      '"',
      '""',
      '"unclosed',
      "'; drop table logs; --",
      "NEAR(a b)",
      "a NEAR b",
      "AND",
      "NOT a OR",
      "words:a",
      "^a",
      "a*",
      "*a",
      "(((",
      "-a",
      "a\0b",
      "\ud800",
      "%_\\",
      "💥 a",
      "失败",
      "a ".repeat(5000),
      "a".repeat(10_000),
      "a-".repeat(5000),
      "&|!<->:*",
    ];
    const search = async (q: string) => {
      await store.listLogs({ q, limit: 5 });
      await store.listErrors({ q, limit: 5 });
      await store.receipt(q);
      await store.error(q);
      await store.listLogs({ request_id: q, svc_name: q, route: q, limit: 5 });
      await store.listErrors({ svc_name: q, route: q, release: q, limit: 5 });
    };
    for (const q of hostile) await search(q);
    await fc.assert(fc.asyncProperty(fc.string({ unit: "binary" }), search), { numRuns: 200 });
  });

  test("records are found by the trace they belong to", async (store, source) => {
    const traces = ["0af7651916cd43dd8448eb211c80319c", "1e5".padEnd(32, "0"), "7".repeat(32)];
    await store.write(
      traces.map((trace_id) => source.log({ trace_id, span_id: "b7ad6b7169203331" })),
    );
    for (const trace_id of traces) {
      const { items } = await store.listLogs({ q: trace_id, limit: 5 });
      assertEquals(items.map((record) => record.trace_id), [trace_id]);
    }
  });

  test("nothing that is logged can pass for a service or a level", async (store, source) => {
    await store.write([source.log({ svc_name: "/pay", severity: 40 })]);
    // Whatever a store may use inside its index to mark whole values: all of the private-use area.
    const forged = times(256, (i) => String.fromCharCode(0xe000 + i)).join("svc_name=/pay");
    await store.write([source.log({ message: `svc_name=/pay level=ERROR ${forged}` })]);
    assertEquals((await store.listLogs({ svc_name: "/pay", limit: 5 })).total, 1);
    assertEquals((await store.listLogs({ level: "ERROR", limit: 5 })).total, 1);
  });

  test("any text can be stored: NUL, lone surrogates, controls", async (store, source) => {
    const bad = "a\0b\ud800c\u001b[31m\u2028";
    const { alerts } = await store.write([
      source.failure("a", {
        message: bad,
        svc_name: bad,
        route: bad,
        release: bad,
        input: { [bad]: bad },
        error: { type: bad, message: bad, stack: bad },
      }, { key: bad, type: bad, title: bad, masked: bad, location: bad, parts: [bad] }),
    ]);
    const { id } = alerts[0]!.error;
    const again = await store.write([source.failure("x", { boot_id: bad }, { key: bad })]);
    assertEquals(again.alerts, []);
    await store.change([id], { action: "resolve", release: bad, note: bad });
    const found = (await store.error(id))!;
    assertEquals([found.state, found.count], ["resolved", 2]);
    assertEquals(found.type.startsWith("a") && found.type.includes("c"), true);
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: "binary" }), async (text) => {
        const { stored } = await store.write([
          source.log({ message: text, input: text, attrs: { [text]: text } }),
        ]);
        assertEquals(stored, 1);
      }),
      { numRuns: 100 },
    );
  });

  test("variants of the message are counted, the most frequent first", async (store, source) => {
    const message = (text: string) => ({ error: { type: "E", message: text } });
    const { alerts } = await store.write([
      source.failure("a", message("id 1 gone")),
      source.failure("a", message("id 2 gone")),
      source.failure("a", message("no such id")),
    ]);
    await store.write([source.failure("a", message("id 3 gone"))]);
    assertEquals((await store.error(alerts[0]!.error.id))!.variants, [
      { message: "id <n> gone", count: 3 },
      { message: "no such id", count: 1 },
    ]);
  });

  test(
    "a flood of different messages leaves the count exact and the variants few",
    async (store, source) => {
      const { alerts } = await store.write(
        times(1000, (i) => source.failure("a", {}, { masked: `${i} is unique` })),
      );
      const found = (await store.error(alerts[0]!.error.id))!;
      assertEquals([found.count, found.variants.length], [1000, 20]);
    },
  );

  test("the trend counts the last 24 hours", async (store) => {
    const now = Date.now();
    const ago = (hours: number) => new Source(now - hours * HOUR_MS).failure("a");
    const { alerts } = await store.write([ago(0), ago(1), ago(1), ago(23), ago(24), ago(200)]);
    const { trend } = (await store.error(alerts[0]!.error.id))!;
    assertEquals(trend.length, 24);
    // The hour may turn while the test runs: then everything has moved by one place.
    assertEquals([4, 3].includes(trend.reduce((sum, count) => sum + count, 0)), true);
    assertEquals(trend.indexOf(2) >= 21, true);
  });

  test(
    "per error the newest occurrences are kept and the count stays exact",
    async (store, source) => {
      const entries = times(30, () => source.failure("a"));
      const { alerts } = await store.write([...entries, source.failure("b")]);
      const id = alerts[0]!.error.id;
      await sweepAll(store, { ...PLENTY, keepOccurrences: 7 });
      const kept = await store.occurrences(id, { limit: 100 });
      assertEquals(kept.total, 7);
      assertEquals(kept.items.map(({ record }) => record.seq), times(7, (i) => 30 - i));
      assertEquals((await store.error(id))!.count, 30);
      await store.write([...entries, source.failure("a")]);
      assertEquals((await store.error(id))!.count, 31);
      const pruned = entries[0]!.record;
      assertEquals(await store.occurrence(pruned.error_id!), null);
      assertEquals((await store.receipt(pruned.error_id!))!.occurred_at, pruned.time);
      assertEquals((await store.error(pruned.error_id!))!.id, id);
    },
  );

  test("what is too old goes; an open error keeps its newest occurrence", async (store, source) => {
    const old = new Source(Date.now() - 100 * DAY_MS);
    const aged = times(3, () => old.failure("a"));
    const { alerts } = await store.write([...aged, ...times(600, () => old.log()), source.log()]);
    const id = alerts[0]!.error.id;
    assertEquals(await sweepAll(store, PLENTY) >= 605, true);
    assertEquals((await store.health()).logs, 1);
    assertEquals((await store.listLogs({ limit: 10 })).total, 1);
    assertEquals((await store.listLogs({ q: "GET", limit: 10 })).total, 1);
    assertEquals((await store.error(id))!.count, 3);
    assertEquals(
      (await store.occurrences(id, { limit: 10 })).items.map(({ error_id }) => error_id),
      [
        aged[2]!.record.error_id!,
      ],
    );
    assertEquals((await store.listErrors({ q: "broken", limit: 10 })).total, 1);
  });

  test("a resolved error goes when it has been silent for long, a muted one stays", async (store) => {
    const now = Date.now();
    const source = new Source(now);
    const mended = await openError(store, source.failure("a"));
    const muted = await openError(store, source.failure("b"));
    await store.change([mended], { action: "resolve" });
    await store.change([muted], { action: "mute" });
    await sweepAll(store, PLENTY, now + 89 * DAY_MS);
    assertEquals((await store.error(mended))!.state, "resolved");
    await sweepAll(store, PLENTY, now + 91 * DAY_MS);
    assertEquals(await store.error(mended), null);
    assertEquals((await store.error(muted))!.state, "muted");
    assertEquals((await store.listErrors({ limit: 10 })).total, 1);
    // And when it happens once more, it is new.
    const { alerts } = await store.write([source.failure("a")]);
    assertEquals(alerts.map(({ kind }) => kind), ["new"]);
  });

  storeTrafficContract(test);
  storeFixingContract(test);
  storeMomentsContract(test);
  storeVerbsContract(test);
  storeManyContract(test);
  storeSearchContract(test);
  storeOwnContract(test);
  storeAlertsContract(test);
  storeTimesContract(test);
  storeEventsContract(test);
  storeFacetsContract(test);
  storeTailContract(test);
  storeKeysContract(test);
  storeMapsContract(test);
  storeBoundsContract(test);

  test("a store that is too large loses its oldest logs first", async (store, source) => {
    const filler = () => times(60, () => crypto.randomUUID()).join();
    const failure = source.failure("a");
    await store.write([failure]);
    for (let i = 0; i < 4; i++) {
      await store.write(times(1000, () => source.log({ attrs: { filler: filler() } })));
    }
    const before = await store.health();
    await sweepAll(store, { ...PLENTY, maxMegabytes: 4 });
    const after = await store.health();
    assertEquals(after.logs > 500 && after.logs < before.logs - 1000, true);
    const kept = await walkLogs(store, { limit: 100 });
    assertEquals(kept.map(({ seq }) => seq), times(after.logs, (i) => 4001 - i));
    assertEquals((await store.occurrence(failure.record.error_id!))!.record, failure.record);
  });
}

function pick({ stored, duplicates }: { stored: number; duplicates: number }) {
  return { stored, duplicates };
}

function iso(timeMs: number): string {
  return new Date(timeMs).toISOString();
}

async function openError(store: Store, entry: Parameters<Store["write"]>[0][number]) {
  const { alerts } = await store.write([entry]);
  return alerts[0]!.error.id;
}

async function walkLogs(
  store: Store,
  query: Parameters<Store["listLogs"]>[0],
): Promise<LogRecord[]> {
  const all: LogRecord[] = [];
  let page = await store.listLogs(query);
  all.push(...page.items);
  while (page.next !== null) {
    page = await store.listLogs({ ...query, cursor: page.next });
    all.push(...page.items);
  }
  return all;
}

/** Steps until there is nothing more to do; says how much was removed. */
async function sweepAll(
  store: Store,
  limits: Parameters<Store["sweep"]>[0],
  now: number = Date.now(),
): Promise<number> {
  let removed = 0;
  for (let steps = 0; steps < 1000; steps++) {
    const step = await store.sweep(limits, now);
    removed += step.removed;
    if (!step.more) return removed;
  }
  throw new Error("The sweep does not end");
}
