/** What was thrown, from the attributes of a record or of a span's event, or out of its text. */
import type { ReportedError } from "../../store/report.ts";
import { isObject } from "../../store/is_object.ts";
import { type Attributes, takeText } from "./values.ts";

/** Where nothing says what kind of error it is. */
const NO_TYPE = "Error";
/** Names under which logging libraries have an error as a map: pino's and bunyan's `err`, and the plain word. */
const MAPS = ["err", "error", "exception"] as const;

/** Takes the exception out of the attributes (semantic conventions, "Exceptions"; pino's `err`; winston's `stack`). */
export function takeException(attributes: Attributes): ReportedError | undefined {
  const type = takeText(attributes, "exception.type");
  const message = takeText(attributes, "exception.message");
  const stack = takeText(attributes, "exception.stacktrace");
  if (type !== undefined || message !== undefined || stack !== undefined) {
    return errorOf({ type, message, stack });
  }
  for (const name of MAPS) {
    const map = attributes[name];
    if (!isMapOfError(map)) continue;
    delete attributes[name];
    return { ...map, ...errorOf(map) };
  }
  const { stack: text } = attributes;
  const found = typeof text === "string" ? errorOfText(text) : undefined;
  if (found !== undefined) delete attributes.stack;
  return found;
}

interface Parts {
  type?: string | undefined;
  message?: string | undefined;
  stack?: string | undefined;
}

function isMapOfError(value: unknown): value is Attributes & Parts {
  if (!isObject(value)) return false;
  const { type, message, stack } = value;
  const isText = (part: unknown) => part === undefined || typeof part === "string";
  return typeof message === "string" && isText(type) && isText(stack) &&
    (type !== undefined || stack !== undefined);
}

/** A class or name, as people and languages write them; not `ECONNREFUSED` and not `price.unknown`. */
const CLASS_NAME = /^[A-Z$_][\w$]*[a-z][\w$]*$/;
/** `PriceError: no price`, `TypeError [ERR_INVALID_ARG_TYPE]: The "path" …`. */
const HEAD = /^(?:Uncaught (?:\(in promise\) )?)?(?<name>[\w$.]+)(?: \[[^\]]*\])?(?:: |$)/;

/** JavaScript's SDK names an error that has a `code` by its code: what it is stands in its stack then. */
function errorOf({ type, message, stack }: Parts): ReportedError {
  const error: ReportedError = {
    type: type ?? NO_TYPE,
    message: message ?? (stack === undefined ? "" : messageOf(stack)),
  };
  if (stack !== undefined) error.stack = stack;
  if (stack !== undefined && TRACEBACK.test(stack)) return asPythonSays(error, stack);
  if (type !== undefined && CLASS_NAME.test(type)) return error;
  const name = nameOf(stack, error.message);
  if (name === undefined || name === type) return error;
  error.type = name;
  if (type !== undefined) error.code = type;
  return error;
}

/** A group of exceptions has the same words in its first line. */
const TRACEBACK = /^.*Traceback \(most recent call last\):/;

/**
 * Python's SDK gives an exception on a span with its module and as it is printed, one on a record without both: `shop.PriceError`
 * and `PriceError`, `'price'` and `price` of a KeyError. They are one: without the module, as it is printed.
 */
function asPythonSays(error: ReportedError, stack: string): ReportedError {
  const type = error.type.slice(error.type.lastIndexOf(".") + 1);
  const last = stack.trimEnd().split("\n").at(-1)!;
  const printed = last.slice(last.indexOf(": ") + 2);
  const isQuoted = /^(?:'.*'|".*")$/.test(printed) && printed.slice(1, -1) === error.message;
  return { ...error, type, message: isQuoted ? printed : error.message };
}

/** The name before the message in a stack's first line, where the stack begins with both. */
function nameOf(stack: string | undefined, message: string): string | undefined {
  const head = stack?.split("\n", 1)[0] ?? "";
  const name = HEAD.exec(head)?.groups?.name;
  const said = message.split("\n", 1)[0]!;
  return name !== undefined && head.endsWith(said) ? name : undefined;
}

function messageOf(stack: string): string {
  const head = stack.split("\n", 1)[0]!;
  const { 0: before = "" } = HEAD.exec(head) ?? [];
  return head.slice(before.length);
}

// deno-lint-ignore no-control-regex -- the escape character begins a colour
const COLOUR = /\u001b\[[\d;]*m/g;
const FRAME = /^ +at \S/;
/** The line below an excerpt of the source. */
const CARETS = /^\s*[\^~]+\s*$/;
/** `error: Uncaught (in promise) `, as Deno prints it; also `Uncaught `. */
const UNCAUGHT = /^(?:error: )?Uncaught (?:\(in (?:promise|worker "[^"]*")\) )*/;
/** `checkout failed PriceError: no price for A-17`. */
const NAMED = /(?:^|\s)(?<type>[A-Z][\w$]*(?:Error|Exception)): (?<message>[^]*)$/;

/** The text without the colours of a terminal. */
export function plainText(text: string): string {
  return text.includes("\u001b") ? text.replace(COLOUR, "") : text;
}

/** Whether it is what Deno prints of an error that ends the program. */
export function saysUncaught(text: string): boolean {
  return text.startsWith("error: Uncaught ");
}

/**
 * The error in a printed text: one with JavaScript's frames in it, or one that says that it was not caught. Undefined for any
 * other text.
 */
export function errorOfText(text: string): ReportedError | undefined {
  const lines = text.trimEnd().split("\n");
  const first = lines.findIndex((line) => FRAME.test(line));
  const isUncaught = UNCAUGHT.test(text);
  if (first < 1 && !isUncaught) return undefined;
  const head = headOf(first < 0 ? lines : lines.slice(0, first)).replace(UNCAUGHT, "");
  const { type, message } = NAMED.exec(head)?.groups ?? {};
  if (type === undefined || message === undefined) return thrownValue(head, isUncaught);
  const stack = [`${type}: ${message}`, ...framesIn(lines, first)].join("\n");
  return withPrintedCode({ type, message, stack }, text);
}

/** Behind the last one Deno opens a brace, for the error's properties. */
function framesIn(lines: readonly string[], first: number): string[] {
  if (first < 0) return [];
  const frames = lines.slice(first);
  const end = frames.findIndex((line) => !FRAME.test(line));
  return frames.slice(0, end < 0 ? undefined : end).map((line) => line.replace(/ \{$/, ""));
}

/** The first property of that name is the error's own: those of its causes stand further in. */
const PRINTED_CODE = /^ {2}code: (?:"(?<text>[^"]+)"|(?<number>\d+)),?$/m;

/** Deno prints an error's properties behind its frames. */
export function withPrintedCode(error: ReportedError, text: string): ReportedError {
  const { text: code, number = code } = PRINTED_CODE.exec(text)?.groups ?? {};
  return number === undefined || error.code !== undefined ? error : { ...error, code: number };
}

/** Without the excerpt of the source: the line and what points into it. */
function headOf(lines: readonly string[]): string {
  const carets = lines.findIndex((line, index) => index >= 2 && CARETS.test(line));
  return (carets < 0 ? lines : lines.slice(0, carets - 1)).join("\n");
}

/** `throw "no"` is printed as `Uncaught "no"`. */
function thrownValue(head: string, isUncaught: boolean): ReportedError | undefined {
  if (!isUncaught) return undefined;
  try {
    const value: unknown = JSON.parse(head);
    return { type: value === null ? "null" : typeof value, message: String(value) };
  } catch {
    return { type: NO_TYPE, message: head };
  }
}
