import { assertEquals, assertThrows } from "@std/assert";
import { Arrivals, Late, TURN_MS } from "../../logging/engine/arrivals.ts";
import type { DeliveryMessage } from "../../logging/protocol.ts";

const NEVER = Infinity;
let lastId = 0;

function from(reporter: string): DeliveryMessage {
  const delivery = {
    protocol: "envelope",
    body: new Uint8Array(),
    reporter,
    otherwise: "shop",
    receivedMs: 0,
  } as const;
  return { id: ++lastId, delivery, deadlineMs: NEVER };
}

/** Uses the thread up. */
function work(ms: number): void {
  const endMs = performance.now() + ms;
  while (performance.now() < endMs);
}

Deno.test("a key whose deliveries take long waits for those that have had less of the worker's time", () => {
  const arrivals = new Arrivals();
  const slow = [from("slow"), from("slow"), from("slow")];
  for (const message of slow) arrivals.push(message);
  assertEquals(arrivals.next(), slow[0]);
  const turn = arrivals.turnOf(slow[0]!, NEVER);
  work(3 * TURN_MS);
  turn.end();
  const quick = Array.from({ length: 5 }, () => from("quick"));
  for (const message of quick) arrivals.push(message);
  for (const message of quick) assertEquals(arrivals.next(), message);
  assertEquals([arrivals.next(), arrivals.next()], [slow[1], slow[2]]);
  assertEquals(arrivals.next(), undefined);
});

Deno.test("a delivery that is longer than a turn goes on later, and only its own key's next ones wait for it", async () => {
  const arrivals = new Arrivals();
  const [long, next, other] = [from("long"), from("long"), from("other")];
  for (const message of [long, next, other]) arrivals.push(message);
  assertEquals(arrivals.next(), long);
  const turn = arrivals.turnOf(long, NEVER);
  assertEquals(turn.next(), undefined);
  work(TURN_MS);
  await turn.next();
  assertEquals(arrivals.next(), other);
  assertEquals(arrivals.hasNext, false);
  turn.end();
  assertEquals(arrivals.next(), next);
});

Deno.test("a delivery that nobody waits for any more is given up at the next part", () => {
  const arrivals = new Arrivals();
  const turn = arrivals.turnOf(from("late"), performance.now() - 1);
  assertThrows(() => turn.next(), Late);
});
