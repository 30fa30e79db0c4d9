import type { Database, Session } from "../database.ts";
import { type ErrorRow, summaryOf } from "../rows.ts";
import type { ErrorDetail, Group } from "../store.ts";
import { isoTime } from "../times.ts";
import { historyOf } from "./history.ts";
import { findById } from "./keys.ts";
import { findOccurrence } from "./receipt.ts";
import { trendsOf } from "./trends.ts";

const MAX_VARIANTS_SHOWN = 20;

/** One error by its own id or by an occurrence's id, or null. */
export async function error(db: Database, id: string): Promise<ErrorDetail | null> {
  const row = await db.ask((session) => findById(session, id)) ??
    (await findOccurrence(db, id))?.error;
  return row === undefined ? null : await db.ask((session) => detailOf(session, row));
}

async function detailOf(session: Session, row: ErrorRow): Promise<ErrorDetail> {
  const { id, uid, count, muted_until, muted_count } = row;
  const trends = await trendsOf(session, [uid]);
  return {
    ...summaryOf(row),
    keys: await keysOf(session, id),
    variants: await session.all<{ message: string; count: number }>(
      `select message, count from holdfast.variants where error = $1
       order by count desc, message limit ${MAX_VARIANTS_SHOWN}`,
      [id],
    ),
    trend: trends[uid]!,
    history: await historyOf(session, id),
    muted_until: muted_until === null ? null : isoTime(muted_until),
    muted_more: muted_count === null ? null : muted_count - count,
  };
}

async function keysOf(session: Session, error: number): Promise<ErrorDetail["keys"]> {
  const rows = await session.all<{ key: string; rule: Group["rule"]; parts: string }>(
    "select key, rule, parts from holdfast.error_keys where error = $1 order by key",
    [error],
  );
  return rows.map((row) => ({ ...row, parts: JSON.parse(row.parts) as string[] }));
}
