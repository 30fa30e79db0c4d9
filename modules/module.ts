/**
 * What a module is: a name, the shape of its input and one function. Routes, the index page and `openapi.json` are
 * built from these.
 *
 * @module
 */
import type { Operator } from "../store/operator.ts";
import type { Report } from "../store/report.ts";
import type { StoreReads, TailQuery } from "../store/store.ts";
import type { HonoContext } from "./hono.ts";

export type { Operator } from "../store/operator.ts";

/** A fault in a part of a value. */
export interface Issue {
  /** The schema library's message. */
  readonly message: string;
  /** The keys that lead to the part; absent for the whole value. */
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[];
}

/** A valid value, or its faults. */
export type Checked<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly Issue[] };

/**
 * The part of Standard Schema 1 (standardschema.dev) that we use: valibot, zod, arktype and others support it. `Output` is what a
 * valid value becomes, `Input` what a caller may write.
 */
export interface Schema<Output = unknown, Input = unknown> {
  /** The library's own side of the standard. */
  readonly "~standard": {
    /** The standard's version. */
    readonly version: 1;
    /** The library's name. */
    readonly vendor: string;
    /** Checks a value and returns it typed. */
    readonly validate: (value: unknown) => Checked<Output> | Promise<Checked<Output>>;
    /** The JSON Schema, if the library provides it (Standard JSON Schema 1): for `openapi.json`. */
    readonly jsonSchema?: {
      /** Of what a caller may write. */
      readonly input: (options: { target: "draft-2020-12" }) => JsonSchema;
      /** Of what a valid value becomes. */
      readonly output: (options: { target: "draft-2020-12" }) => JsonSchema;
    };
    /** Only for the compiler. */
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
  /** Its name in logs; begins with a slash. Also the path, unless `paths` says otherwise. */
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
   * Any Standard Schema (valibot here). It gets the query for GET and DELETE, else the body. If that is an object, the path
   * parameters are added.
   */
  readonly input: Schema<Input>;
  /** The input for `openapi.json`, if `input` itself checks less. */
  readonly described?: Schema;
  /** For `openapi.json`: statuses of failures that are described nowhere else. */
  readonly mayFail?: readonly number[];
  /** The shape of what `run` returns, for `openapi.json` and the typed client; answers are not checked against it. */
  readonly output?: Schema;
  /** True: what `run` returns is not recorded, because a secret is in it. Default false. */
  readonly hidesOutput?: boolean;
  /** What a stream is sent as. Default `text/plain; charset=utf-8`. */
  readonly media?: string;
  /**
   * Called before the body is read and the input is checked. It throws a failure (`AuthError`, `Forbidden`, …), or returns false
   * for a plain `Forbidden`. It may be asynchronous.
   */
  guard?(context: Context): unknown;
  /**
   * Does the work. Returns anything JSON can say; a `ReadableStream` of text or bytes, sent as it comes; a `reply()`; a
   * `Response`, sent as it is and recorded; or nothing, if the status is 204.
   * May throw a named failure (`ValueError`, `NotFound`, …); anything else thrown is an `InternalError`, recorded.
   */
  run(input: Input, context: Context): unknown;
}

/** The second argument of `run`. It can be destructured: `run(input, { log, signal })`. */
export interface Context {
  /** Hono's own context: cookies, variables of middleware, whatever else. What is set on it is in the answer. */
  readonly c: HonoContext;
  /** Equals the `X-Request-Id` header. */
  readonly requestId: string;
  /** Aborted when the request's time is over: pass it to `fetch` and other calls that wait. */
  readonly signal: AbortSignal;
  /** A logger that marks its records with this module and this request. */
  readonly log: ContextLogger;
  /** The recorded errors and logs. */
  readonly store: StoreReads;
  /** The address people use, without the path: `PUBLIC_URL`, or scheme and host of the request. */
  readonly origin: string;
  /** A header of the request; null if there is none. */
  header(name: string): string | null;
  /** The log records as they arrive, as server-sent events. */
  watchLogs(
    query: Omit<TailQuery, "limit"> & { last?: number },
  ): Promise<ReadableStream<string>>;
  /** The intake key that opened the route. */
  readonly intake: {
    /** The service that the key belongs to; undefined if reports name their own. */
    readonly service: string | undefined;
    /**
     * Takes a record of each of the services from the key's quota, all or none; throws `TooManyRequests`. Gives the names
     * they are kept by: a key has a hundred, further ones share one.
     */
    take(services: readonly string[]): string[];
  };
  /** Records what another service reports; gives the record's id. */
  report(report: Report): string;
  /** Who asks, with an operator's token; undefined on other routes, and before {@linkcode requireOperator}. */
  readonly operator: Operator | undefined;
  /**
   * Gives who asks. Throws `AuthError` unless the request carries an operator's token, and `Forbidden` for one that may only
   * read, if the method is neither GET nor HEAD.
   */
  requireOperator(): Promise<Operator>;
}

/** The five levels. Details may be an Error, or an object of any values. */
export interface ContextLogger {
  /** Details for debugging. */
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
  /** Never set: only for the compiler. */
  readonly types?: { verb: Verb; input: Input; content: Content };
}

/**
 * Types the input of `run` from the module's schema, and returns the module. Path, method and schemas make the typed client; a
 * module declared as a plain `Module` is not in it.
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
