import { assertEquals } from "@std/assert";
import { BOUNDS_MS } from "../../store/traffic/buckets.ts";
import { Traffic } from "../../routes/traffic.ts";

Deno.test("a process counts its answers by route, status and duration", () => {
  const traffic = new Traffic();
  traffic.observe({ route: "/b", status: 200, durationMs: 5 });
  traffic.observe({ route: "/a", status: 200, durationMs: 0.5 });
  traffic.observe({ route: "/a", status: 503, durationMs: 40 });
  traffic.observe({ route: "/a", status: 503, durationMs: 60_000 });
  const [b, a] = [...traffic.totals()];
  assertEquals([b!.route, [...b!.byStatus]], ["/b", [[200, 1]]]);
  assertEquals([a!.route, [...a!.byStatus]], ["/a", [[200, 1], [503, 2]]]);
  assertEquals(a!.sumMs, 60_040.5);
  const filled = a!.buckets.flatMap((count, bucket) => count > 0 ? [BOUNDS_MS[bucket]] : []);
  assertEquals(filled, [1, 50, undefined]);
});
