import { cut } from "../../store/limits.ts";
import { oneLineJson } from "../../store/one_line.ts";
import type { ErrorInfo, LogRecord, RecordedFrame } from "../../store/record.ts";
import type { SinkEntry } from "./sink.ts";

/** No field is cut to less in one step: the others may be long too. */
const MIN_CHARS = 256;
/** For the name in `truncated`, and the quotes and escapes of what was no text before. */
const SPARE_BYTES = 128;
/** The most bytes of one UTF-16 unit in UTF-8. */
const BYTES_PER_UNIT = 3;

const encoder = new TextEncoder();

/**
 * The record's line; or, where it is too long, that of a copy whose longest fields are cut (as JSON text where they were no
 * text) and named in `truncated`. For readers that would cut the JSON in the middle: journald after 48 KiB (`LineMax=`),
 * Docker's log drivers after 16 KiB, in pieces that collectors join again.
 */
export function lineWithin({ record, line }: SinkEntry, maxBytes: number): string {
  let shown = line;
  let copy = record;
  for (let excess = excessOf(line, maxBytes); excess > 0; excess = excessOf(shown, maxBytes)) {
    copy = withoutSome(copy, excess);
    const shorter = oneLineJson(JSON.stringify(copy));
    // A field that does not get shorter would hold the thread for ever.
    if (shorter.length >= shown.length) break;
    shown = shorter;
  }
  return shown;
}

function excessOf(line: string, maxBytes: number): number {
  if (line.length * BYTES_PER_UNIT <= maxBytes) return 0;
  return bytesOf(line) - maxBytes;
}

function bytesOf(text: string): number {
  return encoder.encode(text).length;
}

/** With the longest field shorter by `excess`, or by half where that would leave too little of it. */
function withoutSome(record: LogRecord, excess: number): LogRecord {
  const texts = Object.entries(record)
    .filter(([name]) => name !== "truncated")
    .map(([name, value]) => ({
      name,
      text: typeof value === "string" ? value : JSON.stringify(value),
    }));
  const { name, text } = texts.reduce((one, other) =>
    other.text.length > one.text.length ? other : one
  );
  const keptPart = 1 - (excess + SPARE_BYTES) / bytesOf(text);
  const wanted = Math.max(Math.floor(text.length * keptPart), MIN_CHARS);
  const length = wanted < text.length ? wanted : text.length >> 1;
  const truncated = [...new Set([...record.truncated ?? [], name])];
  if (name === "error") return { ...record, error: shorterError(record.error!, length), truncated };
  return { ...record, [name]: cut(text, length), truncated };
}

/** Causes go first: their stacks are most of a long error. Then what stands beside frames, and the frames farthest from the throw. */
function shorterError(error: ErrorInfo, length: number): ErrorInfo {
  const { cause, ...kept } = error;
  if (cause !== undefined) return kept;
  const frames = fewerFrames(kept.frames ?? []);
  if (frames !== undefined) return { ...kept, frames };
  return {
    ...kept,
    message: cut(kept.message, length),
    ...(kept.stack !== undefined && { stack: cut(kept.stack, length) }),
  };
}

/** Undefined where nothing is left to go. */
function fewerFrames(frames: readonly RecordedFrame[]): RecordedFrame[] | undefined {
  if (frames.some(({ vars }) => vars !== undefined)) {
    return frames.map(({ vars: _vars, ...frame }) => frame);
  }
  if (frames.some((frame) => frame.pre_context ?? frame.post_context)) {
    return frames.map(({ pre_context: _before, post_context: _after, ...frame }) => frame);
  }
  return frames.length > 1 ? frames.slice(0, frames.length >> 1) : undefined;
}
