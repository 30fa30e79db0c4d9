/**
 * What both engines do at the start about rows of the future: of a version that believed any time, or of a machine whose clock was
 * ahead. They would stand before everything that comes, and no age would remove them.
 *
 * @module
 */
import { isOfTheFuture, MAX_AHEAD_MS, MAX_TIME_MS } from "./times.ts";
import { lineOf, redatedRecord } from "./dated.ts";
import { recordOf } from "./rows.ts";
import { wordsOf } from "./words.ts";

/** Rows moved in one transaction. */
export const HEAL_STEP_ROWS = 500;

/** Comes after the id of every process that can have started. */
export const AFTER_ALL_BOOTS: string = bootAt(MAX_TIME_MS);

/** Tables and their columns that are never later than now. */
export const MOMENTS = [
  ["errors", "first_seen"],
  ["errors", "last_seen"],
  ["errors", "last_critical"],
  ["errors", "resolved_at"],
  ["errors", "muted_at"],
  ["history", "time"],
  ["alerts_sent", "time"],
  ["alerts_sent", "noted_at"],
] as const;

const UUID_V7 = /^([0-9a-f]{8})-([0-9a-f]{4})-7/;

/** When rows are moved, and which. */
export interface HealTimes {
  /** Where they are moved to. */
  nowMs: number;
  /** What is later is of the future. */
  lastMs: number;
}

/**
 * A clock that is behind must not move what a right one wrote: no process starts before one that is known, so its start is not of
 * the future.
 *
 * @param newestBoot The id of the process that started last, of those that are known.
 */
export function healTimes(newestBoot: string | undefined, nowMs: number): HealTimes {
  const [, high = "0", low = "0"] = UUID_V7.exec(newestBoot ?? "") ?? [];
  const startMs = parseInt(high + low, 16);
  return { nowMs, lastMs: Math.max(nowMs, startMs) + MAX_AHEAD_MS };
}

/** A row of the future as it is stored now: its line, and what search sees of it. */
export function healed(line: string, nowMs: number): { line: string; words: string } {
  const record = recordOf(line);
  if (!isOfTheFuture(Date.parse(record.time), nowMs)) {
    return { line, words: wordsOf({ record, line }) };
  }
  const moved = redatedRecord(record, nowMs);
  const movedLine = lineOf(moved);
  return { line: movedLine, words: wordsOf({ record: moved, line: movedLine }) };
}

/** The first UUIDv7 of a millisecond. */
function bootAt(timeMs: number): string {
  const hex = timeMs.toString(16).padStart(12, "0");
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
}
