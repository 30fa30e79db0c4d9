/** What the store uses of `pg`, which brings no types of its own. */
import pg from "pg";
import type { Session, Statement as SqlStatement, Value } from "./database.ts";
import { leavesConnectionSound, noteFault } from "./postgres_faults.ts";

/** One statement, or several where there are no values. */
export interface Statement {
  text: string;
  values?: readonly unknown[];
  /** How long the client waits for the answer, where it is not the pool's. */
  query_timeout?: number;
}

export interface Result {
  rows: unknown[];
  rowCount: number | null;
}

export interface Connection {
  /** Runs a statement; without values also several, separated by semicolons: then there are several results. */
  query(statement: Statement): Promise<Result | Result[]>;
  /** Gives it back; `true` closes it instead. */
  release(isBroken?: boolean): void;
  /** Reports that the server has gone; the statement that runs fails too. */
  on(event: "error", listener: (error: Error) => void): void;
  /** The socket, to end a connection at once. */
  connection: { stream: { destroy(): void } };
}

export interface Pool {
  connect(): Promise<Connection>;
  /** Lets go of all, whether the server answers or not; one that is borrowed ends within {@linkcode CLOSE_MS}. */
  close(): Promise<void>;
}

/** The server has this long to end its connections. */
const CLOSE_MS = 500;

/** Options of a pool: https://node-postgres.com/apis/pool and …/apis/client. */
export interface PoolOptions {
  connectionString: string;
  max: number;
  /** Connecting, or waiting for a free connection, takes no longer. */
  connectionTimeoutMillis: number;
  idleTimeoutMillis: number;
  /** The client gives up on a statement after this: a server that does not answer at all. */
  query_timeout: number;
  application_name: string;
  keepAlive: boolean;
  /** Runs on each new connection before anybody gets it. */
  onConnect: (connection: Connection) => Promise<void>;
}

/** What `pg` 8 takes for `verify-full`. */
const AS_VERIFY_FULL = ["prefer", "require", "verify-ca"];

/** PostgreSQL's number for the type `bigint`. */
const BIGINT = 20;

/** Reads the files that the address names; a pool would do so at its first connection. @throws when the options are wrong. */
export function checkOptions({ connectionString, connectionTimeoutMillis }: PoolOptions): void {
  new pg.Client({ connectionString: settled(connectionString), connectionTimeoutMillis });
}

/** Makes a pool; connects nowhere yet. */
export function createPool(options: PoolOptions): Pool {
  const types = {
    // Ours are all safe integers: milliseconds, microseconds, counts.
    getTypeParser: (oid: number, format?: string) =>
      oid === BIGINT ? Number : pg.types.getTypeParser(oid, format),
  };
  const connectionString = settled(options.connectionString);
  // A pipeline: statements that nobody awaits one by one are sent at once, one behind the other.
  const pool = new pg.Pool({ ...options, connectionString, types, pipeline: true });
  const connections = new Set<Connection>();
  pool.on("connect", (connection: Connection) => {
    connections.add(connection);
    // Between two statements nobody else would listen, and the error would end the process.
    connection.on("error", () => {});
  });
  pool.on("remove", (connection: Connection) => connections.delete(connection));
  // An idle connection that ends is no news: the next call opens another, or says why it cannot.
  pool.on("error", () => {});
  return { connect: () => pool.connect(), close };

  async function close(): Promise<void> {
    const timer = setTimeout(() => {
      for (const { connection } of connections) connection.stream.destroy();
    }, CLOSE_MS);
    await pool.end();
    clearTimeout(timer);
  }
}

/**
 * The address as the driver shall have it. Where no password is known it would look for a `.pgpass` file,
 * which the service may not read. Its three weaker words for `verify-full` make it print a warning.
 */
function settled(connectionString: string): string {
  const url = new URL(connectionString);
  const { searchParams } = url;
  if (url.password === "" && !searchParams.has("password")) {
    searchParams.set("password", Deno.env.get("PGPASSWORD") ?? "none");
  }
  const mode = searchParams.get("sslmode") ?? "";
  if (AS_VERIFY_FULL.includes(mode) && !searchParams.has("uselibpqcompat")) {
    searchParams.set("sslmode", "verify-full");
  }
  return url.href;
}

/** Statements on one connection. */
export class PostgresSession implements Session {
  readonly engine = "postgres";
  readonly #connection: Connection;
  readonly #answerTimeoutMs: number | undefined;

  /** Does not release the connection. `answerTimeoutMs` is for work that takes longer than usual. */
  constructor(connection: Connection, answerTimeoutMs?: number) {
    this.#connection = connection;
    this.#answerTimeoutMs = answerTimeoutMs;
  }

  async all<Row>(sql: string, values: readonly Value[] = []): Promise<Row[]> {
    return (await this.#query(sql, values)).rows as Row[];
  }

  async get<Row>(sql: string, values: readonly Value[] = []): Promise<Row | undefined> {
    return (await this.all<Row>(sql, values))[0];
  }

  async run(sql: string, values: readonly Value[] = []): Promise<number> {
    return (await this.#query(sql, values)).rowCount ?? 0;
  }

  async batch<Row>(statements: readonly SqlStatement[]): Promise<Row[][]> {
    const sent = statements.map(({ sql, values }) => this.all<Row>(sql, values));
    // All of them, before anybody goes on with this connection.
    await Promise.allSettled(sent);
    return await Promise.all(sent);
  }

  async #query(text: string, values: readonly Value[]): Promise<Result> {
    const result = await this.#connection.query({
      text,
      values,
      ...(this.#answerTimeoutMs !== undefined && { query_timeout: this.#answerTimeoutMs }),
    }).catch((error) => {
      noteFault(error);
      throw error;
    });
    // Several statements in one text, as a migration has them.
    return Array.isArray(result) ? result.at(-1)! : result;
  }
}

/** Limits as settings of the session: connection poolers refuse them in the start message. */
export async function prepareConnection(
  connection: Connection,
  { statementTimeoutMs, lockTimeoutMs }: { statementTimeoutMs: number; lockTimeoutMs: number },
): Promise<void> {
  const results = await connection.query({
    text: `
    set statement_timeout = ${Number(statementTimeoutMs)};
    set lock_timeout = ${Number(lockTimeoutMs)};
    set idle_in_transaction_session_timeout = ${Number(statementTimeoutMs)};
    -- Compiling costs more than any of our statements.
    set jit = off;
    show server_encoding`,
  });
  const [row] = (results as Result[]).at(-1)!.rows as { server_encoding: string }[];
  if (row?.server_encoding !== "UTF8") {
    throw new Error(
      `its encoding is ${row?.server_encoding}, which cannot hold every text: make a database with ` +
        "encoding 'UTF8'",
    );
  }
}

/** Runs some work in a transaction. */
export async function wholly<Answer>(
  session: Session,
  work: (session: Session) => Promise<Answer>,
): Promise<Answer> {
  // Sent together with the first statement of the work: a round trip less.
  const begun = session.all("begin");
  begun.catch(() => {});
  try {
    const result = await work(session);
    await begun;
    await session.all("commit");
    return result;
  } catch (error) {
    // A connection that is not sound is closed, which rolls back too.
    if (leavesConnectionSound(error)) await session.all("rollback");
    throw error;
  }
}
