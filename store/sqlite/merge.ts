/**
 * Makes two errors one.
 *
 * @module
 */
import { BadMerge, type Doer, type ErrorSummary } from "../store.ts";
import type { Database } from "./database.ts";
import { addHistory } from "./history.ts";
import { HELD_BYTES } from "./sizes.ts";
import { findById } from "./keys.ts";
import { actorOf, type ErrorRow, summaryOf } from "../rows.ts";
import { nowToKeep } from "../times.ts";

/** {@linkcode Store.merge}. */
export function merge(
  db: Database,
  id: string,
  { into, by }: Doer & { into: string },
): ErrorSummary | null {
  return db.transaction(() => {
    const source = findById(db, id);
    const target = findById(db, into);
    if (source === undefined || target === undefined) return null;
    if (source.id === target.id) return alreadyOne(target, { id, into });
    moveAll(db, source.id, target.id);
    const merged = unite(db, source, target);
    db.run("insert into error_aliases (uid, error) values (?, ?)", [source.uid, target.id]);
    db.run("delete from errors where id = ?", [source.id]);
    addHistory(db, target.id, {
      timeMs: nowToKeep(),
      action: "merged",
      actor: actorOf(by),
      note: `${source.type}: ${source.message} (${source.uid}, ${source.count} times)`,
    });
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

function moveAll(db: Database, from: number, to: number): void {
  const both = [to, from];
  db.run("update error_keys set error = ? where error = ?", both);
  db.run("update error_aliases set error = ? where error = ?", both);
  db.run("update occurrences set error = ? where error = ?", both);
  db.run("update history set error = ? where error = ?", both);
  db.run(
    `insert into variants (error, digest, message, count)
     select ?, digest, message, count from variants where error = ?
     on conflict do update set count = count + excluded.count`,
    both,
  );
  db.run(
    `insert into hours (error, hour, count) select ?, hour, count from hours where error = ?
     on conflict do update set count = count + excluded.count`,
    both,
  );
}

/** Counts add up; each date, release and text comes from the error that saw it first or last. */
function unite(db: Database, source: ErrorRow, target: ErrorRow): ErrorRow {
  const first = source.first_seen < target.first_seen ? source : target;
  const last = source.last_seen > target.last_seen ? source : target;
  const opens = source.state === "open" && target.state === "resolved";
  return db.get<ErrorRow>(
    `update errors set
       count = count + ?, kept = kept + ?, bytes = ${HELD_BYTES},
       oldest_kept = min(oldest_kept, (select oldest_kept from errors where id = ?)),
       severity = ?, last_critical = nullif(max(coalesce(last_critical, 0), ?), 0),
       muted_count = muted_count + ?,
       first_seen = ?, first_release = ?,
       last_seen = ?, last_release = ?, message = ?, route = ?, last_error_id = ?,
       state = ?, resolved_at = ?, resolved_in = ?
     where id = ? returning *`,
    [
      source.count,
      source.kept,
      source.id,
      last.severity,
      source.last_critical ?? 0,
      source.count,
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
      target.id,
    ],
  )!;
}
