import { assertEquals, assertStrictEquals } from "@std/assert";
import fc from "fast-check";
import { MAX_VALUE_CHARS } from "../../store/limits.ts";
import { createRedactor } from "../../logging/redact/redact.ts";
import { snapshot } from "../../logging/records/snapshot.ts";

function shown(value: unknown): unknown {
  return JSON.parse(snapshot(value));
}

Deno.test("plain data is its JSON", () => {
  const value = { a: [1, "x", null, true], b: { c: "\u2028" }, gone: undefined };
  assertStrictEquals(snapshot(value), JSON.stringify(value));
  assertStrictEquals(snapshot(undefined), "null");
});

Deno.test("what JSON loses is shown", () => {
  class Job {
    #secret = 1;
    secret() {
      return this.#secret;
    }
  }
  const values: [unknown, unknown][] = [
    [12345678901234567890n, "12345678901234567890"],
    [2n ** 100_000n, "[bigint of more than 1024 bits]"],
    [NaN, "NaN"],
    [Symbol("s"), "Symbol(s)"],
    [function load() {}, "[function load]"],
    [new Map<string, unknown>([["a", new Set([1])]]), { a: [1] }],
    [new Map([[1, 2]]), [[1, 2]]],
    [new Date(0), "1970-01-01T00:00:00.000Z"],
    [new Date(NaN), "Invalid Date"],
    [new TypeError("no", { cause: "x" }), { name: "TypeError", message: "no", cause: "x" }],
    [new Uint8Array([1, 2]), "Uint8Array(2) [1,2]"],
    [new BigInt64Array(1), "BigInt64Array(1) [0]"],
    [new DataView(new ArrayBuffer(3)), "DataView(3)"],
    [new URL("http://a/b"), "http://a/b"],
    [new Headers({ "x-a": "1" }), { "x-a": "1" }],
    [new URLSearchParams("a=1&a=2&b=3"), { a: ["1", "2"], b: "3" }],
    [new Request("http://a/", { method: "PUT" }), { method: "PUT", url: "http://a/", headers: {} }],
    [new Response(null, { status: 204 }), { status: 204, url: "", headers: {} }],
    [/x/g, "/x/g"],
    [Promise.resolve(), "[Promise]"],
    [new Job(), "[Job]"],
    [Object("boxed"), "boxed"],
    [{ toJSON: () => ({ n: 1n }) }, { n: "1" }],
  ];
  for (const [value, expected] of values) {
    assertEquals(shown(value), expected);
    assertEquals(shown({ in: [value] }), { in: [expected] });
  }
});

Deno.test("a circle is named where it closes; the same thing twice is shown twice", () => {
  const shared = { n: 1n };
  const circle: Record<string, unknown> = { a: shared, b: shared };
  circle.self = [circle];
  assertEquals(shown(circle), { a: { n: "1" }, b: { n: "1" }, self: ["[circular]"] });
});

Deno.test("a part that throws does not hide the others", () => {
  const value = {
    get bad() {
      throw null;
    },
    json: {
      toJSON() {
        throw new Error("no");
      },
    },
    revoked: revokedProxy(),
    good: 1,
  };
  assertEquals(shown(value), {
    bad: "[unreadable]",
    json: "[unreadable]",
    revoked: "[unreadable]",
    good: 1,
  });
});

Deno.test("huge, wide, deep and sparse values are cut, and the redactor marks the cut", () => {
  let deep: unknown = 1n;
  for (let level = 0; level < 50_000; level++) deep = [deep];
  let bushy: unknown = [];
  for (let level = 0; level < 60; level++) bushy = [bushy, bushy];
  const many = Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`k${i}`, i]));
  const map = new Map(Object.entries(many));
  const texts = Array(100).fill("x y ".repeat(10_000));
  for (const value of [deep, bushy, many, map, texts, Array(1e9), "x".repeat(1e7)]) {
    const json = snapshot(value);
    assertEquals(json.length < 4 * MAX_VALUE_CHARS, true);
    assertEquals(createRedactor().json(json).truncated, true);
  }
});

Deno.test("prototype keys are data", () => {
  const json = snapshot({ n: 1n, ["__proto__"]: { polluted: 1 }, constructor: 2 });
  assertEquals(json, '{"n":"1","__proto__":{"polluted":1},"constructor":2}');
});

Deno.test("a later change does not reach the snapshot", () => {
  const value = { a: 1 };
  const json = snapshot(value);
  value.a = 2;
  assertEquals(json, '{"a":1}');
});

Deno.test("anything at all becomes one line of JSON", () => {
  const anything = fc.anything({
    withBigInt: true,
    withDate: true,
    withMap: true,
    withSet: true,
    withNullPrototype: true,
    withObjectString: true,
    withSparseArray: true,
    withTypedArray: true,
    withBoxedValues: true,
    withUnicodeString: true,
  });
  fc.assert(
    fc.property(anything, (value) => {
      const json = snapshot(value);
      JSON.parse(json);
      assertEquals(json.includes("\n"), false);
    }),
    { numRuns: 1000 },
  );
});

function revokedProxy(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}
