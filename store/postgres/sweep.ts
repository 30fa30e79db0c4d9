/**
 * Retention, one small step a call, by one instance at a time: each job has its turn, in a transaction of its own, whatever the
 * others find to do. What goes and what stays is the same as in SQLite: see ../sqlite/sweep.ts.
 *
 * Rows are deleted from the old end of an index, and autovacuum gives their room to what comes next.
 *
 * @module
 */
import { keepableTime } from "../times.ts";
import { errorsDue, type Share } from "../shares.ts";
import type { RetentionLimits } from "../store.ts";
import { HOUR_MS } from "../tally.ts";
import type { Database, Session } from "./database.ts";
import { ADVISORY_LOCKS } from "../locks.ts";
import { removeDoomed, removeErrors, removeLeastUseful, removeLogs } from "./remove.ts";
import { shrink } from "./shrink.ts";
import { sharesOf } from "./sizes.ts";
import { vacuum } from "./vacuum.ts";

/** Rows removed by one job in one step: some tens of milliseconds. */
const STEP_ROWS = 2000;

/** An error takes its occurrences, variants, hours and history along. */
const STEP_ERRORS = 20;

const DAY_MS = 24 * 60 * 60 * 1000;
const BYTES_PER_MEGABYTE = 1024 * 1024;

/** What a job has done. */
export interface Step {
  /** Rows removed. */
  removed: number;
  /** There is more for it to do. */
  more: boolean;
}

/** {@linkcode Store.sweep}. */
export async function sweep(db: Database, limits: RetentionLimits, now: number): Promise<Step> {
  const oldestMs = keepableTime(now) - limits.days * DAY_MS;
  const jobs: ((session: Session) => Promise<Step>)[] = [
    (session) => removeOldLogs(session, oldestMs),
    (session) => removeOldOccurrences(session, oldestMs),
    (session) => removeSurplus(session, Math.max(limits.keepOccurrences, 1)),
    (session) => removeHours(session, Math.floor(oldestMs / HOUR_MS)),
    (session) => removeMended(session, oldestMs),
    (session) => removeExcess(session, limits, now),
    (session) => shrink(session, limits.maxMegabytes * BYTES_PER_MEGABYTE),
  ];
  const total = { removed: 0, more: false };
  for (const job of jobs) {
    const step = await inTurn(db, job);
    // Another instance is at it.
    if (step === undefined) break;
    total.removed += step.removed;
    total.more ||= step.more;
  }
  await vacuum(db, total.removed);
  return total;
}

/** Does one job, unless another instance does retention just now. */
function inTurn(
  db: Database,
  job: (session: Session) => Promise<Step>,
): Promise<Step | undefined> {
  return db.transaction(async (session) => {
    const lock = await session.get<{ is_ours: boolean }>(
      "select pg_try_advisory_xact_lock($1) as is_ours",
      [ADVISORY_LOCKS.sweeping],
    );
    return lock?.is_ours ? await job(session) : undefined;
  });
}

async function removeOldLogs(session: Session, beforeMs: number): Promise<Step> {
  const removed = await removeLogs(session, { beforeMs, most: STEP_ROWS });
  return { removed, more: removed === STEP_ROWS };
}

/** The oldest occurrences before a time, except the newest of each error. */
async function removeOldOccurrences(session: Session, beforeMs: number): Promise<Step> {
  const removed = await removeDoomed(
    session,
    `select error, time, id from holdfast.occurrences as old
     where time < $1 and exists (
       select 1 from holdfast.occurrences as newer
       where newer.error = old.error and (newer.time, newer.id) > (old.time, old.id)
     ) order by time limit ${STEP_ROWS}`,
    [beforeMs],
  );
  return { removed, more: removed === STEP_ROWS };
}

/** The oldest occurrences of the errors that hold most beyond what they may keep. */
async function removeSurplus(session: Session, keep: number): Promise<Step> {
  const removed = await removeDoomed(
    session,
    `select error, time, id from (
       select id as error, kept from holdfast.errors where kept > $1
       order by kept desc limit ${STEP_ERRORS}
     ) as full_ones, lateral (
       select time, id from holdfast.occurrences where occurrences.error = full_ones.error
       order by time, id limit full_ones.kept - $1
     ) as oldest limit ${STEP_ROWS}`,
    [keep],
  );
  return { removed, more: removed === STEP_ROWS };
}

async function removeHours(session: Session, before: number): Promise<Step> {
  const gone = await session.all(
    `delete from holdfast.hours where (error, hour) in (
       select error, hour from holdfast.hours where hour < $1 limit ${STEP_ROWS}
     ) returning 1`,
    [before],
  );
  return { removed: gone.length, more: gone.length === STEP_ROWS };
}

/** Errors that are resolved and have been silent since before this time. */
async function removeMended(session: Session, beforeMs: number): Promise<Step> {
  const removed = await removeErrors(
    session,
    `select id from holdfast.errors
     where state = 'resolved' and last_seen < $1 and resolved_at < $1 and kept <= 1
     limit ${STEP_ERRORS} for update skip locked`,
    [beforeMs],
  );
  return { removed, more: removed === STEP_ERRORS };
}

/** Errors beyond the bound: the least useful ones of the service that has most. And services without any. */
async function removeExcess(
  session: Session,
  limits: RetentionLimits,
  now: number,
): Promise<Step> {
  const shares = await sharesOf(session);
  await removeServices(session, shares, Math.floor(now / HOUR_MS));
  const due = errorsDue(shares, limits);
  if (due === undefined) return { removed: 0, more: false };
  const most = Math.min(due.most, STEP_ERRORS);
  const removed = await removeLeastUseful(session, due.svc_name, most);
  return { removed, more: removed > 0 };
}

/** Those that have no error any more, and have opened none in this hour. */
async function removeServices(
  session: Session,
  shares: readonly Share[],
  hour: number,
): Promise<void> {
  await session.all(
    `delete from holdfast.services where svc_name in (
       select svc_name from holdfast.services
       where svc_name >= '' and hour < $1 and svc_name <> all ($2) for update skip locked
     )`,
    [hour, shares.map(({ svc_name }) => svc_name)],
  );
}
