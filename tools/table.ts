/** Rows in aligned columns that fit a terminal. */
import { oneLine } from "../store/one_line.ts";

const GAP = "  ";
/** A flexible column that would get less than this makes room by leaving out an optional one. */
const MIN_FLEXIBLE = 16;

/** From one unit of time to the next larger one. */
const STEPS = [[60, "s"], [60, "min"], [24, "h"], [Infinity, "d"]] as const;

/** ANSI "select graphic rendition" codes (ECMA-48, 8.3.117). */
const COLOURS = { dim: "2", bold: "1", cyan: "36", yellow: "33", red: "31" };

export type Colour = keyof typeof COLOURS;

export interface Column<Row> {
  title: string;
  /** What it shows of a row: anything, strangers' text too. */
  text: (row: Row) => string;
  isRight?: boolean;
  /** As wide as this; else as its widest text. */
  width?: number;
  /** At most as wide as this. */
  maxWidth?: number;
  /** Shares what the others leave. */
  isFlexible?: boolean;
  /** Left out where the terminal is narrow, the last one first. */
  isOptional?: boolean;
  /** Left out where no row has a text in it. */
  isSparse?: boolean;
  colour?: (row: Row) => Colour | undefined;
}

export interface TableOptions<Row> {
  /** Measured for the widths of columns that have none of their own. */
  rows: readonly Row[];
  /** Of the terminal, in columns; Infinity where there is none. */
  width: number;
  color: boolean;
}

export interface Table<Row> {
  readonly head: string;
  /** One row as a line, without control characters of its texts. */
  line(row: Row): string;
}

export function makeTable<Row>(
  columns: readonly Column<Row>[],
  options: TableOptions<Row>,
): Table<Row> {
  const { rows } = options;
  let shown = columns.filter(({ isSparse, text }) => !isSparse || rows.some((row) => text(row)));
  let widths = widthsOf(shown, options);
  while (Number.isFinite(options.width) && isTooNarrow(shown, widths)) {
    const last = shown.findLast(({ isOptional }) => isOptional);
    if (last === undefined) break;
    shown = shown.filter((column) => column !== last);
    widths = widthsOf(shown, options);
  }
  return {
    head: lineOf(shown.map(({ title }) => ({ text: title, colour: "dim" }))),
    line: (row) =>
      lineOf(shown.map(({ text, colour }) => ({ text: text(row), colour: colour?.(row) }))),
  };

  function lineOf(cells: { text: string; colour?: Colour | undefined }[]): string {
    const painted = cells.map(({ text, colour }, i) => {
      const isLast = i === cells.length - 1;
      const { isRight, isFlexible } = shown[i]!;
      // Without a terminal no text is lost, also of rows that come later.
      const mayCut = !isFlexible || Number.isFinite(options.width);
      const fitted = fit(oneLine(text), { width: widths[i]!, isRight, isLast, mayCut });
      return colour && options.color ? `\x1b[${COLOURS[colour]}m${fitted}\x1b[0m` : fitted;
    });
    return painted.join(GAP).trimEnd();
  }
}

function isTooNarrow<Row>(columns: readonly Column<Row>[], widths: readonly number[]): boolean {
  return columns.some(({ isFlexible }, i) => isFlexible && widths[i]! < MIN_FLEXIBLE);
}

function widthsOf<Row>(
  columns: readonly Column<Row>[],
  { rows, width }: TableOptions<Row>,
): number[] {
  const natural = columns.map((column) => naturalWidth(column, rows));
  const flexible = columns.filter(({ isFlexible }) => isFlexible).length;
  const fixed = natural.reduce((sum, own, i) => columns[i]!.isFlexible ? sum : sum + own, 0);
  const share = Math.floor((width - fixed - GAP.length * (columns.length - 1)) / flexible);
  // Where nothing bounds them, columns are as wide as their texts.
  if (!Number.isFinite(width)) return natural;
  return natural.map((own, i) => columns[i]!.isFlexible ? Math.max(share, 1) : own);
}

function naturalWidth<Row>(column: Column<Row>, rows: readonly Row[]): number {
  if (column.width !== undefined) return column.width;
  const texts = rows.map((row) => widthOf(oneLine(column.text(row))));
  return Math.min(Math.max(widthOf(column.title), ...texts), column.maxWidth ?? Infinity);
}

function fit(
  text: string,
  { width, isRight = false, isLast, mayCut }: {
    width: number;
    isRight?: boolean;
    isLast: boolean;
    mayCut: boolean;
  },
): string {
  const cut = mayCut && widthOf(text) > width ? cutTo(text, width) : text;
  const room = " ".repeat(Math.max(width - widthOf(cut), 0));
  if (isLast && !isRight) return cut;
  return isRight ? room + cut : cut + room;
}

function cutTo(text: string, width: number): string {
  let kept = "";
  let used = 1;
  for (const character of text) {
    used += widthOf(character);
    if (used > width) break;
    kept += character;
  }
  return `${kept}…`;
}

/** East Asian wide and fullwidth characters, and emoji (UAX #11), by their blocks. */
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u;
const ZERO = /[\p{Mn}\p{Me}\p{Cf}]/u;
const ASCII = /^[\x20-\x7e]*$/;

/** Columns that a text takes on a terminal. */
export function widthOf(text: string): number {
  if (ASCII.test(text)) return text.length;
  let width = 0;
  for (const character of text) {
    if (!ZERO.test(character)) width += WIDE.test(character) ? 2 : 1;
  }
  return width;
}

/** `5 min`: how long ago, rounded down. */
export function ago(time: string): string {
  let amount = Math.max(Date.now() - Date.parse(time), 0) / 1000;
  for (const [size, unit] of STEPS) {
    if (amount < size) return `${Math.floor(amount)} ${unit} ago`;
    amount /= size;
  }
  return time;
}
