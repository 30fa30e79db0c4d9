import { assert, assertEquals, assertMatch, assertNotMatch } from "@std/assert";
import type { LogRecord } from "../../store/record.ts";
import { type Answer, gapsIn, startLoad } from "../helpers/load.ts";
import { recordsInDatabase } from "../helpers/log_lines.ts";
import { fetchPrograms } from "../helpers/postgres_programs.ts";
import { PASSWORD, type PostgresServer, startPostgres } from "../helpers/postgres_server.ts";
import { summary } from "../helpers/read_books.ts";
import { INTAKE_KEY, jsonBody, withToken } from "../helpers/start_app.ts";
import { DEPLOYMENT, type InstanceOptions, instances } from "../helpers/start_instance.ts";
import type { Service } from "../helpers/start_service.ts";
import { until } from "../helpers/until.ts";

/** The platform sends SIGKILL this long after SIGINT. */
const GRACE_MS = 5_000;
/** What a machine that runs other tests, too, may need beyond it: half a second is left on a quiet one. */
const BUSY_MACHINE_MS = 1_500;
const ANSWERS_BEFORE_STOP = 300;
const FAILURES_BEFORE_STOP = 100;
/** `/fail` is there, and every answer leaves a record to look for. */
const LOADED = { HOLDFAST_ENV: "development", LOG_LEVEL: "DEBUG" };

const missing = fetchPrograms();
const server = missing === undefined ? await startPostgres() : undefined;
if (server) Deno.test.afterAll(async () => await server[Symbol.asyncDispose]());

function test(sentence: string, run: (server: PostgresServer) => Promise<void>): void {
  if (server === undefined) {
    return Deno.test.ignore(`${sentence} (skipped, because ${missing})`, () => {});
  }
  Deno.test(sentence, () => run(server));
}

for (const hasWorkers of [true, false]) {
  for (const disk of ["read-only", "ephemeral"] as const) {
    const platform = `whose disk is ${disk}, with ${hasWorkers ? "" : "no "}Web Workers`;
    test(`on a platform ${platform}, DATABASE_URL alone is enough: the service answers, stores, and stops in time`, async (server) => {
      const databaseUrl = await server.newDatabase();
      const owner = { INTAKE_KEYS: INTAKE_KEY, OPERATOR_TOKEN: "" };
      using place = instances({ databaseUrl, disk, hasWorkers, variables: owner });
      const before = place.files();
      await using service = await place.start();
      assertEquals(await statusOf(service, "/board"), 404);
      const receipt = await reportFailure(service);
      await until(() => isOpen(service, receipt), { what: "the failure can be looked up" });
      assertEquals(await statusOf(service, "/readyz"), 200);
      const stopMs = await stop(service);

      const said = messagesOf(service);
      assertEquals(count(said, /^Holdfast serves at .* \(production, store postgres:/), 1);
      assertEquals(count(said, /^Board: closed \(OPERATOR_TOKEN is not set\)$/), 1);
      assertEquals(count(said, /^This platform has no Web Workers/), hasWorkers ? 0 : 1);
      assertEquals(count(said, /^Cannot write the journal in /), disk === "read-only" ? 1 : 0);
      assertEquals(
        count(said, /but is lost with this instance$/),
        disk === "ephemeral" ? 1 : 0,
      );
      assertNotMatch(service.output, new RegExp(PASSWORD));
      assertEquals(place.files(), before);
      const records = await recordsIn(server, databaseUrl);
      // What the shop reports has none.
      const releases = new Set(records.flatMap(({ release }) => release ?? []));
      assertEquals([...releases], [DEPLOYMENT]);
      console.log(summary({
        "lines of JSON": said.length,
        logs: records.length,
        "stopped after ms": stopMs,
      }));
    });
  }
}

for (const disk of ["read-only", "ephemeral"] as const) {
  test(`of two instances whose disks are ${disk}, one is stopped under load, and loses nothing`, async (server) => {
    const options = await loaded(server, disk);
    using one = instances(options);
    using other = instances(options);
    await using stays = await one.start();
    await using goes = await other.start();
    const loads = [startLoad(stays), startLoad(goes)];
    await until(() => loads.every(({ answers }) => answers.length >= ANSWERS_BEFORE_STOP), {
      what: "answers of both",
    });
    const stopMs = await stop(goes);
    const answers = (await Promise.all(loads.map((load) => load.stop()))).flat();
    await stop(stays);
    const { lost, gaps, records } = reconcile(
      await recordsIn(server, options.databaseUrl),
      answers,
    );
    console.log(
      summary({ answered: answers.length, records, lost, gaps, "stopped after ms": stopMs }),
    );
    assertEquals([lost, gaps], [0, 0]);
    for (const service of [stays, goes]) messagesOf(service);
  });
}

test("an instance that is killed has its failures on its disk: the next start there stores them", async (server) => {
  const options = await loaded(server, "ephemeral");
  using place = instances(options);
  using elsewhere = instances(options);
  await using stays = await elsewhere.start();
  const killed = await place.start();
  const load = startLoad(killed);
  await until(() => load.answers.length >= ANSWERS_BEFORE_STOP, { what: "some answers" });
  killed.kill("SIGKILL");
  const failures = (await load.stop()).filter(({ errorId }) => errorId !== undefined);
  await killed.ended;
  const before = await lostOf(failures, stays);
  await using next = await place.start();
  await until(async () => (await lostOf(failures, next)).length === 0, {
    what: "every receipt can be looked up",
  });
  console.log(summary({
    "failures answered": failures.length,
    "lost where the disk is lost": before.length,
    "lost where it is not": 0,
  }));
  await stop(next);
  await stop(stays);
});

for (const disk of ["read-only", "ephemeral"] as const) {
  test(`a stop while the database answers nothing, on a disk that is ${disk}, is in time, and says what became of the records`, async (server) => {
    const options = await loaded(server, disk);
    using place = instances(options);
    await using service = await place.start();
    const stopMs = await whileFrozen(server, async () => {
      for (let i = 0; i < FAILURES_BEFORE_STOP; i++) {
        assertEquals(await statusOf(service, "/fail?how=throw"), 500);
      }
      // Its question to the store is answered by nobody.
      const asking = statusOf(service, "/?query_content=none&user_type=guest").catch(() => 0);
      const stopMs = await stop(service);
      await asking;
      return stopMs;
    });
    const last = messagesOf(service).at(-1)!;
    assertMatch(last, /^The log was not written out in time: /);
    const [spilled = 0, dropped = 0] = Array.from(last.matchAll(/\d+/g), Number);
    console.log(
      summary({ failures: FAILURES_BEFORE_STOP, spilled, dropped, "stopped after ms": stopMs }),
    );
    assert(
      disk === "ephemeral" ? spilled > 0 && dropped === 0 : spilled === 0 && dropped > 0,
      last,
    );
  });
}

async function loaded(server: PostgresServer, disk: InstanceOptions["disk"]) {
  return { databaseUrl: await server.newDatabase(), disk, variables: LOADED };
}

/** As the platform does it. Milliseconds from the signal to the end. */
async function stop(service: Service): Promise<number> {
  const begunMs = performance.now();
  service.kill("SIGINT");
  assertEquals(await service.ended, { code: 0, signal: null });
  const tookMs = Math.round(performance.now() - begunMs);
  assert(tookMs < GRACE_MS + BUSY_MACHINE_MS, `${tookMs} ms`);
  return tookMs;
}

async function whileFrozen<T>(server: PostgresServer, work: () => Promise<T>): Promise<T> {
  server.freeze(true);
  try {
    return await work();
  } finally {
    server.freeze(false);
  }
}

async function statusOf(service: Service, path: string): Promise<number> {
  const response = await service.fetch(path);
  await response.body?.cancel();
  return response.status;
}

async function reportFailure(service: Service): Promise<string> {
  const report = { svc_name: "shop", error: { type: "TypeError", message: "total is undefined" } };
  const response = await service.fetch("/errors", withToken(INTAKE_KEY, jsonBody(report)));
  assertEquals(response.status, 202);
  return (await response.json()).content.ids[0];
}

async function isOpen(service: Pick<Service, "fetch">, receipt: string): Promise<boolean> {
  const response = await service.fetch(`/?query_content=${receipt}&user_type=guest`);
  return (await response.json()).content?.state === "open";
}

/** Those of the failures whose receipt leads nowhere. */
async function lostOf(failures: readonly Answer[], service: Service): Promise<Answer[]> {
  const found = await Promise.all(failures.map(({ errorId }) => isOpen(service, errorId!)));
  return failures.filter((_, index) => !found[index]);
}

/** What the process printed, which must be one object of JSON a line. */
function messagesOf(service: Service): string[] {
  return service.output.trimEnd().split("\n").map((line) => JSON.parse(line).message);
}

function count(messages: readonly string[], pattern: RegExp): number {
  return messages.filter((message) => pattern.test(message)).length;
}

function recordsIn(server: PostgresServer, databaseUrl: string): Promise<LogRecord[]> {
  return recordsInDatabase((sql) => server.run(sql, databaseUrl));
}

function reconcile(kept: readonly LogRecord[], answers: readonly Answer[]) {
  const ids = new Set(kept.map(({ request_id }) => request_id));
  const processes = Map.groupBy(kept, ({ boot_id }) => boot_id);
  return {
    lost: answers.filter(({ requestId }) => !ids.has(requestId)).length,
    gaps: [...processes.values()].reduce(
      (sum, rows) => sum + gapsIn(rows.map(({ seq }) => seq).sort((a, b) => a - b)),
      0,
    ),
    records: kept.length,
  };
}
