import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { runInNewContext } from "node:vm";
import { describeError, MAX_CAUSES } from "../../logging/records/describe.ts";
import { MAX_MESSAGE_CHARS, MAX_STACK_CHARS } from "../../store/limits.ts";
import type { ErrorInfo } from "../../store/record.ts";

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
    [
      new AggregateError([
        new AggregateError([new TypeError("a"), new RangeError("b")], "inner"),
        new SuppressedError(new Error("closing"), new TypeError("working")),
      ]),
      "AggregateError: Several errors (AggregateError: inner (TypeError: a; RangeError: b); " +
      "TypeError: working, then Error: closing)",
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

/** What `using` throws when the work fails, and closing each of these resources too. */
function failAt(work: Error, ...closing: Error[]): unknown {
  try {
    using stack = new DisposableStack();
    for (const error of closing) {
      stack.defer(() => {
        throw error;
      });
    }
    throw work;
  } catch (thrown) {
    return thrown;
  }
}

function namesOf(thrown: unknown): string[] {
  const names: string[] = [];
  for (let info: ErrorInfo | undefined = describeError(thrown); info; info = info.cause) {
    names.push(`${info.type}: ${info.message}`);
  }
  return names;
}

Deno.test("where closing fails too, the error is what was thrown first, and the other its cause", () => {
  const work = new OrderLost("no order 7");
  const thrown = failAt(work, new RangeError("cannot close"));
  assertEquals((thrown as Error).name, "SuppressedError");
  const info = describeError(thrown);
  assertEquals(namesOf(thrown), ["OrderLost: no order 7", "RangeError: cannot close"]);
  assert(info.stack?.includes("describe_test.ts") && info.stack.startsWith("Error: no order 7\n"));
  assert(info.cause?.stack?.startsWith("RangeError: cannot close\n"));
});

Deno.test("both errors stay, with their causes, however many disposals fail", async () => {
  const work = new Error("work", { cause: new TypeError("why") });
  assertEquals(namesOf(failAt(work, new RangeError("second"), new RangeError("first"))), [
    "Error: work",
    "TypeError: why",
    "RangeError: first",
    "RangeError: second",
  ]);
  // A long chain of causes does not push the other failure out.
  const deep = Array.from({ length: 9 }).reduce<Error>(
    (cause, _, n) => new Error(`${n}`, { cause }),
    new Error("end"),
  );
  const names = namesOf(failAt(deep, new RangeError("closing")));
  assertEquals([names[0], names.at(-1), names.length], [
    "Error: 8",
    "RangeError: closing",
    MAX_CAUSES + 1,
  ]);
  // As a cause, as a text, of a compiler that knows no `using`, and with `await using`.
  const wrapped = new Error("outer", { cause: failAt(work, new RangeError("closing")) });
  assertEquals(namesOf(wrapped).slice(0, 2), ["Error: outer", "Error: work"]);
  assertEquals(namesOf(wrapped).at(-1), "RangeError: closing");
  const compiled = Object.assign(new Error("An error was suppressed during disposal."), {
    name: "SuppressedError",
    error: "closing",
    suppressed: "working",
  });
  assertEquals(namesOf(compiled), ["string: working", "string: closing"]);
  const later = await (async () => {
    await using _ = {
      [Symbol.asyncDispose]: () => Promise.reject(new RangeError("closing later")),
    };
    throw work;
  })().catch((thrown: unknown) => thrown);
  assertEquals(namesOf(later).at(-1), "RangeError: closing later");
});

Deno.test("errors that suppress themselves end, too", () => {
  const thrown = new SuppressedError(new Error("a"), new Error("b"));
  thrown.suppressed = thrown;
  thrown.error = thrown;
  assertEquals(typeof describeError(thrown).message, "string");
  const group = new AggregateError([]);
  group.errors.push(group, group, group);
  assertEquals(describeError(group).type, "AggregateError");
});

Deno.test("a cause that leads back to its error ends the chain", () => {
  const first = new Error("first");
  const second = new Error("second", { cause: first });
  first.cause = second;
  assertEquals(describeError(first).cause?.cause, undefined);
});

Deno.test("a reused stack is marked, and no stack is read for it", () => {
  let reads = 0;
  const watched = (message: string, cause?: unknown) =>
    Object.defineProperty(new Error(message, { cause }), "stack", {
      get: () => (reads++, `Error: ${message}\n    at read`),
    });
  const alike = describeError(watched("x", watched("cause of 1")));
  assertEquals(reads, 2);
  const again = describeError(watched("x", watched("cause of 2")), { alike });
  assertEquals([again.stack, again.stack_reused], [alike.stack, true]);
  assertEquals([again.cause?.stack, again.cause?.stack_reused], [alike.cause?.stack, true]);
  assertEquals(again.cause?.message, "cause of 2");
  assertEquals(reads, 2);
});

Deno.test("a cause of another type than the similar failure's has its own stack", () => {
  const alike = describeError(new Error("x", { cause: new RangeError("a") }));
  const again = describeError(new Error("x", { cause: new TypeError("b") }), { alike });
  assertEquals(again.cause?.stack_reused, undefined);
  assert(again.cause?.stack?.startsWith("TypeError: b\n"));
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
