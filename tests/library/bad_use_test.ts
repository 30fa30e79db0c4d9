import { assertEquals, assertMatch, assertRejects, assertThrows } from "@std/assert";
import { Hono } from "hono";
import * as v from "valibot";
import {
  ConfigError,
  defineModule,
  type Holdfast,
  holdfast,
  type HoldfastOptions,
} from "../../holdfast.ts";
import { runDeno } from "../helpers/run_deno.ts";
import { ROOT } from "../helpers/start_app.ts";
import { tempFolder } from "../helpers/temp_folder.ts";

const NO_VARIABLES = { get: () => undefined };
const MEMORY: HoldfastOptions = {
  storeUrl: "memory:",
  logConsole: "off",
  logSpill: "off",
  operatorToken: "operator-token-of-the-tests",
  variables: NO_VARIABLES,
};

function moduleAt(name: string, ...paths: string[]) {
  return defineModule({
    name,
    summary: "Says hello.",
    input: v.object({}),
    run: () => "hello",
    ...(paths.length > 0 && { paths }),
  });
}

async function warnings(hf: Holdfast): Promise<string[]> {
  await hf.ready;
  await hf.flush();
  const { items } = await hf.store.listLogs({ limit: 100, level: "WARN" });
  return items.map(({ message }) => message).reverse();
}

Deno.test("options out of bounds, and options that do not exist, are one error that lists them all", async () => {
  const options = {
    port: 70_000,
    storeUrl: "mysql://db",
    keepUser: "some",
    logLevel: "LOUD",
    shutdownMs: 1,
    boardPath: "board",
    apiPath: "/api?x",
    sevice: "shop",
    variables: NO_VARIABLES,
  } as unknown as HoldfastOptions;
  const { message } = await assertRejects(() => holdfast(options), ConfigError);
  assertMatch(message, /^8 settings are wrong:\n/);
  for (
    const name of ["port", "storeUrl", "keepUser", "logLevel", "shutdownMs", "boardPath", "apiPath"]
  ) assertMatch(message, new RegExp(`^  ${name} must be `, "m"));
  assertMatch(message, /^ {2}sevice is not an option$/m);
});

Deno.test("where nobody catches it, a wrong option is printed as the sentence alone", async () => {
  using folder = tempFolder();
  const main = folder.at("main.ts");
  const door = new URL("../../holdfast.ts", import.meta.url).href;
  Deno.writeTextFileSync(
    main,
    `import { holdfast } from "${door}";\nawait holdfast({ port: 70_000 });\n`,
  );
  const { code, output } = await runDeno([
    "run",
    "--no-check",
    "--allow-all",
    `--config=${ROOT}deno.json`,
    main,
  ], ROOT);
  assertEquals(code, 1);
  assertEquals(
    output.trim(),
    "error: Uncaught (in promise) ConfigError: 1 setting is wrong:\n" +
      '  port must be a whole number from 0 to 65535; it is "70000"',
  );
});

Deno.test("a second one on the same SQLite file and board path is refused, until the first is closed", async () => {
  using folder = tempFolder();
  const storeUrl = `sqlite:${folder.at("holdfast.db")}`;
  const options: HoldfastOptions = { ...MEMORY, storeUrl };
  const first = await holdfast(options);
  for (const again of [storeUrl, `sqlite:${folder.at(".", "x", "..", "holdfast.db")}`]) {
    await assertRejects(
      () => holdfast({ ...options, storeUrl: again, boardPath: "/board/" }),
      Error,
      "Another holdfast() of this process has the store",
    );
  }
  await using _elsewhere = await holdfast({ ...options, boardPath: "/admin" });
  await first.close();
  await using _second = await holdfast(options);
});

Deno.test("a board that nothing opens says so at the start", async () => {
  const { operatorToken: _, ...withoutToken } = MEMORY;
  await using hf = await holdfast({ ...withoutToken, host: "0.0.0.0" });
  hf.board({ auth: () => ({ name: "ana" }) });
  assertEquals(await warnings(hf), []);
  hf.board();
  assertEquals(await warnings(hf), [
    "The board is closed: set OPERATOR_TOKEN, or give hf.board({ auth }) a function that says who may see it",
  ]);
});

Deno.test("a middleware that is not the first is told of when the app is served, with what it misses", async () => {
  await using hf = await holdfast(MEMORY);
  const app = new Hono();
  app.route("/", hf.modules([moduleAt("/greet")]));
  app.route("/board", hf.board());
  app.get("/early", (c) => c.text("early"));
  app.use(async (_, next) => await next());
  app.use(hf.middleware());
  app.get("/late", (c) => c.text("late"));
  const answer = hf.answerer(app);
  await answer(new Request("http://shop.example/late"));
  assertEquals(await warnings(hf), [
    "hf.middleware() is not the first of the app: what runs before it is not recorded (GET /early, ALL /*). Move it up",
  ]);
});

Deno.test("an app without a middleware is told what will not be recorded", async () => {
  await using hf = await holdfast(MEMORY);
  const app = new Hono();
  for (const path of ["/a", "/b", "/c", "/d", "/e"]) app.get(path, (c) => c.text("x"));
  hf.answerer(app);
  assertEquals(await warnings(hf), [
    "The app has no hf.middleware(): GET /a, GET /b, GET /c and 2 more will not be recorded. Put app.use(hf.middleware()) first",
  ]);
});

Deno.test("served by the app's own means, a middleware that is not the first is told of once, at the first request", async () => {
  await using hf = await holdfast(MEMORY);
  const app = new Hono();
  app.use(async (_, next) => await next());
  app.use(hf.middleware());
  app.get("/", (c) => c.text("hello"));
  for (let count = 0; count < 3; count++) await app.request("/");
  assertEquals(await warnings(hf), [
    "hf.middleware() is not the first of the app: what runs before it is not recorded. Move it up",
  ]);
});

Deno.test("no warning where all is in order: first, for a part of the app, in a sub-app, beside another's", async () => {
  await using one = await holdfast(MEMORY);
  await using two = await holdfast(MEMORY);
  const app = new Hono();
  app.use(one.middleware());
  app.use(two.middleware());
  app.get("/", (c) => c.text("hello"));
  one.answerer(app);
  two.answerer(app);
  await app.request("/");
  const partly = new Hono();
  partly.get("/open", (c) => c.text("on purpose"));
  const api = new Hono();
  api.onError((_, c) => c.text("mine", 500));
  api.use(one.middleware());
  api.get("/x", (c) => c.text("x"));
  partly.route("/api", api);
  one.answerer(partly);
  await partly.request("/api/x");
  assertEquals([...await warnings(one), ...await warnings(two)], []);
});

Deno.test("two modules at one path are refused: in one call, and across calls when the app is served", async () => {
  await using hf = await holdfast(MEMORY);
  assertThrows(
    () => hf.modules([moduleAt("/greet"), moduleAt("/hello", "/hello", "/greet")]),
    Error,
    'Two modules answer GET /greet: "/greet" and "/hello"',
  );
  const app = new Hono();
  app.route("/", hf.modules([moduleAt("/greet")]));
  app.route("/", hf.modules([moduleAt("/hello", "/greet")]));
  assertThrows(
    () => hf.answerer(app),
    Error,
    'Two modules answer GET /greet: "/greet" and "/hello"',
  );
  const apart = new Hono();
  apart.route("/v1", hf.modules([moduleAt("/greet")]));
  apart.route("/v2", hf.modules([moduleAt("/greet")]));
  hf.answerer(apart);
});

Deno.test("two modules at one path end the start with that sentence", async () => {
  await using hf = await holdfast(MEMORY);
  const app = new Hono();
  app.route("/", hf.modules([moduleAt("/greet")]));
  app.route("/", hf.modules([moduleAt("/greet")]));
  const { name, message } = await assertRejects(() => hf.serve(app, { exit: false }), Error);
  assertEquals(name, "CannotStart");
  assertMatch(message, /^Two modules answer GET \/greet/);
});
