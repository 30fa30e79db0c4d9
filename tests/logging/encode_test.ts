import { assert, assertEquals, assertMatch } from "@std/assert";
import type { RawRecord } from "../../logging/queue/batch.ts";
import fc from "fast-check";
import { createEncoder } from "../../logging/records/encode.ts";
import { createRedactor } from "../../logging/redact/redact.ts";

const RAW: RawRecord = {
  seq: 1,
  timeMs: Date.UTC(2026, 10, 22),
  severity: 20,
  svcName: "/home",
  module: null,
  message: "GET / 200",
  requestId: "r-1",
  traceId: null,
  spanId: null,
  method: "GET",
  route: "/",
  path: "/?a=1&b&a%20b=c+d",
  status: 200,
  durationMs: 1.5,
  input: null,
  output: '{"content":"x","content_status":"return"}',
  errorId: null,
  error: null,
  attrs: null,
  release: null,
  environment: null,
  user: null,
  tags: null,
  handled: null,
  more: null,
  flags: 0,
};
const encoder = createEncoder({ bootId: "boot", instance: "here:1" });

Deno.test("a record is one line of JSON that says what the record says", () => {
  const { record, line } = encoder.encode(RAW);
  assertEquals(JSON.parse(line), record);
  assertEquals(record.time, "2026-11-22T00:00:00.000Z");
  assertEquals(record.input, { a: "1", b: "", "a b": "c d" });
  assertEquals(record.output, { content: "x", content_status: "return" });
});

Deno.test("an empty query is an input without parameters", () => {
  assertEquals(encoder.encode({ ...RAW, path: "/?" }).record.input, {});
});

Deno.test("secrets in query, body, answer, error and user data are masked", () => {
  const { line } = encoder.encode({
    ...RAW,
    severity: 40,
    path: "/?token=s3cret-1",
    input: '{"password":"s3cret-2"}',
    output: '{"content":{"api_key":"s3cret-3"}}',
    error: JSON.stringify({ type: "Error", message: "password=s3cret-4", stack: "" }),
    attrs: '{"nested":{"Authorization":"Bearer s3cret-5"}}',
  });
  assertEquals(line.match(/s3cret-\d/g), null);
});

Deno.test("secrets in the names that a report gives are masked", () => {
  const { line, record } = encoder.encode({
    ...RAW,
    severity: 40,
    svcName: "shop?token=s3cret-1",
    release: "v1 password=s3cret-2",
    error: JSON.stringify({ type: "Refused: password=s3cret-3", message: "no", stack: "" }),
  });
  assertEquals(line.match(/s3cret-\d/g), null);
  assertEquals(record.release, "v1 password=[redacted]");
});

/** What this process makes itself. */
const OWN_FIELDS = ["seq", "timeMs", "severity", "status", "durationMs", "flags"];
const JSON_FIELDS = ["input", "output", "attrs"];

Deno.test("no field of a record that can carry a stranger's text is kept unredacted or unbounded", () => {
  const error = { type: "T", message: "m", stack: "s", code: "c" };
  const places: [string, (text: string) => Partial<RawRecord>][] = Object.keys(RAW)
    .filter((field) => !OWN_FIELDS.includes(field) && field !== "error")
    .map((field) => [
      field,
      (text) => ({ [field]: JSON_FIELDS.includes(field) ? JSON.stringify({ a: text }) : text }),
    ]);
  for (const field of Object.keys(error)) {
    places.push([
      `error.${field}`,
      (text) => ({ error: JSON.stringify({ ...error, [field]: text }) }),
    ]);
    places.push([`error.cause.${field}`, (text) => ({
      error: JSON.stringify({ ...error, cause: { ...error, [field]: text } }),
    })]);
  }
  for (const [place, rawOf] of places) {
    const { line } = encoder.encode({ ...RAW, severity: 40, ...rawOf("password=s3cret-1") });
    assertEquals(line.match(/s3cret-1/g), null, place);
    const long = encoder.encode({ ...RAW, severity: 40, ...rawOf("x ".repeat(50_000)) });
    assert(long.line.length < 10_000, place);
  }
});

Deno.test("what a thrown value's description has beyond its fields is left out", () => {
  const error = JSON.stringify({
    type: "T",
    message: "m",
    stack: "s",
    config: { auth: "hunter2" },
  });
  assertEquals(encoder.encode({ ...RAW, severity: 40, error }).record.error, {
    type: "T",
    message: "m",
    stack: "s",
  });
});

Deno.test("the operator's own names are masked too, in fields and in texts", () => {
  const own = createEncoder({ bootId: "boot", instance: "i", redactNames: ["customer_no"] });
  const { record } = own.encode({
    ...RAW,
    message: "no customerNo=4711",
    input: '{"customerNo":"4711","customer_no_count":1}',
  });
  assertEquals(record.message, "no customerNo=[redacted]");
  assertEquals(record.input, { customerNo: "[redacted]", customer_no_count: 1 });
});

Deno.test("what is cut is named in truncated", () => {
  const { record } = encoder.encode({
    ...RAW,
    message: "m".repeat(10_000),
    input: JSON.stringify({ text: "x".repeat(100_000) }),
  });
  assertEquals(record.truncated, ["message", "input"]);
});

for (const timeMs of [NaN, Infinity, 1e300]) {
  Deno.test(`a record whose time is ${timeMs} is kept, with the time it was written`, () => {
    const { record } = encoder.encode({ ...RAW, timeMs });
    assertMatch(record.time, /^20\d\d-/);
    assertEquals(record.message, "GET / 200");
  });
}

Deno.test("a record whose error text is no JSON is kept, and says why it is not whole", () => {
  const { record } = encoder.encode({ ...RAW, severity: 40, error: "{" });
  assertMatch(record.message, /^A log record could not be encoded: /);
  assertEquals(record.seq, 1);
});

Deno.test("a query is masked part by part, whatever a look at the whole path finds", () => {
  const redactor = createRedactor();
  const name = fc.constantFrom("q", "page", "token", "2fa_code", "code", "user[password]", "name");
  const value = fc.oneof(
    fc.constantFrom(
      "hunter2-Zq9",
      "123456",
      "4111111111111111",
      "4111-1111-1111-1111",
      '{"pin":1}',
    ),
    fc.constantFrom(
      "GB82WEST12345698765432",
      "secret",
      "password",
      "a:b@c",
      "http://u:pw@h",
      "AKIA",
    ),
    fc.uuid(),
    fc.stringMatching(/^[\w.:/@~!$'()*,;-]{0,40}$/),
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(name, value), { minLength: 1, maxLength: 4 }), (pairs) => {
      const query = pairs.map((pair) => pair.join("=")).join("&");
      const { record } = encoder.encode({ ...RAW, path: `/a?${query}` });
      assertEquals(record.input, redactor.value(Object.fromEntries(pairs)).value);
    }),
    { numRuns: 2_000 },
  );
});

Deno.test("a name that comes again is masked again, and so is the thousandth after it", () => {
  const svcName = "token=hunter2-Zq9";
  for (let index = 0; index < 3_000; index++) {
    const { record } = encoder.encode({ ...RAW, svcName: index % 2 ? svcName : `shop-${index}` });
    assertEquals(record.svc_name, index % 2 ? "token=[redacted]" : `shop-${index}`);
  }
});
