import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { readEnvelope } from "../helpers/read_envelope.ts";
import { INTAKE_KEY, jsonBody, startApp, type TestApp, withToken } from "../helpers/start_app.ts";
import { searchLogs } from "../helpers/search_logs.ts";

interface Taken {
  accepted: number;
  ids: string[];
  results: ({ id: string } | { error_code: string; error: string })[];
}

Deno.test("a service reports one log record and finds all of it again", async () => {
  await using app = await startApp();
  const taken = await accepted(app, "/logs", {
    svc_name: "shop",
    level: "WARN",
    message: "the till is slow",
    input_json: { order: 7 },
    return_json: ["ok", null],
    time: "2026-11-01T10:00:00.000Z",
    release: "shop-3",
    attrs: { till: 2 },
  });
  assertEquals(taken.accepted, 1);
  const [record] = await searchLogs<Record<string, unknown>>(app, "svc_name=shop");
  const { boot_id, seq, instance, ...rest } = record!;
  assertEquals(rest, {
    time: "2026-11-01T10:00:00.000Z",
    level: "WARN",
    severity: 30,
    svc_name: "shop",
    message: "the till is slow",
    input: { order: 7 },
    output: ["ok", null],
    release: "shop-3",
    reported: true,
    attrs: { till: 2 },
  });
  assertEquals(taken.ids, [`${boot_id}:${seq}`]);
  assertEquals(typeof instance, "string");
});

Deno.test("a log record without level and message is INFO and says whose it is", async () => {
  await using app = await startApp();
  await accepted(app, "/logs", { svc_name: "shop" });
  const [record] = await searchLogs<Record<string, unknown>>(app, "svc_name=shop");
  assertEquals([record!.level, record!.message], ["INFO", "report of shop"]);
});

Deno.test("a service reports an error and its id is a receipt", async () => {
  await using app = await startApp();
  const taken = await accepted(app, "/errors", {
    svc_name: "shop",
    error: { type: "TillError", message: "the till is stuck", stack: "TillError: x\n  at a.py:1" },
  });
  const { content } = await readEnvelope(await app.asOperator(`/errors/${taken.ids[0]}`), {
    status: 200,
  });
  const error = content as Record<string, unknown>;
  assertEquals(
    [error.type, error.message, error.svc_name, error.level, error.count, error.last_error_id],
    ["TillError", "the till is stuck", "shop", "ERROR", 1, taken.ids[0]],
  );
});

Deno.test("a key that nobody knows is kept among the attributes, and forges no field", async () => {
  await using app = await startApp();
  await accepted(app, "/logs", {
    svc_name: "shop",
    attrs: { till: 2 },
    till: 9,
    cashier: "ada",
    boot_id: "forged",
    seq: 1,
    error_id: "forged",
    severity: 50,
  });
  const [record] = await searchLogs<Record<string, unknown>>(app, "svc_name=shop");
  assertEquals(record!.attrs, {
    cashier: "ada",
    boot_id: "forged",
    seq: 1,
    error_id: "forged",
    severity: 50,
    till: 2,
  });
  assertEquals(record!.boot_id, app.logging.bootId);
  assertEquals(record!.severity, 20);
});

Deno.test("keys that name parts of a prototype are kept, and are keys like any other", async () => {
  await using app = await startApp();
  const attrs = JSON.parse('{"__proto__": {"a": 1}, "constructor": "b", "prototype": "c"}');
  const more = JSON.parse('{"svc_name": "shop", "__proto__": {"d": 2}, "constructor": "e"}');
  await accepted(app, "/logs", [{ svc_name: "shop", message: "in attrs", attrs }, more]);
  await accepted(app, "/logs", { ...more, message: "alone" });
  const kept = (await searchLogs<Record<string, unknown>>(app, "svc_name=shop")).map((record) =>
    JSON.stringify(record.attrs)
  );
  const unknown = '{"__proto__":{"d":2},"constructor":"e"}';
  assertEquals(kept, [unknown, unknown, JSON.stringify(attrs)]);
});

Deno.test("one wrong item does not cost the others: each has its own result", async () => {
  await using app = await startApp();
  const taken = await accepted(app, "/errors", [
    { svc_name: "shop", message: "first" },
    { message: "nobody says whose" },
    "not an object",
    { svc_name: "shop", level: "INFO" },
    { svc_name: "shop", message: "last", level: "CRITICAL" },
    null,
    { svc_name: "shop", time: "yesterday" },
    { svc_name: "", message: "x" },
    { svc_name: "shop", error: { message: "no type" } },
  ]);
  assertEquals(taken.accepted, 2);
  const results = taken.results.map((result) =>
    "id" in result ? result.id : `${result.error_code}: ${result.error}`
  );
  assertEquals(results, [
    taken.ids[0],
    "svc_name.missing: KeyError: svc_name is missing",
    'body.wrong_type: KeyError: body must be Object, got "not an object"',
    'level.unknown: ValueError: level must be "ERROR" or "CRITICAL", got "INFO"',
    taken.ids[1],
    "body.wrong_type: KeyError: body must be Object, got null",
    'time.invalid: ValueError: time must be a time as ISO 8601, got "yesterday"',
    'svc_name.invalid: ValueError: svc_name must not be empty, got ""',
    "error.type.missing: KeyError: error.type is missing",
  ]);
  assertEquals(
    (await searchLogs<Record<string, unknown>>(app, "svc_name=shop")).map(({ message }) => message),
    ["last", "first"],
  );
});

Deno.test("when no report can be taken, the answer is the first mistake's and tells three", async () => {
  await using app = await startApp();
  const wrong = Array.from({ length: 5 }, () => ({ message: "x" }));
  const envelope = await readEnvelope(await app.report("/logs", wrong), {
    status: 400,
    code: "svc_name.missing",
  });
  assertEquals(
    envelope.content,
    "[Error] KeyError: none of 5 reports were accepted: [0] svc_name is missing; " +
      "[1] svc_name is missing; [2] svc_name is missing; 2 more",
  );
});

Deno.test("a hundred reports are taken at once, none and a hundred and one are not", async () => {
  await using app = await startApp();
  const reports = (count: number) => Array.from({ length: count }, () => ({ svc_name: "shop" }));
  assertEquals((await accepted(app, "/logs", reports(100))).accepted, 100);
  for (const count of [0, 101]) {
    const envelope = await readEnvelope(await app.report("/logs", reports(count)), {
      status: 422,
      code: "body.invalid",
    });
    assertEquals(
      envelope.content,
      `[Error] ValueError: body must have 1 to 100 reports, got ${count}`,
    );
  }
});

Deno.test("a level that does not exist is told with the ones that do", async () => {
  await using app = await startApp();
  const cases = [
    { path: "/logs", level: "info", status: 422, code: "level.unknown" },
    { path: "/logs", level: 20, status: 400, code: "level.wrong_type" },
    { path: "/errors", level: "WARN", status: 422, code: "level.unknown" },
  ];
  for (const { path, level, status, code } of cases) {
    const answer = await app.report(path, { svc_name: "shop", level });
    const { content } = await readEnvelope(answer, { status, code });
    assertStringIncludes(String(content), '"CRITICAL"');
    assertStringIncludes(String(content), `got ${JSON.stringify(level)}`);
  }
});

Deno.test("prototype keys of a report pollute nothing", async () => {
  await using app = await startApp();
  const body =
    '{"svc_name":"shop","__proto__":{"polluted":1},"attrs":{"__proto__":{"polluted":1},' +
    '"constructor":{"prototype":{"polluted":1}}}}';
  const response = await app.request("/logs", withToken(INTAKE_KEY, { ...jsonBody(0), body }));
  await readEnvelope(response, { status: 202 });
  await app.logging.flush({ deadlineMs: 30_000 });
  assertEquals(({} as Record<string, unknown>).polluted, undefined);
  assertEquals((await searchLogs<Record<string, unknown>>(app, "svc_name=shop")).length, 1);
});

Deno.test("lone surrogates, NUL and a bell in a report are stored and found again", async () => {
  await using app = await startApp();
  await accepted(app, "/errors", {
    svc_name: "shop",
    message: "torn \ud800 pair, \0 and \u0007 pelican",
    input_json: { "\udc00": "\ud83d" },
  });
  const [record] = await searchLogs<Record<string, unknown>>(app, "q=pelican&svc_name=shop");
  assertStringIncludes(String(record!.message), "pelican");
});

Deno.test("the intake is closed to whoever has no key", async (t) => {
  await using app = await startApp();
  const post = jsonBody({ svc_name: "shop" });
  const cases: { given: string; init: RequestInit; code: string }[] = [
    { given: "no key", init: post, code: "auth.missing" },
    { given: "a wrong key", init: withToken("not-it", post), code: "auth.invalid" },
    {
      given: "the operator's token",
      init: withToken("operator-token-of-the-tests", post),
      code: "auth.invalid",
    },
  ];
  for (const path of ["/logs", "/errors"]) {
    for (const { given, init, code } of cases) {
      await t.step(`${path} with ${given}`, async () => {
        const response = await app.request(path, init);
        assertMatch(String(response.headers.get("www-authenticate")), /^Bearer /);
        await readEnvelope(response, { status: 401, code });
      });
    }
  }
});

Deno.test("every one of several intake keys opens the intake; without any it is closed", async () => {
  await using app = await startApp({ intakeKeys: [{ key: "first-key" }, { key: "second-key" }] });
  for (const key of ["first-key", "second-key"]) {
    const answer = await app.request("/logs", withToken(key, jsonBody({ svc_name: "shop" })));
    await readEnvelope(answer, { status: 202 });
  }
  await using closed = await startApp({ intakeKeys: [] });
  const { content } = await readEnvelope(await closed.report("/logs", { svc_name: "shop" }), {
    status: 401,
    code: "auth.missing",
  });
  assertEquals(
    content,
    "[Error] AuthError: intake is closed: there is no key. Set INTAKE_KEYS, or make one",
  );
});

async function accepted(app: TestApp, path: string, body: unknown): Promise<Taken> {
  const envelope = await readEnvelope(await app.report(path, body), { status: 202 });
  await app.logging.flush({ deadlineMs: 30_000 });
  return envelope.content as Taken;
}
