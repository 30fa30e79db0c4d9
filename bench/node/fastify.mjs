/**
 * Fastify with the same work. Arguments: port, folder, then `off`, `worker` (pino/file in a worker thread) or `stdout` (pino's
 * default: a synchronous write to standard output).
 *
 * @module
 */
import { createRequire } from "node:module";
import process from "node:process";
import { createWork } from "../work.mjs";
import { MASK, REDACTED_NAMES } from "./names.mjs";

// Not imported: only Node has these packages, and Deno's checker would look for them.
const require = createRequire(import.meta.url);
const Fastify = require("fastify");
const pino = require("pino");
const v = require("valibot");

const [port, dir, log] = process.argv.slice(2);
const work = createWork(v);
const transport = log === "worker"
  ? pino.transport({ target: "pino/file", options: { destination: `${dir}/app.log` } })
  : undefined;
const app = Fastify(
  log === "off" ? {} : {
    loggerInstance: pino({ redact: { paths: redactedPaths(), censor: MASK } }, transport),
    disableRequestLogging: true,
  },
);
if (log !== "off") logRequests();
app.get("/work", (request, reply) => {
  const checked = v.safeParse(work.query, request.query);
  return checked.success
    ? answered(work.answerQuery(checked.output))
    : reply.code(400).send(failed("KeyError", 400));
});
app.post("/body", (request, reply) => {
  const checked = v.safeParse(work.body, request.body);
  return checked.success
    ? answered(work.answerBody(checked.output))
    : reply.code(400).send(failed("KeyError", 400));
});
await app.listen({ host: "127.0.0.1", port: Number(port) });

process.on("SIGTERM", async () => {
  await app.close();
  if (transport) {
    const closed = new Promise((resolve) => transport.once("close", resolve));
    transport.end();
    await closed;
  }
  process.exit(0);
});

/** One record a request, with what the product's records have. */
function logRequests() {
  app.addHook("preSerialization", (request, _reply, payload, done) => {
    request.output = payload;
    done(null, payload);
  });
  app.addHook("onResponse", (request, reply, done) => {
    const { method, url, id, body, query } = request;
    const { statusCode } = reply;
    const route = request.routeOptions.url;
    request.log.info({
      svc_name: route,
      request_id: id,
      method,
      route,
      path: url,
      status: statusCode,
      duration_ms: reply.elapsedTime,
      input: body ?? query,
      output: request.output,
    }, `${method} ${route} ${statusCode}`);
    done();
  });
}

/** Paths without wildcards: the cheapest that pino offers. They look one and two steps deep, not at any depth. */
function redactedPaths() {
  return REDACTED_NAMES.flatMap((name) => [
    `input.${name}`,
    `output.${name}`,
    `output.content.${name}`,
  ]);
}

function answered(content) {
  return { content, content_status: "return", status: 200 };
}

function failed(name, status) {
  return { content: `[Error] ${name}: no answer`, content_status: "error", status };
}
