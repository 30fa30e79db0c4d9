/**
 * Keeps the store as large as it may be: the oldest logs go, or the occurrences and errors of the service that holds most.
 *
 * Logs and failures have half of the store each; what one of them does not need is the other's. Among the services, the one that
 * holds most gives first, and only down to the next: a quiet service loses nothing for a noisy one. Source maps have a quarter at
 * most while the others want room, those that were not used for longest go, and the counts of requests an eighth.
 */
import type { Engine, Session } from "../drivers/database.ts";
import { removeLeastUseful, removeOldest } from "../errors/remove.ts";
import type { LogBlocks } from "../log/log_blocks.ts";
import { mapBytes, removeLeastUsedMaps } from "../maps/maps.ts";
import { removeOldestTraffic, trafficBytes } from "../traffic/retention.ts";
import type { Removed } from "../store.ts";
import { giveBack, usedBytes, walLimit } from "./tidy.ts";

/** Rows removed in one transaction at most: on SQLite it stands in the write-ahead log as a whole. */
const STEP_ROWS = 250;

/** An error takes its occurrences, variants, hours and history along. */
const STEP_ERRORS = 50;

/** What failures may hold of the store while logs want room, and logs while failures do. */
const FAILURES_PART = 1 / 2;
/** What source maps may hold of it while the others want room. */
const MAPS_PART = 1 / 4;
/** What the counts of requests may. */
const TRAFFIC_PART = 1 / 8;

/**
 * What is in use of the store's size at most; the rest is for what comes between two steps, and on SQLite for the write-ahead log
 * and for the index of words, which takes some of it now and then to merge its parts. Measured with 10 MB: at nine tenths the
 * file with its write-ahead log was 11.5 MB at times.
 */
const USED_PART: Record<Engine, number> = { sqlite: 17 / 20, postgres: 19 / 20 };

/**
 * What tables and indexes take: a byte of what errors hold, an occurrence, and an error itself with its key and its place in
 * the lists. Measured: docs/postgres.md.
 */
const BYTES_TAKEN: Record<Engine, { aByte: number; anOccurrence: number; anError: number }> = {
  sqlite: { aByte: 1.7, anOccurrence: 0, anError: 800 },
  postgres: { aByte: 2, anOccurrence: 390, anError: 1500 },
};

/** One transaction. */
export async function shrink(session: Session, log: LogBlocks, maxBytes: number): Promise<Removed> {
  const removed = await removeSurplus(session, log, maxBytes * USED_PART[session.engine]);
  const isGivingBack = session.engine === "sqlite" &&
    await giveBack(session, maxBytes - walLimit(maxBytes));
  return { removed, more: removed > 0 || isGivingBack };
}

async function removeSurplus(session: Session, log: LogBlocks, maxBytes: number): Promise<number> {
  const { bytes: logs } = await log.size(session);
  const maps = await mapBytes(session);
  const traffic = await trafficBytes(session);
  const failures = await failureBytes(session, logs + maps + traffic);
  const surplus = logs + maps + traffic + failures - maxBytes;
  if (surplus <= 0) return 0;
  if (traffic > maxBytes * TRAFFIC_PART) {
    const removed = await removeOldestTraffic(session);
    if (removed > 0) return removed;
  }
  if (maps > maxBytes * MAPS_PART) {
    const removed = await removeLeastUsedMaps(session);
    if (removed > 0) return removed;
  }
  const jobs = [
    async () => (await log.removeOldest(session, surplus)).removed,
    () => shrinkFailures(session, surplus),
  ];
  if (failures > (failures + logs) * FAILURES_PART) jobs.reverse();
  return await jobs[0]!() || await jobs[1]!();
}

/** SQLite knows what is in use in its file. PostgreSQL's files do not become smaller: there it is what is stored that counts. */
async function failureBytes(session: Session, otherBytes: number): Promise<number> {
  if (session.engine === "sqlite") return await usedBytes(session) - otherBytes;
  const shares = await sharesOf(session);
  return shares.reduce((sum, { bytes }) => sum + bytes, 0);
}

/** The oldest occurrences of a service, except the newest of each error; where none are left, its errors. */
async function shrinkFailures(session: Session, surplus: number): Promise<number> {
  const due = dueOf(await sharesOf(session), "bytes", surplus);
  if (due === undefined) return 0;
  const { share: { svc_name, bytes, errors, kept }, most } = due;
  const selected = {
    where: "svc_name = $1 and id > 0 and kept > 1",
    values: [svc_name],
    order: "oldest_kept",
    most: STEP_ERRORS,
  };
  return await removeOldest(session, selected, { most: rowsFor(most, bytes / kept) }) ||
    await removeLeastUseful(
      session,
      svc_name,
      Math.min(rowsFor(most, bytes / errors), STEP_ERRORS),
    );
}

function rowsFor(bytes: number, bytesPerRow: number): number {
  return Math.min(Math.max(Math.ceil(bytes / bytesPerRow), 1), STEP_ROWS);
}

interface Share {
  svc_name: string;
  errors: number;
  /** Their occurrences. */
  kept: number;
  /** What all of it takes in the store, about. */
  bytes: number;
}

/** What each service has. */
export async function sharesOf(session: Session): Promise<Share[]> {
  const shares = await session.all<Share>(
    `select svc_name, count(*) as errors, sum(kept)::bigint as kept, sum(bytes)::bigint as bytes
     from holdfast.errors where id > 0 group by svc_name`,
  );
  const { aByte, anOccurrence, anError } = BYTES_TAKEN[session.engine];
  return shares.map((share) => ({
    ...share,
    bytes: share.bytes * aByte + share.kept * anOccurrence + share.errors * anError,
  }));
}

/** The share that is largest, and how much of it has to go. */
export function dueOf<Of extends string, Share extends Record<Of, number>>(
  shares: readonly Share[],
  of: Of,
  surplus: number,
): { share: Share; most: number } | undefined {
  const [share, second] = shares.toSorted((a, b) => b[of] - a[of]);
  if (share === undefined || surplus <= 0) return undefined;
  return { share, most: Math.min(surplus, Math.max(share[of] - (second?.[of] ?? 0), 1)) };
}
