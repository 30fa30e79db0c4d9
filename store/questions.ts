/**
 * All that can be asked of a store and done in it, a function each. Its first argument is the store, the others are what is
 * asked: the store's interface, the way to the worker and a module's `context.store` are made of this list.
 */
import type { Engine } from "./drivers/database.ts";
import {
  type LogPage,
  type LogQuery,
  MAX_TOTAL,
  type StoreHealth,
  type Tail,
  type TailQuery,
} from "./store.ts";
import type { Opened } from "./store_on.ts";
import { walBytes } from "./retention/tidy.ts";

export { environments } from "./facets/shares.ts";
export { change } from "./errors/change.ts";
export { changeAll, undo } from "./errors/change_all.ts";
export { error, trends } from "./errors/error.ts";
export { listErrors, stateCounts } from "./errors/list_errors.ts";
export { merge } from "./errors/merge.ts";
export { occurrence, occurrences, occurrenceTimes, receipt } from "./errors/occurrences.ts";
export { purge, remove } from "./errors/remove.ts";
export { split } from "./errors/split.ts";
export { intakeCounts, noteIntake } from "./keys/counts.ts";
export { addKey, listKeys, revokeKey, validKeys } from "./keys/keys.ts";
export { assembleBundle } from "./maps/assemble.ts";
export { keepChunks } from "./maps/chunks.ts";
export { releaseNames, releases } from "./traffic/releases.ts";
export { services } from "./traffic/services.ts";
export { traffic } from "./traffic/traffic.ts";
export { findMap, mapBlocks, mapSources } from "./maps/maps.ts";

/** A page of logs, the newest first. */
export function listLogs({ log }: Opened, query: LogQuery): Promise<LogPage> {
  return log.list(query);
}

/** Log rows in the order of their arrival, late ones too: for live tail. @throws {BadCursor} for a position that is not one of ours. */
export function logsAfter({ log }: Opened, query: TailQuery): Promise<Tail> {
  return log.after(query);
}

/** What is on the disk; SQLite's write-ahead log comes on top. */
const SIZE: Record<Engine, string> = {
  sqlite: "select page_count * page_size as bytes from pragma_page_count, pragma_page_size",
  postgres: `select sum(pg_total_relation_size(oid))::bigint as bytes from pg_class
    where relnamespace = 'holdfast'::regnamespace and relkind = 'r'`,
};

const OPEN_ERRORS = `
  select count(*) as errors from (
    select 1 from holdfast.errors where state = 'open' limit ${MAX_TOTAL}
  ) as open_errors`;

/** Size and counts, cheap enough for every scrape. @throws when the store cannot be reached. */
export function health(store: Opened): Promise<StoreHealth> {
  return store.ask(async (session) => {
    const size = await session.get<{ bytes: number }>(SIZE[session.engine]);
    const open = await session.get<{ errors: number }>(OPEN_ERRORS);
    return {
      size_bytes: size!.bytes + (session.engine === "sqlite" ? await walBytes(session) : 0),
      logs: (await store.log.size(session)).records,
      open_errors: open!.errors,
    };
  });
}
