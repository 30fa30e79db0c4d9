import { assertEquals } from "@std/assert";
import type { Database } from "../../store/drivers/database.ts";
import { openFile } from "../../store/drivers/open_sqlite.ts";
import { PostgresDatabase } from "../../store/drivers/postgres.ts";
import { SqliteDatabase } from "../../store/drivers/sqlite.ts";
import { openStore } from "../../store/open.ts";
import { NONE_KEPT } from "../../store/schema/schema.ts";
import type { Store } from "../../store/store.ts";
import { fetchPrograms } from "../helpers/postgres_programs.ts";
import { anyPostgres } from "../helpers/postgres_server.ts";
import { tempFolder } from "../helpers/temp_folder.ts";
import { Source, times } from "./entries.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
const SENTENCE = "what an error says that it holds is what it holds, whatever was done to it";

Deno.test(`sqlite: ${SENTENCE}`, async () => {
  using folder = tempFolder();
  const path = folder.at("holdfast.db");
  const store = await openStore(`sqlite:${path}`);
  const db = new SqliteDatabase(await openFile({ path, readOnly: true }), path);
  try {
    await holdsWhatItSays(store, db);
  } finally {
    await db.close();
    await store.close();
  }
});

const missing = Deno.env.has("TEST_POSTGRES_URL") ? undefined : fetchPrograms();
if (missing !== undefined) {
  Deno.test.ignore(`postgres: ${SENTENCE} (skipped, because ${missing})`, () => {});
} else {
  const server = await anyPostgres();
  Deno.test.afterAll(async () => await server[Symbol.asyncDispose]());
  Deno.test(`postgres: ${SENTENCE}`, async () => {
    const url = await server.newDatabase();
    const store = await openStore(url);
    const db = new PostgresDatabase(url);
    try {
      await holdsWhatItSays(store, db);
    } finally {
      await db.close();
      await store.close();
      await server.dropDatabase(url);
    }
  });
}

async function holdsWhatItSays(store: Store, db: Database): Promise<void> {
  const old = new Source(Date.now() - 100 * DAY_MS);
  const recent = new Source();
  const failure = (source: Source, key: string, message: string) =>
    source.failure(key, { error: { type: "TypeError", message } });
  await store.write(times(30, (i) => failure(old, `k${i % 3}`, `disk ${i} is full`)));
  await store.write(times(30, (i) => failure(recent, `k${i % 3}`, i % 2 ? "no route" : "ärger")));
  await check(db, "written");
  // Late ones stand before those that are there.
  await store.write(times(3, (i) => failure(new Source(1_000), `k${i}`, "late")));
  await check(db, "written late");
  const { items } = await store.listErrors({ limit: 10 });
  const [a, b, c] = items.map(({ id }) => id);
  const made = await store.split(a!, { variant: "no route" });
  await check(db, "split");
  await store.merge(b!, { into: c! });
  await check(db, "merged");
  await sweep(store, { days: 365 * 100, keepOccurrences: 8 });
  await check(db, "pruned by count");
  await sweep(store, { days: 90, keepOccurrences: 8 });
  await check(db, "pruned by age");
  await store.merge(made!.id, { into: a! });
  await check(db, "merged back");
  await store.remove(c!);
  await check(db, "removed");
}

async function sweep(
  store: Store,
  limits: { days: number; keepOccurrences: number },
): Promise<void> {
  while ((await store.sweep({ ...limits, maxMegabytes: 1024 }, Date.now())).more);
}

async function check(db: Database, when: string): Promise<void> {
  const rows = await db.ask((session) =>
    session.all<Record<"said" | "held", string>>(
      `select kept || ' ' || oldest_kept || ' ' || bytes as said, (
         select count(*) || ' ' || coalesce(min(time), ${NONE_KEPT}) || ' ' || (
           coalesce(sum(octet_length(line)), 0) + (
             select coalesce(sum(octet_length(message)), 0)
             from holdfast.variants where variants.error = errors.id
           )
         ) from holdfast.occurrences where occurrences.error = errors.id
       ) as held from holdfast.errors`,
    )
  );
  assertEquals(rows.map(({ said }) => said), rows.map(({ held }) => held), when);
  if (db.engine === "sqlite") await checkWords(db, when);
}

/** The index of words holds what the table holds, and nothing that has gone. */
async function checkWords(db: Database, when: string): Promise<void> {
  const [found] = await db.ask((session) =>
    session.all<{ beyond: number }>(
      `select count(*) as beyond from (
         select id from occurrences_words_docsize except select id from occurrences
         union all select id from (
           select id from occurrences except select id from occurrences_words_docsize
         )
       )`,
    )
  );
  assertEquals(found!.beyond, 0, when);
}
