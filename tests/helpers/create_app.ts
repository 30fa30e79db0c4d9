/**
 * Our own service as a function of a request: the parts put together as `main.ts` does it, for tests and benches that bring
 * modules and a log of their own.
 *
 * @module
 */
import { Hono } from "hono";
import type { Module } from "../../modules/module.ts";
import { modules as registry } from "../../modules/registry.ts";
import { createParts } from "../../routes/parts.ts";
import type { RouteOptions } from "../../routes/tools.ts";

/** What the app is built from. */
export interface AppDependencies extends RouteOptions {
  /** The modules to serve. Default: all of the registry. */
  modules?: readonly Module[];
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
export function createApp({ modules = registry, ...options }: AppDependencies): App {
  const parts = createParts({ boardPath: "/board", ...options });
  const hono = parts.envelopes(new Hono());
  hono.route("/", parts.modules(modules));
  hono.route("/", parts.deliveries());
  hono.route("/", parts.sourceMaps());
  hono.route("/", parts.agents());
  hono.route("/", parts.operations());
  hono.route("/board", parts.board());
  const fetch = parts.answerer(hono);
  return {
    fetch,
    request: (path, init) => fetch(new Request(new URL(path, "http://localhost"), init)),
    onError: parts.onError,
    newSignInPath: parts.newSignInPath,
  };
}
