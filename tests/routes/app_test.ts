import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { readEnvelope } from "../helpers/read_envelope.ts";
import { INTAKE_KEY, OPERATOR_TOKEN, startApp, withToken } from "../helpers/start_app.ts";
import { synthetic } from "../helpers/synthetic.ts";
import { logged } from "../helpers/stored.ts";

Deno.test("a path where nothing is answers 404", async () => {
  await using app = await startApp();
  for (
    const path of ["/nothing", "/errors/a/b/c", "///", "/.env", "/Home", "/home/", "/%2e%2e/x"]
  ) {
    const request = new Request(`http://localhost${path}`);
    await readEnvelope(await app.fetch(request), { status: 404, code: "route.unknown" });
  }
});

Deno.test("a method that a path does not have answers 405 with the ones it has", async (t) => {
  await using app = await startApp();
  const cases = [
    { method: "POST", path: "/", allow: "GET, HEAD" },
    { method: "DELETE", path: "/home", allow: "GET, HEAD" },
    { method: "PUT", path: "/logs", allow: "GET, HEAD, POST, DELETE" },
    { method: "PATCH", path: "/errors", allow: "GET, HEAD, POST, DELETE" },
    { method: "GET", path: "/errors/x/resolution", allow: "PUT, DELETE" },
    { method: "POST", path: "/errors/x/mute", allow: "PUT, DELETE" },
    { method: "POST", path: "/healthz", allow: "GET, HEAD" },
    { method: "PROPFIND", path: "/", allow: "GET, HEAD" },
  ];
  for (const { method, path, allow } of cases) {
    await t.step(`${method} ${path}`, async () => {
      const response = await app.request(path, { method });
      assertEquals(response.headers.get("allow"), allow);
      const { content } = await readEnvelope(response, {
        status: 405,
        code: "method.not_allowed",
      });
      assertEquals(
        content,
        `[Error] MethodNotAllowed: ${method} is not allowed here, only ${allow}`,
      );
    });
  }
});

Deno.test("OPTIONS tells what a path takes, and nothing where nothing is", async (t) => {
  await using app = await startApp({ environment: "production", operators: [] });
  const known = [
    ["/", "GET, HEAD"],
    ["/logs", "POST"],
    ["/errors", "POST"],
    ["/healthz", "GET, HEAD"],
    ["/openapi.json", "GET, HEAD"],
  ] as const;
  for (const [path, allow] of known) {
    await t.step(path, async () => {
      const answer = await app.request(path, { method: "OPTIONS" });
      assertEquals([answer.status, answer.headers.get("allow"), await answer.text()], [
        204,
        allow,
        "",
      ]);
      assert(answer.headers.has("x-request-id"));
    });
  }
  // The operator's routes are closed here, and look like those that never were.
  for (const path of ["/nothing", "/errors/x/resolution", "/fail", "/board", "/metrics"]) {
    await t.step(path, async () => {
      const answer = await app.request(path, { method: "OPTIONS" });
      assertEquals(answer.headers.get("allow"), null);
      await readEnvelope(answer, { status: 404, code: "route.unknown" });
    });
  }
});

Deno.test("HEAD answers like GET, without a body", async () => {
  await using app = await startApp();
  for (const path of ["/", "/healthz", "/metrics", "/openapi.json", "/fail?how=throw"]) {
    const get = await app.request(path);
    const head = await app.request(path, { method: "HEAD" });
    assertEquals([head.status, head.headers.get("content-type"), await head.text()], [
      get.status,
      get.headers.get("content-type"),
      "",
    ]);
    await get.body?.cancel();
  }
});

Deno.test("a request id that is well-formed is kept, another is replaced", async (t) => {
  await using app = await startApp();
  for (const kept of ["a", "A-Z_0.9", "x".repeat(128)]) {
    await t.step(`kept: ${kept.slice(0, 20)}`, async () => {
      assertEquals((await ask(kept)).request_id, kept);
    });
  }
  const forged = ["x".repeat(129), "a b", "a;b", "a,b", "ä", "a/b", "{}", '"', "<script>"];
  for (const replaced of forged) {
    await t.step(`replaced: ${replaced.slice(0, 20)}`, async () => {
      assertMatch((await ask(replaced)).request_id, /^[0-9a-f-]{36}$/);
    });
  }
  await t.step("given where none came, another each time", async () => {
    const ids = await Promise.all(Array.from({ length: 20 }, async () => (await ask()).request_id));
    assertEquals(new Set(ids).size, 20);
  });

  async function ask(id?: string) {
    const headers: HeadersInit = id === undefined ? {} : { "x-request-id": id };
    return await readEnvelope(await app.request("/healthz", { headers }), { status: 200 });
  }
});

Deno.test("whoever asks for problem details gets the same failure as RFC 9457 says", async () => {
  await using app = await startApp();
  const headers = { accept: "application/problem+json", "x-request-id": "ask-1" };
  const response = await app.request("/?query_content=x&user_type=admin", { headers });
  assertEquals([response.status, response.headers.get("content-type")], [
    422,
    "application/problem+json",
  ]);
  assertEquals(await response.json(), {
    type: "about:blank",
    title: "ValueError",
    status: 422,
    detail: 'user_type must be "guest" or "operator", got "admin"',
    request_id: "ask-1",
    error_code: "user_type.unknown",
    errors: [{
      path: "user_type",
      code: "user_type.unknown",
      message: 'user_type must be "guest" or "operator", got "admin"',
    }],
  });
  const failed = await app.request("/fail?how=throw", { headers });
  const problem = await failed.json();
  assertEquals([problem.title, problem.status, typeof problem.error_id], [
    "InternalError",
    500,
    "string",
  ]);
  const missing = await app.request("/nothing", { method: "POST", headers });
  assertEquals((await missing.json()).title, "NotFound");
  const denied = await app.request("/", { method: "POST", headers });
  assertEquals(denied.headers.get("allow"), "GET, HEAD");
  assertEquals((await denied.json()).title, "MethodNotAllowed");
  await readEnvelope(await app.request("/healthz", { headers }), { status: 200 });
});

Deno.test("the Accept header's weights decide between envelope and problem details", async (t) => {
  await using app = await startApp();
  const cases: [accept: string, type: string][] = [
    ["*/*", "application/json"],
    ["application/*", "application/json"],
    ["application/json", "application/json"],
    ["application/json, application/problem+json", "application/problem+json"],
    ["application/problem+json;q=0.5, application/json", "application/json"],
    ["application/problem+json; q=0.9, application/json;q=0.5", "application/problem+json"],
    ["application/problem+json;q=0", "application/json"],
    ["APPLICATION/PROBLEM+JSON", "application/problem+json"],
    ["application/problem+jsonx", "application/json"],
    [",;q=,,application/problem+json;q=x", "application/json"],
  ];
  for (const [accept, type] of cases) {
    await t.step(accept, async () => {
      const response = await app.request("/nothing", { headers: { accept } });
      assertEquals([response.status, response.headers.get("content-type")], [404, type]);
      await response.body?.cancel();
    });
  }
});

Deno.test("in development a client reads the stack, in production only the receipt", async () => {
  await using development = await startApp();
  const told = await readEnvelope(await development.request("/fail?how=throw"));
  assertMatch(
    String(told.content),
    /^\[Error\] InternalError: Error: thrown on purpose by \/fail\n\s+at .*fail\.ts/,
  );
  const leaky = synthetic(() => {
    throw new Error("the password is hunter2");
  });
  await using production = await startApp({ environment: "production", modules: [leaky] });
  for (const accept of ["*/*", "application/problem+json"]) {
    const text = await (await production.request("/synthetic", { headers: { accept } })).text();
    assert(!text.includes("hunter2") && !text.includes("    at "), text);
    const { error_id } = JSON.parse(text);
    assertStringIncludes(text, `something failed on our side; it is recorded as ${error_id}`);
  }
});

Deno.test("in production without a token the operator's part and /fail are not there", async (t) => {
  await using app = await startApp({ environment: "production", operators: [] });
  const closed = [
    "GET /errors",
    "HEAD /errors",
    "GET /logs",
    "GET /errors/x",
    "GET /errors/x/occurrences",
    "PUT /errors/x/resolution",
    "DELETE /errors/x/mute",
    "GET /fail?how=throw",
    "POST /fail",
  ];
  for (const asked of closed) {
    await t.step(asked, async () => {
      const [method, path] = asked.split(" ") as [string, string];
      const response = await app.request(path, withToken(OPERATOR_TOKEN, { method }));
      assertEquals([response.status, response.headers.get("allow")], [404, null]);
      await response.body?.cancel();
    });
  }
  await t.step("nothing that is answered tells of it", async () => {
    const described = await (await app.request("/openapi.json")).json();
    assertEquals(Object.keys(described.paths).sort(), [
      "/",
      "/errors",
      "/healthz",
      "/home",
      "/logs",
      "/openapi.json",
      "/readyz",
      "/receipts/{id}",
    ]);
    assertEquals(Object.keys(described.paths["/errors"]), ["post"]);
    const page = await (await app.request("/", { headers: { accept: "text/html" } })).text();
    assert(!page.includes("/fail") && !page.includes("resolution"));
    const denied = await app.request("/errors", { method: "PUT" });
    assertEquals(denied.headers.get("allow"), "POST");
    await denied.body?.cancel();
  });
  await t.step("the search says that it is closed", async () => {
    const path = "/?query_content=x&user_type=operator";
    const { content } = await readEnvelope(await app.request(path), {
      status: 401,
      code: "auth.missing",
    });
    assertEquals(
      content,
      "[Error] AuthError: operator access is closed: OPERATOR_TOKEN is not set",
    );
  });
});

Deno.test("a request is logged with what it was given and what it was answered", async () => {
  await using app = await startApp();
  const headers = { "x-request-id": "ask-1" };
  await readEnvelope(await app.request("/?query_content=x&user_type=nobody", { headers }));
  const { duration_ms, boot_id: _, seq: __, instance: ___, time: ____, ...record } = await logged(
    app,
    "request_id=ask-1",
  );
  assert(Number(duration_ms) > 0);
  assertEquals(record, {
    level: "WARN",
    severity: 30,
    svc_name: "holdfast",
    module: "/home",
    message: 'ValueError: user_type must be "guest" or "operator", got "nobody"',
    request_id: "ask-1",
    method: "GET",
    route: "/",
    path: "/?query_content=x&user_type=nobody",
    status: 422,
    input: { query_content: "x", user_type: "nobody" },
    output: {
      content: '[Error] ValueError: user_type must be "guest" or "operator", got "nobody"',
      content_status: "error",
      status: 422,
      request_id: "ask-1",
      error_code: "user_type.unknown",
      errors: [{
        path: "user_type",
        code: "user_type.unknown",
        message: 'user_type must be "guest" or "operator", got "nobody"',
      }],
    },
  });
});

Deno.test("what the operator reads is not written into the log once more: a search finds no earlier search", async () => {
  await using app = await startApp();
  const reported = await app.report("/errors", {
    svc_name: "shop",
    message: "the parrot is dead",
    user: { id: "u-parrot" },
  });
  const { content: { ids: [id] } } = await reported.json();
  const reads = [
    "/logs?q=parrot",
    "/errors?q=parrot",
    `/errors/${id}`,
    `/errors/${id}/occurrences`,
    `/occurrences/${id}`,
    "/keys",
    "/keys/counts",
    "/?query_content=parrot&user_type=operator",
  ];
  for (const path of reads) {
    const answer = await app.request(path, withToken(OPERATOR_TOKEN));
    assertEquals([path, answer.status], [path, 200]);
    await answer.body?.cancel();
  }
  const asked = await app.request("/errors/counts", withToken(OPERATOR_TOKEN));
  await asked.body?.cancel();
  await app.logging.flush({ deadlineMs: 30_000 });
  const { items } = await app.logging.store.listLogs({ svc_name: "holdfast", limit: 100 });
  const requests = items.filter(({ method }) => method === "GET");
  assertEquals(requests.length, reads.length + 1);
  assertEquals(requests.filter(({ output }) => output !== undefined), []);
  assertEquals(requests.filter((record) => JSON.stringify(record).includes("u-parrot")), []);
  // What was asked stays.
  assertEquals(requests.filter(({ path }) => path?.includes("q=parrot")).length, 2);
});

Deno.test("a client's mistake opens no error", async () => {
  await using app = await startApp();
  const mistakes = [
    app.request("/"),
    app.request("/nothing"),
    app.request("/", { method: "PUT" }),
    app.request("/errors"),
    app.request("/logs", withToken(INTAKE_KEY, { method: "POST", body: "x" })),
    app.report("/logs", { level: "none" }),
  ];
  for (const response of await Promise.all(mistakes)) {
    assert(response.status < 500);
    await response.body?.cancel();
  }
  await app.logging.flush({ deadlineMs: 30_000 });
  assertEquals((await app.logging.store.listErrors({ limit: 10 })).total, 0);
});

Deno.test("every receipt can be looked up, even where only what is critical is logged", async () => {
  await using app = await startApp({ logging: { level: "CRITICAL" } });
  const { error_id } = await readEnvelope(await app.request("/fail?how=throw"));
  const reported = await readEnvelope(await app.report("/errors", { svc_name: "shop" }));
  const [id] = (reported.content as { ids: string[] }).ids;
  await app.logging.flush({ deadlineMs: 30_000 });
  for (const receipt of [error_id, id]) {
    const path = `/?query_content=${receipt}&user_type=guest`;
    await readEnvelope(await app.request(path), { status: 200 });
  }
});
