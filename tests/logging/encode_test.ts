import { assertEquals, assertMatch } from "@std/assert";
import type { RawRecord } from "../../logging/batch.ts";
import { createEncoder } from "../../logging/encode.ts";

const RAW: RawRecord = {
  seq: 1,
  timeMs: Date.UTC(2026, 10, 22),
  severity: 20,
  svcName: "/home",
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
