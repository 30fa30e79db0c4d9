import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { openStore } from "../../store/open.ts";
import { openPostgres } from "../../store/postgres.ts";
import { PostgresDatabase } from "../../store/drivers/postgres.ts";
import { VERSION } from "../../store/schema/schema.ts";
import { type Store, StoreBusy } from "../../store/store.ts";
import { fetchPrograms } from "../helpers/postgres_programs.ts";
import { anyPostgres, type AnyServer, PASSWORD } from "../helpers/postgres_server.ts";
import { until } from "../helpers/until.ts";
import { Source, times } from "./entries.ts";

const LIMITS = { days: 90, keepOccurrences: 100, maxMegabytes: 1024 };

Deno.test("postgres: an address that can never be right is one clear sentence without its secrets", async () => {
  const wrong = [
    ["postgres://u:hush@h:99999/d", "postgres://USER:PASSWORD@HOST:PORT/DATABASE"],
    ["postgres://u:hush@h/d?sslmode=maybe", "sslmode in STORE_URL must be disable, prefer"],
    ["postgres://u:hush@h/d?sslmode=verify-full&sslrootcert=/nowhere/ca.pem", "/nowhere/ca.pem"],
  ];
  for (const [url, sentence] of wrong) {
    const error = await assertRejects(() => openStore(url!), Error, sentence);
    assertEquals(error instanceof StoreBusy, false);
    assertEquals(shownOf(error).includes("hush"), false, shownOf(error));
  }
});

Deno.test("postgres: a server that is not there makes every call busy, and names where it looked", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  const store = openPostgres(`postgres://me:hush@127.0.0.1:${port}/mine`);
  for (const call of callsOf(store)) {
    const error = await assertRejects(call, StoreBusy, `postgres://127.0.0.1:${port}/mine`);
    assertStringIncludes(error.message, "nothing listens there");
    assertEquals(shownOf(error).includes("hush"), false, shownOf(error));
  }
  await store.close();
});

const missing = Deno.env.has("TEST_POSTGRES_URL") ? undefined : fetchPrograms();
const server = missing === undefined ? await anyPostgres() : undefined;
if (server) Deno.test.afterAll(async () => await server[Symbol.asyncDispose]());

function test(sentence: string, run: (url: string, server: AnyServer) => Promise<void>): void {
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

async function using<T>(store: Store, work: (store: Store) => Promise<T>): Promise<T> {
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

test(
  "ten instances that start at once on an empty database all work, and migrate it once",
  async (url, server) => {
    const stores = times(10, () => openPostgres(url, { maxConnections: 2 }));
    const written = await Promise.all(
      stores.map((store) => store.write([new Source().failure("a"), new Source().log()])),
    );
    assertEquals(written.flatMap(({ alerts }) => alerts).map(({ kind }) => kind), ["new"]);
    assertEquals((await stores[0]!.health()).logs, 20);
    assertEquals((await stores[9]!.listErrors({ limit: 5 })).items.map(({ count }) => count), [10]);
    await Promise.all(stores.map((store) => store.close()));
    const versions = await server.run("select version from holdfast.versions", url);
    assertEquals(versions.map(({ version }) => version), [VERSION]);
  },
);

test("everything is there for the next process, and a closed store says so", async (url) => {
  const failure = new Source().failure("a");
  const first = openPostgres(url);
  await first.write([failure]);
  await first.close();
  await first.close();
  await assertRejects(() => first.health(), Error, "is closed");
  await using(openPostgres(url), async (store) => {
    assertEquals((await store.write([failure])).duplicates, 1);
    assertEquals((await store.receipt(failure.record.error_id!))!.state, "open");
  });
});

test("a database that a newer version wrote is left alone", async (url, server) => {
  await using(openPostgres(url), (store) => store.health());
  await server.run("insert into holdfast.versions (version) values (99)", url);
  await using(openPostgres(url), async (store) => {
    await assertRejects(() => store.health(), StoreBusy, "a newer version of Holdfast");
  });
});

test("a wrong password is said without the password, and the right one works", async (url) => {
  const wrong = new URL(url);
  wrong.password = "hush%40hush";
  await using(openPostgres(wrong.href), async (store) => {
    const error = await assertRejects(() => store.health(), StoreBusy, "refuses this user");
    assertEquals(/hush|horse/.test(shownOf(error)), false, shownOf(error));
  });
  await using(openPostgres(url), async (store) => assertEquals((await store.health()).logs, 0));
});

test("a database that is made later is taken into use when it is there", async (url, server) => {
  const later = new URL(url);
  later.pathname += "_later";
  await using(openPostgres(later.href), async (store) => {
    await assertRejects(() => store.health(), StoreBusy, "there is no such database");
    await server.run(`create database ${later.pathname.slice(1)}`);
    assertEquals((await store.write([new Source().log()])).stored, 1);
  });
  await server.dropDatabase(later.href);
});

test("a schema that somebody dropped is made again", async (url, server) => {
  await using(openPostgres(url), async (store) => {
    const batch = [new Source().failure("a")];
    await store.write(batch);
    await server.run("drop schema holdfast cascade", url);
    await assertRejects(() => store.write(batch), StoreBusy);
    const { duplicates, alerts } = await store.write(batch);
    assertEquals([duplicates, alerts.length], [0, 1]);
  });
});

test("connections that are killed are replaced", async (url, server) => {
  await using(openPostgres(url, { maxConnections: 2 }), async (store) => {
    const source = new Source();
    await store.write([source.log()]);
    const kill = "select pg_terminate_backend(pid) from pg_stat_activity where datname = " +
      `'${new URL(url).pathname.slice(1)}' and application_name = 'holdfast'`;
    const batch = [source.failure("a"), source.log()];
    await server.run(kill);
    const written = await until(() => store.write(batch).catch(orBusy), { what: "it is written" });
    assertEquals(written.duplicates, 0);
    assertEquals((await store.health()).logs, 3);
  });
});

const FAULTS = [
  ["the disk is full", "53100", "its disk is full"],
  ["it is a standby", "25006", "it is read-only"],
  ["it runs out of memory", "53200", "out of luck"],
  ["its disk breaks", "58030", "out of luck"],
] as const;

for (const [what, code, sentence] of FAULTS) {
  test(`when ${what} the same entries are taken later, wholly`, async (url, server) => {
    await using(openPostgres(url), async (store) => {
      const batch = [new Source().failure("a"), new Source().log()];
      await store.health();
      await server.run(
        `create function fail() returns trigger language plpgsql as
           $$ begin raise 'out of luck' using errcode = '${code}'; end $$;
         create trigger fail before insert on holdfast.occurrences execute function fail()`,
        url,
      );
      await assertRejects(() => store.write(batch), StoreBusy, sentence);
      assertEquals((await store.health()).logs, 0);
      await server.run("drop trigger fail on holdfast.occurrences", url);
      const { stored, duplicates, alerts } = await store.write(batch);
      assertEquals([stored, duplicates, alerts.length], [2, 0, 1]);
    });
  });
}

test(
  "a user with the documented rights is enough, and a right that is lost makes it busy",
  async (url, server) => {
    const app = new URL(url);
    const role = `app_${new URL(url).pathname.slice(1)}`;
    [app.username, app.password] = [role, PASSWORD];
    await using(openPostgres(url), (store) => store.health());
    await server.run(
      `create role ${role} login password '${PASSWORD}';
     grant usage on schema holdfast to ${role};
     grant select, insert, update, delete on all tables in schema holdfast to ${role}`,
      url,
    );
    await using(openPostgres(app.href), async (store) => {
      const source = new Source();
      const { alerts } = await store.write([source.failure("a"), source.log()]);
      await store.change([alerts[0]!.error.id], { action: "resolve" });
      await store.sweep({ ...LIMITS, keepOccurrences: 1 }, Date.now() + 1e11);
      await server.run(`revoke insert on holdfast.log_tail from ${role}`, url);
      const batch = [source.log()];
      await assertRejects(() => store.write(batch), StoreBusy, "lacks a right");
      await server.run(`grant insert on holdfast.log_tail to ${role}`, url);
      assertEquals((await store.write(batch)).duplicates, 0);
    });
    await server.run(`drop owned by ${role}; drop role ${role}`, url);
  },
);

test("a table that somebody holds does not hold the caller", async (url) => {
  await using(openPostgres(url, { lockTimeoutMs: 50 }), async (store) => {
    await store.health();
    const batch = [new Source().log()];
    const held = await hold(url, "lock table holdfast.log_tail");
    await assertRejects(() => store.write(batch), StoreBusy, "held a lock for too long");
    await held.release();
    assertEquals((await store.write(batch)).stored, 1);
  });
});

test("a statement that takes too long is given up", async (url, server) => {
  await using(openPostgres(url, { statementTimeoutMs: 100 }), async (store) => {
    await store.health();
    await server.run(
      `create function nap() returns trigger language plpgsql as
         $$ begin perform pg_sleep(5); return null; end $$;
       create trigger nap before insert on holdfast.log_tail execute function nap()`,
      url,
    );
    await assertRejects(() => store.write([new Source().log()]), StoreBusy, "took too long");
  });
});

test("entries that can never be stored say so, and take nothing with them", async (url) => {
  await using(openPostgres(url), async (store) => {
    const source = new Source();
    const batch = [source.failure("a"), source.log({ seq: 1.5 })];
    const error = await assertRejects(() => store.write(batch), Error, "no whole number");
    assertEquals(error instanceof StoreBusy, false);
    assertEquals((await store.health()).logs, 0);
    assertEquals((await store.listErrors({ limit: 1 })).total, 0);
    assertEquals((await store.write([batch[0]!])).alerts.length, 1);
  });
});

test("two that write the same records at the same time store them once", async (url) => {
  const stores = times(4, () => openPostgres(url));
  const source = new Source();
  const batch = times(200, (i) => i % 4 === 0 ? source.failure(`k${i % 8}`) : source.log());
  const written = await Promise.all(stores.map((store) => store.write(batch)));
  const duplicates = written.reduce((sum, { duplicates }) => sum + duplicates, 0);
  assertEquals(duplicates, 600);
  assertEquals(written.flatMap(({ alerts }) => alerts).length, 2);
  const { items } = await stores[0]!.listErrors({ limit: 10 });
  assertEquals(items.map(({ count }) => count), [25, 25]);
  await Promise.all(stores.map((store) => store.close()));
});

test("failures of errors that were merged are counted all", async (url, server) => {
  await using(openPostgres(url), async (store) => {
    const source = new Source();
    const [one, other] = [source.failure("a"), source.failure("b")];
    await store.write([one, other]);
    await server.run(
      "update holdfast.error_keys set error = (select min(id) from holdfast.errors)",
      url,
    );
    await store.write([source.failure("b"), source.failure("a"), source.failure("b")]);
    assertEquals((await store.error(one.record.error_id!))!.count, 4);
  });
});

test("one instance does retention at a time", async (url) => {
  await using(openPostgres(url), async (store) => {
    await store.write(times(10, () => new Source(0).log()));
    const held = await hold(url, "select pg_advisory_xact_lock(7525352680829580151)");
    assertEquals(await store.sweep(LIMITS, Date.now()), { removed: 0, more: false });
    await held.release();
    assertEquals(await store.sweep(LIMITS, Date.now()), { removed: 10, more: false });
  });
});

test(
  "the tables of a small store stay small while it is written over and over",
  async (url, server) => {
    await using(openPostgres(url), async (store) => {
      const limits = { days: 90, keepOccurrences: 100, maxMegabytes: 2 };
      const source = new Source();
      const sizes: number[] = [];
      for (let round = 0; round < 24; round++) {
        await store.write(
          times(600, () => source.log({ attrs: { filler: times(15, () => crypto.randomUUID()) } })),
        );
        for (let i = 0; i < 5 && (await store.sweep(limits, Date.now())).more;) i++;
        const [row] = await server.run(
          `select (pg_total_relation_size('holdfast.log_tail')
             + pg_total_relation_size('holdfast.log_data'))::integer as bytes`,
          url,
        );
        sizes.push(Number(row!.bytes));
      }
      const [half, end] = [sizes[11]!, sizes[23]!];
      assert(end < half * 1.25, `${half} bytes became ${end}`);
    });
  },
);

function callsOf(store: Store): (() => Promise<unknown>)[] {
  return [
    () => store.write([new Source().log()]),
    () => store.listLogs({ limit: 1 }),
    () => store.error("x"),
    () => store.change(["x"], { action: "resolve" }),
    () => store.logsAfter({ limit: 1 }),
    () => store.merge("x", { into: "y" }),
    () => store.sweep(LIMITS, 0),
    () => store.health(),
  ];
}

function orBusy(error: unknown): undefined {
  assert(error instanceof StoreBusy, String(error));
}

/** All that anybody could print of an error. */
function shownOf(error: Error): string {
  return Deno.inspect(error, { depth: 10 });
}

/** Holds what a statement locks, in a transaction of somebody else, until it is released. */
async function hold(url: string, sql: string): Promise<{ release(): Promise<void> }> {
  const db = new PostgresDatabase(url, { statementTimeoutMs: 60_000 }, async () => {});
  const locked = Promise.withResolvers<void>();
  const end = Promise.withResolvers<void>();
  const held = db.transaction(async (session) => {
    await session.all(sql);
    locked.resolve();
    await end.promise;
  });
  await Promise.race([locked.promise, held]);
  return {
    async release() {
      end.resolve();
      await held;
      await db.close();
    },
  };
}
