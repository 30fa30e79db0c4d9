import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { Quotas } from "../../routes/quota.ts";
import { MAX_NAMES_A_KEY } from "../../routes/service_names.ts";

const RATE = 1_000;

Deno.test("a service alone has the whole quota of its key, second by second", () => {
  const { quotas, clock } = start();
  for (let second = 0; second < 5; second++) {
    assertEquals(takenOf(quotas, "shop", 3 * RATE), RATE, `second ${second}`);
    clock.ms += 1_000;
  }
  // A long rest is worth one second.
  clock.ms += 1_000_000;
  assertEquals(takenOf(quotas, "shop", 3 * RATE), RATE);
});

Deno.test("one that reports without end does not silence its neighbours behind the same key", () => {
  const { quotas, clock } = start();
  for (let step = 0; step < 100; step++) {
    takenOf(quotas, "noisy", RATE);
    for (const quiet of ["shop", "till", "web"]) {
      assertEquals(quotas.take("key", [quiet]), 0, `${quiet} at ${step}`);
    }
    clock.ms += 100;
  }
  assert(quotas.refused.get("noisy")! > 0);
  assertEquals([...quotas.refused.keys()], ["noisy"]);
});

Deno.test("keys have nothing to do with one another", () => {
  const { quotas } = start();
  takenOf(quotas, "shop", 3 * RATE);
  assertEquals(quotas.take("other", Array(100).fill("shop")), 0);
});

Deno.test("a request is taken whole or not at all, and told when to come again", () => {
  const { quotas, clock } = start();
  takenOf(quotas, "shop", 3 * RATE);
  assertEquals(takenOf(quotas, "till", 3 * RATE) > 0, true);
  const seconds = quotas.take("key", Array(100).fill("shop"));
  assert(seconds >= 1, String(seconds));
  assertEquals(quotas.refused.get("shop")! >= 100, true);
  clock.ms += seconds * 1_000;
  assertEquals(quotas.take("key", Array(100).fill("shop")), 0);
});

Deno.test("a hundred names have a share, further ones have one together; idle names make room", () => {
  const { quotas, clock } = start();
  const names = (prefix: string) => Array.from({ length: MAX_NAMES_A_KEY }, (_, at) => prefix + at);
  // The common half goes first.
  takenOf(quotas, "noisy", RATE);
  for (const name of [...names("a"), ...names("a")]) quotas.take("key", [name, name]);
  takenOf(quotas, "late-1", RATE);
  takenOf(quotas, "late-2", RATE);
  const refused = [...quotas.refused.keys()];
  assertEquals(refused.includes("late-1") || refused.includes("late-2"), false);
  assert(refused.includes("(others)"));
  clock.ms += 60_000;
  takenOf(quotas, "late-1", 3 * RATE);
  assert(quotas.refused.has("late-1"));
});

Deno.test("whatever the names, a key never has more than its quota and a request's worth a share", () => {
  const request = fc.record({
    waitMs: fc.nat(300),
    services: fc.array(fc.nat(300).map((n) => `s${n}`), { minLength: 1, maxLength: 100 }),
  });
  fc.assert(fc.property(fc.array(request, { minLength: 1, maxLength: 60 }), (requests) => {
    const { quotas, clock } = start();
    let taken = 0;
    for (const { waitMs, services } of requests) {
      clock.ms += waitMs;
      if (quotas.take("key", services) === 0) taken += services.length;
      assert(quotas.refused.size <= MAX_NAMES_A_KEY + 1);
    }
    // A full bucket at the start, what came since, and a last request into each bucket that had anything left.
    const most = RATE + RATE * clock.ms / 1_000 + 100 + 100 * (MAX_NAMES_A_KEY + 1);
    assert(taken <= most, `${taken} of ${most}`);
  }));
});

function start() {
  const clock = { ms: 5_000_000 };
  const start = clock.ms;
  const quotas = new Quotas({ recordsPerSecond: RATE, now: () => clock.ms });
  return {
    quotas,
    clock: {
      get ms() {
        return clock.ms - start;
      },
      set ms(ms: number) {
        clock.ms = start + ms;
      },
    },
  };
}

/** How many of so many records, one a request, are taken just now. */
function takenOf(quotas: Quotas, service: string, count: number): number {
  let taken = 0;
  for (let at = 0; at < count; at++) if (quotas.take("key", [service]) === 0) taken++;
  return taken;
}
