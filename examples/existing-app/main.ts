/**
 * A shop that was there before Holdfast. The lines that name `hf` are all that was added.
 *
 * @module
 */
import { type Holdfast, holdfast } from "@holdfast/holdfast";
import { type Context, Hono } from "hono";
import { cors } from "hono/cors";
import { serveStatic } from "hono/deno";
import { HTTPException } from "hono/http-exception";
import { jwt, type JwtVariables } from "hono/jwt";

/** Signs the tokens of customers; a real shop reads it from its environment. */
export const JWT_SECRET = "only-for-this-example";

const STATIC_FOLDER = `${import.meta.dirname}/static`;

/** What a customer's token says. */
interface Customer {
  sub: string;
  role: string;
}

type Shop = Hono<{ Variables: JwtVariables<Customer> }>;

if (import.meta.main) {
  const hf = await holdfast({ service: "shop" });
  await hf.serve(createApp(hf));
}

/** The shop; with a Holdfast every request is recorded, every failure is kept, and the board is at `/board`. */
export function createApp(hf?: Holdfast): Shop {
  const app: Shop = new Hono();
  if (hf) {
    const customer = (c: Context) => c.get("jwtPayload") as Customer | undefined;
    app.use(hf.middleware({ user: (c) => ({ id: customer(c)?.sub }) }));
    app.route("/board", hf.board());
  }

  app.use("/api/*", cors({ origin: "https://shop.example" }));
  app.use("/api/orders/*", jwt({ secret: JWT_SECRET, alg: "HS256" }));
  app.use(
    "/static/*",
    serveStatic({
      root: STATIC_FOLDER,
      rewriteRequestPath: (path) => path.slice("/static".length),
    }),
  );

  app.get("/", (c) => c.redirect("/static/shop.css"));
  app.post("/api/orders", async (c) => {
    const { item } = await c.req.json<{ item: string }>();
    return c.json({ id: 7, item }, 201, { Location: "/api/orders/7" });
  });
  app.delete("/api/orders/:id", (c) => {
    if (c.get("jwtPayload").role !== "owner") {
      throw new HTTPException(403, { message: "Only the owner deletes orders" });
    }
    return c.body(null, 204);
  });
  app.get("/api/orders/:id/invoice", (c) => {
    throw new Error(`order ${c.req.param("id")} has no invoice`);
  });
  return app;
}

// What `holdfast reproduce` builds, to send a recorded request again.
export { createApp as app };
