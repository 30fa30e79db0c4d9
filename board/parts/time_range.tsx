/** @jsxImportSource hono/jsx */
/** Which time a page is of: one of some ranges up to now, or an own one from a moment, before a moment. */
import { isoTime } from "../../logging/mod.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../store/times.ts";
import { SEARCH_FORM } from "../desk.ts";
import { isZone, readLocalTime } from "./local_time.ts";
import { Field, type Html } from "./parts.tsx";
import { type Clock, shortMoment, zonedTime } from "./times.ts";

/** In minutes. `title`: of the link; `span`: in a sentence. */
const RANGES = [
  { name: "10", title: "10 min", span: "the last 10 minutes" },
  { name: "60", title: "Hour", span: "the last hour" },
  { name: "1440", title: "Day", span: "the last day" },
  { name: "10080", title: "Week", span: "the last week" },
  { name: "all", title: "All", span: "all time" },
] as const;

export type RangeName = (typeof RANGES)[number]["name"];

/** Each has as many bars as a light page can show. The store keeps minutes for a day. */
const CHARTS = {
  "10": { step: "minute", stepMs: MINUTE_MS, steps: 10 },
  "60": { step: "minute", stepMs: MINUTE_MS, steps: 60 },
  "1440": { step: "hour", stepMs: HOUR_MS, steps: 24 },
  "10080": { step: "hour", stepMs: 3 * HOUR_MS, steps: 7 * 8 },
} as const;

/** Of an own range: the first of which there are few enough. */
const OWN_STEPS = [
  { step: "minute", stepMs: MINUTE_MS },
  { step: "hour", stepMs: HOUR_MS },
  { step: "hour", stepMs: DAY_MS },
] as const;
const MAX_BARS = 200;
/** How far back an own range without a beginning is drawn. */
const LONGEST_CHART_MS = 90 * DAY_MS;

/** A range, or an own one: then `range` is `own`, and at least one of the moments is a time in ISO 8601. */
export interface TimeRange {
  range: RangeName | "own";
  since: string;
  until: string;
}

/** Leaves out what it does not understand. A moment wins over a range; without a zone it is the clock's, or that of `zone`. */
export function readTimeRange(
  parameters: URLSearchParams,
  { clock, byDefault = "all" }: { clock: Clock; byDefault?: RangeName },
): TimeRange {
  const read = (name: string) => (parameters.get(name) ?? "").trim();
  const zone = isZone(read("zone")) ? read("zone") : clock.zone;
  const readMoment = (name: string) => {
    const timeMs = readLocalTime(read(name), zone);
    return timeMs === undefined ? "" : isoTime(timeMs);
  };
  const [since, until] = [readMoment("since"), readMoment("until")];
  if (since !== "" || until !== "") return { range: "own", since, until };
  const range = RANGES.find(({ name }) => name === read("range"))?.name ?? byDefault;
  return { range, since, until };
}

/** As it stands in an address: what is the page's default does not. */
export function rangeParameters(
  { range, since, until }: TimeRange,
  byDefault: RangeName = "all",
): { range?: string; since?: string; until?: string } {
  if (range === "own") return { since: shortened(since), until: shortened(until) };
  return range === byDefault ? {} : { range };
}

/** `2026-11-28T09:00Z`: a chart has many of them. */
function shortened(time: string): string {
  return time.replace(/(?::00)?\.000Z$/, "Z");
}

/** The same as a store is asked, milliseconds since 1970. */
export function timesOf(
  { range, since, until }: TimeRange,
  nowMs: number,
): { since?: number; until?: number } {
  if (range === "all") return {};
  if (range !== "own") return { since: nowMs - Number(range) * MINUTE_MS };
  return {
    ...(since !== "" && { since: Date.parse(since) }),
    ...(until !== "" && { until: Date.parse(until) }),
  };
}

/** The steps of a chart over a range. */
export interface ChartSteps {
  /** What the store counts by. */
  step: "minute" | "hour";
  /** Of one bar; it can be several of the store's. */
  stepMs: number;
  firstMs: number;
  steps: number;
  /** `the last day` */
  span: string;
}

/** Of all time the last day is drawn. */
export function chartSteps(view: TimeRange, clock: Clock): ChartSteps {
  const { nowMs } = clock;
  if (view.range === "own") return ownSteps(view, clock);
  const range = view.range === "all" ? "1440" : view.range;
  const chart = CHARTS[range];
  const firstMs = (Math.floor(nowMs / chart.stepMs) - chart.steps + 1) * chart.stepMs;
  return { ...chart, firstMs, span: spanOf({ ...view, range }, clock) };
}

function ownSteps(view: TimeRange, clock: Clock): ChartSteps {
  const times = timesOf(view, clock.nowMs);
  const untilMs = Math.min(times.until ?? Infinity, clock.nowMs + 1);
  const sinceMs = Math.max(times.since ?? untilMs - DAY_MS, untilMs - LONGEST_CHART_MS);
  const { step, stepMs } = OWN_STEPS.find(({ step, stepMs }) =>
    (step === "hour" || sinceMs >= clock.nowMs - DAY_MS) &&
    untilMs - sinceMs <= MAX_BARS * stepMs
  )!;
  const firstMs = Math.floor(sinceMs / stepMs) * stepMs;
  const steps = Math.max(1, Math.ceil((untilMs - firstMs) / stepMs));
  const span = spanOf({ ...view, since: isoTime(sinceMs) }, clock);
  return { step, stepMs, firstMs, steps, span };
}

/** What the store is asked for. An instance whose clock is a little ahead counts as ours does. */
export function timeOfChart(
  { firstMs, stepMs, steps }: ChartSteps,
  { nowMs }: Pick<Clock, "nowMs">,
): { since: number; until: number } {
  const endMs = firstMs + steps * stepMs;
  return { since: firstMs, until: endMs > nowMs ? endMs + MINUTE_MS : endMs };
}

/** One step of a chart. */
export function stepRange(firstMs: number, stepMs: number): TimeRange {
  return { range: "own", since: isoTime(firstMs), until: isoTime(firstMs + stepMs) };
}

/** `the last hour`, `from 11-22 14:00 to 11-22 15:00`. */
export function spanOf({ range, since, until }: TimeRange, clock: Clock): string {
  if (range !== "own") return RANGES.find(({ name }) => name === range)!.span;
  const from = since && `from ${shortMoment(since, clock)}`;
  const to = until && `${since ? "to" : "before"} ${shortMoment(until, clock)}`;
  return [from, to].filter(Boolean).join(" ");
}

/** The ranges as links, and an own one to open. Its fields belong to the frame's search. */
export function RangeLinks(
  { view, addressOf, clock, byDefault = "all", without = [] }: {
    view: TimeRange;
    /** The same page with another range. */
    addressOf: (range: TimeRange) => string;
    clock: Clock;
    byDefault?: RangeName;
    /** Ranges that the page does not offer. */
    without?: readonly RangeName[];
  },
): Html {
  const isOwn = view.range === "own";
  return (
    <div class="segments ranges" role="group" aria-label="Time">
      {RANGES.filter(({ name }) => !without.includes(name)).map(({ name, title }) => (
        <a
          href={addressOf({ range: name, since: "", until: "" })}
          aria-current={name === view.range ? "true" : undefined}
        >
          {title}
        </a>
      ))}
      <details class="menu end own" name="menu">
        <summary aria-current={isOwn ? "true" : undefined}>
          {isOwn ? spanOf(view, clock) : "Own…"}
        </summary>
        <div class="opened">
          <Moments view={view} clock={clock} />
          <button type="submit" class="primary" form={SEARCH_FORM}>Apply</button>
        </div>
      </details>
      {!isOwn && view.range !== byDefault && (
        <input type="hidden" name="range" value={view.range} form={SEARCH_FORM} />
      )}
    </div>
  );
}

function Moments({ view, clock }: { view: TimeRange; clock: Clock }) {
  const input = { type: "datetime-local", step: "any", form: SEARCH_FORM } as const;
  const localTime = (time: string) =>
    time && zonedTime(time, clock.zone).replace(/(?::00)?\.000$/, "");
  return (
    <>
      <Field
        {...input}
        label={`From (${clock.zone})`}
        name="since"
        value={localTime(view.since)}
      />
      <Field
        {...input}
        label={`Before (${clock.zone})`}
        name="until"
        value={localTime(view.until)}
      />
      {clock.zone !== "UTC" && (
        <input type="hidden" name="zone" value={clock.zone} form={SEARCH_FORM} />
      )}
    </>
  );
}
