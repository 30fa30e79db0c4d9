/**
 * The list of logs.
 *
 * @module
 */
import { LEVELS, type LogRecord, SEVERITY } from "../record.ts";
import { decodeCursor, encodeCursor } from "../cursor.ts";
import { type LogQuery, MAX_TOTAL, type Page } from "../store.ts";
import { exactWord, queryWords } from "../words.ts";
import type { Database } from "./database.ts";
import { matchExact, matchWords } from "./match.ts";
import { firstPlace } from "./places.ts";
import { recordOf } from "../rows.ts";

/** All rows between two ids, the newest first. Values: from, before, limit. */
export const LOGS_BY_TIME = `
  select id, line from logs where id >= ? and id < ? order by id desc limit ?`;

/** The same among the rows that match. Values: match, from, before, limit. */
export const LOGS_BY_WORDS = `
  select logs.id, logs.line from logs_words join logs on logs.id = logs_words.rowid
  where logs_words match ? and logs_words.rowid >= ? and logs_words.rowid < ?
  order by logs_words.rowid desc limit ?`;

const COUNT_BY_TIME = `
  select count(*) as total from (select 1 from logs where id >= ? and id < ? limit ?)`;

const COUNT_BY_WORDS = `
  select count(*) as total from (
    select 1 from logs_words where logs_words match ? and rowid >= ? and rowid < ? limit ?
  )`;

/** {@linkcode Store.listLogs}. */
export function listLogs(db: Database, query: LogQuery): Page<LogRecord> {
  const words = queryWords(query.q);
  if (words?.length === 0) return { items: [], total: 0, next: null };
  const match = matchOf(query, words);
  const from = query.since === undefined ? 0 : firstPlace(Math.ceil(query.since));
  const until = query.until === undefined
    ? Number.MAX_SAFE_INTEGER
    : firstPlace(Math.ceil(query.until));
  const before = query.cursor === undefined
    ? until
    : Math.min(until, decodeCursor("logs", query.cursor)[0]);
  const rows = match === undefined
    ? db.all<LogRow>(LOGS_BY_TIME, [from, before, query.limit + 1])
    : db.all<LogRow>(LOGS_BY_WORDS, [match, from, before, query.limit + 1]);
  const counted = match === undefined
    ? db.get<{ total: number }>(COUNT_BY_TIME, [from, until, MAX_TOTAL])
    : db.get<{ total: number }>(COUNT_BY_WORDS, [match, from, until, MAX_TOTAL]);
  const shown = rows.slice(0, query.limit);
  const last = shown.at(-1);
  return {
    items: shown.map(({ line }) => recordOf(line)),
    total: counted?.total ?? 0,
    next: rows.length > shown.length && last ? encodeCursor("logs", [last.id, 0]) : null,
  };
}

/** A row of `logs`. */
export interface LogRow {
  /** Its time, see places.ts. */
  id: number;
  /** The record as JSON. */
  line: string;
}

/** All filters but time are words in the index; undefined when there is none. */
export function matchOf(
  query: Pick<LogQuery, "svc_name" | "route" | "level" | "request_id">,
  words: readonly string[] | undefined,
): string | undefined {
  const parts: string[] = [];
  if (words !== undefined) parts.push(matchWords(words));
  if (query.svc_name !== undefined) parts.push(matchExact([exactWord("svc_name", query.svc_name)]));
  if (query.route !== undefined) parts.push(matchExact([exactWord("route", query.route)]));
  if (query.request_id !== undefined) parts.push(matchExact([exactWord("id", query.request_id)]));
  if (query.level !== undefined && query.level !== "DEBUG") {
    const least = SEVERITY[query.level];
    const levels = LEVELS.filter((level) => SEVERITY[level] >= least);
    parts.push(matchExact(levels.map((level) => exactWord("level", level))));
  }
  return parts.length === 0 ? undefined : parts.join(" AND ");
}
