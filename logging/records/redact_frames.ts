import { redactLine } from "./line_memo.ts";
import { MAX_FRAME_NAME_CHARS, MAX_SOURCE_LINE_CHARS } from "../../store/limits.ts";
import { oneLine } from "../../store/one_line.ts";
import type { RecordedFrame } from "../../store/record.ts";
import type { Redactor } from "../redact/redact.ts";

/**
 * The frames without secrets: in names of files and functions, in source lines, in local variables by their names and values. Only
 * the fields named here are kept.
 */
export function redactFrames(
  frames: readonly RecordedFrame[],
  redactor: Redactor,
): RecordedFrame[] {
  return frames.map((frame) => {
    const kept: RecordedFrame = {};
    if (frame.function !== undefined) kept.function = name(frame.function);
    if (frame.module !== undefined) kept.module = name(frame.module);
    if (frame.file !== undefined) kept.file = name(frame.file);
    if (frame.line !== undefined) kept.line = frame.line;
    if (frame.column !== undefined) kept.column = frame.column;
    if (frame.in_app !== undefined) kept.in_app = frame.in_app;
    if (frame.context_line !== undefined) kept.context_line = source(frame.context_line);
    if (frame.pre_context !== undefined) kept.pre_context = frame.pre_context.map(source);
    if (frame.post_context !== undefined) kept.post_context = frame.post_context.map(source);
    if (frame.vars !== undefined) {
      kept.vars = redactor.value(frame.vars).value as Record<string, unknown>;
    }
    return kept;
  });

  function name(text: string): string {
    return oneLine(redactLine(text, { redactor, maxChars: MAX_FRAME_NAME_CHARS }));
  }

  function source(line: string): string {
    return redactLine(line, { redactor, maxChars: MAX_SOURCE_LINE_CHARS });
  }
}
