/** A stack as text, also where it came in parts. */
import type { ErrorInfo, RecordedFrame } from "../record.ts";
import { type Frame, framesOf } from "./stack.ts";

/** Source lines shown before and after the one of a frame. */
const LINES_AROUND = 3;
const MAX_LINE_CHARS = 240;
/** Own frames whose source is shown. */
const MAX_WITH_SOURCE = 3;

/** The stack's text as it came; made of its frames where it came in parts. Undefined where there is neither. */
export function stackText(error: ErrorInfo): string | undefined {
  if (error.stack !== undefined) return error.stack;
  if (!error.frames?.length) return undefined;
  const calls = error.frames.map((frame) => `    ${callText(frame)}`);
  return [headOf(error), ...calls].join("\n");
}

/** The same for people: below the nearest own frames their source lines, where these came along. */
export function stackWithSource(error: ErrorInfo): string | undefined {
  if (!error.frames?.length) return error.stack;
  let left = MAX_WITH_SOURCE;
  const lines = framesOf(error, {}).flatMap((frame) => {
    const call = `    ${callText(frame.recorded!)}`;
    const source = frame.inApp ? recordedSource(frame) : [];
    if (source.length === 0 || left-- <= 0) return [call];
    return [call, ...numbered(source)];
  });
  return [headOf(error), ...lines].join("\n");
}

/** With the first line of the message alone: the others could look like frames. */
function headOf({ type, message }: ErrorInfo): string {
  return `${type}: ${message.split("\n", 1)[0]}`;
}

/** `at priceOf (prices.py:10)` */
export function callText({ function: name, file, module, line, column }: RecordedFrame): string {
  const place = file ?? module ?? "";
  const at = [place, line, line === undefined ? undefined : column]
    .filter((part) => part !== undefined && part !== "").join(":");
  if (name === undefined) return `at ${at || "an unknown place"}`;
  return at === "" ? `at ${name}` : `at ${name} (${at})`;
}

/** A line of source. Its number is absent where the client did not say. */
export interface SourceLine {
  number: number | undefined;
  text: string;
  /** True for the line that threw or called. */
  isHit: boolean;
}

/** The source lines that came with a frame, at most `around` before and after its own. */
export function recordedSource(
  { recorded = {}, line }: Pick<Frame, "recorded" | "line">,
  around: number = LINES_AROUND,
): SourceLine[] {
  const { context_line, pre_context = [], post_context = [] } = recorded;
  if (context_line === undefined) return [];
  const before = pre_context.slice(-around);
  const first = line - before.length;
  return [...before, context_line, ...post_context.slice(0, around)].map((text, index) => ({
    number: line > 0 && first > 0 ? first + index : undefined,
    text: text.slice(0, MAX_LINE_CHARS),
    isHit: index === before.length,
  }));
}

function numbered(lines: readonly SourceLine[]): string[] {
  const width = Math.max(...lines.map(({ number = "" }) => String(number).length));
  return lines.map(({ number = "", text, isHit }) =>
    `      ${isHit ? ">" : " "} ${String(number).padStart(width)} | ${text}`
  );
}
