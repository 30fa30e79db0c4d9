import { assertEquals, assertStringIncludes } from "@std/assert";
import { isZone, readLocalTime } from "../../board/parts/local_time.ts";
import {
  chartSteps,
  RangeLinks,
  rangeParameters,
  readTimeRange,
  stepRange,
  timesOf,
} from "../../board/parts/time_range.tsx";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../store/times.ts";

const NOW = "2026-11-28T09:30:20.000Z";
const UTC = { nowMs: Date.parse(NOW), zone: "UTC" };
const VIENNA = { ...UTC, zone: "Europe/Vienna" };

Deno.test("a range says from when on a page looks, and stands in the address unless it is the page's own", () => {
  const hour = read("range=60");
  assertEquals(timesOf(hour, UTC.nowMs), { since: UTC.nowMs - HOUR_MS });
  assertEquals(rangeParameters(hour), { range: "60" });
  assertEquals(rangeParameters(hour, "60"), {});
  assertEquals(timesOf(read(""), UTC.nowMs), {});
  assertEquals(read("range=1e9&since=yesterday"), read(""));
  assertEquals(readTimeRange(new URLSearchParams(), { clock: UTC, byDefault: "60" }), hour);
  assertEquals(rangeParameters(read(""), "60"), { range: "all" });
});

Deno.test("moments without a zone are those of who looks, and whoever gets the address sees the same", () => {
  const winter = read("since=2026-11-28T10:00&until=2026-11-28T10:30&range=60", VIENNA);
  const address = rangeParameters(winter);
  assertEquals(address, { since: "2026-11-28T09:00Z", until: "2026-11-28T09:30Z" });
  assertEquals(read(String(new URLSearchParams(address)), UTC), winter);
  assertEquals(read("since=2026-11-28T10:00&until=2026-11-28T10:30&zone=Europe/Vienna"), winter);
  assertEquals(read("since=2026-11-28T09:00&until=2026-11-28T09:30&zone=Nowhere/Land"), winter);
});

Deno.test("clocks that are set forward and back are read as they show the time", () => {
  const utc = (text: string) => new Date(readLocalTime(text, "Europe/Vienna")!).toISOString();
  assertEquals(utc("2026-03-29T01:59"), "2026-03-29T00:59:00.000Z");
  assertEquals(utc("2026-03-29T03:00"), "2026-03-29T01:00:00.000Z");
  assertEquals(utc("2026-10-25T01:59"), "2026-10-24T23:59:00.000Z");
  assertEquals(utc("2026-10-25T03:00"), "2026-10-25T02:00:00.000Z");
  assertEquals(utc("2026-10-25T03:00Z"), "2026-10-25T03:00:00.000Z");
  assertEquals([isZone("Asia/Kolkata"), isZone("Nowhere/Land"), isZone("")], [true, false, false]);
});

Deno.test("an hour that clocks show twice is the first, one that they leave out the next, in any zone", () => {
  const utc = (text: string, zone: string) =>
    new Date(readLocalTime(text, zone)!).toISOString().slice(0, 16);
  assertEquals(utc("2026-10-25T02:30", "Europe/Vienna"), "2026-10-25T00:30");
  assertEquals(utc("2026-11-01T01:30", "America/New_York"), "2026-11-01T05:30");
  assertEquals(utc("2026-03-29T02:30", "Europe/Vienna"), "2026-03-29T01:30");
  assertEquals(utc("2026-03-08T02:30", "America/New_York"), "2026-03-08T07:30");
  // A day that Samoa left out.
  assertEquals(utc("2011-12-30T12:00", "Pacific/Apia"), "2011-12-30T22:00");
});

Deno.test("a chart has a bar a minute or an hour up to now, of all time those of the last day", () => {
  assertEquals(stepsOf("range=10"), ["minute", MINUTE_MS, 10, "2026-11-28T09:21:00.000Z"]);
  assertEquals(stepsOf("range=60"), ["minute", MINUTE_MS, 60, "2026-11-28T08:31:00.000Z"]);
  assertEquals(stepsOf("range=1440"), ["hour", HOUR_MS, 24, "2026-11-27T10:00:00.000Z"]);
  assertEquals(stepsOf("range=10080"), ["hour", 3 * HOUR_MS, 56, "2026-11-21T12:00:00.000Z"]);
  assertEquals(stepsOf(""), stepsOf("range=1440"));
  assertEquals(chartSteps(read(""), UTC).span, "the last day");
});

Deno.test("an own range is drawn in the smallest steps that the store still has and a chart can show", () => {
  assertEquals(
    stepsOf("since=2026-11-28T09:00&until=2026-11-28T09:20"),
    ["minute", MINUTE_MS, 20, "2026-11-28T09:00:00.000Z"],
  );
  // Minutes go after a day.
  assertEquals(
    stepsOf("since=2026-11-20T09:00&until=2026-11-20T09:20"),
    ["hour", HOUR_MS, 1, "2026-11-20T09:00:00.000Z"],
  );
  assertEquals(
    stepsOf("since=2026-11-01"),
    ["hour", DAY_MS, 28, "2026-11-01T00:00:00.000Z"],
  );
  assertEquals(
    stepsOf("until=2026-11-28"),
    ["hour", HOUR_MS, 24, "2026-11-27T00:00:00.000Z"],
  );
  assertEquals(chartSteps(read("until=2026-11-28"), UTC).span, "from 11-27 00:00 to 00:00");
  assertEquals(stepsOf("since=1970-01-01")[2], 91);
  assertEquals(stepsOf("since=2090-01-01&until=2080-01-01")[2], 1);
});

Deno.test("the ranges are links, the chosen one is marked, and a step of a chart is an own one", async () => {
  const addressOf = (range: object) => `?${new URLSearchParams(rangeParameters(range as never))}`;
  const pageOf = async (search: string) =>
    String(await RangeLinks({ view: read(search, VIENNA), addressOf, clock: VIENNA }));
  const hour = await pageOf("range=60");
  assertStringIncludes(hour, `<a href="?range=60" aria-current="true">Hour</a>`);
  assertStringIncludes(hour, `<a href="?" >All</a>`);
  assertStringIncludes(hour, `<input type="hidden" name="range" value="60" form="search">`);
  const step = new URLSearchParams(rangeParameters(stepRange(UTC.nowMs, MINUTE_MS)));
  const own = await pageOf(String(step));
  assertStringIncludes(own, `<summary aria-current="true">from 10:30 to 10:31</summary>`);
  assertStringIncludes(own, `value="2026-11-28T10:30:20"`);
});

function read(search: string, clock = UTC) {
  return readTimeRange(new URLSearchParams(search), { clock });
}

function stepsOf(search: string) {
  const { step, stepMs, steps, firstMs } = chartSteps(read(search), UTC);
  return [step, stepMs, steps, new Date(firstMs).toISOString()];
}
