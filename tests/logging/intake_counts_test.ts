import { assertEquals } from "@std/assert";
import { IntakeCounts } from "../../logging/intake_counts.ts";
import { openStore } from "../../store/open.ts";
import { type IntakeNote, StoreBusy } from "../../store/store.ts";
import { startLog } from "../helpers/start_log.ts";

const COUNT = {
  service: "shop",
  client: "sentry.python/2.1",
  outcome: "ignored",
  category: "session",
  reason: "",
  quantity: 2,
} as const;

Deno.test("what keys and clients bring is in the store when the log is closed", async () => {
  const store = await openStore("memory:");
  const counts = new IntakeCounts({ store });
  const { id } = await store.addKey({ key: "k" });
  counts.addUse(id, { taken: 3 });
  counts.addUse(id, { taken: 4, refused: 1 });
  counts.addCount(COUNT);
  counts.addCount(COUNT);
  await counts.close({ deadlineMs: 5_000 });
  const [key] = await store.listKeys();
  assertEquals([key!.taken_today, key!.refused_today], [7, 1]);
  assertEquals(await store.intakeCounts({ days: 1 }), [{ ...COUNT, quantity: 4 }]);
  await store.close();
});

Deno.test("the most records within a second are told, not those of the second that runs", async () => {
  const notes: IntakeNote[] = [];
  let nowMs = 5_000;
  const counts = new IntakeCounts({
    store: { noteIntake: (note) => Promise.resolve(void notes.push(note)) },
    now: () => nowMs,
  });
  counts.addUse("k", { taken: 60 });
  counts.addUse("k", { taken: 40 });
  nowMs = 6_200;
  counts.addUse("k", { taken: 1 });
  await counts.close({ deadlineMs: 5_000 });
  assertEquals(notes.map(({ keys }) => keys), [[
    { id: "k", taken: 101, refused: 0, peak: 100, usedMs: 6_200 },
  ]]);
});

Deno.test("what the store does not take is told with the next note", async () => {
  const notes: IntakeNote[] = [];
  let isAway = true;
  const counts = new IntakeCounts({
    store: {
      noteIntake(note) {
        if (isAway) return Promise.reject(new StoreBusy("away"));
        return Promise.resolve(void notes.push(note));
      },
    },
  });
  counts.addUse("k", { taken: 1 });
  counts.addCount(COUNT);
  await counts.flush();
  isAway = false;
  counts.addUse("k", { taken: 1 });
  await counts.close({ deadlineMs: 5_000 });
  assertEquals(notes.length, 1);
  assertEquals(notes[0]!.keys[0]!.taken, 2);
  assertEquals(notes[0]!.counts, [COUNT]);
});

Deno.test("clients that make up names fill a bounded part of the memory, and are counted", async () => {
  const notes: IntakeNote[] = [];
  const counts = new IntakeCounts({
    store: { noteIntake: (note) => Promise.resolve(void notes.push(note)) },
  });
  for (let i = 0; i < 10_000; i++) counts.addCount({ ...COUNT, client: `made up ${i}` });
  await counts.close({ deadlineMs: 5_000 });
  const told = notes[0]!.counts;
  assertEquals(told.length < 2_100, true);
  assertEquals(told.reduce((sum, { quantity }) => sum + quantity, 0), 20_000);
});

Deno.test("a secret in the name of a client or a service is not in the store", async () => {
  await using world = startLog();
  const { logging } = world;
  await logging.ready;
  const service = "password=Zq9kPx7LmN2vTr8WsYb4";
  logging.intakeCounts.addCount({ ...COUNT, service, client: "app/1 token=Zq9kPx7LmN2vTr8Ws" });
  await logging.intakeCounts.flush();
  const [row] = await logging.store.intakeCounts({ days: 1 });
  assertEquals(row, { ...COUNT, service: "password=[redacted]", client: "app/1 token=[redacted]" });
});
