/**
 * Which error an occurrence belongs to.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { maskMessage } from "./mask_message.ts";
import type { ErrorInfo, LogRecord } from "./record.ts";
import { asFolder, type Frame, parseStack } from "./stack.ts";
import type { Group } from "./store/store.ts";

export { type Frame, parseStack, type StackOptions } from "./stack.ts";

/** Frames that make the key: further ones are the framework's way to our code. */
export const MAX_KEY_FRAMES = 5;
/** Parts of a caller's own fingerprint. */
const MAX_CALLER_PARTS = 10;

const MAX_PART_CHARS = 256;
const MAX_TITLE_CHARS = 1024;
const KEY_CHARS = 32;
/** A chunk's hash changes with every build: `home-4f1e9a02.js`. */
const CHUNK_HASH = /-[0-9a-f]{8,}(?=\.[^/]*$|$)/i;
/** What V8, Firefox and Safari say of an endless recursion. */
const OVERFLOW = /call stack size exceeded|too much recursion/i;

/** What a fingerprint needs to know of the world. */
export interface FingerprintOptions {
  /** The application's folder, path or `file:` address. */
  root: string;
  /** The text of a source line; undefined where it cannot be read. Names frames without a function. */
  readSource?: (file: string, line: number) => string | undefined;
  /**
   * True for a record that another service reported: its root is unknown, so every frame that is no
   * library's is its own, and its name becomes part of the key.
   */
  reported?: boolean;
}

/**
 * The group of a failure, by the rule that split and merged least when measured (17 bugs, 240 events, two
 * deploys): type, code, up to five nearest own frames without their lines, and the cause. Lines shift with
 * every edit; a message varies with the data; the way through our own code stays.
 *
 * - The caller's own `attrs.fingerprint` (a text or a list) wins.
 * - A frame is its file below the root, without a chunk hash, and the function's name; without a name the
 *   source line's text, and where that cannot be read, the route. A frame that recurs counts once: how deep
 *   a recursion went depends on the data. Of a stack overflow, where it hit depends on chance: only frames
 *   that recur count, in alphabetical order.
 * - Without own frames, or when no Error was thrown: the masked message and the route; without a route the
 *   service's name. The service's name is no part of the key otherwise: one broken helper is one error,
 *   whichever module called it.
 * - A cause counts with type, code and own frames; without those, with its masked message.
 */
export function fingerprint(record: LogRecord, options: FingerprintOptions): Group {
  const error: ErrorInfo = record.error ?? { type: record.level, message: record.message };
  const frames = ownFrames(error, options);
  const place = placeOf(record);
  const { rule, parts } = partsOf({ record, error, frames }, options);
  const nearest = frames[0];
  return {
    key: createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, KEY_CHARS),
    rule,
    parts,
    type: error.type,
    title: error.message.trim().split("\n", 1)[0]?.slice(0, MAX_TITLE_CHARS) || error.type,
    masked: maskMessage(error.message),
    location: nearest ? `${nearest.function || "anonymous"} (${fileOf(nearest, options)})` : place,
  };
}

/** What the parts are made of. */
interface Failure {
  record: LogRecord;
  error: ErrorInfo;
  frames: Frame[];
}

function partsOf(failure: Failure, options: FingerprintOptions): Pick<Group, "rule" | "parts"> {
  const { record, error, frames } = failure;
  const service = options.reported ? [`service: ${record.svc_name}`] : [];
  const own = callerParts(record.attrs?.fingerprint);
  if (own.length > 0) return { rule: "caller", parts: [...service, ...own] };
  const name = [...service, `type: ${error.type}`, ...error.code ? [`code: ${error.code}`] : []];
  if (frames.length === 0) {
    const parts = [...name, `message: ${maskMessage(error.message)}`, `at: ${placeOf(record)}`];
    return { rule: "message", parts };
  }
  const way = keyFrames(error, frames).map((frame) =>
    `frame: ${nameOf(frame, record, options)} in ${fileOf(frame, options)}`
  );
  if (OVERFLOW.test(error.message)) way.sort();
  const parts = [...name, ...way, ...causeParts(error.cause, record, options)];
  return { rule: "frames", parts };
}

function callerParts(fingerprint: unknown): string[] {
  const parts = Array.isArray(fingerprint) ? fingerprint : [fingerprint];
  const texts = parts.filter((part) => typeof part === "string" && part !== "");
  return texts.slice(0, MAX_CALLER_PARTS).map((part) => `caller: ${part.slice(0, MAX_PART_CHARS)}`);
}

function ownFrames(error: ErrorInfo, options: FingerprintOptions): Frame[] {
  if (!error.stack) return [];
  // The stack repeats the message, and a message may look like frames.
  const head = error.message ? error.stack.indexOf(error.message) : -1;
  const isHead = head >= 0 && head <= error.type.length + MAX_PART_CHARS;
  const stack = isHead && !error.stack.startsWith("Traceback")
    ? error.stack.slice(head + error.message.length)
    : error.stack;
  const known = options.reported ? {} : { root: options.root };
  return parseStack(stack, known).filter((frame) => frame.inApp);
}

function keyFrames(error: ErrorInfo, frames: Frame[]): Frame[] {
  const counts = new Map<string, { frame: Frame; times: number }>();
  for (const frame of frames) {
    // Frames without a name are told apart by their lines here: the key names their source instead.
    const id = `${frame.file}\n${frame.function || frame.line}`;
    const seen = counts.get(id);
    if (seen) seen.times++;
    else counts.set(id, { frame, times: 1 });
  }
  const all = [...counts.values()];
  const recurring = OVERFLOW.test(error.message) ? all.filter(({ times }) => times > 1) : [];
  const chosen = recurring.length > 0 ? recurring : all;
  return chosen.slice(0, MAX_KEY_FRAMES).map(({ frame }) => frame);
}

function causeParts(
  cause: ErrorInfo | undefined,
  record: LogRecord,
  options: FingerprintOptions,
): string[] {
  if (!cause) return [];
  const name = `cause: ${cause.type}${cause.code ? ` ${cause.code}` : ""}`;
  const frames = keyFrames(cause, ownFrames(cause, options));
  if (frames.length === 0) return [name, `cause message: ${maskMessage(cause.message)}`];
  const way = frames.map((frame) =>
    `cause frame: ${nameOf(frame, record, options)} in ${fileOf(frame, options)}`
  );
  return [name, ...way];
}

/** The function's name; for one without, the text of its source line or else the route. */
function nameOf(frame: Frame, record: LogRecord, options: FingerprintOptions): string {
  if (frame.function) return frame.function;
  const source = options.reported
    ? undefined
    : options.readSource?.(frame.file, frame.line)?.trim();
  return source ? `\`${source.slice(0, MAX_PART_CHARS)}\`` : placeOf(record);
}

/** The file below the root, without a chunk hash. */
function fileOf(frame: Frame, options: FingerprintOptions): string {
  const root = asFolder(options.root);
  const file = !options.reported && frame.file.startsWith(root)
    ? frame.file.slice(root.length)
    : frame.file;
  return file.replace(CHUNK_HASH, "");
}

function placeOf(record: LogRecord): string {
  return record.route ?? record.svc_name;
}
