/**
 * The list of errors, and how many are in each state.
 *
 * @module
 */
import { decodeCursor, encodeCursor } from "../cursor.ts";
import type { Database, Session, Statement, Value } from "../database.ts";
import { matchWords, OCCURRENCES_BY_WORDS } from "../full_text.ts";
import { SEVERITY } from "../record.ts";
import { cleanText, type ErrorRow, summaryOf } from "../rows.ts";
import {
  type ErrorFilters,
  type ErrorQuery,
  type ErrorSummary,
  MAX_TOTAL,
  type Page,
  type State,
  type StateCounts,
  STATES,
} from "../store.ts";
import { queryWords } from "../words.ts";

type Sort = NonNullable<ErrorQuery["sort"]>;

/** A page of errors. @throws {BadCursor} for a cursor that is not one of ours. */
export function listErrors(db: Database, query: ErrorQuery): Promise<Page<ErrorSummary>> {
  const { sort = "last_seen", limit, cursor } = query;
  return db.ask(async (session) => {
    const after = cursor === undefined
      ? [Number.MAX_SAFE_INTEGER, 0] as const
      : decodeCursor(`errors:${sort}`, cursor);
    const filter = await filterOf(session, query);
    const states = query.state === undefined ? STATES : [query.state];
    const pages = states.map((state) =>
      pageOf({ ...filter, state }, { sort, after, limit: limit + 1 })
    );
    const counts = states.map((state) => countOf({ ...filter, state }));
    const answers = await session.batch([...pages, ...counts]);
    const found = (answers.slice(0, states.length) as Place[][]).flat()
      .sort((a, b) => b.place - a.place || b.id - a.id);
    const totals = answers.slice(states.length) as Total[][];
    const shown = found.slice(0, limit);
    const last = shown.at(-1);
    return {
      items: await summariesOf(session, shown.map(({ id }) => id)),
      total: Math.min(totals.flat().reduce((sum, { total }) => sum + total, 0), MAX_TOTAL),
      next: found.length > limit && last
        ? encodeCursor(`errors:${sort}`, [last.place, last.id])
        : null,
    };
  });
}

/** How many errors are in each state, of all or of those that fit. */
export function stateCounts(db: Database, filters: ErrorFilters = {}): Promise<StateCounts> {
  return db.ask(async (session) => {
    const filter = await filterOf(session, filters);
    const totals = await session.batch<Total>(STATES.map((state) => countOf({ ...filter, state })));
    const entries = STATES.map((state, i) => [state, totals[i]![0]!.total]);
    return Object.fromEntries(entries) as StateCounts;
  });
}

interface Place {
  id: number;
  /** What the list is sorted by. */
  place: number;
}

interface Total {
  total: number;
}

/** Conditions beside the state, each with an `and` before it, and their values. */
interface Filter {
  where: string;
  values: readonly Value[];
}

type Wanted = Filter & { state: State };

/** A page of one state's errors after a place in their order: the index of this state and order has it all. */
export function pageOf(
  { state, where, values }: Wanted,
  { sort, after, limit }: { sort: Sort; after: readonly [number, number]; limit: number },
): Statement {
  const [wanted, place, id, most] = [1, 2, 3, 4].map((i) => `$${values.length + i}`);
  return {
    sql: `select id, ${sort} as place from holdfast.errors
      where state = ${wanted}${where} and (${sort}, id) < (${place}, ${id})
      order by ${sort} desc, id desc limit ${most}`,
    values: [...values, state, ...after, limit],
  };
}

/** How many of one state's errors fit. */
export function countOf({ state, where, values }: Wanted): Statement {
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

async function filterOf(session: Session, query: ErrorFilters): Promise<Filter> {
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
  const words = queryWords(query.q);
  if (words !== undefined) add("id = any (?)", await matchingErrors(session, words));
  return { where: parts.join(""), values };
}

/** Errors with an occurrence that matches, or whose own id it is. */
async function matchingErrors(session: Session, words: readonly string[]): Promise<number[]> {
  if (words.length === 0) return [];
  const rows = await session.all<{ id: number }>(
    ERRORS_BY_WORDS[session.engine],
    [matchWords(session.engine, words), words.join(" ")],
  );
  return rows.map(({ id }) => id);
}

/**
 * A word that a million occurrences share costs no more than one of ten thousand. Values: match, id.
 */
export const ERRORS_BY_WORDS = {
  sqlite: errorsBy(OCCURRENCES_BY_WORDS.sqlite),
  postgres: errorsBy(OCCURRENCES_BY_WORDS.postgres),
};

function errorsBy(matching: string): string {
  return `
    select distinct error as id from (${matching}) as matching
    union select id from holdfast.errors where uid = $2
    union select error from holdfast.error_aliases where uid = $2`;
}
