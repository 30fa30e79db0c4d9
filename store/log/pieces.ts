/**
 * The log in the pieces that a search opens: rows of the tail, blocks, rows of an older version; the newest first. Blocks whose filter
 * says that a word is not in them are passed over.
 */
import type { Database, Engine, Value } from "../drivers/database.ts";
import { decode, unpack } from "./codec.ts";
import { perhapsInSql } from "./filter.ts";
import { type Line, splitLines } from "./lines.ts";
import type { Matcher } from "./match.ts";
import { type OldPlace, type OldRows, placeBefore } from "./old_rows.ts";

/** The order in which pieces are wanted: by the time of records, or by their arrival. */
export type Order = "time" | "write";

export interface Piece {
  /** The smallest time, or write, in it. */
  first: number;
  /** The largest. */
  last: number;
  /** Records in it; 0 where filters let nothing of it through. */
  records: number;
  /** Reads them. @throws {Damaged} when that cannot be. */
  open(): Promise<readonly Line[]>;
}

interface PiecesOptions {
  matcher: Matcher;
  order: Order;
  /** Only pieces that reach up to here … */
  from: number;
  /** … and begin below. */
  before: number;
  /** Absent: without them. */
  oldRows?: OldRows;
}

/** Blocks whose filters are asked at once: few first, because a page is often full after a few. */
const FIRST_BLOCKS = 16;
const MOST_BLOCKS = 4096;

/** Blocks whose data is read at once: one first, then twice as many each time. */
const MOST_AHEAD = 8;

export class Damaged extends Error {
  override name = "Damaged";
}

interface PieceRow {
  id: number;
  first: number;
  last: number;
  records: number;
  lines: Uint8Array | null;
  /** What its filter says: null where it is lost. */
  perhaps: number | boolean | null;
  /** Blocks that were asked, this one among them. */
  asked: number;
}

/** Gives pieces, those with the largest `last` first. */
export class Pieces {
  readonly #database: Database;
  readonly #options: PiecesOptions;
  #tail: Piece[] = [];
  #blocks: (Piece & { id: number })[] = [];
  #old: Piece | undefined;
  /** The last block that was listed; undefined before the first list, null when there are no more. */
  #listed: { last: number; id: number } | null | undefined;
  #oldPlace: OldPlace | null | undefined;
  #step = FIRST_BLOCKS;
  /** Data that was read with that of another block. */
  readonly #data = new Map<number, Uint8Array>();
  #ahead = 1;
  /** Blocks that have no filter. */
  unfiltered = 0;

  constructor(database: Database, options: PiecesOptions) {
    this.#database = database;
    this.#options = options;
    this.#oldPlace = options.oldRows ? placeBefore(options.before, database.engine) : null;
  }

  /** The next piece; undefined at the end. */
  async next(): Promise<Piece | undefined> {
    if (this.#blocks.length === 0 && this.#listed !== null) await this.#list();
    if (this.#old === undefined && this.#oldPlace) await this.#readOld();
    const heads = [this.#tail[0], this.#blocks[0], this.#old].filter((head) => head !== undefined);
    const [next] = heads.sort((a, b) => b.last - a.last);
    if (next === undefined) return undefined;
    if (next === this.#tail[0]) this.#tail.shift();
    else if (next === this.#blocks[0]) this.#blocks.shift();
    else this.#old = undefined;
    return next;
  }

  async #list(): Promise<void> {
    const { order, from, before, matcher } = this.#options;
    const { engine } = this.#database;
    const values: Value[] = [from, before];
    const given = (value: Value) => `$${values.push(value)}`;
    const inRange = `last_${order} >= $1 and first_${order} < $2`;
    const where = [
      inRange,
      ...matcher.service === undefined
        ? []
        : [`(svc_name = ${given(matcher.service)} or svc_name is null)`],
      ...matcher.leastLevel > 0 ? [`worst >= ${given(matcher.leastLevel)}`] : [],
      ...this.#listed
        ? [`(last_${order}, id) < (${given(this.#listed.last)}, ${given(this.#listed.id)})`]
        : [],
    ];
    // The last block that was asked comes along whatever its filter says: the search has come as far as there.
    const blocks = `with listed as materialized (
        select id, first_${order} as first, last_${order} as last, records,
          ${perhapsOf(matcher, { engine, given })} as perhaps
        from holdfast.log_blocks where ${where.join(" and ")}
        order by last_${order} desc, id desc limit ${given(this.#step)}
      )
      select id, first, last, records, null::bytea as lines, perhaps,
        (select count(*) from listed) as asked
      from listed
      where perhaps is null or perhaps or id = (select id from listed order by last, id limit 1)`;
    // The tail in the same statement: what is sealed meanwhile is in one of both, and in one alone.
    const tail = `union all
      select 0 as id, first_${order}, last_${order}, records, lines, true, 0
      from holdfast.log_tail where ${inRange}`;
    const rows = await this.#database.ask((session) =>
      session.all<PieceRow>(this.#listed === undefined ? `${blocks} ${tail}` : blocks, values)
    );
    const listed = rows.filter(({ lines }) => lines === null)
      .sort((a, b) => b.last - a.last || b.id - a.id);
    this.#tail.push(
      ...rows.filter(({ lines }) => lines !== null).map(tailPiece)
        .sort((a, b) => b.last - a.last),
    );
    const end = listed.at(-1);
    this.#listed = end === undefined || end.asked < this.#step
      ? null
      : { last: end.last, id: end.id };
    this.#step = Math.min(this.#step * 4, MOST_BLOCKS);
    this.unfiltered += listed.filter(({ perhaps }) => perhaps === null).length;
    this.#blocks = listed.map((row) => ({
      ...row,
      ...isNo(row.perhaps) ? { records: 0, open: () => Promise.resolve([]) } : {
        open: () => this.#open(row.id),
      },
    }));
  }

  async #open(id: number): Promise<Line[]> {
    if (!this.#data.has(id)) await this.#readData(id);
    const data = this.#data.get(id);
    this.#data.delete(id);
    return await linesOrGone(this.#database, { id, data, matcher: this.#options.matcher }) ?? [];
  }

  /** Of a block and those that follow it: each question takes its time over the network. */
  async #readData(id: number): Promise<void> {
    const next = this.#blocks.filter(({ records }) => records > 0).slice(0, this.#ahead - 1);
    this.#ahead = Math.min(this.#ahead * 2, MOST_AHEAD);
    const rows = await this.#database.ask((session) =>
      session.all<{ block: number; data: Uint8Array }>(
        "select block, data from holdfast.log_data where block = any ($1)",
        [[id, ...next.map(({ id }) => id)]],
      )
    );
    for (const { block, data } of rows) this.#data.set(block, data);
  }

  async #readOld(): Promise<void> {
    const { oldRows, from } = this.#options;
    const place = this.#oldPlace!;
    const { lines, end } = await this.#database.ask((session) => oldRows!.before(session, place));
    this.#oldPlace = end !== undefined && end.time >= from ? end : null;
    if (end === undefined) return;
    const [first, last] = [end.time, lines[0]!.timeMs];
    this.#old = { first, last, records: lines.length, open: () => Promise.resolve(lines) };
  }
}

/** What the filter of a block says of all words that are asked for, in SQL; null where it is lost. */
export function perhapsOf(
  { probes }: Matcher,
  { engine, given }: { engine: Engine; given: (value: Value) => string },
): string {
  const perhaps = probes.map((probe) =>
    perhapsInSql(probe, { engine, block: "log_blocks.id", given })
  );
  // As few as can be are asked: mostly the first says no.
  const noes = perhaps.map((one) => `when not ${one} then false`);
  return noes.length === 0 ? "true" : `case ${noes.join(" ")} else ${perhaps[0]} end`;
}

/** Whether it says that the words are not there. SQLite knows no booleans. */
export function isNo(perhaps: number | boolean | null): boolean {
  return perhaps === false || perhaps === 0;
}

/** The lines of a block that may match; undefined where it has gone since it was listed. @throws {Damaged} */
export async function openBlock(
  database: Database,
  id: number,
  matcher: Matcher,
): Promise<Line[] | undefined> {
  const row = await database.ask((session) =>
    session.get<{ data: Uint8Array }>("select data from holdfast.log_data where block = $1", [id])
  );
  return await linesOrGone(database, { id, data: row?.data, matcher });
}

async function linesOrGone(
  database: Database,
  { id, data, matcher }: { id: number; data: Uint8Array | undefined; matcher: Matcher },
): Promise<Line[] | undefined> {
  if (data !== undefined) return linesOf(data, id, matcher);
  const block = await database.ask((session) =>
    session.get("select id from holdfast.log_blocks where id = $1", [id])
  );
  if (block !== undefined) throw new Damaged(`block ${id} has no data`);
}

/** The lines of a block's data, or those that may match. @throws {Damaged} */
export function linesOf(data: Uint8Array, id: number, matcher?: Matcher): Line[] {
  return undamaged(`block ${id}`, () => {
    const text = unpack(data);
    return matcher === undefined ? splitLines(decode(text)) : matcher.linesOf(text);
  });
}

/** What reading gives. @throws {Damaged} when it fails. */
export function undamaged<Result>(what: string, read: () => Result): Result {
  try {
    return read();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Damaged(`${what} cannot be read: ${reason}`, { cause });
  }
}

function tailPiece({ first, last, records, lines }: PieceRow): Piece {
  return { first, last, records, open: () => Promise.resolve(lines!).then(linesOfTail) };
}

/** The lines of a row of the tail. @throws {Damaged} */
export function linesOfTail(lines: Uint8Array): Line[] {
  return undamaged("a row of the tail", () => splitLines(decode(unpack(lines))));
}
