/** The routes that unmodified clients of Sentry's send to. */
import { Hono } from "hono";
import { Failure, Forbidden } from "../modules/failure.ts";
import type { HonoApp, HonoContext } from "../modules/hono.ts";
import { toFailure } from "../modules/run.ts";
import { MAX_NAME_CHARS } from "../store/limits.ts";
import { asPart } from "./check_routes.ts";
import { named } from "./context.ts";
import { budgetOf, countNotTaken, deliver, readSent, type Sender, takeFirst } from "./deliver.ts";
import type { Exchange } from "./exchange.ts";
import { routedExchange } from "./exchanges.ts";
import { METHODS, preflight, quotaHeaders, sentryFailure, taken } from "./sentry_answer.ts";
import { readSentryAuth } from "./sentry_auth.ts";
import type { Tools } from "./tools.ts";

const ENDPOINTS = ["envelope", "store", "security"] as const;
/** All, so that each is answered with CORS headers, and a wrong one with 405. */
const ALL_METHODS = ["POST", "OPTIONS", "GET", "PUT", "PATCH", "DELETE"];
/** Without control characters, as names of services are. */
const NAME = /^[^\p{Cc}]+$/u;

type Endpoint = (typeof ENDPOINTS)[number];

export function sentryRoutes(tools: Tools): HonoApp {
  const hono = new Hono();
  for (const endpoint of ENDPOINTS) {
    // A DSN may have a path before the project, and clients keep it: the service's name.
    const paths = ["/api/:project", "/:service/api/:project"]
      .flatMap((start) => [`${start}/${endpoint}`, `${start}/${endpoint}/`]);
    const serve = (c: HonoContext) => serveSentry(c, { endpoint, tools });
    hono.on(ALL_METHODS, paths, asPart(serve, "other"));
  }
  return hono;
}

interface Served {
  endpoint: Endpoint;
  tools: Tools;
}

async function serveSentry(c: HonoContext, { endpoint, tools }: Served): Promise<Response> {
  const exchange = routedExchange(c, tools);
  // JavaScript's clients have their key in it.
  exchange.hidesQuery = true;
  exchange.isForStrangers = true;
  exchange.failureForm = sentryFailure;
  let sender: Sender | undefined;
  try {
    const { method } = exchange.request;
    if (method === "OPTIONS") return exchange.count(preflight());
    if (method !== "POST") {
      const sentence = `${method} is not allowed here, only ${METHODS}`;
      throw new Failure("method", sentence, { headers: { allow: METHODS } });
    }
    sender = await senderOf(c, { exchange, tools });
    takeFirst(sender, { exchange, tools, sayWait: quotaHeaders });
    const body = await readSent(c, { tools, budget: budgetOf(sender.key, tools) });
    const { eventId } = await deliver(body, { exchange, sender, protocol: endpoint }, tools);
    return exchange.count(taken(eventId));
  } catch (thrown) {
    const failure = toFailure(named(thrown));
    if (sender !== undefined) countNotTaken(failure, sender, tools);
    return exchange.fail(failure, thrown);
  }
}

/** @throws {Failure} `forbidden` without a valid key. */
async function senderOf(
  c: HonoContext,
  { exchange, tools: { intake } }: { exchange: Exchange; tools: Tools },
): Promise<Sender> {
  const { key: text, client } = readSentryAuth(exchange.request);
  if (text === undefined) {
    throw new Forbidden("the request has no key (sentry_key)", { code: "auth.missing" });
  }
  const key = await intake.check(text, exchange.address);
  if (key === undefined) throw new Forbidden("the key is wrong", { code: "auth.invalid" });
  return { key, service: key.service ?? intake.nameOf(key, serviceIn(c)), client };
}

/** The name before the project, else the project. @throws {Failure} `malformed` where it cannot be a service's name. */
function serviceIn(c: HonoContext): string {
  const name = c.req.param("service") ?? c.req.param("project") ?? "";
  if (name.length <= MAX_NAME_CHARS && NAME.test(name)) return name;
  throw new Failure("malformed", "the address names no service", { code: "service.invalid" });
}
