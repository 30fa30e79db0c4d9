import { assertEquals } from "@std/assert";
import { Traffic } from "../../routes/traffic.ts";

const MINUTE_MS = 60_000;
const START_MS = 1_700_000_000_000 - (1_700_000_000_000 % MINUTE_MS);

Deno.test("requests are counted by route and minute, the busiest route first", () => {
  const traffic = new Traffic([10, 100]);
  traffic.observe({ route: "/b", status: 200, durationMs: 5 }, START_MS);
  traffic.observe({ route: "/a", status: 200, durationMs: 5 }, START_MS);
  traffic.observe({ route: "/a", status: 503, durationMs: 50 }, START_MS + MINUTE_MS);
  traffic.observe({ route: "/a", status: 404, durationMs: 5 }, START_MS + MINUTE_MS);
  const [a, b] = traffic.lastHour(START_MS + MINUTE_MS);
  assertEquals([a!.route, b!.route], ["/a", "/b"]);
  assertEquals(a!.minutes.length, 60);
  assertEquals(a!.minutes.slice(-2).map(({ requests, failures }) => [requests, failures]), [
    [1, 0],
    [2, 1],
  ]);
});

Deno.test("what is an hour ago is forgotten, also when nothing came in between", () => {
  const traffic = new Traffic([10]);
  for (let minute = 0; minute < 150; minute++) {
    traffic.observe({ route: "/a", status: 200, durationMs: 5 }, START_MS + minute * MINUTE_MS);
  }
  const full = traffic.lastHour(START_MS + 149 * MINUTE_MS)[0]!;
  assertEquals(full.minutes.map(({ requests }) => requests), new Array(60).fill(1));
  const later = traffic.lastHour(START_MS + 179 * MINUTE_MS)[0]!;
  assertEquals(later.minutes.map(({ requests }) => requests), [
    ...new Array(30).fill(1),
    ...new Array(30).fill(0),
  ]);
  assertEquals(traffic.lastHour(START_MS + 500 * MINUTE_MS), []);
});

Deno.test("the latency of 95 of 100 requests is told within its bucket", () => {
  const traffic = new Traffic([10, 100, 1000]);
  for (let request = 0; request < 90; request++) {
    traffic.observe({ route: "/a", status: 200, durationMs: 5 }, START_MS);
  }
  for (let request = 0; request < 10; request++) {
    traffic.observe({ route: "/a", status: 200, durationMs: 50 }, START_MS);
  }
  assertEquals(traffic.lastHour(START_MS)[0]!.p95Ms, 55);
  const slow = new Traffic([10]);
  slow.observe({ route: "/a", status: 200, durationMs: 50 }, START_MS);
  assertEquals(slow.lastHour(START_MS)[0]!.p95Ms, 10);
});
