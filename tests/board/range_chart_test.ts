import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { Release } from "../../logging/mod.ts";
import {
  peakOf,
  placeNames,
  roundMaximum,
  shortNumber,
  stepTime,
  ticksOf,
} from "../../board/parts/chart_scale.ts";
import { RangeChart, type RangeChartProps } from "../../board/parts/range_chart.tsx";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../store/times.ts";

const NOW_MS = Date.UTC(2026, 10, 28, 14, 7, 30);
const CLOCK = { nowMs: NOW_MS, zone: "UTC" };
const BERLIN = { nowMs: NOW_MS, zone: "Europe/Berlin" };

Deno.test("a scale ends at the next round number and is written short", () => {
  assertEquals(
    [0, 1, 2, 7, 9, 10, 11, 47, 99, 101, 4_100, 81_000].map(roundMaximum),
    [1, 1, 2, 8, 10, 10, 20, 50, 100, 200, 5_000, 100_000],
  );
  assertEquals(
    [0, 950, 1_000, 1_500, 30_000, 2_000_000].map(shortNumber),
    ["0", "950", "1k", "1.5k", "30k", "2M"],
  );
});

Deno.test("of equal peaks the newest is named, and none where nothing happened", () => {
  assertEquals(peakOf([1, 5, 0, 5, 2]), { index: 3, value: 5 });
  assertEquals(peakOf([0, 0]), undefined);
});

Deno.test("ticks stand at round times of the zone, and a new day is named", () => {
  const ticks = (firstMs: number, stepMs: number, steps: number, clock = CLOCK) =>
    ticksOf({ firstMs, stepMs, steps }, clock).map(({ text }) => text);
  const hour = Date.UTC(2026, 10, 28, 13, 8);
  assertEquals(ticks(hour, MINUTE_MS, 60), ["13:10", "13:20", "13:30", "13:40", "13:50", "14:00"]);
  assertEquals(ticks(hour, MINUTE_MS, 60, BERLIN)[0], "14:10");
  const day = Date.UTC(2026, 10, 27, 15);
  assertEquals(ticks(day, HOUR_MS, 24), [
    "15:00",
    "18:00",
    "21:00",
    "Nov 28",
    "03:00",
    "06:00",
    "09:00",
    "12:00",
  ]);
  assertEquals(ticks(day, HOUR_MS, 24, { nowMs: NOW_MS, zone: "Asia/Kolkata" })[0], "21:30");
  assertEquals(ticks(Date.UTC(2026, 10, 21, 15), HOUR_MS, 168)[0], "Nov 22");
  assert(ticks(Date.UTC(2026, 0, 1), DAY_MS, 180).length <= 8);
  // Two days of one name would be a mistake, and a day of 25 hours has one beginning.
  const week = ticks(Date.UTC(2026, 9, 23), HOUR_MS, 168, BERLIN);
  assertEquals(week.length, new Set(week).size);
});

Deno.test("a step's time has its date where the chart has more than one day", () => {
  const span = { firstMs: Date.UTC(2026, 10, 28, 13), stepMs: MINUTE_MS, steps: 60 };
  assertEquals(stepTime(span.firstMs, span, CLOCK), "13:00");
  assertEquals(stepTime(span.firstMs, { ...span, steps: 1_000 }, CLOCK), "Nov 28, 13:00");
  assertEquals(stepTime(span.firstMs, { ...span, stepMs: DAY_MS }, CLOCK), "Nov 28");
});

Deno.test("names along a chart never overlap: those too close to the one before share its place", () => {
  const marks = [0.9, 0.1, 0.15, 0.5, 0.95, 0.99].map((at) => ({ at }));
  const places = placeNames(marks, 0.2);
  assertEquals(
    places.map(({ named }) => named.map(({ at }) => at)),
    [[0.1, 0.15], [0.5], [0.9, 0.95, 0.99]],
  );
  let end = 0;
  for (const { from, width } of places) {
    assert(from >= end && from + width <= 1, `${from}`);
    end = from + width;
  }
});

Deno.test("a chart says its numbers, names its peak, marks releases and the running step, and hides no small value", async () => {
  const chart = await show({});
  assertStringIncludes(chart, "Failures</strong> <span>1,003 failures</span>");
  assertStringIncludes(chart, "most 1,000 at 14:05");
  // One of a thousand would be a tenth of a pixel.
  assertStringIncludes(chart, `class="critical" d="M0 96v-2M1`);
  assertStringIncludes(chart, "14:05: 1,000 failures (900 ERROR, 100 CRITICAL); new: 2.0 of shop");
  assertStringIncludes(chart, "14:07 (still running): 2 failures");
  assertStringIncludes(chart, `fill="url(#hatch-failures)"`);
  assertStringIncludes(chart, `id="hatch-failures"`);
  assertStringIncludes(chart, "14:06: 0 failures");
  assertStringIncludes(chart, `<a href="?since=5">14:05</a>`);
  assertEquals(
    [...chart.matchAll(/<a href="([^"]+)" tabindex="(-1|0)"/g)].map((
      [, href, stop],
    ) => [href, stop]),
    [["?since=4", "-1"], ["?since=5", "-1"], ["?since=7", "0"]],
  );
  assert(!chart.includes("style="), chart);
});

Deno.test("a chart shows hostile names as text, and folds many releases into one name", async () => {
  const releases = Array.from({ length: 7 }, (_, index) => ({
    ...RELEASE,
    release: `${index}</title><script>alert(1)</script>`,
  }));
  const chart = await show({ releases });
  assert(!chart.includes("<script"), chart);
  assertStringIncludes(chart, " +6");
  assertStringIncludes(chart, "and 3 more");
});

Deno.test("a chart of a week of steps with numbers stays light", async () => {
  const steps = Array.from({ length: 169 }, (_, index) => ({
    values: [index + 1_000, 50],
    href: `?since=2026-11-2${index % 10}T10%3A00%3A00Z&until=2026-11-2${index % 10}T11%3A00%3A00Z`,
  }));
  const { length } = await show({ firstMs: NOW_MS - 168 * HOUR_MS, stepMs: HOUR_MS, steps });
  assert(length < 52_000, `${length} bytes`);
});

const RELEASE: Release = {
  svc_name: "shop",
  release: "2.0",
  first_seen: "2026-11-28T14:05:10.000Z",
  last_seen: "2026-11-28T14:07:10.000Z",
  requests: 1,
  failures: 0,
  new_errors: 0,
  came_back: 0,
};

async function show(given: Partial<RangeChartProps>): Promise<string> {
  const props: RangeChartProps = {
    title: "Failures",
    unit: "failure",
    clock: CLOCK,
    firstMs: Date.UTC(2026, 10, 28, 14, 4),
    stepMs: MINUTE_MS,
    series: [{ name: "ERROR", tone: "bad" }, { name: "CRITICAL", tone: "critical" }],
    steps: [[0, 1], [900, 100], [0, 0], [2, 0]].map((values, index) => ({
      values,
      href: `?since=${index + 4}`,
    })),
    releases: [RELEASE],
    ...given,
  };
  return (await RangeChart(props)).toString();
}
