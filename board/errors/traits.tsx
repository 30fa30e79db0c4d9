/** @jsxImportSource hono/jsx */
/** What is special about an error just now, in a word each. */
import type { ErrorSummary } from "../../logging/mod.ts";
import { DAY_MS, HOUR_MS } from "../../store/times.ts";
import type { Html } from "../parts/parts.tsx";
import { ago, type Clock } from "../parts/times.ts";

/** Since it rose last. */
const RISING_MS = 2 * HOUR_MS;
/** Without an occurrence. */
const QUIET_MS = DAY_MS;

export type Trait = "rising" | "back" | "new" | "quiet";

/** The most urgent first. `sinceMs`: from when on it is new. */
export function traitsOf(
  error: ErrorSummary,
  { sinceMs, nowMs }: { sinceMs: number; nowMs: number },
): Trait[] {
  const isAfter = (time: string | null, ms: number) => time !== null && Date.parse(time) >= ms;
  const traits: Trait[] = [];
  if (isAfter(error.rising_at, nowMs - RISING_MS)) traits.push("rising");
  if (isAfter(error.came_back_at, sinceMs)) traits.push("back");
  if (isAfter(error.first_seen, sinceMs)) traits.push("new");
  if (error.state === "open" && !isAfter(error.last_seen, nowMs - QUIET_MS)) traits.push("quiet");
  return traits;
}

export function Traits(
  { error, sinceMs, clock }: { error: ErrorSummary; sinceMs: number; clock: Clock },
): Html {
  return (
    <>
      {traitsOf(error, { sinceMs, nowMs: clock.nowMs }).map((trait) => (
        <span class={`trait ${trait}`} title={WHY[trait](error, clock)}>{trait}</span>
      ))}
    </>
  );
}

const WHY: Readonly<Record<Trait, (error: ErrorSummary, clock: Clock) => string>> = {
  rising: ({ rising_at }, clock) => `Far more often than usual, ${ago(rising_at!, clock)}`,
  back: ({ came_back_at }, clock) => `Was resolved, came back ${ago(came_back_at!, clock)}`,
  new: ({ first_seen }, clock) => `First seen ${ago(first_seen, clock)}`,
  quiet: () => "Has not happened for a day",
};
