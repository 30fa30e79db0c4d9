/**
 * The bare app: Hono on `Deno.serve`, without a log or with Hono's own.
 *
 * Arguments: port, folder (unused), then `off`, `logger` (hono/logger, to standard output) or `stacks` (reads the stack of what is thrown).
 *
 * @module
 */
import { Hono } from "hono";
import { logger } from "hono/logger";
import * as v from "valibot";
import { createHonoApp } from "../hono_app.mjs";

const [port, , log] = Deno.args;
let stackChars = 0;
const app = createHonoApp({
  Hono,
  v,
  before: (app) => {
    if (log === "logger") app.use(logger());
  },
  onFailure: (error) => {
    if (log === "stacks") stackChars += error.stack?.length ?? 0;
  },
});
const server = Deno.serve(
  { hostname: "127.0.0.1", port: Number(port), onListen: () => {} },
  app.fetch,
);

Deno.addSignalListener("SIGTERM", async () => {
  await server.shutdown();
  Deno.exit(stackChars < 0 ? 1 : 0);
});
