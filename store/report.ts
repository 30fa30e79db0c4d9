/**
 * What another service reports, as it comes.
 *
 * @module
 */
import type { LogRecord, RecordedFrame, RecordedUser } from "./record.ts";

/** What was thrown in another service. Other keys go to the record's `attrs`. */
export interface ReportedError {
  /** The class or name: `TypeError`. */
  type: string;
  /** One sentence. */
  message: string;
  /** The engine's text. */
  stack?: string;
  /** The stack in parts, the nearest frame first, where there is no text. */
  frames?: RecordedFrame[];
  /** A machine code: `ECONNREFUSED`. */
  code?: string | number;
  /** What caused it: the same again, or a text. */
  cause?: unknown;
}

/** A user of another service. */
export interface ReportedUser extends Omit<RecordedUser, "id"> {
  /** What the service calls the user. */
  id?: string | number;
}

/** A record another service reports, in the words of {@linkcode LogRecord}; `time` may be any ISO 8601. */
export interface Report extends
  Pick<LogRecord, "svc_name" | "level">,
  Partial<
    Pick<
      LogRecord,
      | "message"
      | "time"
      | "release"
      | "environment"
      | "request_id"
      | "trace_id"
      | "span_id"
      | "module"
      | "handled"
      | "headers"
      | "breadcrumbs"
      | "event_id"
      | "instance"
      | "route"
      | "method"
      | "path"
      | "status"
      | "duration_ms"
      | "attrs"
    >
  > {
  /** What it was given. */
  input_json?: unknown;
  /** What it answered. */
  return_json?: unknown;
  /** What was thrown there. */
  error?: ReportedError | undefined;
  /** Who was concerned; `KEEP_USER` says what is kept. */
  user?: ReportedUser;
  /** Short values by name. */
  tags?: Record<string, string | number | boolean>;
  /** Names of what the client itself has cut. */
  truncated?: readonly string[];
}
