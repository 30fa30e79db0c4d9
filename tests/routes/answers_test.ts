import { assertEquals, assertStringIncludes } from "@std/assert";
import { StoreBusy } from "../../logging/mod.ts";
import { Failure, type FailureKind, FAILURES, ValueError } from "../../modules/failure.ts";
import { readEnvelope } from "../helpers/read_envelope.ts";
import { jsonBody, startApp } from "../helpers/start_app.ts";
import { synthetic } from "../helpers/synthetic.ts";
import { logged, occurrence } from "../helpers/stored.ts";

Deno.test("a module that takes too long answers 504, is recorded and learns it from its signal", async () => {
  const told = Promise.withResolvers<AbortSignal>();
  const slow = synthetic((_, { signal }) =>
    new Promise(() => signal.addEventListener("abort", () => told.resolve(signal)))
  );
  await using app = await startApp({ modules: [slow], requestTimeoutMs: 20 });
  const envelope = await readEnvelope(await app.request("/synthetic"), {
    status: 504,
    code: "timeout",
  });
  assertEquals(envelope.content, "[Error] Timeout: no answer within 20 ms");
  const signal = await told.promise;
  assertEquals([signal.aborted, signal.reason.message], [true, "no answer within 20 ms"]);
  assertEquals((await occurrence(app, envelope.error_id!)).error?.type, "Timeout");
});

Deno.test("a module that first looks at its signal when the time is over finds it aborted", async () => {
  const looked = Promise.withResolvers<boolean>();
  const go = Promise.withResolvers<void>();
  const slow = synthetic(async (_, context) => {
    await go.promise;
    looked.resolve(context.signal.aborted);
  });
  await using app = await startApp({ modules: [slow], requestTimeoutMs: 10 });
  await readEnvelope(await app.request("/synthetic"), { status: 504, code: "timeout" });
  go.resolve();
  assertEquals(await looked.promise, true);
});

Deno.test("what a module returns is the content, with its status", async (t) => {
  let content: unknown;
  await using app = await startApp({ modules: [synthetic(() => content, { status: 201 })] });
  for (content of [null, 0, "", false, [], {}, { a: [1, { b: "ü\u2028" }] }]) {
    await t.step(JSON.stringify(content), async () => {
      const envelope = await readEnvelope(await app.request("/synthetic"), { status: 201 });
      assertEquals(envelope.content, content);
    });
  }
});

Deno.test("what JSON cannot say is a failure of the module's, recorded with its name", async (t) => {
  const circle: Record<string, unknown> = {};
  circle.self = circle;
  const bad: [name: string, value: unknown][] = [
    ["undefined", undefined],
    ["a BigInt", { amount: 10n }],
    ["a circle", circle],
    ["a function", () => 1],
    ["a symbol", Symbol("s")],
    ["toJSON() that says nothing", { toJSON: () => undefined }],
    ["toJSON() that throws null", {
      toJSON: () => {
        throw null;
      },
    }],
  ];
  let value: unknown;
  await using app = await startApp({ modules: [synthetic(() => value)] });
  for (const [name, said] of bad) {
    await t.step(name, async () => {
      value = said;
      const { error_id } = await readEnvelope(await app.request("/synthetic"), {
        status: 500,
        code: "internal",
      });
      const { error, module } = await occurrence(app, error_id!);
      assertEquals([error?.type, module], ["TypeError", "/synthetic"]);
      assertStringIncludes(String(error?.message), "/synthetic returned what JSON cannot say: ");
    });
  }
});

Deno.test("a module's stream arrives as it comes, text and bytes alike", async () => {
  const streamed = synthetic(() => ReadableStream.from(["one ", new TextEncoder().encode("two")]));
  await using app = await startApp({ modules: [streamed] });
  const response = await app.request("/synthetic", { headers: { "x-request-id": "ask-1" } });
  assertEquals([response.status, response.headers.get("content-type")], [
    200,
    "text/plain; charset=utf-8",
  ]);
  assertEquals(response.headers.get("x-request-id"), "ask-1");
  assertEquals(await response.text(), "one two");
  assertEquals((await logged(app, "request_id=ask-1")).message, "GET /synthetic 200");
});

Deno.test("a stream that breaks half-way, or carries what is no text, is recorded", async (t) => {
  const broken: [name: string, stream: () => ReadableStream, message: string][] = [
    ["broken", () => breakAfter("half"), "broken half-way"],
    ["an object", () => ReadableStream.from([{ a: 1 }]), "a stream must be of text or bytes"],
  ];
  let stream: () => ReadableStream;
  await using app = await startApp({ modules: [synthetic(() => stream())] });
  for (const [name, streamOf, message] of broken) {
    await t.step(name, async () => {
      stream = streamOf;
      const id = `ask-${message.length}`;
      const response = await app.request("/synthetic", { headers: { "x-request-id": id } });
      const broken = await response.text().then(() => "whole", () => "broken");
      assertEquals(broken, "broken");
      const record = await logged(app, `request_id=${id}`);
      assertEquals([record.level, record.status], ["ERROR", 200]);
      assertStringIncludes(String(record.message), message);
    });
  }
});

Deno.test("a client that leaves in the middle of a stream ends it, and that is logged", async () => {
  const ended = Promise.withResolvers<void>();
  const endless = synthetic(() =>
    new ReadableStream({
      pull: (controller) => controller.enqueue("more "),
      cancel: () => ended.resolve(),
    })
  );
  await using app = await startApp({ modules: [endless] });
  for (const method of ["GET", "HEAD"]) {
    const headers = { "x-request-id": `ask-${method}` };
    const response = await app.request("/synthetic", { method, headers });
    await response.body?.cancel();
    await ended.promise;
    const { message } = await logged(app, `request_id=ask-${method}`);
    assertStringIncludes(String(message), `${method} /synthetic 200`);
  }
});

Deno.test("headers of a named failure reach the client", async () => {
  const busy = synthetic(() => {
    throw new ValueError("too soon", { code: "soon", headers: { "retry-after": "5" } });
  });
  await using app = await startApp({ modules: [busy] });
  const response = await app.request("/synthetic");
  assertEquals(response.headers.get("retry-after"), "5");
  await readEnvelope(response, { status: 422, code: "soon" });
});

Deno.test("every row of the failure table is answered and logged as it says", async (t) => {
  let thrown: FailureKind;
  const failing = synthetic(() => {
    throw new Failure(thrown, "as it says", { param: "a" });
  });
  await using app = await startApp({ modules: [failing], environment: "production" });
  let errors = 0;
  for (const [kind, { name, status, level, code }] of Object.entries(FAILURES)) {
    await t.step(`${kind} ${status}`, async () => {
      thrown = kind as FailureKind;
      const envelope = await readEnvelope(await app.request("/synthetic"), {
        status,
        code: code.replace("{param}", "a"),
      });
      assertStringIncludes(String(envelope.content), `[Error] ${name}: as it says`);
      const record = await logged(app, `request_id=${envelope.request_id}`);
      assertEquals([record.level, record.status], [level, status]);
      // Each kind that is an error is one more.
      if (level === "ERROR") errors++;
      const { total } = await app.logging.store.listErrors({ limit: 10 });
      assertEquals([total, envelope.error_id !== undefined], [errors, level === "ERROR"]);
    });
  }
});

Deno.test("a module's own logger marks the records with the module and the request", async () => {
  const chatty = synthetic((_, { log, requestId }) => {
    log.warn("the pelican is late", { order: 7 });
    return requestId;
  });
  await using app = await startApp({ modules: [chatty] });
  const { content } = await readEnvelope(
    await app.request("/synthetic", { headers: { "x-request-id": "ask-1" } }),
  );
  assertEquals(content, "ask-1");
  const { message, level, module, request_id, route, attrs } = await logged(app, "q=pelican");
  assertEquals([message, level, module, request_id, route, attrs], [
    "the pelican is late",
    "WARN",
    "/synthetic",
    "ask-1",
    "/synthetic",
    { order: 7 },
  ]);
});

Deno.test("when the store does not answer, the client learns it and the failure waits in the log", async () => {
  const busy = () => Promise.reject(new StoreBusy("held by another"));
  await using app = await startApp({ store: { receipt: busy, health: busy } });
  const path = "/?query_content=x&user_type=guest";
  const { content, error_id } = await readEnvelope(await app.request(path), {
    status: 503,
    code: "store.unavailable",
  });
  assertEquals(content, "[Error] Unavailable: the store does not answer at the moment");
  assertEquals((await occurrence(app, error_id!)).error?.type, "Unavailable");
});

Deno.test("a JSON body reaches the module whole", async () => {
  const echo = synthetic((input) => input, { method: "POST" });
  await using app = await startApp({ modules: [echo] });
  const body = { a: [1, null, { b: "ü" }], "": 2 };
  const { content } = await readEnvelope(await app.request("/synthetic", jsonBody(body)));
  assertEquals(content, body);
});
function breakAfter(text: string): ReadableStream<string> {
  let count = 0;
  return new ReadableStream({
    pull(controller) {
      if (count++ === 0) return controller.enqueue(text);
      throw new Error("broken half-way");
    },
  });
}
