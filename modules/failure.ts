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
  unknown_parameter: {
    name: "KeyError",
    status: 400,
    level: "WARN",
    code: "{param}.unknown_parameter",
  },
  many_parameters: { name: "KeyError", status: 400, level: "WARN", code: "query.too_many" },
  bad_host: { name: "KeyError", status: 400, level: "WARN", code: "host.invalid" },
  malformed: { name: "KeyError", status: 400, level: "WARN", code: "body.malformed" },
  unknown: { name: "ValueError", status: 422, level: "WARN", code: "{param}.unknown" },
  invalid: { name: "ValueError", status: 422, level: "WARN", code: "{param}.invalid" },
  token_missing: { name: "AuthError", status: 401, level: "WARN", code: "auth.missing" },
  token_invalid: { name: "AuthError", status: 401, level: "WARN", code: "auth.invalid" },
  route_unknown: { name: "NotFound", status: 404, level: "WARN", code: "route.unknown" },
  not_found: { name: "NotFound", status: 404, level: "WARN", code: "{param}.not_found" },
  forbidden: { name: "Forbidden", status: 403, level: "WARN", code: "forbidden" },
  conflict: { name: "Conflict", status: 409, level: "WARN", code: "{param}.conflict" },
  gone: { name: "Gone", status: 410, level: "WARN", code: "{param}.gone" },
  precondition: {
    name: "PreconditionFailed",
    status: 412,
    level: "WARN",
    code: "precondition.failed",
  },
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
  bad_gateway: { name: "BadGateway", status: 502, level: "ERROR", code: "bad_gateway" },
  unavailable: { name: "Unavailable", status: 503, level: "ERROR", code: "unavailable" },
  timeout: { name: "Timeout", status: 504, level: "ERROR", code: "timeout" },
} as const satisfies Record<string, FailureRow>;

/** The name of a row of {@linkcode FAILURES}. */
export type FailureKind = keyof typeof FAILURES;

/** One fault of an input. */
export interface Fault {
  /** The parameter, with dots for nested ones: `error.type`; `body` for the whole body. */
  readonly path: string;
  /** The stable machine code: `error.type.missing`. */
  readonly code: string;
  /** One sentence. */
  readonly message: string;
}

/** Failures of these names say that the input is wrong. */
const ABOUT_INPUT: readonly string[] = [FAILURES.missing.name, FAILURES.invalid.name];

/** More about a failure than its sentence. */
export interface FailureOptions {
  /** The wrong parameter: fills `{param}` in the row's code. */
  param?: string;
  /** A code of the caller's own in place of the row's. */
  code?: string;
  /** Headers the answer must carry, such as `Allow`. */
  headers?: Record<string, string>;
  /** All faults of the input. Default, for a `KeyError` and a `ValueError`: the one of the sentence. */
  faults?: readonly Fault[];
  /** What led to it; recorded, never answered. */
  cause?: unknown;
}

/** A failure with a name: thrown anywhere, answered as its row says. */
export class Failure extends Error {
  /** Name, status and level. */
  readonly row: FailureRow;
  /** The stable machine code. */
  readonly code: string;
  /** Headers the answer must carry. */
  readonly headers: Readonly<Record<string, string>>;
  /** All faults of the input; empty if the input is not wrong. */
  readonly faults: readonly Fault[];

  /**
   * `kind` is a row of {@linkcode FAILURES} by its name, or a row of one's own. `sentence` is what the client reads: the name,
   * the bound and the value, and no secret.
   */
  constructor(kind: FailureKind | FailureRow, sentence: string, options: FailureOptions = {}) {
    super(sentence, options.cause === undefined ? undefined : { cause: options.cause });
    this.row = typeof kind === "string" ? FAILURES[kind] : kind;
    this.name = this.row.name;
    this.code = options.code ??
      // As a function: a `$&` in a name is no pattern.
      this.row.code.replace("{param}", () => options.param ?? "value");
    this.headers = options.headers ?? {};
    const { param = this.code.replace(/\.[^.]*$/, "") } = options;
    this.faults = options.faults ??
      (ABOUT_INPUT.includes(this.name)
        ? [{ path: param, code: this.code, message: sentence }]
        : []);
  }
}

/** The class of one failure. */
export type FailureClass = new (sentence: string, options?: FailureOptions) => Failure;

/** A failure of a service's own. */
export interface FailureDefinition {
  /** The name in the answer, such as `OutOfStock`. */
  name: string;
  /** 400 to 599. From 500 on it is recorded as an error. */
  status: number;
  /** The stable machine code, such as `item.out_of_stock`; `{param}` stands for the parameter's name. */
  code: string;
}

/**
 * Makes a failure of a service's own: a class to throw, answered and logged like those of the table.
 *
 * @example
 * ```ts
 * const OutOfStock = defineFailure({ name: "OutOfStock", status: 409, code: "item.out_of_stock" });
 * throw new OutOfStock("no tea is left");
 * ```
 * @throws {TypeError} for a name that is no identifier, a status that is not of a failure, an empty code.
 */
export function defineFailure({ name, status, code }: FailureDefinition): FailureClass {
  if (!/^[A-Za-z_]\w{0,63}$/.test(name)) {
    throw new TypeError(
      `A failure's name must be 1 to 64 letters, digits and _, and begin with a letter; got ${
        JSON.stringify(name)
      }`,
    );
  }
  if (!Number.isInteger(status) || status < 400 || status > 599) {
    throw new TypeError(`The status of ${name} must be 400 to 599, got ${status}`);
  }
  if (code === "") throw new TypeError(`The code of ${name} must not be empty`);
  return failureClass({ name, status, code, level: status >= 500 ? "ERROR" : "WARN" });
}

function failureClass(row: FailureRow): FailureClass {
  const named = {
    [row.name]: class extends Failure {
      constructor(sentence: string, options: FailureOptions = {}) {
        super(row, sentence, options);
      }
    },
  };
  return named[row.name]!;
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

/** It does not exist: 404. */
export class NotFound extends Failure {
  /** For example `throw new NotFound("no order has the id 7", { param: "order_id" })`. */
  constructor(sentence: string, options: FailureOptions = {}) {
    super("not_found", sentence, options);
  }
}

/** The caller is not known: 401. For example `throw new AuthError("the session has ended")`. */
export const AuthError: FailureClass = failureClass(FAILURES.token_invalid);

/** The caller is known and not allowed: 403. For example `throw new Forbidden("only the owner may delete an order")`. */
export const Forbidden: FailureClass = failureClass(FAILURES.forbidden);

/** It contradicts something that exists: 409. For example `throw new Conflict("order 7 is already paid", { param: "order_id" })`. */
export const Conflict: FailureClass = failureClass(FAILURES.conflict);

/** It existed and will not come back: 410. For example `throw new Gone("order 7 was deleted", { param: "order_id" })`. */
export const Gone: FailureClass = failureClass(FAILURES.gone);

/** A condition of the request does not hold: 412. For example `throw new PreconditionFailed("the order has changed since you read it")`. */
export const PreconditionFailed: FailureClass = failureClass(FAILURES.precondition);

/** Too often: 429. For example `throw new TooManyRequests("10 orders a minute", { headers: { "retry-after": "60" } })`. */
export const TooManyRequests: FailureClass = failureClass(FAILURES.too_many);

/** Another service gave a bad answer or none: 502, recorded. For example `throw new BadGateway("the bank answered 500", { cause })`. */
export const BadGateway: FailureClass = failureClass(FAILURES.bad_gateway);

/** Something that the answer needs cannot be reached: 503, recorded. For example `throw new Unavailable("the bank cannot be reached", { cause })`. */
export const Unavailable: FailureClass = failureClass(FAILURES.unavailable);

/** Something that the answer needs took too long: 504, recorded. For example `throw new Timeout("the bank did not answer within 2 s")`. */
export const Timeout: FailureClass = failureClass(FAILURES.timeout);
