import {
  type ErrorInfo,
  type Frame,
  framesOf,
  type LogRecord,
  type ReadSource,
  recordedSource,
  type RunningCode,
  type SourceLine,
  sourceOf,
  toFolder,
} from "../../logging/mod.ts";

const LINES_AROUND = 4;
const MAX_LINE_CHARS = 240;
const MAX_CAUSES = 5;

/** Consecutive frames that are all the app's or all a library's. */
export interface FrameRun {
  isOwn: boolean;
  /** Never empty; the nearest to the throw first. */
  frames: Frame[];
}

/**
 * Reads frames as grouping does. Source is what came along with a frame, or is read here where the record comes from the code that
 * runs here.
 */
export function codeOf(record: Pick<LogRecord, "reported" | "release">, code: RunningCode) {
  const readSource = sourceOf(record, code);
  const root = toFolder(code.root);
  const isHere = (file: string) => !record.reported && file.startsWith(root);
  return {
    /** The nearest to the throw first. */
    runsOf(error: ErrorInfo): FrameRun[] {
      const here = record.reported ? [] : framesOf(error, { root });
      // Of another service or folder: every frame that is not a library's is the app's.
      return inRuns(here.some(({ file }) => isHere(file)) ? here : framesOf(error, {}));
    },
    /** Empty where the source cannot be read or must not be shown. */
    sourceAround: (frame: Frame): SourceLine[] => {
      if (frame.recorded !== undefined) return recordedSource(frame, LINES_AROUND);
      return frame.inApp ? linesAround(frame.line, frame.file, readSource) : [];
    },
    /** Relative to the root where the file is below it. */
    shortFile: (file: string): string => isHere(file) ? file.slice(root.length) : file,
  };
}

export type RecordCode = ReturnType<typeof codeOf>;

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
  const lines: SourceLine[] = [];
  if (readSource(file, line) === undefined) return lines;
  for (let number = Math.max(1, line - LINES_AROUND); number <= line + LINES_AROUND; number++) {
    const text = readSource(file, number);
    if (text !== undefined) {
      lines.push({ number, text: text.slice(0, MAX_LINE_CHARS), isHit: number === line });
    }
  }
  return lines;
}

/** The error and its causes, outermost first. */
export function causesOf(error: ErrorInfo | undefined): ErrorInfo[] {
  const chain: ErrorInfo[] = [];
  for (let at = error; at !== undefined && chain.length <= MAX_CAUSES; at = at.cause) {
    chain.push(at);
  }
  return chain;
}
