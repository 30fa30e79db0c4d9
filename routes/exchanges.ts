/**
 * Which request is being recorded by what: one record a request, however many of our parts it passes.
 *
 * @module
 */
import type { HonoContext } from "../modules/hono.ts";
import { Exchange, type ExchangeTools } from "./exchange.ts";

/** The exchanges of one app. */
export class Exchanges {
  readonly #tools: () => ExchangeTools;
  readonly #byContext = new WeakMap<HonoContext, Exchange>();
  readonly #unanswered = new WeakMap<Request, Exchange>();

  /** `tools` is asked at the first request. */
  constructor(tools: () => ExchangeTools) {
    this.#tools = tools;
  }

  /** The exchange that a middleware has begun for this request, or a new one. */
  of(c: HonoContext): Exchange {
    return this.#byContext.get(c) ?? this.#make(c);
  }

  /** Begins one for all that comes after; undefined where that was done already. */
  begin(c: HonoContext): Exchange | undefined {
    if (this.#byContext.has(c)) return undefined;
    const exchange = this.#make(c);
    this.#byContext.set(c, exchange);
    return exchange;
  }

  /** Whether a middleware of ours has begun this request's. */
  isBegun(c: HonoContext): boolean {
    return this.#byContext.has(c);
  }

  /** What was thrown goes up through Hono, which answers Errors alone: whoever serves the app finds its record here. */
  leaveUnanswered(exchange: Exchange): void {
    this.#unanswered.set(exchange.request, exchange);
  }

  /** The record of a request that Hono could not answer. */
  unanswered(request: Request): Exchange | undefined {
    return this.#unanswered.get(request);
  }

  #make(c: HonoContext): Exchange {
    const exchange = new Exchange(c.req.raw, this.#tools());
    exchange.info = c.env as Exchange["info"];
    return exchange;
  }
}
