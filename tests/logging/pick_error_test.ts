import { assert, assertEquals } from "@std/assert";
import { runInNewContext } from "node:vm";
import { type LoggedRecord, Logger } from "../../logging/logger.ts";

function logged(
  message: unknown,
  details?: unknown,
): { error: string | undefined; attrs: unknown } {
  const records: LoggedRecord[] = [];
  new Logger({ minimum: 0, append: (record) => records.push(record) }).error(message, details);
  const [record] = records;
  const error = record?.error === undefined ? undefined : JSON.parse(record.error);
  if (error?.stack) assert(error.stack.includes("\n    at "));
  return {
    error: error && `${error.type}: ${error.message}${error.stack ? "" : " (no stack)"}`,
    attrs: record?.attrs === undefined ? undefined : JSON.parse(record.attrs),
  };
}

const failure = () => new TypeError("x");

Deno.test("an Error anywhere in the details is the error, with its stack", () => {
  for (const key of ["error", "err", "e", "cause", "exception"]) {
    const { error, attrs } = logged("m", { order: 7, [key]: failure() });
    assertEquals([error, attrs], ["TypeError: x", { order: 7 }], key);
  }
  assertEquals(logged("m", failure()), { error: "TypeError: x", attrs: undefined });
  assertEquals(logged("m", { err: runInNewContext("new TypeError('x')") }).error, "TypeError: x");
  // Under a name of one's own it stays visible there too.
  const { error, attrs } = logged("m", { reason: failure(), order: 7 });
  assertEquals(error, "TypeError: x");
  assertEquals(Object.keys(attrs as object), ["reason", "order"]);
  assertEquals(logged("m", [7, failure()]), { error: "TypeError: x", attrs: { details: [7] } });
  assertEquals(logged("m", [{ order: 7, err: failure() }]), {
    error: "TypeError: x",
    attrs: { details: [{ order: 7 }] },
  });
});

Deno.test("of several the first by name is the error, the others stay", () => {
  const { error, attrs } = logged("m", { cause: new RangeError("why"), err: failure() });
  assertEquals(error, "TypeError: x");
  assertEquals(Object.keys(attrs as object), ["cause"]);
  const { error: real, attrs: beside } = logged("m", { error: "E_CARD", err: failure() });
  assertEquals([real, beside], ["TypeError: x", { error: "E_CARD" }]);
  assertEquals(logged(new RangeError("said"), { error: "E_CARD" }), {
    error: "RangeError: said",
    attrs: { error: "E_CARD" },
  });
});

Deno.test("without any Error what stands under `error` was thrown, and nothing else", () => {
  assertEquals(logged("m", { error: "out of stock" }).error, "string: out of stock (no stack)");
  assertEquals(logged("m", { err: "none", e: 7, order: 7 }), {
    error: undefined,
    attrs: { err: "none", e: 7, order: 7 },
  });
  assertEquals(logged("m"), { error: undefined, attrs: undefined });
  assertEquals(logged("m", null), { error: undefined, attrs: undefined });
  assertEquals(logged("m", 7), { error: undefined, attrs: { details: 7 } });
});
