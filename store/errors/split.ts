/**
 * Makes a variant an error of its own.
 *
 * For each fingerprint of the error, the variant gets a key of its own: what arrives with this fingerprint and
 * this masked message belongs to the new error from now on, and a merge moves that key like any other.
 */
import { createHash } from "node:crypto";
import type { Database, Session } from "../drivers/database.ts";
import { maskMessage } from "../grouping/mask_message.ts";
import { uuidv7 } from "../ids.ts";
import { lock } from "../drivers/locks.ts";
import type { LogRecord } from "../record.ts";
import { SEVERITY } from "../record.ts";
import {
  actorOf,
  addHours,
  cleanOrNull,
  cleanText,
  digestOf,
  type ErrorRow,
  historyEntries,
  insertErrors,
  type NewErrorRow,
  NOBODY_HIT,
  NOT_PROVED,
  NOTHING_HELD,
  NOTHING_SAID,
  recordOf,
  rowChange,
  shownOf,
  summaryOf,
} from "./rows.ts";
import { moveFacetsOf } from "../facets/move_facets.ts";
import { countAnew } from "./count_anew.ts";
import { BadSplit, type Doer, type ErrorSummary } from "../store.ts";
import { countsOf } from "./tally.ts";
import { HOUR_MS, nowToKeep } from "../times.ts";

/** Occurrences in memory at a time. */
const STEP_ROWS = 200;

/** As long as a fingerprint. */
const KEY_CHARS = 32;

/**
 * Makes a variant an error of its own, in the state of the first: from now on its occurrences go there, and those that
 * are kept move. Count and, as far as occurrences are kept, trend move too, so that the sums stay exact. Null when there
 * is no such error.
 *
 * @param variant One of the error's masked messages.
 * @throws {BadSplit} when it has no such variant, or no other.
 */
export function split(
  db: Database,
  id: string,
  { variant, by }: Doer & { variant: string },
): Promise<ErrorSummary | null> {
  return db.transaction(async (session) => {
    await lock(session, "sweeping");
    const from = await session.get<ErrorRow>(
      "select * from holdfast.errors where uid = $1 for update",
      [cleanText(id)],
    );
    if (from === undefined) return null;
    const message = cleanText(variant);
    const count = await countToMove(session, from, message);
    const to = await openTwin(session, from, { message, count });
    const move = { from: from.id, to: to.id, message };
    await moveKeys(session, move);
    const seen = await moveOccurrences(session, move);
    const made = { ...newestOf(seen.moved), ...oldestOf(seen.moved) };
    const deed = { timeMs: nowToKeep(), action: "split", actor: actorOf(by) };
    await session.batch([
      {
        sql: "update holdfast.variants set error = $2 where error = $1 and digest = $3",
        values: [from.id, to.id, digestOf(message)],
      },
      ...rowChange(from.id, {
        count: from.count - count,
        muted_count: from.muted_count === null ? null : from.muted_count - count,
        ...newestOf(seen.left),
        ...NOT_PROVED,
      }),
      ...rowChange(to.id, made),
      ...historyEntries([
        { error: from.id, ...deed, note: `"${message}" is an error of its own: ${to.uid}` },
        { error: to.id, ...deed, note: `was a variant of ${from.uid}` },
      ]),
    ]);
    return summaryOf((await countAnew(session, [from.id, to.id])).find(({ id }) => id === to.id)!);
  });
}

/** In the state of the first, with its dates: what is not kept any more cannot be asked. */
async function openTwin(
  session: Session,
  { id: _, ...from }: ErrorRow,
  { message, count }: { message: string; count: number },
): Promise<ErrorRow> {
  const twin: NewErrorRow = {
    ...from,
    uid: uuidv7(),
    message,
    count,
    ...NOTHING_HELD,
    ...NOBODY_HIT,
    ...NOTHING_SAID,
    // Both begin their proof anew: what was counted was counted for the two together.
    ...NOT_PROVED,
    muted_count: from.muted_count === null ? null : from.muted_count - from.count + count,
    last_error_id: "",
  };
  const [rows] = await session.batch<{ id: number }>([insertErrors([twin])]);
  return { ...twin, id: rows![0]!.id };
}

/** @throws {BadSplit} when there is nothing to split. */
async function countToMove(
  session: Session,
  { id, count }: ErrorRow,
  message: string,
): Promise<number> {
  const variant = await session.get<{ count: number }>(
    "select count from holdfast.variants where error = $1 and digest = $2",
    [id, digestOf(message)],
  );
  if (variant === undefined) throw new BadSplit("this error has no such variant");
  if (variant.count >= count) throw new BadSplit("this error has no other variant");
  return variant.count;
}

interface Move {
  from: number;
  to: number;
  message: string;
}

async function moveKeys(session: Session, { from, to, message }: Move): Promise<void> {
  // Split off before and merged back: the key is there.
  await session.run(
    "update holdfast.error_keys set error = $2 where error = $1 and variant = $3",
    [from, to, message],
  );
  const whole = await session.all<{ key: string; rule: string; parts: string }>(
    "select key, rule, parts from holdfast.error_keys where error = $1 and split_from is null",
    [from],
  );
  await session.batch(whole.map(({ key, rule, parts }) => ({
    sql: `insert into holdfast.error_keys (key, error, rule, parts, split_from, variant)
      values ($1, $2, $3, $4, $5, $6) on conflict do nothing`,
    values: [
      variantKey(key, message),
      to,
      rule,
      JSON.stringify([...JSON.parse(parts) as string[], `variant: ${message}`]),
      key,
      message,
    ],
  })));
}

/** The key of a variant: made of the fingerprint and the masked message. */
function variantKey(key: string, masked: string): string {
  const text = JSON.stringify([key, masked]);
  return createHash("sha256").update(text).digest("hex").slice(0, KEY_CHARS);
}

interface OccurrenceRow {
  time: number;
  id: number;
  line: string;
}

interface Seen {
  seenMs: number;
  record: LogRecord;
}

/** What is known of some occurrences after all were looked at. */
interface Side {
  oldest?: Seen;
  newest?: Seen;
  lastCritical: number | null;
}

async function moveOccurrences(
  session: Session,
  move: Move,
): Promise<{ moved: Side; left: Side }> {
  const sides = { moved: { lastCritical: null }, left: { lastCritical: null } };
  const nowMs = nowToKeep();
  let last: Pick<OccurrenceRow, "time" | "id"> = { time: -1, id: 0 };
  while (true) {
    const rows = await session.all<OccurrenceRow>(
      `select time, id, line from holdfast.occurrences
       where error = $1 and (time, id) > ($2, $3) order by time, id limit ${STEP_ROWS}`,
      [move.from, last.time, last.id],
    );
    const newest = rows.at(-1);
    if (newest === undefined) return sides;
    last = newest;
    const going: OccurrenceRow[] = [];
    for (const row of rows) {
      const record = recordOf(row.line);
      const isGoing = variantOf(record) === move.message;
      if (isGoing) going.push(row);
      see(isGoing ? sides.moved : sides.left, { record, seenMs: Math.min(row.time, nowMs) });
    }
    await moveThese(session, move, going);
    await moveFacetsOf(session, going.map(({ line }) => recordOf(line)), move);
  }
}

/** As fingerprint() masked it when it came. */
function variantOf({ error, message }: LogRecord): string {
  return cleanText(maskMessage(error?.message ?? message));
}

function see(side: Side, seen: Seen): void {
  side.oldest ??= seen;
  side.newest = seen;
  if (seen.record.severity >= SEVERITY.CRITICAL) side.lastCritical = seen.seenMs;
}

async function moveThese(
  session: Session,
  { from, to }: Move,
  rows: readonly OccurrenceRow[],
): Promise<void> {
  if (rows.length === 0) return;
  const nowMs = nowToKeep();
  const moved = countsOf(rows, ({ time }) => Math.floor(Math.min(time, nowMs) / HOUR_MS));
  // Hours go with RETENTION_DAYS, the newest occurrence stays.
  const hours = await session.all<{ hour: number; count: number }>(
    "select hour, count from holdfast.hours where error = $1 and hour = any ($2)",
    [from, [...moved.keys()]],
  );
  const taken = hours.map(({ hour, count }) => (
    { error: to, hour, count: Math.min(count, moved.get(hour)!) }
  ));
  const left = taken.map(({ hour, count }) => ({ error: from, hour, count: -count }));
  await session.batch([
    {
      sql: "update holdfast.occurrences set error = $1 where id = any ($2)",
      values: [to, rows.map(({ id }) => id)],
    },
    addHours([...left, ...taken]),
  ]);
}

function newestOf({ newest, lastCritical }: Side): Partial<ErrorRow> {
  if (newest === undefined) return { last_critical: lastCritical, last_error_id: "" };
  return {
    ...shownOf(newest.record),
    last_critical: lastCritical,
    last_seen: newest.seenMs,
  };
}

/** A new error begins with the oldest occurrence it is known by. */
function oldestOf({ oldest }: Side): Partial<ErrorRow> {
  if (oldest === undefined) return {};
  const { record, seenMs } = oldest;
  return {
    first_seen: seenMs,
    first_release: cleanOrNull(record.release),
    svc_name: cleanText(record.svc_name),
  };
}
