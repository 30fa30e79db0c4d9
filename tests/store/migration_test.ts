import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { createHash } from "node:crypto";
import { DatabaseSync } from "node:sqlite";
import { openSqlite, openStore } from "../../store/open.ts";
import { openFile } from "../../store/drivers/open_sqlite.ts";
import { NONE_KEPT, VERSION } from "../../store/schema/schema.ts";
import { type Store, StoreBusy, type TrafficRow, type What } from "../../store/store.ts";
import { HOUR_MS, MINUTE_MS } from "../../store/times.ts";
import { holdStore } from "../helpers/hold_store.ts";
import { fetchPrograms } from "../helpers/postgres_programs.ts";
import { anyPostgres, type AnyServer } from "../helpers/postgres_server.ts";
import { until } from "../helpers/until.ts";
import { Source } from "./entries.ts";

/** The older versions that are brought up to date. Each is the one before, brought up to it, with a little more. */
const VERSIONS = [5, 6, 7] as const;

type Version = (typeof VERSIONS)[number];

/** What an older store keeps, each in an order that no migration changes. */
const KEPT = {
  errors: "uid",
  error_keys: "key",
  error_aliases: "uid",
  occurrences: "error_id",
  variants: "error, message",
  hours: "error, hour",
  services: "svc_name",
  history: "id",
};
/** From version 7 on. */
const KEPT_FROM_7 = { traffic: "step, at, series", traffic_waiting: "id" };

/** When the alerts were noted that stand in the older stores, to the second. */
const ALERTS_NOTED_MS = 1_795_816_853_039;

/** Longer than a store is waited for that is held for no reason that is known. */
const LONG_UPDATE_MS = 10_000;

const PLENTY = { days: 36_500, keepOccurrences: 1_000, maxMegabytes: 1024 };

type Row = Record<string, unknown>;
/** Rows by table. */
type Rows = Record<string, Row[]>;

for (const version of VERSIONS) {
  Deno.test(`sqlite: a store of version ${version} keeps every row, and goes on`, async () => {
    await withFile(async (path) => {
      makeOlder(version, path);
      await assertRejects(() => openSqliteReadOnly(path), Error, "an older version");
      const before = rowsOfSqlite(path, version);
      const store = await openStore(`sqlite:${path}`);
      try {
        const kept = version === 5 ? withOldest(withoutPlaces(before)) : before;
        assertEquals(rowsOfSqlite(path, version), brought(version, kept));
        await goesOn(store, version);
        if (version < 7) return;
        runInSqlite(path, countedBy7().replace("holdfast.", ""));
        await goesOnFrom7(store);
      } finally {
        await store.close();
      }
    });
  });

  Deno.test(`sqlite: a store of version ${version}, brought up to date, has the tables of a new one`, async () => {
    await withFile(async (path) => {
      makeOlder(version, path);
      const store = await openStore(`sqlite:${path}`);
      while ((await store.sweep(PLENTY, Date.now())).more);
      await store.close();
      await (await openStore(`sqlite:${path}.new`)).close();
      assertEquals(shapeOfSqlite(path), shapeOfSqlite(`${path}.new`));
    });
  });
}

Deno.test("sqlite: who comes while another process brings a store up to date waits for it", async () => {
  await withFile(async (path) => {
    makeOlder(7, path);
    const held = holdStore(path);
    let looks = 0;
    // At its first look at the clock it begins; at every later one it has tried in vain for longer than a store is waited for.
    const opening = openFile({ path, now: () => looks++ === 0 ? 0 : LONG_UPDATE_MS });
    await Promise.race([opening, until(() => looks > 3, { what: "it tries again" })]);
    held[Symbol.dispose]();
    using db = await opening;
    assertEquals(db.prepare("pragma user_version").get(), { user_version: VERSION });
  });
});

Deno.test("sqlite: a store from before version 5 is refused and kept", async () => {
  await withFile(async (path) => {
    makeOlder(5, path);
    const db = new DatabaseSync(path);
    db.exec("pragma user_version = 4");
    db.close();
    const content = await Deno.readFile(path);
    const error = await assertRejects(() => openStore(`sqlite:${path}`), Error, "before 0.1.0");
    assertStringIncludes(error.message, path);
    assertStringIncludes(error.message, "point STORE_URL at another path");
    assertEquals(await Deno.readFile(path), content);
  });
});

const missing = Deno.env.has("TEST_POSTGRES_URL") ? undefined : fetchPrograms();
const server = missing === undefined ? await anyPostgres() : undefined;
if (server) Deno.test.afterAll(async () => await server[Symbol.asyncDispose]());

for (const version of VERSIONS) {
  testPostgres(
    `a store of version ${version} keeps every row, and goes on`,
    async (url, server) => {
      await server.run(await older(version, "postgres"), url);
      const before = await rowsOfPostgres(url, server, version);
      const store = await openStore(url);
      try {
        await store.health();
        const kept = version === 5 ? withOldest(before) : before;
        assertEquals(await rowsOfPostgres(url, server, version), brought(version, kept));
        await goesOn(store, version);
        if (version < 7) return;
        await server.run(countedBy7(), url);
        await goesOnFrom7(store);
      } finally {
        await store.close();
      }
    },
  );

  testPostgres(
    `a store of version ${version}, brought up to date, has the tables of a new one`,
    async (url, server) => {
      await server.run(await older(version, "postgres"), url);
      const other = await server.newDatabase();
      const shapes = [];
      for (const address of [url, other]) {
        const store = await openStore(address);
        while ((await store.sweep(PLENTY, Date.now())).more);
        await store.close();
        shapes.push(await shapeOfPostgres(address, server));
      }
      await server.dropDatabase(other);
      assertEquals(shapes[0], shapes[1]);
    },
  );
}

testPostgres("a store from before version 5 is refused and kept", async (url, server) => {
  await server.run(await older(5, "postgres"), url);
  await server.run("delete from holdfast.versions where version = 5", url);
  const store = await openStore(url);
  await assertRejects(() => store.health(), StoreBusy, "before 0.1.0");
  await store.close();
  const [row] = await server.run("select count(*)::integer as errors from holdfast.errors", url);
  assertEquals(row, { errors: 7 });
});

/** What was there is found by the words, ids and keys that it had, and counts on. */
async function goesOn(store: Store, version: Version): Promise<void> {
  // What was still to be sent is sent to whoever comes.
  const now = ALERTS_NOTED_MS + 1_000;
  await store.noteReceivers([{ key: "r", filters: [{ service: "", minSeverity: 0 }] }], { now });
  const { due } = await store.takeAlert({ now, receiver: "r" });
  assertEquals(due?.alerts.map(({ kind, error }) => [kind, error.state]), [["new", "open"]]);
  const found = await store.listErrors({ q: "order", limit: 10 });
  assertEquals(found.items.map(({ message, count }) => [message, count]), [
    ["Order 18 not found", 3],
  ]);
  const [item] = found.items;
  const { items } = await store.occurrences(item!.id, { limit: 10 });
  assertEquals(items.map(({ record }) => record.error?.message), [
    "Order 18 not found",
    "Order 17 not found",
    "Order 3 not found",
  ]);
  assertEquals((await store.receipt(items[0]!.error_id))?.state, "open");
  // Its clock goes before theirs, so that no test waits.
  const source = new Source();
  const write = (key: string, message: string) =>
    store.write([source.failure(key, { error: { type: "TypeError", message } })]);
  await write("a", "Order 99 not found");
  await write("a", "no cart");
  const detail = await store.error(item!.id);
  assertEquals([detail!.count, detail!.variants], [4, [
    { message: "Order <n> not found", count: 4 },
  ]]);
  const { alerts } = await write("e", 'resolved "thing"');
  assertEquals(alerts.map(({ kind, error }) => [kind, error.count]), [["back", 3]]);
  const split = await store.listErrors({ q: "cart", limit: 10 });
  assertEquals(split.items.map(({ message, count }) => [message, count]), [["no cart", 3]]);
  if (version === 5) return;
  // Users and tags are counted from now on.
  await store.write([source.failure("z", { user: { id: "ben" }, environment: "staging" })]);
  const counted = await store.listErrors({ user: "ben", limit: 10 });
  assertEquals(
    counted.items.map(({ count, users, environments }) => [count, users, environments]),
    [
      [2, 1, ["staging"]],
    ],
  );
  const ofAda = await store.listErrors({ user: "ada", limit: 10 });
  assertEquals(ofAda.items.map(({ message }) => message), version === 6 ? [] : ["gone again"]);
  const logged = await store.listLogs({ environment: "production", tag: "os:Linux", limit: 10 });
  assertEquals(logged.items.map(({ user }) => user?.id), ["ada"]);
}

/** What came back and rose before is found by it, and what an older version has counted meanwhile is added up. */
async function goesOnFrom7(store: Store): Promise<void> {
  const messages = async (what: What) =>
    (await store.listErrors({ what, since: 0, limit: 10 })).items.map(({ message }) => message);
  assertEquals(await messages("back"), ['resolved "thing"', "gone again"]);
  assertEquals(await messages("rising"), ["rising"]);
  const always = { since: 0, until: Date.now() + 1, svc_name: "shop" };
  const sum = (rows: TrafficRow[]) =>
    rows.reduce(([all, failed], { requests, error }) => [all! + requests, failed! + error], [0, 0]);
  const together = sum(await store.traffic(always));
  assertEquals(together[1]! >= 27, true);
  assertEquals(sum(await store.traffic({ ...always, by: ["route"] })), together);
  const [counted] = await store.traffic({ since: 0, until: Date.now() + 1, svc_name: "old" });
  const { requests, failures, info, error } = counted!;
  assertEquals([requests, failures, info, error], [3, 1, 0, 1]);
}

/** As an instance of version 7 notes it that has not been stopped yet. */
function countedBy7(): string {
  const minute = Math.floor(Date.now() / MINUTE_MS);
  const counts = { minutes: [[minute, "old", "/", "r7", "", 3, 1, 2, 3]], releases: [] };
  return `insert into holdfast.traffic_waiting (counts) values ('${JSON.stringify(counts)}')`;
}

async function openSqliteReadOnly(path: string): Promise<Store> {
  return await openSqlite({ path, readOnly: true });
}

function older(version: Version, engine: "sqlite" | "postgres"): Promise<string> {
  return Deno.readTextFile(new URL(`version_${version}/${engine}.sql`, import.meta.url));
}

function makeOlder(version: Version, path: string): void {
  runInSqlite(
    path,
    Deno.readTextFileSync(new URL(`version_${version}/sqlite.sql`, import.meta.url)),
  );
}

function runInSqlite(path: string, sql: string): void {
  const db = new DatabaseSync(path);
  db.exec(sql);
  db.close();
}

function tablesOf(version: Version): [table: string, order: string][] {
  return Object.entries({ ...KEPT, ...version === 7 && KEPT_FROM_7 });
}

function rowsOfSqlite(path: string, version: Version): Rows {
  const db = new DatabaseSync(path, { readOnly: true });
  const rows: Rows = {};
  for (const [table, order] of tablesOf(version)) {
    rows[table] = db.prepare(`select * from ${table} order by ${order}`).all().map((row) => ({
      ...row,
    }));
  }
  db.close();
  return rows;
}

async function rowsOfPostgres(
  url: string,
  server: AnyServer,
  version: Version,
): Promise<Rows> {
  const rows: Rows = {};
  for (const [table, order] of tablesOf(version)) {
    rows[table] = await server.run(`select * from holdfast.${table} order by ${order}`, url);
  }
  return rows;
}

/** As they are afterwards: the time stands beside the id that was made of it, and the digest beside the message. */
function withoutPlaces(rows: Rows): Rows {
  return {
    ...rows,
    occurrences: rows.occurrences!.map((row) => ({
      ...row,
      time: Math.floor(Number(row.id) / 1000),
    })),
    variants: rows.variants!.map((row) => ({
      ...row,
      digest: createHash("md5").update(String(row.message)).digest("hex"),
    })),
  };
}

/** As they are afterwards: an error knows the time of its oldest occurrence. */
function withOldest(rows: Rows): Rows {
  const oldestOf = (error: unknown) => {
    const own = rows.occurrences!.filter((row) => row.error === error);
    return own.reduce<Row | undefined>(
      (oldest, row) => oldest && Number(oldest.time) <= Number(row.time) ? oldest : row,
      undefined,
    )?.time;
  };
  const none = typeof rows.errors![0]!.id === "string" ? String(NONE_KEPT) : NONE_KEPT;
  return {
    ...rows,
    errors: rows.errors!.map((row) => ({ ...row, oldest_kept: oldestOf(row.id) ?? none })),
  };
}

/** As they are in the present version. */
function brought(version: Version, rows: Rows): Rows {
  return withLevels(withMoments(version < 7 ? withNew(rows) : rows));
}

/** As they are afterwards: when an error came back stands in its history, when it rose beside its hours. */
function withMoments(rows: Rows): Rows {
  const isText = typeof rows.errors![0]!.id === "string";
  const last = (times: readonly number[]) => {
    if (times.length === 0) return null;
    return isText ? String(Math.max(...times)) : Math.max(...times);
  };
  return {
    ...rows,
    errors: rows.errors!.map((row) => ({
      ...row,
      came_back_at: last(
        rows.history!.filter(({ error, action }) => error === row.id && action === "came_back")
          .map(({ time }) => Number(time)),
      ),
      rising_at: last(
        rows.hours!.filter(({ error, count, alarm_at }) =>
          error === row.id && alarm_at !== null && Number(alarm_at) <= Number(count)
        ).map(({ hour }) => Number(hour) * HOUR_MS),
      ),
    })),
  };
}

/** As they are afterwards: of the records only failures were counted. */
function withLevels({ traffic, ...rows }: Rows): Rows {
  if (traffic === undefined) return rows;
  const levels = { debug: 0, info: 0, warn: 0, critical: 0 };
  return { ...rows, traffic: traffic.map((row) => ({ ...row, ...levels, error: row.failures })) };
}

/** As they are afterwards: what nobody wrote down then is not known. */
function withNew(rows: Rows): Rows {
  const none = typeof rows.errors![0]!.id === "string" ? "0" : 0;
  return {
    ...rows,
    errors: rows.errors!.map((row) => ({
      ...row,
      users: none,
      environments: "[]",
      resolved_rank: row.resolved_in === null ? null : none,
      resolved_next: 0,
      proof_requests: none,
      proof_good: none,
      proof_failures: none,
      proof_since: null,
      proved_at: null,
      came_back_in: null,
      assigned_to: null,
      issue_url: null,
    })),
    occurrences: rows.occurrences!.map((row) => ({ ...row, event_id: null, event_service: null })),
    hours: rows.hours!.map((row) => ({ ...row, alarm_at: null })),
    history: rows.history!.map((row) => ({ ...row, occurrence: null })),
  };
}

/** Tables with their columns, and indexes. */
function shapeOfSqlite(path: string): unknown[] {
  const db = new DatabaseSync(path, { readOnly: true });
  const columns = db.prepare(
    `select tables.name as "table", columns.name as "column", columns.type, columns."notnull", pk
     from sqlite_schema as tables, pragma_table_info(tables.name) as columns
     where tables.type = 'table' order by 1, 2`,
  ).all();
  const others = db.prepare(
    "select type, name, tbl_name from sqlite_schema where type <> 'table' order by 1, 2, 3",
  ).all();
  db.close();
  return [...columns, ...others].map((row) => ({ ...row }));
}

async function shapeOfPostgres(url: string, server: AnyServer): Promise<unknown[]> {
  const columns = await server.run(
    `select table_name, column_name, data_type, is_nullable, identity_generation, column_default
     from information_schema.columns where table_schema = 'holdfast' order by 1, 2`,
    url,
  );
  const indexes = await server.run(
    "select indexname, indexdef from pg_indexes where schemaname = 'holdfast' order by 1",
    url,
  );
  return [...columns, ...indexes];
}

async function withFile(run: (path: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await run(`${folder}/holdfast.db`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function testPostgres(
  sentence: string,
  run: (url: string, server: AnyServer) => Promise<void>,
): void {
  if (server === undefined) {
    return Deno.test.ignore(`postgres: ${sentence} (skipped, because ${missing})`, () => {});
  }
  Deno.test(`postgres: ${sentence}`, async () => {
    const url = await server.newDatabase();
    try {
      await run(url, server);
    } finally {
      await server.dropDatabase(url);
    }
  });
}
