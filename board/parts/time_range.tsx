/** @jsxImportSource hono/jsx */
/** Which time a search is of: one of some ranges, or from a moment, before a moment. */
import { isoTime } from "../../logging/mod.ts";
import { readTime } from "../../modules/iso_time.ts";
import { Field, type Html, Select } from "./parts.tsx";
import { MINUTE_MS } from "../../store/times.ts";

/** In minutes. */
const RANGES = [
  ["", "Any time"],
  ["15", "Last 15 minutes"],
  ["60", "Last hour"],
  ["1440", "Last day"],
  ["10080", "Last week"],
] as const;
const MOMENT = { type: "datetime-local", step: "any" } as const;

/** As it stands in an address; empty texts do not narrow. */
export interface TimeRange {
  range: (typeof RANGES)[number][0];
  since: string;
  until: string;
}

/** Leaves out what it does not understand. */
export function readTimeRange(parameters: URLSearchParams): TimeRange {
  const read = (name: string) => (parameters.get(name) ?? "").trim();
  const readMoment = (name: string) => readTime(read(name)) === undefined ? "" : read(name);
  return {
    range: RANGES.find(([value]) => value === read("range"))?.[0] ?? "",
    since: readMoment("since"),
    until: readMoment("until"),
  };
}

/** The same as a store is asked. A moment wins over a range. */
export function timesOf(
  { range, since, until }: TimeRange,
  nowMs: number,
): { since?: number; until?: number } {
  const fromMs = readTime(since) ??
    (range === "" ? undefined : nowMs - Number(range) * MINUTE_MS);
  const beforeMs = readTime(until);
  return {
    ...(fromMs !== undefined && { since: fromMs }),
    ...(beforeMs !== undefined && { until: beforeMs }),
  };
}

/** For a search form; without `moments` only the ranges. */
export function TimeFields({ view, moments }: { view: TimeRange; moments: boolean }): Html {
  const { range, since, until } = view;
  return (
    <>
      <Select name="range" label="Time" value={range} options={RANGES} />
      {moments && (
        <>
          <Field {...MOMENT} label="From (UTC)" name="since" value={localTime(since)} />
          <Field {...MOMENT} label="Before (UTC)" name="until" value={localTime(until)} />
        </>
      )}
    </>
  );
}

/** What a date input takes. */
function localTime(time: string): string {
  return time && isoTime(readTime(time)!).slice(0, -1);
}
