/** The log of a store, in blocks; one code for both engines. See docs/adr/0012-log-blocks.md. */
import type { Database, Session } from "../drivers/database.ts";
import { RecentEvents } from "../errors/events.ts";
import { uuidv7 } from "../ids.ts";
import type { Entry, LogPage, LogQuery, PurgeQuery, Removed, Tail, TailQuery } from "../store.ts";
import { nowToKeep } from "../times.ts";
import { ALONE, append, type Appended, type Companion } from "./append.ts";
import { logsAfter } from "./follow.ts";
import { OldRows } from "./old_rows.ts";
import { logSize, purgeLogs, removeLogsBefore, removeOldestLogs } from "./retention.ts";
import { BLOCK_BYTES, BLOCK_RECORDS, sealStep } from "./seal.ts";
import { listLogs } from "./search.ts";
import { forgetSeen } from "./seen.ts";

/** What was written so long ago is sealed, however little it is. */
const SEAL_AFTER_MS: number = 3 * 60 * 1000;
/** An instance that has not sealed for so long is dead, or cannot: others do it. */
const SEAL_OF_OTHERS_AFTER_MS: number = 10 * 60 * 1000;
/** Processes forgotten in one step. */
const STEP_FORGOTTEN = 1000;

/** The log of one store, as one instance uses it. */
export class LogBlocks {
  readonly #database: Database;
  readonly #searchMs: number | undefined;
  readonly #oldRows = new OldRows();
  /** Whoever appends tells it what was stored. */
  readonly recentEvents: RecentEvents = new RecentEvents();
  /** This instance, as its rows in the tail say it. */
  readonly #writer = uuidv7();
  /** Written since the last sealing. */
  #records = 0;
  #bytes = 0;

  /** `searchMs` is how long a search may take. */
  constructor(database: Database, { searchMs }: { searchMs?: number | undefined } = {}) {
    this.#database = database;
    this.#searchMs = searchMs;
  }

  async append(
    session: Session,
    entries: readonly Entry[],
    companion: Companion = ALONE,
  ): Promise<Pick<Appended, "fresh" | "events">> {
    const { records, bytes, ...appended } = await append(session, entries, {
      writer: this.#writer,
      nowMs: nowToKeep(),
      isTailEmpty: this.#records === 0,
      oldRows: this.#oldRows,
      recentEvents: this.recentEvents,
      companion,
    });
    // A transaction that is done again counts twice: it is sealed a little sooner.
    this.#records += records;
    this.#bytes += bytes;
    return appended;
  }

  /** After a write: seals a block when there is enough for one. */
  async sealWhatIsEnough(): Promise<void> {
    if (this.#records < BLOCK_RECORDS && this.#bytes < BLOCK_BYTES) return;
    this.#records = 0;
    this.#bytes = 0;
    await this.#seal("writer = $1", [this.#writer], false);
  }

  /** A step of what is to be done now and then: sealing what has waited, moving an older version's rows. True while there is more. */
  async tend(nowMs: number): Promise<boolean> {
    const waited = "(writer = $1 and written_at < $2) or written_at < $3 or written_at > $4";
    const sealed = await this.#seal(waited, [
      this.#writer,
      nowMs - SEAL_AFTER_MS,
      nowMs - SEAL_OF_OTHERS_AFTER_MS,
      // By a clock that has been set back since.
      nowMs + SEAL_OF_OTHERS_AFTER_MS,
    ], true);
    const isMoving = await this.#database.transaction((session) =>
      this.#oldRows.move(session, nowMs)
    );
    return sealed > 0 || isMoving;
  }

  #seal(where: string, values: (string | number)[], isFinal: boolean): Promise<number> {
    return this.#database.transaction((session) => sealStep(session, { where, values, isFinal }));
  }

  list(query: LogQuery): Promise<LogPage> {
    return listLogs(this.#database, query, { oldRows: this.#oldRows, searchMs: this.#searchMs });
  }

  after(query: TailQuery): Promise<Tail> {
    return logsAfter(this.#database, query, this.#oldRows);
  }

  async removeBefore(session: Session, beforeMs: number): Promise<Removed> {
    await forgetSeen(session, { beforeMs, most: STEP_FORGOTTEN });
    return await removeLogsBefore(session, beforeMs, this.#oldRows);
  }

  removeOldest(session: Session, bytes: number): Promise<{ removed: number }> {
    return removeOldestLogs(session, bytes, this.#oldRows);
  }

  purge(session: Session, query: PurgeQuery): Promise<Removed> {
    return purgeLogs(session, query, { oldRows: this.#oldRows, nowMs: nowToKeep() });
  }

  size(session: Session): Promise<{ records: number; bytes: number }> {
    return logSize(session, this.#oldRows);
  }
}
