import type { Engine } from "./database.ts";
import { MAX_TOTAL, type StoreHealth } from "./store.ts";
import type { Opened } from "./opened.ts";
import { walBytes } from "./tidy.ts";

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
