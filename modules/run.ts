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
    return { content: await (content instanceof Promise ? inTime(content, options) : content) };
  } catch (thrown) {
    return { failure: toFailure(thrown), thrown };
  }
}

/** A failure as it is; anything else becomes an `InternalError` that says nothing of its inside. */
export function toFailure(thrown: unknown): Failure {
  if (thrown instanceof Failure) return thrown;
  return new Failure("internal", "something failed on our side", { cause: thrown });
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

function inTime<T>(work: Promise<T>, { timeoutMs, onTimeout }: RunOptions): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      const failure = tookTooLong(timeoutMs);
      reject(failure);
      onTimeout(failure);
    }, timeoutMs);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/** Its stack would show this timer, not where the time went, and make one error of all slow modules. */
function tookTooLong(timeoutMs: number): Failure {
  return Object.assign(new Failure("timeout", `no answer within ${timeoutMs} ms`), { stack: "" });
}
