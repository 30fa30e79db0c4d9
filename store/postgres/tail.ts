/**
 * Logs in the order of their arrival.
 *
 * Several instances write at a time, and a row becomes visible when its transaction commits, not when it gets
 * its number: a reader who goes on after the largest number it has seen would pass over what commits
 * late. So each row knows the transaction that brought it, the order is that of the transactions, and only
 * rows of transactions below the horizon are given out: the oldest one that is still running anywhere on the
 * server. All below it has been decided, so nothing can appear there any more.
 * https://www.postgresql.org/docs/12/functions-info.html#FUNCTIONS-TXID-SNAPSHOT
 *
 * @module
 */
import { decodeCursor, encodeCursor } from "../cursor.ts";
import { recordOf } from "../rows.ts";
import { MAX_TOTAL, type Tail, type TailQuery } from "../store.ts";
import { queryWords } from "../words.ts";
import type { Database, Session } from "../database.ts";
import { countMatching, matchOf } from "./logs.ts";

/** Rows looked at in one step, so that a filter nothing passes costs little. */
const STEP_ROWS = 2000;

const HORIZON = `
  horizon as materialized (select txid_snapshot_xmin(txid_current_snapshot()) as bound)`;

/** The horizon, and the newest rows below it. Values: limit, words (where they are asked for). */
const newestOf = (source: string, where: string) => `
  select bound, xact, id, line from horizon left join lateral (
    select xact, id, line from ${source} where xact < bound and ${where}
    order by xact desc, id desc limit $1
  ) as newest on true order by xact, id`;

/** From the newest on, those that match. */
const NEWEST_OF_MANY = (where: string) => `with ${HORIZON} ${newestOf("holdfast.logs", where)}`;

/** All rows that match, by the index of words, then the newest. */
const NEWEST_OF_FEW = `
  with matching as materialized (
    select xact, id, line from holdfast.logs where words @@ $2::tsquery
  ), ${HORIZON} ${newestOf("matching", "true")}`;

/**
 * The horizon, and the rows between a place and it, each with whether it is asked for. A place above the
 * horizon is of a server that has been replaced by an older copy: go on where that one is.
 * Values: transaction, id, limit, words or null.
 */
export const LOGS_AFTER = `
  with ${HORIZON}
  select bound, xact, id, line, fits from horizon left join lateral (
    select xact, id, line, $4::tsquery is null or words @@ $4::tsquery as fits
    from holdfast.logs
    where (xact, id) > (least($1, bound), case when $1 > bound then 0 else $2 end) and xact < bound
    order by xact, id limit $3
  ) as arrived on true order by xact, id`;

/** The transaction and the number of the last row that a reader has seen. */
type Position = [xact: number, id: number];

/** {@linkcode Store.logsAfter}. */
export function logsAfter(db: Database, query: TailQuery): Promise<Tail> {
  return db.ask((session) => {
    const words = queryWords(query.q);
    // Nothing matches no word: only the position moves.
    const limit = words?.length === 0 ? 0 : query.limit;
    const match = words?.length === 0 ? undefined : matchOf(query, words);
    if (query.after === undefined || words?.length === 0) {
      if (query.after !== undefined) decodeCursor("tail", query.after);
      return begin(session, { match, limit });
    }
    return goOn(session, { match, limit, after: decodeCursor("tail", query.after) });
  });
}

/** The horizon stands in every row, and in one of nothing else where there are no rows. */
interface Row {
  bound: number;
  xact: number | null;
  id: number;
  line: string;
}

/** The newest rows, and the position after all there is. */
async function begin(
  session: Session,
  { match, limit }: { match: string | undefined; limit: number },
): Promise<Tail> {
  const rows = await newest(session, { match, limit });
  return tailOf(rows.filter(isThere), { end: [rows[0]!.bound, 0], more: false });
}

async function newest(
  session: Session,
  { match, limit }: { match: string | undefined; limit: number },
): Promise<Row[]> {
  if (match === undefined) return await session.all<Row>(NEWEST_OF_MANY("true"), [limit]);
  const total = await countMatching(session, { where: ["words @@ $1::tsquery"], values: [match] });
  const sql = total < MAX_TOTAL ? NEWEST_OF_FEW : NEWEST_OF_MANY("words @@ $2::tsquery");
  return await session.all<Row>(sql, [limit, match]);
}

async function goOn(
  session: Session,
  { match, limit, after }: { match: string | undefined; limit: number; after: Position },
): Promise<Tail> {
  const most = match === undefined ? limit + 1 : STEP_ROWS;
  const rows = await session.all<Row & { fits: boolean }>(LOGS_AFTER, [
    ...after,
    most,
    match ?? null,
  ]);
  const arrived = rows.filter(isThere);
  const fitting = arrived.filter(({ fits }) => fits);
  const shown = fitting.slice(0, limit);
  const end: Position = [rows[0]!.bound, 0];
  if (fitting.length > limit) {
    return tailOf(shown, { end: shown.length > 0 ? placeOf(shown.at(-1)!) : after, more: true });
  }
  const isAll = arrived.length < most;
  return tailOf(shown, { end: isAll ? end : placeOf(arrived.at(-1)!), more: !isAll });
}

function isThere(row: Row): boolean {
  return row.xact !== null;
}

function placeOf({ xact, id }: Row): Position {
  return [xact!, id];
}

function tailOf(
  rows: readonly Row[],
  { end, more }: { end: Position; more: boolean },
): Tail {
  return {
    items: rows.map((row) => ({
      position: encodeCursor("tail", placeOf(row)),
      record: recordOf(row.line),
    })),
    position: encodeCursor("tail", end),
    more,
  };
}
