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
import { ReadingBudget } from "./body.ts";
import { readBodyAs } from "./body_kinds.ts";
import { contextStore, type ContextTools, RequestContext } from "./context.ts";
import { BrokenStream, Exchange, type ExchangeTools } from "./exchange.ts";
import { createHostCheck, hostIn } from "./host.ts";
import { Intake, type IntakeKey } from "./intake.ts";
import { indexPage } from "./index_page.tsx";
import { RequestMetrics } from "./metrics.ts";
import { mayKnowAll, serveOperations, shownModules } from "./operations.ts";
import { Proxies } from "./proxies.ts";
import { parametersOf, readQuery, readsQuery } from "./query.ts";
import { Refusals } from "./refusals.ts";
import { refusedInput } from "./refused_input.ts";

const ALL_METHODS: readonly (Method | "HEAD")[] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];

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
  /** The address people use; outside development the board answers to its host alone. */
  publicUrl?: string;
  /** Addresses and ranges of proxies whose headers are believed. Default: those on this machine. */
  trustedProxies?: readonly string[];
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
  bodies: ReadingBudget;
  /** Whether people use the board under this address. */
  isBoardAt: (origin: string) => boolean;
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
      const parameters = parametersOf(module, path);
      hono.on(
        module.method ?? "GET",
        path,
        (c) => serveModule(c, { module, path, parameters, tools }),
      );
    }
  }
  serveOperations(hono, { tools, modules: servedModules(dependencies) });
  if (tools.board) serveOperator(hono, { board: tools.board, tools });

  const checkHost = createHostCheck();
  const fetch = async (request: Request, info?: Deno.ServeHandlerInfo) => {
    try {
      checkHost(request);
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
  const { publicUrl, trustedProxies } = dependencies;
  const proxies = new Proxies({
    trusted: trustedProxies,
    publicUrl,
    onUntrusted: (address) =>
      logging.logger.warn(
        `${address} sends forwarding headers, which are not believed: name it in TRUSTED_PROXIES if it is a proxy of yours`,
      ),
  });
  const isBoardAt = (origin: string) =>
    publicUrl === undefined || environment === "development" || proxies.isPublic(hostIn(origin));
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
    ...(publicUrl !== undefined && { publicUrl }),
  });
  return {
    ...dependencies,
    metrics,
    refusals: new Refusals({ logger: logging.logger, metrics }),
    proxies,
    isBoardAt,
    bodies: new ReadingBudget(),
    intake,
    board,
    showStacks: environment === "development",
    store: contextStore(logging),
    requireOperator: async (exchange) => {
      // What only reads is open to the board's own pages as well.
      if (isReading(exchange.request) && await isBoardPage(exchange)) {
        exchange.isQuiet = true;
        return;
      }
      await requireToken(exchange, operator);
    },
  };

  async function isBoardPage(exchange: Exchange): Promise<boolean> {
    if (board === undefined || !exchange.request.headers.has("cookie")) return false;
    return isBoardAt(exchange.origin) && await board.isSignedIn(exchange);
  }
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
  { module, path, parameters, tools }: {
    module: Module;
    path: string;
    parameters: ReadonlySet<string> | undefined;
    tools: Tools;
  },
): Promise<Response> {
  const request = c.req.raw;
  const exchange = new Exchange(request, tools);
  exchange.info = c.env as Exchange["info"];
  if (path === "/" && wantsIndex(request)) return serveIndex(exchange, tools);
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
  { exchange, module, parameters, tools }: {
    exchange: Exchange;
    module: Module;
    parameters: ReadonlySet<string> | undefined;
    tools: Tools;
  },
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

function wantsIndex(request: Request): boolean {
  const accept = request.headers.get("accept");
  return !request.url.includes("?") &&
    prefers(accept, { type: "text/html", over: "application/json" });
}

async function serveIndex(exchange: Exchange, tools: Tools): Promise<Response> {
  exchange.route = "/";
  try {
    const isWhole = await mayKnowAll(exchange, tools);
    return exchange.pass(
      await indexPage(shownModules(servedModules(tools), { isWhole }), { isWhole }),
    );
  } catch (thrown) {
    return exchange.fail(toFailure(thrown), thrown);
  }
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
  if (method === "OPTIONS") {
    return exchange.pass(new Response(null, { status: 204, headers: { allow } }));
  }
  return exchange.fail(
    new Failure("method", `${method} is not allowed here, only ${allow}`, { headers: { allow } }),
  );
}

function hasRoute({ router }: Hono, { method, path }: { method: string; path: string }): boolean {
  return router.match(method === "HEAD" ? "GET" : method, path)[0].length > 0;
}
