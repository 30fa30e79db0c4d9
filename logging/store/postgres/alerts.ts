/**
 * Who tells the world of an error.
 *
 * @module
 */
import { cleanText } from "../rows.ts";
import type { Database } from "./database.ts";

/** {@linkcode Store.claimAlert}: one statement, so that of several instances one gets it. */
export function claimAlert(
  db: Database,
  id: string,
  { now, quietMs }: { now: number; quietMs: number },
): Promise<boolean> {
  return db.ask(async (session) => {
    const claimed = await session.get(
      `with found as (
         select id from holdfast.errors where uid = $1 for key share
       )
       insert into holdfast.alerts_sent as sent (error, time) select id, $2 from found
       on conflict (error) do update set time = excluded.time
         where sent.time <= excluded.time - $3 returning 1`,
      [cleanText(id), now, quietMs],
    );
    return claimed !== undefined;
  });
}
