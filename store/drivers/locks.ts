/**
 * Locks of the whole store, over all its processes, held until their transaction ends. On SQLite there is nothing to do:
 * whoever writes is alone.
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

export async function lock(session: Session, name: keyof typeof ADVISORY_LOCKS): Promise<void> {
  if (session.engine === "sqlite") return;
  await session.all("select pg_advisory_xact_lock($1)", [ADVISORY_LOCKS[name]]);
}

/** Takes it, unless somebody has it just now. */
export async function tryLock(
  session: Session,
  name: keyof typeof ADVISORY_LOCKS,
): Promise<boolean> {
  if (session.engine === "sqlite") return true;
  const row = await session.get<{ is_ours: boolean }>(
    "select pg_try_advisory_xact_lock($1) as is_ours",
    [ADVISORY_LOCKS[name]],
  );
  return row!.is_ours;
}
