/**
 * Keeps the store as large as it may be: the oldest logs go, or the occurrences and errors of the service that holds most;
 * see shares.ts.
 */
import type { Engine, Session } from "./database.ts";
import { lockErrors, removeLeastUseful, removeOldest } from "./errors/remove.ts";
import { bytesDue, failuresPay, type Share, sharesOf } from "./shares.ts";
import type { KeptLog, Step } from "./sweep.ts";
import { giveBack, usedBytes, walLimit } from "./tidy.ts";

/** Rows removed in one transaction at most: on SQLite it stands in the write-ahead log as a whole. */
const STEP_ROWS = 250;

/** An error takes its occurrences, variants, hours and history along. */
const STEP_ERRORS = 50;

/**
 * What is in use of the store's size at most; the rest is for what comes between two steps, and on SQLite for the write-ahead log
 * and for the index of words, which takes some of it now and then to merge its parts. Measured with 10 MB: at nine tenths the
 * file with its write-ahead log was 11.5 MB at times.
 */
const USED_PART: Record<Engine, number> = { sqlite: 17 / 20, postgres: 19 / 20 };

export async function shrink(
  session: Session,
  log: KeptLog,
  maxBytes: number,
): Promise<Step> {
  const removed = await removeSurplus(session, log, maxBytes * USED_PART[session.engine]);
  const isGivingBack = session.engine === "sqlite" &&
    await giveBack(session, maxBytes - walLimit(maxBytes));
  return { removed, more: removed > 0 || isGivingBack };
}

async function removeSurplus(
  session: Session,
  log: KeptLog,
  maxBytes: number,
): Promise<number> {
  const { bytes: logs } = await log.size(session);
  const failures = await failureBytes(session, logs);
  const surplus = logs + failures - maxBytes;
  if (surplus <= 0) return 0;
  const jobs = [
    async () => (await log.removeOldest(session, surplus)).removed,
    () => shrinkFailures(session, surplus),
  ];
  if (failuresPay({ failures, logs })) jobs.reverse();
  return await jobs[0]!() || await jobs[1]!();
}

/** SQLite knows what is in use in its file. PostgreSQL's files do not become smaller: there it is what is stored that counts. */
async function failureBytes(session: Session, logBytes: number): Promise<number> {
  if (session.engine === "sqlite") return await usedBytes(session) - logBytes;
  const shares = await sharesOf(session);
  return shares.reduce((sum, { bytes }) => sum + bytes, 0);
}

async function shrinkFailures(session: Session, surplus: number): Promise<number> {
  const due = bytesDue(await sharesOf(session), surplus);
  if (due === undefined) return 0;
  const { share: { svc_name, bytes, errors }, most } = due;
  return await removeOccurrences(session, due.share, most) ||
    await removeLeastUseful(
      session,
      svc_name,
      Math.min(rowsFor(most, bytes / errors), STEP_ERRORS),
    );
}

/** The oldest of a service, except the newest of each error. */
async function removeOccurrences(
  session: Session,
  { svc_name, bytes, kept }: Share,
  mostBytes: number,
): Promise<number> {
  const errors = await lockErrors(session, {
    where: "svc_name = $1 and id > 0 and kept > 1",
    values: [svc_name],
    order: "oldest_kept",
    most: STEP_ERRORS,
  });
  let left = rowsFor(mostBytes, bytes / kept);
  const each = Math.ceil(left / errors.length);
  const shares = errors.map(({ id, kept }) => {
    const most = Math.min(kept - 1, each, left);
    left -= most;
    return { id, most };
  });
  return await removeOldest(session, shares.filter(({ most }) => most > 0));
}

function rowsFor(bytes: number, bytesPerRow: number): number {
  return Math.min(Math.max(Math.ceil(bytes / bytesPerRow), 1), STEP_ROWS);
}
