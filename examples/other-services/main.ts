/**
 * A service that other services report to, put together by oneself. `INTAKE_KEYS` has a key for each of them.
 *
 * @module
 */
import { type Holdfast, holdfast, type HonoApp } from "@holdfast/holdfast";
import { Hono } from "hono";

if (import.meta.main) {
  const hf = await holdfast({ service: "errors" });
  await hf.serve(createApp(hf));
}

/** The intake and the JSON API at the root, the board beside them. */
export function createApp(hf: Holdfast): HonoApp {
  const app = hf.envelopes(new Hono());
  app.route("/", hf.api());
  app.route("/board", hf.board());
  return app;
}

// What `holdfast reproduce` builds, to send a recorded request again.
export { createApp as app };
