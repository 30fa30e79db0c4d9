/**
 * The log record: one JSON object a line, and the words every other file here uses.
 *
 * @module
 */

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

/** What is kept of a thrown value. `cause` nests at most five deep. */
export interface ErrorInfo {
  /** The class or name: `TypeError`; `string` for a thrown string. */
  type: string;
  /** The message, redacted. */
  message: string;
  /** The engine's stack text, redacted; absent where none was made. */
  stack?: string;
  /** A machine code such as `ECONNREFUSED`, where the error carries one. */
  code?: string;
  /** True when the stack was taken over from an alike failure of the same second. */
  stack_reused?: boolean;
  /** What caused it. */
  cause?: ErrorInfo;
}

/** Who was concerned. Which of these are kept is for `KEEP_USER` to say. */
export interface RecordedUser {
  /** What the service calls the user. */
  id?: string;
  /** A name. */
  name?: string;
  /** An e-mail address. */
  email?: string;
  /** A network address. */
  ip?: string;
}

/** One log record, redacted and capped: what sinks print, write and store. */
export interface LogRecord {
  /** ISO 8601, UTC, milliseconds. */
  time: string;
  /** Level name. */
  level: Level;
  /** Level number. */
  severity: Severity;
  /** The service: this one, or the one that reports. */
  svc_name: string;
  /** The own module at work: `/home`; of a logging library, the name of its logger. */
  module?: string;
  /** One sentence, one line. */
  message: string;
  /** The request's id, as in the `X-Request-Id` header. */
  request_id?: string;
  /** The trace it belongs to: 32 hexadecimal digits where OpenTelemetry made it; of a report, as it came. */
  trace_id?: string;
  /** The span in it: 16 hexadecimal digits. */
  span_id?: string;
  /** HTTP method. */
  method?: string;
  /** The route's pattern: `/errors/:id`. */
  route?: string;
  /** The path with its query, redacted. */
  path?: string;
  /** HTTP status of the answer. */
  status?: number;
  /** From request to answer, in milliseconds. */
  duration_ms?: number;
  /** What the module was given. */
  input?: unknown;
  /** What was answered. */
  output?: unknown;
  /** What was thrown. */
  error?: ErrorInfo;
  /** The occurrence's id (UUIDv7): the client's receipt. Present at ERROR and above. */
  error_id?: string;
  /** Whether the code that failed caught it (`capture`, an app's `onError`), or nobody did. */
  handled?: boolean;
  /** The process's id (UUIDv7, new at every start). Unique together with `seq`. */
  boot_id: string;
  /** Counts the records of one `boot_id`, from 1. */
  seq: number;
  /** The release that was running. */
  release?: string;
  /** Where it was running: `production`, `staging`. */
  environment?: string;
  /** Who was concerned. */
  user?: RecordedUser;
  /** Short values by name, to find and to filter by. */
  tags?: Record<string, string>;
  /** True where another service reported it: its files are not ours, whatever they are called. */
  reported?: true;
  /** The machine and process that wrote it. */
  instance: string;
  /** Names of the fields that were cut to their limit. */
  truncated?: string[];
  /** All user data, nested, so that no user key can forge a field. */
  attrs?: Record<string, unknown>;
}
