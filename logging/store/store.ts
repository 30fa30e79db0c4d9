/**
 * What a store can do. Two engines keep this promise, one set of contract tests checks both.
 * Times are milliseconds since 1970 (UTC); ids are UUIDv7; cursors are opaque texts.
 *
 * @module
 */
import type { Level, LogRecord } from "../record.ts";

/** The states of an error. `open` ones wait for a person. */
export const STATES = ["open", "resolved", "muted"] as const;

/** The state of an error. */
export type State = (typeof STATES)[number];

/** Why and where an occurrence belongs: made by `fingerprint()`, never by a store. */
export interface Group {
  /** Hex digest of `parts`: equal keys are one error. */
  key: string;
  /** Which rule made the key: `caller`, `frames` or `message`. */
  rule: "caller" | "frames" | "message";
  /** What went into the key, readable: the board's "why grouped". */
  parts: string[];
  /** The error's type: `TypeError`. */
  type: string;
  /** The first line of the message, as it came. */
  title: string;
  /** The message with ids, numbers and addresses masked: tells variants apart. */
  masked: string;
  /** The nearest frame of our own code, `function (file)`; the route where there is none. */
  location: string;
}

/** One record on its way into the store. */
export interface Entry {
  /** The record, redacted. */
  record: LogRecord;
  /** The same as one line of JSON. */
  line: string;
  /** Present from ERROR on. */
  group?: Group;
}

/** What came of a write. */
export interface Written {
  /** Rows that are in the store now, this write's and duplicates alike. */
  stored: number;
  /** Of these, the ones that were there before: same `boot_id` and `seq`. */
  duplicates: number;
  /** Errors that are new or came back with this write: what an alert is about. */
  alerts: Alert[];
}

/** An error that is new or has come back. */
export interface Alert {
  /** `new`, or `back` for a resolved error that happened again. */
  kind: "new" | "back";
  /** The error as it now stands. */
  error: ErrorSummary;
}

/** A client's view of one occurrence. */
export interface Receipt {
  /** The occurrence's id. */
  error_id: string;
  /** The state of the error it belongs to. */
  state: State;
  /** ISO 8601. */
  occurred_at: string;
  /** ISO 8601; null while it is not resolved. */
  resolved_at: string | null;
}

/** A row of the list of errors. */
export interface ErrorSummary {
  /** The error's id, not an occurrence's. */
  id: string;
  /** `open`, `resolved` or `muted`. */
  state: State;
  /** The error's type. */
  type: string;
  /** The newest occurrence's message. */
  message: string;
  /** Module or reporting service. */
  svc_name: string;
  /** The newest occurrence's route; null outside requests. */
  route: string | null;
  /** The worst level seen. */
  level: Level;
  /** Nearest own frame, `function (file)`. */
  location: string;
  /** Exact number of occurrences, the pruned ones included. */
  count: number;
  /** ISO 8601. */
  first_seen: string;
  /** ISO 8601. */
  last_seen: string;
  /** Release of the first occurrence. */
  first_release: string | null;
  /** Release of the newest occurrence. */
  last_release: string | null;
  /** ISO 8601; null while it is not resolved. */
  resolved_at: string | null;
  /** The release a person said it is mended in. */
  resolved_in: string | null;
  /** True when it was resolved once and happened again. */
  came_back: boolean;
  /** The newest occurrence's id. */
  last_error_id: string;
}

/** One error, whole. */
export interface ErrorDetail extends ErrorSummary {
  /** Why its occurrences are one error: every key it gathers. */
  keys: { key: string; rule: Group["rule"]; parts: string[] }[];
  /** Masked messages with their counts, the most frequent first, at most 20. */
  variants: { message: string; count: number }[];
  /** Occurrences an hour for the last 24 hours, the oldest first. */
  trend: number[];
  /** What was done to it, the newest first. */
  history: HistoryEntry[];
  /** When muted for a time: ISO 8601. */
  muted_until: string | null;
}

/** One thing done to an error. */
export interface HistoryEntry {
  /** ISO 8601. */
  time: string;
  /** What happened: `opened`, `resolved`, `reopened`, `came_back`, `muted`, `unmuted`, … */
  action: string;
  /** `operator`, or `holdfast` for what it did by itself. */
  actor: string;
  /** A note or details; empty where there is none. */
  note: string;
}

/** One occurrence: its record and where it belongs. */
export interface Occurrence {
  /** The occurrence's id (`error_id` in the envelope). */
  error_id: string;
  /** The id of the error it belongs to. */
  error: string;
  /** The record as it was stored. */
  record: LogRecord;
}

/** A page of a long list. */
export interface Page<T> {
  /** The rows. */
  items: T[];
  /** How many rows match in all; counted up to {@linkcode MAX_TOTAL}. */
  total: number;
  /** Give it back as `cursor` for the rows after these; null at the end. */
  next: string | null;
}

/** Counting stops here: a total of this much means "this many or more". */
export const MAX_TOTAL = 10_000;

/** What to list of the errors. */
export interface ErrorQuery {
  /** Only this state. */
  state?: State;
  /** Only this service or module. */
  svc_name?: string;
  /** Only errors whose newest occurrence has this route. */
  route?: string;
  /** Only errors of this level. */
  level?: Level;
  /** Only errors first or last seen in this release. */
  release?: string;
  /** Words that must all occur in type, message, location or an occurrence's text. */
  q?: string;
  /** `last_seen` (default), `first_seen` or `count`; the newest or most first. */
  sort?: "last_seen" | "first_seen" | "count";
  /** 1 to 100. */
  limit: number;
  /** From an earlier page's `next`. */
  cursor?: string;
}

/** What to list of the logs, the newest first. */
export interface LogQuery {
  /** Words that must all occur. */
  q?: string;
  /** Only this service or module. */
  svc_name?: string;
  /** Only this route. */
  route?: string;
  /** This level and worse. */
  level?: Level;
  /** Only this request. */
  request_id?: string;
  /** Not before, milliseconds since 1970. */
  since?: number;
  /** Before, milliseconds since 1970. */
  until?: number;
  /** 1 to 100. */
  limit: number;
  /** From an earlier page's `next`. */
  cursor?: string;
}

/** What to follow of the logs: the filters of {@linkcode LogQuery} without time. */
export interface TailQuery
  extends Pick<LogQuery, "q" | "svc_name" | "route" | "level" | "request_id"> {
  /** A position from an earlier answer; without one the answer is where the log ends now. */
  after?: string;
  /** Rows looked at, 1 to 500: as many or fewer match. */
  limit: number;
}

/** What came into the store after a position, in the order it came. */
export interface Tail {
  /** The records, each with its position: going on after it repeats and misses nothing. */
  items: { position: string; record: LogRecord }[];
  /** Behind all that was looked at; the same as `after` when nothing new is there. */
  position: string;
  /** False when what followed the position is not known any more: `position` is where the log ends now. */
  isWhole: boolean;
}

/** What may be kept. */
export interface RetentionLimits {
  /** Logs and occurrences older than this go. */
  days: number;
  /** Occurrences kept per error. */
  keepOccurrences: number;
  /** Size of the whole store, in megabytes of 1024 × 1024 bytes. */
  maxMegabytes: number;
}

/** How the store is. */
export interface StoreHealth {
  /** Size in bytes. */
  size_bytes: number;
  /** Log rows held. */
  logs: number;
  /** Errors in state `open`. */
  open_errors: number;
}

/** A place where records, errors and their history are kept. All methods may be called at any time. */
export interface Store {
  /**
   * Stores records in one transaction; those that are there already (same `boot_id` and `seq`) change nothing.
   * Opens errors, adds occurrences, brings resolved errors back.
   *
   * @throws {StoreBusy} when it cannot be reached just now: try the same entries again later.
   * @throws {Error} when these entries can never be stored.
   */
  write(entries: readonly Entry[]): Promise<Written>;
  /** The receipt of one occurrence, or null. Works for pruned occurrences as long as their log is kept. */
  receipt(errorId: string): Promise<Receipt | null>;
  /** A page of errors. @throws {BadCursor} for a cursor that is not one of ours. */
  listErrors(query: ErrorQuery): Promise<Page<ErrorSummary>>;
  /** One error by its own id or by an occurrence's id, or null. */
  error(id: string): Promise<ErrorDetail | null>;
  /** Occurrences of one error, the newest first. */
  occurrences(id: string, page: { limit: number; cursor?: string }): Promise<Page<Occurrence>>;
  /** One occurrence by its id, or null. */
  occurrence(errorId: string): Promise<Occurrence | null>;
  /** A page of logs, the newest first. */
  listLogs(query: LogQuery): Promise<Page<LogRecord>>;
  /** Logs in the order they were stored, whatever their time: for a live tail that can be interrupted. */
  logsAfter(query: TailQuery): Promise<Tail>;
  /** Marks as mended. Null when there is no such error. */
  resolve(id: string, options: { release?: string; note?: string }): Promise<ErrorSummary | null>;
  /** Opens again. Null when there is no such error. */
  reopen(id: string, options: { note?: string }): Promise<ErrorSummary | null>;
  /** Counts in silence from now on, or until a time (ms). Null when there is no such error. */
  mute(id: string, options: { until?: number; note?: string }): Promise<ErrorSummary | null>;
  /** Ends a mute: the error is open. Null when there is no such error. */
  unmute(id: string, options: { note?: string }): Promise<ErrorSummary | null>;
  /** One small step of retention; call it again while `more` is true. */
  sweep(limits: RetentionLimits, now: number): Promise<{ removed: number; more: boolean }>;
  /** Size and counts. @throws when the store cannot be reached. */
  health(): Promise<StoreHealth>;
  /** Lets go of files and connections. */
  close(): Promise<void>;
}

/** The store cannot take or answer anything just now; the same call may succeed later. */
export class StoreBusy extends Error {
  /** The class's name, kept across minifiers and threads. */
  override name = "StoreBusy";
}

/** A cursor that this store did not give. */
export class BadCursor extends RangeError {
  /** The class's name, kept across minifiers and threads. */
  override name = "BadCursor";
}

/** The methods that readers outside the worker may call. */
export type StoreReads = Omit<Store, "write" | "sweep" | "close">;
