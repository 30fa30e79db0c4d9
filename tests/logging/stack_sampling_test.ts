import { assertEquals } from "@std/assert";
import { fingerprint } from "../../store/grouping/fingerprint.ts";
import type { ErrorInfo, LogRecord } from "../../store/record.ts";
import { STACKS_PER_SECOND, StackSampler } from "../../logging/records/stack_sampling.ts";

const ROUTE = { route: "/orders", nowMs: 1_000 };

function fail(message = "no stock"): Error {
  return new TypeError(message);
}

Deno.test("a storm of similar failures takes over one stack, and says so", () => {
  const sampler = new StackSampler();
  const infos = Array.from(
    { length: STACKS_PER_SECOND + 1 },
    () => sampler.describe(fail(), ROUTE),
  );
  const read = infos.slice(0, STACKS_PER_SECOND);
  assertEquals(read.filter((info) => info.stack_reused).length, 0);
  const last = infos.at(-1)!;
  assertEquals(last.stack_reused, true);
  assertEquals(last.stack, read[0]!.stack);
  assertEquals(last.message, "no stock");
});

Deno.test("the stack of a similar failure is not even read in a storm", () => {
  const sampler = new StackSampler();
  for (let i = 0; i < STACKS_PER_SECOND; i++) sampler.describe(fail(), ROUTE);
  let reads = 0;
  const watched = Object.defineProperty(fail(), "stack", { get: () => `read ${++reads}` });
  sampler.describe(watched, ROUTE);
  assertEquals(reads, 0);
});

Deno.test("the next second reads stacks again", () => {
  const sampler = new StackSampler();
  for (let i = 0; i <= STACKS_PER_SECOND; i++) sampler.describe(fail(), ROUTE);
  const info = sampler.describe(fail(), { ...ROUTE, nowMs: 2_000 });
  assertEquals(info.stack_reused, undefined);
});

Deno.test("failures that differ in message or route are not similar", () => {
  const sampler = new StackSampler();
  for (let i = 0; i <= STACKS_PER_SECOND; i++) sampler.describe(fail(), ROUTE);
  assertEquals(sampler.describe(fail("no money"), ROUTE).stack_reused, undefined);
  const elsewhere = sampler.describe(fail(), { ...ROUTE, route: "/carts" });
  assertEquals(elsewhere.stack_reused, undefined);
});

Deno.test("what cannot be compared is described by itself", () => {
  const sampler = new StackSampler();
  const hostile = Object.defineProperty(new Error("x"), "name", {
    get() {
      throw new Error("no name");
    },
  });
  for (const thrown of ["text", null, hostile]) {
    const infos = Array.from(
      { length: STACKS_PER_SECOND + 1 },
      () => sampler.describe(thrown, ROUTE),
    );
    assertEquals(infos.at(-1)!.stack_reused, undefined);
  }
});

/** As many as a client that tries again at once makes in a second. */
const STORM = 266;

function keyOf(error: ErrorInfo): string {
  const record: LogRecord = {
    time: "2026-11-27T10:00:00.000Z",
    level: "ERROR",
    severity: 40,
    svc_name: "/orders",
    message: error.message,
    boot_id: "b",
    seq: 1,
    instance: "i",
    error,
  };
  return fingerprint(record, { root: new URL(".", import.meta.url).href }).key;
}

/** How many failures each error got, when they come all in one second; and how many stacks were not read. */
function storm(fail: (n: number) => never): { counts: number[]; reused: number } {
  const describer = new StackSampler();
  const counts = new Map<string, number>();
  let reused = 0;
  for (let n = 0; n < STORM; n++) {
    try {
      fail(n);
    } catch (thrown) {
      const info = describer.describe(thrown, ROUTE);
      if (info.stack_reused) reused++;
      counts.set(keyOf(info), (counts.get(keyOf(info)) ?? 0) + 1);
    }
  }
  return { counts: [...counts.values()], reused };
}

function findOrder(n: number): never {
  throw new RangeError(`no order ${n.toString(36)}-${crypto.randomUUID()}`);
}

function load(find: () => never): never {
  try {
    find();
  } catch (cause) {
    throw new Error("Cannot load the order", { cause });
  }
}

Deno.test("a storm is one error, whatever the messages of its causes say", () => {
  const { counts, reused } = storm((n) => load(() => findOrder(n)));
  assertEquals(counts, [STORM]);
  // Work is saved all the same.
  assertEquals(reused > 0, true);
});

Deno.test("a storm is one error where the cause's cause, a text or a disposal differs", () => {
  assertEquals(storm((n) => load(() => load(() => findOrder(n)))).counts, [STORM]);
  assertEquals(
    storm((n) =>
      load(() => {
        throw `no order ${n}`;
      })
    ).counts,
    [STORM],
  );
  assertEquals(
    storm((n) => {
      using _ = { [Symbol.dispose]: () => findOrder(n) };
      throw new Error("Cannot load the order");
    }).counts,
    [STORM],
  );
});

Deno.test("work is saved where the same way is gone at once or after a wait, from any line of a function", async () => {
  const describer = new StackSampler();
  const late = async (n: number) => {
    if (n % 2 === 0) await Promise.resolve();
    if (n % 3 === 0) throw new Error("no stock");
    throw new Error("no stock");
  };
  let reused = 0;
  const keys = new Set<string>();
  for (let n = 0; n < STORM; n++) {
    const info = describer.describe(await late(n).catch((error: unknown) => error), ROUTE);
    if (info.stack_reused) reused++;
    keys.add(keyOf(info));
  }
  assertEquals(keys.size, 1);
  assertEquals(reused > STORM / 2, true);
});

Deno.test("two places that say the same in a storm stay two errors", () => {
  const here = (): never => {
    throw new Error("no stock");
  };
  const there = (): never => {
    throw new Error("no stock");
  };
  assertEquals(storm((n) => n % 2 === 0 ? here() : there()).counts, [STORM / 2, STORM / 2]);
  const kinds = [RangeError, TypeError];
  const { counts } = storm((n) =>
    load(() => {
      throw new kinds[n % 2]!("no stock");
    })
  );
  assertEquals(counts, [STORM / 2, STORM / 2]);
});
