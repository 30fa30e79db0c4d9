/** Which errors a list is of: as conditions in SQL, and as few candidates where there are few. */
import type { Session, Statement, Value } from "../drivers/database.ts";
import { conditionsOf, ERRORS_BY_FACET, facetInSql } from "../facets/filter.ts";
import { SEVERITY } from "../record.ts";
import { type ErrorFilters, MAX_MATCHES, STATES, type What } from "../store.ts";
import type { ReleaseName } from "../traffic/releases.ts";
import { versionOrder } from "../traffic/version.ts";
import { cleanText, type ErrorRow } from "./rows.ts";
import { DAY_MS, HOUR_MS, nowToKeep } from "../times.ts";

/** Conditions beside the state, each with an `and` before it, and their values. */
export interface Filter {
  where: string;
  values: readonly Value[];
}

/** @param since What {@linkcode releasesSince} says of `new_since`. */
export function filterOf(query: ErrorFilters, since?: readonly ReleaseName[]): Filter {
  const parts: string[] = [];
  const values: Value[] = [];
  /** `?` stands for the value. */
  const add = (sql: string, value: Value) => {
    values.push(typeof value === "string" ? cleanText(value) : value);
    parts.push(` and ${sql.replaceAll("?", `$${values.length}`)}`);
  };
  if (query.svc_name !== undefined) add("svc_name = ?", query.svc_name);
  if (query.route !== undefined) add("route = ?", query.route);
  if (query.level !== undefined) add("severity = ?", SEVERITY[query.level]);
  if (query.release !== undefined) add("(first_release = ? or last_release = ?)", query.release);
  if (query.first_release !== undefined) add("first_release = ?", query.first_release);
  if (since !== undefined) {
    const given = "json_to_recordset(?) as given (svc_name text, release text)";
    add(
      `(svc_name, first_release) in (select svc_name, release from ${given})`,
      JSON.stringify(since),
    );
  }
  if (query.came_back_in !== undefined) add("came_back_in = ?", query.came_back_in);
  if (query.assigned_to === null) parts.push(" and assigned_to is null");
  else if (query.assigned_to !== undefined) add("assigned_to = ?", query.assigned_to);
  if (query.what !== undefined) {
    const moment = MOMENTS[query.what];
    add(`${moment} >= ?`, sinceOf(query));
    if (query.until !== undefined) add(`${moment} < ?`, query.until);
  } else {
    if (query.since !== undefined) add("last_seen >= ?", query.since);
    if (query.until !== undefined) add("first_seen < ?", query.until);
    if (query.since !== undefined && query.until !== undefined) {
      const [from, before, first, last] = [
        query.since,
        query.until,
        ...hoursOf(query.since, query.until),
      ].map((value) => `$${values.push(value)}`);
      parts.push(` and (last_seen < ${before} or first_seen >= ${from} or exists (
        select 1 from holdfast.hours where error = errors.id and hour between ${first} and ${last}))`);
    }
  }
  for (const facets of conditionsOf(query)) {
    parts.push(` and ${facetInSql(facets, (value) => `$${values.push(value)}`)}`);
  }
  return { where: parts.join(""), values };
}

/** When it was last so of an error, by {@linkcode What}. */
const MOMENTS = {
  new: "first_seen",
  back: "came_back_at",
  rising: "rising_at",
  fixed: "resolved_at",
} as const satisfies Record<What, keyof ErrorRow>;

function sinceOf({ since = nowToKeep() - DAY_MS }: ErrorFilters): number {
  return since;
}

/** A release and the newer ones, of each service that has it. */
export async function releasesSince(
  session: Session,
  { new_since, svc_name }: ErrorFilters,
): Promise<ReleaseName[] | undefined> {
  if (new_since === undefined) return undefined;
  const [wanted, ofService] = [new_since, svc_name].map((name) => name && cleanText(name));
  const rows = await session.all<ReleaseName & { id: number; since: number }>(
    `select held.svc_name, held.release, held.id, releases.id as since
     from holdfast.releases join holdfast.releases as held on held.svc_name = releases.svc_name
     where releases.release = $1 ${ofService === undefined ? "" : "and releases.svc_name = $2"}`,
    [wanted!, ...ofService === undefined ? [] : [ofService]],
  );
  return rows
    .filter(({ release, id, since }) => (versionOrder(release, wanted!) ?? id - since) >= 0)
    .map(({ svc_name, release }) => ({ svc_name, release }));
}

/**
 * All errors that one of the conditions leaves, the one that leaves fewest; undefined where each leaves more than
 * {@linkcode MAX_MATCHES}: then many errors match, and a walk through the list meets them soon.
 */
export async function fewErrors(
  session: Session,
  query: ErrorFilters,
  { isCount }: { isCount: boolean },
): Promise<number[] | undefined> {
  const sources = [
    ...facetSources(query),
    ...cameBack(query),
    ...assigned(query),
    ...query.what === undefined ? happened(query) : became(query.what, { query, isCount }),
  ];
  const answers = await session.batch<{ id: number }>(sources.flat());
  const sets = sources.flatMap((statements) => {
    const rows = answers.splice(0, statements.length);
    const isCut = rows.some(({ length }) => length > MAX_HOURS_READ);
    return isCut ? [] : [new Set(rows.flat().map(({ id }) => id))];
  });
  const [fewest] = sets.toSorted((a, b) => a.size - b.size);
  return fewest === undefined || fewest.size > MAX_MATCHES ? undefined : [...fewest];
}

function facetSources(query: ErrorFilters): Statement[][] {
  return conditionsOf(query).map((facets) =>
    facets.map(({ name, value }) => ({ sql: ERRORS_BY_FACET, values: [name, value] }))
  );
}

function cameBack({ came_back_in }: ErrorFilters): Statement[][] {
  return came_back_in === undefined
    ? []
    : [[{ sql: ERRORS_BY_RETURN, values: [cleanText(came_back_in)] }]];
}

function assigned({ assigned_to }: ErrorFilters): Statement[][] {
  // Those of nobody are most: a walk through the list meets them soon.
  if (assigned_to === undefined || assigned_to === null) return [];
  return [[{ sql: ERRORS_BY_PERSON, values: [cleanText(assigned_to)] }]];
}

/** An index has each of these in the order of its time. */
function happened({ since, until }: ErrorFilters): Statement[][] {
  if (since === undefined && until === undefined) return [];
  if (until === undefined) return [inEachState("last_seen >= $2", [since!])];
  if (since === undefined) return [inEachState("first_seen < $2", [until])];
  return [[
    ...inEachState("last_seen >= $2 and last_seen < $3", [since, until]),
    ...inEachState("first_seen >= $2 and first_seen < $3", [since, until]),
    { sql: ERRORS_BY_HOURS, values: hoursOf(since, until) },
  ]];
}

/** Each has an index of its own but the first: of that the index has all that a count asks for, so that none has to be read. */
function became(
  what: What,
  { query, isCount }: { query: ErrorFilters; isCount: boolean },
): Statement[][] {
  const times = [sinceOf(query), ...query.until === undefined ? [] : [query.until]];
  if (what === "new") {
    const before = query.until === undefined ? "" : " and first_seen < $3";
    return isCount ? [] : [inEachState(`first_seen >= $2${before}`, times)];
  }
  const before = query.until === undefined ? "" : ` and ${MOMENTS[what]} < $2`;
  const sql = `select id from holdfast.errors where ${MOMENTS[what]} >= $1${before}
    limit ${MAX_MATCHES + 1}`;
  return [[{ sql, values: times }]];
}

function inEachState(condition: string, values: readonly number[]): Statement[] {
  return STATES.map((state) => ({
    sql: `select id from holdfast.errors where state = $1 and ${condition}
      limit ${MAX_MATCHES + 1}`,
    values: [state, ...values],
  }));
}

/** The first and the last hour that a range touches. */
function hoursOf(since: number, until: number): [first: number, last: number] {
  return [Math.floor(since / HOUR_MS), Math.floor((until - 1) / HOUR_MS)];
}

/** Values: the release. */
const ERRORS_BY_RETURN = `
  select id from holdfast.errors where came_back_in = $1 limit ${MAX_MATCHES + 1}`;

/** Values: the name. */
const ERRORS_BY_PERSON = `
  select id from holdfast.errors where assigned_to = $1 limit ${MAX_MATCHES + 1}`;

/** One error may have many hours: where there are more, they are not all of the errors. */
const MAX_HOURS_READ = 2 * MAX_MATCHES;

/** Values: first hour, last hour. */
const ERRORS_BY_HOURS = `
  select error as id from holdfast.hours where hour between $1 and $2
  limit ${MAX_HOURS_READ + 1}`;
