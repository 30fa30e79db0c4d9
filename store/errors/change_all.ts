/**
 * What a person does to many errors at once, and how it is taken back. Small steps, a transaction each, so that nobody's write waits
 * for long; all have one moment, by which they are found again.
 */
import { setImmediate as otherWork } from "node:timers/promises";
import type { Database, Session, Statement, Value } from "../drivers/database.ts";
import { changeRows } from "./change.ts";
import { matchingIds } from "./list_errors.ts";
import { cleanText, type ErrorRow } from "./rows.ts";
import { MAX_CHANGED_AT_ONCE } from "../limits.ts";
import type { Change, Changed, ErrorsToChange, Undo } from "../store.ts";
import { isoTime, keepableTime, nowToKeep } from "../times.ts";

/** Errors of a step: some fifty milliseconds. */
const STEP_ERRORS = 400;

/** No step begins later: who asks waits for an answer five seconds. */
const BUDGET_MS = 3_000;

/**
 * Does something to all errors that match now, {@linkcode MAX_CHANGED_AT_ONCE} at most, those that happened last first.
 *
 * @param options `at`: the moment, milliseconds since 1970; default now. Asked again with the same moment, it goes on. `most`: so
 * many at most.
 * @throws {BadSearch} for a search that only leaves out.
 */
export async function changeAll(
  db: Database,
  query: ErrorsToChange,
  change: Change,
  { at = nowToKeep(), most = MAX_CHANGED_AT_ONCE }: { at?: number; most?: number } = {},
): Promise<Changed> {
  const atMs = keepableTime(at);
  const ids = await db.ask((session) => idsOf(session, query, MAX_CHANGED_AT_ONCE + 1));
  return await inSteps(db, ids, { change, atMs, most, still: stillToChange(query, change, atMs) });
}

/** Somebody else may have been quicker, or the same question, asked before. */
function stillToChange(query: ErrorsToChange, { action }: Change, atMs: number): Still {
  const conditions: string[] = [];
  const values: Value[] = [];
  if ("state" in query && query.state !== undefined) {
    conditions.push(`state = $${values.push(query.state) + 1}`);
  }
  if (action === "resolve" || action === "mute") {
    const { column } = UNDOING[action];
    conditions.push(`(${column} is null or ${column} <> $${values.push(atMs) + 1})`);
  }
  return { where: conditions.map((condition) => ` and ${condition}`).join(""), values };
}

/** Takes back what resolved or muted errors at one moment: those are open again that nobody has changed since. */
export async function undo(db: Database, { what, at, by }: Undo): Promise<Changed> {
  const { column, action } = UNDOING[what];
  const still = { where: ` and ${column} = $2`, values: [at] };
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

/** What has to be true still when an error's turn comes: conditions, each with an `and` before it. Values from `$2` on. */
interface Still {
  where: string;
  values: readonly Value[];
}

async function inSteps(
  db: Database,
  ids: readonly number[],
  { change, atMs, still, most = MAX_CHANGED_AT_ONCE }: {
    change: Change;
    atMs: number;
    still: Still;
    most?: number;
  },
): Promise<Changed> {
  const endMs = performance.now() + BUDGET_MS;
  let count = 0;
  let done = 0;
  while (done < ids.length && count < most && performance.now() < endMs) {
    const step = ids.slice(done, done + Math.min(STEP_ERRORS, most - count));
    count += await db.transaction(async (session) => {
      // In the order of their numbers, as writers lock them.
      const rows = await session.all<ErrorRow>(
        `select * from holdfast.errors where id = any ($1)${still.where} order by id for update`,
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
