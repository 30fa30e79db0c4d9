import { assertEquals, assertMatch } from "@std/assert";
import { BARE_KEY, DSN_KEYS, PAGE_KEY, post, SHOP_KEY } from "../helpers/envelopes.ts";
import { readMetrics } from "../helpers/read_metrics.ts";
import { startApp } from "../helpers/start_app.ts";

const JSON_TYPE = "application/json";
const PROTOBUF = "application/x-protobuf";
const SIGNALS = ["/v1/logs", "/v1/traces", "/v1/metrics"];

Deno.test("an exporter without a right key is told so in the encoding that it speaks", async (t) => {
  await using app = await startApp({ intakeKeys: DSN_KEYS });
  const cases: [name: string, key: string | undefined, status: number, code: number][] = [
    ["no key", undefined, 401, 16],
    ["a wrong key", "f".repeat(32), 401, 16],
    ["a public key", PAGE_KEY, 403, 7],
  ];
  for (const path of SIGNALS) {
    for (const [name, key, status, code] of cases) {
      await t.step(`${path}: ${name}`, async () => {
        const auth = key === undefined ? undefined : { authorization: `Bearer ${key}` };
        const inJson = await post(app, path, "{}", { ...auth, "content-type": JSON_TYPE });
        assertEquals([inJson.status, inJson.headers.get("content-type")], [status, JSON_TYPE]);
        const said = await inJson.json();
        assertEquals([said.code, typeof said.message], [code, "string"]);
        const inBytes = await post(app, path, "", { ...auth, "content-type": PROTOBUF });
        assertEquals([inBytes.status, inBytes.headers.get("content-type")], [status, PROTOBUF]);
        const bytes = await inBytes.bytes();
        // Field 1 is the code, field 2 the sentence.
        assertEquals([...bytes.subarray(0, 3)], [0x08, code, 0x12]);
        assertEquals(new TextDecoder().decode(bytes.subarray(4)), said.message);
        assertEquals(inBytes.headers.get("access-control-allow-origin"), null);
        if (status === 401) assertMatch(inBytes.headers.get("www-authenticate")!, /^Bearer /);
      });
    }
  }
});

Deno.test("what an exporter sends is taken with and without a slash at the end, whatever is in the query", async () => {
  await using app = await startApp({ intakeKeys: DSN_KEYS });
  const auth = { authorization: `Bearer ${SHOP_KEY}` };
  for (const path of SIGNALS) {
    for (const end of ["", "/", "?api-version=1"]) {
      const inJson = await post(app, path + end, "{}", { ...auth, "content-type": JSON_TYPE });
      assertEquals([inJson.status, await inJson.text()], [200, "{}"], path + end);
      const inBytes = await post(app, path + end, "", { ...auth, "content-type": PROTOBUF });
      assertEquals([inBytes.status, (await inBytes.bytes()).length], [200, 0], path + end);
      assertEquals(inBytes.headers.get("content-type"), PROTOBUF);
    }
    const looked = await app.request(path);
    assertEquals([looked.status, looked.headers.get("allow")], [405, "POST"]);
    await looked.body?.cancel();
  }
  await app.logging.flush({ deadlineMs: 30_000 });
  const { items } = await app.logging.store.listLogs({ limit: 100 });
  assertEquals(items.filter(({ status }) => status === 200), [], "no record of each request");
});

Deno.test("what is not kept is counted by the service that the program says, where its key says none", async () => {
  await using app = await startApp({ intakeKeys: [{ key: BARE_KEY }, ...DSN_KEYS] });
  const spans = (name?: string) =>
    JSON.stringify({
      resourceSpans: [{
        ...(name &&
          { resource: { attributes: [{ key: "service.name", value: { stringValue: name } }] } }),
        scopeSpans: [{
          spans: [{ name: "GET /", traceId: "1".repeat(32), spanId: "2".repeat(16) }],
        }],
      }],
    });
  const send = async (key: string, name?: string) => {
    const headers = { authorization: `Bearer ${key}`, "content-type": JSON_TYPE };
    assertEquals((await post(app, "/v1/traces", spans(name), headers)).status, 200);
  };
  for (const name of ["till", "stock", undefined]) await send(BARE_KEY, name);
  await send(SHOP_KEY, "till");
  await app.logging.intakeCounts.flush();
  const counts = await app.logging.store.intakeCounts({ days: 1 });
  assertEquals(
    counts.map(({ service, outcome, category, quantity }) =>
      [service, outcome, category, quantity].join(" ")
    ).sort(),
    ["shop", "stock", "till", "unknown_service"].map((name) => `${name} ignored span 1`),
  );
});

Deno.test("what is beyond a quota waits, and is told for how long: exporters send it again", async () => {
  await using app = await startApp({
    intakeKeys: [{ key: BARE_KEY }],
    // So slow that no second passes in which anything comes back.
    intakeQuota: 0.01,
  });
  const headers = { authorization: `Bearer ${BARE_KEY}`, "content-type": JSON_TYPE };
  const logRecords = Array.from({ length: 50 }, () => ({ body: { stringValue: "pelican" } }));
  const logs = JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords }] }] });
  const statuses = [];
  for (let time = 0; time < 4; time++) {
    const answer = await post(app, "/v1/logs", logs, headers);
    statuses.push(answer.status);
    await answer.body?.cancel();
  }
  assertEquals(statuses, [200, 429, 429, 429]);
  const refused = await post(app, "/v1/logs", logs, headers);
  assertMatch(refused.headers.get("retry-after")!, /^\d+$/);
  assertEquals((await refused.json()).code, 8);
  const { samples } = readMetrics(await (await app.request("/metrics")).text());
  const counted = samples.filter(({ name }) => name === "holdfast_intake_refused_total");
  assertEquals(counted.map(({ labels, value }) => [labels.service, labels.reason, value]), [
    ["unknown_service", "intake.quota", 4],
  ]);
});

Deno.test("damage is told in the encoding that was sent, and is no failure of the service", async () => {
  await using app = await startApp({ intakeKeys: DSN_KEYS });
  const auth = { authorization: `Bearer ${SHOP_KEY}` };
  const cases: [body: string, headers: Record<string, string>, status: number][] = [
    ["{", { "content-type": JSON_TYPE }, 400],
    ["\xff\xff", { "content-type": PROTOBUF }, 400],
    ["{}", { "content-type": JSON_TYPE, "content-encoding": "gzip" }, 400],
    ["{}", { "content-type": JSON_TYPE, "content-encoding": "lzma" }, 415],
    ["a=b", { "content-type": "application/x-www-form-urlencoded" }, 415],
  ];
  for (const path of ["/v1/logs", "/v1/traces"]) {
    for (const [body, headers, status] of cases) {
      const answer = await post(app, path, body, { ...auth, ...headers });
      assertEquals(answer.status, status, `${path} ${body} ${JSON.stringify(headers)}`);
      await answer.body?.cancel();
    }
  }
  await app.logging.flush({ deadlineMs: 30_000 });
  assertEquals((await app.logging.store.listErrors({ limit: 1 })).total, 0);
});

Deno.test("a request that is sent again because its answer was lost makes no second occurrence", async () => {
  await using app = await startApp({ intakeKeys: DSN_KEYS });
  const headers = { authorization: `Bearer ${SHOP_KEY}`, "content-type": JSON_TYPE };
  const failure = {
    timeUnixNano: `${Date.now()}000000`,
    severityNumber: 17,
    body: { stringValue: "pelican" },
  };
  // The same twice in one request are two.
  const logs = { resourceLogs: [{ scopeLogs: [{ logRecords: [failure, failure, null] }] }] };
  for (let time = 0; time < 3; time++) {
    const answer = await post(app, "/v1/logs", JSON.stringify(logs), headers);
    const { partialSuccess } = await answer.json();
    assertEquals([answer.status, partialSuccess.rejectedLogRecords], [200, "1"]);
  }
  await app.logging.flush({ deadlineMs: 30_000 });
  const { items } = await app.logging.store.listErrors({ limit: 10 });
  assertEquals(items.map(({ type, count }) => [type, count]), [["ERROR", 2]]);
});
