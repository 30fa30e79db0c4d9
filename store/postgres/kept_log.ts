/**
 * What retention asks of the log.
 *
 * @module
 */
import type { Session, Value } from "../database.ts";
import type { PurgeQuery } from "../store.ts";
import type { KeptLog, Step } from "../sweep.ts";
import { exactWord } from "../words.ts";
import { matchExact } from "./lexemes.ts";

/** Rows removed in one step: some tens of milliseconds. */
const STEP_ROWS = 2_000;

/** The sweep's own row of `sizes`: it waits for no writer while it holds errors that one waits for. */
const SLOT = -1;

/** What a line's byte and a row take in tables and indexes: measured, see docs/postgres.md. */
const BYTES_PER_LINE_BYTE = 2;
const BYTES_PER_ROW = 390;

/** Of any database. */
export const keptLog: KeptLog = {
  removeBefore: async (session, beforeMs) => {
    const removed = await removeLogs(session, beforeMs, STEP_ROWS);
    return { removed, more: removed === STEP_ROWS };
  },
  size: logsIn,
  removeOldest: async (session, bytes) => {
    const logs = await logsIn(session);
    const most = Math.min(Math.max(Math.ceil(bytes / (logs.bytes / logs.records)), 1), STEP_ROWS);
    return { removed: await removeLogs(session, Number.MAX_SAFE_INTEGER, most) };
  },
  purge: async (session, query): Promise<Step> => {
    const removed = await purgeLogs(session, query);
    return { removed, more: removed === STEP_ROWS };
  },
};

/**
 * What the logs are, and take in the database. Of what is stored, not of the files: these do not become smaller, and what is
 * free in them is used again.
 */
async function logsIn(session: Session): Promise<{ records: number; bytes: number }> {
  const row = await session.get<{ records: number; bytes: number }>(
    `select coalesce(sum(rows), 0)::bigint as records, coalesce(
       ${BYTES_PER_LINE_BYTE} * sum(bytes) + ${BYTES_PER_ROW} * sum(rows), 0
     )::bigint as bytes from holdfast.sizes`,
  );
  return row!;
}

/** The oldest logs before a time. Says how many. */
function removeLogs(session: Session, beforeMs: number, most: number): Promise<number> {
  return removeLogsOf(
    session,
    "select time, id from holdfast.logs where time < $1 order by time, id limit $2",
    [beforeMs, most],
  );
}

function purgeLogs(session: Session, { svc_name, before }: PurgeQuery): Promise<number> {
  const values: Value[] = [];
  const conditions: string[] = [];
  if (svc_name !== undefined) {
    const match = matchExact([exactWord("svc_name", svc_name)]);
    conditions.push(`words @@ $${values.push(match)}::tsquery`);
  }
  if (before !== undefined) conditions.push(`time < $${values.push(Math.ceil(before))}`);
  return removeLogsOf(
    session,
    `select time, id from holdfast.logs where ${conditions.join(" and ")}
     order by time, id limit ${STEP_ROWS}`,
    values,
  );
}

/** Logs: `doomed` selects their time and id. Says how many. */
async function removeLogsOf(
  session: Session,
  doomed: string,
  values: readonly Value[],
): Promise<number> {
  const row = await session.get<{ removed: number }>(
    `with gone as (
       delete from holdfast.logs where (time, id) in (${doomed}) returning octet_length(line) as bytes
     ), counted as (
       select count(*) as rows, coalesce(sum(bytes), 0) as bytes from gone having count(*) > 0
     ), sized as (
       insert into holdfast.sizes as sizes (slot, rows, bytes)
       select ${SLOT}, -rows, -bytes from counted
       on conflict (slot) do update
         set rows = sizes.rows + excluded.rows, bytes = sizes.bytes + excluded.bytes
     )
     select rows as removed from counted`,
    values,
  );
  return row?.removed ?? 0;
}
