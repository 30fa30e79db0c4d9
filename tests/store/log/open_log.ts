/**
 * A log on an engine of its own, without the rest of a store.
 *
 * @module
 */
import type { Database } from "../../../store/drivers/database.ts";
import { LogBlocks } from "../../../store/log/log_blocks.ts";
import type { Entry } from "../../../store/store.ts";
import { onEachEngine } from "../../helpers/each_engine.ts";

/** A log and what it stands on. */
export interface World {
  log: LogBlocks;
  database: Database;
  /** Another instance's. */
  another(): LogBlocks;
  /** Appends in a transaction of its own; says how many were new. */
  append(entries: readonly Entry[], log?: LogBlocks): Promise<number>;
  /** Seals all there is. */
  sealAll(): Promise<void>;
  /** Records held. */
  size(): Promise<number>;
}

const HOUR_MS = 60 * 60 * 1000;

/** Adds a test for each engine. */
export function logTest(sentence: string, run: (world: World) => Promise<void>): void {
  onEachEngine(sentence, (database) => run(worldOf(database)));
}

/** A log on a database that is open. */
export function worldOf(database: Database): World {
  const log = new LogBlocks(database);
  return {
    log,
    database,
    another: () => new LogBlocks(database),
    append: async (entries, by = log) => {
      const { fresh } = await database.transaction((session) => by.append(session, entries));
      await by.sealWhatIsEnough();
      return fresh;
    },
    sealAll: async () => {
      while (await log.tend(Date.now() + HOUR_MS));
    },
    size: async () => (await database.ask((session) => log.size(session))).records,
  };
}
