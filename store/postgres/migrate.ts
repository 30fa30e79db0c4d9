/**
 * Brings the schema up to date, once for all instances that start together.
 *
 * @module
 */
import { readBeside } from "../read_beside.ts";
import type { Session } from "./database.ts";
import { ADVISORY_LOCKS } from "../locks.ts";

/** In the order of their numbers; a file here is never changed after a release. */
const MIGRATIONS = [
  "0001_begin.sql",
  "0002_alerts_wait.sql",
  "0003_lists.sql",
  "0004_bounds.sql",
  "0005_newest_level.sql",
] as const;

/** Building an index on a large table takes its time, and so does waiting for another who does. */
export const MIGRATION_TIMEOUT_MS: number = 10 * 60 * 1000;

/**
 * Does nothing when the schema is up to date: then reading is the only right it needs.
 *
 * @throws {Error} when a newer version of Holdfast wrote here, or a right is missing.
 */
export async function migrate(session: Session): Promise<void> {
  if (await isCurrent(session)) return;
  await session.all("begin");
  try {
    await session.all(`set local statement_timeout = ${MIGRATION_TIMEOUT_MS}`);
    await session.all(`set local lock_timeout = ${MIGRATION_TIMEOUT_MS}`);
    await session.all("select pg_advisory_xact_lock($1)", [ADVISORY_LOCKS.migrating]);
    // Again, now that nobody else can change it: another instance may have been first.
    const version = await versionOf(session);
    for (const [i, name] of MIGRATIONS.entries()) {
      if (i >= version) await apply(session, { name, version: i + 1 });
    }
    await session.all("commit");
  } catch (error) {
    // On a connection that is gone there is nothing to roll back.
    await session.all("rollback").catch(() => {});
    throw error;
  }
}

async function isCurrent(session: Session): Promise<boolean> {
  const version = await versionOf(session);
  if (version > MIGRATIONS.length) {
    throw new Error(
      `a newer version of Holdfast wrote it (schema ${version}, this one knows ` +
        `${MIGRATIONS.length}). Run that version again, or point STORE_URL at another database`,
    );
  }
  return version === MIGRATIONS.length;
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

async function apply(
  session: Session,
  { name, version }: { name: string; version: number },
): Promise<void> {
  const exists = await session.get("select 1 from pg_namespace where nspname = 'holdfast'");
  // Not "if not exists": that asks for the right to make one even where it is there already.
  if (exists === undefined) await session.all("create schema holdfast");
  const url = new URL(`../migrations/postgres/${name}`, import.meta.url);
  await session.all(await readBeside(url));
  await session.all("insert into holdfast.versions (version) values ($1)", [version]);
}
