/**
 * Merges parts of SQLite's index of words, in small transactions: each write adds a part, and what was deleted stands in the parts
 * until they are merged (https://www.sqlite.org/fts5.html#the_merge_command).
 */
import type { Database, Session } from "./database.ts";
import { StoreBusy } from "./store.ts";

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

/** Keeps up with the writes of one connection. */
export class Merges {
  readonly #db: Database;
  #records = 0;

  constructor(db: Database) {
    this.#db = db;
  }

  /** So many failures were written. */
  async onWritten(records: number): Promise<void> {
    if (this.#db.engine !== "sqlite" || records === 0) return;
    this.#records += RECORDS_A_WRITE + records;
    if (this.#records < RECORDS_A_TURN) return;
    this.#records = 0;
    try {
      for (let steps = STEPS_A_TURN; steps > 0 && await mergeWords(this.#db); steps--);
    } catch (error) {
      // The records are stored: the next turn does what was left.
      if (!(error instanceof StoreBusy)) throw error;
    }
  }
}

/** One step. True while there is more to merge. */
export function mergeWords(db: Database): Promise<boolean> {
  return db.transaction(async (session) => {
    const before = await changesOf(session);
    await session.run(
      `insert into occurrences_words (occurrences_words, rank) values ('merge', ${STEP_PAGES})`,
    );
    return await changesOf(session) - before > MAX_IDLE_CHANGES;
  });
}

async function changesOf(session: Session): Promise<number> {
  return (await session.get<{ changes: number }>("select total_changes() as changes"))!.changes;
}
