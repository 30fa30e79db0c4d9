/**
 * Makes two errors one.
 *
 * @module
 */
import { type ErrorRow, summaryOf } from "../rows.ts";
import { BadMerge, type Doer, type ErrorSummary } from "../store.ts";
import type { Database, Session } from "./database.ts";
import { addHistory } from "./history.ts";
import { findById } from "./keys.ts";
import { HELD_BYTES } from "./sizes.ts";
import { reshape } from "./reshape.ts";

/** What belongs to the first goes to the second. Values: from, to, the first one's public id. */
const MOVE_ALL = `
  with moved_keys as (
    update holdfast.error_keys set error = $2 where error = $1
  ), moved_aliases as (
    update holdfast.error_aliases set error = $2 where error = $1
  ), moved_occurrences as (
    update holdfast.occurrences set error = $2 where error = $1
  ), moved_history as (
    update holdfast.history set error = $2 where error = $1
  ), added_variants as (
    insert into holdfast.variants as variants (error, digest, message, count)
    select $2, digest, message, count from holdfast.variants where error = $1
    on conflict (error, digest) do update set count = variants.count + excluded.count
  ), added_hours as (
    insert into holdfast.hours as hours (error, hour, count)
    select $2, hour, count from holdfast.hours where error = $1
    on conflict (error, hour) do update set count = hours.count + excluded.count
  )
  insert into holdfast.error_aliases (uid, error) values ($3, $2)`;

/** {@linkcode Store.merge}. */
export function merge(
  db: Database,
  id: string,
  { into, by }: Doer & { into: string },
): Promise<ErrorSummary | null> {
  return reshape(db, async (session) => {
    const found = await findById(session, id);
    const target = await findById(session, into);
    if (found === undefined || target === undefined) return null;
    if (found.id === target.id) return alreadyOne(target, { id, into });
    const [source, before] = await lockBoth(session, found.id, target.id);
    await session.all(MOVE_ALL, [source.id, before.id, source.uid]);
    const merged = await unite(session, source, before);
    await session.all("delete from holdfast.errors where id = $1", [source.id]);
    await addHistory(session, [{
      error: before.id,
      action: "merged",
      by,
      note: `${source.type}: ${source.message} (${source.uid}, ${source.count} times)`,
    }]);
    return summaryOf(merged);
  });
}

/** Merged before: there is nothing to do. @throws {BadMerge} when it was never another error. */
function alreadyOne(
  target: ErrorRow,
  { id, into }: { id: string; into: string },
): ErrorSummary {
  if (id !== into && id !== target.uid) return summaryOf(target);
  throw new BadMerge("an error cannot be merged into itself: both ids are of one error");
}

/** As they are now that no writer can touch them. */
async function lockBoth(
  session: Session,
  source: number,
  target: number,
): Promise<[ErrorRow, ErrorRow]> {
  const rows = await session.all<ErrorRow>(
    "select * from holdfast.errors where id = any ($1) order by id for update",
    [[source, target]],
  );
  const rowOf = (id: number) => rows.find((row) => row.id === id)!;
  return [rowOf(source), rowOf(target)];
}

/** Counts add up; each date, release and text comes from the error that saw it first or last. */
async function unite(session: Session, source: ErrorRow, target: ErrorRow): Promise<ErrorRow> {
  const first = source.first_seen < target.first_seen ? source : target;
  const last = source.last_seen > target.last_seen ? source : target;
  const opens = source.state === "open" && target.state === "resolved";
  const row = await session.get<ErrorRow>(
    `update holdfast.errors set
       count = count + $2, kept = kept + $3, bytes = ${HELD_BYTES}, severity = $4,
       last_critical = greatest(last_critical, $15),
       muted_count = muted_count + $2, first_seen = $5, first_release = $6,
       last_seen = $7, last_release = $8, message = $9, route = $10, last_error_id = $11,
       state = $12, resolved_at = $13, resolved_in = $14
     where id = $1 returning *`,
    [
      target.id,
      source.count,
      source.kept,
      last.severity,
      first.first_seen,
      first.first_release,
      last.last_seen,
      last.last_release,
      last.message,
      last.route,
      last.last_error_id,
      opens ? "open" : target.state,
      opens ? null : target.resolved_at,
      opens ? null : target.resolved_in,
      source.last_critical,
    ],
  );
  return row!;
}
