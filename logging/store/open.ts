/**
 * From `STORE_URL` to a store.
 *
 * @module
 */
import { openSqlite } from "./sqlite.ts";
import type { Store } from "./store.ts";

/**
 * Opens the store that a URL names: `sqlite:PATH`, or `memory:` for one that ends with the process.
 *
 * @throws {Error} one sentence that says what is wrong and what to do.
 */
export async function openStore(url: string): Promise<Store> {
  if (url === "memory:") return await openSqlite({ path: ":memory:" });
  if (/^postgres(ql)?:/.test(url)) {
    // The URL may hold a password, so it is not repeated.
    throw new Error(
      "PostgreSQL is not available in this version: set STORE_URL to sqlite:PATH or memory:",
    );
  }
  const path = /^sqlite:(?:\/\/(?=\/))?(.+)$/.exec(url)?.[1];
  if (path === undefined) {
    throw new Error(`STORE_URL is neither sqlite:PATH nor memory:, but starts ${schemeOf(url)}`);
  }
  return await openSqlite({ path });
}

function schemeOf(url: string): string {
  return JSON.stringify(url.split(":", 1)[0]!.slice(0, 20));
}
