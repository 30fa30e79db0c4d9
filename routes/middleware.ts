/** The recorder for other people's Hono apps: one record a request, every failure kept, and the app's answers left as they are. */
import type { RecordedUser } from "../logging/mod.ts";
import type { HonoContext, HonoMiddleware } from "../modules/hono.ts";
import { asPart, partOf } from "./check_routes.ts";
import type { Exchange } from "./exchange.ts";
import { beginExchange } from "./exchanges.ts";
import { isAnswerOfHono, marked } from "./app_answer.ts";
import { hasReadBody, recordedInput } from "./recorded_input.ts";
import type { Tools } from "./tools.ts";

const REQUEST_ID = "x-request-id";
const ERROR_ID = "x-error-id";
const FAILED = 500;
const NOT_FOUND = 404;
const SWITCHING_PROTOCOLS = 101;
const NOT_FIRST =
  "hf.middleware() is not the first of the app: what runs before it is not recorded. Move it up";
/** Who has recorded an answer last. An app may give one Response to many requests, where it has no body. */
const RECORDED_BY = Symbol("recorded by");

interface RecordedResponse extends Response {
  [RECORDED_BY]?: Exchange;
}

/** What a request is recorded with, and whether it is. */
export interface MiddlewareOptions {
  /** Who was served, as the app knows it when the answer is there. `KEEP_USER` says which of it is kept. */
  user?: (c: HonoContext) => RecordedUser | undefined;
  /** Short values to find and to filter by. */
  tags?: (c: HonoContext) => Record<string, string> | undefined;
  /** False leaves no record of this request, failure or not. Asked when the answer is there. */
  shouldRecord?: (c: HonoContext) => boolean;
}

/** Records every request that passes. Stands first: what runs before it is not recorded. */
export function createMiddleware(tools: Tools, options: MiddlewareOptions = {}): HonoMiddleware {
  const recorder: HonoMiddleware = async function holdfast(c, next) {
    const exchange = beginExchange(c, tools);
    if (exchange === undefined) return await next();
    if (c.req.routeIndex > 0 && !isAfterRecorders(c)) tools.tellOrder(NOT_FIRST);
    const request = { c, exchange, tools, options };
    try {
      await next();
    } catch (thrown) {
      // Hono answers Errors; strings, null and the like go up to the server.
      await recordUnanswered(thrown, request);
      throw thrown;
    }
    // A module below has answered and recorded it.
    if (exchange.isFinished) return;
    if (!c.finalized && !await hasAnswer(request)) return;
    // Only where there is something to wait for: each wait costs the request a turn.
    if (c.error !== undefined || hasReadBody(c)) await recordWhatWasRead(request);
    else recordAnswer(request);
  };
  return asPart(recorder, "recorder");
}

/** Another Holdfast's may stand before it. */
function isAfterRecorders(c: HonoContext): boolean {
  return c.req.matchedRoutes.slice(0, c.req.routeIndex)
    .every(({ handler }) => partOf(handler) === "recorder");
}

interface Recording {
  c: HonoContext;
  exchange: Exchange;
  tools: Tools;
  options: MiddlewareOptions;
}

async function recordWhatWasRead(request: Recording): Promise<void> {
  const { c, exchange } = request;
  exchange.input = await recordedInput(c);
  const isHandled = c.error && (c.res.status < FAILED || !await isAnswerOfHono(c));
  recordAnswer(request, isHandled);
}

function recordAnswer(request: Recording, isHandled = false): void {
  const { c, exchange, tools } = request;
  const res: RecordedResponse = c.res;
  const before = res[RECORDED_BY];
  const isUsedAgain = before?.isOf(tools) ?? false;
  if (isUsedAgain && before?.isWithin(exchange)) {
    // By the same middleware, in an app that this one has mounted.
    exchange.isFinished = true;
    return;
  }
  // The id of an earlier request is no id of the app's own.
  const ownId = isUsedAgain ? null : res.headers.get(REQUEST_ID);
  if (ownId !== null) exchange.requestId = ownId;
  if (isWanted(request)) {
    describe(request);
    // `Response.error()` has no status, and the server refuses it.
    exchange.observe(res.status || FAILED, c.error && { thrown: c.error, isHandled });
  }
  if (res.status === SWITCHING_PROTOCOLS || res.status === 0) return;
  mark(c, { res: isUsedAgain ? new Response(res.body, res) : res, ownId, exchange });
}

async function recordUnanswered(thrown: unknown, request: Recording): Promise<void> {
  const { c, exchange, tools } = request;
  if (exchange.isFinished) return;
  exchange.input = await recordedInput(c);
  if (isWanted(request)) {
    describe(request);
    exchange.observe(FAILED, { thrown, isHandled: false });
  }
  exchange.isFinished = true;
  tools.unanswered.set(exchange.request, exchange);
}

/**
 * Whether there is an answer after all, where a handler has returned nothing: without us Hono would answer it like an unknown
 * path; behind any middleware Hono makes an Error of it, when we have returned.
 */
async function hasAnswer(request: Recording): Promise<boolean> {
  const { c, exchange } = request;
  if (c.req.matchedRoutes.length === 2) {
    c.res = await c.notFound();
    return true;
  }
  if (isWanted(request)) {
    describe(request);
    // Without a stack: it would show this file.
    const thrown = Object.assign(new Error("The handler gave no Response"), { stack: "" });
    exchange.observe(FAILED, { thrown, isHandled: false });
  }
  c.header(REQUEST_ID, exchange.requestId);
  c.header(ERROR_ID, exchange.errorId);
  return false;
}

function isWanted(request: Recording): boolean {
  const { shouldRecord } = request.options;
  return shouldRecord === undefined || ask("shouldRecord", shouldRecord, request) !== false;
}

function describe(request: Recording): void {
  const { c, exchange, options: { user, tags } } = request;
  exchange.route = routeOf(c);
  exchange.user = user && ask("user", user, request);
  exchange.tags = tags && ask("tags", tags, request);
}

/** A function of the app's own must not cost the request its record, nor its answer. */
function ask<Value>(
  name: string,
  question: (c: HonoContext) => Value,
  { c, tools }: Recording,
): Value | undefined {
  try {
    return question(c);
  } catch (error) {
    tools.logging.ownLogger.warn(`hf.middleware({ ${name} }) threw`, { error });
    return undefined;
  }
}

/** The pattern of the route that answered; `*` where only middleware ran. */
function routeOf(c: HonoContext): string {
  const { method, path = "*" } = c.req.matchedRoutes[c.req.routeIndex] ?? {};
  if (method !== "ALL" || !path.endsWith("*")) return path;
  // What is mounted there has answered, or a middleware of that part of the app; or nobody.
  return path === "/*" || !c.finalized || c.res.status === NOT_FOUND ? "*" : path;
}

/** Sets `X-Request-Id` and `X-Error-Id`: nothing else about an app's answers changes. */
function mark(
  c: HonoContext,
  { res, ownId, exchange }: { res: RecordedResponse; ownId: string | null; exchange: Exchange },
): void {
  const requestId = ownId === null ? exchange.requestId : undefined;
  const answer: RecordedResponse = marked(res, { requestId, errorId: exchange.errorId });
  answer[RECORDED_BY] = exchange;
  if (answer === c.res) return;
  // Without this Hono adds the headers of the answer before to it.
  c.res = undefined;
  c.res = answer;
}
