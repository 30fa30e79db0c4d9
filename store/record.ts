/**
 * The log record: one JSON object a line, and the words every other file here uses.
 *
 * @module
 */

import type { Shape } from "./shape.ts";

/** Level names and numbers, as in @std/log. Higher is worse. */
export const SEVERITY = { DEBUG: 10, INFO: 20, WARN: 30, ERROR: 40, CRITICAL: 50 } as const;

/** The name of a level. */
export type Level = keyof typeof SEVERITY;

/** The number of a level: 10, 20, 30, 40 or 50. */
export type Severity = (typeof SEVERITY)[Level];

/** All level names, the mildest first. */
export const LEVELS: readonly Level[] = Object.keys(SEVERITY) as Level[];

/** From this severity on, a record opens an error or adds an occurrence to one. */
export const FAILURE_SEVERITY: Severity = SEVERITY.ERROR;

/** The level's name for a severity; numbers between two levels count as the milder one. */
export function levelOf(severity: number): Level {
  if (severity >= 50) return "CRITICAL";
  if (severity >= 40) return "ERROR";
  if (severity >= 30) return "WARN";
  if (severity >= 20) return "INFO";
  return "DEBUG";
}

/** Fields of {@linkcode RecordedFrame}. */
export const RECORDED_FRAME = {
  function: ["string?", "The function's name."],
  module: ["string?", "The module or class, where the language names it."],
  file: ["string?", "Path or address of the file."],
  line: ["integer?", "From 1."],
  column: ["integer?", "From 1."],
  in_app: ["boolean?", "True for the service's own code; absent where the client does not say."],
  context_line: ["string?", "The source line."],
  pre_context: ["string[]?", "The lines before it."],
  post_context: ["string[]?", "The lines after it."],
  vars: ["object?", "Local variables, redacted."],
} as const;

/** One frame of a stack that came in parts and not as text. */
export interface RecordedFrame extends Shape<typeof RECORDED_FRAME> {}

/** Fields of {@linkcode Breadcrumb}. */
export const BREADCRUMB = {
  time: ["time?", "When it was."],
  category: ["string?", "`http`, `console`, `ui.click`."],
  level: ["Level?", "Level name."],
  message: ["string?", "One sentence."],
  data: ["object?", "Anything else, redacted."],
} as const;

/** What happened before a failure. */
export interface Breadcrumb extends Shape<typeof BREADCRUMB> {}

/** Fields of {@linkcode ErrorInfo}. */
export const ERROR_INFO = {
  type: ["string", "The class or name: `TypeError`; `string` for a thrown string."],
  message: ["string", "The message, redacted."],
  stack: ["string?", "The engine's stack text, redacted; absent if there is none."],
  code: ["string?", "A machine code such as `ECONNREFUSED`, if the error has one."],
  stack_reused: [
    "boolean?",
    "True if the stack is that of a similar failure in the same second.",
  ],
  frames: ["RecordedFrame[]?", "The stack in parts, the nearest frame first, in place of `stack`."],
  cause: ["ErrorInfo?", "What caused it."],
} as const;

/** What is kept of a thrown value. `cause` nests at most five deep. */
export interface ErrorInfo extends Shape<typeof ERROR_INFO> {}

/** Fields of {@linkcode RecordedUser}. */
export const RECORDED_USER = {
  id: ["string?", "The service's id of the user."],
  name: ["string?", "A name."],
  email: ["string?", "An e-mail address."],
  ip: ["string?", "A network address."],
} as const;

/** The user of the request. `KEEP_USER` says which fields are kept. */
export interface RecordedUser extends Shape<typeof RECORDED_USER> {}

/** Fields of {@linkcode LogRecord}. */
export const LOG_RECORD = {
  time: ["time", "When it happened."],
  level: ["Level", "Level name."],
  severity: ["Severity", "Level number."],
  svc_name: ["string", "The service: this one, or the one that reported."],
  module: [
    "string?",
    "The module that ran, `/home`; with a logging library the name of its logger.",
  ],
  message: ["string", "One sentence, one line."],
  request_id: ["string?", "The request's id, as in the `X-Request-Id` header."],
  trace_id: [
    "string?",
    "The trace: 32 hexadecimal digits from OpenTelemetry; in a report, as it came.",
  ],
  span_id: ["string?", "The span in it: 16 hexadecimal digits."],
  method: ["string?", "HTTP method."],
  route: ["string?", "The route's pattern: `/errors/:id`."],
  path: ["string?", "The path with its query, redacted."],
  status: ["integer?", "HTTP status of the answer."],
  duration_ms: ["number?", "From request to answer, in milliseconds."],
  input: ["unknown?", "What the module was given."],
  output: ["unknown?", "What was answered."],
  error: ["ErrorInfo?", "What was thrown."],
  error_id: ["string?", "The occurrence's id (UUIDv7), the client's receipt: from ERROR on."],
  handled: [
    "boolean?",
    "True if the app caught it (`capture`, `onError`), false if nothing did.",
  ],
  boot_id: ["string", "The process's id (UUIDv7, new at every start). Unique together with `seq`."],
  seq: ["integer", "Counts the records of one `boot_id`, from 1."],
  release: ["string?", "The release that was running."],
  environment: ["string?", "Where it was running: `production`, `staging`."],
  user: ["RecordedUser?", "The user."],
  tags: ["strings?", "Short values by name, to find and to filter by."],
  headers: ["strings?", "Headers of the request: those of an allow-list."],
  breadcrumbs: ["Breadcrumb[]?", "What happened before it, the oldest first."],
  event_id: ["string?", "The id that the reporting client gave it: 32 hexadecimal digits."],
  reported: ["true?", "Another service reported it, so its stack names files of that service."],
  own: ["true?", "Holdfast's own: its message, or a request to its board, its API, its probes."],
  instance: ["string", "The machine and process that wrote it."],
  truncated: ["string[]?", "Names of the fields that were cut to their limit."],
  attrs: ["object?", "All other data, nested, so that no key of it can replace a field."],
} as const;

/** One log record, redacted and capped: what sinks print, write and store. */
export interface LogRecord extends Shape<typeof LOG_RECORD> {}

/** What was said beside an error: a record's message, where it is more than the error's own. */
export function saidBeside({ message, error }: LogRecord): string | undefined {
  if (error === undefined || message === "") return undefined;
  const title = `${error.type}: ${error.message}`;
  const own = [error.type, ...[error.message, title].flatMap((text) => [text, firstLine(text)])];
  return own.includes(message.trimEnd()) ? undefined : message;
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0]!.trimEnd();
}
