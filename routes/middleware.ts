/**
 * The recorder for other people's Hono apps: one record a request, every failure kept, and the app's answers left as they are.
 *
 * @module
 */
import { matchedRoutes } from "hono/route";
import type { HonoContext, HonoMiddleware } from "../modules/hono.ts";
import { type RecordedUser, snapshot } from "../logging/mod.ts";
import { type Exchange, type ExchangeTools, marked } from "./exchange.ts";
import type { Exchanges } from "./exchanges.ts";

const REQUEST_ID = "x-request-id";
const ERROR_ID = "x-error-id";
/** What Hono's own error handler answers: then nobody in the app has handled the failure. */
const UNHANDLED_TEXT = "Internal Server Error";
const FAILED = 500;
const SWITCHING_PROTOCOLS = 101;
const NOT_FIRST =
  "hf.middleware() is not the first of the app: what runs before it is not recorded. Move it up";

/** What a request is recorded with, and whether it is. */
export interface MiddlewareOptions {
  /** Who was served, as the app knows it when the answer is there. `KEEP_USER` says which of it is kept. */
  user?: (c: HonoContext) => RecordedUser | undefined;
  /** Short values to find and to filter by. */
  tags?: (c: HonoContext) => Record<string, string> | undefined;
  /** False leaves no record of this request, failure or not. Asked when the answer is there. */
  shouldRecord?: (c: HonoContext) => boolean;
}

/** What recording needs of the app. */
export interface MiddlewareTools extends ExchangeTools {
  /** The requests that are being recorded. */
  exchanges: Exchanges;
}

/** Records every request that passes. Stands first: what runs before it is not recorded. */
export function createMiddleware(
  tools: MiddlewareTools,
  options: MiddlewareOptions = {},
): HonoMiddleware {
  let isWarned = false;
  return async function holdfast(c, next) {
    const exchange = tools.exchanges.begin(c);
    if (exchange === undefined) return await next();
    if (c.req.routeIndex > 0 && !isWarned) {
      isWarned = true;
      tools.logging.logger.warn(NOT_FIRST);
    }
    const request = { c, exchange, tools, options };
    try {
      await next();
    } catch (thrown) {
      // Hono answers Errors; strings, null and the like go up to whoever serves.
      await recordUnanswered(thrown, request);
      throw thrown;
    }
    // A module below has answered and recorded it.
    if (!exchange.isFinished) await recordAnswer(request);
  };
}

interface Recording {
  c: HonoContext;
  exchange: Exchange;
  tools: MiddlewareTools;
  options: MiddlewareOptions;
}

async function recordAnswer(request: Recording): Promise<void> {
  const { c, exchange } = request;
  const { res, error } = c;
  const ownId = res.headers.get(REQUEST_ID);
  if (ownId !== null) exchange.requestId = ownId;
  if (isWanted(request)) {
    await describe(request);
    const isHandled = error && (res.status < FAILED || !await isDefaultAnswer(res));
    exchange.observe(res.status, error && { thrown: error, isHandled: isHandled ?? false });
  }
  mark(c, {
    requestId: ownId === null ? exchange.requestId : undefined,
    errorId: exchange.errorId,
  });
}

async function recordUnanswered(thrown: unknown, request: Recording): Promise<void> {
  const { exchange, tools } = request;
  if (exchange.isFinished || !isWanted(request)) return;
  await describe(request);
  exchange.observe(FAILED, { thrown, isHandled: false });
  tools.exchanges.leaveUnanswered(exchange);
}

function isWanted(request: Recording): boolean {
  const { shouldRecord } = request.options;
  return shouldRecord === undefined || ask("shouldRecord", shouldRecord, request) !== false;
}

async function describe(request: Recording): Promise<void> {
  const { c, exchange, options: { user, tags } } = request;
  exchange.route = routeOf(c);
  exchange.input = await inputOf(c);
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
    tools.logging.logger.warn(`hf.middleware({ ${name} }) threw`, { error });
    return undefined;
  }
}

/** The pattern of the route that answered; `*` where only middleware ran. */
function routeOf(c: HonoContext): string {
  const { method, path = "*" } = matchedRoutes(c)[c.req.routeIndex] ?? {};
  return method === "ALL" && path.endsWith("*") ? "*" : path;
}

/** The body, where the handler has read it through `c.req`: never read behind its back. */
async function inputOf({ req: { bodyCache } }: HonoContext): Promise<string | undefined> {
  const reading = bodyCache.text ?? bodyCache.formData ?? bodyCache.json;
  if (reading === undefined) return undefined;
  try {
    // What the handler has not waited for may never come.
    const read: unknown = await Promise.race([reading, undefined]);
    if (read === undefined || typeof read === "string") return read;
    return snapshot(read instanceof FormData ? fieldsOf(read) : read);
  } catch {
    return undefined;
  }
}

/** Of files their name, type and size. */
function fieldsOf(form: FormData): Record<string, unknown> {
  return Object.fromEntries(
    Array.from(form, ([name, value]) => [
      name,
      value instanceof File ? { file: value.name, type: value.type, size: value.size } : value,
    ]),
  );
}

/** Whether this is what Hono itself answers to an Error that nobody handled. */
async function isDefaultAnswer(res: Response): Promise<boolean> {
  if (res.status !== FAILED || res.bodyUsed) return false;
  if (!res.headers.get("content-type")?.startsWith("text/plain")) return false;
  return await res.clone().text() === UNHANDLED_TEXT;
}

/** The only two things that change about an app's answers. */
function mark(
  c: HonoContext,
  { requestId, errorId }: { requestId: string | undefined; errorId: string | undefined },
): void {
  const { res } = c;
  if (res.status === SWITCHING_PROTOCOLS || (requestId ?? errorId) === undefined) return;
  const answer = marked(res, {
    ...(requestId !== undefined && { [REQUEST_ID]: requestId }),
    ...(errorId !== undefined && { [ERROR_ID]: errorId }),
  });
  if (answer === res) return;
  // Without this Hono adds the headers of the answer before to it.
  c.res = undefined;
  c.res = answer;
}
