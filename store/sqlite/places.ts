/**
 * Where a record stands among all others: ids that grow with time.
 *
 * @module
 */
import { keepableTime } from "../times.ts";
import type { Database } from "./database.ts";

/** Ids are microseconds. */
export const PLACES_PER_MS = 1000;

/** The smallest id a record of this millisecond can have. */
export function firstPlace(timeMs: number): number {
  return keepableTime(timeMs) * PLACES_PER_MS;
}

/** The millisecond an id stands in. */
export function timeAt(id: number): number {
  return Math.floor(id / PLACES_PER_MS);
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
    const isNewMillisecond = timeAt(id) !== timeAt(this.#last);
    if (isNewMillisecond) id = this.#firstFree(timeAt(id));
    return this.#last = id;
  }

  /**
   * In steps that double until there is room, then halved: a million records that say the same time cost the next one twenty
   * questions more and not a thousand.
   */
  #firstFree(timeMs: number): number {
    let full = timeMs - 1;
    let step = 1;
    while (this.#freeIn(full + step) === undefined) {
      full += step;
      step *= 2;
    }
    let free = full + step;
    while (free - full > 1) {
      const middle = Math.floor((full + free) / 2);
      if (this.#freeIn(middle) === undefined) full = middle;
      else free = middle;
    }
    return this.#freeIn(free)!;
  }

  /** The place after the last one that is taken in a millisecond; undefined where it is full. */
  #freeIn(timeMs: number): number | undefined {
    const first = timeMs * PLACES_PER_MS;
    const end = first + PLACES_PER_MS;
    const { top } = this.#db.get<{ top: number | null }>(TOP, [first, end])!;
    const free = top === null ? first : top + 1;
    return free < end ? free : undefined;
  }
}

/** The largest id in use between two. */
const TOP = "select max(id) as top from logs where id >= ?1 and id < ?2";
