/**
 * The list of errors, and one of them, whole.
 *
 * @module
 */
import { SEVERITY } from "../record.ts";
import { decodeCursor, encodeCursor } from "../cursor.ts";
import { cleanText, type ErrorRow, summaryOf } from "../rows.ts";
import { isoTime } from "../times.ts";
import {
  type ErrorDetail,
  type ErrorFilters,
  type ErrorQuery,
  type ErrorSummary,
  type Group,
  MAX_MATCHES,
  MAX_TOTAL,
  type Page,
  type State,
  type StateCounts,
  STATES,
} from "../store.ts";
import { queryWords } from "../words.ts";
import type { Database, Session } from "./database.ts";
import { historyOf } from "./history.ts";
import { findById } from "./keys.ts";
import { matchWords } from "./lexemes.ts";
import { findErrorOf } from "./occurrences.ts";
import { trendsOf } from "./trends.ts";

/** The most frequent variants shown. */
const MAX_VARIANTS_SHOWN = 20;

/** {@linkcode Store.listErrors}. */
export function listErrors(db: Database, query: ErrorQuery): Promise<Page<ErrorSummary>> {
  return db.ask(async (session) => {
    const words = queryWords(query.q);
    if (words?.length === 0) return { items: [], total: 0, next: null };
    const sort = query.sort ?? "last_seen";
    const filter = await filterOf(session, query, words);
    const states = query.state === undefined ? STATES : [query.state];
    const after = query.cursor === undefined
      ? [Number.MAX_SAFE_INTEGER, 0]
      : decodeCursor(`errors:${sort}`, query.cursor);
    const rows = await session.all<ErrorRow>(
      errorsPage(sort, filter),
      [...filter.values, states, ...after, query.limit + 1],
    );
    const totals = await countStates(session, { filter, states });
    const shown = rows.slice(0, query.limit);
    const last = shown.at(-1);
    return {
      items: shown.map(summaryOf),
      total: Math.min(totals.reduce((sum, { total }) => sum + total, 0), MAX_TOTAL),
      next: rows.length > shown.length && last
        ? encodeCursor(`errors:${sort}`, [last[sort], last.id])
        : null,
    };
  });
}

/**
 * A page of the errors that fit, after a place in their order. It is found in the indexes alone, one walk for each state.
 * Values: the filter's, then the states, the sort value and id of the last row before, the limit.
 */
function errorsPage(sort: NonNullable<ErrorQuery["sort"]>, { where, values }: Filter): string {
  const [states, value, id, limit] = [1, 2, 3, 4].map((i) => `$${values.length + i}`);
  const order = (table: string) => `order by ${table}.${sort} desc, ${table}.id desc`;
  return `select errors.* from (
      select found.id, found.${sort} from unnest(${states}::text[]) as wanted (state)
      cross join lateral (
        select id, ${sort} from holdfast.errors
        where errors.state = wanted.state and ${where} and (${sort}, id) < (${value}, ${id})
        ${order("errors")} limit ${limit}
      ) as found
      ${order("found")} limit ${limit}
    ) as page join holdfast.errors on errors.id = page.id ${order("page")}`;
}

/** {@linkcode Store.error}. */
export function error(db: Database, id: string): Promise<ErrorDetail | null> {
  return db.ask(async (session) => {
    const row = await findById(session, id) ?? await findErrorOf(session, id);
    if (row === undefined) return null;
    return {
      ...summaryOf(row),
      keys: await keysOf(session, row.id),
      variants: await variantsOf(session, row.id),
      trend: (await trendsOf(session, [row.uid]))[row.uid]!,
      history: await historyOf(session, row.id),
      muted_until: row.muted_until === null ? null : isoTime(row.muted_until),
      muted_more: row.muted_count === null ? null : row.muted_count - row.count,
    };
  });
}

/** {@linkcode Store.stateCounts}. */
export function stateCounts(db: Database, filters: ErrorFilters = {}): Promise<StateCounts> {
  return db.ask(async (session) => {
    const words = queryWords(filters.q);
    const totals = words?.length === 0 ? [] : await countStates(session, {
      filter: await filterOf(session, filters, words),
      states: STATES,
    });
    const counts: StateCounts = { open: 0, resolved: 0, muted: 0 };
    for (const { state, total } of totals) counts[state] = total;
    return counts;
  });
}

/** How many errors that fit are in these states, each counted up to {@linkcode MAX_TOTAL}. */
function countStates(
  session: Session,
  { filter: { where, values }, states }: { filter: Filter; states: readonly State[] },
): Promise<{ state: State; total: number }[]> {
  return session.all(
    `select wanted.state, counted.total from unnest($${values.length + 1}::text[]) as wanted (state)
     cross join lateral (
       select count(*) as total from (
         select 1 from holdfast.errors
         where errors.state = wanted.state and ${where} limit ${MAX_TOTAL}
       ) as found
     ) as counted`,
    [...values, states],
  );
}

interface Filter {
  where: string;
  values: unknown[];
}

async function filterOf(
  session: Session,
  query: ErrorFilters,
  words: readonly string[] | undefined,
): Promise<Filter> {
  const parts: string[] = [];
  const values: unknown[] = [];
  /** `?` stands for the value. */
  const add = (sql: string, value: unknown) => {
    values.push(typeof value === "string" ? cleanText(value) : value);
    parts.push(sql.replaceAll("?", `$${values.length}`));
  };
  if (query.svc_name !== undefined) add("svc_name = ?", query.svc_name);
  if (query.route !== undefined) add("route = ?", query.route);
  if (query.level !== undefined) add("severity = ?", SEVERITY[query.level]);
  if (query.release !== undefined) add("(first_release = ? or last_release = ?)", query.release);
  if (words !== undefined) add("id = any (?::bigint[])", await matchingErrors(session, words));
  return { where: parts.length === 0 ? "true" : parts.join(" and "), values };
}

/**
 * Errors with an occurrence that matches, or whose own id it is. A word that a million occurrences share costs no more than one
 * of ten thousand.
 */
async function matchingErrors(session: Session, words: readonly string[]): Promise<number[]> {
  const rows = await session.all<{ id: number }>(
    `select distinct error as id from (
       select error from holdfast.occurrences where words @@ $1::tsquery
       order by time desc limit ${MAX_MATCHES}
     ) as matching
     union select id from holdfast.errors where uid = $2
     union select error from holdfast.error_aliases where uid = $2`,
    [matchWords(words), words.join(" ")],
  );
  return rows.map(({ id }) => id);
}

async function keysOf(session: Session, error: number): Promise<ErrorDetail["keys"]> {
  const rows = await session.all<{ key: string; rule: Group["rule"]; parts: string }>(
    "select key, rule, parts from holdfast.error_keys where error = $1 order by key",
    [error],
  );
  return rows.map((row) => ({ ...row, parts: JSON.parse(row.parts) as string[] }));
}

function variantsOf(session: Session, error: number): Promise<ErrorDetail["variants"]> {
  return session.all(
    `select message, count from holdfast.variants where error = $1
     order by count desc, message limit ${MAX_VARIANTS_SHOWN}`,
    [error],
  );
}
