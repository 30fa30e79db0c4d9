/**
 * Retention, one small step a call.
 *
 * What goes: logs and occurrences older than `days`; per error all but the newest `keepOccurrences`;
 * and, while the store is larger than `maxMegabytes`, the oldest logs, then the oldest occurrences.
 *
 * What stays: counts, always. An error keeps its newest occurrence as long as it is kept itself, so
 * that there is something to look at. An open error stays until someone mends it, however old; so does a
 * muted one, or it would be reported as new. A resolved one goes with its history when it has been
 * silent for `days`.
 *
 * @module
 */
import type { RetentionLimits } from "../store.ts";
import type { Database } from "./database.ts";
import { firstPlace } from "./places.ts";
import { removeError } from "./remove.ts";

/** Rows removed in one step: about six milliseconds. */
const STEP_ROWS = 200;

/** An error takes its occurrences, variants, hours and history along. */
const STEP_ERRORS = 20;

/** Late arrivals that live tail can still find after a reconnect. */
const MAX_LATE = 10_000;

/** Pages given back to the disk in one step. */
const STEP_PAGES = 1000;

const DAY_MS = 24 * 60 * 60 * 1000;
const HOUR_MS = 60 * 60 * 1000;
const BYTES_PER_MEGABYTE = 1024 * 1024;

/** Comes after every id. */
const NO_LIMIT = Number.MAX_SAFE_INTEGER;

/** One step of {@linkcode Store.sweep}: the first of the jobs that finds something to do. */
export function sweep(
  db: Database,
  limits: RetentionLimits,
  now: number,
): { removed: number; more: boolean } {
  const oldestMs = now - limits.days * DAY_MS;
  const jobs = [
    () => removeLogs(db, firstPlace(oldestMs)),
    () => removeOccurrences(db, firstPlace(oldestMs)),
    () => removeSurplus(db, Math.max(limits.keepOccurrences, 1)),
    () => removeHours(db, Math.floor(oldestMs / HOUR_MS)),
    () => removeLate(db),
    () => removeMended(db, oldestMs),
    () => shrink(db, limits.maxMegabytes * BYTES_PER_MEGABYTE),
  ];
  for (const job of jobs) {
    const removed = db.transaction(job);
    if (removed > 0) return { removed, more: true };
  }
  return { removed: 0, more: giveBack(db, limits.maxMegabytes * BYTES_PER_MEGABYTE) };
}

/** The oldest logs before an id. */
function removeLogs(db: Database, before: number): number {
  const ids = db.all<{ id: number; bytes: number }>(
    "select id, octet_length(line) as bytes from logs where id < ? order by id limit ?",
    [before, STEP_ROWS],
  );
  for (const { id } of ids) {
    db.run("delete from logs_words where rowid = ?", [id]);
    db.run("delete from logs where id = ?", [id]);
  }
  if (ids.length > 0) {
    db.run("update log_count set rows = rows - ?, bytes = bytes - ?", [ids.length, sumOf(ids)]);
  }
  return ids.length;
}

/** The oldest occurrences before an id, except the newest of each error. */
function removeOccurrences(db: Database, before: number): number {
  const errors = db.all<{ id: number; kept: number }>(
    `select id, kept from errors where kept > 1 and oldest_kept < ?
     order by oldest_kept limit ${STEP_ERRORS}`,
    [before],
  );
  let removed = 0;
  for (const { id, kept } of errors) {
    const most = Math.min(kept - 1, STEP_ROWS / STEP_ERRORS);
    removed += removeOldest(db, id, { most, before });
  }
  return removed;
}

/** The oldest occurrences of one error that holds more than it may keep. */
function removeSurplus(db: Database, keep: number): number {
  const error = db.get<{ id: number; kept: number }>(
    "select id, kept from errors where kept > ? order by kept desc limit 1",
    [keep],
  );
  if (error === undefined) return 0;
  const most = Math.min(error.kept - keep, STEP_ROWS);
  return removeOldest(db, error.id, { most, before: NO_LIMIT });
}

function removeOldest(
  db: Database,
  error: number,
  { most, before }: { most: number; before: number },
): number {
  const rows = db.all<{ id: number; bytes: number }>(
    `select id, octet_length(line) as bytes from occurrences
     where error = ? and id < ? order by id limit ?`,
    [error, before, most],
  );
  for (const { id } of rows) {
    db.run("delete from occurrences_words where rowid = ?", [id]);
    db.run("delete from occurrences where id = ?", [id]);
  }
  db.run(
    `update errors set kept = kept - ?, bytes = bytes - ?, oldest_kept = coalesce(
       (select min(id) from occurrences where occurrences.error = errors.id), oldest_kept
     ) where id = ?`,
    [rows.length, sumOf(rows), error],
  );
  return rows.length;
}

function sumOf(rows: readonly { bytes: number }[]): number {
  return rows.reduce((sum, { bytes }) => sum + bytes, 0);
}

function removeHours(db: Database, before: number): number {
  return db.run(
    `delete from hours where (error, hour) in (
       select error, hour from hours where hour < ? limit ?
     )`,
    [before, STEP_ROWS],
  );
}

/** What live tail has had long enough to read: the oldest arrivals beyond the newest ones. */
function removeLate(db: Database): number {
  return db.run(
    `delete from late_logs where arrival in (
       select arrival from late_logs where arrival <= (select max(arrival) from late_logs) - ?
       order by arrival limit ?
     )`,
    [MAX_LATE, STEP_ROWS],
  );
}

/** Errors that are resolved and have been silent since before this time. */
function removeMended(db: Database, before: number): number {
  const errors = db.all<{ id: number }>(
    `select id from errors
     where state = 'resolved' and last_seen < ? and resolved_at < ? and kept <= 1 limit ?`,
    [before, before, STEP_ERRORS],
  );
  for (const { id } of errors) removeError(db, id);
  return errors.length;
}

function shrink(db: Database, maxBytes: number): number {
  if (pages(db, "page_count") - pages(db, "freelist_count") <= maxBytes / pages(db, "page_size")) {
    return 0;
  }
  return removeLogs(db, NO_LIMIT) || removeOccurrences(db, NO_LIMIT);
}

/**
 * Free pages are used again by what comes next. Only a file that is larger than it may be, because
 * its limit was lowered, gives them back to the disk. True while it does.
 */
function giveBack(db: Database, maxBytes: number): boolean {
  const isTooLarge = pages(db, "page_count") * pages(db, "page_size") > maxBytes;
  if (!isTooLarge || pages(db, "freelist_count") === 0) return false;
  db.all(`pragma incremental_vacuum(${STEP_PAGES})`);
  return true;
}

function pages(db: Database, name: "page_count" | "freelist_count" | "page_size"): number {
  return Object.values(db.get<Record<string, number>>(`pragma ${name}`) ?? {})[0] ?? 0;
}
