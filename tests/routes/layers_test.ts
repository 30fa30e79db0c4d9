import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { catchUncaught } from "../../logging/mod.ts";
import type { Module } from "../../modules/module.ts";
import { readEnvelope } from "../helpers/read_envelope.ts";
import { startApp, type TestApp } from "../helpers/start_app.ts";
import { synthetic } from "../helpers/synthetic.ts";

/** A module whose route itself breaks: it throws where no `run()` is around it. */
function brokenRoute(thrown: unknown): Module {
  return {
    ...synthetic(() => 1, { paths: ["/synthetic"] }),
    get name(): string {
      throw thrown;
    },
  };
}

Deno.test("first layer: what a module throws is answered and recorded with the request", async () => {
  await using app = await startApp();
  const { error_id, request_id } = await readEnvelope(await app.request("/fail?how=reject"), {
    status: 500,
    code: "internal",
  });
  const record = await recordOf(app, error_id!);
  assertEquals([record.request_id, record.route, record.method, record.status], [
    request_id,
    "/fail",
    "GET",
    500,
  ]);
});

Deno.test("second layer: an Error thrown by the app itself is answered and recorded", async () => {
  const app = await startAppWith(brokenRoute(new TypeError("the route broke")));
  await using _ = app;
  const envelope = await readEnvelope(await app.request("/synthetic?a=1"), {
    status: 500,
    code: "internal",
  });
  assertMatch(String(envelope.content), /^\[Error\] InternalError: TypeError: the route broke\n/);
  const record = await recordOf(app, envelope.error_id!);
  assertEquals([record.error?.type, record.error?.message, record.path], [
    "TypeError",
    "the route broke",
    "/synthetic?a=1",
  ]);
});

Deno.test("second layer: strings and null, which Hono passes on, are answered and recorded too", async () => {
  for (const [thrown, type, message] of [["a word", "string", "a word"], [null, "null", "null"]]) {
    const app = await startAppWith(brokenRoute(thrown));
    await using _ = app;
    const { error_id } = await readEnvelope(await app.request("/synthetic"), {
      status: 500,
      code: "internal",
    });
    const { error } = await recordOf(app, error_id!);
    assertEquals([error?.type, error?.message], [type, message]);
  }
});

Deno.test("third layer: Deno.serve's onError answers in the envelope when all else has failed", async () => {
  await using app = await startApp();
  // What stands before the app may throw: here it is the server's own handler.
  await using server = Deno.serve({
    port: 0,
    hostname: "127.0.0.1",
    onListen: () => {},
    onError: app.onError,
  }, () => {
    throw "thrown before the app";
  });
  const response = await fetch(`http://127.0.0.1:${server.addr.port}/`);
  const { error_id, content } = await readEnvelope(response, { status: 500, code: "internal" });
  assertStringIncludes(String(content), '"thrown before the app"');
  assertEquals((await recordOf(app, error_id!)).error?.type, "string");
});

Deno.test("third layer: what no request awaits is recorded, and the process goes on", async () => {
  await using app = await startApp();
  using _ = catchUncaught(app.logging);
  const thrown = Promise.withResolvers<void>();
  setTimeout(() => {
    thrown.resolve();
    throw new RangeError("thrown by a timer");
  });
  Promise.reject(new Error("nobody waits for this"));
  Promise.reject(null);
  await thrown.promise;
  await app.logging.flush({ deadlineMs: 30_000 });
  const { items } = await app.logging.store.listErrors({ limit: 10 });
  assertEquals(items.map(({ type, message }) => `${type}: ${message}`).sort(), [
    "Error: nobody waits for this",
    "RangeError: thrown by a timer",
    "null: null",
  ]);
});

function startAppWith(module: Module): Promise<TestApp> {
  return startApp({ modules: [module] });
}

interface Stored extends Record<string, unknown> {
  error?: { type: string; message: string };
}

async function recordOf(app: TestApp, errorId: string): Promise<Stored> {
  await app.logging.flush({ deadlineMs: 30_000 });
  return (await app.logging.store.occurrence(errorId))?.record as unknown as Stored;
}
