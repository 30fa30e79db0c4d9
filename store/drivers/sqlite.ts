/**
 * A SQLite file as the store's engine: statements translated and prepared once, one piece of work after another, and errors
 * that say whether to try again.
 */
import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";
import { setTimeout as pause } from "node:timers/promises";
import type { Database, Session, Statement, Value } from "./database.ts";
import { StoreBusy } from "../store.ts";
import { Presence } from "./presence.ts";
import { translate } from "./translate.ts";

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

const PRIMARY_CODE = 0xff;

/**
 * Writers of other processes are waited for so long. One of their turns is a thousand records at most, some quarter of a second
 * where all are failures; callers that wait longer get StoreBusy.
 */
const PATIENCE_MS = 1_000;
/** Between two tries; at random, so that those who wait do not meet again. */
const MAX_PAUSE_MS = 10;

/** Runs a call that blocks the thread for as long as the disk needs. */
export type Blocking = <Result>(call: () => Result) => Result;

/** One open SQLite file. */
export class SqliteDatabase implements Database {
  readonly engine = "sqlite";
  readonly path: string;
  readonly #db: DatabaseSync;
  readonly #session: SqliteSession;
  readonly #presence: Presence;
  readonly #blocking: Blocking;
  /** Ends when the last piece of work that was taken is done; never rejects. */
  #lastTurn: Promise<unknown> = Promise.resolve();
  #closed: Promise<void> | undefined;

  constructor(db: DatabaseSync, path: string, blocking: Blocking = (call) => call()) {
    this.#db = db;
    this.path = path;
    this.#blocking = blocking;
    this.#session = new SqliteSession(db, { path, blocking });
    this.#presence = new Presence(path);
  }

  ask<Result>(work: (session: Session) => Promise<Result>): Promise<Result> {
    return this.turn(() => {
      this.#checkPresence();
      return work(this.#session);
    });
  }

  transaction<Result>(work: (session: Session) => Promise<Result>): Promise<Result> {
    return this.turn(async () => {
      this.#checkPresence();
      // Immediate: to be refused at the start is cheaper than after the work.
      await this.#session.run("begin immediate");
      try {
        const result = await work(this.#session);
        await this.#session.run("commit");
        return result;
      } catch (error) {
        // When the disk is full, SQLite has rolled back by itself.
        if (this.#db.isTransaction) this.#db.exec("rollback");
        throw error;
      }
    });
  }

  /**
   * Does a piece of work while no other one runs, so that nothing stands inside another's transaction. When a writer of another
   * process is in the way, the other pieces of work go on meanwhile.
   */
  async turn<Result>(work: () => Result | Promise<Result>): Promise<Result> {
    const endMs = performance.now() + PATIENCE_MS;
    for (;;) {
      const turn = this.#lastTurn.then(work);
      this.#lastTurn = turn.catch(() => {});
      try {
        return await turn;
      } catch (error) {
        if (!isOthersTurn(error) || performance.now() > endMs) throw error;
      }
      await pause(Math.random() * MAX_PAUSE_MS);
    }
  }

  /** Moves what the write-ahead log holds into the main file and lets go of both, after all work that was taken. */
  close(): Promise<void> {
    return this.#closed ??= this.turn(() => {
      try {
        this.#blocking(() => this.#db.exec("pragma wal_checkpoint(truncate)"));
      } catch {
        // A reader elsewhere is in the way: the log file stays and is read at the next opening.
      }
      this.#session.forget();
      this.#db.close();
    });
  }

  #checkPresence(): void {
    // The end of a store removes its write-ahead log, too.
    if (this.#db.isOpen) this.#presence.check();
  }
}

class SqliteSession implements Session {
  readonly engine = "sqlite";
  readonly #db: DatabaseSync;
  readonly #path: string;
  readonly #blocking: Blocking;
  readonly #statements = new Map<string, StatementSync>();

  constructor(db: DatabaseSync, { path, blocking }: { path: string; blocking: Blocking }) {
    this.#db = db;
    this.#path = path;
    this.#blocking = blocking;
  }

  all<Row>(sql: string, values: readonly Value[] = []): Promise<Row[]> {
    return this.#rejecting(() => this.#prepared(sql).all(...values.map(inputOf)) as Row[]);
  }

  get<Row>(sql: string, values: readonly Value[] = []): Promise<Row | undefined> {
    return this.#rejecting(() =>
      this.#prepared(sql).get(...values.map(inputOf)) as Row | undefined
    );
  }

  run(sql: string, values: readonly Value[] = []): Promise<number> {
    return this.#rejecting(() => Number(this.#prepared(sql).run(...values.map(inputOf)).changes));
  }

  async batch<Row>(statements: readonly Statement[]): Promise<Row[][]> {
    const results: Row[][] = [];
    for (const { sql, values } of statements) results.push(await this.all<Row>(sql, values));
    return results;
  }

  /** Statements must be gone before their connection. */
  forget(): void {
    this.#statements.clear();
  }

  /** What SQLite throws arrives as a rejection. */
  #rejecting<Result>(work: () => Result): Promise<Result> {
    return new Promise((resolve) => {
      try {
        resolve(this.#blocking(work));
      } catch (error) {
        throw explained(error, { isOpen: this.#db.isOpen, path: this.#path });
      }
    });
  }

  #prepared(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#db.prepare(translate(sql));
      this.#statements.set(sql, statement);
    }
    return statement;
  }
}

function inputOf(value: Value): SQLInputValue {
  return isArray(value) ? JSON.stringify(value) : value;
}

/** `Array.isArray` does not know arrays that are read only. */
function isArray(value: Value): value is readonly (string | null)[] | readonly number[] {
  return Array.isArray(value);
}

/** What SQLite threw, as the store says it. */
export function explained(
  cause: unknown,
  { isOpen, path }: { isOpen: boolean; path: string },
): Error {
  if (!isOpen) return new Error(`The store at ${path} is closed`, { cause });
  const fault = STORE_FAULTS[primaryCode(cause)];
  if (fault !== undefined) {
    return new StoreBusy(`The store at ${path} cannot be used just now: ${fault}`, { cause });
  }
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new Error(`The store at ${path} refused a statement: ${reason}`, { cause });
}

/** Whether a call failed because another connection was writing, and nothing else: nothing was changed. */
function isOthersTurn(error: unknown): boolean {
  return error instanceof StoreBusy && primaryCode(error.cause) === SQLITE_BUSY;
}

export function primaryCode(error: unknown): number {
  if (typeof error !== "object" || error === null || !("errcode" in error)) return 0;
  return Number(error.errcode) & PRIMARY_CODE;
}
