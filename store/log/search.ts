/**
 * The search of the log, the newest records first. It opens one piece after another until the page is full, and stops at a deadline:
 * then the page says how far back it has come, and its cursor goes on there.
 */
import { setImmediate as otherWork } from "node:timers/promises";
import { decodePlace, encodeCursor } from "../search/cursor.ts";
import type { Database } from "../drivers/database.ts";
import { type LogPage, type LogQuery, MAX_TOTAL } from "../store.ts";
import { isoTime } from "../times.ts";
import { byTime, type Line, readLine } from "./lines.ts";
import { Matcher } from "./match.ts";
import type { OldRows } from "./old_rows.ts";
import { Damaged, type Piece, Pieces, undamaged } from "./pieces.ts";

/** A question has this long, and answers with what it has found. */
export const SEARCH_MS = 250;

/** In so many records a search counts on when the page is full: some five milliseconds. */
const COUNT_RECORDS = 1000;

/** The worker takes other work in between after so long. */
const TURN_MS = 8;

/** Comes after every time. */
const NO_LIMIT_MS = Number.MAX_SAFE_INTEGER;

interface SearchOptions {
  oldRows: OldRows;
  /** How long it may take. Default {@linkcode SEARCH_MS}. */
  searchMs?: number | undefined;
}

export async function listLogs(
  database: Database,
  query: LogQuery,
  { oldRows, searchMs = SEARCH_MS }: SearchOptions,
): Promise<LogPage> {
  const cursor = query.cursor === undefined ? undefined : decodePlace("logs", query.cursor);
  const matcher = new Matcher(query);
  if (!matcher.canMatch) return { items: [], total: 0, next: null };
  const range: Range = {
    sinceMs: Math.ceil(query.since ?? 0),
    before: earlier([Math.ceil(query.until ?? NO_LIMIT_MS), 0, 0], cursor),
  };
  const search = new Search(matcher, range, query.limit);
  const pieces = new Pieces(database, {
    matcher,
    order: "time",
    from: range.sinceMs,
    // Pieces that begin in the last millisecond before the place.
    before: Math.min(range.before[0] + 1, NO_LIMIT_MS),
    oldRows,
  });
  // A page behind the first says no total: it would have to begin at the newest record.
  const isCounted = cursor === undefined;
  await search.run(pieces, { searchMs, isCounted });
  return search.page({ isCounted, unfiltered: pieces.unfiltered });
}

/** Blocks are in the order of time already. */
function newestFirst(lines: readonly Line[]): readonly Line[] {
  const isSorted = lines.every((line, i) => i === 0 || byTime(lines[i - 1]!, line) < 0);
  return (isSorted ? lines : lines.toSorted(byTime)).toReversed();
}

type Place = readonly [number, number, number];

interface Range {
  sinceMs: number;
  /** Records below this place. */
  before: Place;
}

class Search {
  readonly #matcher: Matcher;
  readonly #range: Range;
  readonly #limit: number;
  /** In no order, with their places: a record may be met in the tail and again in the block that it was sealed into. */
  readonly #found = new Map<string, Line>();
  /** Records that match, as far as they were counted. */
  #count = 0;
  /** Records of the pieces that were opened. */
  #looked = 0;
  /** False: some were passed over, because the page was full. */
  #isWholeCount = true;
  /** All records of later times have been looked at. */
  #doneMs = NO_LIMIT_MS;
  #isAtEnd = false;
  readonly #damaged: string[] = [];

  constructor(matcher: Matcher, range: Range, limit: number) {
    this.#matcher = matcher;
    this.#range = range;
    this.#limit = limit;
  }

  async run(
    pieces: Pieces,
    { searchMs, isCounted }: { searchMs: number; isCounted: boolean },
  ): Promise<void> {
    const startMs = performance.now();
    let turnMs = startMs;
    for (;;) {
      const piece = await pieces.next();
      if (piece === undefined) {
        this.#isAtEnd = true;
        return;
      }
      this.#doneMs = piece.last;
      const nowMs = performance.now();
      if (!(isCounted && this.#isCounting) && this.#isFull) return;
      // Never before it has come further back than the page began: the next page would stop there, too.
      if (nowMs - startMs > searchMs && this.#doneMs + 1 < this.#range.before[0]) return;
      if (nowMs - turnMs > TURN_MS) {
        await otherWork();
        turnMs = performance.now();
      }
      await this.#look(piece, isCounted);
    }
  }

  /** Whether it goes on when the page is full. Where every record matches, blocks are counted unopened. */
  get #isCounting(): boolean {
    const isCheap = this.#matcher.isEverything || this.#looked < COUNT_RECORDS;
    return isCheap && this.#count < MAX_TOTAL;
  }

  /** Whether what was found later than everything still to come fills the page, and one record more. */
  get #isFull(): boolean {
    if (this.#found.size <= this.#limit) return false;
    return this.#complete.length > this.#limit;
  }

  get #complete(): Line[] {
    const found = [...this.#found.values()];
    return this.#isAtEnd ? found : found.filter(({ timeMs }) => timeMs > this.#doneMs);
  }

  async #look(piece: Piece, isCounted: boolean): Promise<void> {
    const { sinceMs, before: [beforeMs] } = this.#range;
    const isWithin = piece.first >= sinceMs && piece.last < beforeMs;
    if (this.#matcher.isEverything && isWithin && this.#isFull) {
      this.#count += piece.records;
      return;
    }
    try {
      const lines = await piece.open();
      this.#lookAt(lines, isCounted);
      this.#looked += piece.records;
    } catch (error) {
      if (!(error instanceof Damaged)) throw error;
      this.#damaged.push(`${error.message} (${isoTime(piece.first)} to ${isoTime(piece.last)})`);
    }
  }

  #lookAt(lines: readonly Line[], isCounted: boolean): void {
    const { sinceMs } = this.#range;
    let ofPiece = 0;
    for (const line of newestFirst(lines)) {
      if (line.timeMs < sinceMs || !isBefore(line, this.#range.before)) continue;
      if (ofPiece > this.#limit && !(isCounted && this.#isCounting)) {
        this.#isWholeCount = false;
        return;
      }
      if (!undamaged("a record", () => this.#matcher.matches(line))) continue;
      const place = `${line.timeMs} ${line.write} ${line.index}`;
      if (this.#found.has(place)) continue;
      this.#count++;
      if (++ofPiece <= this.#limit + 1) this.#found.set(place, line);
    }
  }

  page({ isCounted, unfiltered }: { isCounted: boolean; unfiltered: number }): LogPage {
    const complete = this.#complete.sort(byTime).reverse();
    const shown = complete.slice(0, this.#limit);
    const last = shown.at(-1);
    const isMore = complete.length > shown.length;
    const wentShort = !isMore && !this.#isAtEnd;
    const end: Place | undefined = wentShort
      ? [this.#doneMs + 1, 0, 0]
      : isMore && last
      ? [last.timeMs, last.write, last.index]
      : undefined;
    return {
      items: shown.map(({ text }) => readLine(text).record),
      total: this.#total(isCounted),
      next: end === undefined ? null : encodeCursor("logs", end),
      ...(wentShort && { searched_back_to: isoTime(this.#doneMs) }),
      ...this.#damage(unfiltered),
    };
  }

  #total(isCounted: boolean): number | null {
    if (!isCounted) return null;
    if (this.#count >= MAX_TOTAL) return MAX_TOTAL;
    return this.#isAtEnd && this.#isWholeCount ? this.#count : null;
  }

  #damage(unfiltered: number): Pick<LogPage, "damaged"> {
    const [first] = this.#damaged;
    if (first !== undefined) {
      const many = this.#damaged.length;
      const which = many === 1 ? first : `${first}, and ${many - 1} more blocks`;
      return { damaged: `Records are missing here: ${which}` };
    }
    if (unfiltered === 0) return {};
    const blocks = unfiltered === 1 ? "1 block has" : `${unfiltered} blocks have`;
    return {
      damaged: `${blocks} lost the word filter: nothing is missing, the search takes longer`,
    };
  }
}

function isBefore(
  { timeMs, write, index }: Line,
  [beforeMs, beforeWrite, beforeIndex]: Place,
): boolean {
  return (timeMs - beforeMs || write - beforeWrite || index - beforeIndex) < 0;
}

function earlier(a: Place, b: Place | undefined): Place {
  return b === undefined || a[0] <= b[0] ? a : b;
}
