/**
 * What a store's log holds, read past the store: the tail and the blocks.
 *
 * @module
 */
import { DatabaseSync } from "node:sqlite";
import { unpack } from "../../store/log/codec.ts";
import { readLine, splitLines } from "../../store/log/lines.ts";
import type { LogRecord } from "../../store/record.ts";

const TAIL = "select lines from holdfast.log_tail";
const BLOCKS = "select data from holdfast.log_data";

/** All records of a SQLite file, by time. */
export function recordsInFile(path: string): LogRecord[] {
  using db = new DatabaseSync(path, { readOnly: true });
  const read = (sql: string) => db.prepare(sql.replace("holdfast.", "")).all();
  return recordsOf(read(TAIL), read(BLOCKS));
}

/** All records of a PostgreSQL database, by time. */
export async function recordsInDatabase(
  run: (sql: string) => Promise<Record<string, unknown>[]>,
): Promise<LogRecord[]> {
  return recordsOf(await run(TAIL), await run(BLOCKS));
}

/** How many records there are, how many of them twice, and the last number. */
export function countsOf(
  records: readonly LogRecord[],
): { logs: number; logs_twice: number; last_seq: number } {
  const keys = new Set(records.map(({ boot_id, seq }) => `${boot_id} ${seq}`));
  return {
    logs: records.length,
    logs_twice: records.length - keys.size,
    last_seq: Math.max(...records.map(({ seq }) => seq)),
  };
}

function recordsOf(
  tail: readonly Record<string, unknown>[],
  blocks: readonly Record<string, unknown>[],
): LogRecord[] {
  const packed = [...tail.map(({ lines }) => lines), ...blocks.map(({ data }) => data)];
  return packed.flatMap((bytes) => splitLines(unpack(bytes as Uint8Array).toString())).sort((
    a,
    b,
  ) => a.timeMs - b.timeMs)
    .map(({ text }) => readLine(text).record);
}
