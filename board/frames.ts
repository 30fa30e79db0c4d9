/**
 * The way to a throw, as people want to read it: own code first, with its source.
 *
 * @module
 */
import { normalize } from "node:path";
import { type ErrorInfo, type Frame, parseStack, readSourceLine } from "../logging/mod.ts";

const LINES_AROUND = 4;
const MAX_LINE_CHARS = 240;
/** A stack comes from strangers too: no other kind of file is ever opened for one. */
const SOURCE_FILE = /\.(?:[cm]?[jt]sx?)$/;
/** An error with its causes, at most. */
const MAX_CAUSES = 5;

/** One line of a source file. */
export interface SourceLine {
  /** From 1. */
  number: number;
  /** Its text, cut. */
  text: string;
  /** True for the line of the frame. */
  isHit: boolean;
}

/** A run of frames that are all own or all a library's. */
export interface FrameRun {
  /** True for own code. */
  isOwn: boolean;
  /** The nearest to the throw first, never empty. */
  frames: Frame[];
}

/** The frames of a stack in runs, the nearest to the throw first. */
export function runsOf(stack: string | undefined, root: string | undefined): FrameRun[] {
  if (stack === undefined) return [];
  const here = parseStack(stack, { root });
  // Another service's stack: its root is unknown, all that is no library's is its own.
  const frames = here.some((frame) => frame.inApp) ? here : parseStack(stack);
  const runs: FrameRun[] = [];
  for (const frame of frames) {
    const last = runs.at(-1);
    if (last?.isOwn === frame.inApp) last.frames.push(frame);
    else runs.push({ isOwn: frame.inApp, frames: [frame] });
  }
  return runs;
}

/** The error and what caused it, outermost first. */
export function causesOf(error: ErrorInfo | undefined): ErrorInfo[] {
  const chain: ErrorInfo[] = [];
  for (let at = error; at !== undefined && chain.length <= MAX_CAUSES; at = at.cause) {
    chain.push(at);
  }
  return chain;
}

/** The lines around a frame of own code; none where the file cannot be read or is none of ours. */
export function sourceAround({ file, line }: Frame, root: string | undefined): SourceLine[] {
  const isOurs = normalize(file) === file && root !== undefined && file.startsWith(root) &&
    SOURCE_FILE.test(file) &&
    !file.includes("/node_modules/");
  if (!isOurs || readSourceLine(file, line) === undefined) return [];
  const lines: SourceLine[] = [];
  for (let number = Math.max(1, line - LINES_AROUND); number <= line + LINES_AROUND; number++) {
    const text = readSourceLine(file, number);
    if (text !== undefined) {
      lines.push({ number, text: text.slice(0, MAX_LINE_CHARS), isHit: number === line });
    }
  }
  return lines;
}

/** The file below the root, or as it came. */
export function shortFile(file: string, root: string | undefined): string {
  return root !== undefined && file.startsWith(root) ? file.slice(root.length) : file;
}
