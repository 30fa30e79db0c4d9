/**
 * A shop with a bug in every route, all mended by one word. Its modules take each kind of body; its plain routes look at headers,
 * cookies and what is outside of requests.
 */
import { defineModule, type Holdfast, type HonoApp } from "@holdfast/holdfast";
import { Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import * as v from "valibot";

const MENDED: boolean = false;

/** No order has a price: reading it throws. */
function priceOf(order: unknown): number {
  const prices = order as { price?: { amount: number } };
  return MENDED ? prices?.price?.amount ?? 0 : prices.price!.amount;
}

function brokenIf(isBroken: boolean, what: string): void {
  if (isBroken && !MENDED) throw new RangeError(what);
}

const modules = [
  defineModule({
    name: "/json",
    method: "POST",
    summary: "JSON.",
    input: v.object({ items: v.array(v.object({ name: v.string() })) }),
    run: ({ items }) => items.map(priceOf),
  }),
  defineModule({
    name: "/form",
    method: "POST",
    body: "form",
    summary: "A form.",
    input: v.object({ name: v.string(), colour: v.array(v.string()) }),
    run({ name, colour }) {
      brokenIf(name === "é&=" && colour[1] === "red", "form");
      return "kept";
    },
  }),
  defineModule({
    name: "/files",
    method: "POST",
    body: "form",
    summary: "A form with a file.",
    input: v.object({ file: v.instance(File) }),
    run({ file }) {
      brokenIf(file.size === 11 && file.name === "a b.txt", `${file.type} of 11 bytes`);
      return "kept";
    },
  }),
  defineModule({
    name: "/text",
    method: "PUT",
    body: "text",
    summary: "A text.",
    input: v.string(),
    run(text) {
      brokenIf(text.includes("\u2028*/${"), "text");
      return "kept";
    },
  }),
  defineModule({
    name: "/bytes",
    method: "POST",
    body: "bytes",
    summary: "Bytes.",
    input: v.instance(Uint8Array),
    run: (bytes) => brokenIf(bytes.length > 0, "bytes"),
    status: 204,
  }),
  defineModule({
    name: "/search/:page",
    summary: "A query.",
    input: v.object({ page: v.string(), tag: v.array(v.string()), token: v.string() }),
    run: ({ page, tag }) => priceOf(page + tag.join()),
  }),
  defineModule({
    name: "/sign-in",
    method: "POST",
    summary: "A password, which any mistake comes with.",
    input: v.object({ password: v.string() }),
    run: ({ password }) => priceOf(password),
  }),
  defineModule({
    name: "/weak",
    method: "POST",
    summary: "A password that is the mistake.",
    input: v.object({ password: v.string() }),
    run({ password }) {
      brokenIf(password === "12345", "a password of digits");
      return "strong";
    },
  }),
];

let visits = 0;

export function app(hf: Holdfast): HonoApp {
  const shop = new Hono();
  shop.use(hf.middleware());
  shop.route("/", hf.modules(modules));
  shop.get("/header", (c) => {
    brokenIf(c.req.header("accept-language") === "sv", "no price in Swedish");
    return c.text("10 kr");
  });
  shop.get("/cookie", (c) => {
    brokenIf(c.req.header("cookie")?.includes("cart=7") ?? false, "cart");
    return c.text("cart");
  });
  shop.post("/plain", async (c) => {
    const body = await c.req.text();
    brokenIf(body === "a=1&b=%C3%A9", "plain");
    return c.text("kept");
  });
  shop.get("/captured", (c) => {
    if (!MENDED) hf.capture(new Error("captured"), { requestId: c.res.headers.get("x") ?? "r1" });
    c.header("x-request-id", "r1");
    return c.text("nobody sees it");
  });
  shop.get("/exception", (c) => {
    if (!MENDED) throw new HTTPException(503, { message: "closed" });
    return c.text("open");
  });
  shop.get("/answered", (c) => c.text("no", MENDED ? 200 : 502));
  shop.get("/third", (c) => {
    brokenIf(++visits >= 3, "third visit");
    return c.text(`${visits}`);
  });
  shop.get("/environment", (c) => {
    brokenIf(Deno.env.get("HOLDFAST_TEST_SHOP") === "closed", "closed today");
    return c.text("open");
  });
  return shop;
}
