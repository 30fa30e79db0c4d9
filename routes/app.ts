/**
 * The Hono app: a route for every module, the operational routes, and the layers that catch what modules do not.
 *
 * @module
 */
import { type Context as HonoContext, Hono } from "hono";
import { Attempts } from "../board/attempts.ts";
import { type Logging, parseJson } from "../logging/mod.ts";
import { Failure, Forbidden } from "../modules/failure.ts";
import type { Method, Module } from "../modules/module.ts";
import { modules as registry } from "../modules/registry.ts";
import { runModule, toFailure } from "../modules/run.ts";
import { prefers } from "./accept.ts";
import { API_LIMITS, type Lock, requireToken } from "./auth.ts";
import { type BoardRequest, LazyBoard, serveBoard } from "./board.ts";
import { readBodyAs } from "./body_kinds.ts";
import { contextStore, type ContextTools, RequestContext } from "./context.ts";
import { BrokenStream, Exchange, type ExchangeTools } from "./exchange.ts";
import { Intake, type IntakeKey } from "./intake.ts";
import { indexPage } from "./index_page.tsx";
import { RequestMetrics } from "./metrics.ts";
import { openApi } from "./openapi.ts";
import { refusedInput } from "./refused_input.ts";

const ALL_METHODS: readonly (Method | "HEAD")[] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];
/** From here on the log's queue counts as full: INFO records are turned away. */
const FULL_QUEUE = 4 / 5;

/** What the app is built from. */
export interface AppDependencies {
  /** The modules to serve. Default: all of the registry. */
  modules?: readonly Module[];
  /** Where records go, and where they are asked for. */
  logging: Logging;
  /** In development answers show stacks, and `/fail` is there. */
  environment: "development" | "production";
  /** The time a module has, in milliseconds. */
  requestTimeoutMs: number;
  /** Bytes of a body, at most. */
  maxBodyBytes: number;
  /** Opens the operator's part; closed where absent. */
  operatorToken?: string;
  /** Open the intake; closed where empty. */
  intakeKeys: readonly IntakeKey[];
  /** Records a second of one intake key. Default 10,000. */
  intakeQuota?: number;
}

/** The service as a function of a request. */
export interface App {
  /** Answers a request, whatever happens. */
  fetch(request: Request, info?: Deno.ServeHandlerInfo): Promise<Response>;
  /** For tests: answers without a port. */
  request(path: string, init?: RequestInit): Promise<Response>;
  /** For `Deno.serve({ onError })`: the last answer when everything else has failed. */
  onError(thrown: unknown): Response;
  /** The path of a link that opens the board once, within a quarter of an hour; undefined while it is closed. */
  newSignInPath(): Promise<string | undefined>;
}

/** What every route of the app uses. */
interface Tools extends ExchangeTools, ContextTools, Dependencies {
  board: LazyBoard | undefined;
}

/** With its defaults filled in. */
type Dependencies = AppDependencies & { modules: readonly Module[] };

/**
 * Builds the service.
 *
 * @example
 * ```ts ignore
 * const app = createApp({ logging, environment: "development", requestTimeoutMs: 10_000,
 *   maxBodyBytes: 1_048_576, intakeKeys: [] });
 * const response = await app.request("/?query_content=x&user_type=guest");
 * ```
 */
export function createApp({ modules = registry, ...rest }: AppDependencies): App {
  const dependencies = { modules, ...rest };
  const tools = createTools(dependencies);
  const hono = new Hono();
  const closed = closedRoutes(dependencies);
  hono.notFound((c) => notFound(c, { hono, closed, tools }));
  hono.onError((error, c) => {
    return new Exchange(c.req.raw, tools).fail(toFailure(error), error);
  });
  for (const module of servedModules(dependencies)) {
    for (const path of module.paths ?? [module.name]) {
      hono.on(module.method ?? "GET", path, (c) => serveModule(c, { module, path, tools }));
    }
  }
  serveOperations(hono, tools);
  if (tools.board) serveOperator(hono, { board: tools.board, tools });

  const fetch = async (request: Request, info?: Deno.ServeHandlerInfo) => {
    try {
      return await hono.fetch(request, info);
    } catch (thrown) {
      // Hono passes on what is thrown and is no Error.
      return new Exchange(request, tools).fail(toFailure(thrown), thrown);
    }
  };
  return {
    fetch,
    request: (path, init) => fetch(new Request(new URL(path, "http://localhost"), init)),
    onError: (thrown) => {
      // Deno.serve tells of a broken stream too, when the answer is half sent.
      if (thrown instanceof BrokenStream) return new Response(null, { status: 500 });
      return new Exchange(new Request("http://localhost/"), tools).fail(toFailure(thrown), thrown);
    },
    newSignInPath: async () => (await tools.board?.load())?.newSignInPath(),
  };
}

function createTools(dependencies: Dependencies): Tools {
  const { logging, environment, operatorToken, intakeKeys, intakeQuota } = dependencies;
  const operator: Lock = {
    tokens: operatorToken === undefined ? [] : [operatorToken],
    what: "operator access",
    variable: "OPERATOR_TOKEN",
    attempts: new Attempts({ limits: API_LIMITS }),
    rightOnesWait: true,
  };
  const intake = new Intake(intakeKeys, {
    ...(intakeQuota !== undefined && { recordsPerSecond: intakeQuota }),
  });
  const metrics = new RequestMetrics();
  const board = operatorToken === undefined ? undefined : new LazyBoard({
    logging,
    operatorToken,
    attempts: new Attempts(),
    traffic: () => metrics.traffic.lastHour(),
    refused: () => intake.quotas.refused,
  });
  return {
    ...dependencies,
    metrics,
    intake,
    board,
    showStacks: environment === "development",
    store: contextStore(logging),
    requireOperator: async (exchange) => {
      const { request } = exchange;
      // What only reads is open to the board's own pages as well.
      if (isReading(request) && await board?.isSignedIn(request)) return;
      await requireToken(exchange, operator);
    },
  };
}

function isReading({ method }: Request): boolean {
  return method === "GET" || method === "HEAD";
}

function servedModules({ modules, ...dependencies }: Dependencies): Module[] {
  return modules.filter((module) => isServed(module, dependencies));
}

function isServed(
  module: Module,
  { environment, operatorToken }: Pick<AppDependencies, "environment" | "operatorToken">,
): boolean {
  if (module.developmentOnly && environment !== "development") return false;
  return module.access !== "operator" || operatorToken !== undefined;
}

/** What is closed answers 404, even where another method is open at its path: nothing tells that it is there. */
function closedRoutes({ modules, ...dependencies }: Dependencies): Hono {
  const closed = new Hono();
  for (const module of modules.filter((module) => !isServed(module, dependencies))) {
    for (const path of module.paths ?? [module.name]) {
      closed.on(module.method ?? "GET", path, (c) => c.body(null));
    }
  }
  return closed;
}

async function serveModule(
  c: HonoContext,
  { module, path, tools }: { module: Module; path: string; tools: Tools },
): Promise<Response> {
  const request = c.req.raw;
  if (path === "/" && wantsIndex(request)) return serveIndex(request, tools);
  const exchange = new Exchange(request, tools);
  exchange.info = c.env as Exchange["info"];
  exchange.route = path;
  exchange.module = module.name;
  try {
    if (module.access === "intake") exchange.intakeKey = await tools.intake.open(exchange);
    if (module.access === "operator") await tools.requireOperator(exchange);
    const context = new RequestContext(c, { module, exchange, tools });
    // Middleware that ran before may have set headers on it.
    if (c.req.routeIndex > 0) exchange.honoContext = c;
    if (module.guard && await module.guard(context) === false) {
      throw new Forbidden(`${module.name} is not open to you`);
    }
    const value = await readValue(c, { exchange, module, tools });
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
  { exchange, module, tools }: { exchange: Exchange; module: Module; tools: Tools },
): Promise<unknown> {
  const { method, url } = exchange.request;
  const parameters = exchange.route.includes(":") ? c.req.param() : undefined;
  if (method === "GET" || method === "HEAD" || method === "DELETE") {
    return Object.assign(readQuery(url), parameters);
  }
  // Reports are recorded by themselves, with every digit. Modules get the numbers that JavaScript has.
  const areReports = module.access === "intake";
  const body = await readBodyAs(module.body ?? "json", c, {
    maxBytes: tools.maxBodyBytes,
    timeoutMs: tools.requestTimeoutMs,
    parse: areReports ? parseJson : JSON.parse,
    record: (text) => {
      if (!areReports) exchange.input = text;
    },
  });
  if (typeof body !== "object" || body === null || Array.isArray(body)) return body;
  if (body instanceof Uint8Array) return body;
  return { ...body, ...parameters };
}

/** A parameter that comes more than once is an array: whether that is right is the schema's to say. */
function readQuery(url: string): Record<string, string | string[]> {
  const values: Record<string, string | string[]> = Object.create(null);
  const at = url.indexOf("?");
  if (at < 0) return values;
  for (const [key, value] of pairsIn(url.slice(at + 1))) {
    const earlier = values[key];
    values[key] = earlier === undefined ? value : [earlier, value].flat();
  }
  return values;
}

/** Most queries have nothing to decode: cutting them up costs a tenth of a `URLSearchParams`. */
function pairsIn(query: string): Iterable<[string, string]> {
  if (query.includes("%") || query.includes("+")) return new URLSearchParams(query);
  return query.split("&").filter((pair) => pair !== "").map((pair) => {
    const at = pair.indexOf("=");
    return at < 0 ? [pair, ""] : [pair.slice(0, at), pair.slice(at + 1)];
  });
}

function wantsIndex(request: Request): boolean {
  const accept = request.headers.get("accept");
  return !request.url.includes("?") &&
    prefers(accept, { type: "text/html", over: "application/json" });
}

async function serveIndex(request: Request, tools: Tools): Promise<Response> {
  const exchange = new Exchange(request, tools);
  exchange.route = "/";
  return exchange.pass(await indexPage(servedModules(tools)));
}

/** What is there for the operator beside the modules. */
function serveOperator(hono: Hono, { board, tools }: { board: LazyBoard; tools: Tools }): void {
  for (const route of ["/board", "/board/*"]) {
    hono.on(
      ["GET", "POST"],
      route,
      (c) =>
        serveBoard({ request: c.req.raw, route, info: c.env as BoardRequest["info"] }, {
          board,
          tools,
        }),
    );
  }
}

function serveOperations(hono: Hono, tools: Tools): void {
  hono.get("/healthz", (c) => operation(c).answer({ content: { alive: true } }));
  hono.get("/readyz", async (c) => {
    const exchange = operation(c);
    try {
      return exchange.answer({ content: await readiness(tools) });
    } catch (thrown) {
      return exchange.fail(toFailure(thrown), thrown);
    }
  });
  hono.get("/metrics", (c) => {
    const text = tools.metrics.toText(tools.logging.stats(), tools.intake.quotas.refused);
    const type = "text/plain; version=0.0.4; charset=utf-8";
    return operation(c).pass(new Response(text, { headers: { "content-type": type } }));
  });
  hono.get("/openapi.json", async (c) => {
    const text = JSON.stringify(await openApi(servedModules(tools)));
    const headers = { "content-type": "application/json" };
    return operation(c).pass(new Response(text, { headers }));
  });

  function operation(c: HonoContext): Exchange {
    const exchange = new Exchange(c.req.raw, tools);
    exchange.route = c.req.path;
    exchange.isQuiet = true;
    return exchange;
  }
}

/**
 * Ready means: the store answers and takes records, and the log's queue has room for what happens here, however much others
 * report.
 *
 * @throws {Failure} `unavailable`
 */
async function readiness({ store, logging }: Tools): Promise<Record<string, unknown>> {
  const { queue_bytes, queue_own_bytes, queue_own_limit_bytes, sinks_down, store_refuses } = logging
    .stats();
  if (queue_own_bytes > queue_own_limit_bytes * FULL_QUEUE) {
    throw new Failure(
      "unavailable",
      `the log's queue is full: ${queue_own_bytes} of ${queue_own_limit_bytes} bytes`,
      { code: "log.full" },
    );
  }
  if (store_refuses) logging.tryStore();
  if (store_refuses || sinks_down.includes("store")) {
    // Not why: whoever asks may be a stranger. The log says it.
    throw new Failure("unavailable", "the store takes no records just now", {
      code: "store.unavailable",
    });
  }
  const { size_bytes } = await store.health();
  return { ready: true, store_bytes: size_bytes, log_queue_bytes: queue_bytes };
}

function notFound(
  c: HonoContext,
  { hono, closed, tools }: { hono: Hono; closed: Hono; tools: Tools },
): Response {
  const exchange = new Exchange(c.req.raw, tools);
  const { method, path } = c.req;
  const allowed = ALL_METHODS.filter((known) => hasRoute(hono, { method: known, path }));
  if (allowed.length === 0 || hasRoute(closed, { method, path })) {
    return exchange.fail(new Failure("route_unknown", `nothing is at ${path.slice(0, 200)}`));
  }
  const allow = allowed.join(", ");
  return exchange.fail(
    new Failure("method", `${method} is not allowed here, only ${allow}`, { headers: { allow } }),
  );
}

function hasRoute({ router }: Hono, { method, path }: { method: string; path: string }): boolean {
  return router.match(method === "HEAD" ? "GET" : method, path)[0].length > 0;
}
