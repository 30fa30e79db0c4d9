import { assert, assertEquals, assertMatch } from "@std/assert";
import type { Report } from "../../store/report.ts";
import { anyValue, type Json, logsOf, pairs, type Sent, take, TIME_MS } from "./otlp_requests.ts";

const STACK = "TypeError: no amount\n    at priceOf (file:///srv/shop/prices.ts:4:21)";
const EXCEPTION = {
  "exception.type": "TypeError",
  "exception.message": "no amount",
  "exception.stacktrace": STACK,
};

/** The reports of these records: the same whichever encoding they come in. */
async function reportsOf(
  records: Json[],
  { resource, scope, ...sent }: Sent & { resource?: Record<string, unknown>; scope?: string } = {},
): Promise<Report[]> {
  const request = logsOf(records, { resource, scope });
  const [json, protobuf] = [
    await take(request, { ...sent, as: "json" }),
    await take(request, { ...sent, as: "protobuf" }),
  ];
  assertEquals(protobuf, json);
  return json.reports.map(({ report }) => report);
}

async function reportOf(record: Json, sent: Parameters<typeof reportsOf>[1] = {}): Promise<Report> {
  const [report] = await reportsOf([record], sent);
  return report!;
}

Deno.test("a log record keeps what it says, in JSON and in Protocol Buffers alike", async () => {
  const { reports, counts, damaged } = await take(logsOf([{
    severityNumber: 9,
    severityText: "INFO",
    body: anyValue("user signed in"),
    attributes: pairs({ user_id: "u-42" }),
    traceId: "5b8efff798038103d269b633813fc60c",
    spanId: "eee19b7ec3c1b174",
  }], {
    resource: {
      "service.name": "shop",
      "service.version": "1.4.2",
      "deployment.environment.name": "staging",
      "host.name": "web-1",
      "process.pid": 4711,
      "process.command_args": ["node", "--token=abc"],
      "telemetry.sdk.name": "opentelemetry",
      "service.namespace": "eu",
    },
    scope: "shop.cart",
  }));
  assertEquals([counts, damaged], [[], undefined]);
  const [{ report, timeMs }] = reports as [typeof reports[0] & object];
  assertEquals(timeMs, TIME_MS);
  assertEquals(JSON.parse(JSON.stringify(report)), {
    svc_name: "shop",
    release: "1.4.2",
    environment: "staging",
    instance: "web-1:4711",
    level: "INFO",
    message: "user signed in",
    module: "shop.cart",
    trace_id: "5b8efff798038103d269b633813fc60c",
    span_id: "eee19b7ec3c1b174",
    attrs: { resource: { "service.namespace": "eu" }, user_id: "u-42" },
  });
});

Deno.test("the number of a severity is its level; without one its text is, then INFO", async () => {
  const levels = async (severities: Json[]) =>
    (await reportsOf(severities)).map(({ level }) => level).join(" ");
  const numbers = Array.from({ length: 26 }, (_, severityNumber) => ({ severityNumber }));
  assertEquals(
    await levels(numbers),
    "INFO " + "DEBUG ".repeat(8) + "INFO ".repeat(4) + "WARN ".repeat(4) + "ERROR ".repeat(4) +
      "CRITICAL ".repeat(4) + "INFO",
  );
  const texts = ["trace", "Debug", "information", "WARNING", "error", "Fatal", "CRITICAL", "loud"];
  assertEquals(
    await levels(texts.map((severityText) => ({ severityText }))),
    "DEBUG DEBUG INFO WARN ERROR CRITICAL CRITICAL INFO",
  );
  const byName = await take(logsOf([{ severityNumber: "SEVERITY_NUMBER_WARN2" }]));
  assertEquals(byName.reports[0]!.report.level, "WARN");
});

Deno.test("attributes of every type arrive; no digit is lost, and what JSON cannot say has a form", async () => {
  const { attrs } = await reportOf({
    attributes: [
      ...pairs({
        text: "a",
        yes: true,
        int: 3,
        big: 9007199254740993n,
        lowest: -9223372036854775808n,
        half: 1.5,
        bytes: new Uint8Array([1, 2, 255]),
        none: null,
        list: ["a", 1, null, [true]],
        map: { a: { b: { c: 1 } } },
      }),
      { key: "nan", value: { doubleValue: null } },
      { key: "__proto__", value: anyValue("own") },
    ],
  });
  // As text: in an object's literal `__proto__` is no key.
  const expected = `{"text":"a","yes":true,"int":3,"big":"9007199254740993","half":1.5,
    "lowest":"-9223372036854775808","bytes":"AQL/","none":null,"list":["a",1,null,[true]],
    "map":{"a":{"b":{"c":1}}},"nan":null,"__proto__":"own"}`;
  assertEquals(JSON.parse(JSON.stringify(attrs)), JSON.parse(expected));
  const jsonOnly = await take(logsOf([{
    attributes: [
      { key: "text", value: { intValue: "7" } },
      { key: "nan", value: { doubleValue: "NaN" } },
      { key: "far", value: { doubleValue: "Infinity" } },
    ],
  }]));
  assertEquals({ ...jsonOnly.reports[0]!.report.attrs }, { text: 7, nan: null, far: "Infinity" });
  const body = JSON.stringify(logsOf([{ attributes: pairs({ n: 1 }) }]))
    .replace('"intValue":1', '"intValue": 9007199254740993');
  const { reports: [unquoted] } = await take(logsOf([]), { body: new TextEncoder().encode(body) });
  assertEquals({ ...unquoted!.report.attrs }, { n: "9007199254740993" });
});

Deno.test("a record without a time has the one when it was seen, then none", async () => {
  const seen = `${TIME_MS + 1}000000`;
  const { reports } = await take(logsOf([
    { timeUnixNano: "0", observedTimeUnixNano: seen },
    { timeUnixNano: undefined },
    { timeUnixNano: TIME_MS * 1e6 },
    { timeUnixNano: "yesterday" },
  ]));
  assertEquals(reports.map(({ timeMs }) => timeMs), [TIME_MS + 1, undefined, TIME_MS, undefined]);
});

Deno.test("the key's service wins; a program without a name has the one that the route gives", async () => {
  const shop = { "service.name": "shop" };
  const ofKey = await reportOf({}, { resource: shop, service: "till" });
  assertEquals([ofKey.svc_name, { ...ofKey.attrs }], ["till", { reported_svc_name: "shop" }]);
  assertEquals((await reportOf({}, { resource: shop })).svc_name, "shop");
  assertEquals((await reportOf({}, { resource: {} })).svc_name, "unnamed");
  const sdk = { "service.name": "unknown_service:node" };
  assertEquals((await reportOf({}, { resource: sdk })).svc_name, "unnamed");
  const unnamed = await reportOf({}, { resource: sdk, service: "till" });
  assertEquals([unnamed.svc_name, { ...unnamed.attrs }], ["till", {}]);
});

Deno.test("the request is read from the conventions in force and from the older ones", async () => {
  const newer = await reportOf({
    attributes: pairs({
      "http.request.method": "GET",
      "http.route": "/cart/:id",
      "url.path": "/cart/7",
      "url.query": "full=1",
      "http.response.status_code": "500",
      "user.id": 42,
      "user.email": "ada@example.org",
      "client.address": "192.0.2.7",
      "http.request.header.user-agent": ["curl/8"],
    }),
  });
  const older = await reportOf({
    attributes: pairs({
      "http.method": "GET",
      "http.route": "/cart/:id",
      "http.target": "/cart/7?full=1",
      "http.status_code": 500,
      "enduser.id": "42",
    }),
  });
  for (const { method, route, path, status, user } of [newer, older]) {
    assertEquals([method, route, path, status], ["GET", "/cart/:id", "/cart/7?full=1", 500]);
    assertEquals(user?.id, "42");
  }
  assertEquals([newer.user?.email, newer.user?.ip], ["ada@example.org", "192.0.2.7"]);
  assertEquals([newer.headers, { ...newer.attrs }], [{ "user-agent": "curl/8" }, {}]);
  const whole = await reportOf({
    attributes: pairs({ "url.full": "http://shop.example.org/cart/7?a=b", "http.method": "QUERY" }),
  });
  assertEquals([whole.path, whole.method], ["/cart/7?a=b", "QUERY"]);
});

Deno.test("a body that is no text gives its message, and stays whole beside it", async () => {
  const reports = await reportsOf([
    { body: anyValue({ message: "slow query", ms: 123 }) },
    { body: anyValue({ msg: "from a library", n: 1 }) },
    { body: anyValue({ n: 1, list: [1, "a"] }) },
    { body: anyValue(7) },
    { body: anyValue(["a", 1]) },
    { body: {}, eventName: "cart.emptied" },
  ]);
  assertEquals(reports.map(({ message }) => message), [
    "slow query",
    "from a library",
    '{"n":1,"list":[1,"a"]}',
    "7",
    '["a",1]',
    "cart.emptied",
  ]);
  assertEquals(JSON.parse(JSON.stringify(reports[0]!.attrs)), {
    body: { message: "slow query", ms: 123 },
  });
  assertEquals(reports[5]!.attrs?.["event.name"], "cart.emptied");
});

Deno.test("an exception is a failure from ERROR on and where no level is said; below it stays a log record", async () => {
  const attributes = pairs(EXCEPTION);
  const severities = [13, 17, 21, 0];
  const reports = await reportsOf(
    severities.map((severityNumber) => ({ severityNumber, attributes })),
  );
  assertEquals(reports.map(({ level }) => level), ["WARN", "ERROR", "CRITICAL", "ERROR"]);
  for (const { error, message, attrs } of reports) {
    assertEquals(error, { type: "TypeError", message: "no amount", stack: STACK });
    assertEquals([message, { ...attrs }], [undefined, {}]);
  }
});

Deno.test("an error that is named by its code has its class for a type, as its stack says", async () => {
  const errorOf = async (type: string, stack: string) => {
    const attributes = pairs({
      "exception.type": type,
      "exception.message": "no price",
      "exception.stacktrace": `${stack}\n    at f (file:///a.js:1:1)`,
    });
    const { error } = await reportOf({ attributes });
    return [error?.type, error?.code];
  };
  const of = errorOf;
  assertEquals(await of("price.unknown", "PriceError: no price"), ["PriceError", "price.unknown"]);
  assertEquals(await of("ECONNREFUSED", "Error: no price"), ["Error", "ECONNREFUSED"]);
  const node = "TypeError [ERR_BAD]: no price";
  assertEquals(await of("ERR_BAD", node), ["TypeError", "ERR_BAD"]);
  // A class of its own that kept its parent's name is what was thrown.
  assertEquals(await of("PriceError", "TypeError: no price"), ["PriceError", undefined]);
  const java = "org.acme.PriceException: no price";
  assertEquals(await of("org.acme.PriceException", java), ["org.acme.PriceException", undefined]);
});

Deno.test("the errors of pino, of winston and of what a program prints are errors", async () => {
  const [pino, winston, printed] = await reportsOf([
    {
      severityNumber: 17,
      body: anyValue("pricing failed"),
      attributes: pairs({
        err: { type: "TypeError", message: "no amount", stack: STACK, sku: "A-17" },
        req: { method: "GET", url: "/cart/7" },
      }),
    },
    {
      severityNumber: 17,
      body: anyValue("pricing failed"),
      attributes: pairs({ stack: STACK }),
    },
    {
      severityNumber: 17,
      body: anyValue(`pricing failed ${STACK} {\n  sku: "A-17"\n}\n`),
    },
  ]) as [Report, Report, Report];
  for (const { error } of [pino, winston, printed]) {
    assertEquals([error?.type, error?.message], ["TypeError", "no amount"]);
    assert(error?.stack?.startsWith(STACK), error?.stack);
  }
  assertEquals((pino.error as unknown as Json).sku, "A-17");
  assertEquals([pino.message, pino.method, pino.path], ["pricing failed", "GET", "/cart/7"]);
  assertEquals(printed.message, "pricing failed TypeError: no amount");
  assertMatch(String(printed.attrs?.body), /sku: "A-17"/);
  const [harmless] = await reportsOf([{ severityNumber: 9, body: anyValue(STACK) }]);
  assertEquals([harmless!.level, harmless!.error], ["INFO", undefined]);
});

Deno.test("an exception of Python's has the same type and message as a record and on a span", async () => {
  const stack =
    'Traceback (most recent call last):\n  File "/srv/shop/prices.py", line 6, in price_of' +
    "\n    total += item['price']\nKeyError: 'price'\n";
  const ways = [["KeyError", "price"], ["builtins.KeyError", "'price'"]];
  const [record, span] = await reportsOf(ways.map(([type, message]) => ({
    severityNumber: 17,
    // As a formatter of Python's logging makes it.
    body: anyValue(`ERROR:shop:pricing failed\n${stack.trimEnd()}`),
    attributes: pairs({
      "exception.type": type,
      "exception.message": message,
      "exception.stacktrace": stack,
    }),
  })));
  assertEquals(record!.error, { type: "KeyError", message: "'price'", stack });
  assertEquals(span!.error, record!.error);
  assertEquals([record!.message, { ...record!.attrs }], ["ERROR:shop:pricing failed", {}]);
});

const UNCAUGHT = [
  {
    timeUnixNano: "0",
    observedTimeUnixNano: `${TIME_MS}000000`,
    severityNumber: 1,
    severityText: "TRACE",
    eventName: "uncaught_exception",
    body: anyValue(STACK),
  },
  {
    severityNumber: 17,
    severityText: "ERROR",
    body: anyValue(
      "\u001b[0m\u001b[1m\u001b[31merror\u001b[0m: Uncaught (in promise) TypeError: no amount\n" +
        "    total += item.price.amount;\n\u001b[0m\u001b[31m                        ^\u001b[0m\n" +
        "    at \u001b[1mpriceOf\u001b[0m (\u001b[36mfile:///srv/shop/prices.ts\u001b[0m:\u001b[33m4\u001b[0m:21)",
    ),
  },
];

Deno.test("what Deno tells twice of an error that ends the program is one failure, whichever comes alone", async () => {
  const both = await take(logsOf(UNCAUGHT), { as: "protobuf" });
  assertEquals(both.reports.length, 1);
  assertEquals(both.counts, [
    { outcome: "ignored", category: "error", reason: "repeated", service: "unnamed", quantity: 1 },
  ]);
  for (const records of [UNCAUGHT, UNCAUGHT.slice(0, 1), UNCAUGHT.slice(1)]) {
    const [{ level, error }] = await reportsOf(records) as [Report];
    assertEquals([level, error], ["ERROR", {
      type: "TypeError",
      message: "no amount",
      stack: STACK,
    }]);
  }
  assertEquals(both.reports[0]!.report.handled, false);
  const [thrown] = await reportsOf([{
    ...UNCAUGHT[0],
    body: anyValue('Uncaught (in promise) "no price"'),
  }]);
  assertEquals(thrown!.error, { type: "string", message: "no price" });
});

Deno.test("the text of another program's uncaught error in the same request is a failure of its own", async () => {
  const request = {
    resourceLogs: [
      ...logsOf(UNCAUGHT.slice(0, 1), { resource: { "service.name": "shop" } }).resourceLogs,
      ...logsOf(UNCAUGHT.slice(1), { resource: { "service.name": "till" } }).resourceLogs,
    ],
  };
  const { reports } = await take(request);
  assertEquals(reports.map(({ report }) => report.svc_name), ["shop", "till"]);
});

Deno.test("a request that is sent again has the same ids of failures; equal failures in it have different ones", async () => {
  const failure = { severityNumber: 17, body: anyValue("disk full") };
  const request = logsOf([failure, failure, { severityNumber: 9 }, {
    ...failure,
    timeUnixNano: 0,
  }]);
  const ids = async () => (await take(request)).reports.map(({ report }) => report.event_id);
  const [first, second, note, timeless] = await ids();
  assertMatch(first!, /^[0-9a-f]{32}$/);
  assert(first !== second);
  assertEquals([note, timeless], [undefined, undefined]);
  assertEquals((await ids()).slice(0, 2), [first, second]);
});

Deno.test("what a client says that it left out is marked as cut", async () => {
  const { truncated } = await reportOf({ droppedAttributesCount: 2 });
  assertEquals(truncated, ["attrs"]);
});
