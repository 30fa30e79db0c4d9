import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { REPORTED } from "../../logging/queue/batch.ts";
import { createEncoder } from "../../logging/records/encode.ts";
import { levelOf, LEVELS } from "../../store/record.ts";
import { otlpLogs } from "../../logging/sinks/otlp_logs.ts";
import { readLogs, type SeenRecord } from "../helpers/otlp_shape.ts";
import { rawRecord } from "../helpers/raw_record.ts";

const NOW_MS = Date.UTC(2026, 10, 22, 12);
const encoder = createEncoder({ bootId: "boot-1", instance: "web-1:4711", release: "v1" });

Deno.test("a failed request is, field by field, what the docs' map says", () => {
  const stack = "TypeError: no\n    at f (/app/a.ts:1:2)";
  const [seen] = seenOf({
    seq: 7,
    timeMs: Date.UTC(2026, 10, 22, 11, 59, 59, 123),
    severity: 40,
    svcName: "/orders",
    message: "TypeError: no",
    requestId: "r-1",
    traceId: "0af7651916cd43dd8448eb211c80319c",
    spanId: "b7ad6b7169203331",
    method: "POST",
    route: "/orders/:id",
    path: "/orders/7?size=2&q=a%20b",
    status: 500,
    durationMs: 2,
    input: '{"count":2,"price":1.5,"tags":["a",null,true],"deep":{"er":{}}}',
    output: '"no"',
    error: JSON.stringify({
      type: "TypeError",
      message: "no",
      stack,
      code: "E_NO",
      stack_reused: true,
      cause: { type: "Error", message: "disk", cause: { type: "string", message: "full" } },
    }),
    errorId: "e-1",
    attrs: '{"a.b":{"c":-1}}',
  });
  assertEquals(seen?.resource, {
    "service.name": "/orders",
    "service.instance.id": "boot-1",
    "service.version": "v1",
    "host.name": "web-1",
    "process.pid": 4711,
  });
  assertEquals(seen?.body, "TypeError: no");
  assertEquals(seen?.attributes, {
    "log.record.uid": "boot-1:7",
    "http.response.header.x-request-id": ["r-1"],
    "http.request.method": "POST",
    "http.route": "/orders/:id",
    "url.path": "/orders/7",
    "url.query": "size=2&q=a%20b",
    "http.response.status_code": 500,
    "holdfast.duration_ms": 2,
    "holdfast.input": { count: 2, price: 1.5, tags: ["a", null, true], deep: { er: {} } },
    "holdfast.output": "no",
    "exception.type": "TypeError",
    "exception.message": "no",
    "exception.stacktrace": `${stack}\nCaused by: Error: disk\nCaused by: string: full`,
    "holdfast.error.code": "E_NO",
    "holdfast.error.stack_reused": true,
    "holdfast.error_id": "e-1",
    "holdfast.attrs": { "a.b": { c: -1 } },
  });
  const { body: _body, attributes, ...rest } = seen!.raw;
  assertEquals(rest, {
    timeUnixNano: "1795348799123000000",
    observedTimeUnixNano: "1795348800000000000",
    severityNumber: 17,
    severityText: "ERROR",
    traceId: "0af7651916cd43dd8448eb211c80319c",
    spanId: "b7ad6b7169203331",
  });
  const valueOf = (name: string) =>
    attributes.find(({ key }: { key: string }) => key === name).value;
  assertEquals(valueOf("http.response.status_code"), { intValue: "500" });
  assertEquals(valueOf("holdfast.duration_ms"), { doubleValue: 2 });
});

Deno.test("what a report says of its origin has the names of the semantic conventions", () => {
  const user = { id: "7", name: "Ana", email: "ana@shop.example", ip: "203.0.113.9" };
  const [seen] = seenOf({
    seq: 1,
    flags: REPORTED,
    traceId: "1-5759e988-bd862e3fe1be46a994272793",
    environment: "staging",
    user: JSON.stringify(user),
    tags: '{"region":"eu"}',
  });
  assertEquals(seen?.resource["deployment.environment.name"], "staging");
  assertEquals(seen?.resource["service.version"], undefined);
  assertEquals(seen?.raw.traceId, undefined);
  assertEquals(seen?.attributes, {
    "log.record.uid": "boot-1:1",
    "holdfast.reported": true,
    "holdfast.trace_id": "1-5759e988-bd862e3fe1be46a994272793",
    "user.id": "7",
    "user.name": "Ana",
    "user.email": "ana@shop.example",
    "client.address": "203.0.113.9",
    "holdfast.tags": { region: "eu" },
  });
});

Deno.test("frames are a stack trace, headers are attributes, and no foreign id spoils a request", () => {
  const frames = [
    { function: "priceOf", file: "prices.py", line: 10, column: 4, in_app: true },
    { file: "app.py", line: 7 },
    { function: "run" },
  ];
  const [seen] = seenOf({
    seq: 1,
    flags: REPORTED,
    spanId: "not a span",
    error: JSON.stringify({
      type: "KeyError",
      message: "price",
      frames,
      cause: { type: "E", message: "m", frames: [frames[2]] },
    }),
    more: JSON.stringify({
      headers: { "user-agent": "shop/1", "accept": "*/*" },
      breadcrumbs: [{ message: "opened", level: "INFO" }],
      event_id: "fdfe517fdc2242228115b95649c68b58",
    }),
  });
  assertEquals(seen?.raw.spanId, undefined);
  assertEquals(seen?.attributes, {
    "log.record.uid": "boot-1:1",
    "holdfast.reported": true,
    "holdfast.span_id": "not a span",
    "exception.type": "KeyError",
    "exception.message": "price",
    "exception.stacktrace": `KeyError: price
    at priceOf (prices.py:10:4)
    at app.py:7
    at run
Caused by: E: m
    at run`,
    "user_agent.original": "shop/1",
    "http.request.header.accept": ["*/*"],
    "holdfast.breadcrumbs": [{ message: "opened", level: "INFO" }],
    "holdfast.event_id": "fdfe517fdc2242228115b95649c68b58",
  });
});

Deno.test("what is absent in a record is absent for the collector", () => {
  const [seen] = seenOf({ seq: 1, message: "Started", svcName: "holdfast" });
  assertEquals(seen?.attributes, { "log.record.uid": "boot-1:1" });
  assertEquals(Object.keys(seen!.raw).filter((name) => /Id$/.test(name)), []);
});

Deno.test("a number that JSON cannot say is a text", () => {
  const [seen] = seenOf({ seq: 1, input: '{"large":1e999,"small":-1e999}' });
  assertEquals(seen?.attributes["holdfast.input"], { large: "1e999", small: "-1e999" });
});

Deno.test("each level has the number of its range", () => {
  const numbers = [10, 20, 30, 40, 50].map((severity) => {
    const [seen] = seenOf({ seq: 1, severity });
    assertEquals(seen?.raw.severityText, levelOf(severity));
    return seen?.raw.severityNumber;
  });
  assertEquals([numbers.length, numbers], [LEVELS.length, [5, 9, 13, 17, 21]]);
});

Deno.test("an unknown method is _OTHER with the original beside it, no route is none, a path may have no query", () => {
  const [seen] = seenOf({ seq: 1, method: "BREW", route: "*", path: "/pot" });
  assertEquals(seen?.attributes, {
    "log.record.uid": "boot-1:1",
    "http.request.method": "_OTHER",
    "http.request.method_original": "BREW",
    "url.path": "/pot",
  });
});

Deno.test("a time that 64 bits of nanoseconds cannot say is unknown, and the observed one holds", () => {
  for (const timeMs of [-1, 0, Date.UTC(2600, 0), 8.64e15]) {
    const entry = encoder.encode(rawRecord({ seq: 1 }));
    const record = { ...entry.record, time: new Date(timeMs).toISOString() };
    const [seen] = readLogs(overTheWire(otlpLogs([{ ...entry, record }], NOW_MS)));
    assertEquals(seen?.raw.timeUnixNano, "0");
  }
});

Deno.test("records of several services and releases are one request with a resource each", () => {
  const seen = seenOf(
    { seq: 1, svcName: "shop" },
    { seq: 2, svcName: "/home" },
    { seq: 3, svcName: "shop" },
    { seq: 4, svcName: "shop", release: "v2" },
  );
  const order = seen.map(({ resource, attributes }) =>
    [resource["service.name"], resource["service.version"], attributes["log.record.uid"]].join(" ")
  );
  assertEquals(order, [
    "shop v1 boot-1:1",
    "shop v1 boot-1:3",
    "/home v1 boot-1:2",
    "shop v2 boot-1:4",
  ]);
});

Deno.test("whatever is in a record, a strict receiver takes it, and reads the same JSON", () => {
  const anyText = fc.string({ unit: "binary", maxLength: 60 });
  const odd = fc.oneof(anyText, fc.constantFrom("\ud800", "a\udc00b", "\0", "\u2028", "__proto__"));
  const json = fc.oneof(fc.jsonValue(), odd, fc.dictionary(odd, fc.oneof(odd, fc.double())));
  const jsonText = fc.option(json.map((value) => JSON.stringify(value) ?? "null"));
  const maybe = fc.option(odd);
  fc.assert(fc.property(
    fc.record({
      seq: fc.nat(),
      timeMs: fc.oneof(fc.double(), fc.integer(), fc.date({ noInvalidDate: true }).map(Number)),
      severity: fc.constantFrom(10, 20, 30, 40, 50),
      svcName: odd,
      message: odd,
      requestId: maybe,
      method: maybe,
      route: maybe,
      path: maybe,
      status: fc.option(fc.integer({ min: 100, max: 599 })),
      durationMs: fc.option(fc.double({ noNaN: true, noDefaultInfinity: true })),
      input: jsonText,
      output: jsonText,
      errorId: maybe,
      error: fc.option(
        fc.record({ type: odd, message: odd, stack: odd }).map((it) => JSON.stringify(it)),
      ),
      attrs: fc.option(fc.dictionary(odd, json).map((it) => JSON.stringify(it))),
      release: maybe,
    }),
    (raw) => {
      const { record } = encoder.encode(rawRecord(raw));
      const [seen] = readLogs(overTheWire(otlpLogs([{ record, line: "" }], NOW_MS)));
      assertEquals(seen?.body, record.message.toWellFormed());
      for (const name of ["input", "output", "attrs"] as const) {
        if (record[name] === undefined) continue;
        assertEquals(seen?.attributes[`holdfast.${name}`], wellFormed(record[name]));
      }
    },
  ));
});

function seenOf(...raws: Parameters<typeof rawRecord>[0][]): SeenRecord[] {
  const entries = raws.map((raw) => encoder.encode(rawRecord(raw)));
  return readLogs(overTheWire(otlpLogs(entries, NOW_MS)));
}

function overTheWire(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

/** JSON as Protocol Buffers can have it: without half surrogate pairs, and without a zero's sign. */
function wellFormed(value: unknown): unknown {
  if (typeof value === "string") return value.toWellFormed();
  if (typeof value === "number") return value + 0;
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(wellFormed);
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key.toWellFormed(), wellFormed(item)]),
  );
}
