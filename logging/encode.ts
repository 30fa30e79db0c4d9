/**
 * From what crossed the thread to what sinks take: redacted, capped, one line.
 *
 * @module
 */
import { type RawRecord, REPORTED } from "./batch.ts";
import { MAX_KEYS, MAX_MESSAGE_CHARS, MAX_STACK_CHARS, MAX_STRING_CHARS } from "../store/limits.ts";
import { oneLine, oneLineJson } from "../store/one_line.ts";
import {
  type ErrorInfo,
  type Level,
  levelOf,
  type LogRecord,
  type RecordedUser,
  type Severity,
} from "../store/record.ts";
import { isKeepable, isoTime, nowToKeep } from "../store/times.ts";
import { createRedactor, type Redactor } from "./redact/redact.ts";
import type { SinkEntry } from "./sinks/sink.ts";

/** Characters kept of a name: a service, a type, a release. */
const MAX_NAME_CHARS = 256;
/** Names that come again with every record: services, modules, methods, routes. Reporters choose theirs, so there is a bound. */
const MAX_REMEMBERED_NAMES = 1_000;

declare const SAFE: unique symbol;
/** Redacted and cut, or made by this process itself. Known to the compiler alone. */
type Safe<Value> = Value & { readonly [SAFE]: true };
/** The same with nothing in it that could carry a stranger's text unredacted: a field that was not redacted does not compile. */
type Checked<Fields> = {
  [Name in keyof Fields]: Fields[Name] extends number | boolean | Level | undefined ? Fields[Name]
    : Safe<NonNullable<Fields[Name]>>;
};

/** What an encoder must know of the process. */
export interface EncoderOptions {
  /** The process's id. */
  bootId: string;
  /** Machine and process. */
  instance: string;
  /** The release that is running. */
  release?: string;
  /** Where it is running. */
  environment?: string;
  /** More names whose values are masked. */
  redactNames?: readonly string[];
}

/** Makes records of raw ones. */
export interface Encoder {
  /** Never throws: a record that cannot be encoded becomes one that says so. */
  encode(raw: RawRecord): SinkEntry;
}

/** Makes an encoder for one process. */
export function createEncoder(options: EncoderOptions): Encoder {
  const redactor = createRedactor({ names: options.redactNames });
  const tools: Tools = { redactor, names: new Map(), ...options };
  return {
    encode(raw) {
      try {
        return encode(raw, tools);
      } catch (error) {
        return encode(unencodable(raw, error as Error), tools);
      }
    },
  };
}

interface Tools extends EncoderOptions {
  redactor: Redactor;
  /** Names that were looked at, and what is kept of them. */
  names: Map<string, string>;
}

function encode(raw: RawRecord, tools: Tools): SinkEntry {
  const record = toRecord(raw, tools);
  return { record, line: oneLineJson(JSON.stringify(record)) };
}

function toRecord(
  raw: RawRecord,
  { redactor, names, bootId, instance, release, environment }: Tools,
): LogRecord {
  const truncated: string[] = [];
  // Of another service nothing is known but what it says.
  const isOwn = (raw.flags & REPORTED) === 0;
  const record: Checked<LogRecord> = {
    time: own(isoTime(isKeepable(raw.timeMs) ? raw.timeMs : nowToKeep())),
    level: levelOf(raw.severity),
    severity: raw.severity as Severity,
    svc_name: name("svc_name", raw.svcName),
    message: line("message", raw.message, MAX_MESSAGE_CHARS),
    boot_id: own(bootId),
    seq: raw.seq,
    instance: own(instance),
  };
  if (!isOwn) record.reported = true;
  if (raw.module !== null) record.module = name("module", raw.module);
  if (raw.requestId !== null) record.request_id = line("request_id", raw.requestId);
  if (raw.traceId !== null) record.trace_id = line("trace_id", raw.traceId);
  if (raw.spanId !== null) record.span_id = line("span_id", raw.spanId);
  if (raw.method !== null) record.method = name("method", raw.method);
  if (raw.route !== null) record.route = name("route", raw.route, MAX_STRING_CHARS);
  if (raw.path !== null) record.path = line("path", raw.path, MAX_STRING_CHARS);
  if (raw.status !== null) record.status = raw.status;
  if (raw.durationMs !== null) record.duration_ms = raw.durationMs;
  if (raw.input !== null) record.input = keep("input", redactor.json(raw.input));
  else if (hasQuery(raw)) record.input = keep("input", redactQuery(raw.path, redactor));
  if (raw.output !== null) record.output = keep("output", redactor.json(raw.output));
  if (raw.error !== null) record.error = redactError(JSON.parse(raw.error), redactor);
  if (raw.errorId !== null) record.error_id = line("error_id", raw.errorId);
  if (raw.handled !== null) record.handled = raw.handled === 1;
  if (raw.release !== null) record.release = line("release", raw.release);
  else if (isOwn && release !== undefined) record.release = own(release);
  if (raw.environment !== null) record.environment = line("environment", raw.environment);
  else if (isOwn && environment !== undefined) record.environment = own(environment);
  if (raw.user !== null) record.user = keep<RecordedUser>("user", redactor.json(raw.user));
  if (raw.tags !== null) {
    record.tags = keep<Record<string, string>>("tags", redactor.json(raw.tags));
  }
  if (raw.attrs !== null) {
    record.attrs = keep<Record<string, unknown>>("attrs", redactor.json(raw.attrs));
  }
  if (truncated.length > 0) record.truncated = own(truncated);
  return record;

  function line(name: string, text: string, maxChars = MAX_NAME_CHARS): Safe<string> {
    if (text.length > maxChars) truncated.push(name);
    return oneLine(redactor.text(text, maxChars)) as Safe<string>;
  }

  /** A name is looked at once. */
  function name(field: string, text: string, maxChars = MAX_NAME_CHARS): Safe<string> {
    const known = text.length > MAX_NAME_CHARS ? undefined : names.get(text);
    if (known !== undefined) return own(known);
    const kept = line(field, text, maxChars);
    if (text.length > MAX_NAME_CHARS) return kept;
    if (names.size >= MAX_REMEMBERED_NAMES) names.clear();
    names.set(text, kept);
    return kept;
  }

  function keep<Value = unknown>(
    name: string,
    redacted: { value: unknown; truncated: boolean },
  ): Safe<Value> {
    if (redacted.truncated) truncated.push(name);
    return redacted.value as Safe<Value>;
  }
}

/** What this process made itself. */
function own<Value>(value: Value): Safe<Value> {
  return value as Safe<Value>;
}

/** What a request without a body was given is its query. */
function hasQuery(raw: RawRecord): raw is RawRecord & { path: string } {
  return raw.path !== null && raw.path.includes("?") && (raw.flags & REPORTED) === 0;
}

/** What the whole path hides nothing of needs no second look, part by part. */
function redactQuery(path: string, redactor: Redactor): { value: unknown; truncated: boolean } {
  const query = queryOf(path);
  const isPlain = path.length <= MAX_STRING_CHARS && !isEncoded(path) && redactor.isHarmless(path);
  return isPlain && Object.keys(query).length <= MAX_KEYS
    ? { value: query, truncated: false }
    : redactor.value(query);
}

function isEncoded(query: string): boolean {
  return query.includes("%") || query.includes("+");
}

function queryOf(path: string): Record<string, string> {
  const query = path.slice(path.indexOf("?") + 1);
  // Most queries have nothing to decode: cutting them up costs a fraction.
  const pairs = isEncoded(query)
    ? new URLSearchParams(query)
    : query.split("&").filter(Boolean).map((pair) => cutAt(pair, pair.indexOf("=")));
  return Object.fromEntries(pairs);
}

function cutAt(pair: string, at: number): [string, string] {
  return at < 0 ? [pair, ""] : [pair.slice(0, at), pair.slice(at + 1)];
}

/** Only the fields that are named here are kept: what else came with the error was not redacted. */
function redactError(error: ErrorInfo, redactor: Redactor): Safe<ErrorInfo> {
  const kept: Checked<ErrorInfo> = {
    type: oneLine(text(error.type, MAX_NAME_CHARS)) as Safe<string>,
    message: text(error.message, MAX_MESSAGE_CHARS),
  };
  if (error.stack !== undefined) kept.stack = text(error.stack, MAX_STACK_CHARS);
  if (error.code !== undefined) {
    kept.code = oneLine(text(error.code, MAX_NAME_CHARS)) as Safe<string>;
  }
  if (error.stack_reused !== undefined) kept.stack_reused = error.stack_reused;
  if (error.cause !== undefined) kept.cause = redactError(error.cause, redactor);
  return own(kept);

  function text(value: string, maxChars: number): Safe<string> {
    return redactor.text(String(value), maxChars) as Safe<string>;
  }
}

/** What is kept of a record that cannot be encoded: where and when it was, and why it is not whole. */
function unencodable(raw: RawRecord, error: Error): RawRecord {
  return {
    ...raw,
    message: `A log record could not be encoded: ${error.message}`,
    path: null,
    input: null,
    output: null,
    error: null,
    attrs: null,
    user: null,
    tags: null,
  };
}
