/**
 * The list of errors, and one of them, whole.
 *
 * @module
 */
import { SEVERITY } from "../../record.ts";
import { decodeCursor, encodeCursor } from "../cursor.ts";
import { cleanText, type ErrorRow, isoTime, summaryOf } from "../rows.ts";
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
    const { where, values } = filterOf(query, words);
    const [value, id] = query.cursor === undefined
      ? [Number.MAX_SAFE_INTEGER, 0]
      : decodeCursor(`errors:${sort}`, query.cursor);
    const next = values.length;
    const rows = await session.all<ErrorRow>(
      `select * from holdfast.errors where ${where} and (${sort}, id) < ($${next + 1}, $${next + 2})
       order by ${sort} desc, id desc limit $${next + 3}`,
      [...values, value, id, query.limit + 1],
    );
    const counted = await session.get<{ total: number }>(
      `select count(*) as total from (
         select 1 from holdfast.errors where ${where} limit ${MAX_TOTAL}
       ) as counted`,
      values,
    );
    const shown = rows.slice(0, query.limit);
    const last = shown.at(-1);
    return {
      items: shown.map(summaryOf),
      total: counted?.total ?? 0,
      next: rows.length > shown.length && last
        ? encodeCursor(`errors:${sort}`, [last[sort], last.id])
        : null,
    };
  });
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
    const counts: StateCounts = { open: 0, resolved: 0, muted: 0 };
    const words = queryWords(filters.q);
    if (words?.length === 0) return counts;
    const { where, values } = filterOf(filters, words);
    const rows = await session.all<{ state: State; total: number }>(
      `select state, count(*) as total from holdfast.errors where ${where} group by state`,
      values,
    );
    for (const { state, total } of rows) counts[state] = Math.min(total, MAX_TOTAL);
    return counts;
  });
}

interface Filter {
  where: string;
  values: unknown[];
}

function filterOf(
  query: ErrorFilters & Pick<ErrorQuery, "state">,
  words: readonly string[] | undefined,
): Filter {
  const parts: string[] = [];
  const values: unknown[] = [];
  /** `?` stands for the value. */
  const add = (sql: string, value: unknown) => {
    values.push(typeof value === "string" ? cleanText(value) : value);
    parts.push(sql.replaceAll("?", `$${values.length}`));
  };
  if (query.state !== undefined) add("state = ?", query.state);
  if (query.svc_name !== undefined) add("svc_name = ?", query.svc_name);
  if (query.route !== undefined) add("route = ?", query.route);
  if (query.level !== undefined) add("severity = ?", SEVERITY[query.level]);
  if (query.release !== undefined) add("(first_release = ? or last_release = ?)", query.release);
  if (words !== undefined) {
    values.push(matchWords(words), words.join(" "));
    parts.push(`id in (
      select error from (
        select error from holdfast.occurrences where words @@ $${values.length - 1}::tsquery
        order by time desc limit ${MAX_MATCHES}
      ) as matching
      union all select id from holdfast.errors where uid = $${values.length}
      union all select error from holdfast.error_aliases where uid = $${values.length}
    )`);
  }
  return { where: parts.length === 0 ? "true" : parts.join(" and "), values };
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
