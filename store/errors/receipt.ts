/**
 * What a client may know of an occurrence, and the error it belongs to.
 *
 * @module
 */
import type { Database, Session } from "../database.ts";
import { maskMessage } from "../grouping/mask_message.ts";
import { cleanText, type ErrorRow, recordOf } from "../rows.ts";
import type { Receipt } from "../store.ts";
import { isoTime } from "../times.ts";
import { exactWord } from "../words.ts";
import { findByVariant } from "./keys.ts";

/** The occurrence of an id; the newest, where clients used it twice. */
export const BY_ERROR_ID = `
  select * from holdfast.occurrences where error_id = $1 order by id desc limit 1`;

/** The receipt of one occurrence, or null. Works for pruned occurrences as long as their log is kept. */
export function receipt(db: Database, errorId: string): Promise<Receipt | null> {
  return db.ask(async (session) => {
    const found = await findOccurrence(session, errorId);
    if (found === undefined) return null;
    const { line, error: { state, resolved_at } } = found;
    return {
      error_id: errorId,
      state,
      occurred_at: recordOf(line).time,
      resolved_at: resolved_at === null ? null : isoTime(resolved_at),
    };
  });
}

/** The error that an occurrence belongs to. */
export async function findErrorOf(
  session: Session,
  errorId: string,
): Promise<ErrorRow | undefined> {
  return (await findOccurrence(session, errorId))?.error;
}

interface Found {
  line: string;
  error: ErrorRow;
}

/** By the occurrence, or where that was pruned by its log record. */
async function findOccurrence(session: Session, errorId: string): Promise<Found | undefined> {
  const kept = await session.get<ErrorRow & { line: string }>(
    `with found as (${BY_ERROR_ID})
     select errors.*, line from found join holdfast.errors on errors.id = found.error`,
    [cleanText(errorId)],
  );
  if (kept !== undefined) {
    const { line, ...error } = kept;
    return { line, error };
  }
  const log = await findFailure(session, errorId);
  if (log === undefined) return undefined;
  const { line, key } = log;
  const { error: thrown, message } = recordOf(line);
  const error = await findByVariant(session, {
    key,
    masked: maskMessage(thrown?.message ?? message),
  });
  return error && { line, error };
}

/** The log record of a failure and its fingerprint. */
async function findFailure(
  session: Session,
  errorId: string,
): Promise<{ line: string; key: string } | undefined> {
  if (session.engine === "sqlite") {
    return await session.get(
      `select line, error_key as key from logs_words join logs on logs.id = logs_words.rowid
       where logs_words match $1 and error_key is not null and line ->> '$.error_id' = $2
       order by logs_words.rowid desc limit 1`,
      [`"${exactWord("id", errorId)}"`, errorId],
    );
  }
  return await session.get(
    `select line, error_key as key from holdfast.logs where error_id = $1
     order by time desc, id desc limit 1`,
    [cleanText(errorId)],
  );
}
