/**
 * The order in which records came into the store. Their ids follow the time they happened, so that a late one, replayed or
 * reported by another service, lies before others that were read already: only this order lets a reader go on where it stopped.
 *
 * @module
 */
import type { LogRecord } from "../../record.ts";
import type { Tail, TailQuery } from "../store.ts";
import { queryWords } from "../words.ts";
import type { Database } from "./database.ts";
import { matchOf } from "./logs.ts";
import { recordOf } from "./rows.ts";

/** Writes that a reader may be behind. */
export const KEPT_WRITES = 5_000;

/** The write, and the place in it. */
const POSITION = /^(\d{1,15})\.(\d{1,9})$/;

const FIRST_AND_LAST = `select
  coalesce((select position from arrivals order by position limit 1), 0) as first,
  coalesce((select position from arrivals order by position desc limit 1), 0) as last`;

/** Writes down that these log rows came with one write, and forgets the oldest write. */
export function addArrival(db: Database, ids: readonly number[]): void {
  if (ids.length === 0) return;
  db.run("insert into arrivals (logs) values (?)", [toSteps(ids)]);
  db.run(
    `delete from arrivals where position <= (select max(position) from arrivals) - ${KEPT_WRITES}`,
  );
}

/** {@linkcode Store.logsAfter}. */
export function logsAfter(db: Database, query: TailQuery): Tail {
  const { first, last } = db.get<{ first: number; last: number }>(FIRST_AND_LAST)!;
  const end = `${last}.${placesOf(db, last)}`;
  if (query.after === undefined) return { items: [], position: end, isWhole: true };
  const [, write = NaN, place = NaN] = (POSITION.exec(query.after) ?? []).map(Number);
  // Not a position, one of another store, or one whose next write is forgotten.
  if (!(write <= last && write + 1 >= first)) return { items: [], position: end, isWhole: false };

  const arrived = arrivedAfter(db, { write, place, limit: query.limit });
  const lines = linesOf(db, { ids: arrived.map(({ id }) => id), query });
  const items = arrived.flatMap(({ id, position }) => {
    const record = lines.get(id);
    return record ? [{ position, record }] : [];
  });
  return { items, position: arrived.at(-1)?.position ?? query.after, isWhole: true };
}

interface Arrival {
  id: number;
  position: string;
}

function arrivedAfter(
  db: Database,
  { write, place, limit }: { write: number; place: number; limit: number },
): Arrival[] {
  const rows = db.all<{ position: number; logs: string }>(
    "select position, logs from arrivals where position >= ? order by position limit ?",
    // One more: the write that the position is in may be read to its end.
    [write, limit + 1],
  );
  const arrived: Arrival[] = [];
  for (const { position, logs } of rows) {
    const ids = toIds(logs);
    for (let at = position === write ? place : 0; at < ids.length; at++) {
      if (arrived.length === limit) return arrived;
      arrived.push({ id: ids[at]!, position: `${position}.${at + 1}` });
    }
  }
  return arrived;
}

/** How many records a write brought. */
function placesOf(db: Database, position: number): number {
  const row = db.get<{ logs: string }>("select logs from arrivals where position = ?", [position]);
  return row === undefined ? 0 : toIds(row.logs).length;
}

/** The first id and the steps to the next ones: a quarter of the ids' own length. */
function toSteps(ids: readonly number[]): string {
  return ids.map((id, at) => id - (ids[at - 1] ?? 0)).join(" ");
}

function toIds(steps: string): number[] {
  let id = 0;
  return steps.split(" ").map((step) => id += Number(step));
}

/** Those of the rows that match, by id. */
function linesOf(
  db: Database,
  { ids, query }: { ids: readonly number[]; query: TailQuery },
): Map<number, LogRecord> {
  const words = queryWords(query.q);
  if (ids.length === 0 || words?.length === 0) return new Map();
  const match = matchOf(query, words);
  const wanted = JSON.stringify(ids);
  const rows = match === undefined
    ? db.all<{ id: number; line: string }>(
      "select id, line from logs where id in (select value from json_each(?))",
      [wanted],
    )
    : db.all<{ id: number; line: string }>(
      `select logs.id, logs.line from logs_words join logs on logs.id = logs_words.rowid
       where logs_words match ? and logs_words.rowid between ? and ?
       and logs_words.rowid in (select value from json_each(?))`,
      [match, Math.min(...ids), Math.max(...ids), wanted],
    );
  return new Map(rows.map(({ id, line }) => [id, recordOf(line)]));
}
