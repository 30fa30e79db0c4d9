import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { compress } from "hono/compress";
import { cors } from "hono/cors";
import { serveStatic, upgradeWebSocket } from "hono/deno";
import { etag } from "hono/etag";
import { HTTPException } from "hono/http-exception";
import { jwt } from "hono/jwt";
import { requestId } from "hono/request-id";
import { stream, streamSSE, streamText } from "hono/streaming";
import { validator } from "hono/validator";
import type { HonoApp, HonoMiddleware } from "../../holdfast.ts";

/** Signs the tokens that `/private` takes. */
export const JWT_SECRET = "secret-of-the-existing-app";
/** More than one packet, and more than a record keeps. */
const BIG_CHARS = 300_000;

/** What an app that was there before Holdfast has. */
export interface ExistingAppOptions {
  /** Stands first; absent in the app as it was. */
  recorder?: HonoMiddleware;
  /** Answers `/fetched`. */
  upstream: string;
  /** Holds `page.html`. */
  files: string;
  /** How its errors are answered: Hono's own way where absent. */
  onError?: Parameters<HonoApp["onError"]>[0];
}

class OutOfStock extends Error {
  override name = "OutOfStock";
}

/** An app of the usual kind: everything that people put into one. */
export function existingApp({ recorder, upstream, files, onError }: ExistingAppOptions): HonoApp {
  const app = new Hono();
  if (recorder) app.use(recorder);
  app.use("/cors/*", cors({ origin: "https://shop.example", credentials: true, maxAge: 600 }));
  app.use("/private/*", jwt({ secret: JWT_SECRET, alg: "HS256" }));
  app.use("/static/*", serveStatic({ root: files, rewriteRequestPath: (p) => p.slice(7) }));
  app.use("/compressed/*", compress({ threshold: 1 }));
  app.use("/etag/*", etag());
  app.use("/own-id/*", requestId());
  app.use("/limited/*", bodyLimit({ maxSize: 10 }));

  app.get("/", (c) => c.text("hello"));
  app.get("/orders/:id", (c) => c.json({ id: c.req.param("id"), q: c.req.query("q") ?? null }));
  app.get("/cors/data", (c) => c.json({ open: true }));
  app.get("/private/me", (c) => c.json(c.get("jwtPayload")));
  app.get("/redirect", (c) => c.redirect("/orders/1"));
  app.get("/moved", () => Response.redirect("https://shop.example/new", 301));
  app.post("/orders", (c) => c.json({ id: 7 }, 201, { Location: "/orders/7" }));
  app.delete("/orders/:id", (c) => c.body(null, 204));
  app.get("/cookies", (c) => {
    c.header("Set-Cookie", "a=1; Path=/", { append: true });
    c.header("Set-Cookie", "b=2; HttpOnly", { append: true });
    return c.html("<p>set</p>");
  });
  app.get("/cached/first", () => NOT_MODIFIED);
  app.get("/fetched", () => fetch(upstream));
  app.get("/compressed/page", (c) => c.text("squeeze ".repeat(500)));
  app.get("/etag/page", (c) => c.text("known already"));
  app.get("/own-id/page", (c) => c.text("with an id of my own"));
  app.get("/big", (c) => c.text("x".repeat(BIG_CHARS)));
  app.all("/anything/:what", (c) => c.text(`${c.req.method} ${c.req.param("what")}`));
  app.get("/context", (c) => c.text(outcomeOf(() => c.executionCtx.waitUntil(Promise.resolve()))));
  app.get("/environment", (c) => c.json(Object.keys(c.env ?? {})));

  app.post("/unread", (c) => c.text("not read"));
  app.post("/json", async (c) => c.json(await c.req.json()));
  app.post("/text", async (c) => c.text(await c.req.text()));
  app.post("/twice", async (c) => c.json([await c.req.text(), await c.req.json()]));
  app.post("/form", async (c) => c.json([...(await c.req.formData()).keys()]));
  app.post("/parsed", async (c) => c.json(Object.keys(await c.req.parseBody())));
  app.post("/bytes", async (c) => c.text(String((await c.req.arrayBuffer()).byteLength)));
  app.post("/raw", async (c) => c.text(await c.req.raw.text()));
  app.post("/echoed", (c) => new Response(c.req.raw.body));
  app.post("/limited/text", async (c) => c.text(await c.req.text()));
  app.post(
    "/validated",
    validator("json", (value, c) => value.name ? value : c.json({ wrong: "name" }, 422)),
    (c) => c.json(c.req.valid("json")),
  );

  app.get("/stream/text", (c) =>
    streamText(c, async (out) => {
      for (const part of ["one ", "two ", "three"]) await out.write(part);
    }));
  app.get("/stream/events", (c) =>
    streamSSE(c, async (out) => {
      await out.writeSSE({ event: "tick", data: "1", id: "1" });
      await out.writeSSE({ data: "2" });
    }));
  app.get(
    "/stream/bytes",
    (c) => stream(c, async (out) => void await out.write(new Uint8Array([0, 255, 10]))),
  );
  app.get("/stream/broken", () => new Response(breaking()));

  app.get(
    "/socket",
    upgradeWebSocket(() => ({ onMessage: ({ data }, ws) => ws.send(`${data}!`) })),
  );

  app.get("/forbidden", () => {
    throw new HTTPException(403, { message: "not for you" });
  });
  app.get("/challenge", () => {
    const headers = { "WWW-Authenticate": 'Basic realm="shop"', "X-Own": "kept" };
    throw new HTTPException(401, { res: new Response("who are you?", { status: 401, headers }) });
  });
  app.get("/busy", () => {
    throw new HTTPException(503, { message: "come back later" });
  });
  app.get("/throws", () => {
    throw new TypeError("the shop is on fire");
  });
  app.get("/rejects", () => Promise.reject(new RangeError("too far")));
  app.get("/throws/string", () => {
    throw "a text";
  });
  app.get("/throws/null", () => {
    throw null;
  });
  app.get("/rejects/number", () => Promise.reject(7));
  app.get("/answers/error", () => Response.error());
  app.get("/answers/500", (c) => c.json({ own: "failure" }, 500));
  // deno-lint-ignore no-explicit-any -- what TypeScript forbids and JavaScript does
  app.get("/answers/nothing", (() => {}) as any);

  const sub = new Hono();
  sub.onError((error, c) => c.text(`sub: ${error.message}`, 409));
  sub.get("/throws", () => {
    throw new OutOfStock("none left");
  });
  sub.get("/fine", (c) => c.text("fine"));
  app.route("/sub", sub);
  app.route(
    "/plain",
    new Hono().get("/throws", () => {
      throw new Error("in a sub-app");
    }),
  );
  const mounted = new Hono().get("/fine", (c) => c.text(`mounted ${new URL(c.req.url).pathname}`))
    .get("/throws", () => {
      throw new Error("in a mounted app");
    });
  app.mount("/mounted", mounted.fetch);
  app.mount(
    "/legacy",
    (request: Request) => new Response(`legacy ${new URL(request.url).pathname}`),
  );

  if (onError) app.onError(onError);
  app.notFound((c) => c.text(`nothing at ${c.req.path}`, 404));
  return app;
}

/** One object for all requests: it has no body that could be used up. */
const NOT_MODIFIED = new Response(null, { status: 304, headers: { ETag: '"1"' } });

function breaking(): ReadableStream<Uint8Array> {
  let sent = 0;
  return new ReadableStream({
    pull(controller) {
      if (sent++ > 0) throw new Error("broke half-way");
      controller.enqueue(new TextEncoder().encode("half of it"));
    },
  });
}

function outcomeOf(ask: () => unknown): string {
  try {
    ask();
    return "there";
  } catch (error) {
    return String(error);
  }
}
