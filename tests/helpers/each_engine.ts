/**
 * Tests of what stands on both engines: each runs on SQLite and on PostgreSQL, over an empty store with its tables.
 *
 * @module
 */
import type { Database } from "../../store/drivers/database.ts";
import { PostgresDatabase } from "../../store/drivers/postgres.ts";
import { SqliteDatabase } from "../../store/drivers/sqlite.ts";
import { openFile } from "../../store/drivers/open_sqlite.ts";
import { migratePostgres } from "../../store/schema/migrations.ts";
import { fetchPrograms } from "./postgres_programs.ts";
import { anyPostgres } from "./postgres_server.ts";

const missing = Deno.env.has("TEST_POSTGRES_URL") ? undefined : fetchPrograms();
const server = missing === undefined ? await anyPostgres() : undefined;
/** A database with all tables, made once and copied for each test that wants them. */
let tables: Promise<string> | undefined;
if (server) {
  Deno.test.afterAll(async () => {
    if (tables) await server.dropDatabase(await tables);
    await server[Symbol.asyncDispose]();
  });
}

/** Registers a test for each engine. */
export function onEachEngine(sentence: string, run: (db: Database) => Promise<void>): void {
  const runOn = async (url: string) => {
    const db = await openDatabase(url);
    try {
      await run(db);
    } finally {
      await db.close();
    }
  };
  register(sentence, { run: runOn, like: () => tables ??= makeTables() });
}

/** Registers a test for each engine: it is given the address of a store that is not there yet. */
export function onEachStore(sentence: string, run: (url: string) => Promise<void>): void {
  register(sentence, { run, like: () => undefined });
}

function register(
  sentence: string,
  { run, like }: {
    run: (url: string) => Promise<void>;
    like: () => Promise<string> | undefined;
  },
): void {
  Deno.test(`sqlite: ${sentence}`, async () => {
    const folder = await Deno.makeTempDir();
    try {
      await run(`sqlite:${folder}/holdfast.db`);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
  if (server === undefined) {
    return Deno.test.ignore(`postgres: ${sentence} (skipped, because ${missing})`, () => {});
  }
  Deno.test(`postgres: ${sentence}`, async () => {
    const url = await server.newDatabase(await like());
    try {
      await run(url);
    } finally {
      await server.dropDatabase(url);
    }
  });
}

async function makeTables(): Promise<string> {
  const url = await server!.newDatabase();
  const db = await openDatabase(url);
  await db.ask((session) => session.get("select 1"));
  await db.close();
  return url;
}

async function openDatabase(url: string): Promise<Database> {
  const path = /^sqlite:(.*)/.exec(url)?.[1];
  return path === undefined
    ? new PostgresDatabase(url, {}, migratePostgres)
    : new SqliteDatabase(await openFile({ path }), path);
}
