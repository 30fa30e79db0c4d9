/**
 * What every store promises of keys and of what they bring.
 *
 * @module
 */
import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { newIntakeKey } from "../../store/intake_key.ts";
import { OTHERS } from "../../store/limits.ts";
import { MAX_ROWS_A_SERVICE } from "../../store/keys/counts.ts";
import { digestOfKey } from "../../store/keys/digest.ts";
import { MAX_KEYS } from "../../store/keys/keys.ts";
import { type IntakeCount, type Store, TooManyKeys } from "../../store/store.ts";
import { atTime } from "../helpers/at_time.ts";
import { times } from "./entries.ts";
import type { StoreTest } from "./store_contract.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
const PLENTY = { days: 90, keepOccurrences: 100, maxMegabytes: 1024 };
const COUNT: IntakeCount = {
  service: "shop",
  client: "sentry.python/2.1",
  outcome: "ignored",
  category: "session",
  reason: "",
  quantity: 1,
};

/** The tests; `test` runs one on a store of its own. */
export function storeKeysContract(test: StoreTest): void {
  test("a secret key is known by its digest, a public one by its text", async (store) => {
    const [secret, open] = [newIntakeKey(), newIntakeKey()];
    const made = await store.addKey({ key: secret, service: "shop", by: "ana", note: "the till" });
    await store.addKey({ key: open, service: "web", is_public: true, quota: 7 });
    assertEquals([made.beginning, made.key], [secret.slice(0, 6), null]);
    assertEquals([made.created_by, made.note, made.quota], ["ana", "the till", 10_000]);
    const listed = (await store.listKeys()).sort((a, b) => a.quota - b.quota);
    assertEquals(listed.map(({ key, quota }) => [key, quota]), [[open, 7], [null, 10_000]]);
    const valid = await store.validKeys();
    assertEquals(
      valid.map(({ digest, service, isPublic, quota }) => [digest, service, isPublic, quota])
        .sort(),
      [
        [digestOfKey(secret), "shop", false, 10_000],
        [digestOfKey(open), "web", true, 7],
      ].sort(),
    );
    assert(!JSON.stringify([listed, valid]).includes(secret));
  });

  test("a key without a service stays so, and is public or not by what was said", async (store) => {
    const { id } = await store.addKey({ key: newIntakeKey() });
    const [key] = await store.validKeys();
    assertEquals(key && { ...key, digest: "" }, {
      id,
      digest: "",
      service: undefined,
      isPublic: false,
      quota: 10_000,
    });
  });

  test("a key that is made twice is made once, and does not come back by it", async (store) => {
    const key = newIntakeKey();
    const [one, two] = [await store.addKey({ key }), await store.addKey({ key })];
    assertEquals(one, two);
    await store.revokeKey(one.id, { by: "ben" });
    await store.addKey({ key });
    assertEquals(await store.validKeys(), []);
  });

  test("a revoked key is not valid; the list says since when, and by whom", async (store) => {
    const { id } = await store.addKey({ key: newIntakeKey() });
    const revoked = (await store.revokeKey(id, { by: "ben" }))!;
    assertMatch(revoked.revoked_at!, /^\d{4}-.*Z$/);
    assertEquals((await store.revokeKey(id, { by: "eve" }))!.revoked_by, "ben");
    assertEquals((await store.listKeys()).map(({ revoked_by }) => revoked_by), ["ben"]);
    assertEquals(await store.validKeys(), []);
    assertEquals(await store.revokeKey("nobody's"), null);
  });

  test("there are no more keys than processes can hold", async (store) => {
    for (const key of times(MAX_KEYS, (i) => `key_${i}`)) await store.addKey({ key });
    await assertRejects(() => store.addKey({ key: "one_more" }), TooManyKeys, "revoke one");
    const [last] = await store.validKeys();
    await store.revokeKey(last!.id);
    await store.addKey({ key: "one_more" });
    assertEquals((await store.validKeys()).length, MAX_KEYS);
  });

  test("what keys bring adds up for a day, and the next day begins at nothing", async (store) => {
    const { id } = await store.addKey({ key: newIntakeKey() });
    const nowMs = Date.UTC(2026, 5, 1, 12);
    const use = { id, taken: 3, refused: 1, peak: 2, usedMs: nowMs };
    await atTime(nowMs, async () => {
      await store.noteIntake({ keys: [use], counts: [] });
      await store.noteIntake({ keys: [{ ...use, peak: 1, usedMs: nowMs - 5 }], counts: [] });
      const [key] = await store.listKeys();
      assertEquals([key!.taken_today, key!.refused_today, key!.peak_today], [6, 2, 2]);
      assertEquals(key!.last_used_at, new Date(nowMs).toISOString());
    });
    await atTime(nowMs + DAY_MS, async () => {
      const [key] = await store.listKeys();
      assertEquals([key!.taken_today, key!.refused_today, key!.peak_today], [0, 0, 0]);
      assertEquals(key!.last_used_at, new Date(nowMs).toISOString());
    });
  });

  test("keys of the environment are listed with what they brought", async (store) => {
    const configured = {
      id: "env-1",
      service: "shop",
      is_public: false,
      beginning: "key_of",
      key: null,
      quota: 10_000,
    };
    const usedMs = Date.now();
    await store.noteIntake({
      keys: [{ id: "env-1", taken: 5, refused: 0, peak: 5, usedMs }],
      counts: [],
    });
    await store.addKey({ key: newIntakeKey() });
    const [first, second] = await store.listKeys([configured]);
    assertEquals([first!.id, first!.created_by, first!.taken_today], ["env-1", "INTAKE_KEYS", 5]);
    assertEquals(first!.last_used_at, new Date(usedMs).toISOString());
    assertEquals(second!.created_by, "operator");
  });

  test("what clients send is counted by service, client and outcome", async (store) => {
    const dropped = { ...COUNT, outcome: "dropped", reason: "queue_overflow" } as const;
    await store.noteIntake({ keys: [], counts: [COUNT, COUNT, dropped] });
    await store.noteIntake({ keys: [], counts: [COUNT, { ...COUNT, service: "till" }] });
    assertEquals(await store.intakeCounts({ days: 1, service: "shop" }), [
      { ...COUNT, quantity: 3 },
      dropped,
    ]);
    assertEquals((await store.intakeCounts({ days: 1 })).length, 3);
  });

  test("a client that makes up names and reasons fills no more than its service's rows", async (store) => {
    const many = (from: number) =>
      times(MAX_ROWS_A_SERVICE, (i) => ({ ...COUNT, client: `made up \0 ${from + i}` }));
    await store.noteIntake({ keys: [], counts: many(0) });
    await store.noteIntake({ keys: [], counts: [...many(1_000), { ...COUNT, service: "quiet" }] });
    const counts = await store.intakeCounts({ days: 1, service: "shop" });
    assertEquals(counts.length, MAX_ROWS_A_SERVICE + 1);
    assertEquals(counts[0], {
      ...COUNT,
      client: OTHERS,
      category: OTHERS,
      quantity: MAX_ROWS_A_SERVICE,
    });
    const texts = await store.intakeCounts({ days: 1, service: "quiet" });
    assertEquals(texts, [{ ...COUNT, service: "quiet" }]);
    const long = "ü".repeat(5_000);
    await store.noteIntake({
      keys: [],
      counts: [{ ...COUNT, service: long, client: long, category: long, reason: long }],
    });
  });

  test("counts and revoked keys go when they are old, valid keys never", async (store) => {
    const nowMs = Date.now();
    const oldMs = nowMs - 100 * DAY_MS;
    await atTime(oldMs, async () => {
      const { id } = await store.addKey({ key: newIntakeKey() });
      await store.revokeKey((await store.addKey({ key: newIntakeKey() })).id);
      const use = { id, taken: 1, refused: 0, peak: 1, usedMs: oldMs };
      await store.noteIntake({ keys: [use], counts: [COUNT] });
    });
    await store.noteIntake({ keys: [], counts: [COUNT] });
    await sweepAll(store, nowMs);
    assertEquals(await store.intakeCounts({ days: 365 }), [COUNT]);
    const keys = await store.listKeys();
    assertEquals(keys.map(({ revoked_at }) => revoked_at), [null]);
    assertEquals(keys[0]!.last_used_at, new Date(oldMs).toISOString());
  });
}

async function sweepAll(store: Store, nowMs: number): Promise<void> {
  while ((await store.sweep(PLENTY, nowMs)).more);
}
