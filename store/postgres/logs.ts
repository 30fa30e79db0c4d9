/**
 * The list of logs.
 *
 * @module
 */
import { LEVELS, type LogRecord, SEVERITY } from "../record.ts";
import { decodeCursor, encodeCursor } from "../cursor.ts";
import { cleanText, recordOf } from "../rows.ts";
import { type LogQuery, MAX_TOTAL, type Page } from "../store.ts";
import { exactWord, queryWords } from "../words.ts";
import type { Database, Session, Value } from "../database.ts";
import { matchExact, matchWords } from "./lexemes.ts";

/** {@linkcode Store.listLogs}. */
export function listLogs(db: Database, query: LogQuery): Promise<Page<LogRecord>> {
  return db.ask(async (session) => {
    const words = queryWords(query.q);
    if (words?.length === 0) return { items: [], total: 0, next: null };
    const after = query.cursor === undefined ? undefined : decodeCursor("logs", query.cursor);
    const filter = filterOf(query, words);
    const total = await countMatching(session, filter);
    const rows = await session.all<LogRow>(
      // Few that match: find them first. Many: the newest are among the first that are looked at.
      total < MAX_TOTAL ? fewMatching(filter.where) : manyMatching(filter.where),
      [...filter.values, ...after ?? AFTER_NOTHING, query.limit + 1],
    );
    const shown = rows.slice(0, query.limit);
    const last = shown.at(-1);
    return {
      items: shown.map(({ line }) => recordOf(line)),
      total,
      next: rows.length > shown.length && last ? encodeCursor("logs", [last.time, last.id]) : null,
    };
  });
}

/** Before this place are all rows. */
const AFTER_NOTHING: [number, number] = [Number.MAX_SAFE_INTEGER, 0];

/** How many logs fulfil all conditions, up to {@linkcode MAX_TOTAL}. */
export async function countMatching(
  session: Session,
  { where, values }: Filter,
): Promise<number> {
  const row = await session.get<{ total: number }>(
    `select count(*) as total from (
       select 1 from holdfast.logs where ${conditions(where)} limit ${MAX_TOTAL}
     ) as counted`,
    values,
  );
  return row?.total ?? 0;
}

/** All rows that match, by the index of words, then those of the page. */
function fewMatching(where: readonly string[]): string {
  return `with matching as materialized (
      select time, id from holdfast.logs where ${conditions(where)}
    ), page as (
      select time, id from matching ${pageOf(where.length)}
    )
    select time, id, line from page join holdfast.logs using (time, id)
    order by time desc, id desc`;
}

/** From the newest row on, those that match. */
function manyMatching(where: readonly string[]): string {
  const [before, order] = [beforePlace(where.length), orderAndLimit(where.length)];
  return `select time, id, line from holdfast.logs where ${
    conditions([...where, before])
  } ${order}`;
}

/** The last values of a page: a place's time and id, and a limit. */
function pageOf(values: number): string {
  return `where ${beforePlace(values)} ${orderAndLimit(values)}`;
}

function beforePlace(values: number): string {
  return `(time, id) < ($${values + 1}, $${values + 2})`;
}

function orderAndLimit(values: number): string {
  return `order by time desc, id desc limit $${values + 3}`;
}

function conditions(where: readonly string[]): string {
  return where.length === 0 ? "true" : where.join(" and ");
}

interface LogRow {
  time: number;
  id: number;
  line: string;
}

/** Each condition has one value. */
export interface Filter {
  /** SQL. */
  where: string[];
  /** `$1`, `$2`, … */
  values: Value[];
}

/** Only what is asked for: a condition that all rows fulfil misleads the planner. */
function filterOf(query: LogQuery, words: readonly string[] | undefined): Filter {
  const where: string[] = [];
  const values: Value[] = [];
  const add = (sql: string, value: Value) => {
    values.push(value);
    where.push(sql.replace("?", `$${values.length}`));
  };
  const match = matchOf(query, words);
  if (match !== undefined) add("words @@ ?::tsquery", match);
  if (query.since !== undefined) add("time >= ?", whole(query.since));
  if (query.until !== undefined) add("time < ?", whole(query.until));
  return { where, values };
}

function whole(timeMs: number): number {
  return Math.min(Math.max(Math.ceil(timeMs), 0), Number.MAX_SAFE_INTEGER);
}

/** All filters but time are words in the index; undefined when there is none. */
export function matchOf(
  query: Pick<LogQuery, "svc_name" | "route" | "request_id" | "level">,
  words: readonly string[] | undefined,
): string | undefined {
  const parts: string[] = [];
  if (words !== undefined) parts.push(matchWords(words));
  const exact = (field: "svc_name" | "route" | "id", value: string | undefined) => {
    if (value !== undefined) parts.push(matchExact([exactWord(field, cleanText(value))]));
  };
  exact("svc_name", query.svc_name);
  exact("route", query.route);
  exact("id", query.request_id);
  if (query.level !== undefined && query.level !== "DEBUG") {
    const least = SEVERITY[query.level];
    const levels = LEVELS.filter((level) => SEVERITY[level] >= least);
    parts.push(matchExact(levels.map((level) => exactWord("level", level))));
  }
  return parts.length === 0 ? undefined : parts.join(" & ");
}
