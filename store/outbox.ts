/**
 * When the world is told of which errors: the rules, the same for both engines.
 *
 * Whatever opens an error or brings it back notes in the same transaction that the world is to be told, so that no death of a
 * process loses it. One message is on its way at a time, over all processes: whoever takes it has it for
 * {@linkcode LEASE_MS}, and when it is neither told nor failed by then, the next who asks sends it again, under the same id.
 * While it cannot be delivered, what comes behind it waits, and is one summary when it has become much.
 *
 * @module
 */

/** An error is told of at most once in this time; what comes back sooner is told when it is over. */
export const QUIET_MS: number = 5 * 60 * 1000;

/** More messages than these within a minute are one summary … */
export const MAX_A_MINUTE = 10;
/** … of which there is one a minute. */
export const MINUTE_MS: number = 60 * 1000;

/** What has waited longer than this is not told any more: it is no news, and would come as a flood. */
export const MAX_AGE_MS: number = 24 * 60 * 60 * 1000;

/** Whoever takes a message has this long to send it, and to say so. */
export const LEASE_MS = 20_000;

/** A message is sent at most so many times … */
export const MAX_TRIES = 6;
/** … each a longer pause after the one before: 2 s, then twice as long each time, a minute in all. */
export const FIRST_RETRY_MS = 2_000;

/**
 * Nothing waits longer than twice {@linkcode QUIET_MS} for its turn: what would was noted by a clock that has been set back since,
 * and is due. Twice, because the clocks of several processes differ.
 */
const MAX_WAIT_MS: number = 2 * QUIET_MS;

/** Whether something is due, in SQL. */
export function isDue(now: string): string {
  return `(due_at <= ${now} or due_at > ${now} + ${MAX_WAIT_MS})`;
}

/** Whether something was sent within the last minute, in SQL. */
export function isRecent(now: string): string {
  return `(time > ${now} - ${MINUTE_MS} and time <= ${now} + ${MINUTE_MS})`;
}

/** Errors that one summary tells of, at most: the rest is the next minute's. */
export const MAX_TOLD = 10_000;
/** Of these, the ones that it carries. */
export const MAX_IN_SUMMARY = 20;

/** What waits, and what was told in the last minute. Only errors that are open count, and what is not too old. */
export interface Outbox {
  /** Id of the message that is on its way; null when none is. */
  begun: string | null;
  /** When it may be taken again: its lease is over, or its pause. */
  begun_due: number | null;
  /** Errors that no message tells of yet, and that may be told now. */
  ready: number;
  /** When the first of those that no message tells of may be told. */
  next_due: number | null;
  /** Messages of the last minute. */
  sent: number;
  /** When the newest summary of the last minute was sent; null when there was none. */
  last_summary: number | null;
}

/** What to do now: send the same message again, begin one of a kind, or nothing before a time. */
export type Turn =
  | { act: "again"; id: string }
  | { act: "single" | "summary" }
  | { act: "wait"; nextMs: number | null };

/** Whose turn it is at `now`, milliseconds since 1970. */
export function turnAt(now: number, outbox: Outbox): Turn {
  const { begun, begun_due, ready, next_due, sent, last_summary } = outbox;
  if (begun !== null) {
    const isItsTurn = begun_due! <= now || begun_due! > now + MAX_WAIT_MS;
    return isItsTurn ? { act: "again", id: begun } : { act: "wait", nextMs: begun_due };
  }
  if (ready === 0) return { act: "wait", nextMs: next_due };
  if (ready <= MAX_A_MINUTE - sent) return { act: "single" };
  if (last_summary === null) return { act: "summary" };
  return { act: "wait", nextMs: last_summary + MINUTE_MS };
}
