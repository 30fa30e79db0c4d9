/**
 * The write-ahead log beside the file: see ../tidy.ts.
 *
 * @module
 */
import type { Database } from "./database.ts";

/** Its size; 0 for a store in memory or one just opened. */
export function journalSize({ path }: Database): number {
  try {
    return Deno.statSync(`${path}-wal`).size;
  } catch {
    return 0;
  }
}
