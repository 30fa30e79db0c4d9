/**
 * What a module is: a name, the shape of its input and one function. Routes, the index page and `openapi.json` are
 * built from these.
 *
 * @module
 */
import type { Report } from "../store/report.ts";
import type { StoreReads, TailQuery } from "../store/store.ts";
import type { HonoContext } from "./hono.ts";

/** What is wrong with a part of a value. */
export interface Issue {
  /** The schema library's words. */
  readonly message: string;
  /** The keys that lead to the part; absent for the whole value. */
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[];
}

/** A valid value, or what is wrong with it. */
export type Checked<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly Issue[] };

/**
 * The part of Standard Schema 1 (standardschema.dev) that we use: valibot, zod, arktype and others keep it. `Output` is what a
 * valid value becomes, `Input` what a caller may write.
 */
export interface Schema<Output = unknown, Input = unknown> {
  /** The library's own side of the standard. */
  readonly "~standard": {
    /** The standard's version. */
    readonly version: 1;
    /** The library's name. */
    readonly vendor: string;
    /** Checks a value and gives it back typed. */
    readonly validate: (value: unknown) => Checked<Output> | Promise<Checked<Output>>;
    /** What the value is as JSON Schema, where the library says so (Standard JSON Schema 1): for `openapi.json`. */
    readonly jsonSchema?: {
      /** Of what a caller may write. */
      readonly input: (options: { target: "draft-2020-12" }) => JsonSchema;
      /** Of what a valid value becomes. */
      readonly output: (options: { target: "draft-2020-12" }) => JsonSchema;
    };
    /** For the compiler alone. */
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
  };
}

/** A JSON Schema. */
export type JsonSchema = Record<string, unknown>;

/** HTTP methods a module can answer to. A `GET` module answers `HEAD` too. */
export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/**
 * What a request's body is to be: JSON; a form, URL-encoded or multipart (an object of texts and `File`s, a name that comes more
 * than once as an array); its text; or its bytes (`Uint8Array`).
 */
export type BodyKind = "json" | "form" | "text" | "bytes";

/** Who may call: anyone, a service with an intake key, or the operator. */
export type Access = "public" | "intake" | "operator";

/** A part of the service: validates what it is given and returns the answer's `content`. */
export interface Module<Input = unknown> {
  /** What logs call it; begins with a slash. Also the path, unless `paths` says otherwise. */
  readonly name: string;
  /** The paths it answers at, in Hono's pattern language: `/errors/:id`. */
  readonly paths?: readonly string[];
  /** Default `GET`. */
  readonly method?: Method;
  /** One sentence for the index page and `openapi.json`. */
  readonly summary: string;
  /** Default `public`. */
  readonly access?: Access;
  /** HTTP status of an answer. Default 200. With 204 `run` returns nothing, and the answer has no body. */
  readonly status?: number;
  /** What the body is to be, for methods that have one. Default `json`. */
  readonly body?: BodyKind;
  /** True: the route does not exist outside development. */
  readonly developmentOnly?: boolean;
  /**
   * Any Standard Schema (valibot here). It is given the query for GET and DELETE, the body otherwise; path parameters are
   * added to either where it is an object.
   */
  readonly input: Schema<Input>;
  /** What `openapi.json` says of the input, where `input` itself checks less. */
  readonly described?: Schema;
  /** For `openapi.json`: statuses of failures that nothing else here tells of. */
  readonly mayFail?: readonly number[];
  /** The shape of what `run` returns, for `openapi.json` and the typed client; answers are not checked against it. */
  readonly output?: Schema;
  /** What a stream is sent as. Default `text/plain; charset=utf-8`. */
  readonly media?: string;
  /**
   * Asked before the body is read and the input is checked: throws what the caller is answered (`AuthError`, `Forbidden`, …), or
   * returns false for a plain `Forbidden`. It may wait.
   */
  guard?(context: Context): unknown;
  /**
   * Does the job. Returns anything JSON can say; a `ReadableStream` of text or bytes, sent as it comes; what `reply()` makes; a
   * `Response`, sent as it is and recorded; or nothing, where the status is 204.
   * May throw a named failure (`ValueError`, `NotFound`, …); anything else thrown is an `InternalError`, recorded.
   */
  run(input: Input, context: Context): unknown;
}

/** What a module is given beside its input. Any part of it can be taken out: `run(input, { log, signal })`. */
export interface Context {
  /** Hono's own context: cookies, variables of middleware, whatever else. What is set on it is in the answer. */
  readonly c: HonoContext;
  /** Equals the `X-Request-Id` header. */
  readonly requestId: string;
  /** Aborted when the request has run past its time: hand it to `fetch` and to whatever waits. */
  readonly signal: AbortSignal;
  /** A logger that marks its records with this module and this request. */
  readonly log: ContextLogger;
  /** The recorded errors and logs. */
  readonly store: StoreReads;
  /** A header of the request; null where there is none. */
  header(name: string): string | null;
  /** The log records as they arrive, as server-sent events. */
  watchLogs(
    query: Omit<TailQuery, "limit"> & { last?: number },
  ): Promise<ReadableStream<string>>;
  /** Whose reports a request brings: of the intake key that opened the route. */
  readonly intake: {
    /** The service that the key belongs to; undefined where reports say their own. */
    readonly service: string | undefined;
    /**
     * Takes a record of each of the services from the key's quota, all or none; throws `TooManyRequests`. Gives the names
     * they are kept by: a key has a hundred, further ones share one.
     */
    take(services: readonly string[]): string[];
  };
  /** Records what another service reports; gives the record's id. */
  report(report: Report): string;
  /** Throws `AuthError` unless the request carries the operator's token. */
  requireOperator(): Promise<void>;
}

/** The five levels. Details may be an Error, or an object of any values. */
export interface ContextLogger {
  /** For people who look for a fault. */
  debug(message: string, details?: unknown): void;
  /** What happened. */
  info(message: string, details?: unknown): void;
  /** Not right, but handled. */
  warn(message: string, details?: unknown): void;
  /** A failure: opens an error. */
  error(message: string, details?: unknown): void;
  /** A failure that needs someone now: opens an error. */
  critical(message: string, details?: unknown): void;
}

/** A module and, for the typed client, what the compiler knows of it. */
export interface Endpoint<
  Path extends string = string,
  Verb extends Method = Method,
  Input = unknown,
  Content = unknown,
> extends Module {
  /** As in {@linkcode Module}. */
  readonly name: Path;
  /** As in {@linkcode Module}. */
  readonly method?: Verb;
  /** Never there: for the compiler alone. */
  readonly types?: { verb: Verb; input: Input; content: Content };
}

/**
 * Types what `run` is given from the module's schema; gives back what it is given. What the compiler finds out of path, method
 * and schemas makes the typed client; a module declared as a plain `Module` is left out there.
 */
export function defineModule<
  const Path extends string,
  Value,
  Input = unknown,
  Content = unknown,
  const Verb extends Method = "GET",
>(
  module: Module<Value> & {
    readonly name: Path;
    readonly method?: Verb;
    readonly input: Schema<Value, Input>;
    readonly output?: Schema<Content>;
  },
): Endpoint<Path, Verb, Input, Content> {
  return module as unknown as Endpoint<Path, Verb, Input, Content>;
}
