/**
 * The list of logs.
 *
 * @module
 */
import { LEVELS, type LogRecord, SEVERITY } from "../../record.ts";
import { decodeCursor, encodeCursor } from "../cursor.ts";
import { cleanText, recordOf } from "../rows.ts";
import { type LogQuery, MAX_TOTAL, type Page } from "../store.ts";
import { exactWord, queryWords } from "../words.ts";
import type { Database } from "./database.ts";
import { matchExact, matchWords } from "./lexemes.ts";

/** All rows from a time and before a place, the newest first. Values: from, before, limit. */
export const LOGS_BY_TIME = `
  select time, id, line from holdfast.logs
  where time >= $1 and (time, id) < ($2, $3) order by time desc, id desc limit $4`;

/** The same among the rows that match. The last value is the match. */
export const LOGS_BY_WORDS = `
  select time, id, line from holdfast.logs
  where time >= $1 and (time, id) < ($2, $3) and words @@ $5::tsquery
  order by time desc, id desc limit $4`;

const COUNT_BY_TIME = `
  select count(*) as total from (
    select 1 from holdfast.logs where time >= $1 and time < $2 limit ${MAX_TOTAL}
  ) as counted`;

const COUNT_BY_WORDS = `
  select count(*) as total from (
    select 1 from holdfast.logs
    where time >= $1 and time < $2 and words @@ $3::tsquery limit ${MAX_TOTAL}
  ) as counted`;

/** {@linkcode Store.listLogs}. */
export function listLogs(db: Database, query: LogQuery): Promise<Page<LogRecord>> {
  return db.ask(async (session) => {
    const words = queryWords(query.q);
    if (words?.length === 0) return { items: [], total: 0, next: null };
    const match = matchOf(query, words);
    const matches = match === undefined ? [] : [match];
    const from = query.since === undefined ? 0 : whole(query.since);
    const until = query.until === undefined ? Number.MAX_SAFE_INTEGER : whole(query.until);
    const before = placeBefore(query, until);
    const rows = await session.all<LogRow>(
      match === undefined ? LOGS_BY_TIME : LOGS_BY_WORDS,
      [from, ...before, query.limit + 1, ...matches],
    );
    const counted = await session.get<{ total: number }>(
      match === undefined ? COUNT_BY_TIME : COUNT_BY_WORDS,
      [from, until, ...matches],
    );
    const shown = rows.slice(0, query.limit);
    const last = shown.at(-1);
    return {
      items: shown.map(({ line }) => recordOf(line)),
      total: counted?.total ?? 0,
      next: rows.length > shown.length && last ? encodeCursor("logs", [last.time, last.id]) : null,
    };
  });
}

interface LogRow {
  time: number;
  id: number;
  line: string;
}

/** Ids begin at 1: `(until, 0)` comes before all rows of that millisecond. */
function placeBefore({ cursor }: LogQuery, until: number): [number, number] {
  if (cursor === undefined) return [until, 0];
  const [time, id] = decodeCursor("logs", cursor);
  return time < until ? [time, id] : [until, 0];
}

function whole(timeMs: number): number {
  return Math.min(Math.max(Math.ceil(timeMs), 0), Number.MAX_SAFE_INTEGER);
}

/** All filters but time are words in the index; undefined when there is none. */
function matchOf(query: LogQuery, words: readonly string[] | undefined): string | undefined {
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
