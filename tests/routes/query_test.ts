import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { MAX_PARAMETERS } from "../../routes/query.ts";
import { readEnvelope } from "../helpers/read_envelope.ts";
import { startApp } from "../helpers/start_app.ts";
import { synthetic } from "../helpers/synthetic.ts";

const echo = synthetic((input) => input);

Deno.test("a query of too many parameters is refused before it is cut up", async (t) => {
  await using app = await startApp({ modules: [echo] });
  const most = MAX_PARAMETERS;
  const queries = {
    "the same name": "a&".repeat(32_700),
    "the same name, encoded": "%61&".repeat(16_000),
    "many names": Array.from({ length: most + 1 }, (_, index) => `n${index}=`).join("&"),
    "nothing between the ampersands": "&".repeat(most),
  };
  for (const [name, query] of Object.entries(queries)) {
    await t.step(name, async () => {
      for (const path of ["/synthetic", "/healthz", "/readyz", "/openapi.json"]) {
        const { content } = await readEnvelope(await app.request(`${path}?${query}`), {
          status: 400,
          code: "query.too_many",
        });
        assertEquals(content, "[Error] KeyError: the query must have at most 1000 parameters");
      }
    });
  }
  await t.step("as many as are allowed", async () => {
    for (const pair of ["a=1", "%61=1"]) {
      const query = Array.from({ length: most }, () => pair).join("&");
      const { content } = await readEnvelope(await app.request(`/synthetic?${query}`));
      assertEquals(content, { a: Array.from({ length: most }, () => "1") });
    }
  });
});

Deno.test("a parameter that a route does not know is refused, and those it has are named", async (t) => {
  await using app = await startApp();
  const cases: [asked: string, name: string][] = [
    ["GET /?query_contnet=x&user_type=guest", "query_contnet"],
    ["GET /home?query_content=x&user_type=guest&sentry_key=x", "sentry_key"],
    ["GET /errors?statee=open", "statee"],
    ["GET /errors/counts?foo=1", "foo"],
    ["GET /errors/counts?limit=1", "limit"],
    ["GET /errors/x?id=y", "id"],
    ["GET /logs?Q=x", "Q"],
    ["GET /logs/stream?follow", "follow"],
    ["DELETE /errors/x/mute?reason=x", "reason"],
    ["PUT /errors/x/mute?more=5", "more"],
    ["GET /errors?constructor=1", "constructor"],
    ["GET /errors?__proto__=1", "__proto__"],
    ["GET /healthz?verbose", "verbose"],
    ["GET /metrics?name=x", "name"],
    ["GET /openapi.json?v=3", "v"],
  ];
  for (const [asked, name] of cases) {
    await t.step(asked, async () => {
      const [method, path = ""] = asked.split(" ");
      const { content } = await readEnvelope(await app.asOperator(path, { method }), {
        status: 400,
        code: `${name}.unknown_parameter`,
      });
      assertStringIncludes(String(content), `"${name}" is not a parameter of this route`);
    });
  }
  await t.step("POST /logs?dry_run=1", async () => {
    await readEnvelope(await app.report("/logs?dry_run=1", { svc_name: "shop" }), {
      status: 400,
      code: "dry_run.unknown_parameter",
    });
  });
  await t.step("a name that is no word makes a code that is one", async () => {
    const names = { "%20": "_", "": "_", "a%20b": "a_b", "%0A%C3%BC": "__", "%24%26": "$&" };
    for (const [name, param] of Object.entries(names)) {
      await readEnvelope(await app.request(`/healthz?${name}=1`), {
        status: 400,
        code: `${param}.unknown_parameter`,
      });
    }
  });
  await t.step("a name of any length is shown cut", async () => {
    const answer = await readEnvelope(await app.request(`/healthz?${"x".repeat(50_000)}`));
    assert(JSON.stringify(answer).length < 1_000);
  });
});

Deno.test("a module whose schema takes any key is given every parameter", async () => {
  await using app = await startApp({ modules: [echo] });
  const { content } = await readEnvelope(await app.request("/synthetic?a=1&b=%20&c&d=$%26"));
  assertEquals(content, { a: "1", b: " ", c: "", d: "$&" });
});

Deno.test("no record holds the key that a Sentry client puts into an address or a header", async () => {
  await using app = await startApp();
  const key = "web_shop_key_of_the_tests";
  for (const path of ["/", "/api/1/envelope/", "/logs", "/board/logs"]) {
    const headers = { "x-sentry-auth": `Sentry sentry_version=7, sentry_key=${key}` };
    const answer = await app.request(`${path}?sentry_version=7&sentry_key=${key}`, { headers });
    await answer.body?.cancel();
  }
  await app.report("/logs", {
    svc_name: "shop",
    input_json: { url: `/api/1/store/?sentry_key=${key}`, sentry_key: key },
  });
  await app.logging.flush({ deadlineMs: 30_000 });
  const { items } = await app.logging.store.listLogs({ limit: 100 });
  assertEquals(items.length, 6);
  assert(!JSON.stringify(items).includes(key), JSON.stringify(items));
});
