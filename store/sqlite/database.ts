/**
 * A SQLite file with what the store needs of it: statements prepared once, whole transactions, and
 * errors that say whether to try again.
 *
 * @module
 */
import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";
import { StoreBusy } from "../store.ts";
import { Presence } from "./presence.ts";

/**
 * SQLite's primary result codes for which the entries are not to blame, so that the same call may
 * succeed later: https://www.sqlite.org/rescode.html
 */
const STORE_FAULTS: Record<number, string> = {
  5: "another connection is writing",
  6: "another statement is writing",
  7: "there is no memory left",
  8: "the file is read-only",
  10: "the disk fails",
  11: "the file is damaged",
  13: "the disk is full",
  14: "the file cannot be opened",
  26: "the file is not a database",
};

const SQLITE_BUSY = 5;

/** The low byte of an extended result code is the primary one. */
const PRIMARY_CODE = 0xff;

/** One open SQLite file. */
export class Database {
  /** The file's path, or `:memory:`. */
  readonly path: string;
  readonly #db: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  readonly #presence: Presence;

  /** Takes over an open connection: {@linkcode Database.close} closes it. */
  constructor(db: DatabaseSync, path: string) {
    this.#db = db;
    this.path = path;
    this.#presence = new Presence(path);
  }

  /** Does nothing while the files are there. @throws {StoreBusy} when one was removed or replaced. */
  checkPresence(): void {
    // The end of a store removes the journal, too.
    if (this.#db.isOpen) this.#presence.check();
  }

  /**
   * Runs one statement and says how many rows it changed.
   *
   * @throws {StoreBusy} when the file cannot be written just now.
   */
  run(sql: string, values: readonly SQLInputValue[] = []): number {
    try {
      return Number(this.#prepared(sql).run(...values).changes);
    } catch (error) {
      throw this.#explained(error);
    }
  }

  /** All rows of a query. @throws {StoreBusy} when the file cannot be read just now. */
  all<Row>(sql: string, values: readonly SQLInputValue[] = []): Row[] {
    try {
      return this.#prepared(sql).all(...values) as Row[];
    } catch (error) {
      throw this.#explained(error);
    }
  }

  /** The first row of a query. @throws {StoreBusy} when the file cannot be read just now. */
  get<Row>(sql: string, values: readonly SQLInputValue[] = []): Row | undefined {
    try {
      return this.#prepared(sql).get(...values) as Row | undefined;
    } catch (error) {
      throw this.#explained(error);
    }
  }

  /**
   * Does some work wholly or not at all.
   *
   * @throws {StoreBusy} when the file cannot be written just now; nothing has been changed then.
   */
  transaction<Result>(work: () => Result): Result {
    this.checkPresence();
    // Immediate: to be refused at the start is cheaper than after the work.
    this.run("begin immediate");
    try {
      const result = work();
      this.run("commit");
      return result;
    } catch (error) {
      // When the disk is full, SQLite has rolled back by itself.
      if (this.#db.isTransaction) this.#db.exec("rollback");
      throw error;
    }
  }

  /** Reads with several statements as if everything else stood still. */
  snapshot<Result>(work: () => Result): Result {
    this.run("begin");
    try {
      return work();
    } finally {
      this.run("commit");
    }
  }

  /** Moves what the log file holds into the main file and lets go of both. May be called twice. */
  close(): void {
    if (!this.#db.isOpen) return;
    try {
      this.#db.exec("pragma wal_checkpoint(truncate)");
    } catch {
      // A reader elsewhere is in the way: the log file stays and is read at the next opening.
    }
    this.#statements.clear();
    this.#db.close();
  }

  #prepared(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#db.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  #explained(cause: unknown): Error {
    if (!this.#db.isOpen) return new Error(`The store at ${this.path} is closed`, { cause });
    const fault = STORE_FAULTS[primaryCode(cause)];
    if (fault !== undefined) {
      return new StoreBusy(`The store at ${this.path} cannot be used just now: ${fault}`, {
        cause,
      });
    }
    return new Error(`The store at ${this.path} refused a statement: ${messageOf(cause)}`, {
      cause,
    });
  }
}

/** Whether a call failed because another connection was writing, and nothing else: nothing was changed. */
export function isOthersTurn(error: unknown): boolean {
  return error instanceof StoreBusy && primaryCode(error.cause) === SQLITE_BUSY;
}

/** SQLite's primary result code of something thrown; 0 when SQLite did not throw it. */
export function primaryCode(error: unknown): number {
  if (typeof error !== "object" || error === null || !("errcode" in error)) return 0;
  return Number(error.errcode) & PRIMARY_CODE;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
