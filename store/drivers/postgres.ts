/**
 * A PostgreSQL server as the store's engine: a few connections with limits, whole transactions, and errors that say whether to
 * try again.
 */
import type { Database, Session, Use } from "./database.ts";
import { StoreBusy } from "../store.ts";
import { type Address, readAddress } from "./postgres_address.ts";
import {
  checkOptions,
  type Connection,
  createPool,
  type Pool,
  type PoolOptions,
  PostgresSession,
  prepareConnection,
  wholly,
} from "./pg.ts";
import {
  isNotMigrated,
  isOfTheValues,
  isOfTheWholeServer,
  isRefusal,
  isSilence,
  isWorthAnotherTry,
  leavesConnectionSound,
  reasonOf,
} from "./postgres_faults.ts";

export interface PostgresOptions {
  /** Connections of this instance at most, from 2 on: one writes, the others answer questions. Default 4. */
  maxConnections?: number;
  /** Connecting takes no longer. Default 3 s. */
  connectTimeoutMs?: number;
  /** The server gives a statement up after this. Default 4 s, less than a question may take. */
  statementTimeoutMs?: number;
  /** The server gives up waiting for a lock after this. Default 2 s. */
  lockTimeoutMs?: number;
  /** New errors of one service within an hour; further ones are one. Default: see ../errors/overflow.ts. */
  newErrorsAnHour?: number;
}

/** The client gives up this much after the server would have: then it does not answer at all. */
const ANSWER_MARGIN_MS = 500;

/** A connection that nobody needed for this long is closed: databases that sleep may sleep. */
const IDLE_MS = 30_000;

/** PostgreSQL ends a deadlock by aborting one of the transactions, which succeeds when it is tried again. */
const MAX_TRIES = 5;

/** Building an index on a large table takes its time, and so does waiting for another who does. */
const PREPARE_TIMEOUT_MS: number = 10 * 60 * 1000;

/** One server, whether it can be reached just now or not. */
export class PostgresDatabase implements Database {
  readonly engine = "postgres";
  readonly #address: Address;
  readonly #options: Record<Use, PoolOptions>;
  #pools: Record<Use, Pool>;
  readonly #prepare: (db: Database) => Promise<void>;
  #preparing: Promise<void> | undefined;
  #isPrepared = false;
  /** What the last call found that the server did not answer. */
  #silence: Error | undefined;
  #isTryingAgain = false;
  readonly #retired = new Set<Promise<void>>();
  #closed: Promise<void> | undefined;

  /**
   * Connects nowhere yet.
   *
   * @param prepare Brings the schema up to date: before the first piece of work, and again where the tables have gone.
   * @throws {Error} one sentence when the address can never be right.
   */
  constructor(
    url: string,
    options: PostgresOptions = {},
    prepare: (db: Database) => Promise<void> = () => Promise.resolve(),
  ) {
    this.#prepare = prepare;
    const {
      maxConnections = 4,
      connectTimeoutMs = 3000,
      statementTimeoutMs = 4000,
      lockTimeoutMs = 2000,
    } = options;
    this.#address = readAddress(url);
    const shared = {
      connectionString: url,
      connectionTimeoutMillis: connectTimeoutMs,
      idleTimeoutMillis: IDLE_MS,
      query_timeout: statementTimeoutMs + ANSWER_MARGIN_MS,
      application_name: "holdfast",
      keepAlive: true,
      onConnect: (connection: Connection) =>
        prepareConnection(connection, { statementTimeoutMs, lockTimeoutMs }),
    };
    this.#options = {
      asking: { ...shared, max: maxConnections - 1 },
      writing: { ...shared, max: 1 },
    };
    try {
      checkOptions(this.#options.asking);
    } catch (error) {
      throw new Error(this.#withoutSecrets(`STORE_URL cannot be used: ${reasonOf(error)}`));
    }
    this.#pools = this.#openPools();
  }

  async ask<Result>(
    work: (session: Session) => Promise<Result>,
    use: Use = "asking",
  ): Promise<Result> {
    if (this.#closed !== undefined) {
      throw new Error(`The store at ${this.#address.label} is closed`);
    }
    if (this.#silence === undefined || use === "writing") return await this.#work(work, use);
    // While the server is silent one question at a time waits for it, and the others get what the last call found.
    if (this.#isTryingAgain) throw this.#silence;
    this.#isTryingAgain = true;
    try {
      return await this.#work(work, use);
    } finally {
      this.#isTryingAgain = false;
    }
  }

  async transaction<Result>(
    work: (session: Session) => Promise<Result>,
    use: Use = "asking",
  ): Promise<Result> {
    for (let tries = 1;; tries++) {
      try {
        return await this.ask((session) => wholly(session, work), use);
      } catch (error) {
        if (tries === MAX_TRIES || !isWorthAnotherTry((error as Error).cause)) throw error;
      }
    }
  }

  close(): Promise<void> {
    return this.#closed ??= this.#close();
  }

  async #close(): Promise<void> {
    this.#retire(this.#pools);
    await Promise.all(this.#retired);
  }

  async #work<Result>(work: (session: Session) => Promise<Result>, use: Use): Promise<Result> {
    const pools = this.#pools;
    let connection: Connection | undefined;
    let isWorking = false;
    let isBroken = false;
    try {
      connection = await pools[use].connect();
      await this.#prepareOnce(connection);
      isWorking = true;
      const result = await work(new PostgresSession(connection));
      this.#silence = undefined;
      return result;
    } catch (error) {
      isBroken = !leavesConnectionSound(error);
      if (isNotMigrated(error)) this.#isPrepared = false;
      if (isOfTheWholeServer(error) && pools === this.#pools) this.#renewPools();
      const explained = isWorking && isRefusal(error) ? error : this.#explained(error);
      this.#silence = isSilence(error) ? explained : undefined;
      throw explained;
    } finally {
      connection?.release(isBroken);
      // A server that does not answer would not end it either.
      if (isBroken) connection?.connection.stream.destroy();
    }
  }

  #openPools(): Record<Use, Pool> {
    return {
      asking: createPool(this.#options.asking),
      writing: createPool(this.#options.writing),
    };
  }

  /** Replaces all connections: they lead to a server that is gone, or that only reads. */
  #renewPools(): void {
    const old = this.#pools;
    this.#pools = this.#openPools();
    this.#retire(old);
  }

  #retire(pools: Record<Use, Pool>): void {
    for (const pool of Object.values(pools)) {
      const closed = pool.close().finally(() => this.#retired.delete(closed));
      this.#retired.add(closed);
    }
  }

  async #prepareOnce(connection: Connection): Promise<void> {
    if (this.#isPrepared) return;
    this.#preparing ??= this.#prepare(new OneConnection(connection)).finally(() =>
      this.#preparing = undefined
    );
    await this.#preparing;
    this.#isPrepared = true;
  }

  #explained(cause: unknown): Error {
    if (cause instanceof StoreBusy) return cause;
    const { label } = this.#address;
    const reason = this.#withoutSecrets(reasonOf(cause));
    return isOfTheValues(cause)
      ? new Error(`The store at ${label} refused a statement: ${reason}`, { cause })
      : new StoreBusy(`The store at ${label} cannot be used just now: ${reason}`, { cause });
  }

  #withoutSecrets(text: string): string {
    return this.#address.secrets.reduce((clean, secret) => clean.replaceAll(secret, "…"), text);
  }
}

/** The database while its schema is prepared: one connection, with a longer timeout. */
class OneConnection implements Database {
  readonly engine = "postgres";
  readonly #session: PostgresSession;

  constructor(connection: Connection) {
    this.#session = new PostgresSession(connection, PREPARE_TIMEOUT_MS);
  }

  ask<Result>(work: (session: Session) => Promise<Result>): Promise<Result> {
    return work(this.#session);
  }

  transaction<Result>(work: (session: Session) => Promise<Result>): Promise<Result> {
    return wholly(this.#session, async (session) => {
      await session.all(`set local statement_timeout = ${PREPARE_TIMEOUT_MS}`);
      await session.all(`set local lock_timeout = ${PREPARE_TIMEOUT_MS}`);
      return await work(session);
    });
  }

  async close(): Promise<void> {}
}
