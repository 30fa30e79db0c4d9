/**
 * How large the store is and what it holds.
 *
 * @module
 */
import { MAX_TOTAL, type StoreHealth } from "../store.ts";
import type { Database } from "../database.ts";

/** {@linkcode Store.health}: cheap enough for every scrape. */
export function health(db: Database): Promise<StoreHealth> {
  return db.ask(async (session) =>
    (await session.get<StoreHealth>(
      `select
         (select sum(pg_total_relation_size(oid))::bigint from pg_class
          where relnamespace = 'holdfast'::regnamespace and relkind = 'r') as size_bytes,
         (select coalesce(sum(rows), 0)::bigint from holdfast.sizes) as logs,
         (select count(*) from (
           select 1 from holdfast.errors where state = 'open' limit ${MAX_TOTAL}
         ) as counted) as open_errors`,
    ))!
  );
}
