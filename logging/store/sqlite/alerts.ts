/**
 * Who tells the world of an error.
 *
 * @module
 */
import type { Database } from "./database.ts";

/** {@linkcode Store.claimAlert}: one statement, so that of several processes one gets it. */
export function claimAlert(
  db: Database,
  id: string,
  { now, quietMs }: { now: number; quietMs: number },
): boolean {
  const changed = db.run(
    `insert into alerts_sent (error, time) select id, ? from errors where uid = ?
     on conflict do update set time = excluded.time where time <= excluded.time - ?`,
    [now, id, quietMs],
  );
  return changed === 1;
}
