/** The store on an engine: everything that is the same for both. */
import { asked, type Opened } from "./opened.ts";
import type { Database } from "./database.ts";
import { LogBlocks } from "./log/log_blocks.ts";
import { Merges } from "./merge_words.ts";
import { NEW_ERRORS_AN_HOUR } from "./overflow.ts";
import { settleAlert, takeAlert } from "./outbox.ts";
import type { Blocking } from "./drivers/sqlite.ts";
import type { Store } from "./store.ts";
import { sweep } from "./sweep.ts";
import { write } from "./write.ts";

export interface StoreOptions {
  /** New errors of one service within an hour; further ones are one. Default: see overflow.ts. */
  newErrorsAnHour?: number;
  /** Runs each call of an engine that blocks this thread: SQLite's. */
  blocking?: Blocking;
}

export function storeOn(
  db: Database,
  { newErrorsAnHour = NEW_ERRORS_AN_HOUR }: StoreOptions,
): Store {
  const log = new LogBlocks(db);
  const merges = new Merges(db);
  const opened: Opened = Object.assign(db, { log });
  return {
    ...asked(opened),
    write: async (entries) => {
      const written = await write(db, log, { entries, newErrorsAnHour });
      await merges.onWritten(entries.filter(({ group }) => group !== undefined).length);
      // The records are stored: what cannot be sealed now is sealed by the next write, or by the sweep.
      await log.sealWhatIsEnough().catch(() => {});
      return written;
    },
    takeAlert: (options) => takeAlert(db, options),
    settleAlert: (id, options) => settleAlert(db, id, options),
    sweep: async (limits, now) => {
      const { removed, more } = await sweep(db, log, { limits, now });
      return { removed, more: await log.tend(now) || more };
    },
    close: () => db.close(),
  };
}
