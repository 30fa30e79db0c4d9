/**
 * Makes a variant an error of its own.
 *
 * For each fingerprint of the error, the variant gets a key of its own: what arrives with this fingerprint and
 * this masked message belongs to the new error from now on, and a merge moves that key like any other.
 *
 * @module
 */
import { uuidv7 } from "../ids.ts";
import { maskMessage } from "../grouping/mask_message.ts";
import { BadSplit, type Doer, type ErrorSummary } from "../store.ts";
import type { Database } from "./database.ts";
import { addHistory } from "./history.ts";
import { HELD_BYTES } from "./sizes.ts";
import { variantKey } from "../variant_key.ts";
import { nowToKeep } from "../times.ts";
import { PLACES_PER_MS, timeAt } from "./places.ts";
import {
  actorOf,
  cleanOrNull,
  cleanText,
  CRITICAL_LINE,
  type ErrorRow,
  messageOf,
  occurrenceId,
  recordOf,
  summaryOf,
} from "../rows.ts";

const HOUR_MS = 60 * 60 * 1000;
/** Occurrences in memory at a time. */
const STEP_ROWS = 200;
/** Stands for the smallest id of no occurrence. */
const NONE_KEPT = Number.MAX_SAFE_INTEGER;

/** {@linkcode Store.split}. */
export function split(
  db: Database,
  id: string,
  { variant, by }: Doer & { variant: string },
): ErrorSummary | null {
  return db.transaction(() => {
    const from = db.get<ErrorRow>("select * from errors where uid = ?", [id]);
    if (from === undefined) return null;
    const message = cleanText(variant);
    const count = countToMove(db, from, message);
    const to = openTwin(db, from, { message, count });
    moveKeys(db, { from: from.id, to: to.id, message });
    const moved = moveOccurrences(db, { from: from.id, to: to.id, message });
    db.run("update variants set error = ? where error = ? and message = ?", [
      to.id,
      from.id,
      message,
    ]);
    db.run("update errors set count = count - ?1, muted_count = muted_count - ?1 where id = ?2", [
      count,
      from.id,
    ]);
    for (const error of [from.id, to.id]) showKept(db, error);
    if (moved > 0) showOldest(db, to.id);
    tellBoth(db, { from, to, message, by });
    return summaryOf(db.get<ErrorRow>("select * from errors where id = ?", [to.id])!);
  });
}

/** @throws {BadSplit} when there is nothing to split. */
function countToMove(db: Database, { id, count }: ErrorRow, message: string): number {
  const variant = db.get<{ count: number }>(
    "select count from variants where error = ? and message = ?",
    [id, message],
  );
  if (variant === undefined) throw new BadSplit("this error has no such variant");
  if (variant.count >= count) throw new BadSplit("this error has no other variant");
  return variant.count;
}

/** In the state of the first, with its dates: what is not kept any more cannot be asked. */
function openTwin(
  db: Database,
  { id }: ErrorRow,
  { message, count }: { message: string; count: number },
): ErrorRow {
  return db.get<ErrorRow>(
    `insert into errors (
       uid, state, type, message, svc_name, route, severity, location, count, kept, oldest_kept,
       first_seen, last_seen, first_release, last_release, resolved_at, resolved_in, came_back,
       muted_at, muted_until, muted_count, last_error_id
     ) select ?1, state, type, ?2, svc_name, route, severity, location, ?3, 0, ${NONE_KEPT},
         first_seen, last_seen, first_release, last_release, resolved_at, resolved_in, came_back,
         muted_at, muted_until, muted_count - count + ?3, ''
       from errors where id = ?4 returning *`,
    [uuidv7(), message, count, id],
  )!;
}

interface Move {
  from: number;
  to: number;
  /** The variant's masked message. */
  message: string;
}

function moveKeys(db: Database, { from, to, message }: Move): void {
  // Split off before and merged back: the key is there.
  db.run("update error_keys set error = ? where error = ? and variant = ?", [to, from, message]);
  const whole = db.all<{ key: string; rule: string; parts: string }>(
    "select key, rule, parts from error_keys where error = ? and split_from is null",
    [from],
  );
  for (const { key, rule, parts } of whole) {
    db.run(
      `insert into error_keys (key, error, rule, parts, split_from, variant)
       values (?, ?, ?, ?, ?, ?) on conflict do nothing`,
      [
        variantKey(key, message),
        to,
        rule,
        JSON.stringify([...JSON.parse(parts) as string[], `variant: ${message}`]),
        key,
        message,
      ],
    );
  }
}

/** Says how many were moved. */
function moveOccurrences(db: Database, move: Move): number {
  let moved = 0;
  let last = 0;
  while (true) {
    const rows = db.all<OccurrenceRow>(
      `select id, line from occurrences where error = ? and id > ? order by id limit ${STEP_ROWS}`,
      [move.from, last],
    );
    if (rows.length === 0) return moved;
    for (const row of rows) {
      if (moveIfItsOwn(db, row, move)) moved++;
      last = row.id;
    }
  }
}

interface OccurrenceRow {
  id: number;
  line: string;
}

function moveIfItsOwn(
  db: Database,
  { id, line }: OccurrenceRow,
  { from, to, message }: Move,
): boolean {
  const record = recordOf(line);
  // As fingerprint() masked it when it came.
  if (cleanText(maskMessage(record.error?.message ?? record.message)) !== message) return false;
  db.run("update occurrences set error = ? where id = ?", [to, id]);
  moveHour(db, { from, to, hour: Math.floor(Math.min(timeAt(id), nowToKeep()) / HOUR_MS) });
  return true;
}

function moveHour(
  db: Database,
  { from, to, hour }: { from: number; to: number; hour: number },
): void {
  const taken = db.run(
    "update hours set count = count - 1 where error = ? and hour = ? and count > 0",
    [from, hour],
  );
  // Hours go with RETENTION_DAYS, the newest occurrence stays.
  if (taken === 0) return;
  db.run(
    `insert into hours (error, hour, count) values (?, ?, 1)
     on conflict do update set count = count + 1`,
    [to, hour],
  );
}

/** What an error shows of its newest occurrence, and how many it keeps, after some have come or gone. */
function showKept(db: Database, error: number): void {
  db.run(
    `update errors set
       kept = (select count(*) from occurrences where error = ?1),
       bytes = ${HELD_BYTES},
       oldest_kept = coalesce((select min(id) from occurrences where error = ?1), ${NONE_KEPT}),
       last_critical = (
         select max(id) / ${PLACES_PER_MS} from occurrences
         where error = ?1 and line like '${CRITICAL_LINE}'
       )
     where id = ?1`,
    [error],
  );
  const found = occurrenceAt(db, error, "desc");
  if (found === undefined) {
    db.run("update errors set last_error_id = '' where id = ?", [error]);
    return;
  }
  const newest = recordOf(found.line);
  db.run(
    `update errors set
       severity = ?, last_seen = ?, last_release = ?, message = ?, route = ?, last_error_id = ?
     where id = ?`,
    [
      newest.severity,
      Math.min(timeAt(found.id), nowToKeep()),
      cleanOrNull(newest.release),
      messageOf(newest),
      cleanOrNull(newest.route),
      occurrenceId(newest),
      error,
    ],
  );
}

/** A new error begins with the oldest occurrence it is known by. */
function showOldest(db: Database, error: number): void {
  const { id, line } = occurrenceAt(db, error, "asc")!;
  const oldest = recordOf(line);
  db.run("update errors set first_seen = ?, first_release = ?, svc_name = ? where id = ?", [
    Math.min(timeAt(id), nowToKeep()),
    cleanOrNull(oldest.release),
    cleanText(oldest.svc_name),
    error,
  ]);
}

function occurrenceAt(
  db: Database,
  error: number,
  order: "asc" | "desc",
): OccurrenceRow | undefined {
  return db.get<OccurrenceRow>(
    `select id, line from occurrences where error = ? order by id ${order} limit 1`,
    [error],
  );
}

function tellBoth(
  db: Database,
  { from, to, message, by }: Doer & { from: ErrorRow; to: ErrorRow; message: string },
): void {
  const deed = { timeMs: nowToKeep(), action: "split", actor: actorOf(by) };
  addHistory(db, from.id, { ...deed, note: `"${message}" is an error of its own: ${to.uid}` });
  addHistory(db, to.id, { ...deed, note: `was a variant of ${from.uid}` });
}
