import { assertEquals, assertRejects } from "@std/assert";
import type { Session } from "../../store/drivers/database.ts";
import { translate } from "../../store/drivers/translate.ts";
import { onEachEngine } from "../helpers/each_engine.ts";

Deno.test("a statement is translated for SQLite where it says the same in other words", () => {
  const pairs = [
    ["select * from holdfast.errors where id = $1", "select * from errors where id = ?1"],
    ["select $12::text, $2::bigint[]", "select ?12, ?2"],
    [
      "select 1 from holdfast.errors order by id for update of errors",
      "select 1 from errors order by id",
    ],
    ["select 1 from holdfast.errors for update skip locked", "select 1 from errors"],
    ["id = any ($1::bigint[])", "id in (select value from json_each(?1))"],
    ["id <> all ($3)", "id not in (select value from json_each(?3))"],
    [
      "select * from json_to_recordset($2) as given (name text, count bigint)",
      "select * from (select value ->> 'name' as name, value ->> 'count' as count from (select jsonb(value) as value from json_each(?2) limit -1)) as given",
    ],
    ["select 'holdfast', '$.a' from errors_update", "select 'holdfast', '$.a' from errors_update"],
  ] as const;
  for (const [sql, translated] of pairs) assertEquals(translate(sql), translated);
});

onEachEngine("values, arrays and rows given as JSON arrive as they were", async (db) => {
  await db.transaction(async (session) => {
    await addServices(session, ["a", "b", 'c"\\', "é€😀"]);
    const sql =
      "select svc_name, opened from holdfast.services where svc_name = any ($1) order by opened";
    assertEquals(plain(await session.all(sql, [["b", 'c"\\', "é€😀", "none"]])), [
      { svc_name: "b", opened: 1 },
      { svc_name: 'c"\\', opened: 2 },
      { svc_name: "é€😀", opened: 3 },
    ]);
    const others = "select svc_name from holdfast.services where opened <> all ($1) order by 1";
    assertEquals(plain(await session.all(others, [[1, 2, 3]])), [{ svc_name: "a" }]);
    assertEquals(await session.run("delete from holdfast.services where opened > $1", [1]), 2);
  });
});

onEachEngine("bytes come back as they went in", async (db) => {
  const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
  await db.transaction(async (session) => {
    const type = session.engine === "sqlite" ? "blob" : "bytea";
    await session.run(`create table holdfast.held (bytes ${type})`);
    await session.run("insert into holdfast.held (bytes) values ($1)", [bytes]);
    const row = await session.get<{ bytes: Uint8Array }>("select bytes from holdfast.held");
    assertEquals(Uint8Array.from(row!.bytes), bytes);
  });
});

onEachEngine("a batch gives the rows of each of its statements", async (db) => {
  const results = await db.transaction(async (session) => {
    await addServices(session, ["a", "b"]);
    return await session.batch([
      { sql: "update holdfast.services set opened = 7 where svc_name = $1", values: ["a"] },
      { sql: "select opened from holdfast.services order by svc_name" },
      {
        sql: "delete from holdfast.services where svc_name = $1 returning opened",
        values: ["a"],
      },
    ]);
  });
  assertEquals(results.map(plain), [[], [{ opened: 7 }, { opened: 1 }], [{ opened: 7 }]]);
});

onEachEngine("a transaction that fails leaves nothing, and the next one goes on", async (db) => {
  const fails = (session: Session) =>
    session.batch([
      { sql: "insert into holdfast.services values ('a', 0, 0)" },
      { sql: "insert into holdfast.services values ('a', 0, 0)" },
      { sql: "insert into holdfast.services values ('b', 0, 0)" },
    ]);
  await assertRejects(() => db.transaction(fails), Error, "refused a statement");
  await db.transaction((session) => addServices(session, ["c"]));
  assertEquals(await names(db.ask.bind(db)), ["c"]);
});

onEachEngine("what a piece of work throws arrives as it is, and undoes it", async (db) => {
  const refusal = new RangeError("not with me");
  const thrown = await assertRejects(() =>
    db.transaction(async (session) => {
      await addServices(session, ["a"]);
      throw refusal;
    })
  );
  assertEquals(thrown === refusal, true);
  assertEquals(await names(db.ask.bind(db)), []);
});

onEachEngine("pieces of work do not see one another's halves", async (db) => {
  const { promise: isHalf, resolve: half } = Promise.withResolvers<void>();
  const { promise: mayEnd, resolve: end } = Promise.withResolvers<void>();
  const written = db.transaction(async (session) => {
    await addServices(session, ["a"]);
    half();
    await mayEnd;
    await addServices(session, ["b"]);
  });
  await isHalf;
  const seen = names(db.ask.bind(db));
  // PostgreSQL answers from before, SQLite when it is over.
  if (db.engine === "postgres") assertEquals(await seen, []);
  end();
  await written;
  assertEquals(await names(db.ask.bind(db)), ["a", "b"]);
  assertEquals(await seen, db.engine === "postgres" ? [] : ["a", "b"]);
});

onEachEngine("closing waits for the work that was begun, and then says so", async (db) => {
  const written = db.transaction((session) => addServices(session, ["a"]));
  await written;
  await Promise.all([db.close(), db.close()]);
  await assertRejects(() => names(db.ask.bind(db)), Error, "is closed");
});

async function addServices(session: Session, services: readonly string[]): Promise<void> {
  const rows = services.map((name, opened) => ({ name, opened }));
  await session.run(
    `insert into holdfast.services (svc_name, hour, opened)
     select name, 0, opened from json_to_recordset($1) as given (name text, opened bigint)`,
    [JSON.stringify(rows)],
  );
}

async function names(
  ask: <Result>(work: (session: Session) => Promise<Result>) => Promise<Result>,
): Promise<string[]> {
  const sql = "select svc_name from holdfast.services order by 1";
  return (await ask((session) => session.all<{ svc_name: string }>(sql))).map((row) =>
    row.svc_name
  );
}

/** SQLite's rows have no prototype. */
function plain(rows: readonly unknown[]): unknown[] {
  return rows.map((row) => ({ ...row as Record<string, unknown> }));
}
