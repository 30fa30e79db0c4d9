/**
 * Where a record stands among all others: ids that grow with time.
 *
 * @module
 */
import type { LogRecord } from "../../record.ts";
import type { Database } from "./database.ts";

/** Ids are microseconds: safe integers until the year 2255. */
const PLACES_PER_MS = 1000;

/** No clock is right about the time after this: 2^53 microseconds. */
const MAX_TIME_MS = Math.floor(Number.MAX_SAFE_INTEGER / PLACES_PER_MS) - 1;

/** The smallest id a record of this millisecond can have. */
export function firstPlace(timeMs: number): number {
  return Math.min(Math.max(Math.floor(timeMs), 0), MAX_TIME_MS) * PLACES_PER_MS;
}

/** When a record happened, milliseconds since 1970; now where its time cannot be read. */
export function timeOf(record: LogRecord): number {
  const timeMs = Date.parse(record.time);
  return Number.isNaN(timeMs) ? Date.now() : Math.min(Math.max(timeMs, 0), MAX_TIME_MS);
}

/**
 * Gives out free ids for records in the order of their times, inside one transaction. More than
 * a thousand records of one millisecond run over into the next ones.
 */
export class Places {
  readonly #db: Database;
  #last = -1;

  /** For one transaction on this database. */
  constructor(db: Database) {
    this.#db = db;
  }

  /** A free id at or after this time, larger than the one before. */
  next(timeMs: number): number {
    let id = Math.max(firstPlace(timeMs), this.#last + 1);
    const isNewMillisecond = millisecondOf(id) !== millisecondOf(this.#last);
    if (isNewMillisecond) id = this.#firstFree(millisecondOf(id));
    return this.#last = id;
  }

  #firstFree(timeMs: number): number {
    for (let ms = timeMs;; ms++) {
      const first = ms * PLACES_PER_MS;
      const row = this.#db.get<{ top: number | null }>(
        "select max(id) as top from logs where id >= ? and id < ?",
        [first, first + PLACES_PER_MS],
      );
      const top = row?.top ?? first - 1;
      if (top < first + PLACES_PER_MS - 1) return top + 1;
    }
  }
}

function millisecondOf(id: number): number {
  return Math.floor(id / PLACES_PER_MS);
}
