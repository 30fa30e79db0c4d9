import { assert, assertEquals, assertRejects } from "@std/assert";
import { Hono } from "hono";
import * as v from "valibot";
import { CannotStart, defineModule, reply } from "../../holdfast.ts";
import { testApp } from "../../testing.ts";
import { fail } from "../../modules/fail.ts";
import { runDeno } from "../helpers/run_deno.ts";
import { ROOT } from "../helpers/start_app.ts";
import { tempFolder } from "../helpers/temp_folder.ts";

const greet = defineModule({
  name: "/greet",
  summary: "Greet someone.",
  input: v.object({ name: v.string() }),
  run({ name }, { log }) {
    log.debug("greeting", { name });
    return reply({ greeting: `Good day, ${name}` }, { status: 201 });
  },
});

Deno.test("testApp() serves modules in envelopes, with their log", async () => {
  await using app = await testApp([greet]);
  const response = await app.request("/greet?name=Ada");
  assertEquals(response.status, 201);
  assertEquals((await response.json()).content, { greeting: "Good day, Ada" });
  assertEquals((await app.request("/greet")).status, 400);
  assertEquals((await app.logs()).map(({ message, module }) => [message, module]), [
    ["greeting", "/greet"],
    ["GET /greet 201", "/greet"],
    ["KeyError: name is missing", "/greet"],
  ]);
});

Deno.test("what a module throws is among the errors of testApp(), in the order of happening", async () => {
  await using app = await testApp([fail]);
  const { error_id } = await (await app.request("/fail?how=throw")).json();
  await app.request("/fail?how=string");
  const errors = await app.errors();
  assertEquals(errors.length, 2);
  assertEquals((await app.hf.store.error(error_id))?.id, errors[0]?.id);
});

Deno.test("testApp() asks as a stranger or as the operator", async () => {
  await using app = await testApp([]);
  const path = "/?query_content=order&user_type=operator";
  assertEquals((await app.request(path)).status, 401);
  assertEquals((await app.asOperator(path, { headers: { accept: "*/*" } })).status, 200);
  assertEquals((await app.request("/board/sign-in")).status, 200);
});

Deno.test("testApp() takes the function that builds an app, and answers as under serve()", async () => {
  await using app = await testApp((hf) => {
    const shop = new Hono();
    shop.use(hf.middleware());
    shop.notFound((c) => c.text("no such shelf", 404));
    return shop.get("/text", () => {
      throw "out of tea";
    });
  });
  assertEquals(await (await app.request("/shelf")).text(), "no such shelf");
  const response = await app.request("/text");
  await response.body?.cancel();
  assertEquals(response.status, 500);
  assert(response.headers.has("x-error-id"));
  assertEquals((await app.errors()).map(({ message }) => message), ["out of tea"]);
});

Deno.test("testApp() records an app that knows nothing of it", async () => {
  const shop = new Hono();
  shop.get("/orders/:id", (c) => {
    if (c.req.param("id") === "7") throw new Error("no card");
    return c.text("paid");
  });
  await using app = await testApp(shop);
  assertEquals(await (await app.request("/orders/8")).text(), "paid");
  assertEquals(await (await app.request("/orders/7")).text(), "Internal Server Error");
  const [error] = await app.errors();
  assertEquals([error?.message, error?.route], ["no card", "/orders/:id"]);
});

Deno.test("options of testApp() win, and variables of the environment do not reach it", async () => {
  using folder = tempFolder();
  Deno.env.set("LOG_FILE", folder.at("service.ndjson"));
  Deno.env.set("OPERATOR_TOKEN", "short");
  try {
    await using app = await testApp([], { service: "shop", operatorToken: "a-token-of-my-own" });
    app.hf.log.warn("low on tea");
    const [record] = await app.logs();
    assertEquals([record?.message, record?.svc_name], ["low on tea", "shop"]);
    assertEquals((await app.asOperator("/errors")).status, 200);
    assertEquals([...Deno.readDirSync(folder.path)], []);
  } finally {
    Deno.env.delete("LOG_FILE");
    Deno.env.delete("OPERATOR_TOKEN");
  }
});

Deno.test("an app that cannot be built rejects, and nothing stays open", async () => {
  const build = () => {
    throw new CannotStart("no database");
  };
  await assertRejects(() => testApp(build), CannotStart, "no database");
  await assertRejects(() => testApp([], { port: -1 }), Error, "port");
});

Deno.test("two apps of one test share nothing", async () => {
  await using one = await testApp([fail]);
  await using other = await testApp([fail]);
  await one.request("/fail?how=throw");
  assertEquals([(await one.errors()).length, (await other.errors()).length], [1, 0]);
});

Deno.test("testApp() leaves no file behind, and the test of its documentation passes", async () => {
  using folder = tempFolder();
  const [, example = ""] = /```ts\n([^]*?)```/.exec(Deno.readTextFileSync(`${ROOT}testing.ts`)) ??
    [];
  Deno.writeTextFileSync(folder.at("example_test.ts"), example.replaceAll(/^ \* ?/gm, ""));
  const imports = { "@holdfast/holdfast": `jsr:@holdfast/holdfast`, "hono": "npm:hono@4.13.19" };
  Deno.writeTextFileSync(
    folder.at("deno.json"),
    JSON.stringify({ imports, links: [ROOT], lock: false }),
  );
  const { code, output } = await runDeno(["test", "--allow-all", "--no-check"], folder.path);
  assertEquals(code, 0, output);
  const files = Array.from(Deno.readDirSync(folder.path), ({ name }) => name).sort();
  assertEquals(files, ["deno.json", "example_test.ts"]);
});
