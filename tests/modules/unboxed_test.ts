import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { createHmac, timingSafeEqual } from "node:crypto";
import { setCookie } from "hono/cookie";
import { HTTPException } from "hono/http-exception";
import * as v from "valibot";
import { AuthError } from "../../modules/failure.ts";
import { defineModule } from "../../modules/module.ts";
import { reply } from "../../modules/reply.ts";
import { readEnvelope } from "../helpers/read_envelope.ts";
import { startApp, type TestApp } from "../helpers/start_app.ts";
import { synthetic } from "../helpers/synthetic.ts";

Deno.test("a reply has a status and headers of its own, several of one name too", async () => {
  await using app = await startApp({
    modules: [
      synthetic(() =>
        reply({ id: 7 }, {
          status: 201,
          headers: { location: "/orders/7", "set-cookie": ["a=1", "b=2"] },
        })
      ),
    ],
  });
  const response = await app.request("/synthetic");
  assertEquals(response.headers.get("location"), "/orders/7");
  assertEquals(response.headers.getSetCookie(), ["a=1", "b=2"]);
  assertEquals((await readEnvelope(response, { status: 201 })).content, { id: 7 });
});

Deno.test("an answer of 204 has no body, by reply() and by the module's status", async () => {
  for (
    const module of [
      synthetic(() => reply()),
      synthetic(() => undefined, { status: 204 }),
      synthetic(() => reply(undefined, { status: 304 })),
    ]
  ) {
    await using app = await startApp({ modules: [module] });
    const response = await app.request("/synthetic");
    assert([204, 304].includes(response.status));
    assertEquals(response.body, null);
    assertEquals(response.headers.get("content-type"), null);
    assertMatch(response.headers.get("x-request-id") ?? "", /./);
  }
});

Deno.test("content beside a status without a body is a failure of ours that says so", async () => {
  await using app = await startApp({ modules: [synthetic(() => ({ id: 7 }), { status: 204 })] });
  const { content, error_id } = await readEnvelope(await app.request("/synthetic"), {
    status: 500,
    code: "internal",
  });
  assertStringIncludes(String(content), "an answer of 204 has no body");
  assert(error_id);
});

Deno.test("a module's own Response is sent as it is, and recorded by its status", async () => {
  for (const [status, level] of [[200, "INFO"], [302, "INFO"], [404, "WARN"]] as const) {
    await using app = await startApp({
      modules: [synthetic(() => new Response("as it is", { status, headers: { "x-own": "1" } }))],
    });
    const response = await app.request("/synthetic");
    assertEquals([response.status, response.headers.get("x-own")], [status, "1"]);
    const requestId = response.headers.get("x-request-id")!;
    assertEquals(await response.text(), "as it is");
    await app.logging.flush({ deadlineMs: 30_000 });
    const { items: [record] } = await app.logging.store.listLogs({
      request_id: requestId,
      limit: 1,
    });
    assertEquals([record?.status, record?.level, record?.error_id], [status, level, undefined]);
  }
});

Deno.test("a module's own Response of 5xx opens an error, and its header is the receipt", async () => {
  await using app = await startApp({
    modules: [synthetic(() => new Response("busy", { status: 503 }))],
  });
  const response = await app.request("/synthetic");
  assertEquals([response.status, await response.text()], [503, "busy"]);
  const receipt = response.headers.get("x-error-id")!;
  await app.logging.flush({ deadlineMs: 30_000 });
  assertEquals((await app.logging.store.occurrence(receipt))?.record.status, 503);
});

Deno.test("redirects and answers of fetch(), whose headers cannot be changed, go out with ours", async () => {
  await using upstream = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    () => new Response("from afar", { headers: { "x-far": "1" } }),
  );
  const { port } = upstream.addr;
  await using app = await startApp({
    modules: [
      synthetic(() => Response.redirect("https://example.com/there", 303), { name: "/away" }),
      synthetic(() => fetch(`http://127.0.0.1:${port}/`), { name: "/far" }),
    ],
  });
  const away = await app.request("/away");
  assertEquals([away.status, away.headers.get("location")], [303, "https://example.com/there"]);
  assert(away.headers.get("x-request-id"));
  const far = await app.request("/far");
  assertEquals([await far.text(), far.headers.get("x-far")], ["from afar", "1"]);
  assert(far.headers.get("x-request-id"));
});

Deno.test("a Response whose body was read already is a failure of ours that says so", async () => {
  await using app = await startApp({
    modules: [synthetic(async () => {
      const response = new Response("gone");
      await response.text();
      return response;
    })],
  });
  const { content } = await readEnvelope(await app.request("/synthetic"), {
    status: 500,
    code: "internal",
  });
  assertStringIncludes(String(content), "its body was read already");
});

Deno.test("cookies and headers set on Hono's context are in the answer, a failure's too", async () => {
  for (
    const [run, status] of [
      [() => ({ done: true }), 200],
      [() => reply(undefined, { status: 204 }), 204],
      [() => new Response("own"), 200],
      [() => {
        throw new AuthError("the session has ended");
      }, 401],
    ] as const
  ) {
    await using app = await startApp({
      modules: [synthetic((_, { c }) => {
        setCookie(c, "session", "s1", { httpOnly: true });
        c.header("x-own", "1");
        return run();
      })],
    });
    const response = await app.request("/synthetic");
    assertEquals(response.status, status);
    assertEquals(response.headers.getSetCookie(), ["session=s1; Path=/; HttpOnly"]);
    assertEquals(response.headers.get("x-own"), "1");
    assert(response.headers.get("x-request-id"));
    await response.body?.cancel();
  }
});

Deno.test("every part of the context can be taken out of it", async () => {
  await using app = await startApp({
    modules: [
      synthetic((_, { header, requestId, log, signal, store, report, requireOperator, c }) => {
        log.info("taken out");
        const id = report({ svc_name: "other", level: "INFO", message: "reported" });
        return {
          agent: header("user-agent"),
          same: requestId === header("x-request-id"),
          aborted: signal.aborted,
          kinds: [typeof store.health, typeof requireOperator, typeof id, c.req.path],
        };
      }),
    ],
  });
  const headers = { "user-agent": "test", "x-request-id": "taken-1" };
  const { content } = await readEnvelope(await app.request("/synthetic", { headers }), {
    status: 200,
  });
  assertEquals(content, {
    agent: "test",
    same: true,
    aborted: false,
    kinds: ["function", "function", "string", "/synthetic"],
  });
});

Deno.test("a webhook's signature is verified over the text as it came", async () => {
  const secret = "whsec-of-the-tests";
  const sign = (text: string) => createHmac("sha256", secret).update(text).digest("hex");
  const webhook = defineModule({
    name: "/webhook",
    method: "POST",
    summary: "Takes a signed event.",
    body: "text",
    input: v.string(),
    run: (text, { header }) => {
      const given = Buffer.from(header("x-hub-signature-256")?.replace("sha256=", "") ?? "");
      const right = Buffer.from(sign(text));
      if (given.length !== right.length || !timingSafeEqual(given, right)) {
        throw new AuthError("the signature is not ours");
      }
      return { event: JSON.parse(text).event };
    },
  });
  await using app = await startApp({ modules: [webhook] });
  // Spaces and the order of keys are part of what is signed.
  const text = '{ "event":"paid",  "amount": 1.50 }';
  const send = (signature: string) =>
    app.request("/webhook", {
      method: "POST",
      body: text,
      headers: { "content-type": "application/json", "x-hub-signature-256": signature },
    });
  const { content } = await readEnvelope(await send(`sha256=${sign(text)}`), { status: 200 });
  assertEquals(content, { event: "paid" });
  await readEnvelope(await send(`sha256=${sign(text + " ")}`), {
    status: 401,
    code: "auth.invalid",
  });
});

Deno.test("a module takes bytes as they came, whatever their type", async () => {
  await using app = await startApp({
    modules: [defineModule({
      name: "/bytes",
      method: "PUT",
      summary: "Takes bytes.",
      body: "bytes",
      input: v.instance(Uint8Array),
      run: (bytes) => [...bytes],
    })],
  });
  const response = await app.request("/bytes", {
    method: "PUT",
    body: new Uint8Array([0, 255, 10]),
    headers: { "content-type": "application/octet-stream", "x-request-id": "bytes-1" },
  });
  assertEquals((await readEnvelope(response, { status: 200 })).content, [0, 255, 10]);
  assertEquals((await recordOf(app, "bytes-1"))?.input, "3 bytes");
});

Deno.test("a module takes forms, URL-encoded and multipart, with files", async () => {
  await using app = await startApp({
    modules: [defineModule({
      name: "/form/:id",
      method: "POST",
      summary: "Takes a form.",
      body: "form",
      input: v.object({
        id: v.string(),
        title: v.string(),
        tag: v.optional(v.array(v.string())),
        photo: v.optional(v.instance(File)),
      }),
      run: async ({ id, title, tag, photo }) => ({ id, title, tag, photo: await photo?.text() }),
    })],
  });
  const encoded = await app.request("/form/7", {
    method: "POST",
    body: new URLSearchParams([["title", "a b"], ["tag", "x"], ["tag", "y"]]),
  });
  assertEquals((await readEnvelope(encoded, { status: 200 })).content, {
    id: "7",
    title: "a b",
    tag: ["x", "y"],
  });
  const body = new FormData();
  body.set("title", "with a file");
  body.set("photo", new File(["pixels"], "cat.png", { type: "image/png" }));
  const multipart = await app.request("/form/8", {
    method: "POST",
    body,
    headers: { "x-request-id": "form-8" },
  });
  assertEquals((await readEnvelope(multipart, { status: 200 })).content, {
    id: "8",
    title: "with a file",
    photo: "pixels",
  });
  assertEquals((await recordOf(app, "form-8"))?.input, {
    title: "with a file",
    photo: { file: "cat.png", type: "image/png", size: 6 },
  });
});

Deno.test("what is no form, and a form that breaks off, is the client's mistake and says so", async () => {
  await using app = await startApp({
    modules: [synthetic((input) => input, { method: "POST", body: "form" })],
  });
  const send = (body: string, type: string) =>
    app.request("/synthetic", { method: "POST", body, headers: { "content-type": type } });
  await readEnvelope(await send("{}", "application/json"), {
    status: 415,
    code: "body.media_type",
  });
  await readEnvelope(await send("--x\r\nbroken", "multipart/form-data; boundary=x"), {
    status: 400,
    code: "body.malformed",
  });
});

Deno.test("a guard is asked before the body is read and before the input is checked", async () => {
  const asked: string[] = [];
  await using app = await startApp({
    modules: [defineModule({
      name: "/guarded",
      method: "POST",
      summary: "Takes what it likes.",
      input: v.object({ amount: v.number() }),
      guard: async ({ header }) => {
        await Promise.resolve();
        asked.push("guard");
        if (header("x-user") === null) throw new AuthError("sign in first");
        return header("x-user") === "owner";
      },
      run: () => asked.push("run"),
    })],
  });
  const send = (headers: Record<string, string>) =>
    app.request("/guarded", { method: "POST", body: "not JSON", headers });
  await readEnvelope(await send({}), { status: 401, code: "auth.invalid" });
  await readEnvelope(await send({ "x-user": "guest" }), { status: 403, code: "forbidden" });
  await readEnvelope(await send({ "x-user": "owner", "content-type": "application/json" }), {
    status: 400,
    code: "body.malformed",
  });
  assertEquals(asked, ["guard", "guard", "guard"]);
});

Deno.test("Hono's HTTPException is answered with its own status, headers and words", async () => {
  const cases: [HTTPException, number, string, string][] = [
    [new HTTPException(418, { message: "I am a teapot" }), 418, "http.418", "I am a teapot"],
    [new HTTPException(403), 403, "forbidden", "the request was refused (403)"],
    [new HTTPException(503, { message: "back at noon" }), 503, "http.503", "back at noon"],
    [
      new HTTPException(401, {
        res: new Response("no", { headers: { "www-authenticate": "Basic", "x-own": "1" } }),
      }),
      401,
      "auth.missing",
      "the request was refused (401)",
    ],
  ];
  for (const [thrown, status, code, words] of cases) {
    await using app = await startApp({
      modules: [synthetic(() => {
        throw thrown;
      })],
    });
    const response = await app.request("/synthetic");
    const { headers } = response;
    const { content, error_id } = await readEnvelope(response, { status, code });
    assertStringIncludes(String(content), words);
    assertEquals(error_id !== undefined, status >= 500);
    if (status === 401) {
      assertEquals([headers.get("www-authenticate"), headers.get("x-own")], ["Basic", "1"]);
    }
    if (error_id !== undefined) {
      await app.logging.flush({ deadlineMs: 30_000 });
      const occurrence = await app.logging.store.occurrence(error_id);
      // The stack is the thrower's, not that of our own wrapping.
      assertMatch(occurrence?.record.error?.stack ?? "", /unboxed_test\.ts/);
    }
  }
});

Deno.test("what JSON cannot say is a failure of ours that names it, never {}", async () => {
  for (
    const [content, told] of [
      [new Map([["a", 1]]), "it is a Map"],
      [{ file: new Blob(["x"]) }, "file is a Blob"],
      [[{ seen: new Set() }], "[0].seen is a Set"],
    ] as const
  ) {
    await using app = await startApp({ modules: [synthetic(() => content)] });
    const answer = await readEnvelope(await app.request("/synthetic"), {
      status: 500,
      code: "internal",
    });
    assertStringIncludes(String(answer.content), told);
  }
  await using app = await startApp({ modules: [synthetic(() => ({ none: {}, list: [] }))] });
  const { content } = await readEnvelope(await app.request("/synthetic"), { status: 200 });
  assertEquals(content, { none: {}, list: [] });
});

async function recordOf(app: TestApp, requestId: string) {
  await app.logging.flush({ deadlineMs: 30_000 });
  const { items } = await app.logging.store.listLogs({ request_id: requestId, limit: 10 });
  return items.find(({ route }) => route !== undefined);
}
