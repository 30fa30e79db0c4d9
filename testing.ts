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

/** A request as it was recorded. */
export interface RecordedRequest {
  /** HTTP method. */
  method: string;
  /** Path and query. */
  path: string;
  /** Those that are recorded. */
  headers?: Record<string, string>;
  /** What is sent. */
  body?: BodyInit;
}

/** What is the same of a failure when it happens again. */
export interface KnownFailure {
  /** The error's type: `TypeError`. */
  type: string;
  /** The nearest frame of the app's own code, `function (file)`; the route where there is none. */
  location?: string;
  /** The message with ids, numbers and addresses masked. */
  message?: string;
}

/** The failure is still there. */
export class Reproduced extends Error {
  /** The class's name. */
  override name = "Reproduced";
}

/** Another failure stands in the way: whether the first one is still there is not known. */
export class OtherFailure extends Error {
  /** The class's name. */
  override name = "OtherFailure";
}

/** The request was refused before it came to what failed: whether that is still there is not known. */
export class NotAllowedIn extends Error {
  /** The class's name. */
  override name = "NotAllowedIn";
}

/**
 * Sends a recorded request again, and throws while the app fails as it did then. Reproductions call it (`deno task reproduce`).
 * `REPRODUCE_AUTHORIZATION` and `REPRODUCE_COOKIE` set the headers that no record has. Without a request it looks at what the app
 * has recorded until now.
 *
 * @returns The answer, with its body read.
 * @throws {Reproduced} for the same failure: its type and its place are the same.
 * @throws {OtherFailure} for any other.
 * @throws {NotAllowedIn} for an answer of 401 or 403.
 */
export async function reproduce(
  app: TestApp,
  { request, failure }: { request?: RecordedRequest; failure: KnownFailure },
): Promise<Response | undefined> {
  const answer = request && await sendAgain(app, request);
  // A stream may break when its beginning is read already.
  const text = await answer?.text().catch(() => undefined);
  const errors = await app.errors();
  const what = request === undefined
    ? ""
    : `${request.method} ${request.path.replace(/\?.*/s, "")} is answered ${answer!.status}: `;
  for (const error of errors) {
    if (await isSame(error, failure, app)) {
      throw new Reproduced(what + titleOf(error));
    }
  }
  const receipt = answer?.headers.get("x-error-id") ?? undefined;
  const [other] = receipt === undefined ? errors : [await app.hf.store.error(receipt)];
  const hasFailed = answer === undefined || answer.status >= 500 || text === undefined;
  if (hasFailed && other) throw new OtherFailure(what + titleOf(other));
  if (hasFailed && answer !== undefined) throw new OtherFailure(`${what}nothing is recorded`);
  if (answer?.status === 401 || answer?.status === 403) {
    throw new NotAllowedIn(`${what}set REPRODUCE_AUTHORIZATION or REPRODUCE_COOKIE`);
  }
  return answer && new Response(isWithoutBody(answer) ? null : text, answer);
}

function isWithoutBody({ status }: Response): boolean {
  return status === 204 || status === 205 || status === 304;
}

function sendAgain(app: TestApp, { method, path, headers, body }: RecordedRequest) {
  const all = new Headers(headers);
  for (const name of ["authorization", "cookie"]) {
    const value = variable(`REPRODUCE_${name.toUpperCase()}`);
    if (value !== undefined && !all.has(name)) all.set(name, value);
  }
  // Joined, not resolved: two slashes at its beginning name no other host.
  return app.request(ORIGIN + path, { method, headers: all, ...(body !== undefined && { body }) });
}

/** Undefined where a test may not read it, too. */
function variable(name: string): string | undefined {
  try {
    return Deno.env.get(name);
  } catch {
    return undefined;
  }
}

async function isSame(
  error: ErrorSummary,
  { type, location, message }: KnownFailure,
  { hf }: TestApp,
): Promise<boolean> {
  if (error.type !== type) return false;
  if (location !== undefined && !isSamePlace(error.location, location)) return false;
  if (message === undefined) return true;
  const detail = await hf.store.error(error.id);
  return detail?.variants.some((variant) => variant.message === message) ?? false;
}

/** The app's folder may be another one: `total (src/orders.ts)` is `total (orders.ts)`. */
function isSamePlace(one: string, other: string): boolean {
  const [a, b] = [one, other].map((place) =>
    /^(.*) \((.*)\)$/.exec(place)?.slice(1) ?? [place, ""]
  );
  return a![0] === b![0] &&
    (`/${a![1]}`.endsWith(`/${b![1]}`) || `/${b![1]}`.endsWith(`/${a![1]}`));
}

function titleOf({ type, message, location }: ErrorSummary): string {
  return `${type}: ${message} at ${location}`;
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
