/**
 * What is kept of a thrown value.
 *
 * @module
 */
import { cut, MAX_MESSAGE_CHARS } from "../../store/limits.ts";
import type { ErrorInfo } from "../../store/record.ts";
import { snapshot } from "./snapshot.ts";
import { keepStack } from "../../store/grouping/stack_text.ts";

/** Causes kept below the error itself. */
export const MAX_CAUSES = 5;
/** Errors of an AggregateError that its message names. */
const MAX_NAMED_ERRORS = 5;
/** AggregateErrors in one another whose errors are named. */
const MAX_NAMED_DEPTH = 3;
/** SuppressedErrors in one another: one a disposal that threw. */
const MAX_DISPOSALS = 1_000;

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

/** What may be taken over from a similar failure. */
export interface DescribeOptions {
  /** Stacks are taken from it as far as the types agree, and not read: that saves 40 to 180 µs each. */
  alike?: ErrorInfo | undefined;
}

/**
 * Describes any thrown value: type, message, code, stack and up to five causes. Never throws, whatever
 * was thrown (null, proxies, errors whose getters throw, errors of other realms). Not redacted yet.
 *
 * The type is the error's `name`; where that is one of the language's own, the name of its class. An
 * AggregateError's message names its first errors, and the first stands in as its cause. Of a SuppressedError
 * (`using`, whose disposal threw while another error flew) what was thrown first is the error; what the
 * disposal threw is the last of its causes.
 *
 * @example
 * ```ts
 * describeError("no"); // { type: "string", message: "no" }
 * ```
 */
export function describeError(thrown: unknown, { alike }: DescribeOptions = {}): ErrorInfo {
  const infos: ErrorInfo[] = [];
  let lender = alike;
  for (const value of chainOf(thrown)) {
    infos.push(describe(value, lender));
    lender = lender?.cause;
  }
  return infos.reduceRight((cause, info) => ({ ...info, cause }));
}

/** What was thrown and what caused it, outermost first: each value once, and as many as are kept. */
export function chainOf(thrown: unknown): unknown[] {
  const chain: unknown[] = [];
  const later: unknown[] = [];
  for (let next = thrown; chain.length <= MAX_CAUSES;) {
    const { first, others } = unwrap(next);
    if (chain.includes(first)) break;
    chain.push(first);
    later.unshift(...others);
    const cause = causeOf(first);
    if (cause === undefined || cause === null) break;
    next = cause;
  }
  const others = later.filter((value) => !chain.includes(value));
  // A long chain of causes must not hide the other failure.
  const kept = others.length > 0 ? chain.slice(0, MAX_CAUSES) : chain;
  return [...kept, ...others].slice(0, MAX_CAUSES + 1);
}

/** What was thrown first, and what disposals threw after it, in this order. */
function unwrap(thrown: unknown): { first: unknown; others: unknown[] } {
  const all: unknown[] = [];
  let left = MAX_DISPOSALS;
  collect(thrown);
  const [first, ...others] = all;
  return { first, others: others.slice(0, MAX_CAUSES) };

  function collect(one: unknown): void {
    if (!isSuppressedError(one) || left-- <= 0) return void all.push(one);
    collect(read(one, "suppressed"));
    collect(read(one, "error"));
  }
}

/** By its name too: compilers that know no `using` bring an error of their own. */
function isSuppressedError(thrown: unknown): thrown is object {
  if (typeof thrown !== "object" || thrown === null || !isError(thrown)) return false;
  try {
    return read(thrown, "name") === "SuppressedError" && "suppressed" in thrown;
  } catch {
    return false;
  }
}

function causeOf(thrown: unknown): unknown {
  if (!isErrorLike(thrown)) return undefined;
  return read(thrown, "cause") ?? errorsOf(thrown)[0];
}

function describe(thrown: unknown, lender: ErrorInfo | undefined): ErrorInfo {
  if (!isErrorLike(thrown)) {
    return { type: typeOfValue(thrown), message: messageOfValue(thrown) };
  }
  const info: ErrorInfo = { type: typeOfError(thrown), message: messageOfError(thrown) };
  if (lender?.type === info.type && lender.stack !== undefined) {
    Object.assign(info, { stack: lender.stack, stack_reused: true });
  } else {
    const stack = read(thrown, "stack");
    const message = read(thrown, "message");
    if (typeof stack === "string" && stack) {
      info.stack = keepStack(stack, typeof message === "string" ? message : "");
    }
  }
  const code = codeOf(thrown);
  if (code) info.code = code;
  return info;
}

function isErrorLike(thrown: unknown): thrown is object {
  if (typeof thrown !== "object" || thrown === null) return false;
  // A string message makes an error of it: errors of other realms, of SDKs, of JSON.
  return isError(thrown) || typeof read(thrown, "message") === "string";
}

/** Whether it is an Error, without asking anything that could throw. */
export function isError(value: unknown): value is Error {
  try {
    // Errors of other realms (`node:vm`, frames) too.
    return Error.isError(value) || value instanceof Error;
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

function messageOfError(error: object, depth = 0): string {
  const message = read(error, "message");
  const text = typeof message === "string" ? message : textOf(message);
  const errors = depth < MAX_NAMED_DEPTH ? errorsOf(error) : [];
  if (errors.length === 0) return cut(text, MAX_MESSAGE_CHARS);
  const named = errors.slice(0, MAX_NAMED_ERRORS).map((one) => nameOf(one, depth + 1));
  const left = errors.length - named.length;
  const more = left > 0 ? `; ${left} more` : "";
  return cut(`${text || "Several errors"} (${named.join("; ")}${more})`, MAX_MESSAGE_CHARS);
}

function nameOf(thrown: unknown, depth: number): string {
  const { first, others } = unwrap(thrown);
  return [first, ...others].map((one) =>
    isErrorLike(one) ? `${typeOfError(one)}: ${messageOfError(one, depth)}` : messageOfValue(one)
  ).join(", then ");
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
