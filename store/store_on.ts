/**
 * The store on an engine: everything that is the same for both.
 *
 * @module
 */
import type { Database } from "./database.ts";
import { change } from "./errors/change.ts";
import { error } from "./errors/error.ts";
import { listErrors, stateCounts } from "./errors/list_errors.ts";
import { merge } from "./errors/merge.ts";
import { occurrence, occurrences } from "./errors/occurrences.ts";
import { receipt } from "./errors/receipt.ts";
import { remove } from "./errors/remove.ts";
import { split } from "./errors/split.ts";
import { trends } from "./errors/trends.ts";
import { health } from "./health.ts";
import { LogBlocks } from "./log/log_blocks.ts";
import { Merges } from "./merge_words.ts";
import { settleAlert, takeAlert } from "./outbox.ts";
import { NEW_ERRORS_AN_HOUR } from "./overflow.ts";
import { purge } from "./purge.ts";
import { type Store, StoreBusy } from "./store.ts";
import { sweep } from "./sweep.ts";
import { write } from "./write.ts";

/** What every engine can be told. */
export interface StoreOptions {
  /** New errors of one service within an hour; further ones are one. Default: see overflow.ts. */
  newErrorsAnHour?: number;
}

/** The store on a database whose schema is up to date. */
export function storeOn(
  db: Database,
  { newErrorsAnHour = NEW_ERRORS_AN_HOUR }: StoreOptions,
): Store {
  const log = new LogBlocks(db);
  const merges = new Merges(db);
  return {
    write: async (entries) => {
      const written = await write(db, log, { entries, newErrorsAnHour });
      await merges.onWritten(entries.filter(({ group }) => group !== undefined).length);
      await log.sealWhatIsEnough().catch(notNow);
      return written;
    },
    receipt: (errorId) => receipt(db, errorId),
    listErrors: (query) => listErrors(db, query),
    error: (id) => error(db, id),
    occurrences: (id, page) => occurrences(db, id, page),
    occurrence: (errorId) => occurrence(db, errorId),
    trends: (ids) => trends(db, ids),
    stateCounts: (filters) => stateCounts(db, filters),
    listLogs: (query) => log.list(query),
    logsAfter: (query) => log.after(query),
    change: (ids, done) => change(db, ids, done),
    merge: (id, into, doer) => merge(db, id, { into, ...doer }),
    split: (id, variant, doer) => split(db, id, { variant, ...doer }),
    remove: (id) => remove(db, id),
    purge: (query) => purge(db, log, query),
    takeAlert: (options) => takeAlert(db, options),
    settleAlert: (id, options) => settleAlert(db, id, options),
    sweep: async (limits, now) => {
      const { removed, more } = await sweep(db, log, { limits, now });
      return { removed, more: await log.tend(now) || more };
    },
    health: () => health(db, log),
    close: () => db.close(),
  };
}

/** The records are stored: the next write, or the sweep, seals them. */
function notNow(error: unknown): void {
  if (!(error instanceof StoreBusy)) throw error;
}
