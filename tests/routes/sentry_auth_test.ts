import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import {
  BARE_KEY,
  DSN_KEYS,
  errorEvent,
  errorsOf,
  eventEnvelope,
  PAGE_KEY,
  post,
  SHOP_KEY,
} from "../helpers/envelopes.ts";
import { startApp } from "../helpers/start_app.ts";

const PATH = "/api/1/envelope/";

Deno.test("a key is read wherever a client writes it", async (t) => {
  await using app = await startApp({ intakeKeys: DSN_KEYS });
  const auth = (value: string) => ({ headers: { "x-sentry-auth": value } });
  const authorization = (value: string) => ({ headers: { authorization: value } });
  const ways: Record<string, { path?: string; headers?: Record<string, string> }> = {
    "in the query": { path: `${PATH}?sentry_version=7&sentry_key=${SHOP_KEY}&sentry_client=a%2F1` },
    "in the query, beside what is unknown": { path: `${PATH}?a=b&sentry_key=${SHOP_KEY}&a=c` },
    "with spaces after the commas": auth(
      `Sentry sentry_version=7, sentry_client=sentry.python/2.1.0, sentry_key=${SHOP_KEY}`,
    ),
    "without": auth(`Sentry sentry_key=${SHOP_KEY},sentry_version=7,sentry_client=x/1`),
    "with a secret behind it": auth(
      `Sentry sentry_key=${SHOP_KEY}, sentry_secret=ffffffffffffffff, sentry_version=7`,
    ),
    "in a scheme in small letters": auth(`sentry   sentry_version=7,sentry_key=${SHOP_KEY}`),
    "in no scheme": auth(`sentry_key=${SHOP_KEY}`),
    "in quotes": auth(`Sentry sentry_key="${SHOP_KEY}"`),
    "in Authorization": authorization(`Sentry sentry_key=${SHOP_KEY}, sentry_version=7`),
    "as a bearer token": authorization(`Bearer ${SHOP_KEY}`),
    "as a DSN": authorization(`DSN https://${SHOP_KEY}@errors.example/shop/1`),
  };
  for (const [name, { path = PATH, headers }] of Object.entries(ways)) {
    await t.step(name, async () => {
      const answer = await post(app, path, eventEnvelope("pelican"), headers);
      assertEquals(answer.status, 200);
      assertEquals(Object.keys(await answer.json()), ["id"]);
    });
  }
  assertEquals(await errorsOf(app, "shop"), Object.keys(ways).length);
});

Deno.test("an envelope's own DSN names the key where nothing else does, packed or not", async (t) => {
  await using app = await startApp({ intakeKeys: DSN_KEYS });
  const dsn = `https://${SHOP_KEY}@errors.example/shop/1`;
  const newBytes = () => new TextEncoder().encode(eventEnvelope("pelican", { dsn }));
  const ways: [encoding: string | undefined, pack: (bytes: Uint8Array) => Uint8Array][] = [
    [undefined, (bytes) => bytes],
    ["identity", (bytes) => bytes],
    ["gzip", gzipSync],
    [undefined, gzipSync],
    ["deflate", deflateSync],
    ["br", brotliCompressSync],
    ["zstd", zstdCompressSync],
  ];
  for (const [encoding, pack] of ways) {
    await t.step(encoding ?? "no encoding named", async () => {
      const headers = encoding === undefined ? undefined : { "content-encoding": encoding };
      const body = pack(newBytes()) as Uint8Array<ArrayBuffer>;
      const answer = await post(app, PATH, body, headers);
      assertEquals([answer.status, typeof (await answer.json()).id], [200, "string"]);
    });
  }
  await t.step("in parts of three bytes", async () => {
    const bytes = newBytes();
    const parts = Array.from(
      { length: Math.ceil(bytes.length / 3) },
      (_, at) => bytes.subarray(3 * at, 3 * at + 3),
    );
    const answer = await post(app, PATH, ReadableStream.from(parts));
    assertEquals(answer.status, 200);
    await answer.body?.cancel();
  });
  assertEquals(await errorsOf(app, "shop"), ways.length + 1);
});

Deno.test("without a valid key the answer is 403, in JSON, and nothing is kept", async (t) => {
  await using app = await startApp({ intakeKeys: DSN_KEYS });
  const wrong = "f".repeat(32);
  const ways: Record<string, { path: string; body?: string; headers?: Record<string, string> }> = {
    "no key": { path: PATH },
    "an empty key": { path: `${PATH}?sentry_key=` },
    "a wrong key": { path: `${PATH}?sentry_key=${wrong}` },
    "a key with more behind it": { path: `${PATH}?sentry_key=${SHOP_KEY}0` },
    "a wrong key in a header": {
      path: PATH,
      headers: { "x-sentry-auth": `Sentry sentry_key=${wrong}` },
    },
    "nonsense in the header": { path: PATH, headers: { "x-sentry-auth": "Sentry ,,=,a=,=b" } },
    "Basic": { path: PATH, headers: { authorization: `Basic ${btoa(`${SHOP_KEY}:`)}` } },
    "a wrong key in the DSN": {
      path: PATH,
      body: eventEnvelope("heron", { dsn: `http://${wrong}@h/1` }),
    },
    "a DSN that is none": { path: PATH, body: eventEnvelope("heron", { dsn: 7 }) },
    "a first line without an end": { path: PATH, body: "x".repeat(100_000) },
    "an empty body": { path: PATH, body: "" },
    "an event of old clients": { path: "/api/1/store/", body: JSON.stringify(errorEvent("heron")) },
    "a report of a policy": { path: "/api/1/security/", body: "{}" },
  };
  for (const [name, { path, body = eventEnvelope("heron"), headers }] of Object.entries(ways)) {
    await t.step(name, async () => {
      const answer = await post(app, path, body, headers);
      assertEquals(answer.status, 403);
      assertEquals(answer.headers.get("content-type"), "application/json");
      assertEquals(answer.headers.get("access-control-allow-origin"), "*");
      const { detail, error_code } = await answer.json();
      assertEquals(answer.headers.get("x-sentry-error"), detail);
      assertStringIncludes(error_code, "auth.");
    });
  }
  await app.logging.flush({ deadlineMs: 30_000 });
  assertEquals((await app.logging.store.listErrors({ limit: 1 })).total, 0);
});

Deno.test("a wrong key is told to wait after many tries, and silences no right one at its address", async () => {
  await using app = await startApp({ intakeKeys: DSN_KEYS });
  const statuses = new Map<number, number>();
  for (let time = 0; time < 150; time++) {
    const answer = await post(app, `${PATH}?sentry_key=${"f".repeat(31)}`, "{}");
    statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
    await answer.body?.cancel();
    if (answer.status === 429) assert(Number(answer.headers.get("retry-after")) > 0);
  }
  assertEquals([...statuses], [[403, 100], [429, 50]]);
  const answer = await post(app, `${PATH}?sentry_key=${SHOP_KEY}`, eventEnvelope("pelican"));
  assertEquals(answer.status, 200);
  await answer.body?.cancel();
});

Deno.test("a key's service counts; else the name before the project, else the project", async () => {
  await using app = await startApp({ intakeKeys: DSN_KEYS });
  const sent: [path: string, key: string, service: string][] = [
    ["/api/1/envelope/", SHOP_KEY, "shop"],
    ["/other/api/1/envelope/", SHOP_KEY, "shop"],
    ["/till/api/1/envelope/", BARE_KEY, "till"],
    ["/till/api/1/envelope", BARE_KEY, "till"],
    ["/die%20Kasse/api/1/envelope/", BARE_KEY, "die Kasse"],
    ["/api/4711/envelope/", BARE_KEY, "4711"],
    ["/api/my-project/envelope/", BARE_KEY, "my-project"],
    ["/web/api/1/store/", BARE_KEY, "web"],
  ];
  for (const [path, key] of sent) {
    const body = path.includes("store")
      ? JSON.stringify(errorEvent("pelican"))
      : eventEnvelope("pelican");
    const answer = await post(app, `${path}?sentry_key=${key}`, body);
    assertEquals(answer.status, 200, path);
    await answer.body?.cancel();
  }
  const expected = new Map<string, number>();
  for (const [, , name] of sent) expected.set(name, (expected.get(name) ?? 0) + 1);
  for (const [name, count] of expected) assertEquals(await errorsOf(app, name), count, name);
  const nowhere = await post(app, `/a/b/api/1/envelope/?sentry_key=${BARE_KEY}`, "{}");
  assertEquals(nowhere.status, 404);
  await nowhere.body?.cancel();
  const endless = await post(
    app,
    `/${"x".repeat(201)}/api/1/envelope/?sentry_key=${BARE_KEY}`,
    "{}",
  );
  assertEquals([endless.status, (await endless.json()).error_code], [400, "service.invalid"]);
});

Deno.test("a public key opens Sentry's event routes and nothing else", async (t) => {
  await using app = await startApp({ intakeKeys: DSN_KEYS });
  const query = `?sentry_key=${PAGE_KEY}`;
  const open = [`/api/1/envelope/${query}`, `/api/1/store/${query}`, `/api/1/security/${query}`];
  for (const path of open) {
    const body = path.includes("envelope") ? eventEnvelope("pelican") : "{}";
    const answer = await post(app, path, body);
    assertEquals([200, 400].includes(answer.status), true, `${path}: ${answer.status}`);
    await answer.body?.cancel();
  }
  for (const path of ["/logs", "/errors", "/v1/logs", "/v1/traces", "/v1/metrics"]) {
    await t.step(path, async () => {
      const answer = await post(app, path, "{}", {
        authorization: `Bearer ${PAGE_KEY}`,
        "content-type": "application/json",
      });
      assertEquals(answer.status, 403);
      await answer.body?.cancel();
    });
  }
  for (const path of ["/errors", "/metrics", "/logs"]) {
    await t.step(`GET ${path}`, async () => {
      const headers = { authorization: `Bearer ${PAGE_KEY}` };
      const answer = await app.request(path, { headers });
      // In development anybody may have the metrics.
      assertEquals(answer.status, path === "/metrics" ? 200 : 401);
      await answer.body?.cancel();
    });
  }
});

Deno.test("no key gets into a record, whatever became of its request", async () => {
  await using app = await startApp({ intakeKeys: DSN_KEYS, logging: { level: "DEBUG" } });
  const wrong = "badbadbadbadbadbadbadbadbadbad00";
  const dsn = `https://${wrong}@errors.example/1`;
  for (const key of [SHOP_KEY, wrong]) {
    for (
      const path of [
        `/api/1/envelope/?sentry_key=${key}&sentry_version=7`,
        `/api/1/nothing/?sentry_version=7&sentry_key=${key}`,
        `/a/b/api/1/envelope/?sentry_key=${key}`,
      ]
    ) {
      for (const method of ["POST", "GET", "OPTIONS"]) {
        const answer = await app.request(path, {
          method,
          ...(method === "POST" && { body: eventEnvelope("pelican", { dsn }) + "\nbroken" }),
        });
        await answer.body?.cancel();
      }
    }
    const headers = {
      "x-sentry-auth": `Sentry sentry_key=${key}`,
      authorization: `DSN https://${key}@h/1`,
    };
    await (await post(app, "/api/1/store/", "{", headers)).body?.cancel();
    await (await post(app, "/v1/logs", "{", { authorization: `Bearer ${key}` })).body?.cancel();
  }
  await app.logging.flush({ deadlineMs: 30_000 });
  const { items } = await app.logging.store.listLogs({ limit: 100 });
  assert(items.some(({ status }) => status === 403));
  assert(items.some(({ status }) => status === 404));
  const written = JSON.stringify(items);
  assertEquals([written.includes(SHOP_KEY), written.includes(wrong)], [false, false]);
});
