/**
 * Retention, one small step a call: each job has its turn, whatever the others find to do.
 *
 * What goes: logs and occurrences older than `days`; per error all but the newest `keepOccurrences`; errors
 * beyond their bound; and, while the store is larger than `maxMegabytes`, what shrink.ts says.
 *
 * What stays: counts, always. An error keeps its newest occurrence as long as it is kept itself, so
 * that there is something to look at. An open error stays until someone mends it, however old; so does a
 * muted one, or it would be reported as new. A resolved one goes with its history when it has been
 * silent for `days`.
 *
 * @module
 */
import { keepableTime } from "../times.ts";
import { errorsDue, MAX_ERRORS, MAX_SERVICE_ERRORS } from "../shares.ts";
import type { RetentionLimits } from "../store.ts";
import { HOUR_MS } from "../tally.ts";
import type { Database } from "./database.ts";
import { limitJournal } from "./journal.ts";
import { mergeWords } from "./merge_words.ts";
import { firstPlace } from "./places.ts";
import { removeError, removeLeastUseful, removeLogs, removeOldest } from "./remove.ts";
import { errorsIn, sharesOf } from "./sizes.ts";
import { shrink } from "./shrink.ts";

/** Rows removed by one job in one step: some six milliseconds. */
const STEP_ROWS = 200;

/** Occurrences beyond what an error may keep: a write brings it a thousand, and the step after it has to take as many. */
const STEP_SURPLUS = 1_000;

/** An error takes its occurrences, variants, hours and history along. */
const STEP_ERRORS = 20;

/** Transactions of the size limit in one step: as large as it has to be, some fifty milliseconds. */
const SHRINK_TURNS = 8;

/** Late arrivals that live tail can still find after a reconnect. */
const MAX_LATE = 10_000;

const DAY_MS = 24 * 60 * 60 * 1000;
const BYTES_PER_MEGABYTE = 1024 * 1024;

/** Comes after every id. */
const NO_LIMIT = Number.MAX_SAFE_INTEGER;

/** What a job has done. */
export interface Step {
  /** Rows removed. */
  removed: number;
  /** There is more for it to do. */
  more: boolean;
}

/** {@linkcode Store.sweep}. */
export function sweep(db: Database, limits: RetentionLimits, now: number): Step {
  const oldestMs = keepableTime(now) - limits.days * DAY_MS;
  const maxBytes = limits.maxMegabytes * BYTES_PER_MEGABYTE;
  const jobs = [
    () => removeOldLogs(db, firstPlace(oldestMs)),
    () => removeOldOccurrences(db, firstPlace(oldestMs)),
    () => removeSurplus(db, Math.max(limits.keepOccurrences, 1)),
    () => removeHours(db, Math.floor(oldestMs / HOUR_MS)),
    () => removeLate(db),
    () => removeMended(db, oldestMs),
    () => removeExcess(db, limits),
    () => removeServices(db, Math.floor(now / HOUR_MS)),
  ];
  const steps = jobs.map((job) => db.transaction(job));
  for (let turns = SHRINK_TURNS; turns > 0; turns--) {
    const step = db.transaction(() => shrink(db, maxBytes));
    steps.push(step);
    if (!step.more) break;
  }
  const isMerging = mergeWords(db);
  limitJournal(db, maxBytes);
  return {
    removed: steps.reduce((sum, { removed }) => sum + removed, 0),
    more: isMerging || steps.slice(0, jobs.length).some(({ more }) => more) || steps.at(-1)!.more,
  };
}

function removeOldLogs(db: Database, before: number): Step {
  const removed = removeLogs(db, { before, most: STEP_ROWS });
  return { removed, more: removed === STEP_ROWS };
}

/** The oldest occurrences before an id, except the newest of each error. */
function removeOldOccurrences(db: Database, before: number): Step {
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
  // What is left of them are the newest ones, which stay.
  return { removed, more: removed > 0 };
}

/** The oldest occurrences of the errors that hold most beyond what they may keep. */
function removeSurplus(db: Database, keep: number): Step {
  const errors = db.all<{ id: number; kept: number }>(
    `select id, kept from errors where kept > ? order by kept desc limit ${STEP_ERRORS}`,
    [keep],
  );
  let left = STEP_SURPLUS;
  for (const { id, kept } of errors) {
    left -= removeOldest(db, id, { most: Math.min(kept - keep, left), before: NO_LIMIT });
    if (left === 0) break;
  }
  return { removed: STEP_SURPLUS - left, more: left === 0 || errors.length === STEP_ERRORS };
}

function removeHours(db: Database, before: number): Step {
  const removed = db.run(
    `delete from hours where (error, hour) in (
       select error, hour from hours where hour < ? limit ?
     )`,
    [before, STEP_ROWS],
  );
  return { removed, more: removed === STEP_ROWS };
}

/** What live tail has had long enough to read: the oldest arrivals beyond the newest ones. */
function removeLate(db: Database): Step {
  const removed = db.run(
    `delete from late_logs where arrival in (
       select arrival from late_logs where arrival <= (select max(arrival) from late_logs) - ?
       order by arrival limit ?
     )`,
    [MAX_LATE, STEP_ROWS],
  );
  return { removed, more: removed === STEP_ROWS };
}

/** Errors that are resolved and have been silent since before this time. */
function removeMended(db: Database, before: number): Step {
  const errors = db.all<{ id: number }>(
    `select id from errors
     where state = 'resolved' and last_seen < ? and resolved_at < ? and kept <= 1 limit ?`,
    [before, before, STEP_ERRORS],
  );
  for (const { id } of errors) removeError(db, id);
  return { removed: errors.length, more: errors.length === STEP_ERRORS };
}

/** Errors beyond the bound: the least useful ones of the service that has most. */
function removeExcess(db: Database, limits: RetentionLimits): Step {
  const { maxErrors = MAX_ERRORS, maxServiceErrors = MAX_SERVICE_ERRORS } = limits;
  // To share them out takes longer than to count them.
  if (errorsIn(db) <= Math.min(maxServiceErrors, maxErrors)) return { removed: 0, more: false };
  const due = errorsDue(sharesOf(db), limits);
  if (due === undefined) return { removed: 0, more: false };
  const most = Math.min(due.most, STEP_ERRORS);
  return { removed: removeLeastUseful(db, due.svc_name, most), more: true };
}

/** Services that have no error any more, and have opened none in this hour. */
function removeServices(db: Database, hour: number): Step {
  db.run(
    `delete from services where svc_name >= '' and hour < ? and not exists (
       select 1 from errors where errors.svc_name = services.svc_name and errors.id > 0
     )`,
    [hour],
  );
  return { removed: 0, more: false };
}
