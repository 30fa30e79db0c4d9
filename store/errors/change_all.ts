/**
 * What a person does to many errors at once, and how it is taken back. Small steps, a transaction each, so that nobody's write waits
 * for long; all have one moment, by which they are found again.
 */
import { setImmediate as otherWork } from "node:timers/promises";
import type { Database, Session, Statement, Value } from "../drivers/database.ts";
import { changeRows } from "./change.ts";
import { matchingIds } from "./list_errors.ts";
import { cleanText, type ErrorRow } from "./rows.ts";
import type { Change, Changed, ErrorsToChange, Undo } from "../store.ts";
import { isoTime, keepableTime, nowToKeep } from "../times.ts";

/** Errors that are changed at once; more have to be asked for again. */
export const MAX_CHANGED_AT_ONCE = 10_000;

/** Errors of a step: some ten milliseconds. */
const STEP_ERRORS = 250;

/** No step begins later: who asks waits for an answer five seconds. */
const BUDGET_MS = 3_500;

/**
 * Does something to all errors that match now, {@linkcode MAX_CHANGED_AT_ONCE} at most, those that happened last first.
 *
 * @param options `at`: the moment, milliseconds since 1970; default now. With the same moment the question may be asked twice.
 */
export async function changeAll(
  db: Database,
  query: ErrorsToChange,
  change: Change,
  { at = nowToKeep() }: { at?: number } = {},
): Promise<Changed> {
  const ids = await db.ask((session) => idsOf(session, query, MAX_CHANGED_AT_ONCE + 1));
  // Somebody else may have been quicker.
  const still = "state" in query && query.state !== undefined
    ? { where: "state = $2", values: [query.state] }
    : ANY;
  return await inSteps(db, ids, { change, atMs: keepableTime(at), still });
}

/** Takes back what resolved or muted errors at one moment: those are open again that nobody has changed since. */
export async function undo(db: Database, { what, at, by }: Undo): Promise<Changed> {
  const { column, action } = UNDOING[what];
  const still = { where: `${column} = $2`, values: [at] };
  const ids = await db.ask((session) =>
    idsBy(session, {
      sql: `select id from holdfast.errors where ${column} = $1 limit $2`,
      values: [at, MAX_CHANGED_AT_ONCE + 1],
    })
  );
  return await inSteps(db, ids, { change: { action, by }, atMs: nowToKeep(), still });
}

const UNDOING = {
  resolve: { column: "resolved_at", action: "reopen" },
  mute: { column: "muted_at", action: "unmute" },
} as const satisfies Record<Undo["what"], unknown>;

/** What has to be true still when an error's turn comes. Values from `$2` on. */
interface Still {
  where: string;
  values: readonly Value[];
}

const ANY: Still = { where: "1 = 1", values: [] };

async function inSteps(
  db: Database,
  ids: readonly number[],
  { change, atMs, still }: { change: Change; atMs: number; still: Still },
): Promise<Changed> {
  const endMs = performance.now() + BUDGET_MS;
  const most = Math.min(ids.length, MAX_CHANGED_AT_ONCE);
  let count = 0;
  let done = 0;
  while (done < most && performance.now() < endMs) {
    const step = ids.slice(done, Math.min(done + STEP_ERRORS, most));
    count += await db.transaction(async (session) => {
      // In the order of their numbers, as writers lock them.
      const rows = await session.all<ErrorRow>(
        `select * from holdfast.errors where id = any ($1) and ${still.where}
         order by id for update`,
        [step, ...still.values],
      );
      const effects = await changeRows(session, rows, { change, atMs });
      return effects.filter(({ changes }) => changes !== undefined).length;
    });
    done += step.length;
    await otherWork();
  }
  return { count, at: isoTime(atMs), more: done < ids.length };
}

async function idsOf(
  session: Session,
  query: ErrorsToChange,
  most: number,
): Promise<number[]> {
  if (!("ids" in query)) return await matchingIds(session, query, most);
  return await idsBy(session, {
    sql: "select id from holdfast.errors where uid = any ($1)",
    values: [query.ids.map(cleanText)],
  });
}

async function idsBy(session: Session, { sql, values }: Statement): Promise<number[]> {
  return (await session.all<{ id: number }>(sql, values)).map(({ id }) => id);
}
