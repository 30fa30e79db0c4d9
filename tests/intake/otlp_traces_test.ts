import { assertEquals } from "@std/assert";
import { exceptionEvent, type Json, pairs, spansOf, take, TIME_MS } from "./otlp_requests.ts";

const TRACE = "5b8efff798038103d269b633813fc60c";
/** `Span.SpanKind` */
const [SERVER, CLIENT] = [2, 3];
const STACK = "TypeError: no amount\n    at priceOf (file:///srv/shop/prices.ts:4:21)";
const EXCEPTION = {
  "exception.type": "TypeError",
  "exception.message": "no amount",
  "exception.stacktrace": STACK,
};

/** A span with an id of one digit; `in` is the span around it. */
function span(
  id: number,
  { in: parent, kind = 1, events = [], attributes = {}, name = "work" }: {
    in?: number;
    kind?: number;
    events?: Json[];
    attributes?: Record<string, unknown>;
    name?: string;
  } = {},
): Json {
  return {
    traceId: TRACE,
    spanId: String(id).padStart(16, "0"),
    ...(parent !== undefined && { parentSpanId: String(parent).padStart(16, "0") }),
    name,
    kind,
    attributes: pairs(attributes),
    events,
  };
}

/** The same whichever encoding it comes in. */
async function decodeSpans(spans: Json[], resource: Record<string, unknown> = {}) {
  const request = spansOf(spans, resource);
  const json = await take(request);
  assertEquals(await take(request, { as: "protobuf" }), json);
  return { ...json, records: json.reports.map(({ report }) => report) };
}

Deno.test("an exception on a span is a failure with the span's request; ordinary spans are counted", async () => {
  const { records, reports, counts, damaged } = await decodeSpans([
    span(1, {
      name: "GET /cart/:id",
      attributes: {
        "http.request.method": "GET",
        "http.route": "/cart/:id",
        "url.path": "/cart/7",
        "http.response.status_code": "500",
        "cart.size": 3,
      },
      events: [exceptionEvent({ ...EXCEPTION, "cart.id": 7 })],
    }),
    span(2),
    span(3, { events: [{ name: "cache.miss", timeUnixNano: "1", attributes: [] }] }),
  ], { "service.name": "shop" });
  assertEquals(reports[0]!.timeMs, TIME_MS);
  const { event_id: _, ...record } = JSON.parse(JSON.stringify(records[0]));
  assertEquals(record, {
    svc_name: "shop",
    level: "ERROR",
    message: "no amount",
    error: { type: "TypeError", message: "no amount", stack: STACK },
    module: "tests",
    method: "GET",
    route: "/cart/:id",
    path: "/cart/7",
    status: 500,
    trace_id: TRACE,
    span_id: "0000000000000001",
    attrs: { span: { name: "GET /cart/:id", "cart.size": 3 }, "cart.id": 7 },
  });
  assertEquals(counts, [{ outcome: "ignored", category: "span", service: "shop", quantity: 2 }]);
  assertEquals([records.length, damaged], [1, undefined]);
});

Deno.test("an exception that leaves several spans is one failure: with its own stack, and the server's request", async () => {
  const python = (frames: string) => ({
    ...EXCEPTION,
    "exception.stacktrace": `Traceback (most recent call last):\n${frames}TypeError: no amount`,
  });
  const inner = '  File "/srv/shop/prices.py", line 10, in price_of\n    total += 1\n';
  const outer = `  File "/srv/shop/app.py", line 3, in cart\n    price_of()\n${inner}`;
  const { records, counts } = await decodeSpans([
    span(3, { in: 2, events: [exceptionEvent(python(inner))] }),
    span(2, { in: 1, events: [exceptionEvent(python(outer), TIME_MS + 2)] }),
    span(1, {
      attributes: { "http.request.method": "GET", "http.route": "/cart", "user.id": "u-42" },
      events: [exceptionEvent(python(outer), TIME_MS + 3)],
    }),
  ]);
  assertEquals(records.length, 1);
  const { span_id, error, route, user } = records[0]!;
  assertEquals([span_id, error?.stack], [
    "0000000000000003",
    python(inner)["exception.stacktrace"],
  ]);
  assertEquals([route, user], ["/cart", { id: "u-42" }]);
  assertEquals(counts, [
    { outcome: "ignored", category: "error", reason: "repeated", service: "unnamed", quantity: 2 },
  ]);
});

Deno.test("the same exception in two spans side by side, or again later, is a failure each time", async () => {
  const { records } = await decodeSpans([
    span(1),
    span(2, { in: 1, events: [exceptionEvent(EXCEPTION)] }),
    span(3, {
      in: 1,
      events: [exceptionEvent(EXCEPTION), exceptionEvent(EXCEPTION, TIME_MS + 5_000)],
    }),
  ]);
  assertEquals(records.length, 3);
});

Deno.test("the request is the one that was served: not what a span asked for, nor what an outer program did", async () => {
  const asked = { "http.request.method": "POST", "url.full": "http://prices.example.org/api" };
  const spans = [
    span(3, { in: 2, kind: CLIENT, attributes: asked, events: [exceptionEvent(EXCEPTION)] }),
    span(2, {
      in: 1,
      kind: SERVER,
      name: "GET /cart/:id",
      attributes: { "http.request.method": "GET" },
    }),
    span(1, {
      kind: SERVER,
      attributes: { "http.request.method": "PUT", "http.route": "/outer", "user.id": "u-1" },
    }),
  ];
  const { records: [one] } = await decodeSpans(spans);
  assertEquals([one!.method, one!.route, one!.path, one!.user], [
    "GET",
    "/cart/:id",
    undefined,
    undefined,
  ]);
  assertEquals({ ...one!.attrs?.span as object }, { name: "work", ...asked });
  const { records: [alone] } = await decodeSpans(spans.slice(0, 1));
  assertEquals([alone!.method, alone!.path], [undefined, undefined]);
});

Deno.test("an exception of a message alone, and one that says that it escaped, are told as such", async () => {
  const { records } = await decodeSpans([
    span(1, {
      events: [
        exceptionEvent({ "exception.message": "a plain string" }),
        exceptionEvent({ ...EXCEPTION, "exception.escaped": "True" }),
        exceptionEvent({ ...EXCEPTION, "exception.message": "other", "exception.escaped": false }),
        exceptionEvent({}),
      ],
    }),
  ]);
  assertEquals(records.map(({ message, handled }) => [message, handled]), [
    ["a plain string", undefined],
    ["no amount", false],
    ["other", undefined],
    ["exception", undefined],
  ]);
});

Deno.test("spans that name each other as the one around them end no search", async () => {
  const { records } = await decodeSpans([
    span(1, { in: 2, events: [exceptionEvent(EXCEPTION)] }),
    span(2, { in: 1 }),
    span(3, { in: 3, events: [exceptionEvent(EXCEPTION)] }),
  ]);
  assertEquals(records.length, 2);
});
