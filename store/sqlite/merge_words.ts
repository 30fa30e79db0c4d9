/**
 * Merges parts of the indexes of words, in small transactions: each write adds a part, and what was deleted stands in the parts
 * until they are merged (https://www.sqlite.org/fts5.html#the_merge_command).
 *
 * @module
 */
import { StoreBusy } from "../store.ts";
import type { Database } from "./database.ts";

/** Pages written in one transaction: about a quarter of a megabyte. */
const STEP_PAGES = 64;
/** Steps after a write at most: each record is written some seven times in this way, until nothing is left to merge. */
const STEPS_A_TURN = 4;
/** Records between two turns … */
const RECORDS_A_TURN = 128;
/** … of which each write counts as so many: eight parts are merged at once. */
const RECORDS_A_WRITE = RECORDS_A_TURN / 8;
/** A statement that has merged something has changed more rows than this. */
const MAX_IDLE_CHANGES = 1;

const INDEXES = ["logs_words", "occurrences_words"] as const;

/** Keeps up with the writes of one connection. */
export class Merges {
  readonly #db: Database;
  #records = 0;

  /** Does nothing yet. */
  constructor(db: Database) {
    this.#db = db;
  }

  /** So many records were written. */
  onWritten(records: number): void {
    this.#records += RECORDS_A_WRITE + records;
    if (this.#records < RECORDS_A_TURN) return;
    this.#records = 0;
    try {
      for (let steps = STEPS_A_TURN; steps > 0 && mergeWords(this.#db); steps--);
    } catch (error) {
      // The records are stored: the next turn does what was left.
      if (!(error instanceof StoreBusy)) throw error;
    }
  }
}

/** One step of each index. True while there is more to merge. */
export function mergeWords(db: Database): boolean {
  return INDEXES.map((index) => db.transaction(() => mergeStep(db, index))).includes(true);
}

function mergeStep(db: Database, index: typeof INDEXES[number]): boolean {
  const before = changesOf(db);
  db.run(`insert into ${index} (${index}, rank) values ('merge', ${STEP_PAGES})`);
  return changesOf(db) - before > MAX_IDLE_CHANGES;
}

function changesOf(db: Database): number {
  return db.get<{ changes: number }>("select total_changes() as changes")!.changes;
}
