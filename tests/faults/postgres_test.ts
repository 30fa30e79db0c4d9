import { assertEquals } from "@std/assert";
import { countsOf, recordsInDatabase } from "../helpers/log_lines.ts";
import { fetchPrograms } from "../helpers/postgres_programs.ts";
import { PASSWORD, type PostgresServer, startPostgres } from "../helpers/postgres_server.ts";
import { summary } from "../helpers/read_books.ts";
import { type Service, startService } from "../helpers/start_service.ts";
import { until } from "../helpers/until.ts";

const PROCESSES = 8;
const SAME_ERRORS = 50;
const ROUNDS = 5;
const OCCURRENCES_A_ROUND = 5;

const KEPT = `
  select (select count(*)::integer from holdfast.errors) as errors,
    (select count(*)::integer from holdfast.occurrences) as occurrences,
    (select sum(count)::integer from holdfast.errors) as counted`;

const missing = fetchPrograms();

function test(sentence: string, run: (server: PostgresServer) => Promise<void>): void {
  if (missing !== undefined) {
    return Deno.test.ignore(`${sentence} (skipped, because ${missing})`, () => {});
  }
  Deno.test(sentence, async () => {
    await using server = await startPostgres();
    await run(server);
  });
}

test("eight processes that report the same 50 errors have 50 errors, exact counts and one alert each", async (server) => {
  const url = await server.newDatabase();
  const outputs = await Promise.all(
    Array.from({ length: PROCESSES }, () => reporter(url).output()),
  );
  const alerts = outputs.flatMap(({ code, stdout, stderr }) => {
    const decoder = new TextDecoder();
    assertEquals(code, 0, decoder.decode(stderr));
    return JSON.parse(decoder.decode(stdout)) as string[];
  });
  const rows = await server.run(
    `select message, count::integer, kept::integer, state from holdfast.errors order by message`,
    url,
  );
  const occurrences = PROCESSES * ROUNDS * OCCURRENCES_A_ROUND;
  const wanted = Array.from({ length: SAME_ERRORS }, (_, i) => `broken k${i}`).sort()
    .map((message) => ({ message, count: occurrences, kept: occurrences, state: "open" }));
  assertEquals(rows, wanted);
  assertEquals(alerts.sort(), wanted.map(({ message }) => `new ${message}`));
  const logs = countsOf(await recordsInDatabase((sql) => server.run(sql, url)));
  const [errors] = await server.run(KEPT, url);
  const kept = { ...errors, ...logs } as Record<string, number>;
  console.log(summary({ ...kept, alerts: alerts.length }));
  const all = SAME_ERRORS * occurrences;
  const hours = await server.run("select sum(count)::integer as hours from holdfast.hours", url);
  assertEquals([kept!.logs, kept!.occurrences, hours], [all, all, [{ hours: all }]]);
});

test("a start without its database serves, says so, and catches up when it is there", async (server) => {
  const url = await server.newDatabase();
  await server.stop();
  await using service = await startService({ STORE_URL: url, LOG_SPILL: "off" });
  assertEquals([await statusOf(service, "/healthz"), await statusOf(service, "/readyz")], [
    200,
    503,
  ]);
  const failure = await (await service.fetch("/fail?how=throw")).json();
  assertEquals(failure.status, 500);
  await server.start();
  const receipt = await until(async () => {
    const path = `/?query_content=${failure.error_id}&user_type=guest`;
    const answer = await (await service.fetch(path)).json();
    return answer.status === 200 && answer.content;
  }, { what: "the failure can be looked up" });
  assertEquals(receipt.state, "open");
  assertEquals(await statusOf(service, "/readyz"), 200);
  service.kill("SIGTERM");
  assertEquals(await service.ended, { code: 0, signal: null });
  assertEquals(service.output.includes(PASSWORD), false);
});

async function statusOf(service: Service, path: string): Promise<number> {
  const response = await service.fetch(path);
  await response.body?.cancel();
  return response.status;
}

function reporter(url: string): Deno.Command {
  const script = new URL("../helpers/report_failures.ts", import.meta.url).href;
  const numbers = [SAME_ERRORS, ROUNDS, OCCURRENCES_A_ROUND].map(String);
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-all", script, url, ...numbers],
    stdout: "piped",
    stderr: "piped",
  });
}
