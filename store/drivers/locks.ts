/**
 * Locks of the whole store, over all its processes, held until their transaction ends. SQLite needs none: it has one writer at
 * a time.
 */
import type { Session } from "./database.ts";

/** "holdfast" in ASCII as a number, and the numbers after it: no other program uses them by accident. */
const ADVISORY_LOCKS = {
  /** To change the schema. */
  migrating: "7525352680829580149",
  /** To open errors: one process after another, so that each error opens once. */
  opening: "7525352680829580150",
  /** To remove or move what is stored: retention, merge, split, remove. Taken before any row is locked. */
  sweeping: "7525352680829580151",
  /** To take a message about errors, so that two processes do not begin one each. */
  telling: "7525352680829580152",
  /** To add up counts of requests, and to forget series in which nobody counts any more. */
  counting: "7525352680829580153",
} as const;

export async function lock(session: Session, name: keyof typeof ADVISORY_LOCKS): Promise<void> {
  if (session.engine === "sqlite") return;
  await session.all("select pg_advisory_xact_lock($1)", [ADVISORY_LOCKS[name]]);
}

/** Takes it, unless another process has it. */
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
