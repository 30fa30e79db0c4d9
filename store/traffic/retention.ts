/**
 * Keeps the traffic within its bounds, a small step a call: minutes go after a day, hours after ninety days or with the log, and of
 * too many series those that nobody counted in for longest become one. Totals of releases stay as long as the release is known.
 */
import type { Session } from "../drivers/database.ts";
import { lock } from "../drivers/locks.ts";
import { OTHERS } from "../limits.ts";
import type { Removed } from "../store.ts";
import { DAY_MS, MAX_AHEAD_MS, MINUTE_MS } from "../times.ts";
import { fold } from "./fold.ts";
import { MAX_RELEASES, MAX_SERVICE_RELEASES } from "./releases.ts";
import {
  findSeries,
  HOURS_KEPT,
  MAX_SERIES,
  MAX_SERVICE_SERIES,
  MINUTES_KEPT,
  Series,
  type SeriesRow,
  STEPS,
} from "./series.ts";
import { COUNTED, LEVEL_COLUMNS } from "./schema.ts";

/** Rows removed in one step. */
const STEP_ROWS = 1_000;
/** Series that become one in one step: each has 2,160 hours at most. */
const STEP_SERIES = 20;
/** From here on, so that there is room for new ones. */
const FULL_PART = 3 / 4;

/** A clock that was ahead may have counted in steps that are still to come: later ones are removed. */
const MAX_AHEAD_MINUTES = 24 * 60;

/** What a count takes in the store with its place in the index, about. Estimated: docs/adr/0022-counts-wait-in-rows.md. */
const ROW_BYTES = { sqlite: 45, postgres: 190 };

export interface TrafficLimits {
  /** What is older goes. */
  beforeMs: number;
  nowMs: number;
}

/** One transaction of retention. Counts are no records: nobody is told how many went. */
export async function sweepTraffic(
  session: Session,
  { beforeMs, nowMs }: TrafficLimits,
): Promise<Removed> {
  // Who counts is waited for: as long as a transaction takes.
  await lock(session, "counting");
  if (await fold(session)) return { removed: 0, more: true };
  const now = Math.floor(nowMs / MINUTE_MS);
  const oldestHour = Math.max(Math.floor(beforeMs / MINUTE_MS), now - HOURS_KEPT * STEPS.hour);
  const old = {
    where: `(step = ${STEPS.minute} and (at < $1 or at > $3)) or
     (step = ${STEPS.hour} and (at < $2 or at > $3))`,
    values: [Math.max(now - MINUTES_KEPT, oldestHour), oldestHour, now + MAX_AHEAD_MINUTES],
  };
  const removed = await removeRows(session, "traffic", old);
  const totals = await removeRows(session, "traffic_totals", old);
  await healReleases(session, nowMs);
  const releases = await removeReleases(session);
  if (Math.max(removed, totals) === STEP_ROWS) return { removed: 0, more: true };
  await forgetSeries(session, oldestHour * MINUTE_MS - DAY_MS);
  const isFolding = await foldSeries(session, nowMs);
  return { removed: 0, more: isFolding || releases === STEP_ROWS };
}

/** What all of it takes in the store, about. */
export async function trafficBytes(session: Session): Promise<number> {
  const counts = await session.batch<{ rows: number }>(
    Object.keys(KEYS).map((table) => ({ sql: `select count(*) as rows from holdfast.${table}` })),
  );
  return counts.flat().reduce((sum, { rows }) => sum + rows, 0) * ROW_BYTES[session.engine];
}

/** The oldest minutes, then the oldest hours. Says how many. */
export async function removeOldestTraffic(session: Session): Promise<number> {
  for (const step of [STEPS.minute, STEPS.hour]) {
    const removed = await removeRows(session, "traffic", { where: `step = ${step}`, values: [] });
    if (removed === 0) continue;
    // Totals of times of which there is nothing else any more.
    return removed + await session.run(
      `delete from holdfast.traffic_totals where step = $1 and at < (
         select coalesce(min(at), ${2 ** 31 - 1}) from holdfast.traffic where step = $1
       )`,
      [step],
    );
  }
  return 0;
}

/** What tells their rows apart. */
const KEYS = {
  traffic: "step, at, series",
  traffic_totals: "step, at, svc_name, release, environment",
};

function removeRows(
  session: Session,
  table: keyof typeof KEYS,
  { where, values }: { where: string; values: number[] },
): Promise<number> {
  const keys = KEYS[table];
  return session.run(
    `delete from holdfast.${table} where (${keys}) in (
       select ${keys} from holdfast.${table} where ${where}
       order by ${keys} limit ${STEP_ROWS} for update skip locked
     )`,
    values,
  );
}

/** What a clock that was ahead has seen, it has seen now. */
async function healReleases(session: Session, nowMs: number): Promise<void> {
  for (const column of ["first_seen", "last_seen"]) {
    await session.run(
      `update holdfast.releases set ${column} = $1 where ${column} > $2`,
      [nowMs, nowMs + MAX_AHEAD_MS],
    );
  }
}

/** Those beyond the bounds that were not seen for longest. Says how many. */
async function removeReleases(session: Session): Promise<number> {
  const held = await session.all<{ svc_name: string; releases: number }>(
    "select svc_name, count(*) as releases from holdfast.releases group by svc_name",
  );
  const all = held.reduce((sum, { releases }) => sum + releases, 0);
  const full = held.find(({ releases }) => releases > MAX_SERVICE_RELEASES);
  const surplus = full === undefined ? all - MAX_RELEASES : full.releases - MAX_SERVICE_RELEASES;
  if (surplus <= 0) return 0;
  return await session.run(
    `delete from holdfast.releases where id in (
       select id from holdfast.releases ${full === undefined ? "" : "where svc_name = $2"}
       order by last_seen, id limit $1 for update skip locked
     )`,
    [Math.min(surplus, STEP_ROWS), ...(full === undefined ? [] : [full.svc_name])],
  );
}

/** Series whose last request is older than all that is kept. */
async function forgetSeries(session: Session, beforeMs: number): Promise<void> {
  await session.run("delete from holdfast.traffic_series where seen_at < $1", [beforeMs]);
}

/** Counts the requests of old releases together, route by route; of what is left then, all routes. */
async function foldSeries(session: Session, nowMs: number): Promise<boolean> {
  const held = await session.all<{ svc_name: string; series: number }>(
    `select svc_name, count(*) as series from holdfast.traffic_series
     group by svc_name order by count(*) desc`,
  );
  const all = held.reduce((sum, { series }) => sum + series, 0);
  const [largest] = held;
  const isFull = all > MAX_SERIES * FULL_PART ||
    (largest !== undefined && largest.series > MAX_SERVICE_SERIES * FULL_PART);
  if (!isFull) return false;
  const idle = await session.all<SeriesRow>(
    `select * from holdfast.traffic_series
     where svc_name = $1 and seen_at < $2 and (route <> $3 or release <> $3 or environment <> $3)
     order by seen_at, id limit ${STEP_SERIES}`,
    [largest!.svc_name, nowMs - DAY_MS, OTHERS],
  );
  if (idle.length === 0) return false;
  const targets = idle.map(({ svc_name, route, environment, release }) =>
    release === OTHERS
      ? { svc_name, route: OTHERS, release: OTHERS, environment: OTHERS }
      : { svc_name, route, release: OTHERS, environment }
  );
  const rows = await session.all<SeriesRow>(...parts(findSeries(targets)));
  const series = new Series(rows);
  await series.add(session, targets, Math.max(...idle.map(({ seen_at }) => seen_at)));
  const wanted = idle.map(({ id }, i) => ({ from: id, to: series.of(targets[i]!).id }));
  const gaining = new Set(wanted.map(({ to }) => to));
  // What is added to a series in this step can leave it in a later one.
  const moves = wanted.filter(({ from }) => !gaining.has(from));
  const given = JSON.stringify(moves.map(({ from, to }) => ({ source: from, target: to })));
  await session.batch([
    ...TOTALS_MOVE.map((sql) => ({ sql, values: [given] })),
    {
      sql: `insert into holdfast.traffic (step, at, series, ${COUNTED.join(", ")})
        select step, at, given.target, ${COUNTED.map((name) => `sum(${name})`).join(", ")}
        from holdfast.traffic join json_to_recordset($1) as given (source integer, target integer)
          on given.source = traffic.series
        where true group by step, at, given.target
        on conflict (step, at, series) do update set
          ${COUNTED.map((name) => `${name} = traffic.${name} + excluded.${name}`).join(", ")}`,
      values: [given],
    },
    ...["traffic where series", "traffic_series where id"].map((rows) => ({
      sql: `delete from holdfast.${rows} = any ($1)`,
      values: [moves.map(({ from }) => from)],
    })),
  ]);
  return idle.length === STEP_SERIES;
}

/** The counts of series that become others, by the names of the one or the other. */
function countsOf(side: "source" | "target"): string {
  return `from holdfast.traffic
    join json_to_recordset($1) as given (source integer, target integer)
      on given.source = traffic.series
    join holdfast.traffic_series as names on names.id = given.${side}`;
}

const TOTAL_KEYS = KEYS.traffic_totals;

/** Adds to the totals of the one, and takes from those of the other; of these none that is empty stays. */
const TOTALS_MOVE = [
  ...([["target", ""], ["source", "-"]] as const).map(([side, sign]) =>
    `insert into holdfast.traffic_totals (${TOTAL_KEYS}, ${COUNTED.join(", ")})
     select ${TOTAL_KEYS}, ${COUNTED.map((name) => `${sign}sum(${name})`).join(", ")}
     ${countsOf(side)} where true group by ${TOTAL_KEYS}
     on conflict (${TOTAL_KEYS}) do update set
       ${COUNTED.map((name) => `${name} = traffic_totals.${name} + excluded.${name}`).join(", ")}`
  ),
  `delete from holdfast.traffic_totals where (${TOTAL_KEYS}) in (
     select ${TOTAL_KEYS} ${countsOf("source")}
   ) and ${["requests", ...LEVEL_COLUMNS].map((name) => `${name} = 0`).join(" and ")}`,
];

function parts({ sql, values = [] }: ReturnType<typeof findSeries>) {
  return [sql, values] as const;
}
