import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import type { ErrorDetail, ErrorSummary } from "../../store/store.ts";
import { readEnvelope } from "../helpers/read_envelope.ts";
import { startApp, type TestApp } from "../helpers/start_app.ts";

Deno.test("the list of errors can be filtered, sorted and paged", async (t) => {
  await using app = await startApp();
  for (const [name, count] of [["ant", 1], ["bee", 3], ["cat", 2]] as const) {
    for (let i = 0; i < count; i++) await reportError(app, name);
  }
  const types = async (query: string) =>
    (await list(app, query)).errors.map(({ type, count }) => `${type} ${count}`);

  await t.step("the one that happened last comes first", async () => {
    assertEquals(await types(""), ["cat 2", "bee 3", "ant 1"]);
  });
  await t.step("the most frequent first", async () => {
    assertEquals(await types("sort=count"), ["bee 3", "cat 2", "ant 1"]);
  });
  await t.step("the newest first", async () => {
    assertEquals(await types("sort=first_seen"), ["cat 2", "bee 3", "ant 1"]);
  });
  await t.step("by a word", async () => {
    assertEquals(await types("q=bee"), ["bee 3"]);
  });
  await t.step("by service and state", async () => {
    assertEquals((await list(app, "svc_name=shop&state=open")).total, 3);
    assertEquals((await list(app, "svc_name=other")).total, 0);
    assertEquals((await list(app, "state=resolved")).total, 0);
  });
  await t.step("by what became of them lately", async () => {
    const tomorrow = new Date(Date.now() + 24 * 60 * 60 * 1000).toISOString();
    assertEquals((await list(app, "what=new")).total, 3);
    assertEquals((await list(app, `what=new&since=${tomorrow}`)).total, 0);
    assertEquals((await list(app, "what=fixed")).total, 0);
    const { content } = await (await app.asOperator("/errors/counts?what=new")).json();
    assertEquals(content, { open: 3, resolved: 0, muted: 0 });
  });
  await t.step("page by page", async () => {
    const first = await list(app, "limit=2");
    assertEquals([first.errors.length, first.total, typeof first.next], [2, 3, "string"]);
    const second = await list(app, `limit=2&cursor=${encodeURIComponent(first.next!)}`);
    assertEquals([second.errors.map(({ type }) => type), second.next], [["ant"], null]);
  });
});

Deno.test("a wrong filter is told by its name, its bound and the value", async (t) => {
  await using app = await startApp();
  const cases = [
    { query: "state=closed", status: 422, code: "state.unknown", says: '"open" or "resolved"' },
    { query: "what=gone", status: 422, code: "what.unknown", says: '"rising"' },
    { query: "sort=name", status: 422, code: "sort.unknown", says: '"last_seen"' },
    { query: "level=info", status: 422, code: "level.unknown", says: '"INFO"' },
    { query: "limit=0", status: 422, code: "limit.invalid", says: "1 to 100" },
    { query: "limit=1.5", status: 400, code: "limit.wrong_type", says: "whole number" },
    { query: "limit=", status: 400, code: "limit.wrong_type", says: "whole number" },
    { query: "limit=1e2", status: 400, code: "limit.wrong_type", says: "whole number" },
    { query: "cursor=x", status: 422, code: "cursor.invalid", says: "cursor" },
    { query: `q=${"x".repeat(1001)}`, status: 422, code: "q.invalid", says: "1000 characters" },
  ];
  for (const { query, status, code, says } of cases) {
    await t.step(query.slice(0, 40), async () => {
      const response = await app.asOperator(`/errors?${query}`);
      const { content } = await readEnvelope(response, { status, code });
      assertStringIncludes(String(content), says);
    });
  }
});

Deno.test("words that mean something to a search engine are words here", async (t) => {
  await using app = await startApp();
  for (const q of ['"', "a AND", "*", "NEAR(", "a:b", "-x", "'", "%", "{", "\0", "a OR b)", "^"]) {
    await t.step(JSON.stringify(q), async () => {
      for (const path of ["/errors", "/logs"]) {
        const response = await app.asOperator(`${path}?q=${encodeURIComponent(q)}`);
        await readEnvelope(response, { status: 200 });
      }
    });
  }
});

Deno.test("one error shows its history, its trend and why it is grouped, by its id and by a receipt", async () => {
  await using app = await startApp();
  const receipt = await reportError(app, "ant");
  const detail = await show(app, receipt);
  assertEquals([detail.type, detail.state, detail.count, detail.trend.length], [
    "ant",
    "open",
    1,
    24,
  ]);
  assertEquals(detail.history.map(({ action, actor }) => `${action} by ${actor}`), [
    "opened by holdfast",
  ]);
  assertEquals(detail.keys.length, 1);
  assertEquals(await show(app, detail.id), detail);
});

Deno.test("occurrences of an error come newest first, found by its id and by a receipt", async () => {
  await using app = await startApp();
  const receipts = [];
  for (let i = 0; i < 3; i++) receipts.push(await reportError(app, "ant"));
  const { id } = await show(app, receipts[0]!);
  for (const known of [id, receipts[1]]) {
    const response = await app.asOperator(`/errors/${known}/occurrences`);
    const { content } = await readEnvelope(response, { status: 200 });
    const { occurrences, total, next } = content as {
      occurrences: { error_id: string; error: string }[];
      total: number;
      next: string | null;
    };
    assertEquals(occurrences.map(({ error_id }) => error_id), receipts.toReversed());
    assertEquals([total, next, occurrences[0]!.error], [3, null, id]);
  }
});

Deno.test("an error is resolved, comes back, is resolved, reopened, muted and unmuted", async () => {
  await using app = await startApp();
  const receipt = await reportError(app, "ant");
  const { id } = await show(app, receipt);
  const resolved = await act(app, `PUT /errors/${id}/resolution`, { release: "v2", note: "fixed" });
  assertEquals([resolved.state, resolved.resolved_in], ["resolved", "v2"]);
  assertMatch(String(resolved.resolved_at), /Z$/);

  await reportError(app, "ant");
  const back = await show(app, id);
  assertEquals([back.state, back.came_back, back.resolved_at], ["open", true, null]);

  // The receipt that a client sent does as well as the error's own id.
  assertEquals((await act(app, `PUT /errors/${receipt}/resolution`)).state, "resolved");
  assertEquals((await act(app, `DELETE /errors/${id}/resolution`)).state, "open");
  assertEquals((await act(app, `PUT /errors/${id}/mute`, { note: "known" })).state, "muted");
  assertEquals((await act(app, `DELETE /errors/${id}/mute`)).state, "open");
  const until = "2999-01-01T00:00:00.000Z";
  await act(app, `PUT /errors/${id}/mute`, { until });
  const detail = await show(app, id);
  assertEquals([detail.state, detail.muted_until], ["muted", until]);
  assertEquals(detail.history.map(({ action }) => action), [
    "muted",
    "unmuted",
    "muted",
    "reopened",
    "resolved",
    "came_back",
    "resolved",
    "opened",
  ]);
});

Deno.test("what does not exist answers 404, whatever is asked of it", async (t) => {
  await using app = await startApp();
  const missing = [
    "GET /errors/none",
    "GET /errors/none/occurrences",
    "PUT /errors/none/resolution",
    "DELETE /errors/none/resolution",
    "PUT /errors/none/mute",
    "DELETE /errors/none/mute",
    "GET /errors/%2e%2e%2f%00",
    "GET /errors/%ff",
    "GET /errors/constructor",
    "GET /errors/__proto__",
  ];
  for (const asked of missing) {
    await t.step(asked, async () => {
      const [method, path] = asked.split(" ") as [string, string];
      const { content } = await readEnvelope(await app.asOperator(path, { method }), {
        status: 404,
        code: "id.not_found",
      });
      assertStringIncludes(String(content), "no error has the id ");
    });
  }
});

Deno.test("the id in the path cannot be overridden by the query or the body", async () => {
  await using app = await startApp();
  const { id } = await show(app, await reportError(app, "ant"));
  await readEnvelope(await app.asOperator(`/errors/${id}?id=none`), {
    status: 400,
    code: "id.unknown_parameter",
  });
  assertEquals((await act(app, `PUT /errors/${id}/mute`, { id: "none" })).id, id);
});

Deno.test("a note that is too long or a time that is none is the client's mistake", async () => {
  await using app = await startApp();
  const { id } = await show(app, await reportError(app, "ant"));
  const cases = [
    { path: "mute", body: { until: "soon" }, status: 422, code: "until.invalid" },
    { path: "mute", body: { until: 5 }, status: 400, code: "until.wrong_type" },
    { path: "mute", body: { note: "x".repeat(2001) }, status: 422, code: "note.invalid" },
    { path: "resolution", body: { release: "" }, status: 422, code: "release.invalid" },
    { path: "resolution", body: [], status: 400, code: "id.missing" },
  ];
  for (const { path, body, status, code } of cases) {
    const response = await app.asOperator(`/errors/${id}/${path}`, {
      method: "PUT",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    await readEnvelope(response, { status, code });
  }
  assertEquals((await show(app, id)).state, "open");
});

Deno.test("nothing of the operator's API answers without the token", async (t) => {
  await using app = await startApp();
  const all = [
    "GET /errors",
    "GET /errors/x",
    "GET /errors/x/occurrences",
    "PUT /errors/x/resolution",
    "DELETE /errors/x/resolution",
    "PUT /errors/x/mute",
    "DELETE /errors/x/mute",
    "GET /logs",
    "HEAD /logs",
  ];
  for (const asked of all) {
    await t.step(asked, async () => {
      const [method, path] = asked.split(" ") as [string, string];
      const response = await app.request(path, { method });
      assertEquals([response.status, response.headers.get("www-authenticate")], [
        401,
        'Bearer realm="holdfast"',
      ]);
      await response.body?.cancel();
    });
  }
});

Deno.test("logs are found by words, service, route, level, request and time", async () => {
  await using app = await startApp();
  const fail = await app.request("/fail?how=throw", { headers: { "x-request-id": "ask-1" } });
  await fail.body?.cancel();
  app.logging.logger.warn("a pelican sat on the wire");
  await app.logging.flush({ deadlineMs: 30_000 });
  const count = async (query: string) => {
    const { content } = await readEnvelope(await app.asOperator(`/logs?${query}`), { status: 200 });
    return (content as { logs: unknown[] }).logs.length;
  };
  assertEquals(await count("q=pelican wire"), 1);
  assertEquals(await count("request_id=ask-1"), 1);
  assertEquals(await count("route=/fail&level=ERROR"), 1);
  assertEquals(await count("svc_name=holdfast&route=/fail"), 1);
  assertEquals(await count("q=pelican&until=2000-01-01T00:00:00Z"), 0);
  assert(await count("since=2000-01-01T00:00:00Z") >= 2);
});

/** Reports a failure of a service that runs elsewhere; gives the receipt. */
async function reportError(app: TestApp, type: string): Promise<string> {
  const error = { type, message: `the ${type} is broken`, stack: `${type}: x\n    at ${type}.js` };
  const { content } = await readEnvelope(await app.report("/errors", { svc_name: "shop", error }), {
    status: 202,
  });
  await app.logging.flush({ deadlineMs: 30_000 });
  return (content as { ids: string[] }).ids[0]!;
}

async function list(
  app: TestApp,
  query: string,
): Promise<{ errors: ErrorSummary[]; total: number; next: string | null }> {
  const { content } = await readEnvelope(await app.asOperator(`/errors?${query}`), { status: 200 });
  return content as { errors: ErrorSummary[]; total: number; next: string | null };
}

async function show(app: TestApp, id: string): Promise<ErrorDetail> {
  const { content } = await readEnvelope(await app.asOperator(`/errors/${id}`), { status: 200 });
  return content as ErrorDetail;
}

async function act(app: TestApp, action: string, body?: unknown): Promise<ErrorSummary> {
  const [method, path] = action.split(" ") as [string, string];
  const response = await app.asOperator(path, {
    method,
    ...(body === undefined ? {} : {
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    }),
  });
  return (await readEnvelope(response, { status: 200 })).content as ErrorSummary;
}
