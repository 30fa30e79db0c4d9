import { assertEquals, assertRejects } from "@std/assert";
import { StoreBusy } from "../../logging/mod.ts";
import { KeyRing } from "../../routes/key_ring.ts";
import type { StoreReads } from "../../store/store.ts";
import { openStore } from "../../store/open.ts";
import { until } from "../helpers/until.ts";

const FIVE_SECONDS_MS = 5_000;

Deno.test("a key made in the store opens, with its service and quota; what nobody made does not", async () => {
  await using world = await openWorld();
  await world.store.addKey({ key: "made", service: "shop", quota: 7 });
  assertEquals((await world.ring.find("made"))!.service, "shop");
  assertEquals((await world.ring.find("made"))!.quota, 7);
  assertEquals(await world.ring.find("guessed"), undefined);
});

Deno.test("a key that another instance has revoked is refused within five seconds, one that it has made opens", async () => {
  await using world = await openWorld();
  const { id } = await world.store.addKey({ key: "old" });
  assertEquals((await world.ring.find("old"))!.id, id);
  await world.store.revokeKey(id);
  await world.store.addKey({ key: "new" });
  world.nowMs += FIVE_SECONDS_MS;
  assertEquals(await world.ring.find("old"), undefined);
  assertEquals((await world.ring.find("new"))!.isPublic, false);
});

Deno.test("what was made or revoked on this instance counts at once", async () => {
  await using world = await openWorld();
  assertEquals(await world.ring.find("new"), undefined);
  const { id } = await world.store.addKey({ key: "new" });
  world.ring.forget();
  assertEquals((await world.ring.find("new"))!.id, id);
  await world.store.revokeKey(id);
  world.ring.forget();
  assertEquals(await world.ring.find("new"), undefined);
});

Deno.test("an answer that was on its way when a key was revoked is not believed", async () => {
  await using world = await openWorld();
  const { id } = await world.store.addKey({ key: "k" });
  const held = Promise.withResolvers<void>();
  world.before = () => held.promise;
  const early = world.ring.find("k");
  await until(() => world.asked === 1, { what: "the question to the store" });
  await world.store.revokeKey(id);
  world.before = () => Promise.resolve();
  world.ring.forget();
  assertEquals(await world.ring.find("k"), undefined);
  held.resolve();
  await early;
  assertEquals(await world.ring.find("k"), undefined);
});

Deno.test("strangers who guess keys cause one question a second, however many they are", async () => {
  await using world = await openWorld();
  for (let guess = 0; guess < 500; guess++) await world.ring.find(`guess ${guess}`);
  assertEquals(world.asked, 1);
  await Promise.all(Array.from({ length: 500 }, (_, i) => world.ring.find(`again ${i}`)));
  assertEquals(world.asked, 1);
  world.nowMs += 1_001;
  await Promise.all(Array.from({ length: 500 }, (_, i) => world.ring.find(`later ${i}`)));
  assertEquals(world.asked, 2);
});

Deno.test("while the store does not answer the last list goes on being used, and nobody waits for long", async () => {
  await using world = await openWorld();
  await world.store.addKey({ key: "k", service: "shop" });
  await world.ring.find("k");
  world.before = () => Promise.reject(new StoreBusy("away"));
  for (let second = 0; second < 60; second++) {
    world.nowMs += 1_001;
    assertEquals((await world.ring.find("k"))!.service, "shop");
    assertEquals(await world.ring.find("guess"), undefined);
  }
  // It is back.
  world.before = () => Promise.resolve();
  await world.store.addKey({ key: "new" });
  world.nowMs += FIVE_SECONDS_MS;
  await world.ring.find("new");
  await until(() => world.ring.find("new"), { what: "the new key" });
});

Deno.test("before the store has ever answered it is not known whether a key is wrong", async () => {
  await using world = await openWorld([{ key: "configured" }]);
  world.before = () => Promise.reject(new StoreBusy("away"));
  await assertRejects(() => world.ring.find("k"), StoreBusy);
  assertEquals((await world.ring.find("configured"))!.quota, 10_000);
});

Deno.test("the keys of the environment open without a question to the store", async () => {
  await using world = await openWorld([
    { key: "secret_of_the_shop", service: "shop" },
    { key: "public_of_the_web_page", service: "web", isPublic: true },
  ]);
  assertEquals((await world.ring.find("secret_of_the_shop"))!.service, "shop");
  assertEquals((await world.ring.find("public_of_the_web_page"))!.quota, 100);
  assertEquals(world.asked, 0);
  assertEquals(
    (await world.ring.configured()).map(({ beginning, key }) => [beginning, key]),
    [["secr", null], ["publi", "public_of_the_web_page"]],
  );
});

Deno.test("intake is open as soon as there is a key anywhere", async () => {
  await using world = await openWorld();
  assertEquals(await world.ring.isOpen(), false);
  await world.store.addKey({ key: "k" });
  world.nowMs += 1_001;
  assertEquals(await world.ring.isOpen(), true);
});

/** A ring on a real store, whose answers can be held up, with a clock that a test moves. */
async function openWorld(configured: ConstructorParameters<typeof KeyRing>[0]["configured"] = []) {
  const store = await openStore("memory:");
  const world = {
    store,
    nowMs: 0,
    asked: 0,
    before: (): Promise<void> => Promise.resolve(),
    ring: undefined as unknown as KeyRing,
    async [Symbol.asyncDispose]() {
      await store.close();
    },
  };
  const validKeys: StoreReads["validKeys"] = async () => {
    world.asked++;
    const keys = await store.validKeys();
    await world.before();
    return keys;
  };
  world.ring = new KeyRing({ configured, store: { validKeys }, now: () => world.nowMs });
  return world;
}
