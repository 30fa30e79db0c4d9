/**
 * The library: a log, a store, a board and an API for a Hono app. Our own service is made of it.
 *
 * @module
 */
import { type Config, type Environment, readConfig } from "./config.ts";
import { type OperatorAccess, operatorAccess } from "./config/local_token.ts";
import type { Settings } from "./config/settings.ts";
import {
  type CaptureOptions,
  catchUncaught,
  type Flushed,
  type Logger,
  type Logging,
  type StoreReads,
} from "./logging/mod.ts";
import type { HonoApp, HonoEnv, HonoMiddleware, HonoSchema, TypedHonoApp } from "./modules/hono.ts";
import type { Module } from "./modules/module.ts";
import { captureConsole } from "./process/console.ts";
import { openIntake } from "./process/first_key.ts";
import { greeting } from "./process/greeting.ts";
import { takeBoard } from "./process/open_boards.ts";
import { CannotStart, endWith, serveUntilStopped } from "./process/serve.ts";
import { startLog } from "./process/start_log.ts";
import type { BoardRoutesOptions } from "./routes/board.ts";
import type { MiddlewareOptions } from "./routes/middleware.ts";
import { type Answering, createParts, type Parts } from "./routes/parts.ts";

export type {
  HonoApp,
  HonoContext,
  HonoEnv,
  HonoMiddleware,
  HonoSchema,
  TypedHonoApp,
} from "./modules/hono.ts";
export type { Answering } from "./routes/parts.ts";
export type { Settings } from "./config/settings.ts";
export { ConfigError, type Environment } from "./config.ts";
export type {
  CaptureOptions,
  ErrorDetail,
  ErrorQuery,
  ErrorSummary,
  Flushed,
  Level,
  Logger,
  LogQuery,
  LogRecord,
  Occurrence,
  RecordedUser,
  SinkName,
  StoreReads,
} from "./logging/mod.ts";
export type { Guest } from "./board/access/gate.tsx";
export type { BoardRoutesOptions as BoardOptions } from "./routes/board.ts";
export type { MiddlewareOptions } from "./routes/middleware.ts";
export * from "./modules/failure.ts";
export {
  type BodyKind,
  type Context,
  defineModule,
  type Endpoint,
  type Method,
  type Module,
  type Operator,
  type Schema,
} from "./modules/module.ts";
export { type Reply, reply, type ReplyOptions } from "./modules/reply.ts";
export { CannotStart };

const DEFAULT_BOARD_PATH = "/board";
/** A path for links: without a query or a pattern. */
const PATH = /^\/(?!.*\/:)[^?#*]*$/;
const FLUSH_DEADLINE_MS = 5_000;

/** Settings of log and store, and the paths of the parts. */
export interface HoldfastOptions extends Settings {
  /** Path of `board()`, without parameters, for links that are made outside of requests, in alerts above all. Default `/board`. */
  boardPath?: string;
  /** Path of `api()`, for the same. Default: where the routes of an app that is served have it. */
  apiPath?: string;
  /** Folder of the app's own code, to tell its stack frames from those of libraries. Default: that of the main module. */
  root?: string;
  /** Records uncaught errors, and keeps the process serving. Default false; `serve()` always does. */
  catchUncaught?: boolean;
  /** Records every Error that is passed to `console.error`. Default false. */
  captureConsole?: boolean;
  /** Source of the variables that have no option. Default: the process's environment. */
  variables?: Environment;
}

/** How an app is served. */
export interface ServeOptions {
  /** False: `serve()` returns when requests and log are finished. Default true: it ends the process then. */
  exit?: boolean;
}

/** A log, a store, and the parts of an app that use them. */
export interface Holdfast extends AsyncDisposable {
  /** Records every request: a request id, one record, every failure. Put it first: `app.use(hf.middleware())`. */
  middleware(options?: MiddlewareOptions): HonoMiddleware;
  /** Routes for modules, validated and answered in envelopes: `app.route("/", hf.modules([greetings]))`. */
  modules(modules: readonly Module[]): HonoApp;
  /** The board, at any path: `app.route("/board", hf.board())`. Without `auth` it needs the operator's token. */
  board(options?: BoardRoutesOptions): HonoApp;
  /** The JSON API, the intake, the probes and what coding agents ask, at any path: `app.route("/holdfast", hf.api())`. */
  api(): HonoApp;
  /** Makes an app answer in envelopes wherever it has no answer of its own. Returns the app. */
  envelopes<E extends HonoEnv, S extends HonoSchema, P extends string>(
    app: TypedHonoApp<E, S, P>,
  ): TypedHonoApp<E, S, P>;
  /** Writes records, outside requests too. */
  readonly log: Logger;
  /** Records a failure that was caught, and returns its receipt. */
  capture(thrown: unknown, options?: CaptureOptions): string;
  /** The recorded errors and logs. */
  readonly store: StoreReads;
  /** Settles when the store is open; rejects with one sentence when it cannot be. */
  readonly ready: Promise<void>;
  /**
   * Serves an app until SIGTERM, SIGINT or SIGHUP, finishes requests and log within `shutdownMs`, and ends the process.
   *
   * If it cannot listen, or the store cannot be opened, or two modules have one path, it says so and ends the process with exit
   * code 1.
   *
   * @throws {CannotStart} instead, if `exit` is false.
   */
  serve(app: Answering, options?: ServeOptions): Promise<void>;
  /**
   * The handler that `serve()` uses, for a server of your own: `Deno.serve(hf.answerer(app))`. It also answers requests whose
   * handler throws a string or `null`, which Hono does not.
   */
  answerer(app: Answering): (request: Request, info?: Deno.ServeHandlerInfo) => Promise<Response>;
  /** Waits until all records are stored, or the deadline is over. Default 5 s. */
  flush(options?: { deadlineMs?: number }): Promise<Flushed>;
  /** Stops serving, flushes, closes the store and ends the worker. Default deadline: `shutdownMs`. */
  close(options?: { deadlineMs?: number }): Promise<Flushed>;
}

/**
 * Opens a log and its store, and returns the parts of an app. Reads the same environment as the service; options win. Installs
 * no signal handler, and no listener for uncaught errors except with `catchUncaught`.
 *
 * @example
 * ```ts ignore
 * import { Hono } from "hono";
 * import { holdfast } from "@holdfast/holdfast";
 *
 * const hf = await holdfast({ service: "shop" });
 * const app = new Hono();
 * app.use(hf.middleware());
 * app.route("/board", hf.board());
 * app.get("/", (c) => c.text("hello"));
 * await hf.serve(app);
 * ```
 * @throws {ConfigError} that names every wrong option and variable.
 */
// deno-lint-ignore require-await -- a mistake rejects, and callers need no change where waiting becomes necessary
export async function holdfast(options: HoldfastOptions = {}): Promise<Holdfast> {
  const config = readOptions(options);
  const boardPath = boardPathOf(options);
  using opened = new DisposableStack();
  opened.use(takeBoard({ storeUrl: config.storeUrl, boardPath }));
  const operator = operatorAccess(config);
  const logging = startLog(config, { root: options.root, boardPath });
  const parts: Parts = createParts({
    ...config,
    operators: operator.tokens,
    logging,
    ...(options.boardPath !== undefined && { boardPath }),
    ...(options.apiPath !== undefined && { apiPath: withoutSlash(options.apiPath) }),
    firstKey: async () => (await openIntake(config, parts.store)).firstKey,
  });
  return createHoldfast({ config, operator, logging, parts, options, opened: opened.move() });
}

interface Made {
  config: Config;
  operator: OperatorAccess;
  logging: Logging;
  parts: Parts;
  options: HoldfastOptions;
  opened: DisposableStack;
}

function createHoldfast({ config, operator, logging, parts, options, opened }: Made): Holdfast {
  const boards = new Set<"operator" | "auth">();
  const stop = Promise.withResolvers<undefined>();
  let serving: Promise<boolean> | undefined;
  if (options.catchUncaught) opened.use(catchUncaught(logging));
  if (options.captureConsole) opened.use(captureConsole(logging));

  const hf: Holdfast = {
    middleware: parts.middleware,
    modules: parts.modules,
    api: parts.api,
    envelopes: parts.envelopes as Holdfast["envelopes"],
    answerer: parts.answerer,
    log: logging.logger,
    store: logging.store,
    ready: logging.ready,
    capture: (thrown, captureOptions) => logging.capture(thrown, captureOptions),
    flush: ({ deadlineMs = FLUSH_DEADLINE_MS } = {}) => logging.flush({ deadlineMs }),
    board,
    serve,
    close,
    [Symbol.asyncDispose]: async () => void await close(),
  };
  return hf;

  function board(boardOptions: BoardRoutesOptions = {}): HonoApp {
    boards.add(boardOptions.auth === undefined ? "operator" : "auth");
    if (boardOptions.auth === undefined && operator.tokens.length === 0) {
      logging.ownLogger.warn(
        "The board is closed: set OPERATOR_TOKEN, or give hf.board({ auth }) a function that says who may see it",
      );
    }
    return parts.board(boardOptions);
  }

  async function serve(app: Answering, { exit = true }: ServeOptions = {}): Promise<void> {
    using _uncaught = options.catchUncaught ? undefined : catchUncaught(logging);
    let isStopped: boolean;
    try {
      isStopped = await (serving = serveUntilStopped({
        config,
        logging,
        fetch: answererOf(app, exit),
        onError: parts.onError,
        endsProcess: exit,
        stop: stop.promise,
        greet,
      }));
    } catch (error) {
      if (!exit) throw error;
      return await endWith(error as Error);
    }
    opened.dispose();
    if (exit) Deno.exit(isStopped ? 0 : 1);
  }

  /** @throws {CannotStart} */
  function answererOf(app: Answering, endsProcess: boolean): ReturnType<Parts["answerer"]> {
    try {
      return parts.answerer(app);
    } catch (error) {
      if (endsProcess) logging.spillRest();
      throw new CannotStart((error as Error).message, { cause: error });
    }
  }

  async function greet(addr: Deno.Addr): Promise<string[]> {
    const signInPath = await parts.newSignInPath();
    const hasApi = parts.serves("/home");
    const { api, board } = parts.places;
    return greeting(addr, {
      config,
      operator,
      hasApi,
      intake: hasApi ? { ...await openIntake(config, parts.store), apiPath: api } : undefined,
      // A failure with a receipt; outside development there is no `/fail`.
      firstPath: parts.serves("/fail") ? "/fail?how=string" : undefined,
      board: {
        path: board,
        openedBy: boards.has("operator") ? "operator" : boards.has("auth") ? "auth" : "nobody",
        signInPath: signInPath && board + signInPath.slice(DEFAULT_BOARD_PATH.length),
      },
    });
  }

  async function close({ deadlineMs = config.shutdownMs } = {}): Promise<Flushed> {
    stop.resolve(undefined);
    // What it finishes is still to be recorded.
    await serving?.catch(() => {});
    opened.dispose();
    return await logging.close({ deadlineMs });
  }
}

/** @throws {ConfigError} */
function readOptions(options: HoldfastOptions): Config {
  const { boardPath, apiPath, variables = environment, ...rest } = options;
  const { root: _root, catchUncaught: _catch, captureConsole: _capture, ...settings } = rest;
  const wrong = Object.entries({ boardPath, apiPath })
    .filter(([, path]) => path !== undefined && !PATH.test(path))
    .map(([name, path]) => {
      const shown = JSON.stringify(path);
      return `${name} must be a path that begins with a slash and has no parameter; it is ${shown}`;
    });
  const isTerminal = Deno.stdout.isTerminal();
  return readConfig(variables, { isTerminal, settings, wrong });
}

/** Without a slash at its end: empty at the root. */
function boardPathOf({ boardPath = DEFAULT_BOARD_PATH }: HoldfastOptions): string {
  return withoutSlash(boardPath);
}

function withoutSlash(path: string): string {
  return path.replace(/\/+$/, "");
}

/** A variable that may not be read is not set. */
const environment: Environment = {
  get(name) {
    try {
      return Deno.env.get(name);
    } catch {
      return undefined;
    }
  },
};
