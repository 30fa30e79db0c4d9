import process from "node:process";
import * as Sentry from "@sentry/node";
import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { loadPrice, priceOf } from "./prices.js";
import { signIn, visit } from "./visit.js";

const app = new Hono();
Sentry.setupHonoErrorHandler?.(app);
app.use(async (_context, next) => {
  signIn();
  await next();
});
app.get("/cart/:id", (context) => context.json(priceOf({ items: [{}] })));
app.get("/checkout/:sku", (context) => context.json(loadPrice(context.req.param("sku"))));

const server = serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" }, async ({ port }) => {
  await visit(`http://127.0.0.1:${port}`);
  server.close();
  process.exit();
});
