/**
 * Frames that a reporting client sends in parts, made into frames of a record and kept within their bounds. What is too much goes
 * whole or is cut between words, so that no half of a secret is left for the redactor.
 *
 * @module
 */
import { boundedFields } from "./bounded_fields.ts";
import {
  cut,
  MAX_FRAME_NAME_CHARS,
  MAX_FRAMES,
  MAX_SOURCE_LINE_CHARS,
} from "../../store/limits.ts";
import type { ErrorInfo, RecordedFrame } from "../../store/record.ts";
import { framesOf } from "../../store/grouping/stack.ts";

/** Characters of all frames of a record, those of its causes too. */
export const MAX_FRAMES_CHARS = 64 * 1024;
/** Source lines kept before a frame's own, and as many after it. */
export const MAX_SOURCE_LINES = 10;
/** Characters of one local variable, as JSON. */
export const MAX_VARIABLE_CHARS = 2 * 1024;

/** Counted for the names of a frame's fields and its numbers. */
const FRAME_CHARS = 64;

/** The frames, each field of its type; undefined for what is no list of objects. */
export function readFrames(frames: unknown): RecordedFrame[] | undefined {
  if (!Array.isArray(frames)) return undefined;
  const readable = frames.filter((frame) => typeof frame === "object" && frame !== null);
  if (readable.length === 0) return undefined;
  // One more than is kept, so that the cut is seen.
  return readable.slice(0, MAX_FRAMES + 1).map(readFrame);
}

function readFrame(frame: Record<string, unknown>): RecordedFrame {
  const read: RecordedFrame = {};
  for (const name of ["function", "module", "file"] as const) {
    const text = textIn(frame[name]);
    if (text) read[name] = cut(text, MAX_FRAME_NAME_CHARS);
  }
  for (const name of ["line", "column"] as const) {
    const number = Number(frame[name]);
    if (Number.isSafeInteger(number) && number > 0) read[name] = number;
  }
  if (typeof frame.in_app === "boolean") read.in_app = frame.in_app;
  const line = textIn(frame.context_line);
  if (line !== undefined) read.context_line = cut(line, MAX_SOURCE_LINE_CHARS);
  const before = linesIn(frame.pre_context).slice(-MAX_SOURCE_LINES);
  if (before.length > 0) read.pre_context = before;
  const after = linesIn(frame.post_context).slice(0, MAX_SOURCE_LINES);
  if (after.length > 0) read.post_context = after;
  const vars = boundedFields(frame.vars, { maxChars: MAX_VARIABLE_CHARS });
  if (vars !== undefined) read.vars = vars;
  return read;
}

function textIn(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** A line that is none keeps its place: the others are counted from it. */
function linesIn(lines: unknown): string[] {
  if (!Array.isArray(lines)) return [];
  return lines.map((line) => cut(textIn(line) ?? "", MAX_SOURCE_LINE_CHARS));
}

/**
 * Cuts the frames of an error and its causes to their bounds: first variables go, of libraries' frames before the service's own;
 * then the source of libraries' frames, then the lines around the own ones, at last frames; always those farthest from the throw
 * first. True when something was cut.
 */
export function boundFrames(error: ErrorInfo): boolean {
  let isCut = false;
  let chars = 0;
  for (let at: ErrorInfo | undefined = error; at !== undefined; at = at.cause) {
    if (at.frames === undefined) continue;
    if (at.frames.length > MAX_FRAMES) {
      at.frames.length = MAX_FRAMES;
      isCut = true;
    }
    for (const frame of at.frames) chars += sizeOf(frame);
  }
  if (chars <= MAX_FRAMES_CHARS) return isCut;
  const farthestFirst = placedIn(error).sort((one, other) => other.index - one.index);
  const [own, libraries] = [true, false].map((isOwn) =>
    farthestFirst.filter((placed) => placed.isOwn === isOwn)
  ) as [Placed[], Placed[]];
  drop(libraries, ["vars"]);
  drop(own, ["vars"]);
  drop(libraries, ["pre_context", "post_context", "context_line"]);
  drop(own, ["pre_context", "post_context"]);
  dropFrames();
  return true;

  function drop(frames: readonly Placed[], names: readonly (keyof RecordedFrame)[]): void {
    for (const { frame } of frames) {
      if (chars <= MAX_FRAMES_CHARS) return;
      const before = sizeOf(frame);
      for (const name of names) delete frame[name];
      chars -= before - sizeOf(frame);
    }
  }

  function dropFrames(): void {
    for (const { index } of farthestFirst) {
      if (chars <= MAX_FRAMES_CHARS) return;
      for (let at: ErrorInfo | undefined = error; at !== undefined; at = at.cause) {
        if (at.frames === undefined || at.frames.length <= Math.max(index, 1)) continue;
        chars -= sizeOf(at.frames.pop()!);
      }
    }
  }
}

/** A frame and how far it is from the throw. */
interface Placed {
  frame: RecordedFrame;
  index: number;
  isOwn: boolean;
}

/** Whose a frame is costs more to find out than its size: asked only where something has to go. */
function placedIn(error: ErrorInfo): Placed[] {
  const all: Placed[] = [];
  for (let at: ErrorInfo | undefined = error; at !== undefined; at = at.cause) {
    if (at.frames === undefined) continue;
    const own = framesOf(at, {});
    all.push(...at.frames.map((frame, index) => ({ frame, index, isOwn: own[index]!.inApp })));
  }
  return all;
}

function sizeOf(frame: RecordedFrame): number {
  const { function: name = "", module = "", file = "", context_line = "" } = frame;
  return FRAME_CHARS + name.length + module.length + file.length + context_line.length +
    charsOf(frame.pre_context) + charsOf(frame.post_context) +
    (frame.vars === undefined ? 0 : JSON.stringify(frame.vars).length);
}

function charsOf(lines: readonly string[] = []): number {
  let chars = lines.length;
  for (const line of lines) chars += line.length;
  return chars;
}
