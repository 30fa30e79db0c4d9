/** When the entries of a batch happened, as far as that can be believed: the same for both engines. */
import { oneLineJson } from "../one_line.ts";
import type { LogRecord } from "../record.ts";
import { isOfTheFuture, isoTime, keepableTime, nowToKeep } from "../times.ts";
import { type Entry, headOf } from "../store.ts";

export interface DatedEntry {
  /** As it came; one whose time is not believed says another time, and keeps what it said. */
  entry: Entry;
  /** Milliseconds since 1970. */
  timeMs: number;
}

/**
 * In the order of their times. The log itself refuses wrong times earlier: what comes with one is from a journal, or from a
 * process whose clock is ahead of this one's.
 */
export function inOrderOfTime(
  entries: readonly Entry[],
  nowMs: number = nowToKeep(),
): DatedEntry[] {
  return entries.map((entry) => ({ entry, saidMs: Date.parse(headOf(entry).time) }))
    .map(({ entry, saidMs }) =>
      saidMs < 0 || isOfTheFuture(saidMs, nowMs)
        ? { ...redated(entry, nowMs), saidMs: nowMs }
        : { entry, saidMs, timeMs: keepableTime(saidMs) }
    )
    .sort((a, b) => a.saidMs - b.saidMs);
}

export function isFailure({ entry }: DatedEntry): boolean {
  return entry.group !== undefined;
}

function redated(entry: Entry, timeMs: number): DatedEntry {
  const record = redatedRecord(entry.record, timeMs);
  return { entry: { ...entry, head: record, record, line: lineOf(record) }, timeMs };
}

/** The record at another time; it keeps what it said first. */
export function redatedRecord(record: LogRecord, timeMs: number): LogRecord {
  const attrs = { reported_time: record.time, ...record.attrs };
  return { ...record, time: isoTime(timeMs), attrs };
}

export function lineOf(record: LogRecord): string {
  return oneLineJson(JSON.stringify(record));
}
