/**
 * Reads all records that match, in the order of time and in bounded memory, while others write, seal and remove.
 *
 * No transaction stays open, because a slow reader would keep SQLite's write-ahead log growing. Instead, blocks are listed again and
 * again, each time from the place up to which all records have been given. A record never changes its place, so none is left out and
 * none comes twice.
 */
import type { Database, Value } from "../drivers/database.ts";
import type { LogQuery } from "../store.ts";
import { isoTime } from "../times.ts";
import { decode, unpack } from "./codec.ts";
import { byTime, jsonOf, type Line, type Place, splitLines } from "./lines.ts";
import { Matcher } from "./match.ts";
import { OldRows } from "./old_rows.ts";
import { Damaged, isNo, openBlock, perhapsOf } from "./pieces.ts";

/** Blocks listed at once; more where all of them begin before the place to go on from. */
const LISTED_BLOCKS = 256;

/** Held where many blocks overlap, in UTF-16 units. What is later is let go, and read again. */
const MAX_HELD_UNITS: number = 32 * 1024 * 1024;

/** Comes after every time. */
const NO_LIMIT_MS = Number.MAX_SAFE_INTEGER;

export type ReadOutQuery = Omit<LogQuery, "limit" | "cursor">;

export interface ReadOutOptions {
  /** Is told of each block that cannot be read, once and in a sentence. */
  onDamage: (sentence: string) => void;
  /** Default {@linkcode LISTED_BLOCKS}. */
  listedBlocks?: number;
  /** Default {@linkcode MAX_HELD_UNITS}. */
  maxHeldUnits?: number;
}

/** A block, or a row of the tail with its lines. */
interface Piece {
  id: number;
  first: number;
  last: number;
  lines: Uint8Array | null;
  perhaps: number | boolean | null;
}

/**
 * Gives records as lines of JSON, some at a time, the oldest first.
 *
 * @throws {Error} one sentence, where records wait to be moved into blocks.
 */
export async function* readOut(
  database: Database,
  query: ReadOutQuery,
  { onDamage, listedBlocks = LISTED_BLOCKS, maxHeldUnits = MAX_HELD_UNITS }: ReadOutOptions,
): AsyncGenerator<string[]> {
  const matcher = new Matcher(query);
  if (!matcher.canMatch) return;
  if (await database.ask((session) => new OldRows().areThere(session))) {
    throw new Error(
      "The store holds log records of an older version. Let the service run until it has moved them into blocks",
    );
  }
  const open = opener(database, { matcher, onDamage });
  const limit = startOf(Math.ceil(query.until ?? NO_LIMIT_MS));
  let from = startOf(Math.ceil(query.since ?? 0));
  while (byTime(from, limit) < 0) {
    const { pieces, end } = await list(database, { matcher, from, limit, listedBlocks });
    if (byTime(end, from) <= 0) {
      listedBlocks *= 2;
      continue;
    }
    const held = new Held(from, end, maxHeldUnits);
    from = yield* readPieces(pieces, { held, matcher, open });
  }
}

type Open = (piece: Piece) => Promise<Line[] | undefined>;

/** Gives what the pieces hold, and says up to where that is all. */
async function* readPieces(
  pieces: readonly Piece[],
  { held, matcher, open }: { held: Held; matcher: Matcher; open: Open },
): AsyncGenerator<string[], Place> {
  for (const piece of pieces) {
    if (piece.first > held.end.timeMs) break;
    yield textsOf(held.take(startOf(piece.first)));
    const lines = await open(piece);
    // Retention or a purge was there: what is left of it stands in the next list.
    if (lines === undefined) return held.from;
    held.add(
      lines.filter((line) => held.wants(line) && matcher.matches(line))
        .map(({ timeMs, write, index, text }) => ({ timeMs, write, index, text })),
    );
  }
  yield textsOf(held.take(held.end));
  return held.from;
}

type HeldLine = Place & Pick<Line, "text">;

/** Records between two places that have not been given yet. */
class Held {
  /** All before has been given. */
  from: Place;
  /** All before is wanted. */
  end: Place;
  readonly #maxUnits: number;
  #lines: HeldLine[] = [];

  constructor(from: Place, end: Place, maxUnits: number) {
    this.from = from;
    this.end = end;
    this.#maxUnits = maxUnits;
  }

  wants(line: Place): boolean {
    return byTime(line, this.from) >= 0 && byTime(line, this.end) < 0;
  }

  add(lines: readonly HeldLine[]): void {
    this.#lines = [...this.#lines, ...lines].sort(byTime);
    while (this.#lines.length > 1 && unitsOf(this.#lines) > this.#maxUnits) {
      const kept = Math.ceil(this.#lines.length / 2);
      this.end = this.#lines[kept]!;
      this.#lines.length = kept;
    }
  }

  /** What comes before a place, in order. */
  take(place: Place): HeldLine[] {
    if (byTime(place, this.from) <= 0) return [];
    this.from = byTime(place, this.end) < 0 ? place : this.end;
    const later = this.#lines.findIndex((line) => byTime(line, place) >= 0);
    return this.#lines.splice(0, later < 0 ? Infinity : later);
  }
}

/** Opens pieces; what cannot be read is told, and empty. */
function opener(
  database: Database,
  { matcher, onDamage }: Pick<ReadOutOptions, "onDamage"> & { matcher: Matcher },
): Open {
  const told = new Set<string>();
  return async ({ id, first, last, lines }) => {
    try {
      return lines === null ? await openBlock(database, id, matcher) : tailLines(lines);
    } catch (error) {
      if (!(error instanceof Damaged)) throw error;
      const sentence = `${error.message} (${isoTime(first)} to ${isoTime(last)})`;
      if (!told.has(sentence)) onDamage(sentence);
      told.add(sentence);
      return [];
    }
  };
}

function tailLines(lines: Uint8Array): Line[] {
  try {
    return splitLines(decode(unpack(lines)));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Damaged(`records that are in no block yet cannot be read: ${reason}`, { cause });
  }
}

/** The tail and blocks from a place on, in the order in which they begin; all that begin before `end` are among them. */
async function list(
  database: Database,
  { matcher, from, limit, listedBlocks }: {
    matcher: Matcher;
    from: Place;
    limit: Place;
    listedBlocks: number;
  },
): Promise<{ pieces: Piece[]; end: Place }> {
  const values: Value[] = [from.timeMs, limit.timeMs, listedBlocks];
  if (matcher.service !== undefined) values.push(matcher.service);
  const ofService = matcher.service === undefined ? "" : "and (svc_name = $4 or svc_name is null)";
  const given = (value: Value) => `$${values.push(value)}`;
  const perhaps = perhapsOf(matcher, { engine: database.engine, given });
  const ofLevel = matcher.leastLevel > 0 ? `and worst >= ${matcher.leastLevel}` : "";
  const inRange = "last_time >= $1 and first_time < $2";
  // Both in one statement: what is sealed meanwhile is in one of them, and in one alone.
  const sql = `with listed as (
      select id, first_time as first, last_time as last, null::bytea as lines, ${perhaps} as perhaps
      from holdfast.log_blocks where ${inRange} ${ofService} ${ofLevel}
      order by first_time, id limit $3
    )
    select * from listed
    union all
    select 0 as id, first_time as first, last_time as last, lines, true as perhaps
    from holdfast.log_tail where ${inRange} and first_time < (
      select case when count(*) < $3 then $2 else max(first) end from listed
    )`;
  const rows = await database.ask((session) => session.all<Piece>(sql, values));
  const blocks = rows.filter(({ lines }) => lines === null);
  const isAll = blocks.length < listedBlocks;
  const end = isAll ? limit : startOf(Math.max(...blocks.map(({ first }) => first)));
  const pieces = rows.filter(({ perhaps }) => !isNo(perhaps)).sort((a, b) => a.first - b.first);
  return { pieces, end };
}

/** The first place of a time. */
function startOf(timeMs: number): Place {
  return { timeMs, write: 0, index: 0 };
}

function textsOf(lines: readonly HeldLine[]): string[] {
  return lines.map(({ text }) => jsonOf(text));
}

function unitsOf(lines: readonly HeldLine[]): number {
  return lines.reduce((sum, { text }) => sum + text.length, 0);
}
