/**
 * The order of arrival, over all processes. Every record knows the number of the write that brought it.
 *
 * In SQLite one write comes after another, and a counter numbers them. In PostgreSQL several run at a time, and one becomes visible
 * when its transaction commits: the number is that of the transaction, and only those below the horizon are given out, the oldest
 * one that is still running anywhere on the server. All below it has been decided, so nothing can appear there any more.
 * https://www.postgresql.org/docs/12/functions-info.html#FUNCTIONS-TXID-SNAPSHOT
 */
import type { Engine, Session } from "../drivers/database.ts";

/** Numbers a write, which stands in a transaction of its own. Gives `write`. */
export const NEXT_WRITE: Record<Engine, string> = {
  sqlite: "update log_state set writes = writes + 1 returning writes as write",
  postgres: "select txid_current() as write",
};

const HORIZON: Record<Engine, string> = {
  sqlite: "select writes + 1 as bound from log_state",
  postgres: "select txid_snapshot_xmin(txid_current_snapshot()) as bound",
};

/** All writes of smaller numbers can be read from now on. */
export async function horizon(session: Session): Promise<number> {
  return (await session.get<{ bound: number }>(HORIZON[session.engine]))!.bound;
}
