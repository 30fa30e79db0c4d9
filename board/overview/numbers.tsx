/** @jsxImportSource hono/jsx */
/** The numbers of a time at a glance, each against as long a time before. */
import { Bars, fewBars } from "../parts/charts.tsx";
import type { Html } from "../parts/parts.tsx";
import { count, milliseconds } from "../parts/times.ts";
import type { Counts, Traffic } from "./traffic.ts";

interface Figure {
  title: string;
  /** Of some time, for comparing; null: not known. */
  valueOf: (counts: Counts) => number | null;
  show: (value: number, counts: Counts) => string;
  words: readonly [more: string, less: string];
  /** Whether more of it is worse. */
  isBad: boolean;
  isFailure?: boolean;
}

const MAX_BARS = 62;

const MORE_OR_FEWER = ["more", "fewer"] as const;
const SLOWER_OR_FASTER = ["slower", "faster"] as const;

const FIGURES: readonly Figure[] = [
  {
    title: "Requests",
    valueOf: ({ requests }) => requests,
    show: (value) => count(value),
    words: MORE_OR_FEWER,
    isBad: false,
  },
  {
    title: "Failed",
    valueOf: ({ failures }) => failures,
    show: (value, { requests }) =>
      value === 0 ? "0" : `${count(value)} (${percent(value, requests)})`,
    words: MORE_OR_FEWER,
    isBad: true,
    isFailure: true,
  },
  {
    title: "p50",
    valueOf: ({ p50_ms }) => p50_ms,
    show: (value) => milliseconds(value),
    words: SLOWER_OR_FASTER,
    isBad: true,
  },
  {
    title: "p95",
    valueOf: ({ p95_ms }) => p95_ms,
    show: (value) => milliseconds(value),
    words: SLOWER_OR_FASTER,
    isBad: true,
  },
  {
    title: "Errors logged",
    valueOf: ({ error, critical }) => error + critical,
    show: (value) => count(value),
    words: MORE_OR_FEWER,
    isBad: true,
    isFailure: true,
  },
  {
    title: "Log records",
    valueOf: ({ records }) => records,
    show: (value) => count(value),
    words: MORE_OR_FEWER,
    isBad: false,
  },
];

export function Numbers({ traffic }: { traffic: Traffic }): Html {
  const { total, before, steps } = traffic;
  return (
    <dl class="figures">
      {FIGURES.map(({ title, valueOf, show, words, isBad, isFailure }) => {
        const value = valueOf(total);
        const past = valueOf(before);
        const isKnown = before.records > 0 && past !== null && value !== null;
        const change = isKnown ? comparison(value, past, words) : "nothing before";
        const isWorse = isBad && isKnown && value > past * WORSE;
        return (
          <div>
            <dt>{title}</dt>
            <dd>
              {value === null ? "–" : show(value, total)}
              <Bars
                bars={fewBars(
                  steps.map((step) => {
                    const value = (step && valueOf(step)) ?? 0;
                    return isFailure ? { value, bad: value } : { value };
                  }),
                  { most: MAX_BARS, isSum: words === MORE_OR_FEWER },
                )}
                height={20}
                tone="quiet"
                label={`${title} over this time`}
              />
              <span
                class={isWorse ? "bad" : undefined}
                title={past === null ? undefined : `Before: ${show(past, before)}`}
              >
                {change}
              </span>
            </dd>
          </div>
        );
      })}
    </dl>
  );
}

/** Of the value before: a little more is no news. */
const WORSE = 1.2;
/** From this many times on nobody thinks in percent. */
const TIMES = 2;

/** `16 % more`, `3.2 × more`, `as before`, `none before` */
export function comparison(
  value: number,
  past: number,
  [more, less]: readonly [more: string, less: string],
): string {
  if (past === 0) return value === 0 ? "as before" : "none before";
  if (value === 0) return "none any more";
  const ratio = value / past;
  if (ratio >= TIMES) return `${shortRatio(ratio)} × before`;
  const percent = Math.round(Math.abs(ratio - 1) * 100);
  return percent === 0 ? "as before" : `${percent} % ${ratio > 1 ? more : less}`;
}

function shortRatio(ratio: number): string {
  return ratio < 10 ? String(Math.round(ratio * 10) / 10) : count(Math.round(ratio));
}

/** `4 %`, `0.3 %`, `<0.1 %` */
export function percent(part: number, all: number): string {
  if (part === 0 || all === 0) return "0 %";
  const share = part / all * 100;
  if (share < 0.1) return "<0.1 %";
  return `${share < 9.95 ? Math.round(share * 10) / 10 : Math.round(share)} %`;
}
