/**
 * Keeps the store as large as it may be: the oldest logs go, or the occurrences and errors of the service that holds most;
 * see ../shares.ts.
 *
 * @module
 */
import { bytesDue, failuresPay, type Share } from "../shares.ts";
import type { Session } from "./database.ts";
import { removeDoomed, removeLeastUseful, removeLogs } from "./remove.ts";
import { logsIn, sharesOf } from "./sizes.ts";
import type { Step } from "./sweep.ts";

/** Rows removed in one step at most. A step is as large as it has to be. */
const STEP_ROWS = 2000;

/** An error takes its occurrences, variants, hours and history along. */
const STEP_ERRORS = 100;

/** What is in use of the store's size at most; the rest is for what comes between two steps. */
const USED_PART = 19 / 20;

/** Comes after every time. */
const NO_LIMIT = Number.MAX_SAFE_INTEGER;

/** One step of it: what is too much, and no more. */
export async function shrink(session: Session, maxBytes: number): Promise<Step> {
  const logs = await logsIn(session);
  const shares = await sharesOf(session);
  const failures = shares.reduce((sum, { bytes }) => sum + bytes, 0);
  const surplus = logs.bytes + failures - maxBytes * USED_PART;
  if (surplus <= 0) return { removed: 0, more: false };
  const jobs = [
    () => shrinkLogs(session, logs, surplus),
    () => shrinkFailures(session, shares, surplus),
  ];
  if (failuresPay({ failures, logs: logs.bytes })) jobs.reverse();
  const removed = await jobs[0]!() || await jobs[1]!();
  return { removed, more: removed > 0 };
}

function shrinkLogs(
  session: Session,
  logs: { rows: number; bytes: number },
  surplus: number,
): Promise<number> {
  const most = rowsFor(surplus, logs.bytes / logs.rows);
  return removeLogs(session, { beforeMs: NO_LIMIT, most });
}

async function shrinkFailures(
  session: Session,
  shares: readonly Share[],
  surplus: number,
): Promise<number> {
  const due = bytesDue(shares, surplus);
  const share = shares.find(({ svc_name }) => svc_name === due?.svc_name);
  if (due === undefined || share === undefined) return 0;
  const { svc_name, bytes, kept, errors } = share;
  return await removeOccurrences(session, svc_name, rowsFor(due.most, bytes / kept)) ||
    await removeLeastUseful(
      session,
      svc_name,
      Math.min(rowsFor(due.most, bytes / errors), STEP_ERRORS),
    );
}

/** The oldest of a service, except the newest of each error. */
function removeOccurrences(session: Session, service: string, most: number): Promise<number> {
  return removeDoomed(
    session,
    `select error, time, id from holdfast.occurrences as old
     where error in (select id from holdfast.errors where svc_name = $1 and kept > 1) and exists (
       select 1 from holdfast.occurrences as newer
       where newer.error = old.error and (newer.time, newer.id) > (old.time, old.id)
     ) order by time, id limit $2`,
    [service, most],
  );
}

function rowsFor(bytes: number, bytesPerRow: number): number {
  return Math.min(Math.max(Math.ceil(bytes / bytesPerRow), 1), STEP_ROWS);
}
