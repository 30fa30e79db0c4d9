/**
 * What every store promises of changing all errors that match, and of taking it back.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import type { Changed, Store } from "../../store/store.ts";
import { times } from "./entries.ts";
import type { StoreTest } from "./store_contract.ts";

const MANY = 600;

/** Adds the tests to a suite. */
export function storeManyContract(test: StoreTest): void {
  test("all errors that match are changed, and no others", async (store, source) => {
    await store.write(times(MANY, (i) =>
      source.failure(`k${i}`, {
        svc_name: i % 2 === 0 ? "shop" : "post",
        error: { type: "E", message: i < 100 ? "late train" : "no train" },
        environment: i % 3 === 0 ? "live" : "test",
      })));
    const [first] = (await store.listErrors({ limit: 1, svc_name: "post" })).items;
    await store.change([first!.id], { action: "mute" });
    const shop = { svc_name: "shop", state: "open", q: "no train", environment: "live" } as const;
    const wanted = times(MANY, (i) => i).filter((i) => i % 6 === 0 && i >= 100).length;
    const resolved = await store.changeAll(shop, { action: "resolve", note: "gone", by: "ana" });
    assertEquals(counted(resolved), { count: wanted, more: false });
    assertEquals(await store.stateCounts(), {
      open: MANY - wanted - 1,
      muted: 1,
      resolved: wanted,
    });
    const { items } = await store.listErrors({ state: "resolved", limit: 100 });
    for (const { svc_name, resolved_at } of items) {
      assertEquals([svc_name, resolved_at], ["shop", resolved.at]);
    }
    const [entry] = (await store.error(items[0]!.id))!.history;
    assertEquals([entry!.action, entry!.actor, entry!.note], ["resolved", "ana", "gone"]);
    // What is so already is not counted, and the moment of its change stays.
    const again = await store.changeAll({ q: "train" }, { action: "resolve" });
    assertEquals(counted(again), { count: MANY - wanted, more: false });
    assertEquals(await store.stateCounts(), { open: 0, muted: 0, resolved: MANY });
    assertEquals((await store.error(items[0]!.id))!.resolved_at, resolved.at);
  });

  test(
    "what is taken back is what was done at that moment, and has not changed since",
    async (store, source) => {
      const entries = times(6, (i) => source.failure(`k${i}`, { svc_name: `s${i}` }));
      await store.write(entries);
      const ids = await idsOf(store);
      await store.change([ids[0]!], { action: "resolve" });
      await store.change([ids[5]!], { action: "mute" });
      const at = Date.now() - 60_000;
      const { at: when } = await store.changeAll({ state: "open" }, { action: "resolve" }, { at });
      assertEquals(when, new Date(at).toISOString());
      // One comes back, one is opened by somebody, one is resolved in another way.
      await store.write([source.failure("k1", { time: new Date().toISOString() })]);
      await store.change([ids[2]!], { action: "reopen" });
      await store.change([ids[3]!], { action: "resolve", next: true });
      const undone = await store.undo({ what: "resolve", at, by: "ben" });
      assertEquals(counted(undone), { count: 1, more: false });
      const states = await Promise.all(ids.map(async (id) => (await store.error(id))!.state));
      assertEquals(states, ["resolved", "open", "open", "resolved", "open", "muted"]);
      const [entry] = (await store.error(ids[4]!))!.history;
      assertEquals([entry!.action, entry!.actor], ["reopened", "ben"]);
      assertEquals((await store.undo({ what: "resolve", at })).count, 0);
      assertEquals((await store.undo({ what: "mute", at })).count, 0);
    },
  );

  test(
    "a mute of some errors is taken back, and the mutes before it stay",
    async (store, source) => {
      await store.write(times(4, (i) => source.failure(`k${i}`, { svc_name: `s${i}` })));
      const ids = await idsOf(store);
      await store.change([ids[0]!], { action: "mute", more: 5 });
      const some = { ids: [...ids.slice(0, 3), ids[1]!, "nobody", "\0"] };
      const at = Date.now() - 60_000;
      const muted = await store.changeAll(some, { action: "mute", more: 5 }, { at });
      assertEquals(counted(muted), { count: 2, more: false });
      assertEquals(await store.stateCounts(), { open: 1, muted: 3, resolved: 0 });
      assertEquals((await store.undo({ what: "mute", at })).count, 2);
      assertEquals(await store.stateCounts(), { open: 3, muted: 1, resolved: 0 });
    },
  );

  test(
    "errors are changed while others happen, and what happens then is not lost",
    async (store, source) => {
      const batch = () => times(MANY, (i) => source.failure(`k${i}`));
      await store.write(batch());
      const at = Date.now() - 60_000;
      const [changed] = await Promise.all([
        store.changeAll({}, { action: "resolve" }, { at }),
        store.changeAll({}, { action: "assign", to: "ana" }),
        store.write(batch()),
        store.write(batch()),
      ]);
      assertEquals(counted(changed), { count: MANY, more: false });
      const { open, resolved } = await store.stateCounts();
      assertEquals(open + resolved, MANY);
      const { items } = await store.listErrors({ limit: 100 });
      for (const { count, assigned_to } of items) assertEquals([count, assigned_to], [3, "ana"]);
      assert((await store.undo({ what: "resolve", at })).count === resolved);
      assertEquals((await store.stateCounts()).open, MANY);
    },
  );
}

function counted({ count, more }: Changed) {
  return { count, more };
}

/** Of the services `s0`, `s1`, … */
async function idsOf(store: Store): Promise<string[]> {
  const { items } = await store.listErrors({ limit: 100 });
  return items.toSorted((a, b) => a.svc_name < b.svc_name ? -1 : 1).map(({ id }) => id);
}
