/**
 * Work that takes away or moves what is stored.
 *
 * @module
 */
import type { Database, Session } from "./database.ts";
import { lock } from "../locks.ts";

/**
 * Does some of it in a transaction, one after another on all instances: so it waits for nobody but the
 * writers, who lock the rows of errors in the order of their numbers, as it must do too.
 */
export function reshape<Result>(
  db: Database,
  work: (session: Session) => Promise<Result>,
): Promise<Result> {
  return db.transaction(async (session) => {
    await lock(session, "sweeping");
    return await work(session);
  });
}
