import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { runInNewContext } from "node:vm";
import { describeError, MAX_CAUSES } from "../../logging/describe.ts";
import { MAX_MESSAGE_CHARS, MAX_STACK_CHARS } from "../../logging/limits.ts";
import type { ErrorInfo } from "../../logging/record.ts";

class OrderLost extends Error {}
class Renamed extends Error {
  override name = "PaymentFailed";
}

function typeAndMessage(thrown: unknown): string {
  const { type, message } = describeError(thrown);
  return `${type}: ${message}`;
}

Deno.test("any thrown value has a type and a message", () => {
  const values: [unknown, string][] = [
    [new TypeError("no"), "TypeError: no"],
    [new OrderLost("x"), "OrderLost: x"],
    [new Renamed("x"), "PaymentFailed: x"],
    [Object.assign(new Error("x"), { name: "TypeError" }), "TypeError: x"],
    [new DOMException("stop", "AbortError"), "AbortError: stop"],
    [new Deno.errors.NotFound("x"), "NotFound: x"],
    ["text", "string: text"],
    [null, "null: null"],
    [undefined, "undefined: undefined"],
    [42, "number: 42"],
    [7n, "bigint: 7"],
    [Symbol("s"), "symbol: Symbol(s)"],
    [{ a: 1 }, 'Object: {"a":1}'],
    [{ name: "FromJson", message: "x" }, "FromJson: x"],
    [[1], "Array: [1]"],
    [Object.create(null), "Object: {}"],
    [runInNewContext("new RangeError('far')"), "RangeError: far"],
    [
      new AggregateError([new TypeError("a"), "b"], "both"),
      "AggregateError: both (TypeError: a; b)",
    ],
  ];
  for (const [thrown, expected] of values) assertEquals(typeAndMessage(thrown), expected);
});

Deno.test("codes and causes are kept, the causes to a depth of five", () => {
  let error: Error = Object.assign(new Error("0"), { code: "ENOENT" });
  for (let n = 1; n < 10; n++) {
    error = Object.assign(new Error(`${n}`, { cause: error }), { code: n });
  }
  const messages: string[] = [];
  for (let info: ErrorInfo | undefined = describeError(error); info; info = info.cause) {
    messages.push(`${info.message} ${info.code}`);
  }
  assertEquals(messages.length, MAX_CAUSES + 1);
  assertEquals(messages[0], "9 9");
  const fetchFailure = new AggregateError([
    Object.assign(new Error("x"), { code: "ECONNREFUSED" }),
  ]);
  assertEquals(describeError(fetchFailure).cause?.code, "ECONNREFUSED");
});

Deno.test("a cause that leads back to its error ends the chain", () => {
  const first = new Error("first");
  const second = new Error("second", { cause: first });
  first.cause = second;
  assertEquals(describeError(first).cause?.cause, undefined);
});

Deno.test("a reused stack is marked, and no stack is read for it", () => {
  let reads = 0;
  const watched = () =>
    Object.defineProperty(new Error("x", { cause: "y" }), "stack", { get: () => (reads++, "own") });
  const error = watched();
  error.cause = watched();
  const first = describeError(watched());
  const again = describeError(error, { stack: "alike", ...(first ? { cause: first } : {}) });
  assertEquals([again.stack, again.stack_reused], ["alike", true]);
  assertEquals([again.cause?.stack, again.cause?.stack_reused], ["own", true]);
  assertEquals(reads, 1);
});

Deno.test("a long message does not push the frames out of the stack", () => {
  const info = describeError(new Error("long ".repeat(100_000)));
  assertEquals(info.message.length <= MAX_MESSAGE_CHARS, true);
  assertEquals((info.stack ?? "").length <= MAX_STACK_CHARS, true);
  assertEquals(/\n\s+at .*describe_test/.test(info.stack ?? ""), true);
});

Deno.test("an error that fights back is described all the same", () => {
  const fail = () => {
    throw new Error("no");
  };
  const traps = new Proxy({}, { get: fail, getPrototypeOf: fail, ownKeys: fail, has: fail });
  const { proxy, revoke } = Proxy.revocable(new Error("x"), {});
  revoke();
  const getters = ["stack", "message", "name", "code", "cause", "constructor", "errors"].map((
    key,
  ) => Object.defineProperty(new Error("x"), key, { get: fail }));
  const odd: unknown[] = [{ message: { toString: fail } }, { toString: fail, toJSON: fail }];
  for (const thrown of [traps, proxy, ...getters, ...odd]) {
    const info = describeError(thrown);
    assertEquals([typeof info.type, typeof info.message], ["string", "string"]);
  }
});

Deno.test("anything can be thrown, with anything in an error's fields", () => {
  const fields = fc.dictionary(
    fc.constantFrom("name", "message", "stack", "code", "cause", "errors", "constructor"),
    fc.anything({ withBigInt: true, withNullPrototype: true }),
  );
  const thrown = fc.oneof(
    fc.anything(),
    fields,
    fields.map((own) => Object.assign(new Error(), own)),
  );
  fc.assert(
    fc.property(thrown, (value) => {
      const info = describeError(value);
      JSON.parse(JSON.stringify(info));
      assertEquals([typeof info.type, typeof info.message], ["string", "string"]);
      assertEquals(info.type !== "", true);
    }),
    { numRuns: 1000 },
  );
});
