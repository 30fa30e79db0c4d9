/**
 * A SQLite file with what the store needs of it: statements prepared once, whole transactions, and
 * errors that say whether to try again.
 *
 * @module
 */
import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";
import { explained } from "../drivers/sqlite.ts";
import { Presence } from "../drivers/presence.ts";

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

  /** Lets go of the file. May be called twice. */
  close(): void {
    if (!this.#db.isOpen) return;
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
    return explained(cause, { isOpen: this.#db.isOpen, path: this.path });
  }
}
