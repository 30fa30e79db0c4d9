/**
 * Has the room of removed rows used again at once.
 *
 * @module
 */
import type { Database } from "./database.ts";

/**
 * Tables of ours of which a tenth is dead. In a large store autovacuum is there before; a small one is written over several times
 * between two of its rounds, a minute by default, and would grow by that much.
 */
const FULL_OF_DEAD = `
  select stat.relname from pg_stat_user_tables as stat join pg_class on pg_class.oid = stat.relid
  where schemaname = 'holdfast' and n_dead_tup > 500 and n_dead_tup > n_live_tup / 10
    and pg_has_role(relowner, 'usage')`;

/** To be called when rows were removed. */
export async function vacuum(db: Database): Promise<void> {
  try {
    await db.ask(async (session) => {
      const tables = await session.all<{ relname: string }>(FULL_OF_DEAD);
      for (const { relname } of tables) {
        await session.all(`vacuum (skip_locked, truncate false) holdfast.${relname}`);
      }
    });
  } catch {
    // It took too long: autovacuum will do it.
  }
}
