/**
 * The bare app with `hf.middleware()` in front: what an existing app pays for its record of every request.
 *
 * Arguments: port, folder, then `store` (every request is recorded, in SQLite), `failures` (`LOG_LEVEL=ERROR`: successes are not
 * recorded) or `empty` (a middleware that does nothing stands in its place).
 *
 * @module
 */
import { Hono } from "hono";
import * as v from "valibot";
import { holdfast } from "../../holdfast.ts";
import { createHonoApp } from "../hono_app.mjs";

const CLOSE_WITHIN_MS = 60_000;

const [port, dir, log] = Deno.args;
const hf = await holdfast({
  logLevel: log === "store" ? "INFO" : "ERROR",
  logConsole: "off",
  environment: "production",
  storeUrl: `sqlite:${dir}/holdfast.db`,
  // A minute at full load is more than the default gigabyte; nothing may be pruned that is to be counted.
  storeMaxMegabytes: 16 * 1024,
});
const app = createHonoApp({
  Hono,
  v,
  before: (app) => app.use(log === "empty" ? async (_, next) => await next() : hf.middleware()),
});
const server = Deno.serve(
  { hostname: "127.0.0.1", port: Number(port), onListen: () => {} },
  app.fetch,
);

Deno.addSignalListener("SIGTERM", async () => {
  await server.shutdown();
  const { dropped } = await hf.close({ deadlineMs: CLOSE_WITHIN_MS });
  Deno.writeTextFileSync(
    `${dir}/stats.json`,
    JSON.stringify({ dropped: { all: { all: dropped } } }),
  );
  Deno.exit(0);
});
