/** The parts that an app is put together from; our own service is made of them too (`holdfast.ts`). */
import { Hono } from "hono";
import { Failure } from "../modules/failure.ts";
import type { HonoApp, HonoContext, HonoMiddleware } from "../modules/hono.ts";
import { home } from "../modules/home.ts";
import type { Method, Module } from "../modules/module.ts";
import { showReceipt } from "../modules/receipts.ts";
import { apiModules } from "../modules/registry.ts";
import { toFailure } from "../modules/run.ts";
import { prefers } from "./accept.ts";
import { asPart, checkRoutes, takePath } from "./check_routes.ts";
import { boardRoutes, type BoardRoutesOptions } from "./board.ts";
import { Exchange } from "./exchange.ts";
import { exchangeOf, routedExchange } from "./exchanges.ts";
import { createHostCheck } from "./host.ts";
import { indexPage } from "./index_page.tsx";
import { ROOT_WITH_SLASH } from "./matched.ts";
import { createMiddleware, type MiddlewareOptions } from "./middleware.ts";
import { mayKnowAll, operationRoutes, shownModules } from "./operations.ts";
import { otlpRoutes } from "./otlp.ts";
import { parametersOf } from "./query.ts";
import { sentryRoutes } from "./sentry.ts";
import { serveModule } from "./serve_module.ts";
import { mcpRoutes } from "./mcp.ts";
import { sourceMapRoutes } from "./source_maps.ts";
import { BrokenStream } from "./stream.ts";
import { createTools, type RouteOptions, type Tools } from "./tools.ts";

const ALL_METHODS: readonly (Method | "HEAD")[] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];
/** What Hono calls handlers for every method: middleware, mostly. */
const ANY_METHOD = "ALL";

/** Answers requests: a Hono app, for example. */
export interface Answering {
  /** Answers. */
  fetch(request: Request, info?: unknown): Response | Promise<Response>;
}

/** Modules that users of a service do not call: what was recorded, and what brings it. */
const OF_OPERATORS: ReadonlySet<Module> = new Set(
  apiModules.filter((module) => module !== home && module !== showReceipt),
);

export type Parts = ReturnType<typeof createParts>;

/** What each part is for stands at `Holdfast`, which hands most of them on. */
export function createParts(options: RouteOptions) {
  const tools = createTools(options);
  return {
    middleware: (middlewareOptions?: MiddlewareOptions): HonoMiddleware =>
      createMiddleware(tools, middlewareOptions),
    modules: (modules: readonly Module[]): HonoApp => moduleRoutes(modules, tools),
    board(boardOptions?: BoardRoutesOptions): HonoApp {
      if (boardOptions?.auth === undefined) tools.servesBoard = tools.board.hasToken;
      return boardRoutes(tools, { ...boardOptions, closed: asPart(closed, "other") });
    },
    api(): HonoApp {
      const hono = new Hono();
      hono.route("/", moduleRoutes(apiModules, tools));
      hono.route("/", deliveryRoutes(tools));
      hono.route("/", operationRoutes(tools));
      hono.route("/", sourceMapRoutes(tools));
      hono.route("/", mcpRoutes(tools));
      return hono;
    },
    deliveries: (): HonoApp => deliveryRoutes(tools),
    operations: (): HonoApp => operationRoutes(tools),
    sourceMaps: (): HonoApp => sourceMapRoutes(tools),
    agents: (): HonoApp => mcpRoutes(tools),
    envelopes: (app: HonoApp): HonoApp => answerInEnvelopes(app, tools),
    /** Where board and API stand, as far as is known: routes are read when an app is served. */
    places: tools.places,
    /** The store, as modules ask it. */
    store: tools.store,
    /** Whether a module of this name was given to `modules()`, or is one of the API's. */
    serves: (name: string): boolean => tools.served.some((module) => module.name === name),
    answerer: (app: Answering): Answerer => createAnswerer(app, tools),
    /** For `Deno.serve({ onError })`: the last answer when everything else has failed. */
    onError(thrown: unknown): Response {
      // Deno.serve reports a broken stream too, when the answer is half sent.
      if (thrown instanceof BrokenStream) return new Response(null, { status: 500 });
      return new Exchange(new Request("http://localhost/"), tools).fail(toFailure(thrown), thrown);
    },
    /** The path of a link that opens a board at `/board` once, within a quarter of an hour; undefined without a token. */
    newSignInPath: async (): Promise<string | undefined> =>
      tools.board.hasToken ? (await tools.board.load()).newSignInPath() : undefined,
  };
}

/** What other systems' clients send to. */
function deliveryRoutes(tools: Tools): HonoApp {
  return new Hono().route("/", sentryRoutes(tools)).route("/", otlpRoutes(tools));
}

/** @throws {Error} where two modules answer at one path. */
function moduleRoutes(modules: readonly Module[], tools: Tools): HonoApp {
  const takenBy = new Map<string, Module>();
  const hono = new Hono();
  for (const module of modules) {
    const isServed = mayBeServed(module, tools);
    const isOwn = OF_OPERATORS.has(module);
    if (isServed) tools.served.push(module);
    const method = module.method ?? "GET";
    for (const path of module.paths ?? [module.name]) {
      takePath(`${method} ${path}`, { module, takenBy });
      const parameters = parametersOf(module, path);
      const answer = (c: HonoContext) =>
        module === home && path === "/" && wantsIndex(c.req.raw)
          ? serveIndex(c, tools)
          : module === showReceipt && prefersHtml(c.req.raw)
          ? serveReceipt(c, tools)
          : serveModule(c, { module, isOwn, parameters, tools });
      const handler = isServed ? asPart(answer, module) : asPart(closed, "other");
      hono.on(method, path === "/" ? [path, ROOT_WITH_SLASH] : [path], handler);
    }
  }
  return hono;
}

function mayBeServed(module: Module, { environment, operators }: Tools): boolean {
  if (module.developmentOnly && environment !== "development") return false;
  return module.access !== "operator" || operators.length > 0;
}

/** Stands where something is closed: it answers as if nothing were there. */
function closed(c: HonoContext): Response | Promise<Response> {
  return c.notFound();
}

function wantsIndex(request: Request): boolean {
  return !request.url.includes("?") && prefersHtml(request);
}

/** Loaded when a person asks for it first. */
async function serveReceipt(c: HonoContext, tools: Tools): Promise<Response> {
  return (await import("./receipt_page.tsx")).serveReceipt(c, tools);
}

function prefersHtml({ headers }: Request): boolean {
  return prefers(headers.get("accept"), { type: "text/html", over: "application/json" });
}

async function serveIndex(c: HonoContext, tools: Tools): Promise<Response> {
  const exchange = routedExchange(c, tools);
  try {
    const isWhole = await mayKnowAll(exchange, tools);
    const modules = shownModules(tools.served, { isWhole });
    const { pathname: path } = new URL(c.req.url);
    const board = isWhole && tools.servesBoard ? boardLink(tools) : undefined;
    return exchange.pass(await indexPage({ modules, path, isWhole, board }));
  } catch (thrown) {
    return exchange.fail(toFailure(thrown), thrown);
  }
}

/** With the prefix that a proxy takes off. */
function boardLink({ places, publicUrl }: Tools): string {
  if (publicUrl === undefined) return places.board;
  return new URL(publicUrl).pathname.replace(/\/+$/, "") + places.board;
}

function answerInEnvelopes(app: HonoApp, tools: Tools): HonoApp {
  app.notFound((c) => notFound(c, { app, tools }));
  app.onError((error, c) => exchangeOf(c, tools).fail(toFailure(error), error));
  return app;
}

/** An unknown path, or a method that the path does not have. */
function notFound(c: HonoContext, { app, tools }: { app: HonoApp; tools: Tools }): Response {
  const exchange = exchangeOf(c, tools);
  const { method, path } = c.req;
  const allowed = ALL_METHODS.filter((known) => isOpen(app, { method: known, path }) === true);
  if (allowed.length === 0 || isOpen(app, { method, path }) === false) {
    return exchange.fail(
      new Failure("route_unknown", `no route has the path ${path.slice(0, 200)}`),
    );
  }
  const allow = allowed.join(", ");
  if (method === "OPTIONS") {
    return exchange.pass(new Response(null, { status: 204, headers: { allow } }));
  }
  return exchange.fail(
    new Failure("method", `${method} is not allowed here, only ${allow}`, { headers: { allow } }),
  );
}

/** True where a route answers, false where it is closed, undefined where there is none. */
function isOpen(
  { router }: HonoApp,
  { method, path }: { method: string; path: string },
): boolean | undefined {
  const matches = router.match(method === "HEAD" ? "GET" : method, path)[0];
  const routes = matches.map(([[handler, route]]) => ({ handler, method: route.method }))
    .filter((route) => route.method !== ANY_METHOD);
  if (routes.length === 0) return undefined;
  return routes.some(({ handler }) => handler !== closed);
}

type Answerer = (request: Request, info?: Deno.ServeHandlerInfo) => Promise<Response>;

/** Also answers what the app lets through. @throws {Error} where two modules answer at one path. */
function createAnswerer(app: Answering, tools: Tools): Answerer {
  const missed = checkRoutes(app);
  if (missed !== undefined) tools.tellOrder(missed);
  for (const sentence of tools.places.find(app)) tools.logging.ownLogger.warn(sentence);
  const checkHost = createHostCheck();
  return async (request, info) => {
    try {
      checkHost(request);
      return await app.fetch(request, info);
    } catch (thrown) {
      // Hono passes on what is thrown and is no Error; a middleware of ours may have recorded it.
      const exchange = tools.unanswered.get(request) ?? new Exchange(request, tools);
      return exchange.fail(toFailure(thrown), thrown);
    }
  };
}
