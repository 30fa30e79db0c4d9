import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { spillPaths } from "../../logging/orphan.ts";
import { SIGN_IN_LIMITS } from "../../board/attempts.ts";
import { askAnew, type Line, linesTo, pidOf, startTwo } from "../helpers/crew.ts";
import { type Answer, gapsIn, readKept, startLoad } from "../helpers/load.ts";
import { readBooks, summary } from "../helpers/read_books.ts";
import { fetchPrograms } from "../helpers/postgres_programs.ts";
import { startPostgres } from "../helpers/postgres_server.ts";
import { type Metrics, readMetrics } from "../helpers/read_metrics.ts";
import { INTAKE_KEY, jsonBody, OPERATOR_TOKEN, withToken } from "../helpers/start_app.ts";
import { runService, type Service, startService } from "../helpers/start_service.ts";
import { type TempFolder, tempFolder } from "../helpers/temp_folder.ts";
import { until } from "../helpers/until.ts";

const ANSWERS = 1_500;
const ANSWERS_BEFORE_STOP = 200;

const test = (name: string, run: () => Promise<void>) =>
  Deno.test({ name, ignore: Deno.build.os !== "linux", fn: run });

test("two workers answer behind one address, every receipt is known, the books of both balance, and SIGTERM loses nothing", async () => {
  using world = newWorld();
  await using service = await startTwo(world.variables);
  assertEquals(service.output.match(/serves at/g)?.length, 1);
  assertMatch(service.output, /\(development, store sqlite:[^,]+, 2 workers\)/);
  using anew = askAnew(service);
  const load = startLoad(anew, { maxAnswers: ANSWERS });
  await load.ended;
  const { answers } = load;
  const receipts = answers.flatMap(({ errorId }) => errorId ?? []);
  for (const receipt of receipts) await lookUp(anew, receipt);

  const metrics = await metricsOf(service);
  const accepted = ofWorkers(metrics, "holdfast_log_accepted_total");
  assert(accepted[0]! > ANSWERS / 10 && accepted[1]! > ANSWERS / 10, `both serve: ${accepted}`);
  assertEquals(ofWorkers(metrics, "holdfast_process_up"), [1, 1]);
  assertEquals(ofWorkers(metrics, "holdfast_process_replaced_total"), [0, 0]);
  const books = await readBooks(service);
  assertEquals(books.dropped, 0);
  const board = await pageOf(service, "/board/overview");
  assertMatch(board, /Last hour by route <span class="hint">all 2 workers/);

  service.kill("SIGTERM");
  assertEquals(await service.ended, { code: 0, signal: null });
  const { lost, gaps, boots } = reconcile(world, answers);
  console.log(
    summary({ answered: answers.length, failures: receipts.length, accepted, lost, gaps }),
  );
  assertEquals([lost, gaps, boots], [0, 0, 2]);
  assertNothingIsLeft(world);
});

test("a receipt is known to every worker as soon as a client has it", async () => {
  await using service = await startTwo();
  const [one, other] = await linesTo(service) as [Line, Line];
  for (let i = 0; i < 50; i++) {
    const { error_id } = await (await one.fetch("/fail?how=string")).json();
    await lookUp(other, error_id);
  }
  one[Symbol.dispose]();
  other[Symbol.dispose]();
});

for (const victim of ["first", "second"] as const) {
  test(`kill -9 of the ${victim} worker under load: the other one serves on, it is replaced, and no answer is lost`, async () => {
    using world = newWorld();
    await using service = await startTwo({ ...world.variables, LOG_SPILL: "all" });
    using anew = askAnew(service);
    const started = await startedPids(service);
    const pid = started[victim === "first" ? 0 : 1]!;
    const load = startLoad(anew);
    await until(() => load.answers.length > ANSWERS_BEFORE_STOP, { what: "some answers" });
    Deno.kill(pid, "SIGKILL");
    const before = load.answers.length;
    await until(async () => {
      const metrics = await metricsOf(anew);
      return ofWorkers(metrics, "holdfast_process_replaced_total").join() ===
          (victim === "first" ? "1,0" : "0,1") &&
        ofWorkers(metrics, "holdfast_process_up").join() === "1,1";
    }, { what: "the replacement serves" });
    assert(load.answers.length > before, "the other one served on");
    const answers = await load.stop();

    const receipts = answers.flatMap(({ errorId }) => errorId ?? []);
    for (const receipt of receipts) await until(() => isKnown(anew, receipt), { what: receipt });
    const { errors } = await service.asOperator("/errors?q=replaced");
    assertEquals(errors.map(({ message }: { message: string }) => message), [
      "A worker ended by itself and is replaced: signal SIGKILL",
    ]);
    await readBooks(service);
    service.kill("SIGTERM");
    assertEquals(await service.ended, { code: 0, signal: null });
    const { lost, gaps, boots } = reconcile(world, answers);
    console.log(summary({ answered: answers.length, failures: receipts.length, lost, gaps }));
    assertEquals([lost, gaps, boots], [0, 0, 3]);
    assertNothingIsLeft(world);
  });
}

const missing = fetchPrograms();

Deno.test({
  name: `two workers share a PostgreSQL too${missing ? ` (skipped, because ${missing})` : ""}`,
  ignore: missing !== undefined || Deno.build.os !== "linux",
  async fn() {
    await using server = await startPostgres();
    const url = await server.newDatabase();
    await using service = await startTwo({ STORE_URL: url, LOG_SPILL: "off", LOG_LEVEL: "DEBUG" });
    using anew = askAnew(service);
    const load = startLoad(anew, { maxAnswers: ANSWERS_BEFORE_STOP });
    await load.ended;
    const receipts = load.answers.flatMap(({ errorId }) => errorId ?? []);
    for (const receipt of receipts) await lookUp(anew, receipt);
    const accepted = ofWorkers(await metricsOf(service), "holdfast_log_accepted_total");
    assert(accepted.every((count) => count > 1), `both serve: ${accepted}`);
    service.kill("SIGTERM");
    assertEquals(await service.ended, { code: 0, signal: null });
    const rows = await server.run(
      "select line::json ->> 'request_id' as id from holdfast.logs",
      url,
    );
    const kept = new Set(rows.map(({ id }) => id));
    assertEquals(load.answers.filter(({ requestId }) => !kept.has(requestId)), []);
  },
});

test("a worker that is sent a SIGTERM of its own drains and is replaced; that is no error", async () => {
  using world = newWorld();
  await using service = await startTwo(world.variables);
  using anew = askAnew(service);
  const load = startLoad(anew);
  const [pid] = await startedPids(service);
  Deno.kill(pid!, "SIGTERM");
  await until(async () => {
    const metrics = await metricsOf(anew);
    return ofWorkers(metrics, "holdfast_process_replaced_total").join() === "1,0" &&
      ofWorkers(metrics, "holdfast_process_up").join() === "1,1";
  }, { what: "the replacement serves" });
  const answers = await load.stop();
  await until(async () => (await service.asOperator("/logs?q=replaced")).total > 0, {
    what: "the replacement says what it replaces",
  });
  const { total } = await service.asOperator("/errors?q=replaced");
  assertEquals(total, 0);
  service.kill("SIGTERM");
  assertEquals(await service.ended, { code: 0, signal: null });
  const { lost, gaps } = reconcile(world, answers);
  assertEquals([lost, gaps], [0, 0]);
});

test("Ctrl+C in a terminal, which reaches every process at once, loses nothing", async () => {
  using world = newWorld();
  await using service = await startTwo(world.variables);
  using anew = askAnew(service);
  const pids = await startedPids(service);
  const load = startLoad(anew);
  await until(() => load.answers.length > ANSWERS_BEFORE_STOP, { what: "some answers" });
  for (const pid of [...pids, service.pid]) Deno.kill(pid, "SIGINT");
  const answers = await load.stop();
  assertEquals(await service.ended, { code: 0, signal: null });
  const { lost, gaps } = reconcile(world, answers);
  assertEquals([lost, gaps], [0, 0]);
  assertNothingIsLeft(world);
});

test("a worker that does not end in time is ended, and the exit code says so", async () => {
  using world = newWorld();
  await using service = await startTwo({ ...world.variables, SHUTDOWN_MS: "1500" });
  const [, pid] = await startedPids(service);
  Deno.kill(pid!, "SIGSTOP");
  service.kill("SIGTERM");
  assertEquals(await service.ended, { code: 1, signal: null });
});

test("a second signal ends all workers at once", async () => {
  using world = newWorld();
  await using service = await startTwo({ ...world.variables, SHUTDOWN_MS: "60000" });
  const [one, other] = await startedPids(service);
  // So that it cannot end by itself before the second signal.
  Deno.kill(other!, "SIGSTOP");
  service.kill("SIGTERM");
  await until(() => !isThere(one!), { what: "the first signal has ended the other one" });
  await service.insist("SIGTERM");
  assertEquals(await service.ended, { code: 1, signal: null });
});

test("kill -9 of the supervisor ends the workers too, which lose nothing", async () => {
  using world = newWorld();
  await using service = await startTwo(world.variables);
  using anew = askAnew(service);
  const load = startLoad(anew);
  await until(() => load.answers.length > ANSWERS_BEFORE_STOP, { what: "some answers" });
  service.kill("SIGKILL");
  const answers = await load.stop();
  // Settles when nobody holds its output any more: the workers had it too.
  assertEquals((await service.ended).signal, "SIGKILL");
  const { lost, gaps } = reconcile(world, answers);
  assertEquals([lost, gaps], [0, 0]);
  assertNothingIsLeft(world);
});

test("the sign-in link works once, whichever worker it comes to", async () => {
  await using service = await startTwo();
  const link = /Board: http:\/\/[^/]+(\/board\/sign-in\?ticket=[\w-]+)/.exec(service.output)![1]!;
  const lines = await linesTo(service) as [Line, Line];
  // The first worker made it.
  const [maker, other] = lines;
  const answers = [];
  for (const line of [other, maker, other]) {
    const { headers, body } = await line.fetch(link, { redirect: "manual" });
    await body?.cancel();
    answers.push(headers.get("location"));
  }
  assertEquals(answers, ["/board", "/board/sign-in?why=link", "/board/sign-in?why=link"]);
  for (const line of lines) line[Symbol.dispose]();
});

test("a start without OPERATOR_TOKEN has one token for all workers", async () => {
  await using service = await startTwo({ OPERATOR_TOKEN: "" });
  const token = /process ends: (\w+)/.exec(service.output)![1]!;
  using anew = askAnew(service);
  for (let i = 0; i < 20; i++) {
    const { status, body } = await anew.fetch("/errors", withToken(token));
    await body?.cancel();
    assertEquals(status, 200);
  }
});

test("who is wrong about the token too often has to wait at every worker", async () => {
  await using service = await startTwo();
  const [one, other] = await linesTo(service) as [Line, Line];
  for (let attempt = 0; attempt < SIGN_IN_LIMITS.perAddress; attempt++) {
    assertEquals(await signIn(one, "wrong"), 401);
  }
  for (const line of [one, other]) {
    await until(async () => await signIn(line, OPERATOR_TOKEN) === 429, {
      what: "this worker has heard of it",
    });
  }
  one[Symbol.dispose]();
  other[Symbol.dispose]();
});

test("a worker that stands still fails no page of another one, which says that its numbers are missing", async () => {
  await using service = await startTwo();
  const [one, other] = await linesTo(service) as [Line, Line];
  Deno.kill(other.pid, "SIGSTOP");
  const metrics = readMetrics(await (await one.fetch("/metrics")).text());
  assertEquals(ofWorkers(metrics, "holdfast_process_up"), [1, 0]);
  assertEquals(ofWorkers(metrics, "holdfast_log_accepted_total").length, 1);
  const board = await pageOf(one, "/board/overview");
  assertStringIncludes(board, "1 of 2 workers silent");
  assertStringIncludes(board, "Worker 2 did not tell its numbers in time");
  Deno.kill(other.pid, "SIGCONT");
  await until(async () => {
    const metrics = readMetrics(await (await one.fetch("/metrics")).text());
    return ofWorkers(metrics, "holdfast_process_up").join() === "1,1";
  }, { what: "it tells them again" });
  one[Symbol.dispose]();
  other[Symbol.dispose]();
});

test("lines of two workers that print into one full pipe are not torn", async () => {
  await using service = await startTwo({
    LOG_CONSOLE: "json",
    INTAKE_KEYS: INTAKE_KEY,
    LOG_LEVEL: "DEBUG",
  });
  using anew = askAnew(service);
  // Many times what a pipe holds, in lines longer than what it takes at once.
  const notes = Array.from({ length: 20 }, (_, i) => `${i}`.repeat(1_000));
  const reports = Array.from({ length: 20 }, () => ({ svc_name: "shop", input_json: { notes } }));
  await Promise.all(Array.from({ length: 30 }, async () => {
    const answer = await anew.fetch("/logs", withToken(INTAKE_KEY, jsonBody(reports)));
    await answer.body?.cancel();
    assertEquals(answer.status, 202);
  }));
  service.kill("SIGTERM");
  assertEquals((await service.ended).code, 0);
  const records = service.output.trimEnd().split("\n").map((line) => JSON.parse(line))
    .filter(({ svc_name }) => svc_name === "shop");
  assertEquals(records.length, 600);
  assertEquals(new Set(records.map(pidOf)).size, 2);
});

test("--workers 1 is the service alone", async () => {
  await using service = await startService({}, ["--workers", "1"]);
  assertEquals(await startedPids(service, 1), [service.pid]);
});

test("what cannot be started with several workers says why in one sentence", async () => {
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const port = String(taken.addr.port);
  using folder = tempFolder();
  const cases: [string[], Record<string, string>, RegExp][] = [
    [["--workers", "0"], {}, /^--workers must be a whole number from 1 to 64; it is "0"\n$/],
    [
      ["--workers", "2"],
      { STORE_URL: "memory:" },
      /^Cannot start 2 workers: each would have a store of its own; set STORE_URL to .*\n$/,
    ],
    [
      ["--workers", "2"],
      { PORT: port },
      new RegExp(`^Cannot start 2 workers: another process listens on 127.0.0.1:${port}; set PORT`),
    ],
    [
      ["--workers", "2"],
      { STORE_URL: `sqlite:${folder.path}` },
      /^Cannot open the store at [^\n]* it is a folder[^\n]*\n$/,
    ],
  ];
  for (const [args, variables, sentence] of cases) {
    const { code, output } = await runService({ LOG_CONSOLE: "off", ...variables }, args);
    assertMatch(output, sentence);
    assertEquals(code, 1);
  }
});

interface World extends TempFolder {
  variables: Record<string, string>;
}

/** A folder for the store, and one that must be empty at the end. */
function newWorld(): World {
  const folder = tempFolder();
  Deno.mkdirSync(folder.at("tmp"));
  const variables = {
    STORE_URL: `sqlite:${folder.at("holdfast.db")}`,
    TMPDIR: folder.at("tmp"),
    LOG_LEVEL: "DEBUG",
  };
  return Object.assign(folder, { variables });
}

function assertNothingIsLeft(world: World): void {
  assertEquals([...Deno.readDirSync(world.at("tmp"))], []);
  assertEquals(spillPaths(world.path, "holdfast.db-spill-"), []);
}

function reconcile(
  world: World,
  answers: readonly Answer[],
): { lost: number; gaps: number; boots: number } {
  const { requestIds, seqs } = readKept(world.at("holdfast.db"));
  return {
    lost: answers.filter(({ requestId }) => !requestIds.has(requestId)).length,
    gaps: [...seqs.values()].reduce((sum, seqs) => sum + gapsIn(seqs), 0),
    boots: seqs.size,
  };
}

async function lookUp(service: Pick<Service, "fetch">, receipt: string): Promise<void> {
  const response = await service.fetch(`/?query_content=${receipt}&user_type=guest`);
  const { content } = await response.json();
  assertEquals([response.status, content.error_id], [200, receipt]);
}

async function isKnown(service: Pick<Service, "fetch">, receipt: string): Promise<boolean> {
  const { ok, body } = await service.fetch(`/?query_content=${receipt}&user_type=guest`);
  await body?.cancel();
  return ok;
}

/** The processes that said that they have started, the first worker first. */
async function startedPids(service: Service, count = 2): Promise<number[]> {
  const logs = await until(async () => {
    const { logs } = await service.asOperator("/logs?q=Started&limit=100");
    return logs.length === count && logs;
  }, { what: "every start is stored" });
  return logs.map(pidOf).reverse();
}

function isThere(pid: number): boolean {
  try {
    return Deno.statSync(`/proc/${pid}`).isDirectory;
  } catch {
    return false;
  }
}

async function metricsOf(service: Pick<Service, "fetch">): Promise<Metrics> {
  return readMetrics(await (await service.fetch("/metrics")).text());
}

/** The values of a metric, by worker. */
function ofWorkers({ samples }: Metrics, metric: string): number[] {
  return samples.filter(({ name, labels }) => name === metric && labels.worker !== undefined)
    .map(({ value }) => value);
}

async function pageOf(service: Pick<Service, "fetch">, path: string): Promise<string> {
  const body = new URLSearchParams({ token: OPERATOR_TOKEN });
  const headers = { "sec-fetch-site": "same-origin" };
  const options = { method: "POST", headers, body, redirect: "manual" } as const;
  const answer = await service.fetch("/board/sign-in", options);
  await answer.body?.cancel();
  const cookie = answer.headers.get("set-cookie")!.split(";")[0]!;
  return await (await service.fetch(path, { headers: { cookie } })).text();
}

async function signIn(line: Line, token: string): Promise<number> {
  const { status, body } = await line.fetch("/board/sign-in", {
    method: "POST",
    headers: { "sec-fetch-site": "same-origin" },
    body: new URLSearchParams({ token }),
    redirect: "manual",
  });
  await body?.cancel();
  return status;
}
