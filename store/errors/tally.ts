/**
 * What one batch brings to one error, the same for both engines: a batch touches each error once,
 * however many occurrences it holds.
 */
import { Buffer } from "node:buffer";
import { type LogRecord, SEVERITY } from "../record.ts";
import { isSince } from "../times.ts";
import { isAfterFix, type RankOf } from "./fix.ts";
import { cleanText, type ErrorRow, messageOf as recordMessage } from "./rows.ts";
import type { Entry, Group } from "../store.ts";

/** Different masked messages counted per error; further ones are not distinguished. */
export const MAX_VARIANTS = 100;

/** A failure that was not in the store before. */
export interface Failure {
  /** When it happened, milliseconds since 1970. */
  timeMs: number;
  /** The record as it came, with its group. */
  entry: Entry;
}

/** The occurrences that one batch brings to one error. */
export interface Tally<Key = string> {
  /** The error's key, or its number. */
  key: Key;
  /** What the first of them says of its error. */
  group: Group;
  /** In the order of their times, never empty. */
  failures: Failure[];
  oldest: Failure;
  newest: Failure;
}

/** One tally a key. The failures are in the order of their times, each with a group. */
export function talliesOf<Key>(
  failures: readonly Failure[],
  keyOf: (failure: Failure) => Key,
): Tally<Key>[] {
  const byKey = Map.groupBy(failures, keyOf);
  return Array.from(byKey, ([key, failures]) => {
    const oldest = failures[0]!;
    return { key, group: oldest.entry.group!, failures, oldest, newest: failures.at(-1)! };
  });
}

/** The time of the newest CRITICAL one; null where none is. */
export function lastCritical({ failures }: Tally<unknown>): number | null {
  const isCritical = ({ entry }: Failure) => entry.record.severity >= SEVERITY.CRITICAL;
  return failures.findLast(isCritical)?.timeMs ?? null;
}

/** What a batch does to the error it belongs to. */
export interface Effect {
  /** When its oldest and newest occurrences were seen, milliseconds since 1970. */
  oldestMs: number;
  newestMs: number;
  /** It holds the oldest occurrence of all. */
  isFirst: boolean;
  /** It holds the newest occurrence of all: that is what the error shows. */
  isLast: boolean;
  /** How many of its occurrences a mute does not count: they happened before it. */
  beforeMute: number;
  /** The error is open again, and why. */
  wake: Wake | undefined;
}

/** An error opens again: by itself an occurrence brings a resolved one back, all together end a mute. */
type Wake =
  | { action: "came_back"; note: string; by: Failure }
  | { action: "unmuted"; note: string; by?: undefined };

/** What decides beside the error and its occurrences. */
export interface Circumstances {
  nowMs: number;
  rankOf: RankOf;
}

/** When an occurrence was seen; now, where its clock is ahead. */
export function seenMs({ timeMs }: Failure, nowMs: number): number {
  return Math.min(timeMs, nowMs);
}

/**
 * Decides it for both engines. What happened before an error was resolved or muted, and only arrives now (from a journal, from
 * another service), is counted, and wakes nobody; nor does what an older release than the one that fixes it brings.
 */
export function effectOf(
  before: ErrorRow,
  tally: Tally<unknown>,
  { nowMs, rankOf }: Circumstances,
): Effect {
  const { failures } = tally;
  const oldestMs = seenMs(tally.oldest, nowMs);
  const newestMs = seenMs(tally.newest, nowMs);
  const { muted_at } = before;
  const beforeMute = muted_at === null
    ? 0
    : failures.filter((failure) => !isSince(seenMs(failure, nowMs), { momentMs: muted_at, nowMs }))
      .length;
  return {
    oldestMs,
    newestMs,
    isFirst: oldestMs < before.first_seen,
    isLast: isSince(newestMs, { momentMs: before.last_seen, nowMs }),
    beforeMute,
    wake: wakeOf(before, tally, { beforeMute, newestMs, nowMs, rankOf }),
  };
}

function wakeOf(
  before: ErrorRow,
  { failures }: Tally<unknown>,
  { beforeMute, newestMs, ...circumstances }:
    & Circumstances
    & Pick<Effect, "beforeMute" | "newestMs">,
): Effect["wake"] {
  const { muted_until, muted_count, count } = before;
  const by = failures.findLast((failure) => isAfterFix(before, failure, circumstances));
  if (by !== undefined) return { action: "came_back", note: releaseNote(by.entry.record), by };
  if (beforeMute === failures.length) return undefined;
  if (muted_until !== null && newestMs >= muted_until) {
    return { action: "unmuted", note: "the time it was muted for is over" };
  }
  if (muted_count !== null && count + failures.length - beforeMute >= muted_count) {
    return { action: "unmuted", note: "it has happened as often as it was muted for" };
  }
}

/** Bytes that their lines add to the error. */
export function bytesOf({ failures }: Tally<unknown>): number {
  return failures.reduce((sum, { entry }) => sum + Buffer.byteLength(entry.line), 0);
}

/** Whether it belongs to an overflow (overflow.ts): such an error shows its own message, not that of the newest failure. */
export function isOverflow(group: Group | undefined): group is Group {
  return group?.rule === "overflow";
}

/** The message of the error: the newest one, or that of the overflow. */
export function messageOf({ entry }: Failure): string {
  const { group, record } = entry;
  return isOverflow(group) ? group.title : recordMessage(record);
}

/** The service that the error belongs to. */
export function serviceOf({ entry }: Failure): string {
  const { group, record } = entry;
  return cleanText(isOverflow(group) ? group.location : record.svc_name);
}

/** How many failures have each value. */
export function countsOf<F, Key>(
  failures: readonly F[],
  keyOf: (failure: F) => Key,
): Map<Key, number> {
  const counts = new Map<Key, number>();
  for (const failure of failures) {
    const key = keyOf(failure);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}

/** The release, as the history says it; empty where none is known. */
export function releaseNote({ release }: LogRecord): string {
  return release === undefined ? "" : `in release ${cleanText(release)}`;
}
