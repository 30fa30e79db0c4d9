/**
 * The log in the pieces that a search opens: rows of the tail, blocks, rows of an older version; the newest first. Blocks whose filter
 * says that a word is not in them are passed over.
 *
 * @module
 */
import type { Database, Value } from "../database.ts";
import { unpack } from "./codec.ts";
import { isPerhapsIn, LINE_BYTES, type Probe } from "./filter.ts";
import { type Line, splitLines } from "./lines.ts";
import type { Matcher } from "./match.ts";
import { type OldPlace, type OldRows, placeBefore } from "./old_rows.ts";

/** The order in which pieces are wanted: by the time of records, or by their arrival. */
export type Order = "time" | "write";

/** A piece of the log. */
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

/** What pieces are wanted. */
export interface PiecesOptions {
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
const MOST_BLOCKS = 1024;

/** A block that cannot be read. */
export class Damaged extends Error {
  /** The class's name. */
  override name = "Damaged";
}

interface PieceRow {
  id: number;
  first: number;
  last: number;
  records: number;
  lines: Uint8Array | null;
  bits: Uint8Array | null;
}

/** Gives pieces, those with the largest `last` first. */
export class Pieces {
  readonly #database: Database;
  readonly #options: PiecesOptions;
  #tail: Piece[] = [];
  #blocks: Piece[] = [];
  #old: Piece | undefined;
  /** The last block that was listed; undefined before the first list, null when there are no more. */
  #listed: { last: number; id: number } | null | undefined;
  #oldPlace: OldPlace | null | undefined;
  #step = FIRST_BLOCKS;
  /** Blocks that have no filter. */
  unfiltered = 0;

  /** Reads nothing yet. */
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
    const isFirst = this.#listed === undefined;
    const [probe, ...probes] = matcher.probes;
    const values: Value[] = [from, before];
    const given = (value: Value) => `$${values.push(value)}`;
    const bits = probe === undefined ? "null::bytea" : lineOfFilter(probe, given);
    const joined = probe === undefined ? "" : `left join holdfast.log_filters
      on log_filters.block = log_blocks.id and log_filters.stripe = ${given(probe.stripe)}`;
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
    const columns = `first_${order} as first, last_${order} as last, records`;
    const blocks = `select * from (
        select id, ${columns}, null::bytea as lines, ${bits} as bits
        from holdfast.log_blocks ${joined} where ${where.join(" and ")}
        order by last_${order} desc, id desc limit ${given(this.#step)}
      ) as listed`;
    // The tail in the same statement: what is sealed meanwhile is in one of both, and in one alone.
    const tail = `union all
      select 0 as id, ${columns}, lines, null::bytea as bits from holdfast.log_tail where ${inRange}`;
    const rows = await this.#database.ask((session) =>
      session.all<PieceRow>(isFirst ? `${blocks} ${tail}` : blocks, values)
    );
    const listed = rows.filter(({ lines }) => lines === null);
    this.#tail.push(
      ...rows.filter(({ lines }) => lines !== null).map(tailPiece)
        .sort((a, b) => b.last - a.last),
    );
    listed.sort((a, b) => b.last - a.last || b.id - a.id);
    const end = listed.at(-1);
    const isAll = listed.length < this.#step;
    this.#listed = isAll ? null : { last: end!.last, id: end!.id };
    this.#step = Math.min(this.#step * 4, MOST_BLOCKS);
    const passed = await this.#filtered(listed, probe, probes);
    this.#blocks = passed.map((row) => this.#blockPiece(row));
    // The others have been asked: the search has come as far as the last of them.
    if (!isAll && passed.at(-1) !== end) this.#blocks.push(passedOver(end!));
  }

  async #filtered(
    rows: readonly PieceRow[],
    first: Probe | undefined,
    others: readonly Probe[],
  ): Promise<PieceRow[]> {
    if (first === undefined) return [...rows];
    this.unfiltered += rows.filter(({ bits }) => bits === null).length;
    const left = rows.filter(({ bits }) => bits === null || isPerhapsIn(bits, first));
    const ids = new Set(await passing(this.#database, left.map(({ id }) => id), others));
    return left.filter(({ id }) => ids.has(id));
  }

  #blockPiece({ id, first, last, records }: PieceRow): Piece {
    const { matcher } = this.#options;
    const open = async () => await openBlock(this.#database, id, matcher) ?? [];
    return { first, last, records, open };
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

/** Of these blocks, those that have all the words, as far as their filters say. */
export async function passing(
  database: Database,
  ids: readonly number[],
  probes: readonly Probe[],
): Promise<readonly number[]> {
  for (const probe of probes) {
    if (ids.length === 0) break;
    const values: Value[] = [];
    const given = (value: Value) => `$${values.push(value)}`;
    const sql = `select block, ${lineOfFilter(probe, given)} as bits from holdfast.log_filters
      where stripe = ${given(probe.stripe)} and block = any (${given(ids)})`;
    const found = await database.ask((session) =>
      session.all<{ block: number; bits: Uint8Array }>(sql, values)
    );
    const lines = new Map(found.map(({ block, bits }) => [block, bits]));
    ids = ids.filter((id) => {
      const bits = lines.get(id);
      return bits === undefined || isPerhapsIn(bits, probe);
    });
  }
  return ids;
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
  if (row !== undefined) return linesOf(row.data, id, matcher);
  const block = await database.ask((session) =>
    session.get("select id from holdfast.log_blocks where id = $1", [id])
  );
  if (block !== undefined) throw new Damaged(`block ${id} has no data`);
}

/** The lines of a block's data, or those that may match. @throws {Damaged} */
export function linesOf(data: Uint8Array, id: number, matcher?: Matcher): Line[] {
  return undamaged(`block ${id}`, () => {
    const text = unpack(data);
    return matcher === undefined ? splitLines(text) : matcher.linesOf(text);
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

/** The line of a filter in which a word's bits lie, in SQL. */
function lineOfFilter({ line }: Probe, given: (value: Value) => string): string {
  const place = `${given(line)}::bigint % (length(bits) / ${LINE_BYTES})`;
  return `substr(bits, (1 + ${LINE_BYTES} * (${place}))::integer, ${LINE_BYTES})`;
}

function tailPiece({ first, last, records, lines }: PieceRow): Piece {
  return { first, last, records, open: () => Promise.resolve(lines!).then(linesOfTail) };
}

/** The lines of a row of the tail. @throws {Damaged} */
export function linesOfTail(lines: Uint8Array): Line[] {
  return undamaged("a row of the tail", () => splitLines(unpack(lines)));
}

function passedOver({ first, last }: PieceRow): Piece {
  return { first, last, records: 0, open: () => Promise.resolve([]) };
}
