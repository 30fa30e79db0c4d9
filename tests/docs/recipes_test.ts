import { assertEquals, assertMatch } from "@std/assert";
import { createHmac } from "node:crypto";
import { Hono } from "hono";
import { sign } from "hono/jwt";
import { type Holdfast, holdfast, type HonoApp, type Module } from "../../holdfast.ts";
import { jsonBody, OPERATOR_TOKEN, ROOT, withToken } from "../helpers/start_app.ts";
import { runDeno } from "../helpers/run_deno.ts";
import { type TempFolder, tempFolder } from "../helpers/temp_folder.ts";
import { blocks, readDocument } from "./documents.ts";

/** A recipe that runs: its app, or its modules in one. */
interface Recipe {
  hf: Holdfast;
  app: HonoApp;
  /** What the block exports. */
  exports: Readonly<Record<string, unknown>>;
  request(path: string, init?: RequestInit): Promise<Response>;
}

const GITHUB_SECRET = "github-secret-of-the-tests";
const STRIPE_SECRET = "stripe-secret-of-the-tests";
const STORED_WITHIN_MS = 60_000;
const JWT_SECRET = "jwt-secret-of-the-tests";

/** Pages whose blocks of TypeScript run. */
const PAGES = ["recipes", "hono-app", "start-an-api", "reports"];

/** What each recipe must do. */
const promises: Readonly<Record<string, (recipe: Recipe) => Promise<void>>> = {
  async "hono-app"({ request, hf }) {
    assertEquals(await (await request("/")).text(), "hello");
    const response = await request("/orders/7");
    assertEquals([response.status, await response.text()], [500, "Internal Server Error"]);
    await stored(hf);
    const receipt = response.headers.get("x-error-id") ?? "";
    assertEquals((await hf.store.occurrence(receipt))?.record.route, "/orders/:id");
    const board = await request("/board");
    assertMatch(board.headers.get("location") ?? "", /^\/board\/sign-in/);
  },

  async "middleware-options"({ request, hf }) {
    await request("/ping");
    await request("/cart", { headers: { "x-user": "ana", "x-plan": "pro" } });
    await stored(hf);
    const { items } = await hf.store.listLogs({ limit: 10 });
    assertEquals(items.map(({ route, user, tags }) => [route, user, tags]), [
      ["/cart", { id: "ana" }, { plan: "pro" }],
    ]);
  },

  async "maps-at-root"({ request, hf }) {
    // Before that nobody knows which keys there are, and on a busy machine the answer is 503.
    await hf.ready;
    const upload = "/api/0/organizations/any/chunk-upload/";
    for (const path of [upload, `/holdfast${upload}`]) {
      const response = await request(path);
      assertEquals([response.status, Object.keys(await response.json())], [401, ["detail"]]);
    }
  },

  async orders({ request }) {
    const order = (item: string, amount?: number) => request("/orders", jsonBody({ item, amount }));
    const made = await order("tea", 2);
    assertMatch(made.headers.get("location") ?? "", /^\/orders\/./);
    assertEquals(await codeOf(made), [201, undefined]);
    assertEquals(await codeOf(await order("tea")), [400, "amount.missing"]);
    assertEquals(await codeOf(await order("tea", 0)), [422, "amount.invalid"]);
    assertEquals(await codeOf(await order("coffee", 1)), [409, "amount.conflict"]);
  },

  async header({ request }) {
    const response = await request("/greeting", { headers: { "accept-language": "de-AT" } });
    assertEquals(response.headers.get("content-language"), "de");
    assertEquals((await response.json()).content, "Guten Tag");
  },

  async cookie({ request }) {
    const first = await request("/visits");
    const [cookie = ""] = first.headers.getSetCookie();
    assertMatch(cookie, /^visits=1; .*HttpOnly; Secure; SameSite=Lax/);
    const second = await request("/visits", { headers: { cookie: "visits=1" } });
    assertEquals((await second.json()).content, { visits: 2 });
    await first.body?.cancel();
  },

  async redirect({ request }) {
    const response = await request("/old/orders/7");
    assertEquals([response.status, response.headers.get("location")], [301, "/orders/7"]);
  },

  async created({ request }) {
    const response = await request("/notes", jsonBody({ text: "tea" }));
    const { content } = await response.json();
    assertEquals(response.status, 201);
    assertEquals(response.headers.get("location"), `/notes/${content.id}`);
  },

  async empty({ request }) {
    const response = await request("/notes/7", { method: "DELETE" });
    assertEquals([response.status, await response.text()], [204, ""]);
  },

  async stream({ request }) {
    const response = await request("/export?rows=2");
    assertEquals(response.headers.get("content-type"), "text/csv; charset=utf-8");
    assertEquals(await response.text(), "id,item\n1,tea\n2,tea\n");
  },

  async failures({ request }) {
    const pay = (id: string) =>
      request(`/orders/${id}/payment`, { ...jsonBody({ payer: "ana" }), method: "PUT" });
    assertEquals(await codeOf(await pay("9")), [404, "order_id.not_found"]);
    assertEquals(await codeOf(await pay("3")), [403, "forbidden"]);
    assertEquals(await codeOf(await pay("2")), [409, "order_id.conflict"]);
    assertEquals(await codeOf(await pay("1")), [200, undefined]);
  },

  async "own-failure"({ request }) {
    const response = await request("/purchases", jsonBody({ item: "tea" }));
    const { content, error_code } = await response.json();
    assertEquals([response.status, error_code], [409, "item.out_of_stock"]);
    assertEquals(content, "[Error] OutOfStock: no tea is left");
  },

  async form({ request }) {
    const send = (email: string) =>
      request("/subscriptions", { method: "POST", body: new URLSearchParams({ email }) });
    const { content } = await (await send("ana@example.com")).json();
    assertEquals(content, { email: "ana@example.com", topic: "tea" });
    assertEquals(await codeOf(await send("ana")), [422, "email.invalid"]);
  },

  async upload({ request }) {
    const send = (type: string) => {
      const body = new FormData();
      body.set("title", "a cat");
      body.set("photo", new File(["pixels"], "cat", { type }));
      return request("/photos", { method: "POST", body });
    };
    const { content } = await (await send("image/png")).json();
    assertEquals(content, { title: "a cat", name: "cat", bytes: 6 });
    assertEquals(await codeOf(await send("text/html")), [422, "photo.invalid"]);
  },

  async raw({ request }) {
    const body = new Uint8Array([0, 255]);
    const { content } = await (await request("/checksums", { method: "POST", body })).json();
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", body));
    assertEquals(content, { sha256: digest.toHex() });
  },

  async github({ request, hf }) {
    // Spaces are part of what is signed.
    const body = '{ "action":  "opened" }';
    const send = (signature: string) =>
      request("/webhooks/github", {
        method: "POST",
        body,
        headers: { "x-hub-signature-256": signature, "x-github-event": "issues" },
      });
    const signature = createHmac("sha256", GITHUB_SECRET).update(body).digest("hex");
    assertEquals((await send(`sha256=${signature}`)).status, 204);
    assertEquals(await codeOf(await send(`sha256=${"0".repeat(64)}`)), [401, "auth.invalid"]);
    assertEquals(await codeOf(await send("")), [401, "auth.invalid"]);
    await stored(hf);
    const { items } = await hf.store.listLogs({ q: "event of GitHub", limit: 10 });
    assertEquals(items.map(({ attrs }) => attrs), [{ kind: "issues", action: "opened" }]);
  },

  async stripe({ request }) {
    const body = '{"type":  "charge.succeeded"}';
    const nowSeconds = Math.floor(Date.now() / 1000);
    const send = (seconds: number, secret = STRIPE_SECRET) => {
      const v1 = createHmac("sha256", secret).update(`${seconds}.${body}`).digest("hex");
      const header = `t=${seconds},v1=${"0".repeat(64)},v1=${v1}`;
      return request("/webhooks/stripe", {
        method: "POST",
        body,
        headers: { "stripe-signature": header },
      });
    };
    assertEquals((await send(nowSeconds)).status, 204);
    assertEquals(await codeOf(await send(nowSeconds, "another")), [401, "auth.invalid"]);
    assertEquals(await codeOf(await send(nowSeconds - 3_600)), [401, "auth.invalid"]);
  },

  async operator({ request }) {
    const init = { method: "DELETE" };
    assertEquals(await codeOf(await request("/cache", init)), [401, "auth.missing"]);
    assertEquals((await request("/cache", withToken(OPERATOR_TOKEN, init))).status, 204);
  },

  async guard({ request }) {
    const send = async (role: string) => {
      const token = await sign({ sub: "ana", role }, JWT_SECRET, "HS256");
      return await request("/refunds", withToken(token, jsonBody({ order_id: "7" })));
    };
    assertEquals(await codeOf(await send("customer")), [403, "forbidden"]);
    assertEquals(await codeOf(await send("owner")), [200, undefined]);
    assertEquals((await request("/refunds", jsonBody({ order_id: "7" }))).status, 401);
  },

  async cors({ request }) {
    const origin = "https://shop.example";
    const preflight = await request("/price", {
      method: "OPTIONS",
      headers: { origin, "access-control-request-method": "POST" },
    });
    assertEquals(preflight.status, 204);
    assertEquals(preflight.headers.get("access-control-allow-origin"), origin);
    for (const body of [{ item: "tea" }, {}]) {
      const init = jsonBody(body);
      const headers = new Headers(init.headers);
      headers.set("origin", origin);
      const response = await request("/price", { ...init, headers });
      assertEquals(response.headers.get("access-control-allow-origin"), origin);
      await response.body?.cancel();
    }
  },

  async middleware({ request }) {
    const response = await request("/whoami", { headers: { "x-tenant": "acme" } });
    assertEquals((await response.json()).content, { tenant: "acme" });
    assertEquals(response.headers.get("x-tenant-seen"), "acme");
    assertMatch(response.headers.get("server-timing") ?? "", /total/);
    const failed = await request("/whoami?tenant=acme");
    assertEquals(failed.headers.get("x-tenant-seen"), "none");
    assertEquals(await codeOf(failed), [400, "tenant.unknown_parameter"]);
  },

  async plain({ request, hf }) {
    const response = await request("/robots.txt");
    assertEquals(await response.text(), "User-agent: *\nDisallow: /");
    await stored(hf);
    const { items } = await hf.store.listLogs({ route: "/robots.txt", limit: 10 });
    assertEquals(items.map(({ status }) => status), [200]);
  },

  async websocket({ app, hf }) {
    await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, app.fetch);
    const socket = new WebSocket(`ws://127.0.0.1:${server.addr.port}/echo`);
    await eventOf(socket, "open");
    const ask = async (text: string) => {
      const answered = eventOf(socket, "message");
      socket.send(text);
      return JSON.parse(String((await answered as MessageEvent).data));
    };
    assertEquals(await ask('{"n":1}'), { echo: { n: 1 } });
    const { error_id } = await ask("{");
    await stored(hf);
    assertEquals((await hf.store.occurrence(error_id))?.record.route, "/echo");
    const closed = eventOf(socket, "close");
    socket.close();
    await closed;
  },

  async pagination({ request }) {
    const page = async (query: string) =>
      (await (await request(`/items?${query}`)).json()).content as {
        items: { id: number; tag: string }[];
        next: string | null;
      };
    const first = await page("tag=new&limit=2");
    assertEquals(first, {
      items: [{ id: 1, tag: "new" }, { id: 3, tag: "new" }],
      next: "3",
    });
    const second = await page(`tag=new&tag=sale&limit=2&cursor=${first.next}`);
    assertEquals(second.items.map(({ id }) => id), [4, 5]);
    assertEquals((await page("cursor=249")).next, null);
    assertEquals((await page("")).items.length, 25);
    assertEquals(await codeOf(await request("/items?limit=500")), [422, "limit.invalid"]);
  },

  async outbound({ request }) {
    answerRates = async ({ signal }) => {
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
      return new Response();
    };
    assertEquals(await codeOf(await request("/rates")), [504, "timeout"]);
    answerRates = () => new Response("out of order", { status: 500 });
    assertEquals(await codeOf(await request("/rates")), [502, "bad_gateway"]);
    answerRates = () => Response.json({ EUR: 1 });
    assertEquals((await (await request("/rates")).json()).content, { EUR: 1 });
  },

  async job({ hf, exports }) {
    const removeOldCarts = exports.removeOldCarts as (
      hf: Holdfast,
      remove: () => Promise<number>,
    ) => Promise<void>;
    await removeOldCarts(hf, () => Promise.resolve(3));
    await removeOldCarts(hf, () => Promise.reject(new Error("the carts are locked")));
    await stored(hf);
    const { items } = await hf.store.listLogs({ q: "carts", limit: 10 });
    assertEquals(items.map(({ message, attrs, tags }) => [message, attrs, tags]), [
      ["Error: the carts are locked", undefined, { job: "nightly" }],
      ["old carts removed", { carts: 3 }, undefined],
    ]);
  },

  async logtape({ hf, exports }) {
    await (exports.logWithLogTape as (hf: Holdfast) => Promise<void>)(hf);
    await stored(hf);
    const { items } = await hf.store.listErrors({ limit: 10 });
    assertEquals(items.map(({ message }) => message), ["card expired"]);
  },
};

/** Run as files of tests, not as apps. */
const TESTS = ["testing", "hono-app-test"];
/** What the other service of the recipe `outbound` does. */
let answerRates: Deno.ServeHandler = () => new Response();

Deno.test("the recipes", async (t) => {
  using folder = tempFolder();
  await using rates = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    (request, info) => answerRates(request, info),
  );
  using _variables = setVariables({
    GITHUB_WEBHOOK_SECRET: GITHUB_SECRET,
    STRIPE_WEBHOOK_SECRET: STRIPE_SECRET,
    JWT_SECRET,
    RATES_URL: `http://127.0.0.1:${rates.addr.port}/`,
  });
  const names = writeRecipes(folder);

  await t.step("each has a promise here", () => {
    assertEquals([...names].sort(), [...Object.keys(promises), ...TESTS].sort());
  });

  await t.step("they are typed and formatted", async () => {
    const config = ["--config", `${ROOT}deno.json`, "--lock", `${ROOT}tests/deno.lock`];
    const checked = await runDeno(["check", ...config, "."], folder.path);
    assertEquals(checked.code, 0, checked.output);
    const formatted = await runDeno(["fmt", "--check", ...config.slice(0, 2), "."], folder.path);
    assertEquals(formatted.code, 0, formatted.output);
  });

  await t.step("their tests pass", async () => {
    const args = ["test", "--config", `${ROOT}deno.json`, "--allow-all", "--no-check"];
    const { code, output } = await runDeno(
      [...args, ...TESTS.map((name) => `${name}.ts`)],
      folder.path,
    );
    assertEquals(code, 0, output);
    assertMatch(output, /3 passed/);
  });

  for (const [name, keep] of Object.entries(promises)) {
    await t.step(name, async () => {
      await using hf = await holdfast({
        environment: "development",
        storeUrl: "memory:",
        operatorToken: OPERATOR_TOKEN,
        logConsole: "off",
      });
      const exports: Record<string, unknown> = await import(`file://${folder.at(`${name}.ts`)}`);
      const app = appOf(exports, hf);
      await keep({
        hf,
        app,
        exports,
        request: async (path, init) => await app.request(path, init),
      });
    });
  }
});

function writeRecipes(folder: TempFolder): string[] {
  const recipes = PAGES.flatMap((page) => blocks(readDocument(`docs/${page}.md`), "ts recipe"));
  return recipes.map(({ info, text }) => {
    const name = info.split(" ").at(-1)!;
    Deno.writeTextFileSync(
      folder.at(`${name}.ts`),
      text.replace('"@logtape/logtape"', '"npm:@logtape/logtape@2.4.2"'),
    );
    return name;
  });
}

function appOf(exports: Readonly<Record<string, unknown>>, hf: Holdfast): HonoApp {
  const { createApp } = exports;
  if (typeof createApp === "function") return createApp(hf);
  return hf.envelopes(new Hono()).route("/", hf.modules(Object.values(exports).filter(isModule)));
}

function isModule(value: unknown): value is Module {
  return typeof value === "object" && value !== null && "run" in value;
}

/** All that was recorded; on a busy machine the first start of a worker takes long. */
async function stored(hf: Holdfast): Promise<void> {
  await hf.ready;
  assertEquals((await hf.flush({ deadlineMs: STORED_WITHIN_MS })).timedOut, false);
}

/** Status and code; reads the answer. */
async function codeOf(response: Response): Promise<[number, string | undefined]> {
  return [response.status, (await response.json()).error_code];
}

function eventOf(socket: WebSocket, name: "open" | "message" | "close"): Promise<Event> {
  return new Promise((resolve, reject) => {
    socket.addEventListener(name, resolve, { once: true });
    socket.addEventListener("error", () => reject(new Error("the socket broke")), { once: true });
  });
}

function setVariables(variables: Record<string, string>): Disposable {
  for (const [name, value] of Object.entries(variables)) Deno.env.set(name, value);
  return {
    [Symbol.dispose]() {
      for (const name of Object.keys(variables)) Deno.env.delete(name);
    },
  };
}
