import { openSqlite } from "./sqlite.ts";
import type { Store } from "./store.ts";
import type { StoreOptions } from "./store_on.ts";

export type { StoreOptions };

/**
 * Opens the store that a URL names: `sqlite:PATH`, `memory:` for one that ends with the process, or
 * `postgres://…`, whose server need not be there yet.
 *
 * @throws {Error} one sentence that says what is wrong and what to do.
 */
export async function openStore(url: string, options: StoreOptions = {}): Promise<Store> {
  if (url === "memory:") return await openSqlite({ path: ":memory:", ...options });
  if (/^postgres(ql)?:/.test(url)) {
    // Only here: a store in SQLite does not pay for the driver.
    const { openPostgres } = await import("./postgres.ts");
    return openPostgres(url, options);
  }
  const path = /^sqlite:(?:\/\/(?=\/))?(.+)$/.exec(url)?.[1];
  if (path === undefined) {
    throw new Error(
      `STORE_URL is not sqlite:PATH, postgres://… or memory:, but starts ${schemeOf(url)}`,
    );
  }
  return await openSqlite({ path, ...options });
}

function schemeOf(url: string): string {
  return JSON.stringify(url.split(":", 1)[0]!.slice(0, 20));
}
