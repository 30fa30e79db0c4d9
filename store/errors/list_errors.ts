import { decodeCursor, encodeCursor } from "../search/cursor.ts";
import type { Database, Session, Statement } from "../drivers/database.ts";
import { matchExcluded, matchTerms, occurrencesBy } from "../search/full_text.ts";
import { type ErrorRow, summaryOf } from "./rows.ts";
import {
  BadSearch,
  type ErrorFilters,
  type ErrorQuery,
  type ErrorSummary,
  MAX_TOTAL,
  type Page,
  type State,
  type StateCounts,
  STATES,
} from "../store.ts";
import { fewErrors, type Filter, filterOf, releasesSince } from "./filter.ts";
import { countsOf } from "./tally.ts";
import { isOnlyExcluding, queryTerms, type Term } from "../search/words.ts";

type Sort = NonNullable<ErrorQuery["sort"]>;

/** A page of errors. @throws {BadCursor} for a cursor that is not one of ours. */
export function listErrors(db: Database, query: ErrorQuery): Promise<Page<ErrorSummary>> {
  const { sort = "last_seen", limit, cursor } = query;
  return db.ask(async (session) => {
    const after = cursor === undefined ? FIRST : decodeCursor(`errors:${sort}`, cursor);
    const { places, totals } = await find(session, query, { sort, after, limit: limit + 1 });
    const shown = places.slice(0, limit);
    const last = shown.at(-1);
    return {
      items: await summariesOf(session, shown.map(({ id }) => id)),
      total: Math.min(totals.open + totals.resolved + totals.muted, MAX_TOTAL),
      next: places.length > limit && last
        ? encodeCursor(`errors:${sort}`, [last.place, last.id])
        : null,
    };
  });
}

/** How many errors are in each state, of all or of those that fit; of one state alone where it is named. */
export function stateCounts(
  db: Database,
  filters: ErrorFilters & Pick<ErrorQuery, "state"> = {},
): Promise<StateCounts> {
  return db.ask(async (session) => {
    const nothing = { sort: "last_seen", after: FIRST, limit: 0 } as const;
    return (await find(session, filters, nothing)).totals;
  });
}

/**
 * The numbers of the errors that match, those that happened last first.
 *
 * @throws {BadSearch} for one that only leaves out: it looks at the newest occurrences, and an older one may have what is excluded.
 */
export async function matchingIds(
  session: Session,
  query: ErrorFilters & Pick<ErrorQuery, "state">,
  most: number,
): Promise<number[]> {
  if (isOnlyExcluding(query.q)) {
    throw new BadSearch(
      "all that match cannot be changed while the search has only words after a minus: " +
        "search for a word too, or select errors on the page",
    );
  }
  const { places } = await find(session, query, { sort: "last_seen", after: FIRST, limit: most });
  return places.slice(0, most).map(({ id }) => id);
}

interface Place {
  id: number;
  place: number;
}

/** Comes before all: what is listed is after it. */
const FIRST = [Number.MAX_SAFE_INTEGER, 0] as const;

interface Wanted {
  sort: Sort;
  after: readonly [place: number, id: number];
  limit: number;
}

interface Found {
  places: Place[];
  totals: StateCounts;
}

async function find(
  session: Session,
  query: ErrorFilters & Pick<ErrorQuery, "state">,
  wanted: Wanted,
): Promise<Found> {
  const states = statesOf(query);
  if (states.length === 0) return { places: [], totals: countsByState([]) };
  const { ids, others } = await candidatesOf(session, query, { isCount: wanted.limit === 0 });
  const filter = leavingOut(others, filterOf(query, await releasesSince(session, query)));
  return ids === undefined
    ? await walk(session, { filter, states, wanted })
    : await match(session, ids, { filter, states, wanted });
}

/** Which errors may match. */
interface Candidates {
  /** Where they are few. */
  ids: readonly number[] | undefined;
  /** None of these does. */
  others: readonly number[];
}

async function candidatesOf(
  session: Session,
  query: ErrorFilters,
  options: { isCount: boolean },
): Promise<Candidates> {
  const terms = queryTerms(query.q);
  if (terms === undefined) return { ids: await fewErrors(session, query, options), others: [] };
  if (terms.length === 0) return { ids: [], others: [] };
  const isAnySought = terms.some(({ isExcluded }) => !isExcluded);
  return {
    ids: isAnySought
      ? await matchingErrors(session, terms)
      : await fewErrors(session, query, options),
    others: await excludedErrors(session, terms),
  };
}

function statesOf({ state, what }: Pick<ErrorQuery, "state" | "what">): readonly State[] {
  const states = state === undefined ? STATES : [state];
  // No error is fixed in another state.
  return what === "fixed" ? states.filter((state) => state === "resolved") : states;
}

function leavingOut(ids: readonly number[], filter: Filter): Filter {
  if (ids.length === 0) return filter;
  const { where, values } = filter;
  const given = `json_to_recordset($${values.length + 1}) as given (id bigint)`;
  return {
    where: `${where} and id not in (select id from ${given})`,
    values: [...values, JSON.stringify(ids.map((id) => ({ id })))],
  };
}

interface Search {
  filter: Filter;
  states: readonly State[];
  wanted: Wanted;
}

async function walk(session: Session, { filter, states, wanted }: Search): Promise<Found> {
  const pages = states.map((state) => pageOf({ ...filter, state }, wanted));
  const counts = states.map((state) => countOf({ ...filter, state }));
  const answers = await session.batch([...pages, ...counts]);
  const totals = answers.slice(states.length) as { total: number }[][];
  return {
    places: (answers.slice(0, states.length) as Place[][]).flat().sort(byPlace),
    totals: countsByState(states.map((state, i) => [state, totals[i]![0]!.total])),
  };
}

/** Reads all that match by their ids, each once: there are {@linkcode MAX_MATCHES} of them at most. */
async function match(
  session: Session,
  ids: readonly number[],
  { filter: { where, values }, states, wanted: { sort, after, limit } }: Search,
): Promise<Found> {
  const rows = await session.all<Place & { state: State }>(
    `select id, state, ${sort} as place from holdfast.errors
     where id = any ($${values.length + 1})${where}`,
    [...values, ids],
  );
  const fitting = rows.filter(({ state }) => states.includes(state));
  return {
    places: fitting.filter((row) => byPlace({ place: after[0], id: after[1] }, row) < 0)
      .sort(byPlace).slice(0, limit),
    totals: countsByState(countsOf(fitting, ({ state }) => state)),
  };
}

function byPlace(a: Place, b: Place): number {
  return b.place - a.place || b.id - a.id;
}

function countsByState(counts: Iterable<readonly [State, number]>): StateCounts {
  return { open: 0, resolved: 0, muted: 0, ...Object.fromEntries(counts) };
}

/** A page of one state's errors after a place in their order: the index of this state and order has it all. */
export function pageOf(
  { state, where, values }: Filter & { state: State },
  { sort, after, limit }: Wanted,
): Statement {
  const [wanted, place, id, most] = [1, 2, 3, 4].map((i) => `$${values.length + i}`);
  return {
    sql: `select id, ${sort} as place from holdfast.errors
      where state = ${wanted}${where} and (${sort}, id) < (${place}, ${id})
      order by ${sort} desc, id desc limit ${most}`,
    values: [...values, state, ...after, limit],
  };
}

export function countOf({ state, where, values }: Filter & { state: State }): Statement {
  return {
    sql: `select count(*) as total from (
        select 1 from holdfast.errors where state = $${values.length + 1}${where} limit ${MAX_TOTAL}
      ) as found`,
    values: [...values, state],
  };
}

async function summariesOf(session: Session, ids: readonly number[]): Promise<ErrorSummary[]> {
  if (ids.length === 0) return [];
  const rows = await session.all<ErrorRow>("select * from holdfast.errors where id = any ($1)", [
    ids,
  ]);
  const rowOf = new Map(rows.map((row) => [row.id, row]));
  // One that was removed in between is left out.
  return ids.flatMap((id) => rowOf.get(id) ?? []).map(summaryOf);
}

/** Errors with an occurrence that matches, or whose own id it is. */
async function matchingErrors(session: Session, terms: readonly Term[]): Promise<number[]> {
  const { engine } = session;
  const text = terms.filter(({ isExcluded }) => !isExcluded).map(({ text }) => text).join(" ");
  const match = matchTerms(engine, terms);
  const sql = errorsBy(occurrencesBy(engine, match));
  const rows = await session.all<{ id: number }>(sql, [match, text]);
  return rows.map(({ id }) => id);
}

/** Errors of which an occurrence has what is excluded: one that is found otherwise, where anything is looked for. */
async function excludedErrors(session: Session, terms: readonly Term[]): Promise<number[]> {
  const { engine } = session;
  if (!terms.some(({ isExcluded }) => isExcluded)) return [];
  const match = matchExcluded(engine, terms);
  const sql = errorsOf(occurrencesBy(engine, match));
  const rows = await session.all<{ id: number }>(sql, [match]);
  return rows.map(({ id }) => id);
}

/** A word that a million occurrences share costs no more than one of ten thousand. Values: match, id. */
export function errorsBy(matching: string): string {
  return `${errorsOf(matching)}
    union select id from holdfast.errors where uid = $2
    union select error from holdfast.error_aliases where uid = $2`;
}

/** Values: match. */
function errorsOf(matching: string): string {
  return `
    select distinct error as id from (${matching}) as matching`;
}
