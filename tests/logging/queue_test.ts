import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { readRecords, REPORTED, sizeOf } from "../../logging/batch.ts";
import type { SinkName } from "../../logging/protocol.ts";
import { type Batch, MAX_POSTED_BYTES, Queue } from "../../logging/queue.ts";
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
    const queue = new Queue([], limitBytes);
    for (let seq = 1; seq <= until * 100; seq++) {
      assert(queue.admits(rawRecord({ seq: 0, severity: SEVERITY[level] })), `at ${seq - 1} %`);
      queue.push(rawRecord({ seq }));
    }
    assertEquals(queue.bytes, until * limitBytes);
    assert(!queue.admits(rawRecord({ seq: 0, severity: SEVERITY[level] })));
  });
}

Deno.test("where no disk takes failures, they may fill the queue twice", () => {
  const queue = new Queue([], 2 * sizeOf(rawRecord({ seq: 1 })));
  for (let seq = 1; seq <= 4; seq++) {
    assert(queue.admitsInReserve(rawRecord({ seq: 0 })));
    queue.push(rawRecord({ seq }));
  }
  assert(!queue.admitsInReserve(rawRecord({ seq: 0 })));
});

Deno.test("what a noisy service reports takes neither this process's room nor all of the others'", () => {
  const queue = new Queue([], 1_000 * sizeOf(report("noisy")));
  const fill = (svcName: string, reporter: string) => {
    let count = 0;
    const record = { ...report(svcName), reporter };
    for (; queue.admits(record); count++) queue.push(record);
    return count;
  };
  // The reported ones have half as much room as our own, 500 here. One service has sixteen twenty-firsts of that, …
  assertEquals(fill("noisy", "key"), 381);
  // … further ones of its key what is left of four fifths, and those of other keys the same of the rest.
  assertEquals(["second", "third"].map((name) => fill(name, "key")), [19, 1]);
  assertEquals([fill("noisy", "second key"), fill("noisy", "third key")], [76, 18]);
  assertEquals([queue.ownBytes, queue.admits(rawRecord({ seq: 0, severity: SEVERITY.DEBUG }))], [
    0,
    true,
  ]);
  assert(!queue.admits({ ...report("noisy"), reporter: "key" }));
});

Deno.test("our own records take nothing from the services that report", () => {
  const queue = new Queue([], 10 * sizeOf(rawRecord({ seq: 0 })));
  while (queue.admits(rawRecord({ seq: 0, severity: SEVERITY.WARN }))) {
    queue.push(rawRecord({ seq: 0 }));
  }
  assertEquals(queue.ownBytes, queue.limitBytes);
  assert(queue.admits(report("shop")));
});

Deno.test("a service has its room back when the store has what it sent, or the process lets go of it", () => {
  const queue = new Queue([], 100 * sizeOf(report("shop")));
  for (const letGo of [() => queue.accept({ store: queue.youngestId }), () => queue.drain()]) {
    while (queue.admits(report("shop"))) queue.push(report("shop"));
    queue.push(rawRecord({ seq: 0 }));
    queue.seal();
    queue.takeForPosting();
    letGo();
    assertEquals([queue.bytes, queue.ownBytes, queue.reportedFill], [0, 0, 0]);
    assert(queue.admits(report("shop")));
  }
});

Deno.test("a store that stands still holds up no other sink, and gets all of it later", () => {
  const queue = new Queue(["file"], 100 * MAX_POSTED_BYTES);
  const sinks = new Sinks(queue);
  const seqs = Array.from({ length: 20_000 }, (_, i) => i + 1);
  for (const seq of seqs) queue.push(rawRecord({ seq }));
  queue.seal();

  while (sinks.post()) sinks.accept("file");
  assertEquals(sinks.got("file"), seqs);
  assert(sinks.got("store").length * sizeOf(rawRecord({ seq: 1 })) <= MAX_POSTED_BYTES);
  do sinks.accept("store"); while (sinks.post());
  assertEquals(sinks.got("store"), seqs);
  assertEquals([queue.bytes, queue.keptBytes, queue.isAwaited], [0, 0, false]);
});

Deno.test("a sink beside the store that stands still costs the store nothing: it skips the oldest, counted, and gets the rest later", () => {
  const queue = new Queue(["console", "otlp"], 16 * MAX_POSTED_BYTES);
  const sinks = new Sinks(queue);
  const seqs = Array.from({ length: 50_000 }, (_, i) => i + 1);
  let skipped = 0;
  for (const seq of seqs) {
    if (!queue.push(rawRecord({ seq }))) continue;
    while (sinks.post()) {
      sinks.accept("console");
      sinks.accept("store");
    }
    const more = queue.skip();
    assertEquals(Object.keys(more).filter((name) => name !== "otlp"), []);
    skipped += more.otlp ?? 0;
    assert(queue.admits(rawRecord({ seq: 0, severity: SEVERITY.DEBUG })));
    assert(queue.keptBytes <= 4 * MAX_POSTED_BYTES);
    assertEquals(queue.isBehind("otlp"), skipped > 0);
  }
  queue.seal();
  do {
    sinks.accept("console");
    sinks.accept("store");
  } while (sinks.post());
  assertEquals([sinks.got("store"), sinks.got("console")], [seqs, seqs]);
  assert(skipped > 0 && queue.isLacking("otlp", queue.youngestId));

  do sinks.accept("otlp"); while (sinks.post());
  const got = sinks.got("otlp");
  assertEquals(got.length + skipped, seqs.length);
  // What was on its way, then a gap, then the newest.
  const gaps = got.filter((seq, i) => seq !== (got[i - 1] ?? 0) + 1);
  assertEquals([gaps.length, got[0], got.at(-1)], [1, 1, seqs.length]);
  assertEquals([queue.keptBytes, queue.isBehind("otlp")], [0, false]);
});

Deno.test("a record that is set aside while it is kept for a slower sink is missing there alone", () => {
  const queue = new Queue(["otlp"], LIMIT_BYTES);
  const sinks = new Sinks(queue);
  for (let seq = 1; seq <= 2; seq++) queue.push(rawRecord({ seq }));
  queue.seal();
  sinks.post();
  sinks.accept("store");
  queue.unpost();
  sinks.die();
  const batch = queue.find(1)!;
  assert(queue.isStored(batch));
  assertEquals(queue.removeRecord(batch, 0), { otlp: 1 });
  sinks.post();
  sinks.accept("otlp");
  assertEquals([sinks.stored, sinks.got("otlp"), queue.keptBytes], [2, [2], 0]);

  queue.push(rawRecord({ seq: 3 }));
  queue.seal();
  sinks.post();
  sinks.accept("store");
  queue.unpost();
  assertEquals(queue.removeRecord(queue.find(2)!, 0), { otlp: 1 });
  assertEquals([queue.keptBytes, queue.isLacking("otlp", 2)], [0, false]);
});

Deno.test("whatever sinks do and workers die of, the store gets every batch, the others all but what is counted, and the bytes balance", () => {
  const sink = fc.constantFrom<SinkName>("store", "file", "otlp");
  const action = fc.oneof(
    fc.record({ do: fc.constant("push" as const), chars: fc.integer({ min: 0, max: 100_000 }) }),
    fc.record({ do: fc.constant("accept" as const), sink }),
    fc.record({ do: fc.constant("post" as const) }),
    fc.record({ do: fc.constant("skip" as const) }),
    fc.record({ do: fc.constant("die" as const) }),
  );
  fc.assert(fc.property(fc.array(action, { maxLength: 200, size: "max" }), (actions) => {
    const queue = new Queue(["file", "otlp"], LIMIT_BYTES);
    const sinks = new Sinks(queue);
    const skipped: Partial<Record<SinkName, number>> = {};
    const count = (more: typeof skipped) => {
      for (const [name, records] of Object.entries(more) as [SinkName, number][]) {
        skipped[name] = (skipped[name] ?? 0) + records;
      }
    };
    let seq = 0;
    for (const action of actions) {
      if (action.do === "push") {
        queue.push(rawRecord({ seq: ++seq, output: "x".repeat(action.chars) }));
      } else if (action.do === "post") {
        queue.seal();
        sinks.post();
      } else if (action.do === "skip") {
        count(queue.skip());
        const onItsWay = 2 * Math.max(MAX_POSTED_BYTES, 100_000 + 1_000);
        assert(queue.keptBytes <= LIMIT_BYTES / 4 + onItsWay);
      } else if (action.do === "die") {
        queue.unpost();
        sinks.die();
      } else sinks.accept(action.sink);
    }
    const rest = queue.drain();
    count(rest.skipped);
    const left = rest.batches.reduce((sum, batch) => sum + batch.records, 0);
    assertEquals(sinks.stored + left, seq);
    for (const name of ["file", "otlp"] as const) {
      const got = sinks.got(name);
      assert(got.every((seq, i) => i === 0 || seq > got[i - 1]!));
      assertEquals(got.length + (skipped[name] ?? 0), seq);
    }
    assertEquals([queue.bytes, queue.keptBytes], [0, 0]);
  }));
});

/** Sinks that accept what they were posted when the test says so. */
class Sinks {
  /** Records that the queue has given as stored. */
  stored = 0;
  readonly #queue: Queue;
  #posted: Partial<Record<SinkName, Batch[]>> = {};
  readonly #accepted: Partial<Record<SinkName, Batch[]>> = {};

  constructor(queue: Queue) {
    this.#queue = queue;
  }

  /** False when there was nothing to post. */
  post(): boolean {
    const postings = this.#queue.takeForPosting();
    for (const { batch, sinks } of postings) {
      for (const sink of sinks) (this.#posted[sink] ??= []).push(batch);
    }
    return postings.length > 0;
  }

  /** The sink accepts all that is on its way to it. */
  accept(sink: SinkName): void {
    const batches = this.#posted[sink]?.splice(0) ?? [];
    (this.#accepted[sink] ??= []).push(...batches);
    const cursor = this.#accepted[sink].at(-1)?.id ?? 0;
    for (const { records } of this.#queue.accept({ [sink]: cursor })) this.stored += records;
  }

  die(): void {
    this.#posted = {};
  }

  /** What it has accepted. */
  got(sink: SinkName): number[] {
    return (this.#accepted[sink] ?? []).flatMap(({ fields }) =>
      readRecords(fields).map(({ seq }) => seq)
    );
  }
}

function report(svcName: string) {
  return rawRecord({ seq: 0, severity: SEVERITY.ERROR, svcName, flags: REPORTED });
}
