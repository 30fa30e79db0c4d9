/**
 * Holdfast with the bench's modules, settings as in production and the console off.
 *
 * Arguments: port, folder, then `discard` (records are thrown away before the queue), `store`, `file` (and store) or
 * `spill-all` (store, and every record on disk before its answer).
 *
 * @module
 */
import { OPERATOR_TOKEN } from "../token.ts";
import * as v from "valibot";
import { catchUncaught, type Logging, startLogging } from "../../logging/mod.ts";
import { defineModule } from "../../modules/module.ts";
import { createApp } from "../../tests/helpers/create_app.ts";
import { createWork } from "../work.mjs";

const REQUEST_TIMEOUT_MS = 10_000;
const MAX_BODY_BYTES = 1024 * 1024;
const CLOSE_WITHIN_MS = 60_000;

const [port, dir, log] = Deno.args as [string, string, string];
const work = createWork(v);
const modules = [
  defineModule({
    name: "/work",
    summary: "The work.",
    input: work.query,
    run: (input) => work.answerQuery(input),
  }),
  defineModule({
    name: "/body",
    method: "POST",
    summary: "The work with a body.",
    input: work.body,
    run: (input) => work.answerBody(input),
  }),
  defineModule({
    name: "/fail",
    summary: "Fails.",
    input: v.object({ numbered: v.optional(v.string()) }),
    run: (input) => work.fail(input),
  }),
];
const logging = start();
catchUncaught(logging);
const app = createApp({
  modules,
  logging,
  environment: "production",
  requestTimeoutMs: REQUEST_TIMEOUT_MS,
  maxBodyBytes: MAX_BODY_BYTES,
  operators: [{ token: OPERATOR_TOKEN, mayWrite: true }],
  intakeKeys: [],
});
const server = Deno.serve({
  hostname: "127.0.0.1",
  port: Number(port),
  onListen: () => {},
  onError: (thrown) => app.onError(thrown),
}, app.fetch);

Deno.addSignalListener("SIGTERM", async () => {
  await server.shutdown();
  await logging.close({ deadlineMs: CLOSE_WITHIN_MS });
  Deno.writeTextFileSync(`${dir}/stats.json`, JSON.stringify(logging.stats()));
  Deno.exit(0);
});

function start(): Logging {
  const started = startLogging({
    level: "INFO",
    bodies: "on",
    spill: log === "spill-all" ? "all" : "error",
    dataDir: dir,
    storeUrl: log === "discard" ? "memory:" : `sqlite:${dir}/holdfast.db`,
    file: log === "file" ? `${dir}/app.log` : undefined,
    // A minute at full load is more than the default gigabyte; nothing may be pruned that is to be counted.
    retention: { days: 90, keepOccurrences: 100, maxMegabytes: 16 * 1024 },
    root: new URL("../../", import.meta.url).pathname,
  });
  return log === "discard" ? { ...started, request: () => {} } : started;
}
