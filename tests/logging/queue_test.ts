import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { readRecords, sizeOf } from "../../logging/batch.ts";
import type { SinkName } from "../../logging/protocol.ts";
import { type Batch, MAX_POSTED_BYTES, Queue } from "../../logging/queue.ts";
import { SEVERITY } from "../../logging/record.ts";
import { rawRecord } from "../helpers/raw_record.ts";

const LIMIT_BYTES = 1_000_000;

const thresholds = [
  { level: "DEBUG", until: 1 / 2 },
  { level: "INFO", until: 4 / 5 },
  { level: "WARN", until: 1 },
] as const;
for (const { level, until } of thresholds) {
  Deno.test(`${level} enters until the queue is ${until * 100} % full, and not from there on`, () => {
    const limitBytes = 100 * sizeOf(rawRecord({ seq: 1 }));
    const queue = new Queue(["store"], limitBytes);
    for (let seq = 1; seq <= until * 100; seq++) {
      assert(queue.admits(SEVERITY[level]), `at ${seq - 1} %`);
      queue.push(rawRecord({ seq }));
    }
    assertEquals(queue.bytes, until * limitBytes);
    assert(!queue.admits(SEVERITY[level]));
  });
}

Deno.test("where no disk takes failures, they may fill the queue twice", () => {
  const queue = new Queue(["store"], 2 * sizeOf(rawRecord({ seq: 1 })));
  for (let seq = 1; seq <= 4; seq++) {
    assert(queue.admitsInReserve());
    queue.push(rawRecord({ seq }));
  }
  assert(!queue.admitsInReserve());
});

Deno.test("a sink that stands still holds up nobody else, and gets all of it later", () => {
  const queue = new Queue(["store", "file"], 100 * MAX_POSTED_BYTES);
  const got: Record<SinkName, number[]> = { store: [], file: [], console: [] };
  const last: Record<SinkName, number> = { store: 0, file: 0, console: 0 };
  const seqs = Array.from({ length: 20_000 }, (_, i) => i + 1);
  for (const seq of seqs) queue.push(rawRecord({ seq }));
  queue.seal();

  while (post()) queue.accept({ file: last.file });
  assertEquals(got.file, seqs);
  assert(got.store.length * sizeOf(rawRecord({ seq: 1 })) <= MAX_POSTED_BYTES);
  do queue.accept({ store: last.store }); while (post());
  assertEquals(got.store, seqs);
  assertEquals([queue.bytes, queue.isAwaited], [0, false]);

  function post(): boolean {
    const postings = [...queue.takeForPosting()];
    for (const { batch, sinks } of postings) {
      for (const sink of sinks) {
        got[sink].push(...readRecords(batch.fields).map(({ seq }) => seq));
        last[sink] = batch.id;
      }
    }
    return postings.length > 0;
  }
});

Deno.test("whatever sinks do and workers die of, each gets every batch in order, and the bytes balance", () => {
  const action = fc.oneof(
    fc.record({ do: fc.constant("push" as const), chars: fc.integer({ min: 0, max: 100_000 }) }),
    fc.record({
      do: fc.constant("accept" as const),
      sink: fc.constantFrom<SinkName>("store", "file"),
    }),
    fc.record({ do: fc.constant("post" as const) }),
    fc.record({ do: fc.constant("die" as const) }),
  );
  fc.assert(fc.property(fc.array(action, { maxLength: 100 }), (actions) => {
    const queue = new Queue(["store", "file"], LIMIT_BYTES);
    const posted: Record<string, Batch[]> = { store: [], file: [] };
    const cursors: Record<string, number> = { store: 0, file: 0 };
    let seq = 0;
    let takenOut = 0;
    for (const action of actions) {
      if (action.do === "push") {
        queue.push(rawRecord({ seq: ++seq, output: "x".repeat(action.chars) }));
      } else if (action.do === "post") {
        queue.seal();
        for (const { batch, sinks } of queue.takeForPosting()) {
          for (const sink of sinks) posted[sink]!.push(batch);
        }
      } else if (action.do === "die") {
        queue.unpost();
        posted.store = [];
        posted.file = [];
      } else {
        const batch = posted[action.sink]!.shift();
        if (!batch) continue;
        const seqs = readRecords(batch.fields).map((record) => record.seq);
        assertEquals(batch.id, cursors[action.sink]! + 1);
        assert(seqs.every((seq, i) => i === 0 || seq === seqs[i - 1]! + 1));
        cursors[action.sink] = batch.id;
        for (const accepted of queue.accept(cursors)) takenOut += accepted.records;
      }
    }
    const left = queue.drain().reduce((sum, batch) => sum + batch.records, 0);
    assertEquals(takenOut + left, seq);
    assertEquals(queue.bytes, 0);
  }));
});
