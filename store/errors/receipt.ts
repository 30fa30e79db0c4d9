/** What a client may know of an occurrence, and the error it belongs to. */
import type { Database } from "../database.ts";
import { maskMessage } from "../grouping/mask_message.ts";
import { findFailure } from "../log/find_failure.ts";
import type { LogRecord } from "../record.ts";
import { cleanText, type ErrorRow, recordOf } from "../rows.ts";
import type { Receipt } from "../store.ts";
import { isoTime } from "../times.ts";
import { findByVariant } from "./keys.ts";

/** The occurrence of an id; the newest, where clients used it twice. */
export const BY_ERROR_ID = `
  select * from holdfast.occurrences where error_id = $1 order by id desc limit 1`;

/** The receipt of one occurrence, or null. Works for pruned occurrences as long as their log is kept. */
export async function receipt(db: Database, errorId: string): Promise<Receipt | null> {
  const found = await findOccurrence(db, errorId);
  if (found === undefined) return null;
  const { record, error: { state, resolved_at } } = found;
  return {
    error_id: errorId,
    state,
    occurred_at: record.time,
    resolved_at: resolved_at === null ? null : isoTime(resolved_at),
  };
}

/** An occurrence's record and the error it belongs to: by the occurrence, or where that was pruned by the log. */
export async function findOccurrence(
  db: Database,
  errorId: string,
): Promise<{ record: LogRecord; error: ErrorRow } | undefined> {
  const kept = await db.ask((session) =>
    session.get<ErrorRow & { line: string }>(
      `with found as (${BY_ERROR_ID})
       select errors.*, line from found join holdfast.errors on errors.id = found.error`,
      [cleanText(errorId)],
    )
  );
  if (kept !== undefined) return { record: recordOf(kept.line), error: kept };
  const logged = await findFailure(db, errorId);
  if (logged === undefined) return undefined;
  const { record, key } = logged;
  const masked = maskMessage(record.error?.message ?? record.message);
  const error = await db.ask((session) => findByVariant(session, { key, masked }));
  return error && { record, error };
}
