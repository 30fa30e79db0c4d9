/**
 * What is kept of a thrown value.
 *
 * @module
 */
import { cut, MAX_MESSAGE_CHARS, MAX_STACK_CHARS } from "./limits.ts";
import type { ErrorInfo } from "./record.ts";
import { snapshot } from "./snapshot.ts";

/** Causes kept below the error itself. */
export const MAX_CAUSES = 5;
/** Errors of an AggregateError that its message names. */
export const MAX_NAMED_ERRORS = 5;

const MAX_TYPE_CHARS = 100;
const MAX_CODE_CHARS = 100;

/** Names that say less than the name of the class that was thrown. */
const ENGINE_NAMES: ReadonlySet<string> = new Set([
  "Error",
  "AggregateError",
  "EvalError",
  "RangeError",
  "ReferenceError",
  "SyntaxError",
  "TypeError",
  "URIError",
]);

/** What may be taken over from an alike failure. */
export interface DescribeOptions {
  /** The alike failure's stack: the error's own is not read, which saves 70 to 180 µs. */
  stack?: string;
  /** The alike failure's cause: its stacks are taken over as far as type and message agree. */
  cause?: ErrorInfo;
}

/**
 * Describes any thrown value: type, message, code, stack and up to five causes. Never throws, whatever
 * was thrown (null, proxies, errors whose getters throw, errors of other realms). Not redacted yet.
 *
 * The type is the error's `name`; where that is one of the language's own, the name of its class. An
 * AggregateError's message names its first errors, and the first stands in as its cause.
 *
 * @example
 * ```ts
 * describeError("no"); // { type: "string", message: "no" }
 * ```
 */
export function describeError(thrown: unknown, options: DescribeOptions = {}): ErrorInfo {
  return describe(thrown, { ...options, seen: [] });
}

/** Where the chain of causes stands. */
interface Chain extends DescribeOptions {
  seen: unknown[];
}

function describe(thrown: unknown, chain: Chain): ErrorInfo {
  if (!isErrorLike(thrown)) {
    return { type: typeOfValue(thrown), message: messageOfValue(thrown) };
  }
  const info: ErrorInfo = { type: typeOfError(thrown), message: messageOfError(thrown) };
  if (chain.stack !== undefined) {
    info.stack = chain.stack;
    info.stack_reused = true;
  } else {
    const stack = read(thrown, "stack");
    if (typeof stack === "string" && stack) info.stack = cutStack(stack, info.message);
  }
  const code = codeOf(thrown);
  if (code) info.code = code;
  const cause = describeCause(thrown, chain);
  if (cause) info.cause = cause;
  return info;
}

function describeCause(error: object, chain: Chain): ErrorInfo | undefined {
  const seen = [...chain.seen, error];
  const cause = read(error, "cause") ?? errorsOf(error)[0];
  if (cause === undefined || cause === null) return undefined;
  if (seen.length > MAX_CAUSES || seen.includes(cause)) return undefined;
  if (chain.stack === undefined) return describe(cause, { seen });
  return describeAlikeCause(cause, { seen, ...(chain.cause ? { cause: chain.cause } : {}) });
}

// In a storm the causes' stacks are as dear as the error's own: they are not read either.
function describeAlikeCause(cause: unknown, chain: Chain): ErrorInfo {
  const bare = describe(cause, { seen: chain.seen, stack: "" });
  delete bare.stack;
  delete bare.stack_reused;
  return withStacksOf(bare, chain.cause);
}

function withStacksOf(info: ErrorInfo, alike: ErrorInfo | undefined): ErrorInfo {
  const agrees = alike?.type === info.type && alike.message === info.message;
  if (!agrees) return info;
  if (alike.stack !== undefined) Object.assign(info, { stack: alike.stack, stack_reused: true });
  if (info.cause) info.cause = withStacksOf(info.cause, alike.cause);
  return info;
}

function isErrorLike(thrown: unknown): thrown is object {
  if (typeof thrown !== "object" || thrown === null) return false;
  // A string message makes an error of it: errors of other realms, of SDKs, of JSON.
  return isError(thrown) || typeof read(thrown, "message") === "string";
}

function isError(value: object): boolean {
  try {
    return value instanceof Error;
  } catch {
    return false;
  }
}

function typeOfError(error: object): string {
  const name = read(error, "name");
  const className = classNameOf(error);
  if (typeof name !== "string" || !name) return cut(className || "Error", MAX_TYPE_CHARS);
  const classSaysMore = ENGINE_NAMES.has(name) && className && className !== "Object" &&
    !ENGINE_NAMES.has(className);
  return cut(classSaysMore ? className : name, MAX_TYPE_CHARS);
}

function classNameOf(value: object): string {
  const maker = read(value, "constructor");
  const name = typeof maker === "function" ? read(maker, "name") : "";
  return typeof name === "string" ? name : "";
}

function messageOfError(error: object): string {
  const message = read(error, "message");
  const text = typeof message === "string" ? message : textOf(message);
  const errors = errorsOf(error);
  if (errors.length === 0) return cut(text, MAX_MESSAGE_CHARS);
  const named = errors.slice(0, MAX_NAMED_ERRORS).map((one) => {
    if (!isErrorLike(one)) return messageOfValue(one);
    const own = read(one, "message");
    return `${typeOfError(one)}: ${typeof own === "string" ? own : textOf(own)}`;
  });
  const left = errors.length - named.length;
  const more = left > 0 ? `; ${left} more` : "";
  return cut(`${text || "Several errors"} (${named.join("; ")}${more})`, MAX_MESSAGE_CHARS);
}

/** An AggregateError's errors; empty for every other error. */
function errorsOf(error: object): readonly unknown[] {
  const errors = read(error, "errors");
  try {
    return Array.isArray(errors) && isError(error) ? errors.slice(0, 1000) : [];
  } catch {
    return [];
  }
}

/** `ENOENT` and the like. A DOMException's number says no more than its name. */
function codeOf(error: object): string | undefined {
  const code = read(error, "code");
  if (typeof code === "string") return cut(code, MAX_CODE_CHARS);
  if (typeof code !== "number" || classNameOf(error) === "DOMException") return undefined;
  return String(code);
}

/** The message heads the stack text: a long one must not push the frames out. */
function cutStack(stack: string, message: string): string {
  if (stack.length <= MAX_STACK_CHARS) return stack;
  const frames = stack.search(/\n\s+at /);
  if (frames < 0) return cut(stack, MAX_STACK_CHARS);
  const head = cut(stack.slice(0, frames), message.length + MAX_TYPE_CHARS);
  return cut(head + stack.slice(frames), MAX_STACK_CHARS);
}

function typeOfValue(thrown: unknown): string {
  if (thrown === null) return "null";
  if (typeof thrown !== "object") return typeof thrown;
  return cut(classNameOf(thrown) || "Object", MAX_TYPE_CHARS);
}

function messageOfValue(thrown: unknown): string {
  return cut(typeof thrown === "string" ? thrown : textOf(thrown), MAX_MESSAGE_CHARS);
}

function textOf(value: unknown): string {
  if (value === undefined) return "undefined";
  const json = snapshot(value);
  return json.startsWith('"') ? JSON.parse(json) : json;
}

/** The property, or undefined when reading it throws. */
function read(value: object, key: string): unknown {
  try {
    return Reflect.get(value, key);
  } catch {
    return undefined;
  }
}
