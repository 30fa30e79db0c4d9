/**
 * What the store needs of an engine: statements in PostgreSQL's dialect, which SQLite's driver translates (sqlite.ts). All that
 * knows SQL stands on these two interfaces, so that one text serves both engines.
 *
 * Where the engines differ, and why:
 * - this folder: how a statement gets to the engine, and whose fault an error is.
 * - schema/: full text; indexes for retention, which would hold up SQLite's only writer without them; what a
 *   store of an older version was like.
 * - search/full_text.ts: FTS5 has a table of words and a language of its own, PostgreSQL a column and another language.
 * - locks.ts: a transaction of SQLite is alone, PostgreSQL's instances wait for one another.
 * - retention/tidy.ts, merge_words.ts: SQLite's parts of the index of words, its write-ahead log and its free pages; PostgreSQL's vacuum.
 * - retention/shrink.ts, questions.ts: what a row takes on the disk, and what the whole store does.
 * - log/writes.ts: the order of arrival is counted in SQLite, and follows from the transactions that run in PostgreSQL.
 * - log/old_rows.ts: how version 5 kept the log, as long as some of it has not been moved.
 */

/** A value of a statement; an array goes with `= any ($1)`. */
export type Value =
  | string
  | number
  | null
  | Uint8Array
  | readonly (string | null)[]
  | readonly number[];

/** One statement and its values. */
export interface Statement {
  /** Tables stand as `holdfast.errors`, values as `$1`, `$2`, … */
  sql: string;
  values?: readonly Value[];
}

export type Engine = "sqlite" | "postgres";

/** Statements on one connection, which nobody else uses meanwhile. */
export interface Session {
  readonly engine: Engine;
  all<Row>(sql: string, values?: readonly Value[]): Promise<Row[]>;
  get<Row>(sql: string, values?: readonly Value[]): Promise<Row | undefined>;
  /** Runs a statement and says how many rows it changed. */
  run(sql: string, values?: readonly Value[]): Promise<number>;
  /**
   * Runs statements one after another, over the network in one round trip, and gives the rows of each. What changes something
   * belongs into a transaction: where one fails, those behind it may have run.
   */
  batch<Row>(statements: readonly Statement[]): Promise<Row[][]>;
}

/** What a connection is borrowed for: the writer has one of its own, so that no crowd of questions keeps it waiting. */
export type Use = "asking" | "writing";

/**
 * A store's engine. A piece of work uses the session that it is given, and never the database itself: on SQLite it would wait for
 * its own end.
 */
export interface Database {
  readonly engine: Engine;
  /** Reads, in single statements. @throws {StoreBusy} when the engine cannot answer just now. */
  ask<Result>(work: (session: Session) => Promise<Result>, use?: Use): Promise<Result>;
  /**
   * Does some work wholly or not at all; does it again from its beginning when other transactions were in its way.
   *
   * @throws {StoreBusy} when the engine cannot take it just now; nothing has been changed then, or the server took it and could
   * not say so.
   */
  transaction<Result>(work: (session: Session) => Promise<Result>, use?: Use): Promise<Result>;
  /** Lets go of files and connections. May be called twice. */
  close(): Promise<void>;
}

/** SQLSTATE of "do the transaction again". */
const SERIALIZATION_FAILURE = "40001";

/** Something of which a transaction knew is not as it was: it is done again from its beginning. */
export function changedMeanwhile(what: string): Error {
  return Object.assign(new Error(what), { code: SERIALIZATION_FAILURE });
}
