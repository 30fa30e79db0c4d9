import { assertEquals } from "@std/assert";
import { Attempts, SIGN_IN_LIMITS } from "../../board/access/attempts.ts";

Deno.test("one address has few attempts, and may try again in the next window", () => {
  let now = 0;
  const attempts = new Attempts({ now: () => now });
  now = 20 * 60 * 1000;
  for (let failure = 0; failure < SIGN_IN_LIMITS.perAddress; failure++) {
    assertEquals(attempts.secondsToWait("10.0.0.1"), 0);
    attempts.countFailure("10.0.0.1");
  }
  assertEquals(attempts.secondsToWait("10.0.0.1"), 15 * 60);
  assertEquals(attempts.secondsToWait("10.0.0.2"), 0);
  now += 14 * 60 * 1000;
  assertEquals(attempts.secondsToWait("10.0.0.1"), 60);
  now += 60 * 1000;
  assertEquals(attempts.secondsToWait("10.0.0.1"), 0);
});

Deno.test("many addresses together are limited as well", () => {
  const attempts = new Attempts({ now: () => 1 });
  for (let failure = 0; failure < SIGN_IN_LIMITS.overall; failure++) {
    attempts.countFailure(`10.0.${failure}.1`);
  }
  assertEquals(attempts.secondsToWait("10.1.0.1") > 0, true);
});

Deno.test("who has shown a right token is not shut out by many others, but by himself", () => {
  const attempts = new Attempts({ now: () => 1 });
  attempts.countSuccess("2001:db8::1");
  for (let failure = 0; failure < 2 * SIGN_IN_LIMITS.overall; failure++) {
    attempts.countFailure(`10.0.${failure}.1`);
  }
  assertEquals(attempts.secondsToWait("10.9.0.1") > 0, true);
  assertEquals(attempts.secondsToWait("2001:db8::2"), 0);
  for (let failure = 0; failure < SIGN_IN_LIMITS.perAddress; failure++) {
    attempts.countFailure("2001:db8::1");
  }
  assertEquals(attempts.secondsToWait("2001:db8::2") > 0, true);
  // Those who came later push out the first.
  for (let other = 0; other < 100; other++) attempts.countSuccess(`192.0.${other}.1`);
  assertEquals(attempts.secondsToWait("192.0.99.1"), 0);
});

Deno.test("one IPv6 customer is one address, however it is written", () => {
  const attempts = new Attempts({ now: () => 1 });
  const same = ["2001:db8::1", "2001:DB8:0:0:ffff::2", "2001:db8:0:0:1:2:3:4"];
  for (let failure = 0; failure < SIGN_IN_LIMITS.perAddress; failure++) {
    attempts.countFailure(same[failure % same.length]!);
  }
  assertEquals(attempts.secondsToWait("2001:db8::abcd") > 0, true);
  assertEquals(attempts.secondsToWait("2001:db8:0:1::1"), 0);
});

Deno.test("callers of IPv4 are told apart on a socket of both kinds, too", () => {
  const attempts = new Attempts({ now: () => 1 });
  for (let failure = 0; failure < SIGN_IN_LIMITS.perAddress; failure++) {
    attempts.countFailure("::ffff:192.0.2.1");
  }
  assertEquals(attempts.secondsToWait("192.0.2.1") > 0, true);
  assertEquals(attempts.secondsToWait("::ffff:192.0.2.2"), 0);
});

Deno.test("one address uses up its own attempts, and not those of all", () => {
  const attempts = new Attempts({ now: () => 1 });
  for (let failure = 0; failure < SIGN_IN_LIMITS.overall; failure++) {
    attempts.countFailure("10.0.0.1");
  }
  assertEquals(attempts.secondsToWait("10.0.0.1") > 0, true);
  assertEquals(attempts.secondsToWait("10.0.0.2"), 0);
});
