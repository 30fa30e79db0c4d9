import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { readRecords, REPORTED, sizeOf, SPILLED } from "../../logging/queue/batch.ts";
import type { SinkName } from "../../logging/protocol.ts";
import { Counters } from "../../logging/queue/counters.ts";
import { type Batch, MAX_POSTED_BYTES, Queue } from "../../logging/queue/queue.ts";
import { SEVERITY } from "../../store/record.ts";
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
    const queue = new Queue({ limitBytes });
    for (let seq = 1; seq <= until * 100; seq++) {
      assert(
        queue.room.admits(rawRecord({ seq: 0, severity: SEVERITY[level] })),
        `at ${seq - 1} %`,
      );
      queue.append(rawRecord({ seq }));
    }
    assertEquals(queue.room.bytes, until * limitBytes);
    assert(!queue.room.admits(rawRecord({ seq: 0, severity: SEVERITY[level] })));
  });
}

Deno.test("where no disk takes failures, they may fill the queue twice", () => {
  const queue = new Queue({ limitBytes: 2 * sizeOf(rawRecord({ seq: 1 })) });
  for (let seq = 1; seq <= 4; seq++) {
    assert(queue.room.admitsInReserve(rawRecord({ seq: 0 })));
    queue.append(rawRecord({ seq }));
  }
  assert(!queue.room.admitsInReserve(rawRecord({ seq: 0 })));
});

Deno.test("what a noisy service reports takes neither this process's room nor all of the others'", () => {
  const queue = new Queue({ limitBytes: 1_000 * sizeOf(report("noisy")) });
  const fill = (svcName: string, reporter: string) => {
    let count = 0;
    const record = { ...report(svcName), reporter };
    for (; queue.room.admits(record); count++) queue.append(record);
    return count;
  };
  // The reported ones have half as much room as our own, 500 here. One service has sixteen twenty-firsts of that, …
  assertEquals(fill("noisy", "key"), 381);
  // … further ones of its key what is left of four fifths, and those of other keys the same of the rest.
  assertEquals(["second", "third"].map((name) => fill(name, "key")), [19, 1]);
  assertEquals([fill("noisy", "second key"), fill("noisy", "third key")], [76, 18]);
  assertEquals([
    queue.room.ownBytes,
    queue.room.admits(rawRecord({ seq: 0, severity: SEVERITY.DEBUG })),
  ], [
    0,
    true,
  ]);
  assert(!queue.room.admits({ ...report("noisy"), reporter: "key" }));
});

Deno.test("our own records take nothing from the services that report", () => {
  const queue = new Queue({ limitBytes: 10 * sizeOf(rawRecord({ seq: 0 })) });
  while (queue.room.admits(rawRecord({ seq: 0, severity: SEVERITY.WARN }))) {
    queue.append(rawRecord({ seq: 0 }));
  }
  assertEquals(queue.room.ownBytes, queue.room.limitBytes);
  assert(queue.room.admits(report("shop")));
});

Deno.test("a service has its room back when the store has what it sent, or the process lets go of it", () => {
  const queue = new Queue({ limitBytes: 100 * sizeOf(report("shop")) });
  for (const letGo of [() => queue.accept({ store: queue.youngestId }), () => queue.drain()]) {
    while (queue.room.admits(report("shop"))) queue.append(report("shop"));
    queue.append(rawRecord({ seq: 0 }));
    queue.seal();
    queue.post();
    letGo();
    assertEquals([queue.room.bytes, queue.room.ownBytes], [0, 0]);
    assert(queue.room.admits(report("shop")));
  }
});

Deno.test("a store that stands still holds up no other sink, and gets all of it later", () => {
  const queue = new Queue({ sideSinks: ["file"], limitBytes: 100 * MAX_POSTED_BYTES });
  const sinks = new Sinks(queue);
  const seqs = Array.from({ length: 20_000 }, (_, i) => i + 1);
  for (const seq of seqs) queue.append(rawRecord({ seq }));
  queue.seal();

  while (sinks.post()) sinks.accept("file");
  assertEquals(sinks.got("file"), seqs);
  assert(sinks.got("store").length * sizeOf(rawRecord({ seq: 1 })) <= MAX_POSTED_BYTES);
  do sinks.accept("store"); while (sinks.post());
  assertEquals(sinks.got("store"), seqs);
  assertEquals([queue.room.bytes, queue.keptBytes, queue.isAwaited], [0, 0, false]);
});

Deno.test("a sink beside the store that stands still costs the store nothing: it skips the oldest, counted, and gets the rest later", () => {
  const queue = new Queue({ sideSinks: ["console", "otlp"], limitBytes: 16 * MAX_POSTED_BYTES });
  const sinks = new Sinks(queue);
  const seqs = Array.from({ length: 50_000 }, (_, i) => i + 1);
  let skipped = 0;
  for (const seq of seqs) {
    if (!queue.append(rawRecord({ seq }))) continue;
    while (sinks.post()) {
      sinks.accept("console");
      sinks.accept("store");
    }
    const more = queue.skip();
    assertEquals(Object.keys(more).filter((name) => name !== "otlp"), []);
    skipped += more.otlp ?? 0;
    assert(queue.room.admits(rawRecord({ seq: 0, severity: SEVERITY.DEBUG })));
    assert(queue.keptBytes <= 4 * MAX_POSTED_BYTES);
    assertEquals(queue.isBehind("otlp"), skipped > 0);
  }
  queue.seal();
  do {
    sinks.accept("console");
    sinks.accept("store");
  } while (sinks.post());
  assertEquals([sinks.got("store"), sinks.got("console")], [seqs, seqs]);
  assert(skipped > 0 && queue.lacking(queue.youngestId).includes("otlp"));

  do sinks.accept("otlp"); while (sinks.post());
  const got = sinks.got("otlp");
  assertEquals(got.length + skipped, seqs.length);
  // What was on its way, then a gap, then the newest.
  const gaps = got.filter((seq, i) => seq !== (got[i - 1] ?? 0) + 1);
  assertEquals([gaps.length, got[0], got.at(-1)], [1, 1, seqs.length]);
  assertEquals([queue.keptBytes, queue.isBehind("otlp")], [0, false]);
});

Deno.test("a record that is set aside while it is kept for a slower sink is missing there alone", () => {
  const counters = new Counters();
  const queue = new Queue({ sideSinks: ["otlp"], limitBytes: LIMIT_BYTES, counters });
  const sinks = new Sinks(queue);
  for (let seq = 1; seq <= 2; seq++) queue.append(rawRecord({ seq }));
  queue.seal();
  sinks.post();
  sinks.accept("store");
  queue.unpost();
  sinks.die();
  queue.setAside(queue.find(1)!, 0);
  assertEquals(counters.skipped, { otlp: { quarantined: 1 } });
  sinks.post();
  sinks.accept("otlp");
  assertEquals([sinks.stored, sinks.got("otlp"), queue.keptBytes], [2, [2], 0]);

  queue.append(rawRecord({ seq: 3 }));
  queue.seal();
  sinks.post();
  sinks.accept("store");
  queue.unpost();
  queue.setAside(queue.find(2)!, 0);
  assertEquals(counters.skipped, { otlp: { quarantined: 2 } });
  assertEquals([counters.stored, counters.pending, counters.droppedCount], [3, 0, 0]);
  assertEquals([queue.keptBytes, queue.lacking(2)], [0, []]);
});

Deno.test("whatever sinks do and workers die of, the store gets every record or it is counted, the others all but what is counted, and the bytes balance", () => {
  const sink = fc.constantFrom<SinkName>("store", "file", "otlp");
  const action = fc.oneof(
    fc.record({
      do: fc.constant("append" as const),
      chars: fc.integer({ min: 0, max: 100_000 }),
      flags: fc.constantFrom(0, SPILLED, REPORTED, REPORTED | SPILLED),
    }),
    fc.record({
      do: fc.constantFrom("reject" as const, "set aside" as const),
      batch: fc.nat(20),
      index: fc.nat(3),
    }),
    fc.record({ do: fc.constant("accept" as const), sink }),
    fc.record({ do: fc.constant("post" as const) }),
    fc.record({ do: fc.constant("skip" as const) }),
    fc.record({ do: fc.constant("die" as const) }),
  );
  fc.assert(fc.property(fc.array(action, { maxLength: 200, size: "max" }), (actions) => {
    const counters = new Counters();
    const queue = new Queue({ sideSinks: ["file", "otlp"], limitBytes: LIMIT_BYTES, counters });
    const sinks = new Sinks(queue);
    const aside = { file: 0, otlp: 0 };
    let seq = 0;
    for (const action of actions) {
      if (action.do === "append") {
        const { chars, flags } = action;
        queue.append(rawRecord({ seq: ++seq, output: "x".repeat(chars), flags }));
      } else if (action.do === "post") {
        queue.seal();
        sinks.post();
      } else if (action.do === "skip") {
        queue.skip();
        const onItsWay = 2 * Math.max(MAX_POSTED_BYTES, 100_000 + 1_000);
        assert(queue.keptBytes <= LIMIT_BYTES / 4 + onItsWay);
      } else if (action.do === "die") {
        queue.unpost();
        sinks.die();
      } else if (action.do === "accept") {
        sinks.accept(action.sink);
      } else {
        const batch = queue.find(action.batch);
        const record = batch && readRecords(batch.fields)[action.index];
        if (!record) continue;
        const waits = batch.id >= queue.oldestId;
        if (action.do === "reject") {
          if (queue.reject(batch.id, record)) assert(waits && !queue.reject(batch.id, record));
        } else {
          queue.unpost();
          sinks.die();
          queue.setAside(batch, action.index);
          for (const name of ["file", "otlp"] as const) {
            // It counts as dropped, once for all.
            if (waits && !sinks.got(name).includes(record.seq)) aside[name]++;
          }
        }
      }
      const { stored, pending, droppedCount } = counters;
      assertEquals(stored + pending + droppedCount, seq);
      assertEquals(stored, sinks.stored);
    }
    const { records } = queue.drain();
    assert(records.every(({ flags }) => (flags & SPILLED) === 0));
    assert(records.length <= counters.pending);
    for (const name of ["file", "otlp"] as const) {
      const got = sinks.got(name);
      assert(got.every((seq, i) => i === 0 || seq > got[i - 1]!));
      const skipped = Object.values(counters.skipped[name] ?? {}).reduce((sum, n) => sum + n, 0);
      assertEquals(got.length + skipped + aside[name], seq);
    }
    assertEquals([queue.room.bytes, queue.room.ownBytes, queue.keptBytes, queue.spilled], [
      0,
      0,
      0,
      0,
    ]);
  }));
});

/** Sinks that accept what they were posted when the test says so. */
class Sinks {
  /** Records that the queue has given as stored. */
  stored = 0;
  readonly #queue: Queue;
  #posted: Partial<Record<SinkName, Batch[]>> = {};
  readonly #accepted: Partial<Record<SinkName, number[]>> = {};

  constructor(queue: Queue) {
    this.#queue = queue;
  }

  /** False when there was nothing to post. */
  post(): boolean {
    const postings = this.#queue.post();
    for (const { batch, sinks } of postings) {
      for (const sink of sinks) (this.#posted[sink] ??= []).push(batch);
    }
    return postings.length > 0;
  }

  /** The sink accepts all that is on its way to it. */
  accept(sink: SinkName): void {
    const batches = this.#posted[sink]?.splice(0) ?? [];
    const seqs = batches.flatMap(({ fields }) => readRecords(fields).map(({ seq }) => seq));
    this.#accepted[sink] = [...this.got(sink), ...seqs];
    const cursor = batches.at(-1)?.id ?? 0;
    this.stored += this.#queue.accept({ [sink]: cursor }).records;
  }

  die(): void {
    this.#posted = {};
  }

  /** What it has accepted. */
  got(sink: SinkName): number[] {
    return this.#accepted[sink] ?? [];
  }
}

function report(svcName: string) {
  return rawRecord({ seq: 0, severity: SEVERITY.ERROR, svcName, flags: REPORTED });
}
