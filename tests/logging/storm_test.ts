import { assertEquals } from "@std/assert";
import { STACKS_PER_SECOND, StormDescriber } from "../../logging/storm.ts";

const ROUTE = { route: "/orders", nowMs: 1_000 };

function fail(message = "no stock"): Error {
  return new TypeError(message);
}

Deno.test("a storm of alike failures takes over one stack, and says so", () => {
  const storm = new StormDescriber();
  const infos = Array.from({ length: STACKS_PER_SECOND + 1 }, () => storm.describe(fail(), ROUTE));
  const read = infos.slice(0, STACKS_PER_SECOND);
  assertEquals(read.filter((info) => info.stack_reused).length, 0);
  const last = infos.at(-1)!;
  assertEquals(last.stack_reused, true);
  assertEquals(last.stack, read[0]!.stack);
  assertEquals(last.message, "no stock");
});

Deno.test("the stack of an alike failure is not even read in a storm", () => {
  const storm = new StormDescriber();
  for (let i = 0; i < STACKS_PER_SECOND; i++) storm.describe(fail(), ROUTE);
  let reads = 0;
  const watched = Object.defineProperty(fail(), "stack", { get: () => `read ${++reads}` });
  storm.describe(watched, ROUTE);
  assertEquals(reads, 0);
});

Deno.test("the next second reads stacks again", () => {
  const storm = new StormDescriber();
  for (let i = 0; i <= STACKS_PER_SECOND; i++) storm.describe(fail(), ROUTE);
  const info = storm.describe(fail(), { ...ROUTE, nowMs: 2_000 });
  assertEquals(info.stack_reused, undefined);
});

Deno.test("failures that differ in message or route are not alike", () => {
  const storm = new StormDescriber();
  for (let i = 0; i <= STACKS_PER_SECOND; i++) storm.describe(fail(), ROUTE);
  assertEquals(storm.describe(fail("no money"), ROUTE).stack_reused, undefined);
  const elsewhere = storm.describe(fail(), { ...ROUTE, route: "/carts" });
  assertEquals(elsewhere.stack_reused, undefined);
});

Deno.test("what cannot be compared is described by itself", () => {
  const storm = new StormDescriber();
  const hostile = Object.defineProperty(new Error("x"), "name", {
    get() {
      throw new Error("no name");
    },
  });
  for (const thrown of ["text", null, hostile]) {
    const infos = Array.from(
      { length: STACKS_PER_SECOND + 1 },
      () => storm.describe(thrown, ROUTE),
    );
    assertEquals(infos.at(-1)!.stack_reused, undefined);
  }
});
