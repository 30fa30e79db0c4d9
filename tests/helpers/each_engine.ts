/**
 * Tests of what stands on both engines: each runs on SQLite and on PostgreSQL, over an empty store with its tables.
 *
 * @module
 */
import type { Database } from "../../store/database.ts";
import { PostgresDatabase } from "../../store/drivers/postgres.ts";
import { SqliteDatabase } from "../../store/drivers/sqlite.ts";
import { openFile } from "../../store/drivers/open_sqlite.ts";
import { migratePostgres } from "../../store/migrations.ts";
import { fetchPrograms } from "./postgres_programs.ts";
import { anyPostgres } from "./postgres_server.ts";

const missing = Deno.env.has("TEST_POSTGRES_URL") ? undefined : fetchPrograms();
const server = missing === undefined ? await anyPostgres() : undefined;
if (server) Deno.test.afterAll(async () => await server[Symbol.asyncDispose]());

/** Registers a test for each engine. */
export function onEachEngine(sentence: string, run: (db: Database) => Promise<void>): void {
  Deno.test(`sqlite: ${sentence}`, async () => {
    const folder = await Deno.makeTempDir();
    const path = `${folder}/holdfast.db`;
    const db = new SqliteDatabase(await openFile({ path }), path);
    try {
      await run(db);
    } finally {
      await db.close();
      await Deno.remove(folder, { recursive: true });
    }
  });
  if (server === undefined) {
    return Deno.test.ignore(`postgres: ${sentence} (skipped, because ${missing})`, () => {});
  }
  Deno.test(`postgres: ${sentence}`, async () => {
    const url = await server.newDatabase();
    const db = new PostgresDatabase(url, {}, migratePostgres);
    try {
      await run(db);
    } finally {
      await db.close();
      await server.dropDatabase(url);
    }
  });
}
