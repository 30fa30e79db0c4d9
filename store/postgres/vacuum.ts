/**
 * Has the room of removed rows used again at once.
 *
 * In a large store autovacuum is there before. A small one is written over several times between two of its rounds, a minute by
 * default, and would grow by that much.
 *
 * @module
 */
import type { Database } from "./database.ts";
import { logsIn } from "./sizes.ts";

/** Fewer removed rows are not worth it. */
const LEAST_ROWS = 500;
/** Removed rows, as a part of the logs that are left, after which it is time. */
const ROWS_PART = 1 / 10;

/** The tables that retention removes rows from, as far as they are ours: others may not vacuum them. */
const OWN_TABLES = `
  select relname from pg_class
  where relnamespace = 'holdfast'::regnamespace and relkind = 'r'
    and relname in ('logs', 'occurrences', 'errors', 'variants', 'hours')
    and pg_has_role(relowner, 'usage')`;

/** Rows removed since the last time, by this process. */
const rowsGone = new WeakMap<Database, number>();

/** So many rows were removed. */
export async function vacuum(db: Database, removed: number): Promise<void> {
  const gone = (rowsGone.get(db) ?? 0) + removed;
  rowsGone.set(db, gone);
  if (gone < LEAST_ROWS) return;
  try {
    await db.ask(async (session) => {
      const { rows } = await logsIn(session);
      if (gone < rows * ROWS_PART) return;
      rowsGone.set(db, 0);
      for (const { relname } of await session.all<{ relname: string }>(OWN_TABLES)) {
        await session.all(`vacuum (skip_locked, truncate false) holdfast.${relname}`);
      }
    });
  } catch {
    // It took too long: autovacuum will do it.
  }
}
