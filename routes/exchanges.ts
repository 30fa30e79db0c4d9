/** Which request is being recorded by what: one record a request, however many of our parts it passes. */
import type { HonoContext } from "../modules/hono.ts";
import { Exchange } from "./exchange.ts";
import type { Tools } from "./tools.ts";

export class Exchanges {
  readonly #tools: () => Tools;
  /** On the context itself: a `WeakMap` of all that are under way is work for the garbage collector at every request. */
  readonly #key = Symbol("exchange");
  readonly #unanswered = new WeakMap<Request, Exchange>();

  /** `tools` is asked at the first request. */
  constructor(tools: () => Tools) {
    this.#tools = tools;
  }

  /** The exchange that a middleware has begun for this request, or a new one. */
  of(c: HonoContext): Exchange {
    return this.#slot(c)[this.#key] ?? this.#make(c);
  }

  /** Begins one for all that comes after; undefined where that was done already. */
  begin(c: HonoContext): Exchange | undefined {
    const slot = this.#slot(c);
    if (slot[this.#key] !== undefined) return undefined;
    return slot[this.#key] = this.#make(c);
  }

  /** Whether a middleware of ours has begun this request's. */
  isBegun(c: HonoContext): boolean {
    return this.#slot(c)[this.#key] !== undefined;
  }

  /** Hono answers only Errors and passes other thrown values on: what serves the app finds their record here. */
  leaveUnanswered(exchange: Exchange): void {
    this.#unanswered.set(exchange.request, exchange);
  }

  unanswered(request: Request): Exchange | undefined {
    return this.#unanswered.get(request);
  }

  /** Each app has a key of its own, so that two of them can record the same request. */
  #slot(c: HonoContext): Record<symbol, Exchange | undefined> {
    return c as unknown as Record<symbol, Exchange | undefined>;
  }

  #make(c: HonoContext): Exchange {
    const exchange = new Exchange(c.req.raw, this.#tools());
    exchange.info = c.env as Exchange["info"];
    return exchange;
  }
}
