/**
 * What another service reports, as it comes.
 *
 * @module
 */
import type { LogRecord, RecordedUser } from "./record.ts";

/** What was thrown in another service. Other keys go to the record's `attrs`. */
export interface ReportedError {
  /** The class or name: `TypeError`. */
  type: string;
  /** One sentence. */
  message: string;
  /** The engine's text. */
  stack?: string;
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
      | "route"
      | "method"
      | "path"
      | "status"
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
}
