/**
 * What retention asks of the log.
 *
 * @module
 */
import type { KeptLog, Step } from "../sweep.ts";
import type { Database } from "./database.ts";
import { matchOf } from "./logs.ts";
import { firstPlace } from "./places.ts";

/** Rows removed by one job in one step: some six milliseconds. */
const STEP_ROWS = 200;
/** Rows purged in one step: some thirty milliseconds. */
const STEP_PURGED = 1_000;
/** Rows removed in one transaction of the size limit at most: it stands in the write-ahead log as a whole. */
const STEP_SHRUNK = 250;

/** Late arrivals that live tail can still find after a reconnect. */
const MAX_LATE = 10_000;

/** What a byte of a line takes in the file, with its words and its place in the indexes: measured. */
const FILE_BYTES_PER_LOG_BYTE = 1.65;

const LOG_BYTES = "select octet_length(line) as bytes from logs where id = ?";

/** Of this file. */
export function keptLog(db: Database): KeptLog {
  return {
    removeBefore: (_session, beforeMs) =>
      promised(() => ({
        removed: removeLogs(db, firstPlace(beforeMs), STEP_ROWS) + removeLate(db),
      })),
    size: () => promised(() => logsIn(db)),
    removeOldest: (_session, bytes) =>
      promised(() => {
        const logs = logsIn(db);
        const most = Math.max(Math.ceil(bytes / (logs.bytes / logs.records)), 1);
        return { removed: removeLogs(db, Number.MAX_SAFE_INTEGER, Math.min(most, STEP_SHRUNK)) };
      }),
    purge: (_session, { svc_name, before }) =>
      promised((): Step => {
        const end = before === undefined ? Number.MAX_SAFE_INTEGER : firstPlace(Math.ceil(before));
        const match = matchOf({ ...(svc_name !== undefined && { svc_name }) }, undefined);
        const removed = match === undefined ? removeLogs(db, end, STEP_PURGED) : removeLogsOf(
          db,
          `select rowid as id from logs_words
           where logs_words match ? and rowid < ? order by rowid limit ?`,
          [match, end, STEP_PURGED],
        );
        return { removed, more: removed === STEP_PURGED };
      }),
  };
}

// deno-lint-ignore require-await -- What SQLite throws arrives as a rejection.
async function promised<Result>(work: () => Result): Promise<Result> {
  return work();
}

function logsIn(db: Database): { records: number; bytes: number } {
  const { records, bytes } = db.get<{ records: number; bytes: number }>(
    "select rows as records, bytes from log_count",
  )!;
  return { records, bytes: bytes * FILE_BYTES_PER_LOG_BYTE };
}

/** The oldest logs before an id. Says how many. */
function removeLogs(db: Database, before: number, most: number): number {
  return removeLogsOf(db, "select id from logs where id < ? order by id limit ?", [before, most]);
}

function removeLogsOf(db: Database, doomed: string, values: (string | number)[]): number {
  const rows = db.all<{ id: number }>(doomed, values);
  let bytes = 0;
  for (const { id } of rows) {
    // Not by "returning", which reads the line: ten times as long.
    bytes += db.get<{ bytes: number }>(LOG_BYTES, [id])?.bytes ?? 0;
    db.run("delete from logs_words where rowid = ?", [id]);
    db.run("delete from logs where id = ?", [id]);
  }
  if (rows.length > 0) {
    db.run("update log_count set rows = rows - ?, bytes = bytes - ?", [rows.length, bytes]);
  }
  return rows.length;
}

/** What live tail has had long enough to read: the oldest arrivals beyond the newest ones. */
function removeLate(db: Database): number {
  return db.run(
    `delete from late_logs where arrival in (
       select arrival from late_logs where arrival <= (select max(arrival) from late_logs) - ?
       order by arrival limit ?
     )`,
    [MAX_LATE, STEP_ROWS],
  );
}
