/** The stack of an exception or a thread: the nearest frame first, and in bounds. */
import { LIBRARY } from "../../store/grouping/languages.ts";
import { toPath } from "../../store/grouping/paths.ts";
import { areOwn } from "../../store/grouping/recorded_frames.ts";
import type { RecordedFrame } from "../../store/record.ts";
import {
  cut,
  MAX_FRAME_NAME_CHARS,
  MAX_FRAMES,
  MAX_SOURCE_LINE_CHARS,
} from "../../store/limits.ts";
import { isObject } from "../../store/is_object.ts";
import {
  compact,
  fromPairs,
  listIn,
  type Loose,
  objectIn,
  pairsIn,
  positionIn,
  shorten,
  textIn,
  truthIn,
} from "./loose.ts";

/** Of a deeper stack than {@linkcode MAX_FRAMES} both ends are kept: where it was thrown, and how it came there. */
const NEAREST_FRAMES = 60;
/** Frames with source lines and variables; own ones come first. */
export const MAX_DETAILED_FRAMES = 20;
/** Source lines before a frame's own, and after it. */
export const MAX_NEAR_LINES = 5;
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
  const path = textIn(frame.abs_path, MAX_FRAME_NAME_CHARS);
  const name = textIn(frame.function, MAX_FRAME_NAME_CHARS);
  const isLibrary = path !== undefined && LIBRARY.test(toPath(path));
  return compact<RecordedFrame>({
    function: name === undefined || UNNAMED.test(name) ? undefined : name,
    module: textIn(frame.module),
    // A path may have the release's folder in it, a name has not.
    file: textIn(frame.filename, MAX_FRAME_NAME_CHARS) ?? path,
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
  return typeof line === "string" ? cut(line, MAX_SOURCE_LINE_CHARS) : undefined;
}
