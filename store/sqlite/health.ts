/**
 * How large the store is and what it holds.
 *
 * @module
 */
import { MAX_TOTAL, type StoreHealth } from "../store.ts";
import type { Database } from "./database.ts";
import { journalSize } from "./journal.ts";

/** {@linkcode Store.health}: cheap enough for every scrape. */
export function health(db: Database): StoreHealth {
  db.checkPresence();
  const row = db.get<{ main_bytes: number; logs: number; open_errors: number }>(
    `select
       page_count * page_size as main_bytes,
       (select rows from log_count) as logs,
       (select count(*) from (
         select 1 from errors where state = 'open' limit ${MAX_TOTAL}
       )) as open_errors
     from pragma_page_count, pragma_page_size`,
  )!;
  return {
    size_bytes: row.main_bytes + journalSize(db),
    logs: row.logs,
    open_errors: row.open_errors,
  };
}
