/**
 * Every failure a client can be answered with, in one table, and the named failures a module may throw.
 *
 * @module
 */

/** One row of the table. */
export interface FailureRow {
  /** The name in the answer: `[Error] <name>: <sentence>`. */
  readonly name: string;
  /** The HTTP status. */
  readonly status: number;
  /** The log level: a client's mistake is WARN, ours is ERROR. */
  readonly level: "WARN" | "ERROR";
  /** The stable machine code; `{param}` stands for the parameter's name. */
  readonly code: string;
}

/** All failures. The names and their status are the public contract. */
export const FAILURES = {
  missing: { name: "KeyError", status: 400, level: "WARN", code: "{param}.missing" },
  wrong_type: { name: "KeyError", status: 400, level: "WARN", code: "{param}.wrong_type" },
  malformed: { name: "KeyError", status: 400, level: "WARN", code: "body.malformed" },
  unknown: { name: "ValueError", status: 422, level: "WARN", code: "{param}.unknown" },
  invalid: { name: "ValueError", status: 422, level: "WARN", code: "{param}.invalid" },
  token_missing: { name: "AuthError", status: 401, level: "WARN", code: "auth.missing" },
  token_invalid: { name: "AuthError", status: 401, level: "WARN", code: "auth.invalid" },
  route_unknown: { name: "NotFound", status: 404, level: "WARN", code: "route.unknown" },
  not_found: { name: "NotFound", status: 404, level: "WARN", code: "{param}.not_found" },
  method: { name: "MethodNotAllowed", status: 405, level: "WARN", code: "method.not_allowed" },
  slow_body: { name: "RequestTimeout", status: 408, level: "WARN", code: "body.timeout" },
  too_large: { name: "PayloadTooLarge", status: 413, level: "WARN", code: "body.too_large" },
  media_type: {
    name: "UnsupportedMediaType",
    status: 415,
    level: "WARN",
    code: "body.media_type",
  },
  too_many: { name: "TooManyRequests", status: 429, level: "WARN", code: "requests.too_many" },
  internal: { name: "InternalError", status: 500, level: "ERROR", code: "internal" },
  unavailable: { name: "Unavailable", status: 503, level: "ERROR", code: "unavailable" },
  timeout: { name: "Timeout", status: 504, level: "ERROR", code: "timeout" },
} as const satisfies Record<string, FailureRow>;

/** The name of a row of {@linkcode FAILURES}. */
export type FailureKind = keyof typeof FAILURES;

/** How a failure is told beyond its sentence. */
export interface FailureOptions {
  /** The parameter that is at fault: fills `{param}` in the row's code. */
  param?: string;
  /** A code of the caller's own in place of the row's. */
  code?: string;
  /** Headers the answer must carry, such as `Allow`. */
  headers?: Record<string, string>;
  /** What led to it; recorded, never answered. */
  cause?: unknown;
}

/** A failure with a name: thrown anywhere, answered as the table says. */
export class Failure extends Error {
  /** Which row of {@linkcode FAILURES}. */
  readonly kind: FailureKind;
  /** The stable machine code. */
  readonly code: string;
  /** Headers the answer must carry. */
  readonly headers: Readonly<Record<string, string>>;

  /** `sentence` is what the client reads: the name, the bound and the value, and no secret. */
  constructor(kind: FailureKind, sentence: string, options: FailureOptions = {}) {
    super(sentence, options.cause === undefined ? undefined : { cause: options.cause });
    this.kind = kind;
    this.name = FAILURES[kind].name;
    this.code = options.code ?? FAILURES[kind].code.replace("{param}", options.param ?? "value");
    this.headers = options.headers ?? {};
  }

  /** The row of the table. */
  get row(): FailureRow {
    return FAILURES[this.kind];
  }
}

/** A parameter is missing, or is not of its type: 400. */
export class KeyError extends Failure {
  /** For example `throw new KeyError("limit must be a number, got abc", { param: "limit" })`. */
  constructor(sentence: string, options: FailureOptions = {}) {
    super("wrong_type", sentence, options);
  }
}

/** A parameter is of its type but its value is not allowed: 422. */
export class ValueError extends Failure {
  /** For example `throw new ValueError("limit must be 1 to 100, got 500", { param: "limit" })`. */
  constructor(sentence: string, options: FailureOptions = {}) {
    super("invalid", sentence, options);
  }
}

/** What was asked for does not exist: 404. */
export class NotFound extends Failure {
  /** For example `throw new NotFound("no order has the id 7", { param: "order_id" })`. */
  constructor(sentence: string, options: FailureOptions = {}) {
    super("not_found", sentence, options);
  }
}
