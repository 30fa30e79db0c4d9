/**
 * An API made of modules, beside a plain route of Hono.
 *
 * @module
 */
import { type Holdfast, holdfast, type HonoApp } from "@holdfast/holdfast";
import { Hono } from "hono";
import { createOrder, showOrder } from "./orders.ts";

if (import.meta.main) {
  const hf = await holdfast({ service: "orders", apiPath: "/holdfast" });
  await hf.serve(createApp(hf));
}

/** The whole app. */
export function createApp(hf: Holdfast): HonoApp {
  const app = hf.envelopes(new Hono());
  app.use(hf.middleware());
  app.route("/", hf.modules([createOrder, showOrder]));
  app.get("/hello", (c) => c.text("hello"));
  app.route("/board", hf.board());
  app.route("/holdfast", hf.api());
  return app;
}

// What `holdfast reproduce` builds, to send a recorded request again.
export { createApp as app };
