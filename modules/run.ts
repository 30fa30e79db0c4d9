/**
 * The first of three layers that catch: runs a module and returns, whatever happens.
 *
 * @module
 */
import { Failure } from "./failure.ts";
import type { Checked, Context, Module } from "./module.ts";
import { failureOfIssues } from "./issues.ts";

/** What came of a module: an answer, or a failure and what was thrown. */
export type Outcome =
  | { readonly content: unknown; readonly failure?: undefined }
  | { readonly failure: Failure; readonly thrown: unknown };

/** What {@linkcode runModule} needs beside the module. */
export interface RunOptions {
  /** What the request carried. */
  value: unknown;
  /** What the module is given. */
  context: Context;
  /** The time a module has, in milliseconds. */
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

/** A failure as it is; anything else becomes an `InternalError` that says nothing of its inside. */
export function toFailure(thrown: unknown): Failure {
  if (isFailure(thrown)) return thrown;
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
