/**
 * What a store can do. Two engines keep this promise, one set of contract tests checks both.
 * Times are milliseconds since 1970 (UTC); ids are UUIDv7; cursors are opaque texts.
 *
 * @module
 */
import type { Alert, AlertReceiver, AlertTurn } from "./alerts.ts";
import type { ValidKey } from "./intake_key.ts";
import type { Doer } from "./queries.ts";
import type * as questions from "./questions.ts";
import type { LogRecord } from "./record.ts";
import type { IntakeCount, KeySummary, Removed, Rule } from "./shapes.ts";

export type * from "./alerts.ts";
export type { ValidKey } from "./intake_key.ts";
export * from "./queries.ts";
export * from "./refusals.ts";
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
