/**
 * What a module is given beside its input.
 *
 * @module
 */
import {
  BadCursor,
  BadMerge,
  BadSplit,
  type Logger,
  type Logging,
  StoreBusy,
  TooManyTails,
  type WatchQuery,
} from "../logging/mod.ts";
import { Failure, ValueError } from "../modules/failure.ts";
import type { Context, ContextStore, Module, Report } from "../modules/module.ts";
import type { Exchange } from "./exchange.ts";

/** What contexts need of the app. */
export interface ContextTools {
  /** Where records go. */
  logging: Logging;
  /** From {@linkcode contextStore}. */
  store: ContextStore;
  /** Throws unless the request carries the operator's token. */
  requireOperator: (request: Request) => Promise<void>;
}

/** Made for every request; what costs something is made on first use. */
export class RequestContext implements Context {
  readonly #module: Module;
  readonly #exchange: Exchange;
  readonly #tools: ContextTools;
  #aborter: AbortController | undefined;
  #log: Logger | undefined;

  /** For one module and one request. */
  constructor(module: Module, exchange: Exchange, tools: ContextTools) {
    this.#module = module;
    this.#exchange = exchange;
    this.#tools = tools;
  }

  /** Equals the `X-Request-Id` header. */
  get requestId(): string {
    return this.#exchange.requestId;
  }

  /** Aborted when the time is over. */
  get signal(): AbortSignal {
    return (this.#aborter ??= new AbortController()).signal;
  }

  /** Marks its records with this module and this request. */
  get log(): Logger {
    return this.#log ??= this.#tools.logging.logger.child({
      svcName: this.#module.name,
      requestId: this.requestId,
      route: this.#exchange.route,
    });
  }

  /** The recorded errors and logs. */
  get store(): ContextStore {
    return this.#tools.store;
  }

  /** A header of the request; null where there is none. */
  header(name: string): string | null {
    return this.#exchange.request.headers.get(name);
  }

  /** The log records as they arrive, as server-sent events. */
  watchLogs(query: WatchQuery): Promise<ReadableStream<string>> {
    return this.#tools.logging.tails.open(query).catch(rename);
  }

  /** Records what another service reports; gives the record's id. */
  report(report: Report): string {
    return this.#tools.logging.report({
      level: report.level,
      svcName: report.svc_name,
      message: report.message ??
        (report.error ? report.error.message : `report of ${report.svc_name}`),
      input: report.input_json,
      output: report.return_json,
      error: report.error,
      timeMs: report.time === undefined ? undefined : Date.parse(report.time),
      release: report.release,
      attrs: report.attrs,
    });
  }

  /** Throws `AuthError` unless the request carries the operator's token. */
  requireOperator(): Promise<void> {
    return this.#tools.requireOperator(this.#exchange.request);
  }

  /** The time is over: whoever listens to `signal` may stop. */
  abort(reason: Error): void {
    (this.#aborter ??= new AbortController()).abort(reason);
  }
}

/** The store with its own errors turned into named failures. */
export function contextStore(logging: Logging): ContextStore {
  const methods = Object.entries(logging.store).map(([name, ask]) => [
    name,
    (...args: unknown[]) =>
      (ask as (...args: unknown[]) => Promise<unknown>)(...args).catch(rename),
  ]);
  return Object.fromEntries(methods) as ContextStore;
}

function rename(error: unknown): never {
  if (error instanceof StoreBusy) {
    throw new Failure("unavailable", "the store does not answer just now", {
      code: "store.unavailable",
      cause: error,
    });
  }
  if (error instanceof BadCursor) {
    throw new ValueError(error.message, { param: "cursor", cause: error });
  }
  if (error instanceof BadMerge) {
    throw new ValueError(error.message, { param: "into", cause: error });
  }
  if (error instanceof BadSplit) {
    throw new ValueError(error.message, { param: "variant", cause: error });
  }
  if (error instanceof TooManyTails) throw new Failure("too_many", error.message, { cause: error });
  throw error;
}
