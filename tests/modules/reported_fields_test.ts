import { assertEquals, assertNotMatch, assertStringIncludes } from "@std/assert";
import { toCurl, toMarkdown } from "../../board/error/exports.ts";
import type { LogRecord } from "../../logging/mod.ts";
import { openSession } from "../helpers/open_session.ts";
import { readEnvelope } from "../helpers/read_envelope.ts";
import { INTAKE_KEY, jsonBody, startApp, type TestApp, withToken } from "../helpers/start_app.ts";
import { searchLogs } from "../helpers/search_logs.ts";

const PAYMENT = {
  svc_name: "shop",
  request_id: "req-81",
  trace_id: "4BF92F3577B34DA6A3CE929D0E0E4736",
  route: "/pay/:id",
  method: "POST",
  path: "/pay/7?dry=1",
  status: 502,
  environment: "staging",
  user: { id: 7, name: "Ana", email: "ana@shop.example", ip: "203.0.113.9", plan: "gold" },
  tags: { region: "eu-west", retries: 3, paid: false },
  error: { type: "PaymentError", message: "declined" },
};

Deno.test("what a report says of its request and its origin are fields of the record", async () => {
  await using app = await startApp({ logging: { release: "own-1", environment: "own" } });
  const { boot_id: _boot, seq: _seq, instance: _instance, time: _time, error_id, ...record } =
    await reported(app, PAYMENT);
  assertEquals(record, {
    level: "ERROR",
    severity: 40,
    svc_name: "shop",
    message: "declined",
    request_id: "req-81",
    trace_id: "4bf92f3577b34da6a3ce929d0e0e4736",
    method: "POST",
    route: "/pay/:id",
    path: "/pay/7?dry=1",
    status: 502,
    error: { type: "PaymentError", message: "declined" },
    environment: "staging",
    user: { id: "7" },
    tags: { region: "eu-west", retries: "3", paid: "false" },
    reported: true,
  });
  for (const query of ["q=eu-west", "q=staging", "request_id=req-81", "route=/pay/:id"]) {
    const logs = await searchLogs<LogRecord>(app, `${query}&level=ERROR`);
    assertEquals(logs.map((log) => log.error_id), [error_id], query);
  }
});

Deno.test("a report that says nothing of release and environment is not given ours", async () => {
  await using app = await startApp({ logging: { release: "own-1", environment: "own" } });
  const record = await reported(app, { svc_name: "shop", message: "no" });
  assertEquals([record.release, record.environment], [undefined, undefined]);
  app.logging.logger.error("own");
  await app.logging.flush({ deadlineMs: 30_000 });
  const { items } = await app.logging.store.listLogs({ q: "own", svc_name: "holdfast", limit: 1 });
  assertEquals([items[0]?.release, items[0]?.environment], ["own-1", "own"]);
});

Deno.test("code, causes and every other key of an error are kept", async () => {
  await using app = await startApp();
  const error = JSON.parse(`{
    "type": "FetchError", "message": "no answer", "code": 111, "errno": -111, "name": "E",
    "__proto__": { "a": 1 },
    "cause": {
      "name": "SocketError", "message": "closed", "code": "ECONNRESET", "syscall": "read",
      "stack": "SocketError: closed\\n    at read (/srv/net.ts:3:4)",
      "cause": "the cable"
    }
  }`);
  const { error: kept, attrs } = await reported(app, {
    svc_name: "shop",
    error,
    attrs: { till: 2 },
  });
  assertEquals(kept, {
    type: "FetchError",
    message: "no answer",
    code: "111",
    cause: {
      type: "SocketError",
      message: "closed",
      code: "ECONNRESET",
      stack: "SocketError: closed\n    at read (/srv/net.ts:3:4)",
      cause: { type: "string", message: "the cable" },
    },
  });
  assertEquals(attrs, {
    "error.errno": -111,
    "error.name": "E",
    "error.__proto__": { a: 1 },
    "error.cause.syscall": "read",
    till: 2,
  });
});

Deno.test("what is no cause, or too deep to be one, is kept among the attributes", async () => {
  await using app = await startApp();
  const list = await reported(app, {
    svc_name: "shop",
    error: { type: "A", message: "a", cause: [1, 2] },
  });
  assertEquals([list.error?.cause, list.attrs], [undefined, { "error.cause": [1, 2] }]);
  let chain: unknown = { message: "the root" };
  for (let depth = 0; depth < 8; depth++) chain = { message: `at ${depth}`, cause: chain };
  const deep = await reported(app, {
    svc_name: "shop",
    error: { type: "A", message: "a", cause: chain },
  });
  assertEquals(JSON.stringify(deep.error).match(/"cause"/g)?.length, 5);
  const at = "error.cause.cause.cause.cause.cause.cause";
  assertStringIncludes(JSON.stringify(deep.attrs?.[at]), "the root");
});

Deno.test("causes and values that are nested without end are bounded, and cost no answer", async () => {
  await using app = await startApp();
  const depth = 100_000;
  const bombs = {
    cause: `{"type":"A","message":"a","cause":${'{"message":"b","cause":'.repeat(20_000)}1${
      "}".repeat(20_000)
    }}`,
    lists: `{"type":"A","message":"a","extra":${"[".repeat(depth)}${"]".repeat(depth)}}`,
  };
  for (const [name, error] of Object.entries(bombs)) {
    const body = `{"svc_name":"${name}","error":${error}}`;
    const response = await app.request(
      "/errors",
      withToken(INTAKE_KEY, { ...jsonBody(0), body }),
    );
    await readEnvelope(response, { status: 202 });
    await app.logging.flush({ deadlineMs: 30_000 });
    const { items } = await app.logging.store.listLogs({ svc_name: name, limit: 1 });
    assertEquals(items.length, 1, name);
    assertEquals(JSON.stringify(items[0]).length < 4_000, true, name);
  }
});

Deno.test("of more keys than a record keeps, the first are kept and the record says that it was cut", async () => {
  await using app = await startApp();
  const many = Object.fromEntries(Array.from({ length: 20_000 }, (_, at) => [`k${at}`, at]));
  const record = await reported(app, {
    svc_name: "shop",
    error: { type: "A", message: "a", ...many },
    tags: many,
  });
  for (const kept of [record.attrs, record.tags]) {
    const keys = Object.keys(kept!);
    assertEquals([keys.length, keys.at(-1)], [201, "…"]);
  }
  assertEquals(record.truncated, ["tags", "attrs"]);
});

Deno.test("fields of a wrong type are told by name", async () => {
  await using app = await startApp();
  const cases: [part: object, status: number, code: string][] = [
    [{ status: "502" }, 400, "status.wrong_type"],
    [{ status: 99 }, 422, "status.invalid"],
    [{ status: 200.5 }, 422, "status.invalid"],
    [{ user: "ana" }, 400, "user.wrong_type"],
    [{ user: { id: {} } }, 400, "user.id.wrong_type"],
    [{ tags: { a: { b: 1 } } }, 400, "tags.wrong_type"],
    [{ tags: ["a"] }, 400, "tags.wrong_type"],
    [{ error: { type: "A", message: "a", code: {} } }, 400, "error.code.wrong_type"],
    [{ request_id: 7 }, 400, "request_id.wrong_type"],
  ];
  for (const [part, status, code] of cases) {
    await readEnvelope(await app.report("/errors", { svc_name: "shop", ...part }), {
      status,
      code,
    });
  }
});

Deno.test("frames, breadcrumbs and headers of a report are kept, and wrong ones are told by name", async () => {
  await using app = await startApp();
  const frame = { function: "pay", file: "/srv/pay.py", line: 7, context_line: "pay(7)" };
  const record = await reported(app, {
    ...PAYMENT,
    error: { ...PAYMENT.error, frames: [frame] },
    breadcrumbs: [{ time: "2026-11-05T10:00:00Z", message: "opened", kind: "ui" }],
    headers: { "User-Agent": ["shop/1", "till/2"], cookie: "a=b" },
    instance: "till-4",
    span_id: "00f067aa0ba902b7",
    handled: false,
    module: "till",
    duration_ms: 12.5,
  });
  assertEquals(record.error?.frames, [frame]);
  assertEquals(record.breadcrumbs, [
    { time: "2026-11-05T10:00:00.000Z", message: "opened", data: { kind: "ui" } },
  ]);
  assertEquals(record.headers, { "user-agent": "shop/1, till/2" });
  assertEquals(
    [record.instance, record.span_id, record.handled, record.module, record.duration_ms],
    ["till-4", "00f067aa0ba902b7", false, "till", 12.5],
  );
  assertEquals(record.attrs, undefined);
  const wrong: [unknown, string][] = [
    [
      { headers: "text" },
      'headers must be an object of texts, numbers and lists of texts, got "text"',
    ],
    [{ headers: { a: {} } }, "headers must be an object of texts"],
    [{ breadcrumbs: {} }, "breadcrumbs must be an array of breadcrumbs, got {}"],
    [{ breadcrumbs: [{}, { level: "fatal" }, 7] }, 'breadcrumbs.1.level must be "DEBUG" or'],
    [{ breadcrumbs: [{ time: "soon" }] }, "breadcrumbs.0.time must be a time as ISO 8601"],
    [{ handled: "no" }, 'handled must be boolean, got "no"'],
    [{ instance: "" }, 'instance must not be empty, got ""'],
    [
      { error: { ...PAYMENT.error, frames: {} } },
      "error.frames must be an array of frames, got {}",
    ],
    [
      { error: { ...PAYMENT.error, frames: [frame, { line: "7" }] } },
      'error.frames.1.line must be a whole number from 0 to 9007199254740991, got "7"',
    ],
    [
      { error: { ...PAYMENT.error, frames: new Array(5_000).fill(7) } },
      "error.frames.0 must be an object, got 7",
    ],
  ];
  for (const [part, sentence] of wrong) {
    const report = { ...PAYMENT, ...part as object };
    const { content } = await readEnvelope(
      await app.report("/errors", [report, PAYMENT]),
      { status: 202 },
    );
    const { accepted, results } = content as { accepted: number; results: { error?: string }[] };
    assertEquals(accepted, 1, "the other report is taken");
    assertStringIncludes(results[0]!.error!, sentence);
    assertEquals(results[0]!.error!.split("; ").length, 1, "one wrong part is named");
  }
});

Deno.test("KEEP_USER says what is kept of a user, and nothing else is kept anywhere", async (t) => {
  const cases = {
    id: { user: { id: "7" }, attrs: undefined },
    full: {
      user: { id: "7", name: "Ana", email: "ana@shop.example", ip: "203.0.113.9" },
      attrs: { "user.plan": "gold" },
    },
    none: { user: undefined, attrs: undefined },
  } as const;
  for (const [keepUser, expected] of Object.entries(cases)) {
    await t.step(keepUser, async () => {
      await using app = await startApp({
        logging: { keepUser: keepUser as keyof typeof cases },
      });
      const { user, attrs } = await reported(app, PAYMENT);
      assertEquals({ user, attrs }, expected);
      if (keepUser === "full") return;
      // A refused report is told of, with what it was.
      await readEnvelope(
        await app.report("/errors", [{ user: PAYMENT.user, message: "pelican" }]),
        { status: 400, code: "svc_name.missing" },
      );
      await app.request(
        "/errors",
        withToken(INTAKE_KEY, { ...jsonBody(0), body: '{"user":{"email":"ana@shop.example"}' }),
      );
      for (
        const user of ["ana@shop.example", { id: { email: "ana@shop.example" } }, { name: ["Ana"] }]
      ) {
        const wrong = await app.report("/logs", { svc_name: "shop", user });
        assertNotMatch(await wrong.text(), /ana@shop|Ana/);
        assertEquals(wrong.status, 400);
      }
      await app.logging.flush({ deadlineMs: 30_000 });
      const { items } = await app.logging.store.listLogs({ limit: 50 });
      const text = JSON.stringify(items);
      assertNotMatch(text, /ana@shop|203\.0\.113|Ana|gold/);
      assertStringIncludes(text, "pelican");
    });
  }
});

Deno.test("the board, the Markdown and no curl tell where a report comes from", async () => {
  await using app = await startApp();
  const record = await reported(app, PAYMENT);
  const session = await openSession(app);
  const group = (await app.logging.store.error(record.error_id!))!;
  const path = `/board/errors/${group.id}/occurrences/${record.error_id}`;
  const page = await (await app.request(path, { headers: { cookie: session } })).text();
  for (const text of ["staging", "id: 7", "eu-west", "POST /pay/7?dry=1", "502"]) {
    assertStringIncludes(page, text);
  }
  const markdown = toMarkdown(group, record);
  for (const text of ["Environment: staging", "User: id: 7", "region: eu-west"]) {
    assertStringIncludes(markdown, text);
  }
  assertEquals(toCurl(record, "http://localhost"), undefined);
});

/** Reports one error; gives its record. */
async function reported(app: TestApp, report: object): Promise<LogRecord> {
  const { content } = await readEnvelope(await app.report("/errors", report), { status: 202 });
  await app.logging.flush({ deadlineMs: 30_000 });
  const [id] = (content as { ids: string[] }).ids;
  return (await app.logging.store.occurrence(id!))!.record;
}
