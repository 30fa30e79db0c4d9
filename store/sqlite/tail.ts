/**
 * Logs in the order of their arrival.
 *
 * A row's id is its time, so most rows arrive above all that were there: a reader goes on after the largest id
 * it has seen. What arrives late (from a spill file, from another process, from another service) stands
 * below; `late_logs` numbers these rows by arrival, and a reader goes on after the number it has seen. A
 * late row above the reader's id is found by its id, so it is passed over by its number: every row
 * comes once. Writers pay for a row of `late_logs` only when they are late.
 *
 * @module
 */
import { decodeCursor, encodeCursor } from "../cursor.ts";
import type { Tail, TailQuery } from "../store.ts";
import { queryWords } from "../words.ts";
import type { Database } from "./database.ts";
import { type LogRow, LOGS_BY_TIME, LOGS_BY_WORDS, matchOf } from "./logs.ts";
import { recordOf } from "../rows.ts";
import { newestId } from "./write.ts";

/** Rows above an id, the oldest first. Values: id, limit. */
export const LOGS_AFTER = "select id, line from logs where id > ? order by id limit ?";

/** The same among the rows that match. Values: match, id, limit. */
export const LOGS_AFTER_BY_WORDS = `
  select logs.id, logs.line from logs_words join logs on logs.id = logs_words.rowid
  where logs_words match ? and logs_words.rowid > ? order by logs_words.rowid limit ?`;

/** Late rows that a reader has not met by their id. Values: arrival, id, limit. */
export const LATE_LOGS = `
  select arrival, logs.id, line from late_logs cross join logs on logs.id = late_logs.id
  where arrival > ? and late_logs.id <= ? order by arrival limit ?`;

/** Whether a row matches. A range: beside a match, SQLite 3.53 passes over `rowid = ?`. Values: match, id. */
const MATCHES = "select 1 from logs_words where logs_words match ?1 and rowid between ?2 and ?2";

/** Late rows looked at in one step, so that a filter nothing passes costs little. */
const LATE_STEP = 500;

/** How far a reader has come: the largest id, and the number of the last late row. */
type Position = [id: number, arrival: number];

/** {@linkcode Store.logsAfter}. */
export function logsAfter(db: Database, query: TailQuery): Tail {
  const words = queryWords(query.q);
  const filter: Filter = { match: matchOf(query, words), isNothing: words?.length === 0 };
  return db.snapshot(() =>
    query.after === undefined
      ? begin(db, filter, query.limit)
      : goOn(db, filter, { limit: query.limit, after: decodeCursor("tail", query.after) })
  );
}

interface Filter {
  /** For the index of words; undefined: every row passes. */
  match: string | undefined;
  /** True: no row passes. */
  isNothing: boolean;
}

/** The newest rows, and the position after all there is. */
function begin(db: Database, { match, isNothing }: Filter, limit: number): Tail {
  const end = endOf(db);
  const values = [0, Number.MAX_SAFE_INTEGER, limit];
  const rows = isNothing
    ? []
    : match === undefined
    ? db.all<LogRow>(LOGS_BY_TIME, values)
    : db.all<LogRow>(LOGS_BY_WORDS, [match, ...values]);
  const shown = rows.reverse().map(({ id, line }): Row => ({ line, position: [id, end[1]] }));
  return tailOf(shown, { end, more: false });
}

function goOn(
  db: Database,
  filter: Filter,
  { limit, after }: { limit: number; after: Position },
): Tail {
  const end = endOf(db);
  if (filter.isNothing) return tailOf([], { end, more: false });
  // A place above all is of rows of the future, which have been brought to the present since.
  after = [Math.min(after[0], end[0]), Math.min(after[1], end[1])];
  const late = lateAfter(db, filter, { limit, after });
  if (!late.isAll) return tailOf(late.rows, { end: [after[0], late.arrival], more: true });
  const room = limit - late.rows.length;
  const { match } = filter;
  const fresh = match === undefined
    ? db.all<LogRow>(LOGS_AFTER, [after[0], room + 1])
    : db.all<LogRow>(LOGS_AFTER_BY_WORDS, [match, after[0], room + 1]);
  const shown = fresh.slice(0, room);
  const more = fresh.length > shown.length;
  const rows = [
    ...late.rows,
    ...shown.map(({ id, line }): Row => ({ line, position: [id, end[1]] })),
  ];
  return tailOf(rows, { end: more ? [shown.at(-1)?.id ?? after[0], end[1]] : end, more });
}

interface Row {
  line: string;
  position: Position;
}

/** What came behind the reader's back and passes the filter. */
function lateAfter(
  db: Database,
  { match }: Filter,
  { limit, after: [id, arrival] }: { limit: number; after: Position },
): { rows: Row[]; arrival: number; isAll: boolean } {
  const candidates = db.all<LogRow & { arrival: number }>(LATE_LOGS, [arrival, id, LATE_STEP]);
  const rows: Row[] = [];
  for (const row of candidates) {
    if (rows.length === limit) return { rows, arrival, isAll: false };
    arrival = row.arrival;
    if (match !== undefined && db.get(MATCHES, [match, row.id]) === undefined) continue;
    rows.push({ line: row.line, position: [id, arrival] });
  }
  return { rows, arrival, isAll: candidates.length < LATE_STEP };
}

/** After all rows there are. */
function endOf(db: Database): Position {
  const late = db.get<{ top: number | null }>("select max(arrival) as top from late_logs");
  return [newestId(db), late?.top ?? 0];
}

function tailOf(rows: readonly Row[], { end, more }: { end: Position; more: boolean }): Tail {
  return {
    items: rows.map(({ line, position }) => ({
      position: encodeCursor("tail", position),
      record: recordOf(line),
    })),
    position: encodeCursor("tail", end),
    more,
  };
}
