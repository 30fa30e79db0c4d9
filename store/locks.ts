/**
 * Locks of the whole database, held until their transaction ends.
 *
 * @module
 */

import type { Session } from "./database.ts";

/** "holdfast" in ASCII as a number, and those after it: nobody else takes them by accident. */
export const ADVISORY_LOCKS = {
  /** Whoever changes the schema. */
  migrating: "7525352680829580149",
  /** Whoever opens errors: that happens seldom, and one after another so that each opens once. */
  opening: "7525352680829580150",
  /** Whoever takes away or moves what is stored: retention, merge, split, remove. Before any row is locked. */
  sweeping: "7525352680829580151",
  /** Whoever takes a message about errors, so that two do not begin one each. */
  telling: "7525352680829580152",
} as const;

/** Waits for one of them. Nothing on SQLite: a transaction there is alone in the file. */
export async function lock(session: Session, name: keyof typeof ADVISORY_LOCKS): Promise<void> {
  if (session.engine === "sqlite") return;
  await session.all("select pg_advisory_xact_lock($1)", [ADVISORY_LOCKS[name]]);
}
