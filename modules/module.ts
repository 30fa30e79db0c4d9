/**
 * What a module is: a name, the shape of its input and one function. Routes, the index page and `openapi.json` are
 * built from these.
 *
 * @module
 */

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

/** The part of Standard Schema 1 (standardschema.dev) that we use: valibot, zod, arktype and others keep it. */
export interface Schema<Output = unknown> {
  /** The library's own side of the standard. */
  readonly "~standard": {
    /** The standard's version. */
    readonly version: 1;
    /** The library's name. */
    readonly vendor: string;
    /** Checks a value and gives it back typed. */
    readonly validate: (value: unknown) => Checked<Output> | Promise<Checked<Output>>;
  };
}

/** HTTP methods a module can answer to. A `GET` module answers `HEAD` too. */
export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

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
  /** HTTP status of an answer. Default 200. */
  readonly status?: number;
  /** True: the route does not exist outside development. */
  readonly developmentOnly?: boolean;
  /**
   * Any Standard Schema (valibot here). It is given the query for GET and DELETE, the JSON body otherwise; path
   * parameters are added to either unless the body is an array.
   */
  readonly input: Schema<Input>;
  /**
   * Does the job. Returns anything JSON can say, or a `ReadableStream` of text or bytes to be sent as it comes.
   * May throw a named failure (`ValueError`, `NotFound`, …); anything else thrown is an `InternalError`, recorded.
   */
  run(input: Input, context: Context): unknown;
}

/** What a module is given beside its input. */
export interface Context {
  /** Equals the `X-Request-Id` header. */
  readonly requestId: string;
  /** Aborted when the request has run past its time: hand it to `fetch` and to whatever waits. */
  readonly signal: AbortSignal;
  /** A logger that marks its records with this module and this request. */
  readonly log: ContextLogger;
  /** The recorded errors and logs. */
  readonly store: ContextStore;
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

/** Rows of a long list. */
export interface Rows {
  /** The rows, as the answer shows them. */
  items: unknown[];
  /** How many there are. */
  total: number;
  /** Give it back as `cursor`; null at the end. */
  next: string | null;
}

/** Filters by name; absent ones do not filter. */
export type Filters = { limit: number } & Record<string, string | number | undefined>;

/** A word for the history. */
export interface Noted {
  /** Why, for people. */
  note?: string;
}

/** How an error was mended. */
export interface Resolution extends Noted {
  /** The release that mends it. */
  release?: string;
}

/** How long an error is silent. */
export interface Muting extends Noted {
  /** Until when, milliseconds since 1970; for good where absent. */
  until?: number;
}

/** What modules may ask of the store. Ids that do not exist answer null. */
export interface ContextStore {
  /** How the store is; throws when it cannot be reached. */
  health(): Promise<{ size_bytes: number }>;
  /** The state of one occurrence. */
  receipt(errorId: string): Promise<object | null>;
  /** Errors, filtered. */
  listErrors(filters: Filters): Promise<Rows>;
  /** Log records, filtered, the newest first. */
  listLogs(filters: Filters): Promise<Rows>;
  /** One error, whole, by its own id or by an occurrence's. */
  error(id: string): Promise<{ id: string } | null>;
  /** Occurrences of one error, the newest first. */
  occurrences(id: string, page: { limit: number; cursor?: string }): Promise<Rows>;
  /** Marks as mended. */
  resolve(id: string, options: Resolution): Promise<object | null>;
  /** Opens again. */
  reopen(id: string, options: Noted): Promise<object | null>;
  /** Counts in silence. */
  mute(id: string, options: Muting): Promise<object | null>;
  /** Ends the silence. */
  unmute(id: string, options: Noted): Promise<object | null>;
}

/** A record another service reports. */
export interface Report {
  /** The reporting service's name. */
  svc_name: string;
  /** What it was given. */
  input_json?: unknown;
  /** What it answered. */
  return_json?: unknown;
  /** Level name. */
  level: "DEBUG" | "INFO" | "WARN" | "ERROR" | "CRITICAL";
  /** One sentence. */
  message?: string;
  /** What was thrown there. */
  error?: { type: string; message: string; stack?: string } | undefined;
  /** ISO 8601; now where absent. */
  time?: string;
  /** The release that was running there. */
  release?: string;
  /** Anything else. */
  attrs?: Record<string, unknown>;
}

/** Types what `run` is given from the module's schema; gives back what it is given. */
export function defineModule<Input>(module: Module<Input>): Module {
  return module as Module;
}
