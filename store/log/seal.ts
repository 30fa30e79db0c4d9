/**
 * Sealing: rows of the tail become compressed blocks with their word filters. Each step is one transaction, so that whatever stops it
 * leaves the tail as it was, or the blocks in its place.
 */
import { Buffer } from "node:buffer";
import type { Engine, Session, Statement } from "../drivers/database.ts";
import { decode, pack, unpack } from "./codec.ts";
import { filterOf, STRIPES } from "./filter.ts";
import { byTime, joinLines, type Line, splitLines } from "./lines.ts";
import { DAY_MS } from "../times.ts";

/** So many records, or bytes, are enough for a block. */
export const BLOCK_RECORDS = 1000;
export const BLOCK_BYTES: number = 512 * 1024;

/** A service with a smaller part of what is enough for a block shares one with others. */
const OWN_BLOCK_PART = 1 / 4;

/** What a row takes beside its data: measured. */
const ROW_BYTES = 200;

/** Rows of the tail looked at in one step. */
const STEP_ROWS = 256;

/** The key of filters begins with them. */
const STRIPE_NUMBERS = Array.from({ length: STRIPES }, (_, stripe) => stripe);
const STRIPE_ROWS = JSON.stringify(STRIPE_NUMBERS.map((stripe) => ({ stripe })));

interface SealOptions {
  /** A condition, with values from `$1` on. */
  where: string;
  values: readonly (string | number)[];
  /** True: all of them. Else what is too little for a block of its own service waits for more. */
  isFinal: boolean;
}

/** Seals a block's worth of the tail, the oldest rows. Part of a transaction. Says how many records of the tail it took. */
export async function sealStep(session: Session, options: SealOptions): Promise<number> {
  const { sound, damaged } = await takeTail(session, options);
  const lines = sound.flatMap(({ lines }) => lines).sort(byTime);
  const { blocks, rest } = shareOut(lines, options.isFinal);
  const statements = blocks.flatMap((block) => insertionOf(block, session.engine));
  if (sound.length > 0) {
    statements.push({
      sql: "delete from holdfast.log_tail where id = any ($1)",
      values: [sound.map(({ id }) => id)],
    });
  }
  if (damaged.length > 0) {
    // They stay as they are, and are in nobody's way.
    statements.push({
      sql: "update holdfast.log_tail set records = 0, bytes = 0 where id = any ($1)",
      values: [damaged.map(({ id }) => id)],
    });
  }
  if (rest.length > 0) {
    const writtenAtMs = Math.min(...sound.map(({ written_at }) => written_at));
    statements.push(tailRow(rest, { writer: sound[0]!.writer, writtenAtMs }).statement);
  }
  if (statements.length > 0) await session.batch(statements);
  return lines.length - rest.length;
}

interface TailRow {
  id: number;
  writer: string;
  written_at: number;
  lines: Line[];
}

/** The oldest rows, as many as make a block. What another instance is sealing is left to it. */
async function takeTail(
  session: Session,
  { where, values }: SealOptions,
): Promise<Record<"sound" | "damaged", TailRow[]>> {
  const rows = await session.all<{ id: number; records: number; bytes: number }>(
    `select id, records, bytes from holdfast.log_tail where ${where}
     order by id limit ${STEP_ROWS} for update skip locked`,
    values,
  );
  const ids: number[] = [];
  let [records, bytes] = [0, 0];
  for (const row of rows) {
    if (records >= BLOCK_RECORDS || bytes >= BLOCK_BYTES) break;
    ids.push(row.id);
    records += row.records;
    bytes += row.bytes;
  }
  if (ids.length === 0) return { sound: [], damaged: [] };
  const taken = await session.all<Omit<TailRow, "lines"> & { lines: Uint8Array }>(
    "select id, writer, written_at, lines from holdfast.log_tail where id = any ($1)",
    [ids],
  );
  const rowsOrNone = taken.map((row) => ({ ...row, lines: linesOrNone(row.lines) }));
  return {
    sound: rowsOrNone.filter(({ lines }) => lines.length > 0),
    damaged: rowsOrNone.filter(({ lines }) => lines.length === 0),
  };
}

/** The lines of a row; none of one that cannot be read. */
function linesOrNone(lines: Uint8Array): Line[] {
  try {
    return splitLines(decode(unpack(lines)));
  } catch {
    return [];
  }
}

export function tailRow(
  lines: readonly Line[],
  { writer, writtenAtMs }: { writer: string; writtenAtMs: number },
) {
  const text = Buffer.from(joinLines(lines));
  const bytes = text.length;
  const { times, writes } = boundsOf(lines);
  const statement = {
    sql: `insert into holdfast.log_tail (
        writer, written_at, first_write, last_write, first_time, last_time, records, bytes, lines
      ) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    values: [writer, writtenAtMs, ...writes, ...times, lines.length, bytes, pack(text)],
  };
  return { statement, bytes };
}

/** How many blocks lines are enough for, by their number or their size. */
export function blocksIn(lines: readonly Line[]): number {
  const chars = lines.reduce((sum, { text }) => sum + text.length, 0);
  return Math.max(lines.length / BLOCK_RECORDS, chars / BLOCK_BYTES);
}

interface NewBlock {
  /** Null where several services share it. */
  service: string | null;
  /** In the order of time. */
  lines: Line[];
}

/**
 * A service that has enough gets blocks of its own, the others share one, so that retention can take from one service and not from
 * another. No block spans two days, so that what is old can go while the young stays.
 *
 * @param lines In the order of time.
 */
export function shareOut(
  lines: readonly Line[],
  isFinal: boolean,
): { blocks: NewBlock[]; rest: Line[] } {
  const dayOf = ({ timeMs }: Line) => Math.floor(timeMs / DAY_MS);
  const own: NewBlock[] = [];
  let rest: Line[] = [];
  for (const [service, all] of Map.groupBy(lines, ({ service }) => service)) {
    if (blocksIn(all) < OWN_BLOCK_PART) rest.push(...all);
    else {
      for (const ofDay of Map.groupBy(all, dayOf).values()) own.push({ service, lines: ofDay });
    }
  }
  const shared: NewBlock[] = [];
  if (isFinal || blocksIn(rest) >= 1) {
    const isOne = new Set(rest.map(({ service }) => service)).size === 1;
    for (const ofDay of Map.groupBy(rest.sort(byTime), dayOf).values()) {
      shared.push({ service: isOne ? ofDay[0]!.service : null, lines: ofDay });
    }
    rest = [];
  }
  return { blocks: [...own, ...shared].flatMap(inPieces), rest };
}

/** A large batch makes several blocks, each of one to two times what is enough, so that reading one of them stays quick. */
function inPieces({ service, lines }: NewBlock): NewBlock[] {
  const pieces = Math.max(Math.floor(blocksIn(lines)), 1);
  const size = Math.ceil(lines.length / pieces);
  return Array.from(
    { length: Math.ceil(lines.length / size) },
    (_, i) => ({ service, lines: lines.slice(i * size, (i + 1) * size) }),
  );
}

/** Writes a block with its filter. Part of a transaction. */
export async function insertBlock(session: Session, block: NewBlock): Promise<void> {
  await session.batch(insertionOf(block, session.engine));
}

/** The block that this transaction inserted last. Not currval(): that asks for a right on the sequence, which an application lacks. */
const LAST_BLOCK: Record<Engine, string> = {
  sqlite: "(select max(id) from log_blocks)",
  postgres: `(select id from holdfast.log_blocks
    where xmin::text::bigint = txid_current() % (1::bigint << 32) order by id desc limit 1)`,
};

/** What inserts a block with its filter, one statement after another. */
export function insertionOf({ service, lines }: NewBlock, engine: Engine): Statement[] {
  const text = Buffer.from(joinLines(lines));
  const data = pack(text);
  const filter = filterOf(lines, text);
  const { times, writes } = boundsOf(lines);
  const worst = lines.reduce((worst, { level }) => Math.max(worst, level), 0);
  const bytes = data.length + filter.length + ROW_BYTES;
  return [
    {
      sql: `insert into holdfast.log_blocks (
          svc_name, worst, first_write, last_write, first_time, last_time, records, bytes
        ) values ($1, $2, $3, $4, $5, $6, $7, $8)`,
      values: [service, worst, ...writes, ...times, lines.length, bytes],
    },
    {
      sql: `insert into holdfast.log_data (block, data) values (${LAST_BLOCK[engine]}, $1)`,
      values: [data],
    },
    {
      sql: `insert into holdfast.log_filters (stripe, block, bits)
        select stripe, ${
        LAST_BLOCK[engine]
      }, substr($2::bytea, stripe * $3::integer + 1, $3::integer)
        from json_to_recordset($1) as rows (stripe integer)`,
      values: [STRIPE_ROWS, filter, filter.length / STRIPES],
    },
  ];
}

/** Removes blocks with all that is theirs. Part of a transaction. */
export async function removeBlocks(session: Session, ids: readonly number[]): Promise<void> {
  await session.batch([
    {
      sql: `delete from holdfast.log_filters where stripe = any ($1) and block = any ($2)`,
      values: [STRIPE_NUMBERS, ids],
    },
    { sql: "delete from holdfast.log_data where block = any ($1)", values: [ids] },
    { sql: "delete from holdfast.log_blocks where id = any ($1)", values: [ids] },
  ]);
}

/** The first and last time and write of some lines. */
function boundsOf(
  lines: readonly Line[],
): { times: [number, number]; writes: [number, number] } {
  const times: [number, number] = [Infinity, -Infinity];
  const writes: [number, number] = [Infinity, -Infinity];
  for (const { timeMs, write } of lines) {
    times[0] = Math.min(times[0], timeMs);
    times[1] = Math.max(times[1], timeMs);
    writes[0] = Math.min(writes[0], write);
    writes[1] = Math.max(writes[1], write);
  }
  return { times, writes };
}
