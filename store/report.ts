/**
 * What another service reports, as it comes.
 *
 * @module
 */
import type { Level, RecordedUser } from "./record.ts";

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

/** A record another service reports. */
export interface Report {
  /** The reporting service's name. */
  svc_name: string;
  /** What it was given. */
  input_json?: unknown;
  /** What it answered. */
  return_json?: unknown;
  /** Level name. */
  level: Level;
  /** One sentence. */
  message?: string;
  /** What was thrown there. */
  error?: ReportedError | undefined;
  /** ISO 8601; now where absent. */
  time?: string;
  /** The release that was running there. */
  release?: string;
  /** Where it was running: `production`, `staging`. */
  environment?: string;
  /** The request it answered there. */
  request_id?: string;
  /** The trace it belonged to. */
  trace_id?: string;
  /** The route's pattern there: `/orders/:id`. */
  route?: string;
  /** HTTP method. */
  method?: string;
  /** Path and query. */
  path?: string;
  /** HTTP status of the answer: 100 to 599. */
  status?: number;
  /** Who was concerned; `KEEP_USER` says what is kept. */
  user?: ReportedUser;
  /** Short values by name. */
  tags?: Record<string, string | number | boolean>;
  /** Anything else. */
  attrs?: Record<string, unknown>;
}
