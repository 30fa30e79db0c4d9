import { assert, assertEquals } from "@std/assert";
import { type Asked, everyPage } from "../../bench/board/pages.ts";
import {
  type Plan,
  postgresPlans,
  postgresScans,
  recordStatements,
  sqlitePlans,
  sqliteScans,
  type Statements,
} from "../../bench/board/statements.ts";
import { openStore } from "../../store/open.ts";
import { modules } from "../../modules/registry.ts";
import { seed } from "../../tools/seed.ts";
import { openSession } from "../helpers/open_session.ts";
import { fetchPrograms } from "../helpers/postgres_programs.ts";
import { anyPostgres } from "../helpers/postgres_server.ts";
import {
  jsonBody,
  OPERATOR_TOKEN,
  startApp,
  type TestApp,
  withToken,
} from "../helpers/start_app.ts";
import { tempFolder } from "../helpers/temp_folder.ts";
import { withoutWorkers } from "../helpers/without_workers.ts";

const ERRORS = 120;
const OCCURRENCES = 1_000;
/**
 * Retention's, behind no page, once a minute: an index for it would cost every failure more than this costs, of what maps take
 * there are some hundred short rows, and the rows of traffic are bounded.
 */
const RETENTION =
  /from (holdfast\.)?(errors (where kept > \$1|group by svc_name)|map_chunks\), 0\)|traffic(_totals)?$)/;
/** Fewer would mean that the recorder does not see them any more. */
const LEAST_STATEMENTS = 40;
/** What no page may do. */
const WALKS = [
  "select * from errors where message = ?",
  "select count(*) from variants",
  "select * from errors as e order by e.message",
  "delete from occurrences where line = ?",
];

Deno.test("no statement behind the board or the JSON API walks through a whole table of SQLite", async () => {
  using folder = tempFolder();
  const path = folder.at("holdfast.db");
  const statements = await useEverything(`sqlite:${path}`);
  const plans = sqlitePlans(path, statements);
  assertNone(plans.filter(({ sql }) => !RETENTION.test(sql)), sqliteScans);
});

const missing = Deno.env.has("TEST_POSTGRES_URL") ? undefined : fetchPrograms();
Deno.test({
  name: "for every statement behind the board or the JSON API PostgreSQL has an index",
  ignore: missing !== undefined,
  fn: async () => {
    await using server = await anyPostgres();
    const url = await server.newDatabase();
    const statements = await useEverything(url);
    // A thousand rows are read fastest as a whole: the question is whether there is another way.
    const settings = "set enable_seqscan = off";
    const plans = await postgresPlans(url, { statements, settings });
    assertNone(plans.filter(({ sql }) => !RETENTION.test(sql)), postgresScans);
    const walks = await postgresPlans(url, {
      statements: new Map(WALKS.map((sql) => [sql.replace("?", "'x'"), []])),
      settings: "set search_path = holdfast",
    });
    assertEquals(walks.filter((plan) => postgresScans(plan).length === 0), []);
    await server.dropDatabase(url);
  },
});

Deno.test("a walk through a whole table is seen", async () => {
  using folder = tempFolder();
  const path = folder.at("holdfast.db");
  await (await openStore(`sqlite:${path}`)).close();
  const walks = [...WALKS, "select error from occurrences order by error_id"];
  const plans = sqlitePlans(path, new Map(walks.map((sql) => [sql, []])));
  assertEquals(plans.filter((plan) => sqliteScans(plan).length === 0), []);
});

/** Seeds a store, asks for every page, does everything that can be done, and gives the SQL that was run for it. */
async function useEverything(storeUrl: string): Promise<Statements> {
  using recording = recordStatements();
  // In this thread, where the recorder sees it.
  using _platform = withoutWorkers();
  const store = await openStore(storeUrl);
  await seed(store, { errors: ERRORS, occurrences: OCCURRENCES, report: () => {} });
  await store.close();
  await using app = await startApp({ logging: { storeUrl } });
  const cookie = await openSession(app);
  const ask = (path: string) => app.request(path, { headers: { cookie } });
  const pages = await everyPage(ask, { deepPages: 1 });
  for (const { what, path } of pages) {
    const { status, body } = await ask(path);
    await body?.cancel();
    assert(status === 200 || status === 303, `${what} (${path}): ${status}`);
  }
  await (await ask("/logs/stream?last=5&level=ERROR")).body?.cancel();
  assertEquals(notAskedFor(pages), []);
  await doEverything(app);
  await changeAll(app, cookie);
  assert(recording.statements.size > LEAST_STATEMENTS, `${recording.statements.size} statements`);
  return new Map(recording.statements);
}

/** Modules that read and that no page of these asks for. */
function notAskedFor(pages: readonly Asked[]): string[] {
  const paths = pages.map(({ path }) => path.split("?")[0]!);
  const others = ["/fail", "/logs/stream"];
  return modules
    .filter(({ method = "GET", name }) => method === "GET" && !others.includes(name))
    .filter(({ name }) => {
      const pattern = new RegExp(`^${name.replaceAll(/:\w+/g, "[^/]+")}$`);
      return !paths.some((path) => pattern.test(path));
    })
    .map(({ name }) => name);
}

async function doEverything(app: TestApp): Promise<void> {
  const { content: { errors } } = await (await app.asOperator("/errors?sort=count")).json();
  const [a, b, c] = errors.map(({ id }: { id: string }) => id);
  const { content: { variants } } = await (await app.asOperator(`/errors/${a}`)).json();
  const calls: [call: string, body?: unknown][] = [
    [`PUT /errors/${a}/resolution`, { release: "2" }],
    [`DELETE /errors/${a}/resolution`],
    [`PUT /errors/${a}/mute`, { more: 3 }],
    [`DELETE /errors/${a}/mute`],
    ["PUT /errors/resolution", { ids: [a, b] }],
    [`DELETE /errors/resolution?ids=${a},${b}`],
    ["PUT /errors/mute", { ids: [a, b] }],
    [`DELETE /errors/mute?ids=${a},${b}`],
    [`PUT /errors/${a}/assignee`, { to: "ana" }],
    [`DELETE /errors/${a}/assignee`],
    ["PUT /errors/assignee", { ids: [a, b], to: "ana" }],
    [`DELETE /errors/assignee?ids=${a},${b}`],
    [`PUT /errors/${a}/issue`, { url: "https://issues.example/1" }],
    [`DELETE /errors/${a}/issue`],
    [`POST /errors/${a}/notes`, { note: "hm" }],
    [`POST /errors/${a}/split`, { variant: variants[0].message }],
    [`PUT /errors/${b}/merge`, { into: a }],
    [`DELETE /errors/${c}`],
    ["DELETE /errors?svc_name=till&older_than_days=1"],
    ["DELETE /logs?svc_name=till&older_than_days=1"],
    ["POST /keys", { service: "shop" }],
    [`DELETE /keys/${a}`],
  ];
  for (const [call, body] of calls) {
    const [method, path] = call.split(" ") as [string, string];
    const init = body === undefined ? { method } : { ...jsonBody(body), method };
    const answer = await app.request(path, withToken(OPERATOR_TOKEN, init));
    const isNobodys = call === `DELETE /keys/${a}` && answer.status === 404;
    assert(answer.ok || isNobodys, `${call}: ${await answer.text()}`);
  }
  const changing = modules.filter(({ method, access }) => method && access === "operator");
  const called = calls.map(([call]) =>
    call.replaceAll(/\?.*|[0-9a-f-]{36}/g, (id) => id.startsWith("?") ? "" : ":id")
  );
  const left = changing.filter(({ method, name }) => !called.includes(`${method} ${name}`));
  assertEquals(left.map(({ name }) => name), []);
}

/** What a form of the board does to all errors of a list, and what takes it back. */
async function changeAll(app: TestApp, cookie: string): Promise<void> {
  for (const [action, undone] of [["resolve", "reopened"], ["mute", "unmuted"]]) {
    const back = "/board?q=svc_name%3Atill+till+-nowhere&state=all";
    const done = await act({ action: action!, all: "1", back });
    const at = done.get("at") ?? "";
    assert(at !== "", `${action}: ${done}`);
    assertEquals((await act({ action: "undo", what: action!, at })).get("done"), undone);
  }

  async function act(form: Record<string, string>): Promise<URLSearchParams> {
    const answer = await app.request("/board/act", {
      method: "POST",
      headers: { cookie, "sec-fetch-site": "same-origin" },
      body: new URLSearchParams(form),
    });
    assertEquals(answer.status, 303);
    return new URL(answer.headers.get("location")!, "http://board.invalid").searchParams;
  }
}

function assertNone(plans: readonly Plan[], scansOf: (plan: Plan) => string[]): void {
  const scans = plans.flatMap((plan) => scansOf(plan).map((step) => `${step}: ${plan.sql}`));
  assertEquals(scans, []);
}
