import { assert, assertEquals } from "@std/assert";
import { fetchPrograms } from "../helpers/postgres_programs.ts";
import { anyPostgres } from "../helpers/postgres_server.ts";
import { readEnvelope } from "../helpers/read_envelope.ts";
import { startApp, type TestApp } from "../helpers/start_app.ts";
import { tempFolder } from "../helpers/temp_folder.ts";

/** Reports in all; `BOUNDARY_REPORTS=10000` for more of them. */
const REPORTS = Number(Deno.env.get("BOUNDARY_REPORTS") ?? 1_000);
const MINUTE_MS = 60 * 1000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const PAGE = 100;

const ROOM_FOR_ALL = { days: 90, keepOccurrences: 100, maxMegabytes: 2048 };

/** Every boundary that a clock of some machine has, or that a date of ours once had. */
const TIMES: (() => string)[] = [
  () => "1970-01-01T00:00:00Z",
  () => iso(Date.now()),
  () => iso(Date.now() + 5 * MINUTE_MS),
  () => iso(Date.now() + DAY_MS),
  () => "2016-12-31T23:59:60Z",
  () => "2038-01-19T03:14:08Z",
  () => "2255-06-05T23:47:34.740Z",
  () => "9999-12-31T23:59:59Z",
  () => "+275760-09-13T00:00:00.000Z",
  () => "-271821-04-20T00:00:00.000Z",
];

const missing = Deno.env.has("TEST_POSTGRES_URL") ? undefined : fetchPrograms();
const server = missing === undefined ? await anyPostgres() : undefined;
if (server) Deno.test.afterAll(async () => await server[Symbol.asyncDispose]());

Deno.test(`sqlite: ${REPORTS} reports at every boundary of time leave a store that takes and shows everything`, async () => {
  using folder = tempFolder();
  await takesAndShows(`sqlite:${folder.at("boundaries.db")}`);
});

if (server === undefined) {
  Deno.test.ignore(`postgres: the same (skipped, because ${missing})`, () => {});
} else {
  Deno.test(`postgres: ${REPORTS} reports at every boundary of time leave a store that takes and shows everything`, async () => {
    const url = await server.newDatabase();
    try {
      await takesAndShows(url);
    } finally {
      await server.dropDatabase(url);
    }
  });
}

async function takesAndShows(storeUrl: string): Promise<void> {
  await using app = await startApp({ logging: { storeUrl, retention: ROOM_FOR_ALL } });
  for (let sent = 0; sent < REPORTS; sent += PAGE) {
    const path = sent % (2 * PAGE) === 0 ? "/logs" : "/errors";
    const reports = Array.from({ length: PAGE }, (_, i) => ({
      svc_name: "shop",
      message: "a report",
      error: { type: "TillError", message: `boundary ${i % TIMES.length}` },
      time: TIMES[i % TIMES.length]!(),
    }));
    const { content } = await readEnvelope(await app.report(path, reports), { status: 202 });
    assertEquals((content as { accepted: number }).accepted, PAGE);
    // As it comes, so that nothing is turned away because it comes at once.
    await app.logging.flush({ deadlineMs: 30_000 });
  }
  const stats = app.logging.stats();
  assertEquals([stats.dropped, stats.pending], [{}, 0]);

  const logs = await walk(app, "/logs?svc_name=shop", "logs");
  assertEquals(logs.length, REPORTS);
  const latestMs = Date.now() + 5 * MINUTE_MS;
  for (const { time } of logs) {
    const timeMs = Date.parse(String(time));
    assert(timeMs > Date.now() - DAY_MS && timeMs <= latestMs, String(time));
  }
  const errors = await walk(app, "/errors?svc_name=shop", "errors");
  assertEquals(sum(errors.map(({ count }) => Number(count))), REPORTS / 2);
  for (const { id, last_seen } of errors) {
    assert(Date.parse(String(last_seen)) <= Date.now(), String(last_seen));
    await readEnvelope(await app.asOperator(`/errors/${id}`), { status: 200 });
    await walk(app, `/errors/${id}/occurrences?`, "occurrences");
  }
  await showsOnTheBoard(app, errors.map(({ id }) => String(id)));

  // And it takes the next one, which is the newest.
  const next = {
    svc_name: "shop",
    error: { type: "TillError", message: "boundary 0" },
    release: "2",
  };
  await readEnvelope(await app.report("/errors", next), { status: 202 });
  await app.logging.flush({ deadlineMs: 30_000 });
  const after = await walk(app, "/errors?svc_name=shop", "errors");
  assertEquals([after.length, after[0]!.last_release], [errors.length, "2"]);
  await readEnvelope(await app.request("/readyz"), { status: 200 });
}

/** All rows of a list, page after page. */
async function walk(app: TestApp, path: string, key: string): Promise<Record<string, unknown>[]> {
  const rows: Record<string, unknown>[] = [];
  let cursor: string | null = "";
  while (cursor !== null) {
    const query = `limit=${PAGE}${cursor && `&cursor=${cursor}`}`;
    const answer = await app.asOperator(`${path}${path.endsWith("?") ? "" : "&"}${query}`);
    const content = (await readEnvelope(answer, { status: 200 })).content as Record<
      string,
      unknown
    >;
    rows.push(...content[key] as Record<string, unknown>[]);
    cursor = content.next as string | null;
  }
  return rows;
}

async function showsOnTheBoard(app: TestApp, errors: readonly string[]): Promise<void> {
  const signedIn = await app.request((await app.newSignInPath())!);
  const cookie = signedIn.headers.getSetCookie()[0]!.split(";")[0]!;
  const lists = ["/board", "/board/overview", "/board/logs"];
  const ranges = [
    "since=9999-12-31T23:59:59.999Z",
    "until=%2B275760-09-13",
    "since=1970-01-01T00:00Z&until=9999-12-31T23:59Z",
  ];
  const paths = [...lists, "/board/logs?live=1"]
    .concat(lists.flatMap((path) => ranges.map((range) => `${path}?${range}`)))
    .concat(errors.map((id) => `/board/errors/${id}`));
  for (const path of paths) {
    const page = await app.request(path, { headers: { cookie } });
    assertEquals([path, page.status], [path, 200]);
    await page.body?.cancel();
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function iso(timeMs: number): string {
  return new Date(timeMs).toISOString();
}
