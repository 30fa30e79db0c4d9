/**
 * What every store promises of users, tags, environments and releases.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import type { ErrorFilters, Store } from "../../store/store.ts";
import { times } from "./entries.ts";
import type { StoreTest } from "./store_contract.ts";

const PLENTY = { days: 90, keepOccurrences: 100, maxMegabytes: 1024 };

/** Adds the tests of facets to a store's contract. */
export function storeFacetsContract(test: StoreTest): void {
  test("an error says how many users it hit, in which environments", async (store, source) => {
    const hit = (id: string, environment: string) =>
      source.failure("a", { user: { id }, environment });
    await store.write([hit("ada", "production"), hit("ben", "production"), hit("ada", "staging")]);
    await store.write([hit("ben", "staging"), hit("eve", "production")]);
    const [item] = (await store.listErrors({ limit: 10 })).items;
    assertEquals([item!.users, item!.environments], [3, ["production", "staging"]]);
    const { environment_shares, user_shares } = (await store.error(item!.id))!;
    assertEquals(user_shares, [
      { value: "ada", count: 2, share: 0.4 },
      { value: "ben", count: 2, share: 0.4 },
      { value: "eve", count: 1, share: 0.2 },
    ]);
    assertEquals(environment_shares, [
      { value: "production", count: 3, share: 0.6 },
      { value: "staging", count: 2, share: 0.4 },
    ]);
  });

  test("a user without an id is known by what else is kept", async (store, source) => {
    const hit = (user: Record<string, string>) => source.failure("a", { user });
    await store.write([
      hit({ email: "ada@example.org", name: "Ada" }),
      hit({ email: "ada@example.org" }),
      hit({ ip: "192.0.2.7" }),
      hit({ id: "7", email: "ben@example.org" }),
      source.failure("a"),
    ]);
    assertEquals((await store.listErrors({ limit: 1 })).items[0]!.users, 3);
  });

  test("an error shows its tags with their shares", async (store, source) => {
    const tagged = (tags: Record<string, string>) => source.failure("a", { tags });
    await store.write([
      ...times(3, () => tagged({ browser: "Firefox", os: "Linux" })),
      tagged({ browser: "Chrome", empty: "" }),
      source.failure("a"),
    ]);
    const { tags } = (await store.error((await firstOf(store)).id))!;
    assertEquals(tags, [
      {
        name: "browser",
        values: [
          { value: "Firefox", count: 3, share: 0.75 },
          { value: "Chrome", count: 1, share: 0.25 },
        ],
        others: 0,
      },
      { name: "os", values: [{ value: "Linux", count: 3, share: 1 }], others: 0 },
    ]);
  });

  test(
    "a tag with too many values, and an error with too many tags, are counted within bounds",
    async (store, source) => {
      await store.write(times(150, (i) => source.failure("a", { tags: { order: `${i}` } })));
      await store.write(times(50, (i) => source.failure("a", { tags: { order: `more ${i}` } })));
      await store.write([source.failure("a", { tags: { order: "7" } })]);
      const many = Object.fromEntries(times(80, (i) => [`tag ${i}`, "x"]));
      await store.write([source.failure("a", { tags: many })]);
      await store.write([source.failure("a", { tags: { late: "x", order: "7" } })]);
      const { tags } = (await store.error((await firstOf(store)).id))!;
      assertEquals(tags.length, 50);
      const [order] = tags;
      assertEquals(order!.values[0], { value: "7", count: 3, share: 0.0149 });
      assertEquals(order!.values.length, 10);
      assertEquals(order!.values.reduce((sum, { count }) => sum + count, order!.others), 202);
      assertEquals(tags.some(({ name }) => name === "late"), false);
    },
  );

  test("users are counted up to ten thousand", async (store, source) => {
    for (let batch = 0; batch < 11; batch++) {
      await store.write(times(999, (i) => source.failure("a", { user: { id: `${batch} ${i}` } })));
    }
    assertEquals((await firstOf(store)).users, 10_000);
  });

  test("errors are found by environment, user and tag", async (store, source) => {
    await store.write([
      source.failure("a", {
        environment: "production",
        user: { id: "ada" },
        tags: { "os.name": "Mac OS", "build:kind": "release:1" },
      }),
      source.failure("a", { environment: "staging", user: { id: "ben" } }),
      source.failure("b", { environment: "staging", user: { id: "ada" } }),
      source.failure("c"),
    ]);
    const found = async (filters: ErrorFilters) => {
      const { items, total } = await store.listErrors({ ...filters, limit: 10 });
      assertEquals(total, items.length);
      const counts = await store.stateCounts(filters);
      assertEquals(counts.open, items.length);
      return items.map(({ message }) => message.slice("broken ".length)).sort();
    };
    assertEquals(await found({ environment: "production" }), ["a"]);
    assertEquals(await found({ environment: "staging" }), ["a", "b"]);
    assertEquals(await found({ environment: "Production" }), []);
    assertEquals(await found({ user: "ada" }), ["a", "b"]);
    assertEquals(await found({ user: "ada", environment: "production" }), ["a"]);
    assertEquals(await found({ tag: "os.name:Mac OS" }), ["a"]);
    assertEquals(await found({ tag: ["os.name:Mac OS", "build:kind:release:1"] }), ["a"]);
    assertEquals(await found({ tag: "os.name:Linux" }), []);
    assertEquals(await found({ tag: "no colon" }), []);
    assertEquals(await found({ environment: "staging", q: "broken" }), ["a", "b"]);
    assertEquals(await found({ environment: "staging", svc_name: "/other" }), []);
    assertEquals(await store.environments(), ["production", "staging"]);
  });

  test(
    "log records are found by environment, user and tag, and followed",
    async (store, source) => {
      const records = [
        source.log({ environment: "production", tags: { "os.name": "Mac OS" } }),
        source.log({ environment: "staging", user: { id: "ada", email: "ada@example.org" } }),
        source.log({ message: "production ada", tags: { other: "Mac OS" } }),
        source.failure("a", { environment: "production", user: { id: "ada" } }),
      ];
      const { position } = await store.logsAfter({ limit: 0 });
      await store.write(records);
      const searches = [
        [{ environment: "production" }, [0, 3]],
        [{ environment: "prod" }, []],
        [{ user: "ada" }, [1, 3]],
        [{ user: "ada@example.org" }, [1]],
        [{ user: "ada", environment: "production" }, [3]],
        [{ tag: "os.name:Mac OS" }, [0]],
        [{ tag: ["os.name:Mac OS", "other:Mac OS"] }, []],
        [{ tag: "no colon" }, []],
      ] as const;
      for (let isSealed = false;; isSealed = true) {
        for (const [search, expected] of searches) {
          const filters = search as ErrorFilters;
          const lines = expected.map((i) => records[i]!.record);
          const { items } = await store.listLogs({ ...filters, limit: 10 });
          assertEquals(items, lines.toReversed(), JSON.stringify(search));
          const tail = await store.logsAfter({ ...filters, after: position, limit: 10 });
          assertEquals(tail.items.map(({ record }) => record), lines, JSON.stringify(search));
        }
        if (isSealed) break;
        while ((await store.sweep(PLENTY, Date.now() + 3_600_000)).more);
      }
    },
  );

  test("two errors that become one add up their users and tags", async (store, source) => {
    const hit = (key: string, id: string, tags: Record<string, string>, environment: string) =>
      source.failure(key, { user: { id }, tags, environment });
    await store.write([
      hit("a", "ada", { os: "Linux" }, "production"),
      hit("a", "ben", { os: "Mac" }, "production"),
      hit("b", "ada", { os: "Linux" }, "staging"),
    ]);
    const [b, a] = (await store.listErrors({ limit: 10 })).items;
    const merged = (await store.merge(b!.id, { into: a!.id }))!;
    assertEquals([merged.users, merged.environments], [2, ["production", "staging"]]);
    const { tags } = (await store.error(merged.id))!;
    assertEquals(tags[0]!.values.map(({ value, count }) => [value, count]), [
      ["Linux", 2],
      ["Mac", 1],
    ]);
    const found = await store.listErrors({ environment: "staging", limit: 10 });
    assertEquals(found.items.map(({ id }) => id), [merged.id]);
  });

  test("what is split off takes its users and tags along", async (store, source) => {
    const hit = (message: string, id: string, environment: string) =>
      source.failure("a", {
        error: { type: "TypeError", message },
        user: { id },
        environment,
        tags: { from: message },
      });
    await store.write([
      hit("no cart", "ada", "production"),
      hit("no cart", "ben", "staging"),
      hit("no order", "ada", "production"),
    ]);
    const whole = await firstOf(store);
    const split = (await store.split(whole.id, { variant: "no cart" }))!;
    assertEquals([split.users, split.environments], [2, ["production", "staging"]]);
    const left = (await store.error(whole.id))!;
    assertEquals([left.users, left.environments], [1, ["production"]]);
    assertEquals(left.tags, [
      { name: "from", values: [{ value: "no order", count: 1, share: 1 }], others: 0 },
    ]);
  });

  test(
    "users and tags stay when occurrences are pruned, and go with their error",
    async (store, source) => {
      await store.write(times(5, (i) => source.failure("a", { user: { id: `${i}` } })));
      while ((await store.sweep({ ...PLENTY, keepOccurrences: 2 }, Date.now())).more);
      const error = await firstOf(store);
      assertEquals(error.users, 5);
      await store.remove(error.id);
      assertEquals((await store.listErrors({ user: "1", limit: 10 })).items, []);
    },
  );
}

async function firstOf(store: Store) {
  return (await store.listErrors({ limit: 1 })).items[0]!;
}
