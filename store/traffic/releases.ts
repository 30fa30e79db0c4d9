/**
 * The releases of each service, in the order of their first appearance. They are noted before the failures of a batch are
 * recorded, so that what these ask of a release has an answer; what counts is added at the end, in one order everywhere.
 */
import type { Database, Session, Statement } from "../drivers/database.ts";
import { cleanText } from "../errors/rows.ts";
import { MAX_PAGE_ROWS, OTHERS } from "../limits.ts";
import { decodeCursor, encodeCursor } from "../search/cursor.ts";
import type { Page, Release, ReleaseAppeared, ReleaseQuery } from "../store.ts";
import { isoTime } from "../times.ts";
import { foldAll } from "./fold.ts";
import type { ReleaseCount } from "./count_requests.ts";

/** Releases of one service; beyond them those that were not seen for longest go. */
export const MAX_SERVICE_RELEASES = 1_000;
/** Releases of all services. */
export const MAX_RELEASES = 20_000;
/** Until they go there may be this many times as many; the further ones are one. */
const ROOM_FOR_SURPLUS = 2;

/** Releases that an instance remembers. */
const MAX_REMEMBERED = 10_000;

/** The releases that are known to have a row: nearly no write has to ask. */
export class KnownReleases {
  readonly #keys = new Set<string>();

  has(name: ReleaseName): boolean {
    return this.#keys.has(keyOf(name));
  }

  /** Of a transaction that is over. */
  remember(names: readonly ReleaseName[]): void {
    if (this.#keys.size > MAX_REMEMBERED) this.#keys.clear();
    for (const name of names) this.#keys.add(keyOf(name));
  }
}

export interface ReleaseName {
  svc_name: string;
  release: string;
}

/** A release as it was before the batch, or as the batch brings it. */
export interface NotedRelease extends ReleaseName {
  /** Counts up in the order of first appearance. */
  id: number;
  first_seen: number;
  last_seen: number;
  /** True for one that this batch is the first to name. */
  isNew: boolean;
}

/** What is known of a batch's releases. */
export class NotedReleases {
  readonly #rows: ReadonlyMap<string, NotedRelease>;

  constructor(rows: readonly NotedRelease[]) {
    this.#rows = new Map(rows.map((row) => [keyOf(row), row]));
  }

  /** Undefined for one beyond the bound. */
  get(name: ReleaseName): NotedRelease | undefined {
    return this.#rows.get(keyOf(name));
  }

  get all(): NotedRelease[] {
    return [...this.#rows.values()];
  }
}

const GIVEN = "json_to_recordset($1) as given (svc_name text, release text)";

/** Reads those that are known. */
export function findReleases(names: readonly ReleaseName[]): Statement {
  return {
    sql: `select held.id, held.svc_name, held.release, held.first_seen, held.last_seen
      from ${GIVEN} join holdfast.releases as held
        on held.svc_name = given.svc_name and held.release = given.release`,
    values: [JSON.stringify(names.map(({ svc_name, release }) => ({ svc_name, release })))],
  };
}

export type ReleaseRow = Omit<NotedRelease, "isNew">;

/** Makes rows of those that are new. Part of a transaction. */
export async function noteReleases(
  session: Session,
  counts: readonly ReleaseCount[],
  known: readonly ReleaseRow[],
): Promise<NotedReleases> {
  const noted = new NotedReleases(known.map((row) => ({ ...row, isNew: false })));
  const unknown = counts.filter((count) => noted.get(count) === undefined);
  if (unknown.length === 0) return noted;
  const added = await admit(session, unknown);
  if (added.length === 0) return noted;
  // Two instances may be the first at once: the second waits here for the first, and finds its row.
  const [made, rows] = await session.batch<ReleaseRow>([
    {
      sql: `insert into holdfast.releases (svc_name, release, first_seen, last_seen)
        select svc_name, release, first_seen, last_seen from json_to_recordset($1)
          as given (svc_name text, release text, first_seen bigint, last_seen bigint) where true
        on conflict (svc_name, release) do nothing returning id`,
      values: [JSON.stringify(inOrderOfAppearance(added))],
    },
    findReleases(added),
  ]);
  return new NotedReleases([
    ...noted.all,
    ...rows!.map((row) => ({ ...row, isNew: made!.some(({ id }) => id === row.id) })),
  ]);
}

/** Those for which there is room; {@linkcode OTHERS} always has some. */
async function admit(
  session: Session,
  unknown: readonly ReleaseCount[],
): Promise<readonly ReleaseCount[]> {
  const held = await session.all<{ svc_name: string; releases: number }>(
    "select svc_name, count(*) as releases from holdfast.releases group by svc_name",
  );
  const ofService = new Map(held.map(({ svc_name, releases }) => [svc_name, releases]));
  let all = held.reduce((sum, { releases }) => sum + releases, 0);
  return unknown.filter(({ svc_name, release }) => {
    const releases = ofService.get(svc_name) ?? 0;
    const isFull = releases >= MAX_SERVICE_RELEASES * ROOM_FOR_SURPLUS ||
      all >= MAX_RELEASES * ROOM_FOR_SURPLUS;
    if (isFull && release !== OTHERS) return false;
    ofService.set(svc_name, releases + 1);
    all++;
    return true;
  });
}

/** One count for each release. */
export function joinCounts(counts: readonly ReleaseCount[]): ReleaseCount[] {
  const joint = new Map<string, ReleaseCount>();
  for (const count of counts) {
    const before = joint.get(keyOf(count));
    joint.set(keyOf(count), before === undefined ? count : joined(before, count));
  }
  return [...joint.values()];
}

/** Adds what was counted, in the last statements of a transaction. Those without a row of their own are one. */
export function addToReleases(
  counts: readonly ReleaseCount[],
  noted: NotedReleases,
): Statement[] {
  const rows = joinCounts(
    counts.map((count) => noted.get(count) === undefined ? { ...count, release: OTHERS } : count),
  );
  if (rows.length === 0) return [];
  return [{
    sql: `insert into holdfast.releases
        (svc_name, release, first_seen, last_seen, requests, failures, came_back)
      select svc_name, release, first_seen, last_seen, requests, failures, came_back
      from json_to_recordset($1) as given (
        svc_name text, release text, first_seen bigint, last_seen bigint, requests bigint,
        failures bigint, came_back bigint
      ) where true
      on conflict (svc_name, release) do update set
        first_seen = case when excluded.first_seen < releases.first_seen
          then excluded.first_seen else releases.first_seen end,
        last_seen = case when excluded.last_seen > releases.last_seen
          then excluded.last_seen else releases.last_seen end,
        requests = releases.requests + excluded.requests,
        failures = releases.failures + excluded.failures,
        came_back = releases.came_back + excluded.came_back`,
    values: [JSON.stringify(inOrder(rows))],
  }];
}

function joined(one: ReleaseCount, other: ReleaseCount): ReleaseCount {
  return {
    ...one,
    first_seen: Math.min(one.first_seen, other.first_seen),
    last_seen: Math.max(one.last_seen, other.last_seen),
    requests: one.requests + other.requests,
    failures: one.failures + other.failures,
    came_back: one.came_back + other.came_back,
  };
}

/** Two instances that change the same rows in one order wait for one another in turn. */
function inOrder<Name extends ReleaseName>(names: readonly Name[]): Name[] {
  return names.toSorted((a, b) => keyOf(a) < keyOf(b) ? -1 : 1);
}

/**
 * Of the same moment those first that come first in the batch. What two instances that meet here in different orders do again is
 * done seldom.
 */
function inOrderOfAppearance(counts: readonly ReleaseCount[]): ReleaseCount[] {
  return counts.toSorted((a, b) => a.first_seen - b.first_seen);
}

function keyOf({ svc_name, release }: ReleaseName): string {
  return `${svc_name}\n${release}`;
}

const DEFAULT_ROWS = 25;

/** The releases, those that appeared last first. @throws {BadCursor} for a cursor that is not one of ours. */
export async function releases(db: Database, query: ReleaseQuery = {}): Promise<Page<Release>> {
  const limit = Math.min(query.limit ?? DEFAULT_ROWS, MAX_PAGE_ROWS);
  const before = query.cursor === undefined
    ? Number.MAX_SAFE_INTEGER
    : decodeCursor("releases", query.cursor)[0];
  const ofService = query.svc_name === undefined ? [] : [cleanText(query.svc_name)];
  await foldAll(db);
  return await db.ask(async (session) => {
    const [rows, totals] = await session.batch([
      {
        sql: `select *, (
            select count(*) from holdfast.errors
            where errors.svc_name = releases.svc_name and first_release = releases.release
          ) as new_errors
          from holdfast.releases where id < $1 ${ofService.length > 0 ? "and svc_name = $3" : ""}
          order by id desc limit $2`,
        values: [before, limit + 1, ...ofService],
      },
      {
        sql: `select count(*) as total from holdfast.releases
          ${ofService.length > 0 ? "where svc_name = $1" : ""}`,
        values: ofService,
      },
    ]) as [ListedRow[], { total: number }[]];
    const items = rows.slice(0, limit);
    return {
      items: items.map(({ id: _, first_seen, last_seen, ...row }) => ({
        ...row,
        first_seen: isoTime(first_seen),
        last_seen: isoTime(last_seen),
      })),
      total: totals[0]!.total,
      next: rows.length > limit ? encodeCursor("releases", [items.at(-1)!.id, 0]) : null,
    };
  });
}

/** Releases as charts and pickers name them, those that appeared last first: nothing is counted. */
export async function releaseNames(
  db: Database,
  { svc_name, limit = DEFAULT_ROWS }: Omit<ReleaseQuery, "cursor"> = {},
): Promise<ReleaseAppeared[]> {
  const ofService = svc_name === undefined ? [] : [cleanText(svc_name)];
  await foldAll(db);
  const rows = await db.ask((session) =>
    session.all<ReleaseName & { first_seen: number }>(
      `select svc_name, release, first_seen from holdfast.releases
       ${ofService.length > 0 ? "where svc_name = $2" : ""} order by id desc limit $1`,
      [Math.min(limit, MAX_PAGE_ROWS), ...ofService],
    )
  );
  return rows.map((row) => ({ ...row, first_seen: isoTime(row.first_seen) }));
}

interface ListedRow extends Omit<Release, "first_seen" | "last_seen"> {
  id: number;
  first_seen: number;
  last_seen: number;
}
