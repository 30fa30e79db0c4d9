/**
 * Retention, one small step a call, by one process at a time: each job has its turn, in a transaction of its own, whatever the
 * others find to do.
 *
 * What goes: logs and occurrences older than `days`; per error all but the newest `keepOccurrences`; errors
 * beyond their bound; source maps that nothing has used for `days`; traffic (traffic/retention.ts); and, while the store is larger than `maxMegabytes`, what shrink.ts says.
 *
 * What stays: counts, always. An error keeps its newest occurrence as long as it is kept itself, so
 * that there is something to look at. An open error stays until someone resolves it, however old; so does a
 * muted one, or it would be reported as new. A resolved one goes with its history when it has been
 * silent for `days`.
 */
import type { Database, Session } from "../drivers/database.ts";
import { tendNotes } from "../errors/feedback.ts";
import { removeErrors, removeLeastUseful, removeOldest } from "../errors/remove.ts";
import { tryLock } from "../drivers/locks.ts";
import { removeCounts } from "../keys/counts.ts";
import { removeRevoked } from "../keys/keys.ts";
import type { LogBlocks } from "../log/log_blocks.ts";
import { forgetChunks } from "../maps/chunks.ts";
import { removeUnusedMaps } from "../maps/maps.ts";
import { sweepTraffic } from "../traffic/retention.ts";
import { dueOf, sharesOf, shrink } from "./shrink.ts";
import type { Removed, RetentionLimits } from "../store.ts";
import { tidy } from "./tidy.ts";
import { DAY_MS, HOUR_MS, keepableTime } from "../times.ts";

/** Rows removed by one job in one step: some six milliseconds in SQLite. */
const STEP_ROWS = 200;

/** Occurrences beyond what an error may keep: a write brings it a thousand, and the step after it has to take as many. */
const STEP_SURPLUS = 1_000;

/** An error takes its occurrences, variants, hours and history along. */
const STEP_ERRORS = 20;

/** Transactions of the size limit in one step: as large as it has to be, some fifty milliseconds. */
const SHRINK_TURNS = 8;

/** Errors kept in all. Lists and counts of so many are measured: see docs/scale.md. */
const MAX_ERRORS = 100_000;
/** Errors kept of one service. */
const MAX_SERVICE_ERRORS = 20_000;

const BYTES_PER_MEGABYTE = 1024 * 1024;

const NOTHING: Removed = { removed: 0, more: false };

/** {@linkcode Store.sweep}. */
export async function sweep(
  db: Database,
  log: LogBlocks,
  { limits, now }: { limits: RetentionLimits; now: number },
): Promise<Removed> {
  const oldestMs = keepableTime(now) - limits.days * DAY_MS;
  const maxBytes = limits.maxMegabytes * BYTES_PER_MEGABYTE;
  const jobs: ((session: Session) => Promise<Removed>)[] = [
    (session) => log.removeBefore(session, oldestMs),
    (session) => removeOldOccurrences(session, oldestMs),
    (session) => removeSurplus(session, Math.max(limits.keepOccurrences, 1)),
    (session) => removeHours(session, Math.floor(oldestMs / HOUR_MS)),
    (session) => removeResolved(session, oldestMs),
    (session) => removeExcess(session, limits),
    (session) => removeServices(session, Math.floor(now / HOUR_MS)),
    (session) => removeOldIntake(session, oldestMs),
    (session) => tendNotes(session, now).then(() => NOTHING),
    (session) => removeUnusedMaps(session, oldestMs),
    (session) => forgetChunks(session, now),
    (session) => sweepTraffic(session, { beforeMs: oldestMs, nowMs: keepableTime(now) }),
  ];
  const total = { ...NOTHING };
  for (const job of jobs) {
    const step = await inTurn(db, job);
    // Another process does it.
    if (step === undefined) return total;
    total.removed += step.removed;
    total.more ||= step.more;
  }
  let step: Removed | undefined;
  for (let turns = SHRINK_TURNS; turns > 0; turns--) {
    step = await inTurn(db, (session) => shrink(session, log, maxBytes));
    total.removed += step?.removed ?? 0;
    if (!step?.more) break;
  }
  total.more ||= step?.more ?? false;
  const isTidying = await tidy(db, log, { removed: total.removed, maxBytes });
  return { ...total, more: total.more || isTidying };
}

function inTurn(
  db: Database,
  job: (session: Session) => Promise<Removed>,
): Promise<Removed | undefined> {
  return db.transaction(async (session) =>
    await tryLock(session, "sweeping") ? await job(session) : undefined
  );
}

/** The oldest occurrences before a time, except the newest of each error. */
async function removeOldOccurrences(session: Session, beforeMs: number): Promise<Removed> {
  const removed = await removeOldest(session, {
    where: "kept > 1 and oldest_kept < $1",
    values: [beforeMs],
    order: "oldest_kept",
    most: STEP_ERRORS,
  }, { most: STEP_ROWS, beforeMs });
  return { removed, more: removed > 0 };
}

/** The oldest occurrences of the errors that hold most beyond what they may keep. */
async function removeSurplus(session: Session, keep: number): Promise<Removed> {
  const removed = await removeOldest(session, {
    where: "kept > $1",
    values: [keep],
    order: "kept desc",
    most: STEP_ERRORS,
  }, { most: STEP_SURPLUS, keep });
  return { removed, more: removed > 0 };
}

async function removeHours(session: Session, before: number): Promise<Removed> {
  const removed = await session.run(
    `delete from holdfast.hours where (error, hour) in (
       select error, hour from holdfast.hours where hour < $1 limit ${STEP_ROWS}
     )`,
    [before],
  );
  return { removed, more: removed === STEP_ROWS };
}

/** Errors that are resolved and have been silent since before this time. */
function removeResolved(session: Session, beforeMs: number): Promise<Removed> {
  return removeErrors(session, {
    where: "state = 'resolved' and last_seen < $1 and resolved_at < $1 and kept <= 1",
    values: [beforeMs],
    order: "last_seen",
    most: STEP_ERRORS,
  });
}

/** Errors beyond the bound: the least useful ones of the service that has most. */
async function removeExcess(session: Session, limits: RetentionLimits): Promise<Removed> {
  const { maxErrors = MAX_ERRORS, maxServiceErrors = MAX_SERVICE_ERRORS } = limits;
  const all = await session.get<{ many: number }>(
    "select count(*) as many from holdfast.errors where id > 0",
  );
  // To share them out takes longer than to count them.
  if (all!.many <= Math.min(maxServiceErrors, maxErrors)) return NOTHING;
  const shares = await sharesOf(session);
  const large = shares.find(({ errors }) => errors > maxServiceErrors);
  const due = large === undefined
    ? dueOf(shares, "errors", all!.many - maxErrors)
    : { share: large, most: large.errors - maxServiceErrors };
  if (due === undefined) return NOTHING;
  const most = Math.min(due.most, STEP_ERRORS);
  const removed = await removeLeastUseful(session, due.share.svc_name, most);
  return { removed, more: removed > 0 };
}

/** Services that have no error any more, and have opened none in this hour. */
async function removeServices(session: Session, hour: number): Promise<Removed> {
  await session.run(
    `delete from holdfast.services where svc_name in (
       select svc_name from holdfast.services
       where svc_name >= '' and hour < $1 and not exists (
         select 1 from holdfast.errors
         where errors.svc_name = services.svc_name and errors.id > 0
       ) for update skip locked
     )`,
    [hour],
  );
  return NOTHING;
}

/** What keys brought long ago, and keys that were revoked long ago. */
async function removeOldIntake(session: Session, beforeMs: number): Promise<Removed> {
  const counts = await removeCounts(session, beforeMs);
  const removed = counts + await removeRevoked(session, beforeMs);
  return { removed, more: counts > 0 };
}
