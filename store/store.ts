/**
 * What a store can do. Two engines keep this promise, one set of contract tests checks both.
 * Times are milliseconds since 1970 (UTC); ids are UUIDv7; cursors are opaque texts.
 *
 * @module
 */
import type { Level, LogRecord } from "./record.ts";
import type { ValidKey } from "./intake_key.ts";
import type {
  ErrorSummary,
  IntakeCount,
  KeySummary,
  Release,
  Removed,
  Rule,
  State,
  What,
} from "./shapes.ts";
import type * as questions from "./questions.ts";

export type { ValidKey } from "./intake_key.ts";
export * from "./shapes.ts";

/** Why and where an occurrence belongs: made by `fingerprint()`, never by a store. */
export interface Group {
  /** Hex digest of `parts`: equal keys are one error. */
  key: string;
  /** Which rule made the key; `overflow` for what is beyond a bound (errors/overflow.ts). */
  rule: Rule;
  /** What went into the key, readable: the board's "why grouped". */
  parts: string[];
  /** The error's type: `TypeError`. */
  type: string;
  /** The first line of the message, as it came. */
  title: string;
  /** The message with ids, numbers and addresses masked: the same for one variant. */
  masked: string;
  /** The nearest frame of our own code, `function (file)`; the route where there is none. */
  location: string;
}

/** What the log and the counts of requests ask of every record. */
export type RecordHead = Pick<
  LogRecord,
  | "time"
  | "level"
  | "svc_name"
  | "route"
  | "status"
  | "duration_ms"
  | "release"
  | "environment"
  | "boot_id"
  | "seq"
  | "event_id"
>;

/** One record on its way into the store. */
export interface Entry {
  /** The record, redacted, as one line of JSON. */
  readonly line: string;
  /** The same. It may have to be parsed first: of a success nobody asks for more than its head. */
  readonly record: LogRecord;
  /** Told beside a line that was not parsed. */
  readonly head?: RecordHead;
  /** Present from ERROR on. */
  group?: Group;
}

/** What the log asks of an entry. */
export function headOf(entry: Entry): RecordHead {
  return entry.head ?? entry.record;
}

/** What came of a write. */
export interface Written {
  /** Rows that are in the store now, this write's and duplicates. */
  stored: number;
  /** Of these, the ones that were there before: same `boot_id` and `seq`, or the same event of the same service. */
  duplicates: number;
  /** Errors that are new, came back, are rising, or whose fix is proved with this write: noted with it, for {@linkcode Store.takeAlert}. */
  alerts: Alert[];
}

/** What a person wrote about an event of a client. */
export interface FeedbackNote {
  /** The service that sent the event. */
  svc_name: string;
  /** The event's id. */
  event_id: string;
  /** What they wrote, redacted; kept up to 2,000 characters. */
  text: string;
  /** Their name. */
  author?: string | undefined;
}

/** An error that people are to hear of. */
export interface Alert {
  /**
   * `new`; `back` for a resolved error that happened again, or a muted one whose mute ended with it; `rising` for an open one that
   * happens ten times as often as in its usual hour; `proved` for a resolved one whose route has worked on the release that fixes it.
   */
  kind: "new" | "back" | "rising" | "proved";
  /** The error as it now stands. */
  error: ErrorSummary;
}

/** Somebody who hears of errors. */
export interface AlertReceiver {
  /** Stands for it in the store, in all processes that send to it; not empty. Its address is a secret. */
  key: string;
  /** What it hears of: what at least one of these lets through. */
  filters: readonly AlertFilter[];
}

/** Which errors a receiver hears of. */
export interface AlertFilter {
  /** Of this service; empty: of all. */
  service: string;
  /** Whose newest occurrence is at least so severe. */
  minSeverity: number;
}

/** What there is to tell a receiver just now. */
export interface AlertTurn {
  /** To be sent and settled by the process that asked; null: nothing is due. */
  due: DueAlert | null;
  /** When to ask again, milliseconds since 1970; null: when something is noted. */
  nextMs: number | null;
}

/** A message about errors, on its way. */
export interface DueAlert {
  /** UUIDv7; stays the same however often the message is sent. */
  id: string;
  /** One message for many errors. */
  isSummary: boolean;
  /** How many errors it is about. */
  count: number;
  /** The first of them, at least one. */
  alerts: Alert[];
  /** The newest occurrence of the only one; null in a summary, and where it is not kept. */
  newest: LogRecord | null;
  /** Of the only one that is rising: how often it happened in that hour, and in its usual one. */
  rise: { count: number; usual: number } | null;
  /** How often it was taken to be sent, this time included. */
  tries: number;
}

/** Counting stops here: a total of this much means "this many or more". */
export const MAX_TOTAL = 10_000;

/** A search for errors by words looks at so many of the occurrences that match, the newest ones. */
export const MAX_MATCHES = 10_000;

/** Whom and where it hit. */
export interface FacetFilters {
  /** Only what happened in this environment. */
  environment?: string;
  /** Only what hit this user: an id, or what else is kept of users. */
  user?: string;
  /** Only what has this tag, as `name:value`; of several all. */
  tag?: string | string[];
}

/** What to list of the errors. */
export interface ErrorQuery extends FacetFilters {
  /** Only this state. */
  state?: State;
  /** Only this service. */
  svc_name?: string;
  /** Only errors whose newest occurrence has this route. */
  route?: string;
  /** Only errors of this level. */
  level?: Level;
  /** Only errors first or last seen in this release. */
  release?: string;
  /** Only errors whose first occurrence was in this release. */
  first_release?: string;
  /**
   * Only errors whose first occurrence was in this release of their service, or in a newer one: a higher version where both are
   * versions, else one that appeared later. None for a release that was never seen.
   */
  new_since?: string;
  /** Only errors that came back in this release last. */
  came_back_in?: string;
  /** Only errors of this person; null: of nobody. */
  assigned_to?: string | null;
  /** Only errors of which this was so last at or after `since` (default: a day ago) and before `until`. */
  what?: What;
  /** Only errors that happened at or after this time, milliseconds since 1970. */
  since?: number;
  /**
   * Only errors that happened before this time, milliseconds since 1970. Beside `since`, the first or the last occurrence is in
   * between, or another one in an hour that the range touches.
   */
  until?: number;
  /**
   * Words and `"phrases"` that must all occur in one of its occurrences, among the newest {@linkcode MAX_MATCHES} that match; after
   * a minus what none of these has. If all of them are after a minus: errors of the newest so many occurrences that have one are left out.
   */
  q?: string;
  /** `last_seen` (default), `first_seen` or `count`; the newest or most first. */
  sort?: "last_seen" | "first_seen" | "count";
  /** 1 to 100. */
  limit: number;
  /** From an earlier page's `next`. */
  cursor?: string;
}

/** What to list of the logs, the newest first. */
export interface LogQuery extends FacetFilters {
  /** Words and `"phrases"` that must all occur; after a minus what must not. */
  q?: string;
  /** Only this service. */
  svc_name?: string;
  /** Only this route. */
  route?: string;
  /** This level and worse. */
  level?: Level;
  /** Only this request. */
  request_id?: string;
  /** False leaves out what is Holdfast's own, but for failures. Default true. */
  own?: boolean;
  /** Not before, milliseconds since 1970. */
  since?: number;
  /** Before, milliseconds since 1970. */
  until?: number;
  /** 1 to 100. */
  limit: number;
  /** From an earlier page's `next`. */
  cursor?: string;
}

/** Which of an error's occurrences to list: the newest, where neither `cursor` nor `around` is given. */
export interface OccurrenceQuery {
  /** 1 to 100. */
  limit: number;
  /** From an earlier page's `next`. */
  cursor?: string;
  /** Id of an occurrence: the page with it in its middle. Not looked at beside a cursor; an unknown one gives the newest. */
  around?: string;
}

/** When some of an error's occurrences happened, and where they stand among all that are kept. */
export interface OccurrenceTimes {
  /** The newest first. */
  items: { error_id: string; time: string }[];
  /** How many newer ones are kept, counted up to {@linkcode MAX_TOTAL}. */
  newer: number;
  /** How many are kept in all, counted up to {@linkcode MAX_TOTAL}. */
  total: number;
}

/** By what requests and records are counted. */
export const TRAFFIC_NAMES = ["svc_name", "route", "release", "environment"] as const;

/**
 * Which requests and records to count, and by what. Minutes go back for a day, hours for ninety days, or as long as retention keeps records.
 * @internal
 */
export interface TrafficQuery extends Partial<Record<(typeof TRAFFIC_NAMES)[number], string>> {
  /** Not before, milliseconds since 1970; the minute or hour that it falls into counts as a whole. */
  since: number;
  /** Before, milliseconds since 1970. */
  until: number;
  /** A row for each minute or hour that had records. Absent: one for all the time. */
  step?: "minute" | "hour";
  /** A row for each value of these. */
  by?: readonly (typeof TRAFFIC_NAMES)[number][];
  /** Only what was logged at `ERROR` or `CRITICAL`: far fewer rows are read. Requests are those counted beside it. */
  failed?: boolean;
  /** Only of these routes. */
  routes?: readonly { svc_name: string; route: string }[];
  /** False: none is asked for, which is half of the work. */
  durations?: false;
}

/** What to list of the releases, those that appeared last first. */
export interface ReleaseQuery {
  /** Only of this service. */
  svc_name?: string;
  /** 1 to 100, default 25. */
  limit?: number;
  /** From an earlier page's `next`. */
  cursor?: string;
}

/** A release and when it appeared. */
export type ReleaseAppeared = Pick<Release, "svc_name" | "release" | "first_seen">;

/** Which errors a count by state is of: as in {@linkcode ErrorQuery}. */
export type ErrorFilters = Omit<ErrorQuery, "state" | "sort" | "limit" | "cursor">;

/** Who does something to an error, for its history. */
export interface Doer {
  /** Their name, at most 128 characters of it. Default `operator`. */
  by?: string;
}

/** What a person does to errors; `note` says why, for the history. What is so already changes nothing. */
export type Change =
  & Doer
  & (
    /** Marks as fixed: by a `release`, by the `next` one that its service has not had yet, or from now on. */
    | { action: "resolve"; release?: string; next?: boolean; note?: string }
    /** Opens again. */
    | { action: "reopen"; note?: string }
    /**
     * Counts in silence from now on: for good, until the first occurrence at or after `until` (milliseconds since 1970), or until
     * it has happened `more` times more (at least 1); whichever comes first.
     */
    | { action: "mute"; until?: number; more?: number; note?: string }
    /** Ends a mute: the error is open. */
    | { action: "unmute"; note?: string }
    /** Says who sees to it; `to` null: nobody. */
    | { action: "assign"; to: string | null; note?: string }
    /** Says where its issue elsewhere is; `url` null: nowhere. */
    | { action: "link"; url: string | null; note?: string }
    /** Writes a note into the history. */
    | { action: "note"; note: string }
  );

/** Which errors are to be changed at once: those with these ids of their own, or all that match. */
export type ErrorsToChange =
  | { ids: readonly string[] }
  | ErrorFilters & Pick<ErrorQuery, "state">;

/** What is to be taken back. */
export interface Undo extends Doer {
  /** `resolve`: errors are open again that were resolved then. `mute`: the same of those that were muted. */
  what: "resolve" | "mute";
  /** The moment, milliseconds since 1970. */
  at: number;
}

/** What to follow of the logs. */
export interface TailQuery
  extends
    FacetFilters,
    Pick<LogQuery, "q" | "svc_name" | "route" | "level" | "request_id" | "own"> {
  /** A `position` from an earlier answer. Absent: begin with the newest `limit` rows. */
  after?: string;
  /** 0 to 100. */
  limit: number;
}

/** Log rows in the order in which they came into the store, and how to go on. */
export interface Tail {
  /** The rows, each with the position right after it. */
  items: { position: string; record: LogRecord }[];
  /** Give it back as `after`: nothing is left out and nothing comes twice. */
  position: string;
  /** True when more rows wait already. */
  more: boolean;
}

/** What is to be deleted: at least one of service and age. */
export interface PurgeQuery {
  /** Errors with their occurrences and history, or log records. */
  what: "errors" | "logs";
  /** Only of this service. */
  svc_name?: string;
  /** Only errors last seen, and log records of, before this time; milliseconds since 1970. */
  before?: number;
}

/** What may be kept. */
export interface RetentionLimits {
  /** Logs and occurrences older than this go. */
  days: number;
  /** Occurrences kept per error. */
  keepOccurrences: number;
  /** Size of the whole store, in megabytes of 1024 × 1024 bytes. */
  maxMegabytes: number;
  /** Errors in all. Default: see retention/sweep.ts. */
  maxErrors?: number;
  /** Errors of one service. Default: see retention/sweep.ts. */
  maxServiceErrors?: number;
}

/** A key that is to be made. */
export interface NewKey extends Doer {
  /** The key itself, made by `newIntakeKey()`: the store keeps a digest of a secret one. */
  key: string;
  /** The service that reports with it. Absent: reports name their own. */
  service?: string | undefined;
  /** True for one that may stand in a browser's code. Default false. */
  is_public?: boolean | undefined;
  /** Records a second. Default: what keys of its kind have. */
  quota?: number | undefined;
  /** What it is for. */
  note?: string | undefined;
}

/** A key of the environment, as the list of keys shows it. */
export type ConfiguredKey = Pick<
  KeySummary,
  "id" | "service" | "is_public" | "beginning" | "key" | "quota"
>;

/** A valid key of the store, as a process that takes reports knows it. */
export interface StoredKey extends ValidKey {
  /** SHA-256 of the key, in hex. */
  readonly digest: string;
}

/** What keys and clients brought since it was noted last. */
export interface IntakeNote {
  /** By key. */
  readonly keys: readonly KeyUse[];
  /** By client. */
  readonly counts: readonly IntakeCount[];
}

/** What one key brought. */
export interface KeyUse {
  /** The key's id. */
  readonly id: string;
  /** Records taken. */
  readonly taken: number;
  /** Records refused. */
  readonly refused: number;
  /** The most records taken within one second. */
  readonly peak: number;
  /** When it brought something last, milliseconds since 1970. */
  readonly usedMs: number;
}

/** Which counts to list. */
export interface CountsQuery {
  /** Of this many days, today's included: 1 to 90. */
  days: number;
  /** Only of this service. */
  service?: string | undefined;
}

/** How the store is. */
export interface StoreHealth {
  /** Size in bytes. */
  size_bytes: number;
  /** Log rows held. */
  logs: number;
  /** Errors in state `open`, counted up to {@linkcode MAX_TOTAL}. */
  open_errors: number;
}

/** What can be asked of a store and done in it: the functions of questions.ts, whose first argument is the store. */
export type StoreReads = {
  [Name in keyof typeof questions]: (typeof questions)[Name] extends
    (store: never, ...args: infer Args) => infer Answer ? (...args: Args) => Answer
    : never;
};

/** A place where records, errors and their history are kept. All methods may be called at any time. */
export interface Store extends StoreReads {
  /**
   * Stores records in one transaction; those that are there already (same `boot_id` and `seq`, or the same event of a service: see
   * errors/events.ts) change nothing.
   * Opens errors, adds occurrences, brings resolved errors back.
   *
   * @throws {StoreBusy} when it cannot be reached just now: try the same entries again later.
   * @throws {Error} when these entries can never be stored.
   */
  write(entries: readonly Entry[]): Promise<Written>;
  /**
   * Writes a note by `user feedback: NAME` into the history of the error of an event's occurrence. Where the event has not come yet,
   * the note waits for it, a day at most. False: it is not kept, because it says nothing, names no event, or too many wait already.
   *
   * @throws {StoreBusy} when it cannot be reached just now.
   */
  noteFeedback(note: FeedbackNote): Promise<boolean>;
  /**
   * Makes receivers known: what is noted from now on is noted for each, and what was noted in the last day for nobody yet. Who
   * sends to them says so again every hour; after a day without that a receiver is forgotten.
   */
  noteReceivers(receivers: readonly AlertReceiver[], options: { now: number }): Promise<void>;
  /**
   * The message about errors that is to be sent to a receiver at `now`, for the first who asks, however many ask in however many
   * processes. That process sends it and settles it; else the next process that asks gets it again. The rules are in
   * errors/outbox.ts.
   */
  takeAlert(options: { now: number; receiver: string }): Promise<AlertTurn>;
  /**
   * Notes whether a message was sent, or could not be and is due again later, after `pauseMs` at the earliest. Does nothing for a
   * message that is gone.
   */
  settleAlert(
    id: string,
    options: { isTold: boolean; now: number; pauseMs?: number },
  ): Promise<void>;
  /** One small step of retention, in which each of its jobs has a turn; call it again while `more` is true. */
  sweep(limits: RetentionLimits, now: number): Promise<Removed>;
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

/** An error cannot be merged into itself. */
export class BadMerge extends RangeError {
  /** The class's name, kept across minifiers and threads. */
  override name = "BadMerge";
}

/** Deleting everything has to be said in another way. */
export class BadPurge extends RangeError {
  /** The class's name, kept across minifiers and threads. */
  override name = "BadPurge";
}

/** What cannot be split off. */
export class BadSplit extends RangeError {
  /** The class's name, kept across minifiers and threads. */
  override name = "BadSplit";
}

/** There are as many keys as there may be. */
export class TooManyKeys extends RangeError {
  /** The class's name, kept across minifiers and threads. */
  override name = "TooManyKeys";
}

/** Puts a question by its name. */
export function ask(
  store: StoreReads,
  question: keyof StoreReads,
  args: readonly unknown[],
): Promise<unknown> {
  const answer = store[question] as (...args: readonly unknown[]) => Promise<unknown>;
  return answer(...args);
}

/** A store whose every question goes by its name through one function: to another thread, or with other errors. */
export function askThrough(
  put: (question: keyof StoreReads, args: readonly unknown[]) => Promise<unknown>,
): StoreReads {
  const get = (_: object, name: string | symbol) =>
    // Whatever is awaited is asked for a `then`: a store is no promise.
    typeof name === "symbol" || name === "then"
      ? undefined
      : (...args: unknown[]) => put(name as keyof StoreReads, args);
  return new Proxy({}, { get }) as StoreReads;
}
