import type { Session, Value } from "./database.ts";
import { removeErrors } from "./errors/remove.ts";
import { lock } from "./locks.ts";
import { cleanText } from "./rows.ts";
import { BadPurge, type PurgeQuery, type Removed } from "./store.ts";
import type { Opened } from "./opened.ts";
import type { Step } from "./sweep.ts";

/** Errors removed in one step: some thirty milliseconds. */
const STEP_ERRORS = 100;

/**
 * One step of deleting errors or log records by service or age, the oldest first; call it again while `more` is true.
 *
 * @throws {BadPurge} for a query that names neither.
 */
export async function purge(store: Opened, query: PurgeQuery): Promise<Removed> {
  if (query.svc_name === undefined && query.before === undefined) {
    throw new BadPurge("neither a service nor an age is named");
  }
  return await store.transaction(async (session) => {
    await lock(session, "sweeping");
    return query.what === "logs"
      ? await store.log.purge(session, query)
      : await purgeErrors(session, query);
  });
}

async function purgeErrors(session: Session, { svc_name, before }: PurgeQuery): Promise<Step> {
  const values: Value[] = [];
  const conditions: string[] = [];
  if (svc_name !== undefined) {
    conditions.push(`svc_name = $${values.push(cleanText(svc_name))} and id > 0`);
  }
  if (before !== undefined) conditions.push(`last_seen < $${values.push(Math.ceil(before))}`);
  const removed = await removeErrors(session, {
    where: conditions.join(" and "),
    values,
    order: "last_seen",
    most: STEP_ERRORS,
  });
  return { removed, more: removed === STEP_ERRORS };
}
