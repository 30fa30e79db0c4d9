/**
 * What the world is to be told of errors: see ../outbox.ts.
 *
 * @module
 */
import { QUIET_MS } from "../outbox.ts";
import type { Alert } from "../store.ts";
import { nowToKeep } from "../times.ts";
import type { Database } from "./database.ts";

/** Notes that the world is to be told. What is on its way about this error is news no more. Part of a transaction. */
export function noteAlert(db: Database, error: number, kind: Alert["kind"]): void {
  db.run(
    `insert into alerts_sent (error, time, kind, noted_at, due_at) values (?1, 0, ?2, ?3, ?3)
     on conflict do update set
       kind = excluded.kind, noted_at = excluded.noted_at,
       due_at = max(excluded.due_at, min(time, ?3) + ${QUIET_MS}),
       message_id = null, is_summary = 0, tries = 0`,
    [error, kind, nowToKeep()],
  );
}
