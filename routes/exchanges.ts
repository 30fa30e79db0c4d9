/** One record a request, however many of our parts it passes: its exchange stands on Hono's context. */
import type { HonoContext } from "../modules/hono.ts";
import { Exchange } from "./exchange.ts";
import { routePath } from "./matched.ts";
import type { Tools } from "./tools.ts";

/** The exchange that a middleware has begun for this request, or a new one. */
export function exchangeOf(c: HonoContext, tools: Tools): Exchange {
  return begunExchange(c, tools) ?? makeExchange(c, tools);
}

/** The same, where a route of ours answers. */
export function routedExchange(c: HonoContext, tools: Tools): Exchange {
  const exchange = exchangeOf(c, tools);
  exchange.route = routePath(c);
  return exchange;
}

/** The same, where it is Holdfast that is asked. */
export function ownExchange(c: HonoContext, tools: Tools): Exchange {
  const exchange = routedExchange(c, tools);
  exchange.isOwn = true;
  return exchange;
}

/** Begins one for all that comes after; undefined where that was done already. */
export function beginExchange(c: HonoContext, tools: Tools): Exchange | undefined {
  if (begunExchange(c, tools) !== undefined) return undefined;
  return slotsOf(c)[tools.exchangeKey] = makeExchange(c, tools);
}

/** The exchange that a middleware of ours has begun. */
export function begunExchange(c: HonoContext, { exchangeKey }: Tools): Exchange | undefined {
  return slotsOf(c)[exchangeKey];
}

/** On the context itself: a `WeakMap` of all that are under way is work for the garbage collector at every request. */
function slotsOf(c: HonoContext): Record<symbol, Exchange | undefined> {
  return c as unknown as Record<symbol, Exchange | undefined>;
}

function makeExchange(c: HonoContext, tools: Tools): Exchange {
  const exchange = new Exchange(c.req.raw, tools);
  exchange.info = c.env as Exchange["info"];
  return exchange;
}
