/**
 * Merges parts of SQLite's index of words, in small transactions: each write adds a part, and what was deleted stands in the parts
 * until they are merged (https://www.sqlite.org/fts5.html#the_merge_command).
 */
import type { Database, Session } from "../drivers/database.ts";
import { StoreBusy } from "../store.ts";

/** Pages written in one transaction: about a quarter of a megabyte. */
const STEP_PAGES = 64;
/** Steps after a write at most: each record is written some seven times in this way, until nothing is left to merge. */
const STEPS_A_TURN = 4;
/** Failures between two turns … */
const FAILURES_A_TURN = 128;
/** … of which each write counts as so many: eight parts are merged at once. */
const FAILURES_A_WRITE = FAILURES_A_TURN / 8;
/** A statement that has merged something has changed more rows than this. */
const MAX_IDLE_CHANGES = 1;

/** Keeps up with the writes of one connection: to be called after each, with the number of its failures. */
export function mergeAfterWrites(db: Database): (failures: number) => Promise<void> {
  let written = 0;
  return async (failures) => {
    if (db.engine !== "sqlite" || failures === 0) return;
    written += FAILURES_A_WRITE + failures;
    if (written < FAILURES_A_TURN) return;
    written = 0;
    try {
      for (let steps = STEPS_A_TURN; steps > 0 && await mergeWords(db); steps--);
    } catch (error) {
      // The records are stored: the next turn does what was left.
      if (!(error instanceof StoreBusy)) throw error;
    }
  };
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
