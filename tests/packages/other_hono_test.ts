// deno-lint-ignore-file no-import-prefix -- another version than ours, which no part of the product may use
import { assertEquals, assertMatch } from "@std/assert";
import { Hono as OtherHono } from "npm:hono@4.10.1";
import * as v from "valibot";
import { defineModule, holdfast, type HonoApp, reply } from "../../holdfast.ts";

Deno.test("an app of another version of Hono than ours is recorded, with modules, API and board", async () => {
  await using hf = await holdfast({
    storeUrl: "memory:",
    logConsole: "off",
    logSpill: "off",
    operatorToken: "operator-token-of-the-tests",
    variables: { get: () => undefined },
  });
  await hf.ready;
  const greet = defineModule({
    name: "/greet",
    summary: "Greets.",
    input: v.object({ name: v.string() }),
    run: ({ name }, { c }) => {
      c.header("x-set", "by the module");
      return reply(`hello ${name}`, { status: 201 });
    },
  });
  // Two copies of Hono have types of their own; what counts here is what they do.
  const app = new OtherHono() as unknown as HonoApp;
  app.use(hf.middleware());
  app.get("/orders/:id", (c) => c.text(c.req.param("id")));
  app.get("/throws", () => {
    throw new TypeError("no card");
  });
  app.route("/v1", hf.modules([greet]));
  app.route("/holdfast", hf.api());
  app.route("/:tenant/board", hf.board({ auth: () => ({ name: "ana" }) }));
  const answer = hf.answerer(app);
  const ask = (path: string) => answer(new Request(new URL(path, "http://shop.example")));

  assertEquals(await (await ask("/orders/7")).text(), "7");
  assertEquals(await (await ask("/throws")).text(), "Internal Server Error");
  const greeted = await ask("/v1/greet?name=ana");
  assertEquals([greeted.status, greeted.headers.get("x-set")], [201, "by the module"]);
  assertEquals((await ask("/holdfast/healthz")).status, 200);
  const board = await ask("/blue/board");
  assertEquals(board.status, 200);
  assertMatch(await board.text(), /href="\/blue\/board\/logs/);
  await ask("/nowhere");
  await hf.flush();
  const { items } = await hf.store.listLogs({ limit: 100 });
  assertEquals(items.filter(({ status }) => status).map(({ route, status }) => [route, status]), [
    ["*", 404],
    ["/v1/greet", 201],
    ["/throws", 500],
    ["/orders/:id", 200],
  ]);
});
