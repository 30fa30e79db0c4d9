import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { MINUTE_MS, QUIET_MS } from "../../store/errors/outbox.ts";
import { fetchPrograms } from "../helpers/postgres_programs.ts";
import { startPostgres } from "../helpers/postgres_server.ts";
import { readBooks, summary } from "../helpers/read_books.ts";
import { readEvents, type ServerEvent } from "../helpers/read_events.ts";
import { INTAKE_KEY, jsonBody, OPERATOR_TOKEN, withToken } from "../helpers/start_app.ts";
import { type Receiver, startReceiver } from "../helpers/start_receiver.ts";
import { type Service, startService, type Variables } from "../helpers/start_service.ts";
import { tempFolder } from "../helpers/temp_folder.ts";
import { until } from "../helpers/until.ts";
import { times } from "../store/entries.ts";

const ERRORS = 50;
/** Of each error, from each process. */
const OCCURRENCES = 25;
const MAX_REPORTS = 100;
const WITHIN_MS = 60_000;

type Row = Record<string, unknown>;

/** Several whole processes of the service, and what they share. */
interface World {
  services: Service[];
  receiver: Receiver;
  /** Asks the store behind their backs; `{}` stands for where its tables are. */
  sql(text: string): Promise<Row[]>;
}

const missing = fetchPrograms();

Deno.test({
  name: `eight processes on one PostgreSQL are as one${
    missing ? ` (skipped, because ${missing})` : ""
  }`,
  ignore: missing !== undefined,
  async fn(t) {
    await using server = await startPostgres();
    const url = await server.newDatabase();
    // Their disk is not shared: what one of eight spills is another test's.
    const variables = { STORE_URL: url, LOG_SPILL: "off" };
    await asOne(t, {
      processes: 8,
      variables,
      sql: (text) => server.run(text.replaceAll("{}", "holdfast."), url),
    });
  },
});

Deno.test("two processes on one SQLite file are as one", async (t) => {
  using folder = tempFolder();
  const path = folder.at("holdfast.db");
  await asOne(t, {
    processes: 2,
    variables: { STORE_URL: `sqlite:${path}` },
    sql(text) {
      using db = new DatabaseSync(path, { timeout: 5_000 });
      return Promise.resolve(db.prepare(text.replaceAll("{}", "")).all() as Row[]);
    },
  });
});

async function asOne(
  t: Deno.TestContext,
  { processes, variables, sql }: { processes: number; variables: Variables } & Pick<World, "sql">,
): Promise<void> {
  await using receiver = startReceiver();
  await using stack = new AsyncDisposableStack();
  const startMs = performance.now();
  const services = await Promise.all(times(processes, () =>
    startService({
      ...variables,
      ALERT_WEBHOOK_URL: receiver.url,
      INTAKE_KEYS: INTAKE_KEY,
      LOG_CONSOLE: "json",
      KEEP_OCCURRENCES: "1000",
    })));
  for (const service of services) stack.use(service);
  const world = { services, receiver, sql };
  const total = processes * ERRORS * OCCURRENCES;
  const figures: Record<string, unknown> = { processes, "started within ms": since(startMs) };

  const tail = followAcross(world, { first: await openTail(services[0]!), total });
  const reportMs = performance.now();
  await Promise.all(services.map(reportAll));
  const counted = `select cast(coalesce(sum(count), 0) as integer) as n from {}errors`;
  await until(async () => Number((await sql(counted))[0]!.n) >= total, {
    what: "all are stored",
    withinMs: WITHIN_MS,
  });
  figures["reported and stored within ms"] = since(reportMs);

  await t.step("each error is there once, and every occurrence is counted", async () => {
    const rows = await sql("select message, cast(count as integer) as count, state from {}errors");
    const wanted = times(ERRORS, (i) => ({
      message: nameOf(i),
      count: processes * OCCURRENCES,
      state: "open",
    }));
    assertEquals(sorted(rows.map((row) => ({ ...row }))), sorted(wanted));
    const [held] = await sql(`select
      (select cast(count(*) as integer) from {}occurrences) as occurrences,
      (select cast(sum(count) as integer) from {}hours) as hours`);
    assertEquals({ ...held }, { occurrences: total, hours: total } as Row);
    Object.assign(figures, { errors: rows.length, occurrences: held!.occurrences });
  });

  await t.step("the world is told of each error once", async () => {
    await untilTold(world);
    const messages = receiver.messages;
    const told = messages.flatMap(({ error, errors }) => error ? [error] : errors);
    const ids = told.map(({ id }) => id);
    assertEquals(ids.length, new Set(ids).size, "no error stands in two messages");
    const counts: Record<string, number> = Object.fromEntries(
      messages.map(({ id, count = 1 }) => [id, count]),
    );
    assertEquals(Object.keys(counts).length, messages.length, "no message came twice");
    // A summary shows the first of its errors: the store knows the others.
    const rows = await sql(
      "select message_id, cast(count(*) as integer) as n from {}alerts where receiver <> '' group by message_id",
    );
    assertEquals(Object.fromEntries(rows.map(({ message_id, n }) => [message_id, n])), counts);
    assertEquals(Object.values(counts).reduce((sum, count) => sum + count, 0), ERRORS);
    figures["messages"] = messages.length;
    figures["errors told of"] = Object.values(counts).join(" + ");
  });

  await t.step(
    "the live tail has every record once, over a reconnect to another process",
    async () => {
      const events = await tail;
      const keys = events.map(({ data }) => `${data.boot_id} ${data.seq}`);
      assertEquals([keys.length, new Set(keys).size], [total, total]);
      for (const name of ["boot_id", "instance"]) {
        const makers = events.map(({ data }) => data[name]);
        assertEquals(new Set(makers).size, processes, name);
        assertEquals(makers.includes(undefined), false);
      }
      figures["records in the tail"] = keys.length;
    },
  );

  await t.step("any of them shows all, to programs and on the board", async () => {
    const lists = await Promise.all(
      services.map((service) => service.asOperator("/errors?limit=100&sort=first_seen")),
    );
    assertEquals(lists.map(({ total }) => total), times(processes, () => ERRORS));
    for (const { errors } of lists) assertEquals(errors, lists[0].errors);
    // Signed in at one, known to all.
    const cookie = await signIn(services[0]!);
    for (const service of services) {
      const page = await (await service.fetch("/board", { headers: { cookie } })).text();
      assertStringIncludes(page, `Open <span>${ERRORS}</span>`);
      assertMatch(page, /Trouble\d+/);
    }
    // Each has its own books.
    const books = await Promise.all(services.map(readBooks));
    assertEquals(books.map(({ dropped }) => dropped), times(processes, () => 0));
  });

  await t.step(
    "an error that is resolved at one while the others report it is back once",
    async () => {
      const [one, ...others] = services as [Service, ...Service[]];
      const { errors } = await one.asOperator("/errors?limit=100");
      const { id } = errors.find(({ message }: Row) => message === nameOf(0));
      const before = receiver.messages.length;
      await letPass(world, QUIET_MS);
      await resolveWhileReported(one, others, id);
      await until(() => receiver.messages.length > before, { what: "it is told" });
      assertMatch(receiver.messages[before].text, /^Error is back: `Trouble/);
      assertEquals(receiver.messages[before].error.id, id);

      // Again at once: the five minutes are not over.
      await resolveWhileReported(one, others, id);
      const { history } = await one.asOperator(`/errors/${id}`);
      assertEquals(history.map(({ action }: Row) => action).toReversed(), [
        "opened",
        ...["resolved", "came_back"],
        ...["resolved", "came_back"],
      ]);
      await reportNew(others[0]!, "another");
      await until(() => receiver.messages.length > before + 1, {
        what: "another error is told of",
      });
      await untilTold(world, 1);
      await letPass(world, QUIET_MS);
      await reportNew(others[0]!, "one more");
      await until(() => receiver.messages.length > before + 3, { what: "both are told of" });
      const texts = receiver.messages.slice(before).map(({ text }) => text.slice(0, 13));
      assertEquals(texts.sort(), [
        "Error is back",
        "Error is back",
        "New error: `a",
        "New error: `o",
      ]);
      figures["told that it is back"] = 2;
    },
  );
  console.log(summary({ ...figures, "all within ms": since(startMs) }));

  for (const service of services) service.kill("SIGTERM");
  const ends = await Promise.all(services.map(({ ended }) => ended));
  assertEquals(ends.map(({ code }) => code), times(processes, () => 0));
}

/** All of one process's occurrences, in an order of its own, by as many requests as it takes. */
async function reportAll(service: Service, process: number): Promise<void> {
  const reports = times(ERRORS * OCCURRENCES, (i) => reportOf(nameOf((i + process * 7) % ERRORS)));
  const requests = times(
    Math.ceil(reports.length / MAX_REPORTS),
    (i) => reports.slice(i * MAX_REPORTS, (i + 1) * MAX_REPORTS),
  );
  await Promise.all(requests.map((some) => report(service, some)));
}

async function report(service: Service, reports: Row[]): Promise<void> {
  const response = await service.fetch("/errors", withToken(INTAKE_KEY, jsonBody(reports)));
  const { content } = await response.json();
  assertEquals([response.status, content.accepted], [202, reports.length]);
}

function reportOf(name: string): Row {
  return { svc_name: "shop", error: { type: name, message: name } };
}

function reportNew(service: Service, name: string): Promise<void> {
  return report(service, [reportOf(name)]);
}

function nameOf(i: number): string {
  return `Trouble${i}`;
}

/** The live tail at one process up to the middle, and from there at another. */
async function followAcross(
  { services }: World,
  { first, total }: { first: Response; total: number },
): Promise<ServerEvent[]> {
  const events: ServerEvent[] = [];
  await readInto(events, first, total / 2);
  await readInto(events, await openTail(services.at(-1)!, events.at(-1)!.id), total);
  return events;
}

async function openTail(service: Service, lastId?: string): Promise<Response> {
  const headers = lastId === undefined ? undefined : { "last-event-id": lastId };
  const path = "/logs/stream?svc_name=shop";
  const response = await service.fetch(path, withToken(OPERATOR_TOKEN, { headers }));
  assertEquals(response.status, 200);
  return response;
}

async function readInto(events: ServerEvent[], response: Response, end: number): Promise<void> {
  for await (const event of readEvents(response.body!)) {
    events.push(event);
    if (events.length === end) break;
  }
}

/** Until so many errors are still to be told of. What comes behind a summary waits for its minute: it passes here. */
async function untilTold({ sql }: World, left = 0): Promise<void> {
  const waiting =
    "select cast(count(*) as integer) as n from {}alerts where receiver <> '' and waits = 1";
  await until(async () => {
    if ((await sql(waiting))[0]!.n === left) return true;
    await sql(`update {}alerts set time = time - ${MINUTE_MS}
      where is_summary = 1 and waits = 0 and time > ${Date.now() - MINUTE_MS}`);
  }, { what: "all are told of", withinMs: WITHIN_MS });
}

/** As if so much time had gone by since the last messages. */
async function letPass({ sql }: World, ms: number): Promise<void> {
  await sql(`update {}alerts set time = time - ${ms}, due_at = due_at - ${ms}`);
}

/** The others report it until it is open again. */
async function resolveWhileReported(one: Service, others: Service[], id: string): Promise<void> {
  let isBack = false;
  const reporting = others.map(async (service) => {
    while (!isBack) await report(service, [reportOf(nameOf(0))]);
  });
  const resolved = await one.asOperator(`/errors/${id}/resolution`, { method: "PUT" });
  assert(resolved.resolved_at !== null);
  await until(async () => (await one.asOperator(`/errors/${id}`)).state === "open", {
    what: "it is back",
  });
  isBack = true;
  await Promise.all(reporting);
}

async function signIn(service: Service): Promise<string> {
  const response = await service.fetch("/board/sign-in", {
    method: "POST",
    headers: { origin: service.url },
    body: new URLSearchParams({ token: OPERATOR_TOKEN }),
    redirect: "manual",
  });
  await response.body?.cancel();
  return response.headers.get("set-cookie")!.split(";", 1)[0]!;
}

function sorted<T>(rows: readonly T[]): T[] {
  return [...rows].sort((a, b) => JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);
}

function since(startMs: number): number {
  return Math.round(performance.now() - startMs);
}
