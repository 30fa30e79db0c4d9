/**
 * A real service under load while its database is in trouble, and the books afterwards: accepted = stored + dropped, and
 * everything once.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { openPostgres } from "../../store/postgres.ts";
import { type Answer, type Load, startLoad, STORELESS_PATHS } from "./load.ts";
import { countsOf, recordsInDatabase } from "./log_lines.ts";
import { PASSWORD, type PostgresServer } from "./postgres_server.ts";
import { readBooks, summary } from "./read_books.ts";
import { type Relay, startRelay } from "./relay.ts";
import { type Service, startService } from "./start_service.ts";
import { until } from "./until.ts";

/** Of each of four loads: before it, while it begins, during it, while it ends. */
const ANSWERS_A_LOAD = 300;
/** So many are answered, and some of their records on their way, when it begins or ends. */
const ANSWERS_UNDER_WAY = 100;
/** Longer than the longest pause between two tries of the store, and what waits is written. */
const CATCH_UP_WITHIN_MS = 60_000;

/** All that is stored, and what of it there would be twice. */
const KEPT = `
  select (select count(*)::integer from holdfast.occurrences) as occurrences,
    (select count(distinct error_id)::integer from holdfast.occurrences) as receipts,
    (select sum(count)::integer from holdfast.errors) as counted`;

/** A service, its database, and the wire between them. */
export interface World extends AsyncDisposable {
  /** Where the database is; after a fail-over another one. */
  server: PostgresServer;
  /** What the service's `STORE_URL` points at. */
  relay: Relay;
  /** The database user of the service, with the documented rights and no other. */
  role: string;
  /** The real process. */
  service: Service;
  /** Runs statements in the service's database as the superuser. */
  run(sql: string): Promise<Record<string, unknown>[]>;
}

/** What happens to the database. */
export interface Outage {
  /** Makes the trouble, while `load` goes on. */
  begin: (world: World, load: Load) => unknown;
  /** Makes all well again. Absent: the trouble ends by itself. */
  end?: (world: World) => unknown;
  /** What the log says of it while `/readyz` answers 503. Absent: the store goes on taking records. */
  says?: string;
}

/** Starts a service on a new database, under a user with least rights. */
export async function startWorld(server: PostgresServer): Promise<World> {
  const { pathname } = new URL(await server.newDatabase());
  const database = pathname.slice(1);
  const role = `app_${database}`;
  await migrate(server.address(database));
  await server.run(
    `create role ${role} login password '${PASSWORD}';
     grant usage on schema holdfast to ${role};
     grant select, insert, update, delete on all tables in schema holdfast to ${role}`,
    server.address(database),
  );
  const relay = startRelay(server.port);
  const service = await startService({
    STORE_URL: `postgres://${role}:${PASSWORD}@127.0.0.1:${relay.port}/${database}`,
    KEEP_OCCURRENCES: "10000",
  });
  const world: World = {
    server,
    relay,
    role,
    service,
    run: (sql) => world.server.run(sql, world.server.address(database)),
    async [Symbol.asyncDispose]() {
      await service[Symbol.asyncDispose]();
      await relay[Symbol.asyncDispose]();
    },
  };
  return world;
}

/** Ends all connections of the service, as a careful administrator does. */
export function endConnections({ server, role }: World): Promise<unknown> {
  return server.run(
    `select pg_terminate_backend(pid) from pg_stat_activity
     where usename = '${role}' and application_name = 'holdfast'`,
  );
}

/** Loads the service before, during and after an outage, and fails unless every record is stored once. */
export async function survive(world: World, { begin, end, says }: Outage): Promise<void> {
  const { service } = world;
  const paths = STORELESS_PATHS;
  const before = await answersOf(startLoad(service, { maxAnswers: ANSWERS_A_LOAD, paths }));
  const beginning = await underWay(service);
  await begin(world, beginning);
  await beginning.ended;
  const during = await answersOf(startLoad(service, { maxAnswers: ANSWERS_A_LOAD, paths }));
  if (says === undefined) await untilStored(service);
  else {
    await until(() => service.output.includes(says), { what: `the log says: ${says}` });
    assertEquals(await statusOf(service, "/readyz"), 503);
    assert((await readBooks(service)).pending > 0, "records wait");
  }
  const lookedUp = await lookUp(service);
  const ending = await underWay(service);
  await end?.(world);
  await ending.ended;
  await until(async () => await statusOf(service, "/readyz") === 200, {
    what: "it is ready",
    withinMs: CATCH_UP_WITHIN_MS,
  });
  await untilStored(service);
  await assertFound(service, during);
  await untilStored(service);
  await assertAllOnce(world, [before, beginning.answers, during, ending.answers].flat());
  const medians = [medianMs(before), medianMs(during)] as const;
  console.log(summary({
    "an answer took (median, ms)": `${medians[0]} before, ${medians[1]} during: ${
      (medians[1] / medians[0]).toFixed(2)
    } times`,
    "a question to the store took (ms)": lookedUp,
  }));
  service.kill("SIGTERM");
  assertEquals(await service.ended, { code: 0, signal: null });
  assertEquals(service.output.includes(PASSWORD), false);
}

async function answersOf({ ended, answers }: Load): Promise<Answer[]> {
  await ended;
  return answers;
}

async function underWay(service: Service): Promise<Load> {
  const load = startLoad(service, { maxAnswers: ANSWERS_A_LOAD, paths: STORELESS_PATHS });
  await until(() => load.answers.length >= ANSWERS_UNDER_WAY, { what: "records on their way" });
  return load;
}

/** The service itself finds what was stored late: its questions go where its records went. */
async function assertFound(service: Service, answers: readonly Answer[]): Promise<void> {
  const { errorId } = answers.findLast(({ errorId }) => errorId !== undefined)!;
  assertEquals(await statusOf(service, `/?query_content=${errorId}&user_type=guest`), 200);
}

async function assertAllOnce(world: World, answers: readonly Answer[]): Promise<void> {
  const books = await readBooks(world.service);
  const spilled = await spilledBy(world.service);
  const records = await recordsInDatabase((sql) => world.run(sql));
  const [errors] = await world.run(KEPT) as [Record<string, number>];
  const with_password =
    records.filter((record) => JSON.stringify(record).includes(PASSWORD)).length;
  const kept: Record<string, number> = { ...errors, ...countsOf(records), with_password };
  const failures = answers.filter(({ errorId }) => errorId !== undefined);
  const receipts = failures.map(({ errorId }) => `('${errorId}')`).join();
  const [lost] = await world.run(
    `select count(*)::integer as failures from (values ${receipts}) as given (error_id)
     where error_id not in (select error_id from holdfast.occurrences)`,
  );
  const duplicates = kept.logs_twice! + kept.occurrences! - kept.receipts! +
    Math.abs(kept.counted! - kept.receipts!);
  console.log(summary({
    "requests answered": answers.length,
    "failures answered": failures.length,
    "failures lost": lost!.failures,
    accepted: books.accepted,
    stored: kept.logs,
    dropped: books.dropped,
    duplicates,
    spilled,
  }));
  assertEquals(books.accepted, kept.logs! + books.dropped);
  assertEquals([books.dropped, lost!.failures, duplicates, books.restarts], [0, 0, 0, 0]);
  assertEquals([kept.last_seq, kept.with_password], [books.accepted, 0]);
  assert(spilled >= failures.length, "every failure was on disk before its answer");
}

async function migrate(url: string): Promise<void> {
  const store = openPostgres(url);
  await store.health();
  await store.close();
}

async function untilStored(service: Service): Promise<void> {
  await until(async () => (await readBooks(service)).pending === 0, {
    what: "everything is stored",
    withinMs: CATCH_UP_WITHIN_MS,
  });
}

async function lookUp(service: Service): Promise<string> {
  const startMs = performance.now();
  const status = await statusOf(service, "/?query_content=none&user_type=guest");
  assert(status === 404 || status === 503, `it was answered: ${status}`);
  return `${Math.round(performance.now() - startMs)}, answered ${status}`;
}

async function spilledBy(service: Service): Promise<number> {
  const text = await (await service.fetch("/metrics")).text();
  return Number(/^holdfast_log_spilled_total (\d+)/m.exec(text)![1]);
}

async function statusOf(service: Service, path: string): Promise<number> {
  const response = await service.fetch(path);
  await response.body?.cancel();
  return response.status;
}

function medianMs(answers: readonly Answer[]): number {
  const sorted = answers.map(({ tookMs }) => tookMs).sort((a, b) => a - b);
  return Number((sorted[sorted.length >> 1] ?? NaN).toFixed(2));
}
