import { assert, assertEquals, assertMatch } from "@std/assert";
import {
  BARE_KEY,
  DSN_KEYS,
  envelope,
  errorEvent,
  errorsOf,
  eventEnvelope,
  PAGE_KEY,
  post,
  SHOP_KEY,
} from "../helpers/envelopes.ts";
import { openConnection, rawRequest } from "../helpers/raw_request.ts";
import { readMetrics } from "../helpers/read_metrics.ts";
import { serveApp } from "../helpers/serve_app.ts";
import { startApp, type TestApp } from "../helpers/start_app.ts";

const PATH = `/api/1/envelope/?sentry_key=${SHOP_KEY}`;
const PAGE_PATH = `/api/1/envelope/?sentry_key=${PAGE_KEY}`;
const MIB = 1024 * 1024;
/** What every client's limiter must go on to send. */
const KEPT = ["error", "log_item", "security", "feedback", "default"];

Deno.test("an event that was taken is answered with its id, and with what to send no more", async () => {
  await using app = await startApp({ intakeKeys: DSN_KEYS });
  const event = errorEvent("pelican");
  const answer = await post(app, PATH, envelope([["event", event]]));
  assertEquals([answer.status, await answer.json()], [200, { id: event.event_id }]);
  assertEquals(answer.headers.get("content-type"), "application/json");
  const limits = readLimits(answer);
  for (const category of ["transaction", "span", "session", "replay", "attachment", "monitor"]) {
    assertEquals(limits.get(category), 3_600, category);
  }
  assertEquals(KEPT.filter((category) => limits.has(category) || limits.has("")), []);
  const none = await post(app, PATH, envelope([["session", {}]]));
  assertEquals([none.status, await none.json()], [200, {}]);
  assertEquals(readLimits(none), limits);
  assertEquals(await errorsOf(app, "shop"), 1);
});

Deno.test("every answer of the event routes can be read by any page", async (t) => {
  await using app = await startApp({
    intakeKeys: DSN_KEYS,
    requestTimeoutMs: 100,
    tunnelPath: "/t",
  });
  const cases: Record<string, { status: number; ask: () => Promise<Response> }> = {
    "taken": { status: 200, ask: () => post(app, PATH, eventEnvelope("pelican")) },
    "as a beacon sends it": {
      status: 200,
      ask: () =>
        post(app, PAGE_PATH, eventEnvelope("pelican"), {
          "content-type": "text/plain;charset=UTF-8",
          origin: "null",
        }),
    },
    "no envelope": { status: 400, ask: () => post(app, PATH, "nonsense") },
    "no key": { status: 403, ask: () => post(app, "/api/1/envelope/", "{}") },
    "no key in the tunnel": { status: 403, ask: () => post(app, "/t", "{}") },
    "another method": { status: 405, ask: () => app.request(PATH, { method: "PUT" }) },
    "GET": { status: 405, ask: () => app.request(PATH) },
    "a body that stalls": {
      status: 408,
      ask: () => post(app, PATH, new ReadableStream({ pull: () => new Promise(() => {}) })),
    },
    "a body that is too large": {
      status: 413,
      ask: () => post(app, PATH, new Uint8Array(20 * MIB + 1)),
    },
    "an encoding that nobody knows": {
      status: 415,
      ask: () => post(app, PATH, "{}", { "content-encoding": "lzma" }),
    },
    "beyond a quota": { status: 429, ask: () => sendUntil429(app) },
  };
  for (const [name, { status, ask }] of Object.entries(cases)) {
    await t.step(name, async () => {
      const answer = await ask();
      assertEquals(answer.status, status);
      assertReadable(answer);
      assertEquals(answer.headers.get("content-type"), "application/json");
      const body = await answer.json();
      if (status !== 200) assertEquals(typeof body.detail, "string");
      if (status === 405) assertEquals(answer.headers.get("allow"), "POST, OPTIONS");
    });
  }
  for (const path of [PATH, "/shop/api/1/store/", "/api/1/security", "/t", "/t/"]) {
    await t.step(`the preflight of ${path}`, async () => {
      const answer = await app.request(path, {
        method: "OPTIONS",
        headers: {
          origin: "https://shop.example",
          "access-control-request-method": "POST",
          "access-control-request-headers": "content-type, x-sentry-auth, sentry-trace",
        },
      });
      assertEquals([answer.status, await answer.text()], [204, ""]);
      assertReadable(answer);
      const { headers } = answer;
      assertMatch(headers.get("access-control-allow-methods")!, /\bPOST\b/);
      for (const name of ["content-type", "x-sentry-auth", "sentry-trace", "authorization"]) {
        assert(headers.get("access-control-allow-headers")!.toLowerCase().includes(name), name);
      }
      assert(Number(headers.get("access-control-max-age")) > 0);
    });
  }
});

Deno.test("a page's key has ten records a second for each address, whatever it sends in one", async () => {
  await using app = await startApp({ intakeKeys: DSN_KEYS });
  const send = async (address: string, body: string) => {
    const answer = await post(app, PAGE_PATH, body, { "x-forwarded-for": address });
    await answer.body?.cancel();
    return answer;
  };
  // All at once: one after the other they might take longer than a second.
  const together = async (address: string) => {
    const sending = Array.from({ length: 40 }, () => send(address, eventEnvelope("pelican")));
    return (await Promise.all(sending)).filter(({ status }) => status === 200).length;
  };
  const first = await together("203.0.113.1");
  assert(first >= 10 && first < 40, String(first));
  assert(await together("203.0.113.2") >= 10, "another address has its own");
  // One envelope with many logs in it is worth as much as many with one.
  const logs = Array.from({ length: 40 }, (_, at) => ({ level: "info", body: `line ${at}` }));
  const many = envelope([["log", { items: logs }]]);
  assertEquals((await send("2001:db8::1", many)).status, 200);
  const refused = await send("2001:db8::2", eventEnvelope("pelican"));
  assertEquals(refused.status, 429);
  const seconds = Number(refused.headers.get("retry-after"));
  assert(seconds >= 2, String(seconds));
  const limits = readLimits(refused);
  for (const category of KEPT) assertEquals(limits.get(category), seconds, category);
  assertEquals(limits.get("transaction"), 3_600);
  const metrics = readMetrics(await (await app.request("/metrics")).text());
  const counted = metrics.samples.filter(({ name }) => name === "holdfast_intake_refused_total");
  assertEquals(counted.map(({ labels }) => [labels.service, labels.reason]), [
    ["page", "intake.quota"],
  ]);
});

Deno.test("more bodies at once than may wait are told to come again, and nothing is an error but this", async () => {
  await using app = await startApp({ intakeKeys: DSN_KEYS });
  const body = new Uint8Array(10 * MIB).fill("x".charCodeAt(0));
  const answers = await Promise.all(Array.from({ length: 6 }, () => post(app, PATH, body)));
  const statuses = new Set(answers.map(({ status }) => status));
  assertEquals([...statuses].filter((status) => ![400, 429, 503].includes(status)), []);
  const busy = answers.filter(({ status }) => status === 503);
  assert(busy.length > 0, [...statuses].join());
  for (const answer of busy) {
    assertReadable(answer);
    assertMatch(answer.headers.get("retry-after")!, /^\d+$/);
  }
  for (const answer of answers) await answer.body?.cancel();
  const answer = await post(app, PATH, eventEnvelope("pelican"));
  assertEquals(answer.status, 200);
  await answer.body?.cancel();
});

Deno.test("what strangers begin to send, and never end, keeps no service out", async () => {
  await using app = await startApp({ intakeKeys: DSN_KEYS });
  const ends: (() => void)[] = [];
  const begin = (path: string) => {
    const body = new ReadableStream({
      start(controller) {
        controller.enqueue(new Uint8Array(17 * MIB));
        ends.push(() => controller.close());
      },
    });
    return post(app, path, body);
  };
  const begun = Array.from({ length: 4 }, () => begin(PAGE_PATH));
  // Of the four one has found no room.
  const refused = await Promise.race(begun);
  assertEquals([refused.status, (await refused.json()).error_code], [429, "bodies.too_many"]);
  assertReadable(refused);
  const service = await post(app, PATH, eventEnvelope("pelican"));
  assertEquals(service.status, 200);
  await service.body?.cancel();
  for (const end of ends) {
    try {
      end();
    } catch {
      // The one that was refused is cancelled.
    }
  }
  for (const answer of await Promise.all(begun)) {
    if (answer !== refused) await answer.body?.cancel();
  }
});

Deno.test("requests that are taken leave no record of their own and are counted; refusals leave a few", async () => {
  await using app = await startApp({ intakeKeys: DSN_KEYS, logging: { level: "DEBUG" } });
  for (let time = 0; time < 30; time++) {
    await (await post(app, PATH, eventEnvelope(`pelican ${time}`))).body?.cancel();
    await (await post(app, PATH, "nonsense")).body?.cancel();
    await (await app.request(PATH, { method: "OPTIONS" })).body?.cancel();
  }
  await app.logging.flush({ deadlineMs: 30_000 });
  const { items } = await app.logging.store.listLogs({ limit: 100, svc_name: "holdfast" });
  const route = "/api/:project/envelope/";
  const records = items.filter((record) => record.route === route);
  assertEquals(records.map(({ status, level }) => [status, level]), Array(10).fill([400, "WARN"]));
  const { samples } = readMetrics(await (await app.request("/metrics")).text());
  const counts = samples.filter(({ name, labels }) =>
    name === "holdfast_requests_total" && labels.route === route
  );
  assertEquals(
    counts.map(({ labels, value }) => [Number(labels.status), value]).toSorted(),
    [[200, 30], [204, 30], [400, 30]],
  );
});

Deno.test("what is announced as too large is refused before it is sent", async () => {
  await using app = await startApp({ intakeKeys: DSN_KEYS });
  await using served = serveApp(app);
  const head = (path: string, lines: string[]) =>
    [`POST ${path} HTTP/1.1`, "Host: localhost", ...lines, "", ""].join("\r\n");
  const large = ["Content-Length: 104857600"];
  for (
    const path of [PATH, PATH.replace("envelope", "store"), PATH.replace("envelope", "security")]
  ) {
    const answer = await rawRequest(head(path, large), served);
    assertEquals(answer.status, 413);
    assertEquals(answer.headers.get("access-control-allow-origin"), "*");
  }
  const bearer = `Authorization: Bearer ${SHOP_KEY}`;
  const otlp = await rawRequest(head("/v1/logs", [...large, bearer]), served);
  assertEquals([otlp.status, JSON.parse(otlp.body).code], [413, 3]);
  const stranger = await rawRequest(head("/api/1/envelope/", large), served);
  assertEquals(stranger.status, 413);
});

Deno.test("whoever goes away half-way harms nobody", async () => {
  await using app = await startApp({ intakeKeys: DSN_KEYS });
  await using served = serveApp(app);
  const head = `POST ${PATH} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5000\r\n\r\n{}`;
  for (let time = 0; time < 20; time++) {
    using connection = await openConnection(served.url);
    const answer = await connection.ask(head, { hangUp: true });
    assert([0, 400].includes(answer.status), String(answer.status));
  }
  const answer = await fetch(served.url + PATH, { method: "POST", body: eventEnvelope("pelican") });
  assertEquals(answer.status, 200);
  await answer.body?.cancel();
  assertEquals(await errorsOf(app, "shop"), 1);
  assertEquals(await errorsOf(app, "holdfast"), 0);
});

Deno.test("a tunnel takes envelopes of known keys alone, by the service that their DSN names", async () => {
  await using app = await startApp({
    intakeKeys: DSN_KEYS,
    tunnelPath: "/t",
    publicUrl: "https://errors.example/behind",
  });
  const sent: [dsn: string, service: string | undefined][] = [
    [`https://${SHOP_KEY}@elsewhere.example/1`, "shop"],
    [`https://${BARE_KEY}@errors.example/behind/till/1`, "till"],
    [`https://${BARE_KEY}@errors.example/behind/7`, "7"],
    [`https://${BARE_KEY}@errors.example/web/7`, "web"],
    ["https://0000@errors.example/web/7", undefined],
    ["https://errors.example/web/7", undefined],
  ];
  for (const [dsn, service] of sent) {
    const answer = await post(app, "/t", eventEnvelope("pelican", { dsn }));
    assertEquals(answer.status, service === undefined ? 403 : 200, dsn);
    await answer.body?.cancel();
    if (service !== undefined) assertEquals(await errorsOf(app, service), 1, service);
  }
  // A key beside it opens nothing: it is the DSN that counts.
  const beside = await post(app, `/t?sentry_key=${SHOP_KEY}`, eventEnvelope("pelican"));
  assertEquals(beside.status, 403);
  await beside.body?.cancel();
});

/** Category → seconds; "" is all. */
function readLimits({ headers }: Response): Map<string, number> {
  const limits = (headers.get("x-sentry-rate-limits") ?? "").split(",");
  return new Map(limits.flatMap((limit) => {
    const [seconds, categories, scope] = limit.trim().split(":") as [string, string, string];
    // Python's clients need the third part.
    assert(scope.length > 0);
    return categories.split(";").map((category): [string, number] => [category, Number(seconds)]);
  }));
}

function assertReadable({ headers }: Response): void {
  assertEquals(headers.get("access-control-allow-origin"), "*");
  assertEquals(headers.get("access-control-allow-credentials"), null);
  const exposed = headers.get("access-control-expose-headers")!.toLowerCase().split(", ");
  assertEquals(exposed.toSorted(), ["retry-after", "x-sentry-error", "x-sentry-rate-limits"]);
}

async function sendUntil429(app: TestApp): Promise<Response> {
  const sending = Array.from({ length: 100 }, () => post(app, PAGE_PATH, eventEnvelope("pelican")));
  const answers = await Promise.all(sending);
  const refused = answers.find(({ status }) => status === 429);
  for (const answer of answers) if (answer !== refused) await answer.body?.cancel();
  if (refused === undefined) throw new Error("No request of a hundred was refused");
  return refused;
}
