import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import * as v from "valibot";
import { FAILURES, KeyError, NotFound, ValueError } from "../../modules/failure.ts";
import { failureOfIssues } from "../../modules/issues.ts";
import { type Context, defineModule, type Issue } from "../../modules/module.ts";
import { runModule, toFailure } from "../../modules/run.ts";
import { synthetic } from "../helpers/synthetic.ts";

Deno.test("a module's answer comes back, at once or later, from a promise or from what is like one", async () => {
  const thenable = { then: (resolve: (value: number) => void) => resolve(7) };
  for (const answer of [7, Promise.resolve(7), thenable]) {
    const { content, failure } = await run(synthetic(() => answer)) as Answered;
    assertEquals([content, failure], [7, undefined]);
  }
});

Deno.test("named failures keep their status, their code and their headers", async () => {
  const headers = { "retry-after": "5" };
  const thrown = [
    { error: new KeyError("a must be text", { param: "a" }), status: 400, code: "a.wrong_type" },
    { error: new ValueError("a must be 1", { param: "a" }), status: 422, code: "a.invalid" },
    { error: new NotFound("no a", { param: "a", headers }), status: 404, code: "a.not_found" },
    { error: new ValueError("b", { code: "own.code" }), status: 422, code: "own.code" },
  ];
  for (const { error, status, code } of thrown) {
    const { failure } = await run(synthetic(() => {
      throw error;
    })) as Failed;
    assertEquals([failure, failure.row.status, failure.code], [error, status, code]);
  }
});

Deno.test("whatever a module throws, it is a failure of ours that says nothing of its inside", async () => {
  await fc.assert(fc.asyncProperty(fc.anything(), async (thrown) => {
    const outcome = await run(synthetic(() => {
      throw thrown;
    })) as Failed;
    assertEquals([outcome.failure.row, outcome.failure.message], [
      FAILURES.internal,
      "something failed on our side",
    ]);
    assert(Object.is(outcome.thrown, thrown));
  }));
});

Deno.test("a thrown proxy whose traps throw is caught like anything else", async () => {
  const throwing = () => {
    throw proxy;
  };
  const proxy: object = new Proxy({}, { getPrototypeOf: throwing, get: throwing, has: throwing });
  const { failure } = await run(synthetic(() => {
    throw proxy;
  })) as Failed;
  assertEquals(failure.row, FAILURES.internal);
  assertEquals(toFailure(proxy).row, FAILURES.internal);
});

Deno.test("a module that takes too long is left alone, and told so by its signal", async () => {
  const told = Promise.withResolvers<unknown>();
  const aborter = new AbortController();
  const slow = synthetic((_, { signal }) =>
    new Promise(() => signal.addEventListener("abort", () => told.resolve(signal.reason)))
  );
  const { failure } = await runModule(slow, {
    value: {},
    context: { signal: aborter.signal } as Context,
    timeoutMs: 5,
    onTimeout: (failure) => aborter.abort(failure),
  }) as Failed;
  assertEquals([failure.row, failure.message], [FAILURES.timeout, "no answer within 5 ms"]);
  assertEquals(await told.promise, failure);
});

Deno.test("a schema that checks later, and one that throws, are waited for and caught", async () => {
  const later = defineModule({
    name: "/later",
    summary: "Checks later.",
    input: v.pipeAsync(v.object({ a: v.string() }), v.checkAsync(() => false, "must be free")),
    run: () => 7,
  });
  const missing = await run(later) as Failed;
  assertEquals(missing.failure.code, "a.missing");
  const taken = await run(later, { a: "x" }) as Failed;
  assertEquals(taken.failure.row, FAILURES.invalid);

  const broken = defineModule({ ...later, input: v.pipe(v.any(), v.check(() => fail())) });
  assertEquals((await run(broken) as Failed).failure.row, FAILURES.internal);
});

Deno.test("the sentence of a failure names five issues, and counts the rest", () => {
  const entries = Object.fromEntries(Array.from({ length: 8 }, (_, i) => [`p${i}`, v.string()]));
  const { issues = [] } = v.safeParse(v.object(entries), {});
  const failure = failureOfIssues(issues as Issue[], {});
  assertEquals(
    failure.message,
    "p0 is missing; p1 is missing; p2 is missing; p3 is missing; p4 is missing; 3 more",
  );
  assertEquals([failure.row, failure.code], [FAILURES.missing, "p0.missing"]);
});

Deno.test("a deep parameter is named by its path, a long value is cut", () => {
  const schema = v.object({ a: v.array(v.object({ b: v.number() })) });
  const value = { a: [{ b: 1 }, { b: "x".repeat(500) }] };
  const { issues = [] } = v.safeParse(schema, value);
  const failure = failureOfIssues(issues as Issue[], value);
  assertEquals(failure.code, "a.1.b.wrong_type");
  assertEquals(failure.message, `a.1.b must be number, got "${"x".repeat(79)}…`);
});

Deno.test("issues of any schema library, about any value, become a failure of the client's", () => {
  const key = fc.oneof(fc.string(), fc.integer(), fc.constant(Symbol("s")));
  const step = fc.oneof(key, fc.record({ key }));
  const issue = fc.record({
    message: fc.string(),
    path: fc.option(fc.array(step, { maxLength: 4 }), { nil: undefined }),
    kind: fc.constantFrom(undefined, "schema", "validation", "transformation"),
    type: fc.constantFrom(undefined, "string", "picklist"),
    expected: fc.constantFrom(undefined, null, '("a" | "b")'),
  });
  fc.assert(fc.property(fc.array(issue, { maxLength: 8 }), fc.anything(), (issues, value) => {
    const failure = failureOfIssues(issues as Issue[], value);
    assertEquals(failure.row.level, "WARN");
    assert(failure.message.length > 0 && failure.code.length > 0);
  }));
});

Deno.test("what cannot be shown does not keep an issue from being told", () => {
  const throwing = {
    toJSON: () => {
      throw new Error("no");
    },
  };
  const circle: Record<string, unknown> = {};
  circle.self = circle;
  const trap = new Proxy({}, { getOwnPropertyDescriptor: fail, ownKeys: fail, get: fail });
  for (const value of [throwing, circle, 1n, Symbol("s"), trap, Object.create(null)]) {
    const issues = [{ message: "must be nice", path: ["a"] }, { message: "must be nice" }];
    assert(failureOfIssues(issues, { a: value }).message.startsWith("a must be nice, got "));
    assert(failureOfIssues(issues, value).message.includes("body must be nice"));
  }
});

Deno.test("client's mistakes are warnings and ours are errors, in the whole table", () => {
  for (const { name, status, level, code } of Object.values(FAILURES)) {
    assertEquals(level, status < 500 ? "WARN" : "ERROR");
    assert(/^[A-Z][A-Za-z]+$/.test(name) && /^[{}a-z_.]+$/.test(code));
  }
});

type Answered = { content: unknown; failure: undefined };
type Failed = Extract<Awaited<ReturnType<typeof runModule>>, { thrown: unknown }>;

function run(module: Parameters<typeof runModule>[0], value: unknown = {}) {
  const context = {} as Context;
  return runModule(module, { value, context, timeoutMs: 5_000, onTimeout: () => {} });
}

function fail(): never {
  throw new Error("on purpose");
}
