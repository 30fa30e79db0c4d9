/** Removes errors, by hand or for retention, and the oldest occurrences of those that stay. */
import type { Database, Session, Value } from "../drivers/database.ts";
import { lock } from "../drivers/locks.ts";
import { cleanText, type ErrorRow, summaryOf } from "./rows.ts";
import { BadPurge, type ErrorSummary, type PurgeQuery, type Removed } from "../store.ts";
import type { Opened } from "../store_on.ts";

/** Errors removed in one step of a purge: some thirty milliseconds. */
const PURGE_STEP_ERRORS = 100;

/** Users that the errors of one step may have beside the first one's: each is a row. */
const STEP_USERS = 5_000;

/**
 * Forgets an error with its occurrences and history; its log records stay. When it happens again it is new; what was
 * split off another error goes back to that one. Null when there is no such error.
 */
export function remove(db: Database, id: string): Promise<ErrorSummary | null> {
  return db.transaction(async (session) => {
    await lock(session, "sweeping");
    const row = await session.get<ErrorRow>(
      "delete from holdfast.errors where uid = $1 returning *",
      [cleanText(id)],
    );
    return row === undefined ? null : summaryOf(row);
  });
}

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

async function purgeErrors(session: Session, { svc_name, before }: PurgeQuery): Promise<Removed> {
  const values: Value[] = [];
  const conditions: string[] = [];
  if (svc_name !== undefined) {
    conditions.push(`svc_name = $${values.push(cleanText(svc_name))} and id > 0`);
  }
  if (before !== undefined) conditions.push(`last_seen < $${values.push(Math.ceil(before))}`);
  return await removeErrors(session, {
    where: conditions.join(" and "),
    values,
    order: "last_seen",
    most: PURGE_STEP_ERRORS,
  });
}

/** The errors of a service that are missed least: resolved ones, those seen once, muted ones last; of each the oldest. */
export async function removeLeastUseful(
  session: Session,
  service: string,
  most: number,
): Promise<number> {
  const { removed } = await removeErrors(session, {
    where: "svc_name = $1 and id > 0",
    values: [service],
    order: "case state when 'resolved' then 0 when 'open' then 1 else 2 end, count > 1, last_seen",
    most,
  });
  return removed;
}

/** Which errors are meant: the first so many of those that fit. */
interface Selected {
  where: string;
  values: readonly Value[];
  order: string;
  most: number;
}

/** Removes errors with all that is their own. As all here, it needs the lock `sweeping`. */
export async function removeErrors(session: Session, selected: Selected): Promise<Removed> {
  const errors = await lockErrors(session, selected);
  if (errors.length === 0) return { removed: 0, more: false };
  let users = 0;
  const going = errors.filter((error, i) => i === 0 || (users += error.users) <= STEP_USERS);
  const removed = await session.run("delete from holdfast.errors where id = any ($1)", [
    going.map(({ id }) => id),
  ]);
  return { removed, more: errors.length === selected.most || going.length < errors.length };
}

/** In the order of their numbers, as writers lock them; what has changed meanwhile has to fit still. */
async function lockErrors(
  session: Session,
  { where, values, order, most }: Selected,
): Promise<Pick<ErrorRow, "id" | "kept" | "users">[]> {
  const next = `$${values.length + 1}`;
  const found = await session.all<{ id: number }>(
    `select id from holdfast.errors where ${where} order by ${order} limit ${next}`,
    [...values, most],
  );
  if (found.length === 0) return [];
  return await session.all(
    `select id, kept, users from holdfast.errors where id = any (${next}) and ${where}
     order by id for update`,
    [...values, found.map(({ id }) => id)],
  );
}

/** Comes after every time. */
const NEVER = Number.MAX_SAFE_INTEGER;

/**
 * The oldest occurrences of errors before a time, but the newest `keep` of each: `most` in all, of each the same, and what one does
 * not have is taken from those that have more. Says how many.
 */
export async function removeOldest(
  session: Session,
  selected: Selected,
  { keep = 1, most, beforeMs = NEVER }: { keep?: number; most: number; beforeMs?: number },
): Promise<number> {
  const errors = (await lockErrors(session, selected)).toSorted((a, b) => a.kept - b.kept);
  if (errors.length === 0) return 0;
  let left = most;
  const found = await session.batch<{ id: number; bytes: number }>(errors.map(({ id, kept }, i) => {
    const share = Math.min(kept - keep, Math.ceil(left / (errors.length - i)));
    left -= share;
    return {
      sql: `select id, octet_length(line) as bytes from holdfast.occurrences
        where error = $1 and time < $2 order by time, id limit $3`,
      values: [id, beforeMs, share],
    };
  }));
  const ids = found.flat().map(({ id }) => id);
  await session.batch([
    { sql: "delete from holdfast.occurrences where id = any ($1)", values: [ids] },
    ...errors.map(({ id }, i) => ({
      sql: `update holdfast.errors set kept = kept - $2, bytes = bytes - $3, oldest_kept = coalesce(
          (select min(time) from holdfast.occurrences where error = errors.id), oldest_kept
        ) where id = $1`,
      values: [id, found[i]!.length, found[i]!.reduce((sum, { bytes }) => sum + bytes, 0)],
    })),
  ]);
  return ids.length;
}
