import { assertEquals } from "@std/assert";
import { type Answer, gapsIn, type Kept, readKept, startLoad } from "../helpers/load.ts";
import { recordsInDatabase } from "../helpers/log_lines.ts";
import { fetchPrograms } from "../helpers/postgres_programs.ts";
import { type PostgresServer, startPostgres } from "../helpers/postgres_server.ts";
import { readBooks, summary } from "../helpers/read_books.ts";
import { type Service, startService, type Variables } from "../helpers/start_service.ts";
import { tempFolder } from "../helpers/temp_folder.ts";
import { until } from "../helpers/until.ts";

/** Of each process, before it is told to end. */
const ANSWERS = 400;

const missing = fetchPrograms();

Deno.test("two processes under load on one SQLite file: each knows the receipts of the other, and SIGTERM loses nothing", async () => {
  using folder = tempFolder();
  const path = folder.at("holdfast.db");
  await loadBothAndStop({ STORE_URL: `sqlite:${path}` }, () => Promise.resolve(readKept(path)));
  const left = Array.from(Deno.readDirSync(folder.path), ({ name }) => name);
  assertEquals(left.filter((name) => name.includes("-spill-")), []);
});

Deno.test({
  name: `two processes under load on one PostgreSQL: the same${
    missing ? ` (skipped, because ${missing})` : ""
  }`,
  ignore: missing !== undefined,
  async fn() {
    await using server = await startPostgres();
    const url = await server.newDatabase();
    await loadBothAndStop({ STORE_URL: url, LOG_SPILL: "off" }, () => readRows(server, url));
  },
});

async function loadBothAndStop(
  variables: Variables,
  kept: () => Promise<Pick<Kept, "requestIds" | "seqs">>,
): Promise<void> {
  await using one = await startService({ ...variables, LOG_LEVEL: "DEBUG" });
  await using other = await startService({ ...variables, LOG_LEVEL: "DEBUG" });
  const loads = [one, other].map((service) => startLoad(service));
  await until(() => loads.every(({ answers }) => answers.length >= ANSWERS), {
    what: "both have answered",
  });
  await knows(other, receiptsOf(loads[0]!.answers));
  await knows(one, receiptsOf(loads[1]!.answers));
  for (const books of await Promise.all([one, other].map(readBooks))) {
    assertEquals(books.dropped, 0);
  }
  for (const service of [one, other]) service.kill("SIGTERM");
  const answers = (await Promise.all(loads.map((load) => load.stop()))).flat();
  const ends = await Promise.all([one.ended, other.ended]);
  assertEquals(ends, [{ code: 0, signal: null }, { code: 0, signal: null }]);

  const { requestIds, seqs } = await kept();
  const lost = answers.filter(({ requestId }) => !requestIds.has(requestId)).length;
  const gaps = [...seqs.values()].reduce((sum, seqs) => sum + gapsIn(seqs), 0);
  console.log(summary({ answered: answers.length, processes: seqs.size, lost, gaps }));
  assertEquals([lost, gaps, seqs.size], [0, 0, 2]);
}

function receiptsOf(answers: readonly Answer[]): string[] {
  return answers.flatMap(({ errorId }) => errorId ?? []).slice(-20);
}

/** A receipt of another process is known as soon as that one has stored it. */
async function knows(service: Service, receipts: readonly string[]): Promise<void> {
  for (const receipt of receipts) {
    const content = await until(async () => {
      const response = await service.fetch(`/?query_content=${receipt}&user_type=guest`);
      return response.ok ? (await response.json()).content : void await response.body?.cancel();
    }, { what: `${receipt} is known` });
    assertEquals(content.error_id, receipt);
  }
}

async function readRows(
  server: PostgresServer,
  url: string,
): Promise<Pick<Kept, "requestIds" | "seqs">> {
  const records = await recordsInDatabase((sql) => server.run(sql, url));
  return {
    requestIds: new Set(records.map(({ request_id }) => request_id!)),
    seqs: new Map(
      Map.groupBy(records, ({ boot_id }) => boot_id).entries().map((
        [boot, records],
      ) => [boot, records.map(({ seq }) => seq).sort((a, b) => a - b)]),
    ),
  };
}
