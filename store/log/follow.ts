/**
 * The live tail: records in the order of their arrival, over all processes, wherever they lie by now.
 *
 * A position names the next record that is wanted: a write, and an index among its records. What is below the horizon can be read
 * (writes.ts), in the tail or in a block; so a reader who goes on at a position misses nothing and meets nothing twice.
 */
import { decodeCursor, encodeCursor } from "../search/cursor.ts";
import type { Database } from "../drivers/database.ts";
import type { Tail, TailQuery } from "../store.ts";
import { type Arrival, byArrival, type Line, readLine } from "./lines.ts";
import { Matcher } from "./match.ts";
import type { OldRows } from "./old_rows.ts";
import { Damaged, linesOfTail, openBlock, type Piece, Pieces } from "./pieces.ts";
import { SEARCH_MS } from "./search.ts";
import { horizon } from "./writes.ts";

/** Pieces listed at a time. */
const STEP_PIECES = 32;

export async function logsAfter(
  database: Database,
  query: TailQuery,
  oldRows: OldRows,
): Promise<Tail> {
  const after = query.after === undefined ? undefined : decodeCursor("tail", query.after);
  const matcher = new Matcher(query);
  // Before anything else is read: what lies below it is there from now on.
  const end: Arrival = { write: await database.ask(horizon), index: 0 };
  if (!matcher.canMatch) return tailOf([], { end, more: false });
  if (after === undefined) {
    return await begin(database, { matcher, end, limit: query.limit, oldRows });
  }
  const start = { write: after[0], index: after[1] };
  // A position above the horizon is of a server that an older copy has replaced: go on where that one is.
  if (start.write > end.write) return tailOf([], { end, more: false });
  return await goOn(database, { matcher, start, end, limit: query.limit });
}

interface Reading {
  matcher: Matcher;
  /** Only records below. */
  end: Arrival;
  limit: number;
}

/** The newest records that match, as far as a question's time reaches, and the position after all there is. */
async function begin(
  database: Database,
  { matcher, end, limit, oldRows }: Reading & { oldRows: OldRows },
): Promise<Tail> {
  const startMs = performance.now();
  const pieces = new Pieces(database, { matcher, order: "write", from: 0, before: end.write });
  const found: Line[] = [];
  let piece: Piece | undefined;
  while (limit > 0 && (piece = await pieces.next()) !== undefined) {
    const { last } = piece;
    if (found.filter(({ write }) => write > last).length >= limit) break;
    if (performance.now() - startMs > SEARCH_MS) break;
    found.push(...await matching(piece, (line) => line.write < end.write && matcher.matches(line)));
  }
  const shown = limit === 0 ? [] : found.sort(byArrival).slice(-limit);
  const older = shown.length < limit && piece === undefined
    ? await newestOld(database, { matcher, limit: limit - shown.length, oldRows, startMs })
    : [];
  return tailOf([
    ...older.map((line) => ({ line, position: end })),
    ...shown.map((line) => ({ line, position: after(line) })),
  ], { end, more: false });
}

/** Rows of an older version, which nobody follows: a position among them is that of the end. */
async function newestOld(
  database: Database,
  { matcher, limit, oldRows, startMs }: {
    matcher: Matcher;
    limit: number;
    oldRows: OldRows;
    startMs: number;
  },
): Promise<Line[]> {
  const found: Line[] = [];
  for await (const lines of oldRows.newestFirst(database)) {
    found.push(...lines.filter((line) => matcher.matches(line)));
    if (found.length >= limit || performance.now() - startMs > SEARCH_MS) break;
  }
  return found.slice(0, limit).reverse();
}

/** Records from a position on. */
async function goOn(
  database: Database,
  { matcher, start, end, limit }: Reading & { start: Arrival },
): Promise<Tail> {
  const startMs = performance.now();
  const isWanted = (line: Line) =>
    byArrival(line, start) >= 0 && byArrival(line, end) < 0 && matcher.matches(line);
  for (let step = STEP_PIECES;; step *= 2) {
    const pieces = await piecesFrom(database, { matcher, start, end, step });
    const found: Line[] = [];
    for (const piece of pieces) {
      const done = { write: piece.first, index: 0 };
      // Not before it has come further than where it began: the next question would stop here, too.
      if (byArrival(done, start) > 0) {
        const isFull = found.filter((line) => byArrival(line, done) < 0).length > limit;
        const isLate = performance.now() - startMs > SEARCH_MS;
        if (isFull || isLate) return pageOf(found, { done, end, limit });
      }
      found.push(...await matching(piece, isWanted));
    }
    if (pieces.length < step) return pageOf(found, { done: end, end, limit });
    const done = { write: pieces.at(-1)!.first, index: 0 };
    if (byArrival(done, start) > 0) return pageOf(found, { done, end, limit });
  }
}

/** What was found below a position up to which all has been read. */
function pageOf(
  found: readonly Line[],
  { done, end, limit }: { done: Arrival; end: Arrival; limit: number },
): Tail {
  const complete = found.filter((line) => byArrival(line, done) < 0).sort(byArrival);
  const shown = complete.slice(0, limit);
  const items = shown.map((line) => ({ line, position: after(line) }));
  if (complete.length <= limit) return tailOf(items, { end: done, more: byArrival(done, end) < 0 });
  const next = complete[shown.length]!;
  return tailOf(items, { end: { write: next.write, index: next.index }, more: true });
}

/** The tail and blocks that hold something of a position or later, those that begin first before the others. */
async function piecesFrom(
  database: Database,
  { matcher, start, end, step }: { matcher: Matcher; start: Arrival; end: Arrival; step: number },
): Promise<Piece[]> {
  const rows = await database.ask((session) =>
    session.all<
      { id: number; first: number; last: number; records: number; lines: Uint8Array | null }
    >(
      `select * from (
         select 0 as id, first_write as first, last_write as last, records, lines
         from holdfast.log_tail where last_write >= $1 and first_write < $2
         union all
         select id, first_write as first, last_write as last, records, null::bytea as lines
         from holdfast.log_blocks where last_write >= $1 and first_write < $2
       ) as arrived order by first, last, id limit $3`,
      [start.write, end.write, step],
    )
  );
  return rows.map(({ id, lines, ...bounds }): Piece => ({
    ...bounds,
    open: async () =>
      lines === null ? await openBlock(database, id, matcher) ?? [] : linesOfTail(lines),
  }));
}

/** The lines of a piece that are wanted; none of one that cannot be read, which a search tells of. */
async function matching(piece: Piece, isWanted: (line: Line) => boolean): Promise<Line[]> {
  try {
    return (await piece.open()).filter(isWanted);
  } catch (error) {
    if (!(error instanceof Damaged)) throw error;
    return [];
  }
}

function after({ write, index }: Line): Arrival {
  return { write, index: index + 1 };
}

function tailOf(
  rows: readonly { line: Line; position: Arrival }[],
  { end, more }: { end: Arrival; more: boolean },
): Tail {
  return {
    items: rows.map(({ line, position }) => ({
      position: positionOf(position),
      record: readLine(line.text).record,
    })),
    position: positionOf(end),
    more,
  };
}

function positionOf({ write, index }: Arrival): string {
  return encodeCursor("tail", [write, index]);
}
