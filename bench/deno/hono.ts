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
import { createWork } from "../work.mjs";

const BAD_REQUEST = 400;
const INTERNAL = 500;

const [port, , log] = Deno.args;
const work = createWork(v);
const app = new Hono();
if (log === "logger") app.use(logger());
app.get("/work", (c) => {
  const checked = v.safeParse(work.query, c.req.query());
  return checked.success
    ? c.json(answered(work.answerQuery(checked.output)))
    : c.json(failed("KeyError", BAD_REQUEST), BAD_REQUEST);
});
app.post("/body", async (c) => {
  const checked = v.safeParse(work.body, await c.req.json());
  return checked.success
    ? c.json(answered(work.answerBody(checked.output)))
    : c.json(failed("KeyError", BAD_REQUEST), BAD_REQUEST);
});
app.get("/fail", (c) => work.fail({ numbered: c.req.query("numbered") }));
let stackChars = 0;
app.onError((error, c) => {
  if (log === "stacks") stackChars += error.stack?.length ?? 0;
  return c.json(failed("InternalError", INTERNAL), INTERNAL);
});
const server = Deno.serve(
  { hostname: "127.0.0.1", port: Number(port), onListen: () => {} },
  app.fetch,
);

Deno.addSignalListener("SIGTERM", async () => {
  await server.shutdown();
  Deno.exit(stackChars < 0 ? 1 : 0);
});

function answered(content: unknown) {
  return { content, content_status: "return", status: 200 };
}

function failed(name: string, status: number) {
  return { content: `[Error] ${name}: no answer`, content_status: "error", status };
}
