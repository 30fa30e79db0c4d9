import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { AddressQuotas, Quotas } from "../../routes/quota.ts";
import { MAX_NAMES_A_KEY } from "../../store/service_names.ts";

const RATE = 1_000;
const KEY = { id: "key", quota: RATE };

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
  let noise = 0;
  for (let step = 0; step < 100; step++) {
    noise += takenOf(quotas, "noisy", RATE);
    for (const quiet of ["shop", "till", "web"]) {
      assertEquals(quotas.take(KEY, [quiet]), 0, `${quiet} at ${step}`);
    }
    clock.ms += 100;
  }
  assert(noise < 100 * RATE / 2, String(noise));
});

Deno.test("keys have nothing to do with one another", () => {
  const { quotas } = start();
  takenOf(quotas, "shop", 3 * RATE);
  assertEquals(quotas.take({ id: "other", quota: RATE }, Array(100).fill("shop")), 0);
});

Deno.test("a request is taken whole or not at all, and told when to come again", () => {
  const { quotas, clock } = start();
  takenOf(quotas, "shop", 3 * RATE);
  assertEquals(takenOf(quotas, "till", 3 * RATE) > 0, true);
  const seconds = quotas.take(KEY, Array(100).fill("shop"));
  assert(seconds >= 1, String(seconds));
  clock.ms += seconds * 1_000;
  assertEquals(quotas.take(KEY, Array(100).fill("shop")), 0);
});

Deno.test("a hundred names have a share, further ones have one together; idle names make room", () => {
  const { quotas, clock } = start();
  const names = (prefix: string) => Array.from({ length: MAX_NAMES_A_KEY }, (_, at) => prefix + at);
  // The common half goes first.
  takenOf(quotas, "noisy", RATE);
  for (const name of [...names("a"), ...names("a")]) quotas.take(KEY, [name, name]);
  takenOf(quotas, "late-1", RATE);
  assert(quotas.take(KEY, ["late-2"]) > 0, "the one before has used up what both have");
  clock.ms += 60_000;
  takenOf(quotas, "late-1", 3 * RATE);
  assertEquals(quotas.take(KEY, ["late-2"]), 0);
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
      if (quotas.take(KEY, services) === 0) taken += services.length;
    }
    // A full bucket at the start, what came since, and a last request into each bucket that had anything left.
    const most = RATE + RATE * clock.ms / 1_000 + 100 + 100 * (MAX_NAMES_A_KEY + 1);
    assert(taken <= most, `${taken} of ${most}`);
  }));
});

Deno.test("what a delivery turns out to hold is owed, and keeps the next ones out until it is paid", () => {
  const { quotas, clock } = start();
  assertEquals(quotas.take(KEY, ["shop"]), 0);
  quotas.owe(KEY, new Map([["shop", 3 * RATE]]));
  // The common half owes them; the service's own share is left.
  assertEquals(takenOf(quotas, "shop", RATE), RATE / 2);
  quotas.owe(KEY, new Map([["shop", 2 * RATE]]));
  const seconds = quotas.take(KEY, ["shop"]);
  assert(seconds > 1, String(seconds));
  clock.ms += 6_000;
  assertEquals(quotas.take(KEY, ["shop"]), 0);
});

Deno.test("an address has a quota of its own, a network of IPv6 one together, and comes again after a second", () => {
  const clock = { ms: 0 };
  const quotas = new AddressQuotas(10, { now: () => clock.ms });
  const take = (address: string) => {
    if (quotas.secondsToWait("key", address) > 0) return false;
    quotas.take("key", { address, records: 1 });
    return true;
  };
  const taken = (address: string) =>
    Array.from({ length: 30 }, () => take(address)).filter(Boolean);
  assertEquals(taken("192.0.2.1").length, 10);
  assertEquals(taken("192.0.2.2").length, 10);
  assertEquals(taken("2001:db8:1:2::1").length, 10);
  assertEquals(taken("2001:db8:1:2:ffff::2").length, 0);
  assertEquals(taken("2001:db8:1:3::1").length, 10);
  clock.ms += 1_000;
  assertEquals(taken("192.0.2.1").length, 10);
});

Deno.test("a hundred thousand addresses are not remembered for ever", () => {
  const clock = { ms: 0 };
  const quotas = new AddressQuotas(10, { now: () => clock.ms });
  for (let at = 0; at < 100_000; at++) {
    quotas.take("key", {
      address: `10.${at >> 16}.${(at >> 8) & 255}.${at & 255}`,
      records: 1_000,
    });
  }
  assert(quotas.size <= 10_000, String(quotas.size));
  assert(quotas.secondsToWait("key", `10.1.${(99_999 >> 8) & 255}.${99_999 & 255}`) > 0);
});

function start() {
  const clock = { ms: 5_000_000 };
  const start = clock.ms;
  const quotas = new Quotas({ now: () => clock.ms });
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
  for (let at = 0; at < count; at++) if (quotas.take(KEY, [service]) === 0) taken++;
  return taken;
}
