/**
 * The bare app with `@sentry/hono` in front, tracing off: it records failures alone. Deno runs it, with the packages of this
 * folder. What it would send goes to a sink on this machine that answers 200.
 *
 * Arguments: port, folder (unused).
 *
 * @module
 */
import { Hono } from "hono";
import * as v from "valibot";
import { createHonoApp } from "../hono_app.mjs";

// Not a literal: only this folder has the package, and Deno's checker would look for it.
const SENTRY = "@sentry/hono/deno";
const { sentry } = await import(SENTRY);

const [port] = Deno.args;
const sink = Deno.serve(
  { hostname: "127.0.0.1", port: 0, onListen: () => {} },
  async (request) => {
    await request.body?.cancel();
    return Response.json({});
  },
);
const app = createHonoApp({
  Hono,
  v,
  before: (app) =>
    app.use(sentry(app, { dsn: `http://key@127.0.0.1:${sink.addr.port}/1`, tracesSampleRate: 0 })),
});
const server = Deno.serve(
  { hostname: "127.0.0.1", port: Number(port), onListen: () => {} },
  app.fetch,
);

Deno.addSignalListener("SIGTERM", async () => {
  await server.shutdown();
  Deno.exit(0);
});
