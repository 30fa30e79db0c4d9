/**
 * Brings the schema up to date, once for all instances that start together.
 *
 * @module
 */
import type { Session } from "../database.ts";
import { lock } from "../locks.ts";
import { scriptFrom } from "../migrations.ts";
import { VERSION } from "../schema.ts";

/** Building an index on a large table takes its time, and so does waiting for another who does. */
export const MIGRATION_TIMEOUT_MS: number = 10 * 60 * 1000;

/**
 * Does nothing when the schema is up to date: then reading is the only right it needs.
 *
 * @throws {Error} when a newer version of Holdfast wrote here, or a right is missing.
 */
export async function migrate(session: Session): Promise<void> {
  if (scriptFrom(await versionOf(session), "postgres") === undefined) return;
  await session.all("begin");
  try {
    await session.all(`set local statement_timeout = ${MIGRATION_TIMEOUT_MS}`);
    await session.all(`set local lock_timeout = ${MIGRATION_TIMEOUT_MS}`);
    await lock(session, "migrating");
    // Again, now that nobody else can change it: another instance may have been first.
    const script = scriptFrom(await versionOf(session), "postgres");
    if (script !== undefined) await apply(session, script);
    await session.all("commit");
  } catch (error) {
    // On a connection that is gone there is nothing to roll back.
    await session.all("rollback").catch(() => {});
    throw error;
  }
}

async function versionOf(session: Session): Promise<number> {
  // Not to_regclass(): it may remember that there was none before the lock was ours.
  const found = await session.get(
    "select 1 from pg_tables where schemaname = 'holdfast' and tablename = 'versions'",
  );
  if (found === undefined) return 0;
  const row = await session.get<{ version: number | null }>(
    "select max(version) as version from holdfast.versions",
  );
  return row?.version ?? 0;
}

async function apply(session: Session, script: string): Promise<void> {
  const exists = await session.get("select 1 from pg_namespace where nspname = 'holdfast'");
  // Not "if not exists": that asks for the right to make one even where it is there already.
  if (exists === undefined) await session.all("create schema holdfast");
  await session.all(script);
  await session.all("insert into holdfast.versions (version) values ($1)", [VERSION]);
}
