/**
 * The way to a throw, as people want to read it: own code first, with its source.
 *
 * @module
 */
import {
  type ErrorInfo,
  type Frame,
  framesOf,
  type LogRecord,
  type ReadSource,
  type RunningCode,
  sourceOf,
  toFolder,
} from "../logging/mod.ts";

const LINES_AROUND = 4;
const MAX_LINE_CHARS = 240;
/** An error with its causes, at most. */
const MAX_CAUSES = 5;

export interface SourceLine {
  /** From 1. */
  number: number;
  text: string;
  /** True for the line of the frame. */
  isHit: boolean;
}

/** A run of frames that are all own or all a library's. */
export interface FrameRun {
  isOwn: boolean;
  /** The nearest to the throw first, never empty. */
  frames: Frame[];
}

/** What the page of a record knows of the code it came from. */
export interface RecordCode {
  /** The frames of what was thrown in runs, the nearest to the throw first. */
  runsOf: (error: ErrorInfo) => FrameRun[];
  /** The lines around a frame; none where they cannot be read or must not be shown. */
  sourceAround: (frame: Frame) => SourceLine[];
  /** The file below the root, or as it came. */
  shortFile: (file: string) => string;
}

/** Reads a record's frames as the grouping rule does, and source only where the record is of the code that runs here. */
export function codeOf(
  record: Pick<LogRecord, "reported" | "release">,
  code: RunningCode,
): RecordCode {
  const readSource = sourceOf(record, code);
  const root = toFolder(code.root);
  const isHere = (file: string) => !record.reported && file.startsWith(root);
  return {
    runsOf(error) {
      const here = record.reported ? [] : framesOf(error, { root });
      // Of another service, or of another folder of our own: all that is no library's is its own.
      return inRuns(here.some(({ file }) => isHere(file)) ? here : framesOf(error, {}));
    },
    sourceAround: (frame) => frame.inApp ? linesAround(frame.line, frame.file, readSource) : [],
    shortFile: (file) => isHere(file) ? file.slice(root.length) : file,
  };
}

function inRuns(frames: readonly Frame[]): FrameRun[] {
  const runs: FrameRun[] = [];
  for (const frame of frames) {
    const last = runs.at(-1);
    if (last?.isOwn === frame.inApp) last.frames.push(frame);
    else runs.push({ isOwn: frame.inApp, frames: [frame] });
  }
  return runs;
}

function linesAround(line: number, file: string, readSource: ReadSource): SourceLine[] {
  if (readSource(file, line) === undefined) return [];
  const lines: SourceLine[] = [];
  for (let number = Math.max(1, line - LINES_AROUND); number <= line + LINES_AROUND; number++) {
    const text = readSource(file, number);
    if (text !== undefined) {
      lines.push({ number, text: text.slice(0, MAX_LINE_CHARS), isHit: number === line });
    }
  }
  return lines;
}

/** The error and what caused it, outermost first. */
export function causesOf(error: ErrorInfo | undefined): ErrorInfo[] {
  const chain: ErrorInfo[] = [];
  for (let at = error; at !== undefined && chain.length <= MAX_CAUSES; at = at.cause) {
    chain.push(at);
  }
  return chain;
}
