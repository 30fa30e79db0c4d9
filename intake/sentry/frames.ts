/** The stack of an exception or a thread: the nearest frame first, and in bounds. */
import { LIBRARY } from "../../store/grouping/languages.ts";
import { toPath } from "../../store/grouping/paths.ts";
import { areOwn } from "../../store/grouping/recorded_frames.ts";
import type { RecordedFrame } from "../../store/record.ts";
import { cut } from "../../store/limits.ts";
import {
  fromPairs,
  isObject,
  listIn,
  type Loose,
  objectIn,
  pairsIn,
  positionIn,
  shorten,
  textIn,
  truthIn,
} from "./loose.ts";

/** Of a deeper stack both ends are kept: where it was thrown, and how it came there. */
const MAX_FRAMES = 100;
const NEAREST_FRAMES = 60;
/** Frames with source lines and variables; own ones come first. */
const MAX_DETAILED_FRAMES = 20;
const MAX_NEAR_LINES = 5;
const MAX_LINE_CHARS = 256;
const MAX_PATH_CHARS = 512;
const MAX_FUNCTION_CHARS = 256;
const VARIABLE = { depth: 3, keys: 20, chars: 256 };
/** Names for what has none, in one client or the other. */
const UNNAMED = /^(?:\?|<unknown>|<anonymous>|(?:null|undefined)\.<anonymous>)$/;

/** Frames of `{frames: […]}`, which come oldest first. Undefined where there are none. */
export function framesIn(stacktrace: unknown): RecordedFrame[] | undefined {
  const raw = listIn(objectIn(stacktrace).frames);
  const kept: Loose[] = [];
  for (let at = raw.length - 1; at >= 0; at--) {
    // The middle of a long one.
    if (kept.length === NEAREST_FRAMES) at = Math.min(at, MAX_FRAMES - NEAREST_FRAMES - 1);
    const frame = raw[at];
    if (isObject(frame)) kept.push(frame);
  }
  if (kept.length === 0) return undefined;
  const frames = markOwn(kept.slice(0, MAX_FRAMES).map(placeOf));
  const detailed = [
    ...frames.keys().filter((at) => frames[at]!.in_app),
    ...frames.keys().filter((at) => !frames[at]!.in_app),
  ].slice(0, MAX_DETAILED_FRAMES);
  for (const at of detailed) Object.assign(frames[at]!, detailsOf(kept[at]!));
  return frames;
}

function placeOf(frame: Loose): RecordedFrame {
  const path = textIn(frame.abs_path, MAX_PATH_CHARS);
  const name = textIn(frame.function, MAX_FUNCTION_CHARS);
  const isLibrary = path !== undefined && LIBRARY.test(toPath(path));
  return compact<RecordedFrame>({
    function: name === undefined || UNNAMED.test(name) ? undefined : name,
    module: textIn(frame.module),
    // A path may have the release's folder in it, a name has not.
    file: textIn(frame.filename, MAX_PATH_CHARS) ?? path,
    line: positionIn(frame.lineno),
    column: positionIn(frame.colno),
    in_app: isLibrary ? false : truthIn(frame.in_app),
  });
}

/** Whose code it is, by the rule that groups: what clients say of libraries and of themselves is often wrong. */
function markOwn(frames: RecordedFrame[]): RecordedFrame[] {
  const own = areOwn(frames);
  frames.forEach((frame, at) => frame.in_app = own[at]!);
  return frames;
}

function detailsOf(frame: Loose): Partial<RecordedFrame> {
  const vars = pairsIn(frame.vars, VARIABLE.keys);
  return compact<Partial<RecordedFrame>>({
    context_line: lineIn(frame.context_line),
    pre_context: linesIn(listIn(frame.pre_context).slice(-MAX_NEAR_LINES)),
    post_context: linesIn(listIn(frame.post_context).slice(0, MAX_NEAR_LINES)),
    vars: vars.length === 0
      ? undefined
      : fromPairs(vars.map(([name, value]) => [name, shorten(value, VARIABLE)] as const)),
  });
}

function linesIn(lines: readonly unknown[]): string[] | undefined {
  return lines.length === 0 ? undefined : lines.map((line) => lineIn(line) ?? "");
}

function lineIn(line: unknown): string | undefined {
  return typeof line === "string" ? cut(line, MAX_LINE_CHARS) : undefined;
}

/** Without the keys that have nothing. */
export function compact<T extends object>(value: T): T {
  const kept: Partial<T> = {};
  for (const key in value) if (value[key] !== undefined) kept[key] = value[key];
  return kept as T;
}
