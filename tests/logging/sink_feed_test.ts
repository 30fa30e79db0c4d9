import { assertEquals } from "@std/assert";
import { SinkFeed } from "../../logging/sinks/sink_feed.ts";
import { TryLater } from "../../logging/sinks/sink.ts";
import type { Entry } from "../../store/store.ts";
import { Source, times } from "../store/entries.ts";

const BATCHES = 30;
const RECORDS_A_BATCH = 50;
/** What a slow sink takes in the time it has. */
const MOST_AT_ONCE = 130;

Deno.test("a sink that is too slow for large writes gets smaller ones, and everything in order", async () => {
  const source = new Source();
  const { promise: done, resolve } = Promise.withResolvers<void>();
  const told: string[] = [];
  const taken: Entry[] = [];
  const feed = new SinkFeed("store", {
    cursor: 0,
    write(entries) {
      if (entries.length > MOST_AT_ONCE) throw new Error("a statement took too long");
      taken.push(...entries);
    },
    close() {},
    onProgress: () => feed.isIdle && resolve(),
    onState: (_up, sentence) => told.push(sentence),
  });
  const batches = times(BATCHES, () => times(RECORDS_A_BATCH, () => source.log()));
  for (const [i, entries] of batches.entries()) feed.add({ id: i + 1, entries, bytes: 0 });
  await done;
  await feed.close();
  assertEquals(taken, batches.flat());
  assertEquals([feed.cursor, told.at(-1)], [BATCHES, "The store sink takes records again"]);
});

Deno.test("a sink that stays down for another reason says it, and the same reason once", async () => {
  const { promise: done, resolve } = Promise.withResolvers<void>();
  const reasons = ["it is stopping", "it is stopping", "it refuses this user"];
  const told: string[] = [];
  const feed = new SinkFeed("store", {
    cursor: 0,
    write() {
      const reason = reasons.shift();
      if (reason !== undefined) throw new Error(reason);
    },
    close() {},
    onProgress: resolve,
    onState: (_up, sentence) => told.push(sentence),
  });
  feed.add({ id: 1, entries: [new Source().log()], bytes: 0 });
  await done;
  await feed.close();
  assertEquals(told, [
    "it is stopping",
    "it refuses this user",
    "The store sink takes records again",
  ]);
});

Deno.test("at the end a sink that wants to be left alone is tried at once, and again without its pause", async () => {
  const { promise: failed, resolve: fail } = Promise.withResolvers<void>();
  const { promise: done, resolve } = Promise.withResolvers<void>();
  let failures = 3;
  const feed = new SinkFeed("store", {
    cursor: 0,
    write() {
      if (failures-- <= 0) return;
      fail();
      throw new TryLater("not for an hour", 60 * 60 * 1000);
    },
    close() {},
    onProgress: resolve,
    onState: () => {},
  });
  feed.add({ id: 1, entries: [new Source().log()], bytes: 0 });
  await failed;
  feed.hurry();
  await done;
  await feed.close();
  assertEquals(feed.cursor, 1);
});
