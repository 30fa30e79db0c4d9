/** The routes that OpenTelemetry's exporters send to: OTLP over HTTP. No page may: the key is a secret, so there is no CORS. */
import { Hono } from "hono";
import type { Taken } from "../intake/intake.ts";
import { type OtlpAnswer, otlpAnswer, otlpFailure } from "../intake/otlp/answer.ts";
import { Failure, FAILURES } from "../modules/failure.ts";
import type { HonoApp, HonoContext } from "../modules/hono.ts";
import { toFailure } from "../modules/run.ts";
import { asPart } from "./check_routes.ts";
import { named } from "./context.ts";
import {
  budgetOf,
  BUSY_SECONDS,
  countNotTaken,
  deliver,
  readSent,
  type Sender,
  takeFirst,
} from "./deliver.ts";
import type { CountedAnswer, Exchange } from "./exchange.ts";
import { ownExchange } from "./exchanges.ts";
import type { Tools } from "./tools.ts";

const SIGNALS = ["logs", "traces", "metrics"] as const;
const METHOD = "POST";
const OTHER_METHODS = ["GET", "PUT", "PATCH", "DELETE"];
/** Where neither the key nor the resource names it: OpenTelemetry's own word for that. */
const UNNAMED = "unknown_service";

type Signal = (typeof SIGNALS)[number];

export function otlpRoutes(tools: Tools): HonoApp {
  const hono = new Hono();
  for (const signal of SIGNALS) {
    const serve = (c: HonoContext) => serveOtlp(c, { signal, tools });
    const paths = [`/v1/${signal}`, `/v1/${signal}/`];
    hono.on([METHOD, ...OTHER_METHODS], paths, asPart(serve, "other"));
  }
  return hono;
}

interface Served {
  signal: Signal;
  tools: Tools;
}

async function serveOtlp(c: HonoContext, { signal, tools }: Served): Promise<Response> {
  const exchange = ownExchange(c, tools);
  exchange.isForStrangers = true;
  let sender: Sender | undefined;
  try {
    const { method } = exchange.request;
    if (method !== METHOD) {
      const sentence = `${method} is not allowed here, only ${METHOD}`;
      throw new Failure("method", sentence, { headers: { allow: METHOD } });
    }
    sender = await senderOf(exchange, tools);
    takeFirst(sender, { exchange, tools, sayWait: retryAfter });
    const body = await readSent(c, { tools, budget: budgetOf(sender.key, tools) });
    // An exporter of metrics would warn each time, for as long as its program runs: they are taken, and nothing of them is kept.
    const taken: Taken = signal === "metrics"
      ? { status: 200, records: {}, counts: [] }
      : await deliver(body, { exchange, sender, protocol: signal }, tools);
    return exchange.count(toCounted(await otlpAnswer(taken, aboutAnswer(exchange, signal))));
  } catch (thrown) {
    const failure = toFailure(named(thrown));
    if (sender !== undefined) countNotTaken(failure, sender, tools);
    return await refuse(failure, { thrown, exchange });
  }
}

/** @throws {Failure} without a valid key, and for a public one. */
async function senderOf(exchange: Exchange, { intake }: Tools): Promise<Sender> {
  const key = await intake.open(exchange);
  const client = exchange.request.headers.get("user-agent") ?? undefined;
  return { key, service: key.service ?? UNNAMED, client };
}

function retryAfter(seconds: number | string): Record<string, string> {
  return { "retry-after": String(seconds) };
}

function aboutAnswer({ request }: Exchange, signal: Signal) {
  const contentType = request.headers.get("content-type") ?? undefined;
  return { protocol: signal === "metrics" ? "logs" as const : signal, contentType };
}

async function refuse(
  failure: Failure,
  { thrown, exchange }: { thrown: unknown; exchange: Exchange },
): Promise<Response> {
  const { row: { status }, message: sentence } = failure;
  const headers = {
    ...(status === FAILURES.unavailable.status && retryAfter(BUSY_SECONDS)),
    ...failure.headers,
  };
  const contentType = exchange.request.headers.get("content-type") ?? undefined;
  const { body, contentType: type } = await otlpFailure({ status, sentence }, contentType);
  exchange.failureForm = () => ({ body, type, headers });
  return exchange.fail(failure, thrown);
}

function toCounted({ status, contentType, body }: OtlpAnswer): CountedAnswer {
  return { status, body, headers: { "content-type": contentType } };
}
