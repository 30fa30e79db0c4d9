/** The first of three layers that catch: runs a module and returns, whatever happens. */
import { Failure, type FailureKind, FAILURES } from "./failure.ts";
import type { Checked, Context, Module } from "./module.ts";
import { failureOfIssues } from "./issues.ts";

/** What came of a module: an answer, or a failure and what was thrown. */
export type Outcome =
  | { readonly content: unknown; readonly failure?: undefined }
  | { readonly failure: Failure; readonly thrown: unknown };

export interface RunOptions {
  value: unknown;
  context: Context;
  timeoutMs: number;
  /** Called when the time is over, with what is answered: aborts the context's signal. */
  onTimeout: (failure: Failure) => void;
}

/** Validates, runs, catches. Never throws and never rejects. */
export async function runModule(module: Module, options: RunOptions): Promise<Outcome> {
  try {
    const content = validateAndRun(module, options);
    return { content: isThenable(content) ? await inTime(content, options) : content };
  } catch (thrown) {
    return { failure: toFailure(thrown), thrown };
  }
}

/**
 * A failure as it is, and Hono's `HTTPException` with its own status, headers and words; anything else becomes an
 * `InternalError` that says nothing of its inside.
 */
export function toFailure(thrown: unknown): Failure {
  if (isFailure(thrown)) return thrown;
  if (isHttpException(thrown)) return failureOfException(thrown);
  return new Failure("internal", "something failed on our side", { cause: thrown });
}

/** Even asking what was thrown can throw: a proxy's traps are anyone's code. */
function isFailure(thrown: unknown): thrown is Failure {
  try {
    return thrown instanceof Failure;
  } catch {
    return false;
  }
}

/** The part of Hono's `HTTPException` that is read. Its message is often empty. */
interface HttpException {
  readonly status: number;
  readonly message: string;
  readonly res?: Response;
}

/** Whether this is Hono's `HTTPException`, of whichever copy of Hono: recognized as Hono itself does it. */
export function isHttpException(thrown: unknown): thrown is HttpException {
  try {
    return thrown instanceof Error && "getResponse" in thrown && "status" in thrown &&
      Number.isInteger(thrown.status);
  } catch {
    return false;
  }
}

/** Of the answer that Hono would send: ours has a body of its own. */
const BODY_HEADERS: ReadonlySet<string> = new Set(["content-type", "content-length"]);
/** The row of our table for the same status; others get the code `http.418`. */
const KINDS_BY_STATUS: Readonly<Record<number, FailureKind>> = {
  400: "malformed",
  401: "token_missing",
  403: "forbidden",
  404: "route_unknown",
  405: "method",
  413: "too_large",
  415: "media_type",
  429: "too_many",
};

/** Hono's own middleware throws one, often without a message. */
function failureOfException(exception: HttpException): Failure {
  const { status, message, res } = exception;
  const kind = KINDS_BY_STATUS[status];
  const known = Object.values(FAILURES).find((row) => row.status === status);
  const row = kind ? FAILURES[kind] : {
    name: known?.name ?? "HttpError",
    status,
    level: status >= 500 ? "ERROR" : "WARN",
    code: `http.${status}`,
  } as const;
  const headers = [...res?.headers ?? []].filter(([name]) => !BODY_HEADERS.has(name));
  return new Failure(row, message || `the request was refused (${status})`, {
    cause: exception,
    headers: Object.fromEntries(headers),
  });
}

/** Query builders and the like are no Promises, but are awaited all the same. */
function isThenable(content: unknown): content is PromiseLike<unknown> {
  return typeof content === "object" && content !== null && "then" in content &&
    typeof content.then === "function";
}

function validateAndRun(module: Module, { value, context }: RunOptions): unknown {
  const checked = module.input["~standard"].validate(value);
  if (checked instanceof Promise) return checked.then((result) => run(module, result));
  return run(module, checked);

  function run(module: Module, result: Checked<unknown>): unknown {
    if (result.issues) throw failureOfIssues(result.issues, value);
    return module.run(result.value, context);
  }
}

function inTime<T>(work: PromiseLike<T>, { timeoutMs, onTimeout }: RunOptions): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      const failure = tookTooLong(timeoutMs);
      reject(failure);
      onTimeout(failure);
    }, timeoutMs);
    Promise.resolve(work).then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/** Its stack would show this timer, not where the time went, and make one error of all slow modules. */
function tookTooLong(timeoutMs: number): Failure {
  return Object.assign(new Failure("timeout", `no answer within ${timeoutMs} ms`), { stack: "" });
}
