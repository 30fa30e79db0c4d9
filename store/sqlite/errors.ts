/**
 * The list of errors, and one of them, whole.
 *
 * @module
 */
import type { SQLInputValue } from "node:sqlite";
import { SEVERITY } from "../record.ts";
import { decodeCursor, encodeCursor } from "../cursor.ts";
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
} from "../store.ts";
import { queryWords } from "../words.ts";
import type { Database } from "./database.ts";
import { historyOf } from "./history.ts";
import { findById } from "./keys.ts";
import { matchWords } from "./match.ts";
import { findErrorOf } from "./occurrences.ts";
import { type ErrorRow, summaryOf } from "../rows.ts";
import { isoTime } from "../times.ts";
import { trends } from "./trends.ts";

/** The most frequent variants shown. */
const MAX_VARIANTS_SHOWN = 20;

/**
 * Errors with an occurrence that matches, or whose own id it is, as a JSON array. A word that a million occurrences share costs
 * no more than one of ten thousand. Values: match, id.
 */
export const ERRORS_BY_WORDS = `
  select json_group_array(distinct error) as ids from (
    select error from occurrences where id in (
      select rowid from occurrences_words where occurrences_words match ?1
      order by rowid desc limit ${MAX_MATCHES}
    )
    union all select id from errors where uid = ?2
    union all select error from error_aliases where uid = ?2
  )`;

/** {@linkcode Store.listErrors}. */
export function listErrors(db: Database, query: ErrorQuery): Page<ErrorSummary> {
  const sort = query.sort ?? "last_seen";
  const after = query.cursor === undefined
    ? [Number.MAX_SAFE_INTEGER, 0]
    : decodeCursor(`errors:${sort}`, query.cursor);
  const { where, values } = filterOf(db, query);
  const rows = db.all<ErrorRow>(errorsPage(sort, where), [...values, ...after, query.limit + 1]);
  const counted = db.get<{ total: number }>(countErrors(where), values);
  const shown = rows.slice(0, query.limit);
  const last = shown.at(-1);
  return {
    items: shown.map(summaryOf),
    total: counted?.total ?? 0,
    next: rows.length > shown.length && last
      ? encodeCursor(`errors:${sort}`, [last[sort], last.id])
      : null,
  };
}

/**
 * A page of the errors that fit a condition, after a place in their order. The page is found in the index alone. Values: the
 * condition's, then the sort value and id of the last row before, then the limit.
 */
export function errorsPage(sort: NonNullable<ErrorQuery["sort"]>, where: string): string {
  return `select errors.* from (
      select id from errors where ${where} and (${sort}, id) < (?, ?)
      order by ${sort} desc, id desc limit ?
    ) as page cross join errors on errors.id = page.id
    order by errors.${sort} desc, errors.id desc`;
}

/** How many errors fit a condition. */
export function countErrors(where: string): string {
  return `select count(*) as total from (select 1 from errors where ${where} limit ${MAX_TOTAL})`;
}

/** {@linkcode Store.error}. */
export function error(db: Database, id: string): ErrorDetail | null {
  const row = findById(db, id) ?? findErrorOf(db, id);
  if (row === undefined) return null;
  return {
    ...summaryOf(row),
    keys: keysOf(db, row.id),
    variants: db.all<{ message: string; count: number }>(
      `select message, count from variants where error = ?
       order by count desc, message limit ${MAX_VARIANTS_SHOWN}`,
      [row.id],
    ),
    trend: trends(db, [row.uid])[row.uid]!,
    history: historyOf(db, row.id),
    muted_until: row.muted_until === null ? null : isoTime(row.muted_until),
    muted_more: row.muted_count === null ? null : row.muted_count - row.count,
  };
}

/** {@linkcode Store.stateCounts}. */
export function stateCounts(db: Database, filters: ErrorFilters = {}): StateCounts {
  const { where, values } = filterOf(db, filters);
  const counts: StateCounts = { open: 0, resolved: 0, muted: 0 };
  for (const { state, total } of db.all<StateTotal>(countStates(where), values)) {
    counts[state] = Math.min(total, MAX_TOTAL);
  }
  return counts;
}

interface StateTotal {
  state: State;
  total: number;
}

/** How many errors that fit a condition are in each state. */
export function countStates(where: string): string {
  return `select state, count(*) as total from errors where ${where} group by state`;
}

interface Filter {
  where: string;
  values: SQLInputValue[];
}

function filterOf(db: Database, query: ErrorFilters & Pick<ErrorQuery, "state">): Filter {
  const parts: string[] = [];
  const values: SQLInputValue[] = [];
  const add = (sql: string, ...more: SQLInputValue[]) => {
    parts.push(sql);
    values.push(...more);
  };
  if (query.state !== undefined) add("state = ?", query.state);
  if (query.svc_name !== undefined) add("svc_name = ?", query.svc_name);
  if (query.route !== undefined) add("route = ?", query.route);
  if (query.level !== undefined) add("severity = ?", SEVERITY[query.level]);
  if (query.release !== undefined) {
    add("(first_release = ? or last_release = ?)", query.release, query.release);
  }
  const words = queryWords(query.q);
  if (words !== undefined) add("id in (select value from json_each(?))", matchingErrors(db, words));
  return { where: parts.length === 0 ? "true" : parts.join(" and "), values };
}

/** Their ids as a JSON array. */
function matchingErrors(db: Database, words: readonly string[]): string {
  if (words.length === 0) return "[]";
  return db.get<{ ids: string }>(ERRORS_BY_WORDS, [matchWords(words), words.join(" ")])!.ids;
}

function keysOf(db: Database, error: number): ErrorDetail["keys"] {
  return db.all<{ key: string; rule: Group["rule"]; parts: string }>(
    "select key, rule, parts from error_keys where error = ? order by key",
    [error],
  ).map((row) => ({ ...row, parts: JSON.parse(row.parts) as string[] }));
}
