import {
  assert,
  assertEquals,
  assertLess,
  assertMatch,
  assertNotMatch,
  assertRejects,
} from "@std/assert";
import { Failure } from "../../modules/failure.ts";
import { readBody, readBodyBytes, ReadingBudget } from "../../routes/body.ts";
import { rawRequest } from "../helpers/raw_request.ts";
import { readEnvelope } from "../helpers/read_envelope.ts";
import { serveApp } from "../helpers/serve_app.ts";
import { startApp } from "../helpers/start_app.ts";
import { synthetic } from "../helpers/synthetic.ts";

const MAX_BYTES = 100;
const JSON_TYPE = "application/json";

const echo = synthetic((input) => input, { method: "POST" });

Deno.test("a body's type must be JSON in UTF-8", async (t) => {
  await using app = await startApp({ modules: [echo] });
  const taken = [
    "application/json",
    "APPLICATION/JSON",
    "application/json; charset=utf-8",
    'application/json;charset="UTF-8"',
    "application/json; charset=utf8",
    "application/json;charset=UTF8",
    "application/vnd.shop+json",
  ];
  for (const type of taken) {
    await t.step(`taken: ${type}`, async () => {
      assertEquals((await post('{"a":"ü"}', { "content-type": type })).content, { a: "ü" });
    });
  }
  const refused = [
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/json; charset=utf-16",
    "application/json; charset=utf--8",
    "application/json; charset=utf80",
    "application/jsonp",
    "text/json",
    "",
  ];
  for (const type of refused) {
    await t.step(`refused: ${type}`, async () => {
      const { content, status, error_code } = await post("{}", { "content-type": type });
      assertEquals([status, error_code], [415, "body.media_type"]);
      assertMatch(String(content), /must be application\/json in UTF-8, got /);
    });
  }
  await t.step("refused: an encoded body, whatever it is", async () => {
    for (const encoding of ["gzip", "br", "x-gzip, deflate"]) {
      const headers = { "content-type": JSON_TYPE, "content-encoding": encoding };
      const { content, status } = await post("{}", headers);
      assertEquals(status, 415);
      assert(String(content).includes(`content-encoding "${encoding}"`), String(content));
    }
    const headers = { "content-type": JSON_TYPE, "content-encoding": "identity" };
    assertEquals((await post("{}", headers)).status, 200);
  });

  async function post(body: string, headers: Record<string, string>) {
    return await readEnvelope(
      await app.request("/synthetic", { method: "POST", body: new Blob([body]), headers }),
    );
  }
});

Deno.test("a body that is not JSON is told where", async (t) => {
  await using app = await startApp({ modules: [echo] });
  const cases: [name: string, body: string | Uint8Array][] = [
    ["cut off", '{"a":'],
    ["single quotes", "{'a':1}"],
    ["two values", "{} {}"],
    ["NaN", "NaN"],
    ["a comma too many", "[1,]"],
    ["only spaces", "   "],
    ["a byte order mark inside", "{\ufeff}"],
    ["Latin-1", Uint8Array.of(0x22, 0xe9, 0x22)],
    ["UTF-16", Uint8Array.of(0xff, 0xfe, 0x7b, 0, 0x7d, 0)],
    ["a lone surrogate in UTF-8", Uint8Array.of(0x22, 0xed, 0xa0, 0x80, 0x22)],
    ["an overlong form", Uint8Array.of(0x22, 0xc0, 0x80, 0x22)],
    ["nested beyond the parser", "[".repeat(200_000)],
  ];
  for (const [name, body] of cases) {
    await t.step(name, async () => {
      const response = await app.request("/synthetic", {
        method: "POST",
        headers: { "content-type": JSON_TYPE },
        body: body as BodyInit,
      });
      const { content } = await readEnvelope(response, { status: 400, code: "body.malformed" });
      assertMatch(String(content), /^\[Error\] KeyError: the body is not (JSON: \S|UTF-8)/);
    });
  }
});

Deno.test("what a broken body holds is neither told nor logged in a sentence", async (t) => {
  await using app = await startApp({ modules: [echo] });
  const bodies = [
    '{"user":"ann","client_secret":            Hunter2Zq9,"b":"and some more text"}',
    '{"password":Hunter2Zq9}',
    '{"user":"ann","password":"Hunter2Zq9"; "b":"and some more text"}',
    '{"user":"ann","b":"some more text","password":"Hunter2Zq9",}',
    "Hunter2Zq9",
  ];
  for (const body of bodies) {
    await t.step(body, async () => {
      const headers = { "content-type": JSON_TYPE };
      const response = await app.request("/synthetic", { method: "POST", headers, body });
      const { content } = await readEnvelope(response, { status: 400, code: "body.malformed" });
      assertMatch(String(content), /^\[Error\] KeyError: the body is not JSON: \S/);
      assertNotMatch(String(content), /unter2/);
    });
  }
});

Deno.test("JSON that is no object says so, no body at all is an empty object", async (t) => {
  await using app = await startApp({ modules: [echo] });
  const headers = { "content-type": JSON_TYPE };
  for (const body of ["null", "1", '"x"', "true"]) {
    await t.step(body, async () => {
      const response = await app.request("/synthetic", { method: "POST", headers, body });
      const envelope = await readEnvelope(response, { status: 400, code: "body.wrong_type" });
      assertEquals(envelope.content, `[Error] KeyError: body must be Object, got ${body}`);
    });
  }
  for (const body of [undefined, ""]) {
    const response = await app.request("/synthetic", { method: "POST", body });
    assertEquals((await readEnvelope(response, { status: 200 })).content, {});
  }
});

Deno.test("a body of exactly the limit is taken, one byte more is not", async (t) => {
  await using app = await startApp({ modules: [echo], maxBodyBytes: MAX_BYTES });
  const bodyOf = (bytes: number) => JSON.stringify("ü".repeat((bytes - 2) / 2));
  for (const [how, init] of [["with its length", lengthy], ["in chunks", chunked]] as const) {
    await t.step(how, async () => {
      await readEnvelope(await app.request("/synthetic", init(bodyOf(MAX_BYTES))), {
        status: 400,
        code: "body.wrong_type",
      });
      const envelope = await readEnvelope(
        await app.request("/synthetic", init(bodyOf(MAX_BYTES) + " ")),
        { status: 413, code: "body.too_large" },
      );
      assertEquals(
        envelope.content,
        "[Error] PayloadTooLarge: the body must be at most 100 bytes (MAX_BODY_BYTES)",
      );
    });
  }
});

Deno.test("a body that is announced as too large is not even read", async () => {
  await using app = await startApp({ modules: [echo], maxBodyBytes: MAX_BYTES });
  let pulls = 0;
  const body = new ReadableStream({ pull: () => void pulls++ }, { highWaterMark: 0 });
  const headers = { "content-type": JSON_TYPE, "content-length": "101" };
  const response = await app.request("/synthetic", { method: "POST", headers, body });
  await readEnvelope(response, { status: 413, code: "body.too_large" });
  assertEquals(pulls, 0);
});

Deno.test("an endless body is given up at the limit", async () => {
  await using app = await startApp({ modules: [echo], maxBodyBytes: MAX_BYTES });
  const given = Promise.withResolvers<void>();
  const body = new ReadableStream({
    pull: (controller) => controller.enqueue(new Uint8Array(40)),
    cancel: () => given.resolve(),
  });
  const headers = { "content-type": JSON_TYPE };
  const response = await app.request("/synthetic", { method: "POST", headers, body });
  await readEnvelope(response, { status: 413, code: "body.too_large" });
  await given.promise;
});

Deno.test("a body that stalls is given up, with its own status and code", async () => {
  await using app = await startApp({ modules: [echo], requestTimeoutMs: 20 });
  const given = Promise.withResolvers<void>();
  const body = new ReadableStream({
    start: (controller) => controller.enqueue(new TextEncoder().encode('{"a":')),
    cancel: () => given.resolve(),
  });
  const headers = { "content-type": JSON_TYPE };
  const response = await app.request("/synthetic", { method: "POST", headers, body });
  const { content } = await readEnvelope(response, { status: 408, code: "body.timeout" });
  assertEquals(content, "[Error] RequestTimeout: the body did not arrive within 20 ms");
  await given.promise;
});

Deno.test("a body that breaks off is the client's mistake", async () => {
  await using app = await startApp({ modules: [echo] });
  const body = new ReadableStream({
    pull: (controller) => controller.error(new Error("connection reset")),
  });
  const headers = { "content-type": JSON_TYPE };
  const response = await app.request("/synthetic", { method: "POST", headers, body });
  const { content } = await readEnvelope(response, { status: 400, code: "body.malformed" });
  assertEquals(content, "[Error] KeyError: the body is incomplete");
});

Deno.test("bodies that are being read have a bound together, and give their room back", async () => {
  const budget = new ReadingBudget(100_000);
  const limits = { maxBytes: 50_000, timeoutMs: 10_000, budget };
  const send = (body: BodyInit) =>
    readBody(
      new Request("http://localhost/", {
        method: "POST",
        headers: { "content-type": JSON_TYPE },
        body,
      }),
      limits,
    );
  const held = Array.from({ length: 2 }, () => holdOpen(40_000));
  const reads = held.map(({ body }) => send(body));
  await Promise.all(held.map(({ isRead }) => isRead));
  const refused = await assertRejects(() => send("x".repeat(20_000)), Failure);
  assertEquals([refused.row.status, refused.code], [429, "bodies.too_many"]);
  assertEquals(refused.headers["retry-after"], "1");
  // What a caller only announces keeps nobody out.
  assertEquals((await send(`"${"x".repeat(5_000)}"`)).length, 5_002);
  for (const { end } of held) end();
  assertEquals((await Promise.all(reads)).map(({ length }) => length), [40_000, 40_000]);
  await assertRejects(() => send("x".repeat(60_000)), Failure, "at most 50000 bytes");
  const broken = new ReadableStream({ pull: (controller) => controller.error(new Error("gone")) });
  await assertRejects(() => send(broken), Failure, "is incomplete");
  // All of it is free again, to the last byte.
  budget.take(100_000);
});

Deno.test("so many bodies at once that nothing more fits are refused before a byte is read", async () => {
  const budget = new ReadingBudget(64 * 1024);
  const limits = { maxBytes: 1_000, timeoutMs: 10_000, budget };
  const held = Array.from({ length: 16 }, () => holdOpen(0));
  const post = (body: BodyInit) => new Request("http://localhost/", { method: "POST", body });
  const reads = held.map(({ body }) => readBody(post(body), limits));
  let pulls = 0;
  const body = new ReadableStream({ pull: () => void pulls++ }, { highWaterMark: 0 });
  await assertRejects(() => readBody(post(body), limits), Failure, "too many bodies");
  assertEquals(pulls, 0);
  for (const { end } of held) end();
  await Promise.all(reads);
});

Deno.test("a body in parts of a byte is joined as it came", async () => {
  const text = JSON.stringify({ a: "ü".repeat(30_000) });
  const bytes = new TextEncoder().encode(text);
  const body = ReadableStream.from(Array.from(bytes, (byte) => Uint8Array.of(byte)));
  const headers = { "content-type": JSON_TYPE };
  const request = new Request("http://localhost/", { method: "POST", headers, body });
  assertEquals(await readBody(request, { maxBytes: bytes.length, timeoutMs: 10_000 }), text);
});

Deno.test("whoever's body is given up is told that the connection serves nothing more", async (t) => {
  await using app = await startApp({
    modules: [echo],
    maxBodyBytes: MAX_BYTES,
    requestTimeoutMs: 50,
  });
  await using served = serveApp(app);
  const head = `POST /synthetic HTTP/1.1\r\nHost: x\r\nContent-Type: ${JSON_TYPE}\r\n`;
  const cases = [
    { name: "too slow", status: 408, bytes: `${head}Content-Length: 50\r\n\r\n{` },
    {
      name: "too slow, in chunks",
      status: 408,
      bytes: `${head}Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n`,
    },
    { name: "too large", status: 413, bytes: `${head}Content-Length: 5000\r\n\r\n{` },
  ];
  for (const { name, status, bytes } of cases) {
    await t.step(name, async () => {
      const answer = await rawRequest(bytes, served);
      assertEquals([answer.status, answer.headers.get("connection")], [status, "close"]);
    });
  }
});

/** A body of spaces, so many bytes of it at once and the end when it is asked for. */
function holdOpen(bytes: number): { body: ReadableStream; isRead: Promise<void>; end: () => void } {
  const isRead = Promise.withResolvers<void>();
  const end = Promise.withResolvers<void>();
  let isSent = false;
  const body = new ReadableStream({
    async pull(controller) {
      if (!isSent && bytes > 0) {
        isSent = true;
        return controller.enqueue(new Uint8Array(bytes).fill(32));
      }
      isRead.resolve();
      await end.promise;
      controller.close();
    },
  }, { highWaterMark: 0 });
  return { body, isRead: isRead.promise, end: end.resolve };
}

function lengthy(text: string): RequestInit {
  const bytes = new TextEncoder().encode(text);
  const headers = { "content-type": JSON_TYPE, "content-length": String(bytes.length) };
  return { method: "POST", headers, body: bytes };
}

function chunked(text: string): RequestInit {
  const bytes = new TextEncoder().encode(text);
  const body = ReadableStream.from([bytes.slice(0, 50), bytes.slice(50)]);
  return { method: "POST", headers: { "content-type": JSON_TYPE }, body };
}

Deno.test("a body in parts of a byte costs no more than a body in one part", async () => {
  const parts = 200_000;
  let sent = 0;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (sent++ < parts) controller.enqueue(Uint8Array.of(120));
      else controller.close();
    },
  });
  const request = new Request("http://localhost", { method: "POST", body });
  const before = Deno.memoryUsage().heapUsed;
  const bytes = await readBodyBytes(request, { maxBytes: parts, timeoutMs: 60_000 });
  assertEquals(bytes.length, parts);
  // A promise kept for each part was 100 MB.
  assertLess(Deno.memoryUsage().heapUsed - before, 50_000_000);
});
