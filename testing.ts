/**
 * For tests of modules and apps: an app with a log and a store of its own, without a port.
 *
 * @module
 */
import { Hono } from "hono";
import {
  type Answering,
  type ErrorQuery,
  type ErrorSummary,
  type Holdfast,
  holdfast,
  type HoldfastOptions,
  type HonoEnv,
  type HonoSchema,
  type LogQuery,
  type LogRecord,
  type Module,
  type TypedHonoApp,
} from "./holdfast.ts";

const OPERATOR_TOKEN = "operator-token-of-a-test";
const ORIGIN = "http://localhost";
/** The most that the store gives at once. */
const PAGE = 100;

/** Builds an app, as `main.ts` does it. */
export type AppBuilder = (hf: Holdfast) => Answering | Promise<Answering>;

/** An app under test. */
export interface TestApp extends AsyncDisposable {
  /** The library that the app uses: `hf.capture()`, `hf.store`. */
  readonly hf: Holdfast;
  /** Sends a request to the app, and returns what a client would get under `hf.serve()`. */
  request(path: string, init?: RequestInit): Promise<Response>;
  /** The same with the operator's bearer token. */
  asOperator(path: string, init?: RequestInit): Promise<Response>;
  /** The newest 100 errors that were recorded until now, in the order in which they last happened. */
  errors(query?: Partial<ErrorQuery>): Promise<ErrorSummary[]>;
  /** The newest 100 records of the log until now, in the order in which they were written. */
  logs(query?: Partial<LogQuery>): Promise<LogRecord[]>;
}

/**
 * Starts an app for a test: in memory, in development, at level DEBUG, without console, and without reading the environment.
 * Pass modules: it serves them, the API, and the board at `/board`. Pass a function: it serves the app that this builds. Pass an
 * app: it serves that app with `hf.middleware()` before it (without the app's own `notFound`, as `app.route()` does; pass a
 * function to keep it). Options win.
 *
 * @example
 * ```ts
 * import { Hono } from "hono";
 * import { testApp } from "@holdfast/holdfast/testing";
 *
 * Deno.test("an order without a card is recorded", async () => {
 *   await using app = await testApp((hf) => {
 *     const shop = new Hono();
 *     shop.use(hf.middleware());
 *     return shop.get("/orders/:id", () => {
 *       throw new Error("no card");
 *     });
 *   });
 *   const { status } = await app.request("/orders/7");
 *   const [error] = await app.errors();
 *   if (status !== 500 || error?.message !== "no card") throw new Error("not recorded");
 * });
 * ```
 * @throws {ConfigError} that names every wrong option.
 */
export async function testApp<E extends HonoEnv, S extends HonoSchema, P extends string>(
  subject: readonly Module[] | TypedHonoApp<E, S, P> | AppBuilder = [],
  options: HoldfastOptions = {},
): Promise<TestApp> {
  const hf = await holdfast({
    environment: "development",
    storeUrl: "memory:",
    operatorToken: OPERATOR_TOKEN,
    logLevel: "DEBUG",
    logConsole: "off",
    logSpill: "off",
    // What a developer has set for a service must not reach its tests, nor the people whom that service alerts.
    variables: { get: () => undefined },
    ...options,
  });
  try {
    return createTestApp(hf, {
      answer: hf.answerer(await build(subject, hf)),
      token: options.operatorToken ?? OPERATOR_TOKEN,
    });
  } catch (error) {
    await hf.close();
    throw error;
  }
}

async function build<E extends HonoEnv, S extends HonoSchema, P extends string>(
  subject: readonly Module[] | TypedHonoApp<E, S, P> | AppBuilder,
  hf: Holdfast,
): Promise<Answering> {
  if (typeof subject === "function") return await subject(hf);
  const app = new Hono();
  if (!isModules(subject)) {
    app.use(hf.middleware());
    return app.route("/", subject);
  }
  hf.envelopes(app);
  app.route("/", hf.modules(subject));
  app.route("/", hf.api());
  return app.route("/board", hf.board());
}

function isModules(subject: object): subject is readonly Module[] {
  return Array.isArray(subject);
}

function createTestApp(
  hf: Holdfast,
  { answer, token }: { answer: (request: Request) => Promise<Response>; token: string },
): TestApp {
  const request = (path: string, init?: RequestInit) =>
    answer(new Request(new URL(path, ORIGIN), init));
  return {
    hf,
    request,
    asOperator(path, init = {}) {
      const headers = new Headers(init.headers);
      headers.set("authorization", `Bearer ${token}`);
      return request(path, { ...init, headers });
    },
    async errors(query = {}) {
      await stored(hf);
      return (await hf.store.listErrors({ limit: PAGE, ...query })).items.toReversed();
    },
    async logs(query = {}) {
      await stored(hf);
      return (await hf.store.listLogs({ limit: PAGE, ...query })).items.toReversed();
    },
    [Symbol.asyncDispose]: () => hf[Symbol.asyncDispose](),
  };
}

/** Waits for all that was recorded. A test that went on without it would find nothing, and call that an answer. */
async function stored(hf: Holdfast): Promise<void> {
  // The first start of a worker may take longer than a flush waits: it is type-checked with the tests.
  await hf.ready;
  const { timedOut } = await hf.flush();
  if (timedOut) throw new Error("What was recorded is not stored within the deadline of a flush");
}
