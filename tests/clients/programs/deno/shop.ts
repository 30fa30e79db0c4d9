import * as Sentry from "@sentry/deno";
import { Hono } from "hono";
import { loadPrice, priceOf } from "./prices.ts";

Sentry.init({
  dsn: Deno.env.get("SENTRY_DSN"),
  release: "shop@2.0.0",
  environment: "production",
  enableLogs: true,
});

const app = new Hono();
app.use(async (_context, next) => {
  Sentry.setUser({ id: "u-42", email: "ada@example.org", username: "ada" });
  Sentry.setTags({ tenant: "acme", retry: 3 });
  Sentry.addBreadcrumb({ category: "cart", message: "loading the cart", level: "info" });
  await next();
});
// deno-lint-ignore no-explicit-any -- the failure under test
app.get("/cart/:id", (context) => context.json(priceOf({ items: [{}] } as any)));
app.get("/checkout/:sku", (context) => context.json(loadPrice(context.req.param("sku"))));
app.onError((error, context) => {
  Sentry.captureException(error);
  return context.body(null, 500);
});

const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, app.fetch);
const origin = `http://127.0.0.1:${server.addr.port}`;
// The same failure twice, another one between them, because equal ones in a row are not sent.
for (const path of ["/cart/7?coupon=SPRING", "/checkout/A-17", "/cart/8?coupon=SPRING"]) {
  const answer = await fetch(origin + path, { headers: { cookie: "session=secret" } });
  if (answer.status !== 500) throw new Error(`${path}: ${answer.status}`);
  await answer.body?.cancel();
}
Sentry.captureMessage("stock is low for sku A-17", "warning");
Sentry.logger.info("user signed in", { user_id: "u-42" });
Sentry.logger.error("payment refused", { order: 7 });
await Sentry.flush(10_000);
await server.shutdown();
Deno.exit();
