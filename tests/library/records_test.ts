import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { Hono } from "hono";
import {
  defineModule,
  type Holdfast,
  holdfast,
  type HoldfastOptions,
  type HonoApp,
  type LogRecord,
  type MiddlewareOptions,
} from "../../holdfast.ts";
import * as v from "valibot";
import { existingApp, type ExistingAppOptions } from "../helpers/existing_app.ts";
import { type TempFolder, tempFolder } from "../helpers/temp_folder.ts";

const FORM = "application/x-www-form-urlencoded";

/** An app with its recorder, in a folder of its own. */
interface Recorded extends AsyncDisposable {
  hf: Holdfast;
  folder: TempFolder;
  /** Answers as under `Deno.serve`; undefined where the app passes on what was thrown. */
  ask(app: HonoApp, path: string, init?: RequestInit): Promise<Response | undefined>;
  /** All records of requests, the oldest first. */
  records(): Promise<LogRecord[]>;
}

async function recorded(options: HoldfastOptions = {}): Promise<Recorded> {
  const folder = tempFolder();
  const { error } = console;
  console.error = () => {};
  const hf = await holdfast({
    storeUrl: `sqlite:${folder.at("holdfast.db")}`,
    logConsole: "off",
    logLevel: "DEBUG",
    ...options,
  });
  await hf.ready;
  return {
    hf,
    folder,
    ask: async (app, path, init) => {
      const request = new Request(new URL(path, "http://shop.example"), init);
      try {
        return await app.fetch(request, { remoteAddr: { hostname: "127.0.0.1" } });
      } catch {
        return undefined;
      }
    },
    async records() {
      await hf.flush();
      const { items } = await hf.store.listLogs({ limit: 100 });
      return items.filter(({ request_id }) => request_id !== undefined).reverse();
    },
    async [Symbol.asyncDispose]() {
      await hf.close();
      console.error = error;
      folder[Symbol.dispose]();
    },
  };
}

function appOf(
  { hf, folder }: Recorded,
  { onError, ...options }: MiddlewareOptions & { onError?: ExistingAppOptions["onError"] } = {},
): HonoApp {
  return existingApp({
    recorder: hf.middleware(options),
    upstream: "",
    files: folder.path,
    ...(onError && { onError }),
  });
}

/** Path, status, route, and of a failure its type and whether somebody has handled it. */
type Told = [path: string, status: number, route: string, type?: string, handled?: boolean];

function told({ path, status, route, error, handled }: LogRecord): unknown[] {
  return [path, status, route, ...(error ? [error.type, handled] : [])];
}

Deno.test("every request is one record, with its route, and every failure one with what was thrown", async () => {
  await using world = await recorded();
  const expected: Told[] = [
    ["/", 200, "/"],
    ["/orders/7?q=1", 200, "/orders/:id"],
    ["/redirect", 302, "/redirect"],
    ["/moved", 301, "/moved"],
    ["/private/me", 401, "/private/*"],
    ["/anything/x", 200, "/anything/:what"],
    ["/nowhere", 404, "*"],
    ["/private/nowhere", 401, "/private/*"],
    ["/cors/nowhere", 404, "*"],
    ["/legacy/page", 200, "/legacy/*"],
    ["/forbidden", 403, "/forbidden"],
    ["/challenge", 401, "/challenge"],
    ["/sub/throws", 409, "/sub/throws"],
    ["/busy", 503, "/busy", "HTTPException", false],
    ["/throws", 500, "/throws", "TypeError", false],
    ["/rejects", 500, "/rejects", "RangeError", false],
    ["/plain/throws", 500, "/plain/throws", "Error", false],
    ["/throws/string", 500, "/throws/string", "string", false],
    ["/throws/null", 500, "/throws/null", "null", false],
    ["/rejects/number", 500, "/rejects/number", "number", false],
    ["/answers/500", 500, "/answers/500"],
    ["/answers/error", 500, "/answers/error"],
    ["/answers/nothing", 404, "/answers/nothing"],
  ];
  const app = appOf(world);
  for (const [path] of expected) await world.ask(app, path);
  const records = await world.records();
  assertEquals(records.map(told), expected);
  const failed = records.filter(({ status = 0 }) => status >= 500);
  assert(failed.every(({ error_id, level }) => error_id !== undefined && level === "ERROR"));
  const mild = records.filter(({ status = 0 }) => status < 500);
  assert(mild.every(({ error_id, level }) => error_id === undefined && level !== "ERROR"));
  const { items } = await world.hf.store.listErrors({ limit: 100 });
  assertEquals(items.length, failed.length);
});

Deno.test("what the app's own onError answers is handled, with text, JSON or a stream", async () => {
  const answers: NonNullable<ExistingAppOptions["onError"]>[] = [
    (error, c) => c.json({ mine: error.message }, 500),
    (error, c) => c.text(`sorry: ${error.message}`, 500),
    (_, c) => c.body(neverEnding(), 500, { "content-type": "text/plain" }),
  ];
  for (const onError of answers) {
    await using world = await recorded();
    const app = appOf(world, { onError });
    for (const path of ["/throws", "/busy"]) {
      const response = await world.ask(app, path);
      assertEquals(response?.status, 500);
      assertMatch(response?.headers.get("x-error-id") ?? "", /^[0-9a-f-]{36}$/);
      await response?.body?.cancel();
    }
    assertEquals((await world.records()).map(told), [
      ["/throws", 500, "/throws", "TypeError", true],
      ["/busy", 500, "/busy", "HTTPException", true],
    ]);
  }
});

Deno.test("a failure that the app has captured and passes on is recorded once, as handled", async () => {
  await using world = await recorded();
  const { hf } = world;
  let receipt = "";
  const app = new Hono();
  app.use(hf.middleware());
  app.get("/pay", () => {
    const error = new Error("card expired");
    receipt = hf.capture(error, { user: { id: "7" }, tags: { till: "2" }, attrs: { cents: 100 } });
    throw error;
  });
  const response = await world.ask(app, "/pay");
  assertEquals(response?.headers.get("x-error-id"), receipt);
  await hf.flush();
  const { items } = await hf.store.listErrors({ limit: 10 });
  assertEquals(items.map(({ message, count }) => [message, count]), [["card expired", 1]]);
  const { items: occurrences } = await hf.store.occurrences(items[0]!.id, { limit: 10 });
  const [{ record } = {}] = occurrences;
  assertEquals([record?.handled, record?.user, record?.tags, record?.attrs], [
    true,
    { id: "7" },
    { till: "2" },
    { cents: 100 },
  ]);
});

Deno.test("an input is recorded where the handler has read it, and never read behind its back", async () => {
  await using world = await recorded();
  const form = new FormData();
  form.append("note", "hello");
  form.append("tag", "a");
  form.append("tag", "b");
  form.append("file", new File(["bytes"], "a.txt", { type: "text/plain" }));
  const json = { "content-type": "application/json" };
  const fields = {
    note: "hello",
    tag: ["a", "b"],
    file: { file: "a.txt", type: "text/plain", size: 5 },
  };
  const asked: [path: string, init: RequestInit, input: unknown][] = [
    ["/unread", { body: "not read" }, undefined],
    ["/raw", { body: "by itself" }, undefined],
    ["/echoed", { body: "as a stream" }, undefined],
    ["/json", { body: '{"a":[1,2]}', headers: json }, { a: [1, 2] }],
    ["/text", { body: "words" }, "words"],
    ["/twice", { body: '{"a":1}' }, { a: 1 }],
    ["/form", { body: "a=1&b=2", headers: { "content-type": FORM } }, { a: "1", b: "2" }],
    ["/form", { body: form }, fields],
    ["/parsed", { body: form }, fields],
    ["/bytes", { body: '{"signed":1}', headers: json }, { signed: 1 }],
    ["/bytes", { body: new Uint8Array([1, 2]) }, { type: "", size: 2 }],
    ["/validated", { body: '{"name":"tea"}', headers: json }, { name: "tea" }],
    ["/validated", { body: '{"x":1}', headers: json }, { x: 1 }],
  ];
  const app = appOf(world);
  for (const [path, init] of asked) {
    const response = await world.ask(app, path, { method: "POST", ...init });
    await response?.body?.cancel();
  }
  const records = await world.records();
  assertEquals(
    records.map(({ path, input }) => [path, input]),
    asked.map(([path, , input]) => [path, input]),
  );
});

Deno.test("who was served and the tags are asked of the app when the answer is there", async () => {
  const options: MiddlewareOptions = {
    user: (c) => ({ id: c.get("userId"), name: "Ana", email: "ana@shop.example" }),
    tags: (c) => ({ tenant: c.req.header("x-tenant") ?? "none" }),
  };
  const kept = {
    id: { id: "u-1" },
    full: { id: "u-1", name: "Ana", email: "ana@shop.example" },
    none: undefined,
  };
  for (const keepUser of ["id", "full", "none"] as const) {
    await using world = await recorded({ keepUser });
    const app = new Hono<{ Variables: { userId: string } }>();
    app.use(world.hf.middleware(options));
    app.use(async (c, next) => {
      c.set("userId", "u-1");
      await next();
    });
    app.get("/", () => {
      throw new Error("no");
    });
    await world.ask(app as unknown as HonoApp, "/", { headers: { "x-tenant": "blue" } });
    const [record] = await world.records();
    assertEquals([record?.user, record?.tags], [kept[keepUser], { tenant: "blue" }]);
  }
});

Deno.test("a function of the app's own that throws costs neither the answer nor the record", async () => {
  await using world = await recorded();
  const fail = () => {
    throw new Error("of the app's own");
  };
  const app = appOf(world, { user: fail, tags: fail, shouldRecord: fail });
  assertEquals(await (await world.ask(app, "/"))?.text(), "hello");
  assertEquals((await world.records()).map(told), [["/", 200, "/"]]);
});

Deno.test("what is not to be recorded leaves no record, failure or not, and its answer has a request id", async () => {
  await using world = await recorded();
  const app = appOf(world, { shouldRecord: () => false });
  for (const path of ["/", "/throws", "/throws/string", "/answers/nothing"]) {
    const response = await world.ask(app, path);
    if (response === undefined) continue;
    assert(response.headers.has("x-request-id"));
    assert(!response.headers.has("x-error-id"));
  }
  assertEquals(await world.records(), []);
  assertEquals((await world.hf.store.listErrors({ limit: 10 })).items, []);
});

Deno.test("a request id comes from the client or from the app where they have one", async () => {
  await using world = await recorded();
  const app = appOf(world);
  const ids: (string | null | undefined)[] = [];
  const ask = async (path: string, headers = {}) =>
    ids.push((await world.ask(app, path, { headers }))?.headers.get("x-request-id"));
  await ask("/", { "x-request-id": "from-the-client" });
  await ask("/", { "x-request-id": "not well-formed!" });
  await ask("/own-id/page");
  // One Response for all requests.
  await ask("/cached/first");
  await ask("/cached/first");
  assertEquals(ids[0], "from-the-client");
  assertNotEquals(ids[1], "not well-formed!");
  assertEquals(new Set(ids).size, ids.length);
  assertEquals((await world.records()).map(({ request_id }) => request_id), ids);
});

Deno.test("an app that hands the same environment to every request has each of them recorded", async () => {
  await using world = await recorded();
  const app = appOf(world);
  const environment = { DATABASE: "one for all" };
  for (let count = 0; count < 3; count++) await app.request("/cached/first", {}, environment);
  assertEquals((await world.records()).length, 3);
});

Deno.test("a failure's id does not stick to a Response that the app gives again", async () => {
  await using world = await recorded();
  const sorry = new Response(null, { status: 500 });
  const app = new Hono();
  app.use(world.hf.middleware());
  app.get("/", () => sorry);
  const [first, second] = [await world.ask(app, "/"), await world.ask(app, "/")];
  const records = await world.records();
  assertEquals(
    [first, second].map((response) => response?.headers.get("x-request-id")),
    records.map(({ request_id }) => request_id),
  );
  assertEquals(second?.headers.get("x-error-id"), records[1]?.error_id);
});

Deno.test("however many middlewares and modules a request passes, it is recorded once", async () => {
  await using world = await recorded();
  const { hf } = world;
  const greet = defineModule({
    name: "/greet",
    summary: "Greets.",
    input: v.object({}),
    run: () => "hello",
  });
  const fail = defineModule({
    name: "/module-fails",
    summary: "Fails.",
    input: v.object({}),
    run() {
      throw new Error("in a module");
    },
  });
  const inner = new Hono();
  inner.use(hf.middleware());
  inner.get("/fine", (c) => c.text("fine"));
  inner.get("/throws", () => {
    throw new TypeError("in a mounted app");
  });
  const app = new Hono();
  app.use(hf.middleware());
  app.use(hf.middleware());
  app.use("/sub/*", hf.middleware());
  app.get("/sub/page", (c) => c.text("page"));
  app.get("/sub/throws", () => {
    throw new RangeError("in a part");
  });
  app.get("/string", () => {
    throw "a text";
  });
  app.route("/", hf.modules([greet, fail]));
  app.mount("/mounted", inner.fetch);
  const asked = [
    "/sub/page",
    "/sub/throws",
    "/string",
    "/greet",
    "/module-fails",
    "/mounted/fine",
    "/mounted/throws",
  ];
  for (const path of asked) await world.ask(app, path);
  assertEquals((await world.records()).map(told), [
    ["/sub/page", 200, "/sub/page"],
    ["/sub/throws", 500, "/sub/throws", "RangeError", false],
    ["/string", 500, "/string", "string", false],
    ["/greet", 200, "/greet"],
    ["/module-fails", 500, "/module-fails", "Error", false],
    ["/fine", 200, "/fine"],
    ["/throws", 500, "/throws", "TypeError", false],
  ]);
});

Deno.test("what the app was given for its context it still has", async () => {
  await using world = await recorded();
  const waited: unknown[] = [];
  const context = {
    waitUntil: (promise: Promise<unknown>) => void waited.push(promise),
    passThroughOnException() {},
    props: {},
  };
  const app = appOf(world);
  const ask = async (path: string) =>
    await (await app.request(path, {}, { DATABASE: "kept" }, context)).text();
  assertEquals([await ask("/context"), await ask("/environment")], ["there", '["DATABASE"]']);
  assertEquals(waited.length, 1);
});

Deno.test("a request that a handler sends to its own app is a request of its own", async () => {
  await using world = await recorded();
  const app = new Hono();
  app.use(world.hf.middleware());
  app.get("/inner", () => {
    throw new Error("inside");
  });
  app.get("/outer", async (c) => {
    const { status } = await app.request("/inner", {}, c.env);
    throw new Error(`outside: ${status}`);
  });
  await world.ask(app, "/outer");
  assertEquals((await world.records()).map(({ error }) => error?.message), [
    "inside",
    "outside: 500",
  ]);
});

Deno.test("two of them in one app record a request each, in their own stores", async () => {
  await using one = await recorded({ service: "one" });
  await using two = await recorded({ service: "two" });
  const app = new Hono();
  app.use(one.hf.middleware());
  app.use(two.hf.middleware());
  app.get("/", () => {
    throw new Error("no");
  });
  const response = await one.ask(app, "/");
  for (const world of [one, two]) {
    const records = await world.records();
    assertEquals(records.map(told), [["/", 500, "/", "Error", false]]);
    assertEquals(records[0]?.request_id, response?.headers.get("x-request-id"));
  }
});

function neverEnding(): ReadableStream<Uint8Array> {
  return new ReadableStream({ pull: () => new Promise(() => {}) });
}
