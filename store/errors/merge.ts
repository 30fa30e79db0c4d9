import type { Database, Session, Statement } from "../drivers/database.ts";
import { lock } from "../drivers/locks.ts";
import {
  actorOf,
  type ErrorRow,
  historyEntries,
  NOT_PROVED,
  NOT_RESOLVED,
  rowChange,
  shownBy,
  summaryOf,
} from "./rows.ts";
import { MOVE_FACETS, trimFacets } from "../facets/move_facets.ts";
import { countAnew } from "./count_anew.ts";
import { BadMerge, type Doer, type ErrorSummary } from "../store.ts";
import { nowToKeep } from "../times.ts";
import { findById } from "./keys.ts";

/** What belongs to the first goes to the second. Values: from, to. */
const MOVES = [
  "update holdfast.error_keys set error = $2 where error = $1",
  "update holdfast.error_aliases set error = $2 where error = $1",
  "update holdfast.occurrences set error = $2 where error = $1",
  "update holdfast.history set error = $2 where error = $1",
  `insert into holdfast.variants as variants (error, digest, message, count)
   select $2::bigint, digest, message, count from holdfast.variants where error = $1
   on conflict (error, digest) do update set count = variants.count + excluded.count`,
  `insert into holdfast.hours as hours (error, hour, count)
   select $2::bigint, hour, count from holdfast.hours where error = $1
   on conflict (error, hour) do update set count = hours.count + excluded.count`,
  MOVE_FACETS,
];

/**
 * Makes two errors one: keys, occurrences, variants, counts and history of the first go to the second, and so does
 * everything that happens from now on. The first one's id leads to the second. What was open stays open: an open error
 * opens a resolved one it is merged into. Null when either is not there.
 *
 * @throws {BadMerge} when both are the same.
 */
export function merge(
  db: Database,
  id: string,
  { into, by }: Doer & { into: string },
): Promise<ErrorSummary | null> {
  return db.transaction(async (session) => {
    await lock(session, "sweeping");
    const found = await findById(session, id);
    const target = await findById(session, into);
    if (found === undefined || target === undefined) return null;
    if (found.id === target.id) return alreadyOne(target, { id, into });
    const [source, before] = await lockBoth(session, found.id, target.id);
    const changes = united(source, before);
    await session.batch([
      ...MOVES.map((sql) => ({ sql, values: [source.id, before.id] })),
      addAlias(source.uid, before.id),
      ...rowChange(before.id, changes),
      ...trimFacets(before.id),
      { sql: "delete from holdfast.errors where id = $1", values: [source.id] },
      ...historyEntries([{
        error: before.id,
        timeMs: nowToKeep(),
        action: "merged",
        actor: actorOf(by),
        note: `${source.type}: ${source.message} (${source.uid}, ${source.count} times)`,
      }]),
    ]);
    const [row] = await countAnew(session, [before.id]);
    return summaryOf(row!);
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

/** The rows, locked: no writer can change them now. */
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

function addAlias(uid: string, error: number): Statement {
  return {
    sql: "insert into holdfast.error_aliases (uid, error) values ($1, $2)",
    values: [uid, error],
  };
}

/** Counts add up; each date, release and text comes from the error that saw it first or last; what people say of the target wins. */
function united(source: ErrorRow, target: ErrorRow): Partial<ErrorRow> {
  const first = source.first_seen < target.first_seen ? source : target;
  const last = source.last_seen > target.last_seen ? source : target;
  const opens = source.state === "open" && target.state === "resolved";
  return {
    count: target.count + source.count,
    muted_count: target.muted_count === null ? null : target.muted_count + source.count,
    ...shownBy(last),
    last_critical: later(source.last_critical, target.last_critical),
    first_seen: first.first_seen,
    first_release: first.first_release,
    last_seen: last.last_seen,
    ...fixOf(source, target),
    ...returnOf(source, target),
    rising_at: later(source.rising_at, target.rising_at),
    assigned_to: target.assigned_to ?? source.assigned_to,
    issue_url: target.issue_url ?? source.issue_url,
    ...opens && { state: "open", ...NOT_RESOLVED },
  };
}

function later(one: number | null, other: number | null): number | null {
  return Math.max(one ?? 0, other ?? 0) || null;
}

/** Of two returns the later one is told of. */
function returnOf(source: ErrorRow, target: ErrorRow): Partial<ErrorRow> {
  if (source.came_back === 0) return {};
  if (target.came_back === 1 && (target.came_back_at ?? 0) >= (source.came_back_at ?? 0)) return {};
  const { came_back, came_back_in, came_back_at } = source;
  return { came_back, came_back_in, came_back_at };
}

/** Of two resolutions the later one holds. What proved one error proves nothing of both. */
function fixOf(source: ErrorRow, target: ErrorRow): Partial<ErrorRow> {
  if (target.state !== "resolved") return {};
  const isLater = source.state === "resolved" && source.svc_name === target.svc_name &&
    source.resolved_at! >= target.resolved_at!;
  const { resolved_at, resolved_in, resolved_rank, resolved_next } = isLater ? source : target;
  return { ...NOT_PROVED, resolved_at, resolved_in, resolved_rank, resolved_next };
}
