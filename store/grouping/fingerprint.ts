/** Which error an occurrence belongs to. */
import { createHash } from "node:crypto";
import { maskMessage } from "./mask_message.ts";
import type { ErrorInfo, Level, LogRecord } from "../record.ts";
import { toFolder } from "./paths.ts";
import type { ReadSource } from "./source.ts";
import { fileInEveryRelease } from "./recorded_frames.ts";
import { stableName } from "./stable_name.ts";
import { type Frame, framesOf, type StackOptions } from "./stack.ts";
import type { Group } from "../store.ts";

/** The type of what was logged without an Error: the same message is one error, whatever its level. */
const LOGGED: Level = "ERROR";
/** Frames that make the key: further ones are the framework's way to our code. */
const MAX_KEY_FRAMES = 5;
/** Parts of a caller's own fingerprint. */
const MAX_CALLER_PARTS = 10;

const MAX_PART_CHARS = 256;
const MAX_TITLE_CHARS = 1024;
const KEY_CHARS = 32;
/** A part of a path that is a number, a UUID or hexadecimal. */
const ID_IN_PATH =
  /\/(?:\d+|[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}|(?=[a-f]*\d)[\da-f]{8,64})(?=[/?#]|$)/gi;
/** What V8, Firefox and Safari say of an endless recursion. */
const OVERFLOW = /call stack size exceeded|too much recursion/i;

/** Stands in a caller's list for the parts that the rule makes without it. */
const USUAL = /^\{\{\s*default\s*\}\}$/i;

export interface FingerprintOptions {
  root: string;
  /** The folder of this package in the process that failed; this process's where absent. */
  packageRoot?: string | undefined;
  /** The text of a source line; undefined where it must not or cannot be read. Names frames without a function. */
  readSource?: ReadSource | undefined;
}

/**
 * The group of a failure, by the rule that split and merged least when measured (17 bugs, 240 events, two
 * deploys): type, code, up to five nearest own frames without their lines, and the cause. Lines shift with
 * every edit; a message varies with the data; the way through our own code stays.
 *
 * - The caller's own `attrs.fingerprint` (a text or a list) wins. `{{ default }}` in it stands for the parts of the rules below.
 * - A frame is its file below the root, without what builds and releases put into names, and the function's
 *   name; without a name the source line's text, and where that cannot be read, the route. A frame that recurs counts once: how deep
 *   a recursion went depends on the data. Of a stack overflow, where it hit depends on chance: only frames
 *   that recur count, in alphabetical order.
 * - Of frames that came in parts, the source line that came with them names those without a function.
 * - Without own frames, or when no Error was thrown: the masked message and the route; without a route the
 *   service's name. The service's name is no part of the key otherwise: one broken helper is one error,
 *   whichever module called it. Of a report it always is: services that share code fail by themselves.
 *   Of a reported message that was made of a template (`attrs.template`), the template.
 * - A cause counts with type, code and own frames; without those, with its masked message.
 */
export function fingerprint(record: LogRecord, options: FingerprintOptions): Group {
  const error: ErrorInfo = record.error ?? { type: LOGGED, message: record.message };
  const frames = ownFrames(error, whereOwnIs(record, options));
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
    location: nearest
      ? `${nearest.function || "anonymous"} (${fileOf(nearest, record, options)})`
      : place,
  };
}

interface Failure {
  record: LogRecord;
  error: ErrorInfo;
  frames: Frame[];
}

function partsOf(failure: Failure, options: FingerprintOptions): Pick<Group, "rule" | "parts"> {
  const { record } = failure;
  const service = record.reported ? [`service: ${record.svc_name}`] : [];
  const own = callerTexts(record.attrs?.fingerprint);
  const usual = own.every(isUsual) || own.some(isUsual) ? usualParts(failure, options) : undefined;
  if (usual !== undefined && own.every(isUsual)) {
    return { rule: usual.rule, parts: [...service, ...usual.parts] };
  }
  const parts = own.flatMap((text) => isUsual(text) ? usual!.parts : [`caller: ${text}`]);
  return { rule: "caller", parts: [...service, ...parts] };
}

function usualParts(
  { record, error, frames }: Failure,
  options: FingerprintOptions,
): Pick<Group, "rule" | "parts"> {
  const name = [`type: ${error.type}`, ...error.code ? [`code: ${error.code}`] : []];
  if (frames.length === 0) {
    const message = `message: ${maskMessage(templateOf(record) ?? error.message)}`;
    return { rule: "message", parts: [...name, message, `at: ${keyPlaceOf(record)}`] };
  }
  const way = keyFrames(error, frames).map((frame) =>
    `frame: ${nameOf(frame, record, options)} in ${fileOf(frame, record, options)}`
  );
  if (OVERFLOW.test(error.message)) way.sort();
  const parts = [...name, ...way, ...causeParts(error.cause, record, options)];
  return { rule: "frames", parts };
}

/** What a message was made of, where its client says so: `user %s failed`. Names in it are no other error then. */
function templateOf({ reported, error, attrs }: LogRecord): string | undefined {
  const template = attrs?.template;
  const hasOne = reported && error === undefined && typeof template === "string";
  return hasOne && template !== "" ? template : undefined;
}

function isUsual(callerText: string): boolean {
  return USUAL.test(callerText);
}

function callerTexts(fingerprint: unknown): string[] {
  const parts = Array.isArray(fingerprint) ? fingerprint : [fingerprint];
  const texts = parts.filter((part) => typeof part === "string" && part !== "");
  return texts.slice(0, MAX_CALLER_PARTS).map((part) => part.slice(0, MAX_PART_CHARS));
}

function ownFrames(error: ErrorInfo, where: StackOptions): Frame[] {
  return framesOf(error, where).filter((frame) => frame.inApp);
}

/** The root of a service that reports is not known: every frame outside of libraries counts as its own. */
function whereOwnIs(record: LogRecord, { root, packageRoot }: FingerprintOptions): StackOptions {
  return record.reported ? {} : { root, packageRoot };
}

function keyFrames(error: ErrorInfo, frames: Frame[]): Frame[] {
  const counts = new Map<string, { frame: Frame; times: number }>();
  for (const frame of frames) {
    // Frames without a name are distinguished by their lines here: the key names their source instead.
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
  const frames = keyFrames(cause, ownFrames(cause, whereOwnIs(record, options)));
  if (frames.length === 0) return [name, `cause message: ${maskMessage(cause.message)}`];
  const way = frames.map((frame) =>
    `cause frame: ${nameOf(frame, record, options)} in ${fileOf(frame, record, options)}`
  );
  return [name, ...way];
}

/** The function's name; for one without, the text of its source line or else the route. */
function nameOf(frame: Frame, record: LogRecord, options: FingerprintOptions): string {
  if (frame.function) return frame.function;
  const reported = frame.recorded?.context_line?.trim();
  const source = reported || options.readSource?.(frame.file, frame.line)?.trim();
  return source ? `\`${source.slice(0, MAX_PART_CHARS)}\`` : keyPlaceOf(record);
}

/** The file below the root, by the name it has in every build and release. */
function fileOf({ file, recorded }: Frame, record: LogRecord, options: FingerprintOptions): string {
  if (recorded !== undefined) return stableName(fileInEveryRelease(recorded, record.release));
  const root = toFolder(options.root);
  return stableName(!record.reported && file.startsWith(root) ? file.slice(root.length) : file);
}

function placeOf(record: LogRecord): string {
  return record.route ?? record.module ?? record.svc_name;
}

/** The same for the key. Some clients know no patterns and report the path as the route: `GET /cart/7`. */
function keyPlaceOf(record: LogRecord): string {
  const place = placeOf(record);
  return record.reported ? place.replace(ID_IN_PATH, "/<id>") : place;
}
