/**
 * Keeps the file as large as it may be: the oldest logs go, or the occurrences and errors of the service that holds most;
 * see ../shares.ts.
 *
 * @module
 */
import { bytesDue, failuresPay, type Share } from "../shares.ts";
import type { Database } from "./database.ts";
import { journalBytes } from "./journal.ts";
import { removeLeastUseful, removeLogs, removeOldest } from "./remove.ts";
import { logsIn, sharesOf } from "./sizes.ts";
import type { Step } from "./sweep.ts";

/** Rows removed in one transaction at most: it stands in the journal as a whole. */
const STEP_ROWS = 250;

/** An error takes its occurrences, variants, hours and history along. */
const STEP_ERRORS = 50;

/** Pages given back to the disk in one transaction at most. */
const STEP_PAGES = 250;

/**
 * What is in use of the store's size at most; the rest is for the journal, for what comes between two steps, and for the index
 * of words, which takes some of it now and then to merge its parts. Measured with 10 MB: at nine tenths the file with its
 * journal was 11.5 MB at times.
 */
const USED_PART = 17 / 20;

/** Comes after every id. */
const NO_LIMIT = Number.MAX_SAFE_INTEGER;

/** One transaction of it. */
export function shrink(db: Database, maxBytes: number): Step {
  const removed = removeSurplus(db, usedBytes(db) - maxBytes * USED_PART);
  const isGivingBack = giveBack(db, maxBytes - journalBytes(maxBytes));
  return { removed, more: removed > 0 || isGivingBack };
}

function removeSurplus(db: Database, surplus: number): number {
  if (surplus <= 0) return 0;
  const logs = logsIn(db);
  const failures = usedBytes(db) - logs.bytes;
  const jobs = [() => shrinkLogs(db, logs, surplus), () => shrinkFailures(db, surplus)];
  if (failuresPay({ failures, logs: logs.bytes })) jobs.reverse();
  return jobs[0]!() || jobs[1]!();
}

function shrinkLogs(db: Database, logs: { rows: number; bytes: number }, surplus: number): number {
  const most = rowsFor(surplus, logs.bytes / logs.rows);
  return removeLogs(db, { before: NO_LIMIT, most });
}

function shrinkFailures(db: Database, surplus: number): number {
  const shares = sharesOf(db);
  const due = bytesDue(shares, surplus);
  const share = shares.find(({ svc_name }) => svc_name === due?.svc_name);
  if (due === undefined || share === undefined) return 0;
  return removeOccurrences(db, share, due.most) ||
    removeLeastUseful(
      db,
      share.svc_name,
      Math.min(rowsFor(due.most, share.bytes / share.errors), STEP_ERRORS),
    );
}

/** The oldest of a service, except the newest of each error. */
function removeOccurrences(db: Database, { svc_name, bytes, kept }: Share, most: number): number {
  const errors = db.all<{ id: number; kept: number }>(
    `select id, kept from errors where svc_name = ? and id > 0 and kept > 1
     order by oldest_kept limit ${STEP_ERRORS}`,
    [svc_name],
  );
  const rows = rowsFor(most, bytes / kept);
  const each = Math.ceil(rows / errors.length);
  let removed = 0;
  for (const { id, kept } of errors) {
    if (removed >= rows) break;
    removed += removeOldest(db, id, { most: Math.min(kept - 1, each), before: NO_LIMIT });
  }
  return removed;
}

function rowsFor(bytes: number, bytesPerRow: number): number {
  return Math.min(Math.max(Math.ceil(bytes / bytesPerRow), 1), STEP_ROWS);
}

/**
 * Free pages are used again by what comes next. Only a file that is larger than it may be gives them back to the disk. True
 * while it does.
 */
function giveBack(db: Database, maxBytes: number): boolean {
  const most = Math.ceil(pages(db, "page_count") - maxBytes / pages(db, "page_size"));
  if (most <= 0 || pages(db, "freelist_count") === 0) return false;
  db.all(`pragma incremental_vacuum(${Math.min(most, STEP_PAGES)})`);
  return true;
}

function usedBytes(db: Database): number {
  return (pages(db, "page_count") - pages(db, "freelist_count")) * pages(db, "page_size");
}

function pages(db: Database, name: "page_count" | "freelist_count" | "page_size"): number {
  return Object.values(db.get<Record<string, number>>(`pragma ${name}`) ?? {})[0] ?? 0;
}
