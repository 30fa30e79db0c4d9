/**
 * Express with the same work, and winston to a file. Arguments: port, folder, then `off` or `file`.
 *
 * @module
 */
import { randomUUID } from "node:crypto";
import { createRequire } from "node:module";
import process from "node:process";
import { createWork } from "../work.mjs";
import { MASK, REDACTED_NAMES } from "./names.mjs";

// Not imported: only Node has these packages, and Deno's checker would look for them.
const require = createRequire(import.meta.url);
const express = require("express");
const winston = require("winston");
const v = require("valibot");

const [port, dir, log] = process.argv.slice(2);
const work = createWork(v);
const app = express();
const file = new winston.transports.File({ filename: `${dir}/app.log` });
const logger = winston.createLogger({
  format: winston.format.combine(
    winston.format(redacted)(),
    winston.format.timestamp(),
    winston.format.json(),
  ),
  transports: [file],
});
if (log !== "off") app.use(logRequest);
app.get("/work", (request, response) => {
  const checked = v.safeParse(work.query, request.query);
  if (checked.success) return response.json(answered(work.answerQuery(checked.output)));
  response.status(400).json(failed("KeyError", 400));
});
app.post("/body", express.json(), (request, response) => {
  const checked = v.safeParse(work.body, request.body);
  if (checked.success) return response.json(answered(work.answerBody(checked.output)));
  response.status(400).json(failed("KeyError", 400));
});
const server = app.listen(Number(port), "127.0.0.1");

process.on("SIGTERM", () => {
  server.close(() => {
    file.on("finish", () => process.exit(0));
    logger.end();
  });
  server.closeIdleConnections();
});

/** One record a request, with what the product's records have. */
function logRequest(request, response, next) {
  const startedMs = performance.now();
  const json = response.json.bind(response);
  let output;
  response.json = (payload) => {
    output = payload;
    return json(payload);
  };
  response.on("finish", () => {
    const { method, originalUrl } = request;
    const route = request.route?.path;
    logger.info(`${method} ${route} ${response.statusCode}`, {
      svc_name: route,
      request_id: randomUUID(),
      method,
      route,
      path: originalUrl,
      status: response.statusCode,
      duration_ms: performance.now() - startedMs,
      input: request.body ?? request.query,
      output,
    });
  });
  next();
}

function redacted(record) {
  const { input, output } = record;
  const content = output && { ...output, content: masked(output.content) };
  return Object.assign(record, { input: masked(input), output: masked(content) });
}

function masked(fields) {
  if (typeof fields !== "object" || fields === null) return fields;
  const copy = { ...fields };
  for (const name of REDACTED_NAMES) {
    if (name in copy) copy[name] = MASK;
  }
  return copy;
}

function answered(content) {
  return { content, content_status: "return", status: 200 };
}

function failed(name, status) {
  return { content: `[Error] ${name}: no answer`, content_status: "error", status };
}
