import { assertEquals } from "@std/assert";
import * as fc from "fast-check";
import { readTime } from "../../modules/iso_time.ts";

const MAX_DATE_MS = 8.64e15;

const TIMES: Record<string, number> = {
  "2026": Date.UTC(2026, 0),
  "2026-11": Date.UTC(2026, 10),
  "2026-11-22": Date.UTC(2026, 10, 22),
  "2026-11-22T10:00": Date.UTC(2026, 10, 22, 10),
  "2026-11-22 10:00:01.5": Date.UTC(2026, 10, 22, 10, 0, 1, 500),
  "2026-11-22t10:00:00.123456z": Date.UTC(2026, 10, 22, 10, 0, 0, 123),
  "2026-11-22T10:00:00+0230": Date.UTC(2026, 10, 22, 7, 30),
  "2026-01-01T00:30:00+01:00": Date.UTC(2025, 11, 31, 23, 30),
  "2026-02-28T24:00:00Z": Date.UTC(2026, 2, 1),
  "2024-02-29": Date.UTC(2024, 1, 29),
  "2016-12-31T23:59:60Z": Date.UTC(2017, 0, 1),
  "2016-12-31T15:59:60-08:00": Date.UTC(2017, 0, 1),
  "2017-01-01T00:59:60+01:00": Date.UTC(2017, 0, 1),
  "1970-01-01T00:00:00Z": 0,
  "0050-01-01": Date.parse("0050-01-01"),
  "-000001-01-01": Date.parse("-000001-01-01"),
  "9999-12-31T23:59:59.999Z": Date.UTC(9999, 11, 31, 23, 59, 59, 999),
  "+275760-09-13T00:00:00Z": MAX_DATE_MS,
  "+275760-09-13T00:00:00.001Z": MAX_DATE_MS,
  "+999999-12-31": MAX_DATE_MS,
  "-271821-04-20T00:00:00Z": -MAX_DATE_MS,
  "-271821-04-19T23:59:59Z": -MAX_DATE_MS,
};

for (const [text, timeMs] of Object.entries(TIMES)) {
  Deno.test(`${text} is a time`, () => assertEquals(readTime(text), timeMs));
}

const NO_TIMES = [
  ...["", "0", "1", " 2026", "2026 ", "11/12/2026", "1 May 2026", "NaN", "20261122", "now"],
  ...["2026-00", "2026-13", "2026-02-30", "2026-11-00", "2026-11-31", "2025-02-29", "1900-02-29"],
  ...["2026-11-22T", "2026-11-22T10", "2026-11-22T24:00:01Z", "2026-11-22T24:01Z"],
  ...["2026-11-22T25:00Z", "2026-11-22T10:60Z", "2026-11-22T23:59:61Z", "2026-11-22T10:00:60Z"],
  ...["2016-12-31T23:59:60+01:00", "2026-11-22T10:00+24:00", "2026-11-22T10:00+01:60"],
  ...["-000000-01-01", "2026-11-22T10:00:00,5Z", "2026-11-22T24:00:00.001Z"],
];

for (const text of NO_TIMES) {
  Deno.test(`${JSON.stringify(text)} is no time`, () => assertEquals(readTime(text), undefined));
}

Deno.test("what a Date writes is read as it was, and without its zone just so", () => {
  fc.assert(fc.property(fc.date({ noInvalidDate: true }), (date) => {
    const text = date.toISOString();
    assertEquals(readTime(text), date.getTime());
    assertEquals(readTime(text.slice(0, -1)), date.getTime());
  }));
});
