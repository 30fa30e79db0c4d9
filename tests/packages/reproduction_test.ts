import { assert, assertEquals, assertMatch } from "@std/assert";
import fc from "fast-check";
import { reproductionOf } from "../../modules/reproduction.ts";
import { recordedRequest } from "../../modules/recorded_request.ts";
import type { LogRecord } from "../../store/record.ts";
import { readReproduction } from "./read_reproduction.ts";

const HOSTILE_RECORDS = 2_000;
const ID = "019abcde-0000-7000-8000-000000000000";
const JSON_TYPE = { "content-type": "application/json" };
const FORM_TYPE = { "content-type": "application/x-www-form-urlencoded" };

function record(parts: Partial<LogRecord> = {}): LogRecord {
  return {
    time: "2026-11-28T05:00:00.000Z",
    level: "ERROR",
    severity: 40,
    svc_name: "shop",
    message: "TypeError: total is undefined",
    boot_id: "b",
    seq: 1,
    instance: "i",
    method: "POST",
    path: "/orders",
    route: "/orders",
    error: { type: "TypeError", message: "total is undefined" },
    error_id: ID,
    ...parts,
  };
}

const error = {
  type: "TypeError",
  location: "total (orders.ts)",
  keys: [{ key: "k", rule: "frames" as const, parts: [] }],
};

function read(parts: Partial<LogRecord>) {
  const { text, ...rest } = reproductionOf(record(parts), { error });
  const { constants, declared } = readReproduction(text);
  return {
    ...rest,
    text,
    request: constants.REQUEST as Record<string, unknown>,
    constants,
    declared,
  };
}

Deno.test("a failure of the own app becomes a test that sends its request to that app", () => {
  const { text, kind } = reproductionOf(
    record({ release: "1.4", headers: JSON_TYPE, input: { item: "tea", amount: 0 } }),
    { error },
  );
  assertEquals(kind, "app");
  assertEquals(
    text,
    `// Occurrence ${ID}, 2026-11-28T05:00:00.000Z, service shop, release 1.4,
// failed with TypeError: total is undefined
// at total (orders.ts)
//
// Not recorded: what was in databases and other services, the clock, what had happened before,
// and headers that can hold secrets. REPRODUCE_AUTHORIZATION and REPRODUCE_COOKIE set these.
// Side effects are real: the app does what it always does.

import { reproduce, testApp } from "@holdfast/holdfast/testing";
import { app } from "../../main.ts";

const REQUEST = {
  method: "POST",
  path: "/orders",
  headers: { "content-type": "application/json" },
  body: JSON.stringify({ item: "tea", amount: 0 }),
};
const FAILURE = { type: "TypeError", location: "total (orders.ts)" };

Deno.test({
  name: "POST /orders does not fail with TypeError at total (orders.ts)",
  // What the app opens may stay open: connections, timers.
  sanitizeOps: false,
  sanitizeResources: false,
  async fn() {
    await using tested = await testApp(app, { root: import.meta.resolve("../../") });
    await reproduce(tested, { request: REQUEST, failure: FAILURE });
  },
});
`,
  );
});

Deno.test("a body is sent as it came: JSON, a form, a text, a text in JSON, files without their content", () => {
  const sizes = (size: number) => ({ "content-length": String(size) });
  const cases: [Partial<LogRecord>, unknown][] = [
    [{ headers: JSON_TYPE, input: [1, "a"] }, { "JSON.stringify": [[1, "a"]] }],
    [{ headers: JSON_TYPE, input: null }, { "JSON.stringify": [null] }],
    [{ headers: { ...JSON_TYPE, ...sizes(1) }, input: "{" }, "{"],
    [{ headers: { ...JSON_TYPE, ...sizes(3) }, input: "a" }, { "JSON.stringify": ["a"] }],
    [{ headers: JSON_TYPE, input: "{", error: { type: "SyntaxError", message: "" } }, "{"],
    [{ headers: { "content-type": "text/plain" }, input: "12 é" }, "12 é"],
    [{ headers: FORM_TYPE, input: "a=1&a=2" }, "a=1&a=2"],
    [{ headers: FORM_TYPE, input: { a: ["1", "2"], b: "" } }, {
      URLSearchParams: [[["a", "1"], ["a", "2"], ["b", ""]]],
    }],
    [{
      headers: { "content-type": "multipart/form-data; boundary=x" },
      input: { a: "1", f: { file: "a.png", type: "image/png", size: 3 } },
    }, [["a", "1"], ["f", { File: [[{ Uint8Array: [3] }], "a.png", { type: "image/png" }] }]]],
    [{ headers: sizes(0), input: "" }, undefined],
    [{ path: "/orders?a=1", input: { a: "1" } }, undefined],
    [{ method: "DELETE", path: "/orders?a=1", input: { a: "1" } }, undefined],
    [{ method: "GET", path: "/orders?a=1", input: { a: "1" } }, undefined],
  ];
  for (const [parts, body] of cases) {
    const { kind, request } = read(parts);
    assertEquals([kind, request.body], ["app", body], JSON.stringify(parts));
  }
});

Deno.test("what was cut or never recorded is said, and nothing is sent in its place", () => {
  const cases: [Partial<LogRecord>, kind: string, why: string][] = [
    [{ input: {}, truncated: ["input"] }, "impossible", "the body was cut"],
    [{ truncated: ["path"] }, "impossible", "the path was cut"],
    [{ headers: { "content-length": "5" } }, "impossible", "the body was not recorded"],
    [
      { headers: { "content-length": "900" }, input: "900 bytes" },
      "impossible",
      "of the body only its size was recorded",
    ],
    [
      { input: { type: "image/png", size: 9 } },
      "impossible",
      "of the body only its size was recorded",
    ],
    [
      { headers: { "content-encoding": "gzip" }, input: "x" },
      "impossible",
      "the body was compressed, and is not recorded",
    ],
    [
      { method: undefined, path: undefined },
      "skeleton",
      "it did not happen in a request that is recorded",
    ],
    [
      { method: undefined, reported: true },
      "skeleton",
      "the method of its request was not reported",
    ],
    [{ method: "GET\n" }, "skeleton", "the method of its request cannot be sent again"],
    [{ method: "CONNECT" }, "skeleton", "the method of its request cannot be sent again"],
    [{ path: "*" }, "skeleton", "the path of its request cannot be sent again"],
  ];
  for (const [parts, kind, why] of cases) {
    const found = read(parts);
    assertEquals([found.kind, found.why, found.declared], [kind, why, ["Deno.test.ignore"]]);
    assert(found.text.includes(`// Cannot be built from what is recorded: ${why}.`));
  }
});

Deno.test("what was redacted is a constant with a name, and cannot name a variable of somebody's own", () => {
  const { placeholders, request, text } = read({
    path: "/orders?token=[redacted]&key=%5Bredacted%5D",
    headers: { ...JSON_TYPE, referer: "https://shop.example/?session=[redacted]" },
    input: {
      password: "[redacted]",
      AWS_SECRET_ACCESS_KEY: "[redacted]",
      note: 'pin: "[redacted]"',
      "[redacted]": 1,
    },
  });
  assertEquals(placeholders, [
    { name: "REDACTED_TOKEN", of: "path: token" },
    { name: "REDACTED_KEY", of: "path: key" },
    { name: "REDACTED_SESSION", of: "header referer: session" },
    { name: "REDACTED_PASSWORD", of: "body password" },
    { name: "REDACTED_AWS_SECRET_ACCESS_KEY", of: "body AWS_SECRET_ACCESS_KEY" },
    { name: "REDACTED_PIN", of: "body note: pin" },
    { name: "REDACTED_BODY", of: "body" },
  ]);
  assert(!text.includes("[redacted]"), text);
  assertEquals(request.path, "/orders?token=[redacted]&key=[redacted]");
});

Deno.test("a failure of another service is asked for at an address that a person gives", () => {
  const { kind, constants, text } = read({
    reported: true,
    headers: { host: "evil.example", ...JSON_TYPE },
    input: { a: 1 },
  });
  assertEquals(kind, "url");
  assertEquals(constants.SERVICE_URL, { "Deno.env.get": ["REPRODUCE_URL"] });
  assertEquals(constants.REQUEST, {
    method: "POST",
    headers: JSON_TYPE,
    body: { "JSON.stringify": [{ a: 1 }] },
  });
  // A stranger has named it: it is shown, and nothing is sent there.
  assertMatch(text, /^\/\/ Set REPRODUCE_URL .* sent to evil\.example\.$/m);
});

const HOSTILE = fc.oneof(
  fc.constantFrom(
    "*/ Deno.exit(1) /*",
    "\n\nDeno.exit(1)\n",
    "\u2028Deno.exit(1)\u2029",
    "\r",
    "${Deno.exit(1)}",
    "`",
    "</script><script>",
    '"); Deno.exit(1); ("',
    "\\",
    "\\u0022",
    "\\\n",
    "\0",
    "\ud800",
    "\udc00x",
    "\u202e",
    "\ufeff",
    "__proto__",
    "constructor",
    "[redacted]",
    "a=[redacted]&b=[redacted]",
    "%5Bredacted%5D",
    "// @ts-nocheck",
    "@ts-nocheck",
    "deno-lint-ignore-file",
    "\u{e0041}",
    "REQUEST",
    "é",
    "日本",
    "😀",
    "…",
    "\u0085",
    "\t",
    " + ",
    "12 bytes",
  ),
  fc.string({ unit: "binary", maxLength: 12 }),
).chain((one) => fc.array(fc.constantFrom(one, "x", ""), { minLength: 1, maxLength: 3 }))
  .map((parts) => parts.join(""));

const VALUE = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthSize: "small" },
    HOSTILE,
    fc.constantFrom(null, true, 0, -1.5e300),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.array(fc.tuple(HOSTILE, tie("value")), { maxLength: 3 }).map((all) =>
      Object.fromEntries(all)
    ),
    fc.record({ file: HOSTILE, type: HOSTILE, size: fc.nat(99) }),
  ),
})).value;

const RECORD = fc.record({
  method: fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom("POST", "PUT", "GET", "DELETE") },
    HOSTILE,
  ),
  path: HOSTILE.map((text) => `/${text}`),
  route: HOSTILE,
  svc_name: HOSTILE,
  release: HOSTILE,
  environment: HOSTILE,
  module: HOSTILE,
  message: HOSTILE,
  reported: fc.constantFrom(undefined, true as const),
  headers: fc.array(
    fc.tuple(
      fc.oneof(fc.constantFrom("content-type", "host", "referer", "accept"), HOSTILE),
      fc.oneof(
        HOSTILE,
        fc.constantFrom(
          "application/json",
          "application/x-www-form-urlencoded",
          "multipart/form-data",
        ),
      ),
    ),
    { maxLength: 4 },
  ).map((all) => Object.fromEntries(all)),
  input: VALUE,
  truncated: fc.constantFrom(undefined, undefined, undefined, ["input"]),
  error: fc.record({ type: HOSTILE, message: HOSTILE }),
  error_id: fc.oneof(fc.constant(ID), HOSTILE),
});

Deno.test(`a reproduction of each of ${HOSTILE_RECORDS} hostile records is a valid file with their literals, and nothing else`, () => {
  const kinds: Record<string, number> = {};
  fc.assert(
    fc.property(RECORD, HOSTILE, (parts, location) => {
      const hostile = record(parts as Partial<LogRecord>);
      const { text, kind, placeholders } = reproductionOf(hostile, {
        error: { ...error, type: parts.error.type, location },
      });
      kinds[kind] = (kinds[kind] ?? 0) + 1;
      const { constants, declared } = readReproduction(text);
      const isWhole = kind === "app" || kind === "url";
      assertEquals(declared, [kind === "app" || kind === "url" ? "Deno.test" : "Deno.test.ignore"]);
      if (kind !== "url" && !hostile.reported) {
        assertEquals(constants.FAILURE, { type: parts.error.type, location });
      }
      if (!isWhole) return;
      const expected = recordedRequest(hostile);
      if ("why" in expected) throw new Error(expected.why);
      const sent = constants.REQUEST as Record<string, unknown>;
      assertEquals(sent.method, expected.method);
      assertEquals(kind === "app" ? sent.path : constants.PATH, asMarked(expected.path));
      const headers = expected.headers.filter(([name]) => kind === "app" || name !== "host");
      assertEquals(sent.headers, asMarked(Object.fromEntries(headers)));
      assertEquals(sent.body, bodyOf(expected.body));
      const names = placeholders.map(({ name }) => name);
      assertEquals(Object.keys(constants).filter((name) => name.startsWith("REDACTED_")), names);
    }),
    { numRuns: HOSTILE_RECORDS, seed: Date.now() },
  );
  for (const kind of ["app", "url", "skeleton", "impossible"]) assert(kinds[kind]! > 50, kind);
});

Deno.test("a text of a megabyte is one literal", () => {
  const long = `*/\u2028\0"`.repeat(200_000);
  assertEquals(read({ headers: JSON_TYPE, input: { long } }).request.body, {
    "JSON.stringify": [{ long }],
  });
});

/** The mark in an address may be encoded: the constant stands for both. */
function asMarked(value: unknown): unknown {
  if (typeof value === "string") return value.replaceAll(/%5Bredacted%5D/gi, "[redacted]");
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(asMarked);
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [asMarked(key) as string, asMarked(item)]),
  );
}

/** What the reader makes of a body. */
function bodyOf(
  body: Extract<ReturnType<typeof recordedRequest>, { method: string }>["body"],
): unknown {
  if (body === undefined) return undefined;
  const marked = asMarked(body) as typeof body;
  switch (marked.kind) {
    case "json":
      return { "JSON.stringify": [marked.value] };
    case "text":
      return marked.text;
    case "query":
      return { URLSearchParams: [marked.fields] };
    case "multipart":
      return marked.fields.map(([name, value]) => [
        name,
        typeof value === "string"
          ? value
          : { File: [[{ Uint8Array: [value.size] }], value.file, { type: value.type }] },
      ]);
  }
}
