/** The routes that unmodified clients of Sentry's send to. */
import { Hono } from "hono";
import { Failure, Forbidden } from "../modules/failure.ts";
import type { HonoApp, HonoContext } from "../modules/hono.ts";
import { toFailure } from "../modules/run.ts";
import { MAX_NAME_CHARS } from "../store/limits.ts";
import { asPart } from "./check_routes.ts";
import { named } from "./context.ts";
import { budgetOf, countNotTaken, deliver, readSent, type Sender, takeFirst } from "./deliver.ts";
import { envelopeDsn } from "./envelope_dsn.ts";
import type { Exchange } from "./exchange.ts";
import { ownExchange } from "./exchanges.ts";
import { METHODS, preflight, quotaHeaders, sentryFailure, taken } from "./sentry_answer.ts";
import { readSentryAuth } from "./sentry_auth.ts";
import type { Tools } from "./tools.ts";
import { nameInTunnel } from "./tunnel.ts";

const ENDPOINTS = ["envelope", "store", "security"] as const;
/** All, so that each is answered with CORS headers, and a wrong one with 405. */
const ALL_METHODS = ["POST", "OPTIONS", "GET", "PUT", "PATCH", "DELETE"];
/** Without control characters, as names of services are. */
const NAME = /^[^\p{Cc}]+$/u;

interface Served {
  endpoint: (typeof ENDPOINTS)[number];
  /** True where the address says nothing: an envelope's DSN does. */
  isTunnel?: boolean;
  tools: Tools;
}

export function sentryRoutes(tools: Tools): HonoApp {
  const hono = new Hono();
  for (const endpoint of ENDPOINTS) {
    // A DSN may have a path before the project, and clients keep it: the service's name.
    const starts = ["/api/:project", "/:service/api/:project"];
    serveAt(starts.map((start) => `${start}/${endpoint}`), { endpoint, tools });
  }
  const { tunnelPath } = tools;
  if (tunnelPath) serveAt([tunnelPath], { endpoint: "envelope", isTunnel: true, tools });
  return hono;

  function serveAt(paths: readonly string[], served: Served): void {
    const withSlash = paths.flatMap((path) => [path, `${path}/`]);
    hono.on(ALL_METHODS, withSlash, asPart((c: HonoContext) => serveSentry(c, served), "other"));
  }
}

async function serveSentry(c: HonoContext, served: Served): Promise<Response> {
  const { tools } = served;
  const exchange = ownExchange(c, tools);
  // JavaScript's clients have their key in it.
  exchange.hidesQuery = true;
  exchange.isForStrangers = true;
  exchange.failureForm = sentryFailure;
  const visit: Visit = { c, exchange, ...served };
  try {
    const { method } = exchange.request;
    if (method === "OPTIONS") return exchange.count(preflight());
    if (method !== "POST") {
      const sentence = `${method} is not allowed here, only ${METHODS}`;
      throw new Failure("method", sentence, { headers: { allow: METHODS } });
    }
    const { sender, body } = await read(visit);
    const { eventId } = await deliver(body, { exchange, sender, protocol: served.endpoint }, tools);
    return exchange.count(taken(eventId));
  } catch (thrown) {
    const failure = toFailure(named(thrown));
    if (visit.sender !== undefined) countNotTaken(failure, visit.sender, tools);
    return exchange.fail(failure, thrown);
  }
}

interface Visit extends Served {
  c: HonoContext;
  exchange: Exchange;
  /** Known as soon as the key is found to be valid. */
  sender?: Sender;
}

/** A body of somebody with a valid key, who has something left of a quota. */
async function read(visit: Visit): Promise<{ sender: Sender; body: Uint8Array }> {
  const { c, endpoint, isTunnel = false, tools, exchange: { request } } = visit;
  const { key, client } = readSentryAuth(request);
  if (key !== undefined && !isTunnel) {
    const sender = await admit(visit, { key, client, name: () => nameInPath(c) });
    return { sender, body: await readSent(c, { tools, budget: budgetOf(sender.key, tools) }) };
  }
  if (endpoint !== "envelope") throw noKey();
  const encoding = request.headers.get("content-encoding") ?? undefined;
  // No more than a line is read of what has no key, and that from a budget of strangers.
  const body = await readSent(c, {
    tools,
    budget: tools.deliveries.ofStrangers,
    admit: async (bytes, isAll) => {
      const found = await envelopeDsn({ bytes, isAll, encoding });
      if (found === undefined) return false;
      const { dsn } = found;
      if (dsn === undefined) throw noKey();
      const name = () => isTunnel ? nameInTunnel(dsn, { c, tools }) : nameInPath(c);
      await admit(visit, { key: dsn.key, client, name });
      return true;
    },
  });
  if (visit.sender === undefined) throw noKey();
  return { sender: visit.sender, body };
}

/** @throws {Failure} `forbidden` without a valid key, `too_many` beyond a quota. */
async function admit(
  visit: Visit,
  { key: text, client, name }: { key: string; client: string | undefined; name: () => string },
): Promise<Sender> {
  const { exchange, tools } = visit;
  const key = await tools.intake.check(text, { address: exchange.address, client });
  if (key === undefined) {
    throw new Forbidden("the key is wrong or revoked", { code: "auth.invalid" });
  }
  const service = key.service ?? checked(name());
  const sender = visit.sender = { key, service, client };
  takeFirst(sender, { exchange, tools, sayWait: quotaHeaders });
  return sender;
}

function noKey(): Failure {
  return new Forbidden("the request has no key (sentry_key)", { code: "auth.missing" });
}

/** The name before the project, else the project. */
function nameInPath(c: HonoContext): string {
  return c.req.param("service") ?? c.req.param("project") ?? "";
}

/** @throws {Failure} `malformed` for what cannot be a service's name. */
function checked(name: string): string {
  if (name.length <= MAX_NAME_CHARS && NAME.test(name)) return name;
  throw new Failure("malformed", "the address names no service", { code: "service.invalid" });
}
