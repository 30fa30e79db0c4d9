/**
 * The log as a store of version 5 has it, a row a record: read as it stands, and moved into blocks, the newest rows first, a step at a
 * time. When the last row has gone, so do its tables. This file goes when no such store is to be expected any more.
 */
import { createHash } from "node:crypto";
import type { Database, Engine, Session } from "../drivers/database.ts";
import { LEVELS, type LogRecord } from "../record.ts";
import { cleanText } from "../errors/rows.ts";
import { type Line, lineOfEntry } from "./lines.ts";
import { insertBlock, shareOut } from "./seal.ts";
import { type RecordKey, Seen } from "./seen.ts";
import { NEXT_WRITE } from "./writes.ts";

/** Rows read, moved or removed in one step. */
const STEP_ROWS = 1_000;

/** What a row without its words takes, beside its line, in indexes and the like: measured. */
const ROW_BYTES = 100;

/** In SQLite, where rows knew no write, moved ones are numbered downwards from here; see schema.ts. */
const LAST_OLD_WRITE = 1_000_000_000;

export interface OldPlace {
  time: number;
  /** Its number; in SQLite the time once more, in microseconds. */
  id: number;
}

/** All rows before a time stand before this place. */
export function placeBefore(timeMs: number, engine: Engine): OldPlace {
  return { time: timeMs, id: engine === "sqlite" ? timeMs * 1000 : 0 };
}

/** No row is of this time or later: the year 2255. */
const AFTER_ALL_MS = Math.floor(Number.MAX_SAFE_INTEGER / 1000);

interface OldRow extends OldPlace {
  write: number;
  error_key: string | null;
  line: string;
}

const BOTH_TABLES = {
  sqlite: ["logs_words", "late_logs", "logs", "log_count", "boots"],
  postgres: ["logs", "sizes"],
} as const;

const IS_THERE: Record<Engine, string> = {
  sqlite: "select count(*) as there from sqlite_schema where name = 'logs'",
  postgres: "select count(to_regclass('holdfast.logs')) as there",
};

/** Rows before a place, the newest first. Values: time, id, limit. */
const BEFORE: Record<Engine, string> = {
  sqlite: `select id / 1000 as time, id, 0 as write, error_key, line from logs
    where id < ?2 order by id desc limit ?3`,
  postgres: `select time, id, xact as write, error_key, line from holdfast.logs
    where (time, id) < ($1, $2) order by time desc, id desc limit $3`,
};

/** Places of the oldest rows before a time. Values: time, limit. */
const OLDEST: Record<Engine, string> = {
  sqlite: `select id / 1000 as time, id, octet_length(line) as bytes from logs
    where id < ?1 * 1000 order by id limit ?2`,
  postgres: `select time, id, octet_length(line) as bytes from holdfast.logs
    where time < $1 order by time, id limit $2`,
};

const COUNTED: Record<Engine, string> = {
  sqlite: "select rows, bytes from log_count",
  postgres: `select coalesce(sum(rows), 0)::bigint as rows, coalesce(sum(bytes), 0)::bigint as bytes
    from holdfast.sizes`,
};

/** Counts rows that have gone. Values: rows, bytes. */
const COUNT_GONE: Record<Engine, string> = {
  sqlite: "update log_count set rows = rows - ?1, bytes = bytes - ?2",
  postgres:
    `insert into holdfast.sizes as sizes (slot, rows, bytes) values (0, -$1::bigint, -$2::bigint)
    on conflict (slot) do update
    set rows = sizes.rows + excluded.rows, bytes = sizes.bytes + excluded.bytes`,
};

/** Which records of a process are there. Values: process, the first and the last `seq`. */
const AMONG: Record<Engine, string> = {
  sqlite: `select seq from logs
    where boot = (select id from boots where boot_id = ?1) and seq between ?2 and ?3`,
  postgres: "select seq from holdfast.logs where boot = $1::uuid and seq between $2 and $3",
};

const FIND: Record<Engine, string> = {
  sqlite: `select line, error_key as key from logs
    where error_key is not null and line ->> '$.error_id' = ?1 order by id desc limit 1`,
  postgres: `select line, error_key as key from holdfast.logs
    where error_id = $1 order by time desc, id desc limit 1`,
};

export class OldRows {
  /** Once they have gone, they do not come back. */
  #areGone = false;

  /** Whether there are any, or their tables at least. */
  async areThere(session: Session): Promise<boolean> {
    if (this.#areGone) return false;
    const found = await session.get<{ there: number }>(IS_THERE[session.engine]);
    this.#areGone = found?.there === 0;
    return !this.#areGone;
  }

  /** How many rows there are, and about how much room they take. */
  async size(session: Session): Promise<{ rows: number; bytes: number }> {
    if (!await this.areThere(session)) return { rows: 0, bytes: 0 };
    const { rows, bytes } = (await session.get<{ rows: number; bytes: number }>(
      COUNTED[session.engine],
    ))!;
    return { rows, bytes: bytes + rows * ROW_BYTES };
  }

  async among(session: Session, records: readonly RecordKey[]): Promise<RecordKey[]> {
    if (!await this.areThere(session)) return [];
    const found: RecordKey[] = [];
    for (const [boot_id, ofBoot] of Map.groupBy(records, ({ boot_id }) => boot_id)) {
      const seqs = ofBoot.map(({ seq }) => seq);
      const wanted = new Set(seqs);
      const process = session.engine === "sqlite" ? cleanText(boot_id) : uuidOf(boot_id);
      const rows = await session.all<{ seq: number }>(AMONG[session.engine], [
        process,
        Math.min(...seqs),
        Math.max(...seqs),
      ]);
      found.push(...rows.filter(({ seq }) => wanted.has(seq)).map(({ seq }) => ({ boot_id, seq })));
    }
    return found;
  }

  /** The record of a failure and the key of its group. */
  async find(
    session: Session,
    errorId: string,
  ): Promise<{ record: LogRecord; key: string } | undefined> {
    if (!await this.areThere(session)) return undefined;
    const row = await session.get<{ line: string; key: string }>(FIND[session.engine], [
      cleanText(errorId),
    ]);
    return row && { record: JSON.parse(row.line), key: row.key };
  }

  /** Lines before a place, the newest first, and where they end. */
  async before(session: Session, place: OldPlace): Promise<{ lines: Line[]; end?: OldPlace }> {
    if (!await this.areThere(session)) return { lines: [] };
    const rows = await this.#before(session, place);
    const last = rows.at(-1);
    return { lines: rows.map(lineOf), ...(last && { end: last }) };
  }

  /** All lines, the newest first, some at a time. */
  async *newestFirst(database: Database): AsyncGenerator<Line[]> {
    let place: OldPlace | undefined = placeBefore(AFTER_ALL_MS, database.engine);
    while (place !== undefined) {
      const from: OldPlace = place;
      const { lines, end } = await database.ask((session) => this.before(session, from));
      yield lines;
      place = end;
    }
  }

  /** Moves some rows into blocks, or takes their tables away. Part of a transaction. True while there is more to do. */
  async move(session: Session, nowMs: number): Promise<boolean> {
    if (!await this.areThere(session)) return false;
    const rows = await this.#before(session, placeBefore(AFTER_ALL_MS, session.engine));
    if (rows.length === 0) {
      for (const table of BOTH_TABLES[session.engine]) {
        await session.run(`drop table if exists holdfast.${table}`);
      }
      return false;
    }
    const records = rows.map(({ line }) => JSON.parse(line) as LogRecord);
    const { seen } = await Seen.load(session, records, {
      nowMs,
      also: [{ sql: NEXT_WRITE[session.engine] }],
    });
    for (const record of records) seen.add(record);
    seen.checkSaved(await session.batch(seen.saving()));
    const write = await nextOldWrite(session);
    const lines = rows.map(lineOf).reverse().map((line, index) =>
      session.engine === "sqlite" ? { ...line, write, index } : line
    );
    for (const block of shareOut(lines, true).blocks) await insertBlock(session, block);
    await this.#remove(session, rows.map((row) => ({ ...row, bytes: bytesOf(row.line) })));
    return true;
  }

  /** Removes the oldest rows before a time, at most so many. Part of a transaction. */
  async removeOldest(
    session: Session,
    { beforeMs, most = STEP_ROWS }: { beforeMs: number; most?: number },
  ): Promise<{ removed: number; bytes: number }> {
    if (!await this.areThere(session)) return { removed: 0, bytes: 0 };
    const rows = await session.all<OldPlace & { bytes: number }>(OLDEST[session.engine], [
      beforeMs,
      Math.min(most, STEP_ROWS),
    ]);
    const bytes = await this.#remove(session, rows);
    return { removed: rows.length, bytes };
  }

  #before(session: Session, { time, id }: OldPlace): Promise<OldRow[]> {
    return session.all<OldRow>(BEFORE[session.engine], [time, id, STEP_ROWS]);
  }

  async #remove(
    session: Session,
    rows: readonly (OldPlace & { bytes: number })[],
  ): Promise<number> {
    if (rows.length === 0) return 0;
    const times = rows.map(({ time }) => time);
    const values = [Math.min(...times), Math.max(...times), rows.map(({ id }) => id)];
    await session.run(
      session.engine === "sqlite"
        ? "delete from logs where id = any ($1)"
        : "delete from holdfast.logs where time between $1 and $2 and id = any ($3)",
      session.engine === "sqlite" ? values.slice(2) : values,
    );
    const bytes = rows.reduce((sum, row) => sum + row.bytes, 0);
    await session.run(COUNT_GONE[session.engine], [rows.length, bytes]);
    return bytes + rows.length * ROW_BYTES;
  }
}

/** Below all that were moved before: these were newer. */
async function nextOldWrite(session: Session): Promise<number> {
  const row = await session.get<{ least: number | null }>(
    "select min(last_write) as least from holdfast.log_blocks",
  );
  return Math.min((row?.least ?? Infinity) - 1, LAST_OLD_WRITE);
}

function lineOf({ time, id, write, error_key, line }: OldRow): Line {
  const record = JSON.parse(line) as LogRecord;
  const level = LEVELS.includes(record.level) ? record.level : "INFO";
  const entry = { record: { ...record, level }, line };
  const made = lineOfEntry({ entry, timeMs: time }, { write, index: id });
  // Its other words are those of the record's error.
  const group = { key: error_key, type: "", title: "", location: "" };
  return error_key === null ? made : { ...made, text: `${line}\t${JSON.stringify(group)}` };
}

function bytesOf(line: string): number {
  return new TextEncoder().encode(line).length;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** PostgreSQL's column was a UUID; a boot id that is none was known by its digest. */
function uuidOf(bootId: string): string {
  return UUID.test(bootId)
    ? bootId
    : createHash("sha256").update(bootId.toWellFormed()).digest("hex").slice(0, 32)
      .replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
