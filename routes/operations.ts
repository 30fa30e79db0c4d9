/** The routes beside the modules: for probes, for Prometheus, and the description of the API. */
import { Hono } from "hono";
import { Failure } from "../modules/failure.ts";
import type { HonoApp, HonoContext } from "../modules/hono.ts";
import type { Module } from "../modules/module.ts";
import { toFailure } from "../modules/run.ts";
import { asPart } from "./check_routes.ts";
import type { Exchange } from "./exchange.ts";
import { ownExchange } from "./exchanges.ts";
import { metricsText } from "./metrics.ts";
import { openApi } from "./openapi.ts";
import { NO_NAMES, readQuery } from "./query.ts";
import type { Tools } from "./tools.ts";

/** From here on the log's queue counts as full: INFO records are turned away. */
const FULL_QUEUE = 4 / 5;
const OPENAPI = "/openapi.json";

export function operationRoutes(tools: Tools): HonoApp {
  const { environment, operators, intake } = tools;
  const hono = new Hono();
  const descriptions = new Map<boolean, { at: string; text: string }>();
  on("/healthz", (exchange) => exchange.answer({ content: { alive: true } }));
  on("/readyz", async (exchange) => exchange.answer({ content: await readiness(tools) }));
  if (environment === "development" || operators.length > 0) {
    on("/metrics", async (exchange) => {
      if (environment !== "development") await tools.requireOperator(exchange);
      const text = metricsText({
        totals: tools.traffic.totals(),
        unrecorded: tools.refusals.unrecorded,
        refusedReports: intake.refused.all,
        log: tools.logging.stats(),
      });
      const type = "text/plain; version=0.0.4; charset=utf-8";
      return exchange.pass(new Response(text, { headers: { "content-type": type } }));
    });
  }
  on(OPENAPI, async (exchange) => {
    const isWhole = await mayKnowAll(exchange, tools);
    const at = new URL(exchange.request.url).pathname.slice(0, -OPENAPI.length);
    const headers = { "content-type": "application/json" };
    return exchange.pass(new Response(await describe(isWhole, at), { headers }));
  });
  return hono;

  function on(path: string, answer: (exchange: Exchange) => Response | Promise<Response>): void {
    const serve = async (c: HonoContext) => {
      const exchange = ownExchange(c, tools);
      exchange.isQuiet = true;
      try {
        readQuery(exchange.request.url, NO_NAMES);
        return await answer(exchange);
      } catch (thrown) {
        return exchange.fail(toFailure(thrown), thrown);
      }
    };
    hono.get(path, asPart(serve, "other"));
  }

  /** Remembered for the place that was asked last: what is served does not change, and most APIs have one place. */
  async function describe(isWhole: boolean, at: string): Promise<string> {
    const known = descriptions.get(isWhole);
    if (known?.at === at) return known.text;
    const shown = shownModules(tools.served, { isWhole });
    const text = JSON.stringify(await openApi(shown, { isWhole, at }));
    descriptions.set(isWhole, { at, text });
    return text;
  }
}

/** Outside development strangers do not learn which routes the operator has. @throws {Failure} for a wrong token. */
export async function mayKnowAll(
  exchange: Exchange,
  { environment, operators, requireOperator }: Tools,
): Promise<boolean> {
  if (environment === "development") return true;
  const { headers } = exchange.request;
  if (operators.length === 0) return false;
  if (headers.has("authorization")) {
    await requireOperator(exchange);
    return true;
  }
  if (!headers.has("cookie")) return false;
  return await requireOperator(exchange).then(() => true, () => false);
}

/** The modules that a page or a description may name. */
export function shownModules(
  modules: readonly Module[],
  { isWhole }: { isWhole: boolean },
): readonly Module[] {
  return isWhole ? modules : modules.filter(({ access }) => access !== "operator");
}

/**
 * Ready means: the store answers and takes records, and the log's queue has room for what happens here, however much others
 * report.
 *
 * @throws {Failure} `unavailable`
 */
async function readiness({ store, logging }: Tools): Promise<Record<string, unknown>> {
  const stats = logging.stats();
  const { queue_bytes, queue_own_bytes, queue_own_limit_bytes, sinks_down, store_refuses } = stats;
  if (queue_own_bytes > queue_own_limit_bytes * FULL_QUEUE) {
    throw new Failure(
      "unavailable",
      `the log's queue is full: ${queue_own_bytes} of ${queue_own_limit_bytes} bytes`,
      { code: "log.full" },
    );
  }
  if (store_refuses) logging.tryStore();
  if (store_refuses || sinks_down.includes("store")) {
    // Not why, since a stranger may ask: the log says it.
    throw new Failure("unavailable", "the store accepts no records at the moment", {
      code: "store.unavailable",
    });
  }
  const { size_bytes } = await store.health();
  return { ready: true, store_bytes: size_bytes, log_queue_bytes: queue_bytes };
}
