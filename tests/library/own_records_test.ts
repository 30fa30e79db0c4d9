import { assertEquals } from "@std/assert";
import { Hono } from "hono";
import * as v from "valibot";
import { defineModule, holdfast } from "../../holdfast.ts";
import { tempFolder } from "../helpers/temp_folder.ts";

const OPERATOR_TOKEN = "operator-token-of-the-tests";
const INTAKE_KEY = "intake_key_of_the_tests";

Deno.test("what is Holdfast's own is told from the app's, wherever board and API stand, and no report passes for it", async () => {
  using folder = tempFolder();
  await using hf = await holdfast({
    service: "shop",
    storeUrl: `sqlite:${folder.at("holdfast.db")}`,
    logConsole: "off",
    logLevel: "DEBUG",
    environment: "development",
    operatorToken: OPERATOR_TOKEN,
    intakeKeys: [INTAKE_KEY],
  });
  await hf.ready;
  const app = new Hono();
  app.use(hf.middleware({ user: () => ({ id: "7" }), tags: () => broken() }));
  app.get("/orders/:id", (c) => c.text(c.req.param("id")));
  app.get("/lost", () => {
    throw new Error("lost");
  });
  app.onError((_, c) => c.text("out of order", 500));
  const greet = defineModule({
    name: "/greetings",
    summary: "Greets.",
    input: v.object({}),
    run: (_, { log }) => {
      log.info("the module speaks");
      return "hello";
    },
  });
  app.route("/", hf.modules([greet]));
  app.route("/ops/:team/board", hf.board());
  app.route("/hold/fast", hf.api());

  const operator = { authorization: `Bearer ${OPERATOR_TOKEN}` };
  const intake = { authorization: `Bearer ${INTAKE_KEY}`, "content-type": "application/json" };
  const report = { svc_name: "till", message: "told", attrs: { own: true }, tags: { own: "true" } };
  const own: [path: string, init?: RequestInit][] = [
    ["/ops/red/board"],
    ["/ops/red/board/sign-in", {
      method: "POST",
      headers: { "sec-fetch-site": "same-origin" },
      body: new URLSearchParams({ token: OPERATOR_TOKEN }),
    }],
    ["/hold/fast/errors", { headers: operator }],
    ["/hold/fast/errors"],
    ["/hold/fast/healthz"],
    ["/hold/fast/metrics"],
    ["/hold/fast/openapi.json"],
    ["/hold/fast/mcp", { method: "POST", headers: operator, body: "{}" }],
    ["/hold/fast/logs", { method: "POST", headers: intake, body: JSON.stringify(report) }],
    ["/hold/fast/v1/logs", { method: "POST", headers: operator, body: "{}" }],
    ["/hold/fast/api/1/envelope/", { method: "POST", body: "{}" }],
  ];
  const apps: [path: string, init?: RequestInit][] = [
    ["/orders/1"],
    ["/lost"],
    ["/greetings"],
    ["/nowhere"],
    ["/hold/fast/nowhere"],
    ["/hold/fast/home?query_content=x&user_type=guest"],
    ["/hold/fast/receipts/none"],
  ];
  for (const [path, init] of [...own, ...apps]) {
    const answer = await app.fetch(new Request(new URL(path, "http://shop.example"), init));
    await answer.body?.cancel();
  }
  hf.log.info("the app speaks");
  hf.capture(new Error("caught"));
  await hf.flush();

  const { items } = await hf.store.listLogs({ limit: 100 });
  const pathOf = (path = "") => path.replace(/\?.*/, "");
  const requests = items.filter(({ path }) => path !== undefined).reverse();
  assertEquals(
    requests.map(({ path, own = false }) => [pathOf(path), own]),
    [...own.map(([path]) => [path, true]), ...apps.map(([path]) => [pathOf(path), false])],
  );
  const left = (await hf.store.listLogs({ own: false, limit: 100 })).items.reverse();
  assertEquals(left.filter(({ path }) => path !== undefined).length, apps.length);
  assertEquals(
    left.filter(({ path }) => path === undefined).map(({ message }) => message),
    ["told", "the module speaks", "the app speaks", "Error: caught"],
  );
  const told = new Set(
    items.filter(({ path, own }) => path === undefined && own)
      .map(({ message }) => message),
  );
  assertEquals([...told].sort(), ["Board sign-in", "hf.middleware({ tags }) threw"]);

  const asked = await app.fetch(
    new Request("http://shop.example/hold/fast/logs?own=false&limit=100", { headers: operator }),
  );
  assertEquals((await asked.json()).content.logs.length, left.length);
  const wrong = await app.fetch(
    new Request("http://shop.example/hold/fast/logs?own=maybe", { headers: operator }),
  );
  assertEquals([wrong.status, (await wrong.json()).error_code], [400, "own.wrong_type"]);
});

function broken(): never {
  throw new Error("no tags");
}
