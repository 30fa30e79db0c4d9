/**
 * Counts that wait, added up. A write notes what it counted in a row of its own, in its transaction: so it is exact, and no two
 * writes wait for one another. Now and then, and before a question, the rows of all instances are added to the counts by series
 * and release, and removed, in one transaction. Why: docs/adr/0022-counts-wait-in-rows.md.
 */
import type { Database, Session, Statement } from "../drivers/database.ts";
import { lock, tryLock } from "../drivers/locks.ts";
import { LEVELS } from "../record.ts";
import { StoreBusy } from "../store.ts";
import { nowToKeep } from "../times.ts";
import type { BatchTraffic, MinuteCount, ReleaseCount } from "./count_requests.ts";
import { BUCKET_COLUMNS } from "./buckets.ts";
import { addToReleases, findReleases, joinCounts, noteReleases } from "./releases.ts";
import type { ReleaseRow } from "./releases.ts";
import { LEVEL_COLUMNS } from "./schema.ts";
import { addTraffic, findSeries, Series, type SeriesRow } from "./series.ts";

/** Rows added up in one transaction. */
const STEP_ROWS = 256;
/** Writes of this instance after which it adds up. */
const WRITES_A_TURN = 64;

/** Notes what a write has counted. */
export function keepWaiting(batch: BatchTraffic): Statement[] {
  if (batch.minutes.length === 0 && batch.releases.length === 0) return [];
  return [{
    sql: "insert into holdfast.traffic_waiting (counts) values ($1)",
    values: [JSON.stringify({ minutes: batch.minutes.map(written), releases: batch.releases })],
  }];
}

/**
 * A count by minute as it waits. Most buckets are empty, so that pairs of a bucket and its count follow the names; where there
 * are no more buckets, levels are.
 */
type WrittenMinute = [
  ...[minute: number, svc_name: string, route: string, release: string, environment: string],
  ...[requests: number, failures: number],
  ...pairs: number[],
];

interface Waiting {
  minutes: WrittenMinute[];
  releases: ReleaseCount[];
}

function written(count: MinuteCount): WrittenMinute {
  const { minute, svc_name, route, release, environment, requests, failures } = count;
  const pairs = [...count.buckets, ...count.levels]
    .flatMap((many, place) => many === 0 ? [] : [place, many]);
  return [minute, svc_name, route, release, environment, requests, failures, ...pairs];
}

/** Keeps up with the writes of one connection: to be called after each. */
export function foldAfterWrites(db: Database): () => Promise<void> {
  let writes = 0;
  return async () => {
    if (++writes < WRITES_A_TURN) return;
    writes = 0;
    await db.transaction(async (session) => {
      // Else another instance does it.
      if (await tryLock(session, "counting")) await fold(session);
    });
  };
}

/** All that waits, before a question. A store that takes nothing just now answers with what it has. */
export async function foldAll(db: Database): Promise<void> {
  const waits = "select 1 from holdfast.traffic_waiting limit 1";
  if (await db.ask((session) => session.get(waits)) === undefined) return;
  try {
    while (
      await db.transaction(async (session) => {
        await lock(session, "counting");
        return await fold(session);
      })
    );
  } catch (error) {
    if (!(error instanceof StoreBusy)) throw error;
  }
}

/** One step; it needs the lock `counting`. True while there may be more. */
export async function fold(session: Session): Promise<boolean> {
  const rows = await session.all<{ counts: string }>(
    `delete from holdfast.traffic_waiting where id in (
       select id from holdfast.traffic_waiting order by id limit ${STEP_ROWS}
     ) returning counts`,
  );
  if (rows.length === 0) return false;
  const { minutes, releases } = addUp(rows.map(({ counts }) => JSON.parse(counts) as Waiting));
  const [seriesRows, releaseRows] = await session.batch([
    findSeries(minutes),
    findReleases(releases),
  ]) as [SeriesRow[], ReleaseRow[]];
  const nowMs = nowToKeep();
  const series = new Series(seriesRows);
  await series.admit(session, minutes, nowMs);
  const noted = await noteReleases(session, releases, releaseRows);
  await session.batch([
    ...addToReleases(releases, noted),
    ...addTraffic(minutes, series, nowMs),
  ]);
  return rows.length === STEP_ROWS;
}

/** One count for each series and minute, and for each release. */
function addUp(batches: readonly Waiting[]): BatchTraffic {
  const minutes = new Map<string, MinuteCount>();
  for (const count of batches.flatMap(({ minutes }) => minutes)) {
    const [minute, svc_name, route, release, environment, requests, failures, ...pairs] = count;
    const key = `${minute}\n${svc_name}\n${route}\n${release}\n${environment}`;
    let sum = minutes.get(key);
    if (sum === undefined) {
      const [buckets, levels] = [BUCKET_COLUMNS, LEVEL_COLUMNS].map((all) => all.map(() => 0));
      const name = { svc_name, route, release, environment };
      sum = { minute, ...name, requests: 0, failures: 0, buckets: buckets!, levels: levels! };
      minutes.set(key, sum);
    }
    sum.requests += requests;
    sum.failures += failures;
    let hasLevels = false;
    for (let i = 0; i < pairs.length; i += 2) {
      const [place, many] = [pairs[i]!, pairs[i + 1]!];
      const level = place - BUCKET_COLUMNS.length;
      if (level < 0) sum.buckets[place]! += many;
      else sum.levels[level]! += many;
      hasLevels ||= level >= 0;
    }
    // Counted before version 8, which has noted failures alone.
    if (!hasLevels) sum.levels[LEVELS.indexOf("ERROR")]! += failures;
  }
  const releases = joinCounts(batches.flatMap(({ releases }) => releases));
  return { minutes: [...minutes.values()], releases };
}
