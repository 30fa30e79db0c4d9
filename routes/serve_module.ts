/** One request to one module: access, input, run, answer. */
import type { HonoContext } from "../modules/hono.ts";
import { parseJson } from "../logging/mod.ts";
import { Forbidden } from "../modules/failure.ts";
import type { Module } from "../modules/module.ts";
import { runModule, toFailure } from "../modules/run.ts";
import { readBodyAs } from "./body_kinds.ts";
import { RequestContext } from "./context.ts";
import type { Exchange } from "./exchange.ts";
import { begunExchange, routedExchange } from "./exchanges.ts";
import { readQuery, readsQuery } from "./query.ts";
import { refusedInput } from "./recorded_input.ts";
import type { Tools } from "./tools.ts";

interface Served {
  module: Module;
  /** Whether it is of the API, and not of the app. */
  isOwn: boolean;
  /** The query parameters it knows; undefined where it takes any. */
  parameters: ReadonlySet<string> | undefined;
  tools: Tools;
}

/** Answers, whatever happens. */
export async function serveModule(
  c: HonoContext,
  { module, isOwn, parameters, tools }: Served,
): Promise<Response> {
  const exchange = routedExchange(c, tools);
  exchange.isOwn = isOwn;
  exchange.module = module.name;
  // Middleware of others that ran before may have set headers on it.
  if (c.req.routeIndex > (begunExchange(c, tools) ? 1 : 0)) exchange.honoContext = c;
  try {
    if (module.access === "intake") exchange.intakeKey = await tools.intake.open(exchange);
    if (module.access === "operator") await tools.requireOperator(exchange);
    const context = new RequestContext(c, { module, exchange, tools });
    if (module.guard && await module.guard(context) === false) {
      throw new Forbidden(`${module.name} is not open to you`);
    }
    const value = await readValue(c, { exchange, module, parameters, tools });
    const outcome = await runModule(module, {
      value,
      context,
      timeoutMs: tools.requestTimeoutMs,
      onTimeout: (failure) => context.abort(failure),
    });
    // What is beyond a quota was right: to keep it would be to take it.
    if (module.access === "intake" && outcome.failure?.faults.length) {
      exchange.input = refusedInput(value);
    }
    return exchange.answer(outcome, module);
  } catch (thrown) {
    return exchange.fail(toFailure(thrown), thrown);
  }
}

/** What the request hands to its module: the query, or the body, and the path's parameters. */
async function readValue(
  c: HonoContext,
  { exchange, module, parameters, tools }: Omit<Served, "isOwn"> & { exchange: Exchange },
): Promise<unknown> {
  const { method, url } = exchange.request;
  const inPath = exchange.route.includes(":") ? c.req.param() : undefined;
  const query = readQuery(url, parameters);
  if (readsQuery(method)) return Object.assign(query, inPath);
  // Reports are recorded by themselves, with every digit. Modules get the numbers that JavaScript has.
  const areReports = module.access === "intake";
  const body = await readBodyAs(module.body ?? "json", c, {
    maxBytes: tools.maxBodyBytes,
    timeoutMs: tools.requestTimeoutMs,
    budget: tools.bodies,
    parse: areReports ? parseJson : JSON.parse,
    record: (text) => {
      if (!areReports) exchange.input = text;
    },
  });
  if (typeof body !== "object" || body === null || Array.isArray(body)) return body;
  if (body instanceof Uint8Array) return body;
  return { ...body, ...inPath };
}
