import { oneLine } from "../../store/one_line.ts";
import { isOfPackage } from "../../store/grouping/package_files.ts";
import type { ErrorInfo, Level, LogRecord } from "../../store/record.ts";
import { type Frame, framesOf } from "../../store/grouping/stack.ts";

/** Longer texts are cut: the store has all of them. */
const MAX_TEXT_CHARS = 300;

/** Frames of our own code under an error, and under each cause. */
const MAX_FRAMES = 4;
const MAX_CAUSE_FRAMES = 1;

/** The end of an id tells requests apart: ids made from the time have the same beginning. */
const SHORT_ID_CHARS = 8;

const LEVEL_CHARS = "CRITICAL".length;

/** ANSI "select graphic rendition" codes (ECMA-48, 8.3.117). */
const STYLES = {
  bold: "1",
  dim: "2",
  cyan: "36",
  yellow: "33",
  red: "31",
  boldRed: "1;31",
  whiteOnRed: "1;37;41",
} as const;

type Style = keyof typeof STYLES;

const LEVEL_STYLES: Record<Level, Style> = {
  DEBUG: "dim",
  INFO: "cyan",
  WARN: "yellow",
  ERROR: "boldRed",
  CRITICAL: "whiteOnRed",
};

/**
 * A record for people: one line, in local time; below a failure its type and message, the nearest frames of the app's own code,
 * and its causes. No control character of the record gets through.
 *
 * @example
 * ```text
 * 23:04:05.678 ERROR    /fail GET /fail?how=throw 500 1.2ms Failed on purpose req=…5d1c77aa error_id=019ab…
 *     TypeError: Failed on purpose
 *       at run (/srv/holdfast/modules/fail.ts:31:11)
 *     caused by Error: the disk is full
 * ```
 */
export function pretty(record: LogRecord, { color }: { color: boolean }): string {
  const paint = (style: Style, text: string) =>
    color ? `\x1b[${STYLES[style]}m${text}\x1b[0m` : text;
  const { level, method, route, path, status, duration_ms, request_id, error_id, error } = record;

  const head = [
    paint("dim", localTime(record.time)),
    paint(LEVEL_STYLES[level], level.padEnd(LEVEL_CHARS)),
    paint("bold", short(record.svc_name)),
  ];
  if (method) head.push(short(method));
  if (path) head.push(short(path));
  if (status !== undefined) head.push(paint(styleOf(status), String(status)));
  if (duration_ms !== undefined) head.push(paint("dim", duration(duration_ms)));
  // The message of an answered request only repeats what stands before it.
  if (record.message !== `${method} ${route} ${status}`) head.push(short(record.message));
  for (const more of [record.user, record.tags, record.attrs]) {
    if (more && Object.keys(more).length > 0) head.push(paint("dim", short(JSON.stringify(more))));
  }
  if (request_id) head.push(paint("dim", `req=${shortId(request_id)}`));
  if (error_id) head.push(paint("bold", `error_id=${short(error_id)}`));

  const lines = error ? errorLines(error, MAX_FRAMES) : [];
  const below = lines.map((line) =>
    paint(line.isFrame ? "dim" : "red", `${line.isFrame ? "      " : "    "}${line.text}`)
  );
  return [head.join(" "), ...below].join("\n");
}

/** `HH:MM:SS.mmm` where the reader is. */
function localTime(iso: string): string {
  const time = new Date(iso);
  const two = (number: number) => String(number).padStart(2, "0");
  const ms = String(time.getMilliseconds()).padStart(3, "0");
  return `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}.${ms}`;
}

/** On one line and cut, never inside a surrogate pair. */
function short(text: string): string {
  if (text.length <= MAX_TEXT_CHARS) return oneLine(text);
  return oneLine(text.slice(0, MAX_TEXT_CHARS).replace(/[\ud800-\udbff]$/, "")) + "…";
}

function shortId(id: string): string {
  return short(id.length > SHORT_ID_CHARS ? `…${id.slice(-SHORT_ID_CHARS)}` : id);
}

function styleOf(status: number): Style {
  if (status >= 500) return "boldRed";
  return status >= 400 ? "yellow" : "bold";
}

function duration(ms: number): string {
  if (ms >= 1000) return `${(ms / 1000).toFixed(2)}s`;
  return `${ms.toFixed(ms < 10 ? 1 : 0)}ms`;
}

interface ErrorLine {
  text: string;
  isFrame: boolean;
}

function errorLines(error: ErrorInfo, maxFrames: number): ErrorLine[] {
  const code = error.code ? ` [${short(error.code)}]` : "";
  const title = { text: short(`${error.type}: ${error.message}`) + code, isFrame: false };
  const frames = ownFrames(error).slice(0, maxFrames).map((text) => ({ text, isFrame: true }));
  if (!error.cause) return [title, ...frames];
  const [cause, ...rest] = errorLines(error.cause, MAX_CAUSE_FRAMES);
  const causedBy = { text: `caused by ${cause?.text}`, isFrame: false };
  return [title, ...frames, causedBy, ...rest];
}

/** Frames of the app's own code; all frames where none is. */
function ownFrames(error: ErrorInfo): string[] {
  const frames = framesOf(error, {});
  const own = frames.filter(({ inApp, file }) => inApp && !isOfPackage(file));
  return (own.length > 0 ? own : frames).map((frame) => short(`at ${callOf(frame)}`));
}

function callOf({ function: name, file, line, column }: Frame): string {
  const place = [file, line, line > 0 ? column : 0].filter((part) => part !== 0).join(":");
  return name === "" ? place : `${name} (${place})`;
}
