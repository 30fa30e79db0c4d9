import { assertEquals, assertRejects } from "@std/assert";
import { Buffer } from "node:buffer";
import { deflateSync } from "node:zlib";
import { decode } from "../../intake/decode.ts";
import { type Decoded, type Delivery, Undecodable } from "../../intake/intake.ts";

const NOW = Date.parse("2026-11-27T17:00:00Z");
const TRACE = "ae5d47c0555f40818ac1ec24255c7f16";

Deno.test("a log record has its level, time, place, user and attributes", async () => {
  const attribute = (value: unknown) => ({ value, type: typeof value });
  const record = {
    timestamp: "2026-11-27T16:39:44.489580081Z",
    level: "warn",
    body: "slow query",
    trace_id: TRACE.toUpperCase(),
    span_id: "a10081adbebb0c18",
    attributes: {
      "sentry.release": attribute("shop@1"),
      "sentry.environment": attribute("staging"),
      "sentry.server.address": attribute("web-1"),
      "sentry.message.template": attribute("slow %s"),
      "logger.name": attribute("shop.db"),
      "user.id": attribute(7),
      ms: attribute(123),
      bare: "x",
      fingerprint: attribute("forged"),
    },
  };
  const { reports } = await envelope(["log", { items: [record] }]);
  assertEquals(reports.map(({ report, timeMs }) => ({ ...report, attrs: report.attrs, timeMs })), [{
    svc_name: "shop",
    level: "WARN",
    message: "slow query",
    release: "shop@1",
    environment: "staging",
    instance: "web-1",
    module: "shop.db",
    trace_id: TRACE,
    span_id: "a10081adbebb0c18",
    user: { id: "7" },
    attrs: { template: "slow %s", ms: 123, bare: "x", "log.fingerprint": "forged" } as object,
    timeMs: Date.parse("2026-11-27T16:39:44.489Z"),
  }]);
});

Deno.test("a log record without a level has its number's, and of a bare one nothing is made up", async () => {
  const levels = async (...items: unknown[]) => {
    const { reports } = await envelope(["log", { items }]);
    return reports.map(({ report }) => report.level);
  };
  const numbers = [1, 8, 9, 13, 17, 21, 99, "17", null].map((severity_number) => ({
    severity_number,
  }));
  assertEquals(
    await levels(...numbers),
    ["DEBUG", "DEBUG", "INFO", "WARN", "ERROR", "CRITICAL", "INFO", "ERROR", "INFO"],
  );
  const text = { attributes: { "sentry.severity_text": { value: "error" } } };
  assertEquals(await levels(text, { level: "fatal", severity_number: 1 }), ["ERROR", "CRITICAL"]);
});

Deno.test("a failure that comes as an event and as a log record is counted once", async () => {
  const log = (body: string, origin?: string) => ({
    level: "error",
    body,
    trace_id: TRACE,
    attributes: origin === undefined ? {} : { "sentry.origin": { value: origin } },
  });
  const event = {
    exception: [{ type: "E", value: "no price" }],
    contexts: { trace: { trace_id: TRACE } },
  };
  const items = [
    log("no price"),
    log("other"),
    log("by logging", "auto.log.stdlib"),
    log("by slog", "auto.log.slog"),
    log("by hand", "manual"),
  ];
  const { reports } = await envelope(["log", { items }], ["event", event]);
  assertEquals(reports.map(({ report }) => [report.level, report.attrs?.repeats_event]), [
    ["ERROR", undefined],
    ["WARN", true],
    ["ERROR", undefined],
    ["WARN", true],
    ["ERROR", undefined],
    ["ERROR", undefined],
  ]);
});

Deno.test("of an item with too many records, or with some that are none, the rest is counted", async () => {
  const items = [...Array.from({ length: 1_000 }, () => ({ body: "m" })), {}, {}];
  const many = await envelope(["log", { items }]);
  assertEquals([many.reports.length, many.counts], [1_000, [{
    outcome: "damaged",
    category: "log_item",
    quantity: 2,
  }]]);
  const odd = await envelope(["log", { items: [null, 7, { body: null, attributes: [] }] }]);
  assertEquals([odd.reports[0]?.report.message, odd.counts[0]?.quantity], ["(no message)", 2]);
});

const CSP = {
  "csp-report": {
    "document-uri": "https://shop.example.org/cart/7?coupon=A",
    "violated-directive": "script-src-elem 'self'",
    "effective-directive": "script-src-elem",
    "blocked-uri": "https://evil.example/a/b.js?x=1",
    "status-code": 200,
  },
};

Deno.test("a forbidden script is an error of its directive and origin, in both forms that browsers have", async () => {
  const [old] = (await security(CSP)).reports;
  assertEquals(old?.report.error, {
    type: "ContentSecurityPolicy",
    message: "script-src-elem forbids https://evil.example",
  });
  assertEquals(old?.report.attrs?.fingerprint, ["csp", "script-src-elem", "https://evil.example"]);
  assertEquals([old?.report.level, old?.report.path], ["ERROR", "/cart/7?coupon=A"]);

  const body = {
    documentURL: "https://shop.example.org/cart/7?coupon=A",
    effectiveDirective: "script-src-elem",
    blockedURL: "https://evil.example/other.js",
  };
  const item = { type: "csp-violation", age: 5_000, url: "https://x", user_agent: "UA", body };
  const listed = await security([item, { type: "deprecation", body: {} }, null]);
  const [{ report, timeMs }] = listed.reports as [Decoded["reports"][number]];
  assertEquals(report.attrs?.fingerprint, old?.report.attrs?.fingerprint);
  assertEquals([timeMs, report.headers], [NOW - 5_000, { "user-agent": "UA" }]);
  assertEquals(listed.counts, [
    { outcome: "ignored", category: "nel", quantity: 1 },
    { outcome: "damaged", category: "security", quantity: 1 },
  ]);
});

Deno.test("what a policy forbids is named by its origin, or by its word", async () => {
  const blocked = async (uri: unknown) => {
    const value = { "csp-report": { ...CSP["csp-report"], "blocked-uri": uri } };
    const { attrs } = (await security(value)).reports[0]!.report;
    return (attrs!.fingerprint as string[])[2];
  };
  assertEquals(await blocked("inline"), "inline");
  assertEquals(await blocked(""), "self");
  assertEquals(await blocked(null), "self");
  assertEquals(await blocked("data:text/html,x"), "data");
  assertEquals(await blocked("wss://evil.example:8443/socket"), "wss://evil.example:8443");
});

Deno.test("certificates that did not fit are errors of their host", async () => {
  const { reports } = await security({ "expect-ct-report": { hostname: "shop.example.org" } });
  assertEquals(reports[0]?.report.error?.message, "ExpectCT failed for shop.example.org");
  const pins = { hostname: "a.example", "known-pins": [], "date-time": "2014-04-06T13:00:50Z" };
  const pinned = (await security(pins)).reports[0]!;
  assertEquals(pinned.report.attrs?.fingerprint, ["PublicKeyPins", "a.example"]);
  assertEquals(pinned.timeMs, Date.parse("2014-04-06T13:00:50Z"));
});

Deno.test("the address that a page reports to says its release and environment", async () => {
  const { reports } = await read("security", JSON.stringify(CSP), {
    release: "shop@1",
    environment: "staging",
  });
  assertEquals([reports[0]?.report.release, reports[0]?.report.environment], ["shop@1", "staging"]);
});

Deno.test("a security report that is none is refused, one of an unknown kind counted", async () => {
  for (const body of ["", "7", "null", "{"]) {
    const error = await assertRejects(() => read("security", body), Undecodable);
    assertEquals(error.status, 400);
  }
  assertEquals((await security({})).counts, [{
    outcome: "damaged",
    category: "security",
    quantity: 1,
  }]);
});

Deno.test("an old client's event is JSON, or base64 of zlib, or zlib alone", async () => {
  const text = JSON.stringify({ message: "old", event_id: TRACE });
  const zlib = deflateSync(text);
  const base64 = Buffer.from(zlib).toString("base64");
  for (const body of [text, `  ${text}\n`, zlib, base64, base64.replace(/.{76}/g, "$&\r\n")]) {
    const { reports, eventId } = await read("store", body);
    assertEquals([reports[0]?.report.message, eventId], ["old", TRACE]);
  }
  for (const body of ["", "[]", "nothing", Buffer.from("nothing").toString("base64")]) {
    const error = await assertRejects(() => read("store", body), Undecodable);
    assertEquals(error.status, 400, String(body));
  }
  const bomb = Buffer.from(deflateSync(new Uint8Array(50 * 1024 * 1024))).toString("base64");
  assertEquals((await assertRejects(() => read("store", bomb), Undecodable)).status, 413);
});

async function envelope(...items: [string, unknown][]): Promise<Decoded> {
  const lines = items.map(([type, value]) => `{"type":"${type}"}\n${JSON.stringify(value)}\n`);
  return await read("envelope", `{}\n${lines.join("")}`);
}

async function security(value: unknown): Promise<Decoded> {
  return await read("security", JSON.stringify(value));
}

async function read(
  protocol: Delivery["protocol"],
  body: string | Uint8Array,
  more: Partial<Delivery> = {},
): Promise<Decoded> {
  const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
  return await decode({ protocol, body: bytes, otherwise: "shop", receivedMs: NOW, ...more });
}
