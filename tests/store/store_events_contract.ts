/**
 * What every store promises of events that have an id of their client.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import type { LogRecord } from "../../store/record.ts";
import type { Store } from "../../store/store.ts";
import { times } from "./entries.ts";
import type { StoreTest } from "./store_contract.ts";

const EVENT = "0d1f6a3c9b8e4f7a8c2d5e6f7a8b9c0d";
const DASHED = "0D1F6A3C-9B8E-4F7A-8C2D-5E6F7A8B9C0D";
const DAY_MS = 24 * 60 * 60 * 1000;
const PLENTY = { days: 90, keepOccurrences: 100, maxMegabytes: 1024 };

/** Adds the tests of events to a store's contract. */
export function storeEventsContract(test: StoreTest): void {
  test("an event that a client sends twice is one occurrence", async (store, source) => {
    const parts: Partial<LogRecord> = { svc_name: "shop", event_id: EVENT };
    await store.write([source.failure("a", parts)]);
    const again = await store.write([source.failure("a", parts), source.log()]);
    assertEquals([again.stored, again.duplicates], [2, 1]);
    const other = { ...parts, event_id: "1".repeat(32) };
    const twins = await store.write([source.failure("a", other), source.failure("a", other)]);
    assertEquals([twins.stored, twins.duplicates], [2, 1]);
    const { items } = await store.listErrors({ limit: 10 });
    assertEquals(items.map(({ count }) => count), [2]);
    assertEquals((await store.listLogs({ limit: 10 })).total, 3);
  });

  test("an event whose occurrence was pruned is not stored again", async (store, source) => {
    const parts: Partial<LogRecord> = { svc_name: "shop", event_id: EVENT };
    await store.write([source.failure("a", parts)]);
    await store.write(times(5, () => source.failure("a")));
    await sweepAll(store, { ...PLENTY, keepOccurrences: 2 });
    assertEquals((await store.write([source.failure("a", parts)])).duplicates, 1);
    assertEquals((await store.listErrors({ limit: 1 })).items[0]!.count, 6);
  });

  test("a record below ERROR that a client sends twice is stored once", async (store, source) => {
    const parts: Partial<LogRecord> = { svc_name: "shop", event_id: EVENT };
    await store.write([source.log(parts)]);
    assertEquals((await store.write([source.log(parts)])).duplicates, 1);
    assertEquals((await store.listLogs({ limit: 10 })).total, 1);
  });

  test("a record whose client knows no ids is stored each time", async (store, source) => {
    const parts: Partial<LogRecord> = { svc_name: "shop", event_id: "0".repeat(32) };
    await store.write([source.failure("a", parts), source.failure("a", parts)]);
    assertEquals((await store.listErrors({ limit: 1 })).items[0]!.count, 2);
  });

  test(
    "an occurrence is found by its event's id, with dashes and without",
    async (store, source) => {
      const entry = source.failure("a", { svc_name: "shop", event_id: EVENT });
      await store.write([entry, source.failure("b")]);
      const id = entry.record.error_id!;
      for (const given of [EVENT, DASHED, EVENT.toUpperCase()]) {
        assertEquals((await store.receipt(given))?.error_id, id);
        assertEquals((await store.occurrence(given))?.error_id, id);
        assertEquals((await store.error(given))?.message, "broken a");
        const found = await store.listErrors({ q: given.toLowerCase(), limit: 10 });
        assertEquals(found.items.map(({ message }) => message), ["broken a"]);
      }
      assertEquals((await store.listLogs({ q: EVENT, limit: 10 })).items, [entry.record]);
      assertEquals(await store.receipt("f".repeat(32)), null);
    },
  );

  test("a pruned occurrence's event still leads to its error", async (store, source) => {
    const entry = source.failure("a", { svc_name: "shop", event_id: EVENT });
    await store.write([entry]);
    await store.write(times(5, () => source.failure("a")));
    await sweepAll(store, { ...PLENTY, keepOccurrences: 2 });
    assertEquals(await store.occurrence(EVENT), null);
    assertEquals((await store.receipt(DASHED))?.error_id, entry.record.error_id);
    assertEquals((await store.error(EVENT))?.count, 6);
  });

  test(
    "an id that another service sends too neither hides nor answers for the first",
    async (store, source) => {
      const first = source.failure("a", { svc_name: "shop", event_id: EVENT });
      const second = source.failure("b", { svc_name: "forger", event_id: EVENT });
      await store.write([first]);
      assertEquals((await store.write([second])).duplicates, 0);
      assertEquals((await store.receipt(EVENT))?.error_id, first.record.error_id);
      assertEquals((await store.occurrence(EVENT))?.record, first.record);
      // Not even when the first one's occurrence is gone, as long as its log is kept.
      await store.write(times(5, () => source.failure("a")));
      await sweepAll(store, { ...PLENTY, keepOccurrences: 2 });
      assertEquals((await store.receipt(EVENT))?.error_id, first.record.error_id);
      assertEquals(await store.occurrence(EVENT), null);
      // An id of ours is no event's first.
      const ours = first.record.error_id!;
      await store.write([
        source.failure("b", { svc_name: "forger", event_id: ours.replaceAll("-", "") }),
      ]);
      assertEquals((await store.error(ours))?.message, "broken a");
    },
  );

  test(
    "an event keeps its id when its error is merged, and loses it when removed",
    async (store, source) => {
      const entry = source.failure("a", { svc_name: "shop", event_id: EVENT });
      await store.write([entry]);
      await store.write([source.failure("b")]);
      const [b, a] = (await store.listErrors({ limit: 10 })).items;
      await store.merge(a!.id, { into: b!.id });
      assertEquals((await store.occurrence(EVENT))?.error, b!.id);
      await store.remove(b!.id);
      assertEquals(await store.occurrence(EVENT), null);
    },
  );

  test("what a person writes about an event is a note on its error", async (store, source) => {
    await store.write([source.failure("a", { svc_name: "shop", event_id: EVENT })]);
    const note = { svc_name: "shop", event_id: DASHED, text: "It broke.", author: "Ada" };
    assertEquals(await store.noteFeedback(note), true);
    // From a journal, once more.
    assertEquals(await store.noteFeedback(note), true);
    assertEquals(await notesOf(store, EVENT), [["user feedback: Ada", "It broke."]]);
    assertEquals(await store.noteFeedback({ ...note, text: " " }), false);
    assertEquals(await store.noteFeedback({ ...note, event_id: "none" }), false);
  });

  test("a note about an event that has not come waits for it", async (store, source) => {
    await store.noteFeedback({ svc_name: "shop", event_id: EVENT, text: "early" });
    await store.noteFeedback({ svc_name: "shop", event_id: "2".repeat(32), text: "too early" });
    await store.noteFeedback({ svc_name: "forger", event_id: EVENT, text: "not mine" });
    await store.write([source.failure("a", { svc_name: "shop", event_id: EVENT })]);
    assertEquals(await notesOf(store, EVENT), [["user feedback", "early"]]);
    await store.sweep(PLENTY, Date.now() + 2 * DAY_MS);
    await store.write([source.failure("a", { svc_name: "shop", event_id: "2".repeat(32) })]);
    assertEquals(await notesOf(store, EVENT), [["user feedback", "early"]]);
  });

  test("an error takes so many notes of strangers and no more", async (store, source) => {
    await store.write([source.failure("a", { svc_name: "shop", event_id: EVENT })]);
    for (let i = 0; i < 60; i++) {
      await store.noteFeedback({ svc_name: "shop", event_id: EVENT, text: `note ${i}` });
    }
    assertEquals((await notesOf(store, EVENT)).length, 50);
  });
}

async function sweepAll(store: Store, limits: typeof PLENTY): Promise<void> {
  while ((await store.sweep(limits, Date.now())).more);
}

async function notesOf(store: Store, id: string): Promise<string[][]> {
  const { history } = (await store.error(id))!;
  const notes = history.filter(({ action }) => action === "noted");
  const { error_id } = (await store.occurrence(id))!.record;
  assertEquals(notes.filter(({ occurrence }) => occurrence !== error_id), []);
  return notes.map(({ actor, note }) => [actor, note]);
}
