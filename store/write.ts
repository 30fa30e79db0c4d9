/** The way in: records go into the log, failures become occurrences of errors, in one transaction. */
import type { Database, Session } from "./database.ts";
import { recordFailures, type RecordOptions } from "./errors/record_failures.ts";
import type { Alert, Entry, Written } from "./store.ts";
import type { Failure } from "./tally.ts";

/** Where records are kept, failures and all others. */
export interface Log {
  /**
   * Appends what was not there before, and says how many these are. Part of a transaction.
   *
   * @param record Takes the failures among them, in the order of their times, and gives them as they were recorded: that is how
   * the log keeps them.
   */
  append(
    session: Session,
    entries: readonly Entry[],
    record: (failures: readonly Failure[]) => Promise<readonly Failure[]>,
  ): Promise<number>;
}

/** {@linkcode Store.write}. */
export function write(
  db: Database,
  log: Log,
  { entries, ...options }: RecordOptions & { entries: readonly Entry[] },
): Promise<Written> {
  return db.transaction(async (session) => {
    let alerts: Alert[] = [];
    const fresh = await log.append(session, entries, async (failures) => {
      const recorded = await recordFailures(session, failures, options);
      alerts = recorded.alerts;
      return recorded.failures;
    });
    return { stored: entries.length, duplicates: entries.length - fresh, alerts };
  }, "writing");
}
