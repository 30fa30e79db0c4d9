/**
 * The way into the log: what was not there yet becomes one row of the tail.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import type { Session } from "../database.ts";
import { type DatedEntry, inOrderOfTime } from "../dated.ts";
import { type Entry, headOf } from "../store.ts";
import { joinLines, type Line, lineOfEntry } from "./lines.ts";
import type { OldRows } from "./old_rows.ts";
import { Seen } from "./seen.ts";
import { NEXT_WRITE } from "./writes.ts";

/** Who appends, and when. */
export interface AppendOptions {
  /** The instance that seals the row. */
  writer: string;
  /** Milliseconds since 1970. */
  nowMs: number;
  /** What an older version left. */
  oldRows: OldRows;
}

/** Takes failures that are new, in the order of their times, and gives them as the log is to keep them. */
export type RecordFailures = (failures: readonly DatedEntry[]) => Promise<readonly DatedEntry[]>;

/** What came of it. */
export interface Appended {
  /** Entries that are new. */
  records: number;
  /** Bytes of the row. */
  bytes: number;
}

/** Appends entries that are not there yet. Part of a transaction, at most once in it. */
export async function append(
  session: Session,
  entries: readonly Entry[],
  { writer, nowMs, oldRows, record }: AppendOptions & { record: RecordFailures },
): Promise<Appended> {
  const dated = inOrderOfTime(entries);
  const records = dated.map(({ entry }) => headOf(entry));
  const { seen, rows } = await Seen.load<{ write: number }>(session, records, {
    nowMs,
    also: { sql: NEXT_WRITE[session.engine] },
  });
  for (const record of await oldRows.among(session, records)) seen.add(record);
  const fresh = dated.filter(({ entry }) => seen.add(headOf(entry)));
  if (fresh.length === 0) return { records: 0, bytes: 0 };
  const recorded = (await record(fresh.filter(isFailure))).values();
  const lines = fresh.map((entry, index) =>
    lineOfEntry(isFailure(entry) ? recorded.next().value! : entry, { write: rows[0]!.write, index })
  );
  const row = tailRow(lines, { writer, writtenAtMs: nowMs });
  await session.batch([...seen.saving(), row.statement]);
  return { records: fresh.length, bytes: row.bytes };
}

function isFailure({ entry }: DatedEntry): boolean {
  return entry.group !== undefined;
}

/** What inserts lines as a row of the tail. */
export function tailRow(
  lines: readonly Line[],
  { writer, writtenAtMs }: { writer: string; writtenAtMs: number },
) {
  const text = joinLines(lines);
  const bytes = Buffer.byteLength(text);
  const { times, writes } = boundsOf(lines);
  const statement = {
    sql: `insert into holdfast.log_tail (
        writer, written_at, first_write, last_write, first_time, last_time, records, bytes, lines
      ) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    values: [writer, writtenAtMs, ...writes, ...times, lines.length, bytes, text],
  };
  return { statement, bytes };
}

/** The first and last time and write of some lines. */
export function boundsOf(lines: readonly Line[]) {
  const bounds = (numbers: number[]): [number, number] =>
    numbers.reduce(([least, most], n) => [Math.min(least, n), Math.max(most, n)], [
      Infinity,
      -Infinity,
    ]);
  return {
    times: bounds(lines.map(({ timeMs }) => timeMs)),
    writes: bounds(lines.map(({ write }) => write)),
  };
}
