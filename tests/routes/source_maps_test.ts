import { assert, assertEquals, assertMatch } from "@std/assert";
import { Hono } from "hono";
import { createParts } from "../../routes/parts.ts";
import { bodyOf, captured } from "../intake/captured.ts";
import {
  BARE_KEY,
  DSN_KEYS,
  envelope,
  errorsOf,
  PAGE_KEY,
  post,
  SHOP_KEY,
} from "../helpers/envelopes.ts";
import { type Build, failIn } from "../helpers/shop_builds.ts";
import { formOf, sha1, shopBundle } from "../helpers/shop_bundle.ts";
import {
  jsonBody,
  OPERATOR_TOKEN,
  startApp,
  type TestApp,
  withToken,
} from "../helpers/start_app.ts";

const UPLOAD = "/api/0/organizations/acme/chunk-upload/";
const ASSEMBLE = "/api/0/organizations/acme/artifactbundle/assemble/";

Deno.test("what a real client uploaded shows a real browser's failure in its source", async () => {
  await using app = await startApp({ intakeKeys: DSN_KEYS });
  for (const name of ["cli-assemble-v1", "cli-chunk-upload-v1", "cli-assemble-v1"]) {
    const answer = await sendCaptured(app, name, SHOP_KEY);
    assertEquals(answer.status, 200);
    const json = await answer.json();
    if (name === "cli-assemble-v1") assert(["not_found", "ok"].includes(json.state), json.state);
  }
  const { expect: [event], ...failure } = requestOf("browser-minified-v1-timer");
  const path = `/api/1/envelope/?sentry_key=${SHOP_KEY}`;
  await (await post(app, path, bodyOf(failure))).body?.cancel();
  const { original_frames: originals } = failure as unknown as {
    original_frames: { source: string; function: string; line: number }[];
  };
  const { error, ...record } = await newest(app, "shop");
  assertEquals(record.event_id, event!.event_id);
  const own = error!.frames!.filter(({ file }) => file!.startsWith("src/"));
  assertEquals(
    own.map(({ file, line }) => [file, line]),
    originals.map(({ source, line }) => [source, line]),
  );
  assertEquals(own[1]!.function, "priceOf");
  assertEquals(
    own[0]!.context_line,
    "  return cart.items.map((item) => item.price.amount).reduce((a, b) => a + b, 0);",
  );
  // What has no map is as it came.
  assertEquals(error!.frames!.at(-1)!.file, "https://shop.example.org/sdk.js");
});

Deno.test("two builds of one failure are one error, and another service's maps change nothing", async () => {
  await using app = await startApp({
    intakeKeys: [...DSN_KEYS, { key: "a".repeat(32), service: "rival" }],
  });
  for (const build of ["5.0.0", "5.1.0"] as const) await upload(app, build, SHOP_KEY);
  const failures = [
    (build: Build) => failIn(build, (shop) => shop.total()),
    (build: Build) => failIn(build, (shop) => shop.buy()),
    (build: Build) => failIn(build, (shop) => shop.buyAll(["A-17"])),
  ];
  for (const fail of failures) {
    for (const build of ["5.0.0", "5.1.0"] as const) {
      await send(app, fail(build), SHOP_KEY);
      await send(app, fail(build), "a".repeat(32));
    }
  }
  assertEquals(await errorsOf(app, "shop"), 6);
  const errors = async (svc_name: string) =>
    (await app.logging.store.listErrors({ svc_name, limit: 100 })).items;
  assertEquals(
    (await errors("shop")).map(({ count, location }) => [count, location]).sort(),
    [
      [2, "anonymous (src/cart.js)"],
      [2, "loadPrice (src/cart.js)"],
      [2, "loadPrice (src/cart.js)"],
    ].sort(),
  );
  for (const { location } of await errors("rival")) {
    assertMatch(location, /^\w* ?\(?.*assets\/shop/);
  }
});

Deno.test("a key of no service uploads for the projects that the client names", async () => {
  await using app = await startApp({ intakeKeys: DSN_KEYS });
  await upload(app, "5.0.0", BARE_KEY, ["web"]);
  const failure = failIn("5.0.0", (shop) => shop.total());
  await send(app, failure, BARE_KEY, "/web");
  assertEquals((await newest(app, "web")).error!.frames![0]!.file, "src/cart.js");
  const nobody = await assemble(app, shopBundle("5.0.0"), { key: BARE_KEY, projects: [] });
  assertEquals([nobody.status, await nobody.json()], [422, {
    detail: "projects must be 1 to 10 names: the key belongs to no service",
  }]);
});

Deno.test("uploads take a secret key, and refusals are said where these clients look for them", async () => {
  await using app = await startApp({ intakeKeys: DSN_KEYS });
  const routes: [string, RequestInit][] = [
    [UPLOAD, {}],
    [UPLOAD, { method: "POST", body: formOf([new Uint8Array(3)]) }],
    [ASSEMBLE, jsonBody({})],
    ["/api/0/organizations/acme/releases/", jsonBody({ version: "1" })],
    ["/api/0/projects/acme/shop/releases/1/", { ...jsonBody({}), method: "PUT" }],
    ["/api/0/", {}],
  ];
  for (const [path, init] of routes) {
    for (
      const [key, status, sentence] of [
        [PAGE_KEY, 403, /public key/],
        [OPERATOR_TOKEN, 401, /key is wrong or revoked/],
        ["", 401, /needs a bearer token/],
      ] as const
    ) {
      const answer = await app.request(path, key === "" ? init : withToken(key, init));
      assertEquals([answer.status, answer.headers.get("content-type")], [
        status,
        "application/json",
      ]);
      const json = await answer.json();
      assertEquals(Object.keys(json), ["detail"]);
      assertMatch(json.detail, sentence);
    }
  }
  const wrong: [RequestInit, string, number][] = [
    [jsonBody([]), ASSEMBLE, 400],
    [{ method: "POST", body: "{" }, ASSEMBLE, 400],
    [jsonBody({ checksum: "x", chunks: [] }), ASSEMBLE, 422],
    [jsonBody({ checksum: "0".repeat(40), chunks: ["../x"] }), ASSEMBLE, 422],
    [
      jsonBody({ checksum: "0".repeat(40), chunks: Array(129).fill("0".repeat(40)) }),
      ASSEMBLE,
      422,
    ],
    [{ method: "POST", body: "no form" }, UPLOAD, 400],
    [{ method: "POST", body: new Uint8Array(3 * 1024 * 1024) }, UPLOAD, 413],
  ];
  for (const [init, path, status] of wrong) {
    const answer = await app.request(path, withToken(SHOP_KEY, init));
    assertEquals([answer.status, typeof (await answer.json()).detail], [status, "string"]);
  }
});

Deno.test("releases and deploys of real clients are answered", async () => {
  await using app = await startApp({ intakeKeys: DSN_KEYS });
  for (
    const [name, status] of [
      ["cli-release-new", 201],
      ["plugin-release-new", 201],
      ["cli-release-finalize", 200],
      ["cli-deploy", 201],
    ] as const
  ) {
    const answer = await sendCaptured(app, name, SHOP_KEY);
    assertEquals(answer.status, status, name);
    await answer.json();
  }
});

Deno.test("the address for chunks is right behind a mount, a proxy and PUBLIC_URL", async () => {
  const urlOf = async (app: Pick<TestApp, "request">, path: string) => {
    const answer = await app.request(path, withToken(SHOP_KEY));
    return (await answer.json()).url;
  };
  await using plain = await startApp({ intakeKeys: DSN_KEYS });
  assertEquals(await urlOf(plain, UPLOAD), `http://localhost${UPLOAD}`);
  assertEquals(await urlOf(plain, UPLOAD.slice(0, -1)), `http://localhost${UPLOAD}`);
  const { sourceMaps } = createParts({
    logging: plain.logging,
    environment: "development",
    requestTimeoutMs: 10_000,
    maxBodyBytes: 1_048_576,
    intakeKeys: DSN_KEYS,
  });
  const mounted = new Hono().route("/holdfast", sourceMaps());
  const request = async (path: string, init?: RequestInit) => await mounted.request(path, init);
  assertEquals(
    await urlOf({ request }, `/holdfast${UPLOAD}`),
    `http://localhost/holdfast${UPLOAD}`,
  );
  const publicUrl = "https://errors.example.org/holdfast";
  await using named = await startApp({ intakeKeys: DSN_KEYS, publicUrl });
  assertEquals(await urlOf(named, UPLOAD), publicUrl + UPLOAD);
});

function requestOf(name: string) {
  return captured().find(({ file }) => file === `requests/${name}.bin`)!;
}

function sendCaptured(app: TestApp, name: string, key: string): Promise<Response> {
  const found = requestOf(name);
  const { method, path, headers } = found.request;
  const type = { "content-type": headers["content-type"]! };
  return app.request(path, withToken(key, { method, headers: type, body: bodyOf(found) }));
}

async function upload(app: TestApp, build: Build, key: string, projects?: string[]): Promise<void> {
  const bytes = shopBundle(build);
  const sent = await app.request(UPLOAD, withToken(key, { method: "POST", body: formOf([bytes]) }));
  assertEquals([sent.status, await sent.json()], [200, {}]);
  const answer = await assemble(app, bytes, { key, projects });
  assertEquals(await answer.json(), { state: "ok", missingChunks: [] });
}

function assemble(
  app: TestApp,
  bytes: Uint8Array,
  { key, projects = ["anything"] }: { key: string; projects?: string[] | undefined },
): Promise<Response> {
  const body = { checksum: sha1(bytes), chunks: [sha1(bytes)], projects };
  return app.request(ASSEMBLE, withToken(key, jsonBody(body)));
}

type Failure = ReturnType<typeof failIn>;

async function send(
  app: TestApp,
  { report, debugIds }: Failure,
  key: string,
  service = "",
): Promise<void> {
  const valuesOf = (error: Failure["report"]["error"]): unknown[] => {
    if (error === undefined) return [];
    const frames = error.frames!.toReversed().map(({ file, line, column, ...frame }) => ({
      ...frame,
      filename: file,
      lineno: line,
      colno: column,
    }));
    const value = { type: error.type, value: error.message, stacktrace: { frames } };
    return [...valuesOf(error.cause as typeof error), value];
  };
  const images = Object.entries(debugIds!).map(([file, id]) => ({
    type: "sourcemap",
    code_file: file,
    debug_id: id,
  }));
  const event = {
    event_id: crypto.randomUUID().replaceAll("-", ""),
    platform: "javascript",
    release: report.release,
    exception: { values: valuesOf(report.error) },
    debug_meta: { images },
  };
  const path = `${service}/api/1/envelope/?sentry_key=${key}`;
  const answer = await post(app, path, envelope([["event", event]]));
  assertEquals(answer.status, 200);
  await answer.body?.cancel();
}

async function newest(app: TestApp, svc_name: string) {
  await app.logging.flush({ deadlineMs: 30_000 });
  const { items: [error] } = await app.logging.store.listErrors({ svc_name, limit: 1 });
  const { items: [occurrence] } = await app.logging.store.occurrences(error!.id, { limit: 1 });
  return occurrence!.record;
}
