/**
 * From what crossed the thread to what sinks take: redacted, capped, one line.
 *
 * @module
 */
import { type RawRecord, REPORTED } from "./batch.ts";
import { MAX_MESSAGE_CHARS, MAX_STACK_CHARS, MAX_STRING_CHARS } from "./limits.ts";
import { oneLine, oneLineJson } from "./one_line.ts";
import { type ErrorInfo, levelOf, type LogRecord } from "./record.ts";
import { isKeepable, isoTime, nowToKeep } from "./times.ts";
import { createRedactor, type Redactor } from "./redact.ts";
import type { SinkEntry } from "./sinks/sink.ts";

/** Characters kept of a name: a service, a type, a release. */
const MAX_NAME_CHARS = 256;

/**
 * How a field is kept: `own` as it stands, because this process made it and no stranger's text is in it; a number of characters
 * as one line of text, redacted and cut to them; `json` and `error` redacted at any depth.
 */
type Rule = "own" | number | "json" | "error";

/** A field of a record without a rule does not compile, so that none is kept unredacted by oversight. */
const RULES: { readonly [Field in Exclude<keyof LogRecord, "truncated">]-?: Rule } = {
  time: "own",
  level: "own",
  severity: "own",
  svc_name: MAX_NAME_CHARS,
  message: MAX_MESSAGE_CHARS,
  request_id: MAX_NAME_CHARS,
  trace_id: MAX_NAME_CHARS,
  span_id: MAX_NAME_CHARS,
  method: MAX_NAME_CHARS,
  route: MAX_STRING_CHARS,
  path: MAX_STRING_CHARS,
  status: "own",
  duration_ms: "own",
  input: "json",
  output: "json",
  error: "error",
  error_id: MAX_NAME_CHARS,
  boot_id: "own",
  seq: "own",
  release: MAX_NAME_CHARS,
  environment: MAX_NAME_CHARS,
  user: "json",
  tags: "json",
  reported: "own",
  instance: "own",
  attrs: "json",
};

/** The same for what was thrown. Texts keep their lines here. */
const ERROR_RULES: { readonly [Field in keyof ErrorInfo]-?: Rule } = {
  type: MAX_NAME_CHARS,
  message: MAX_MESSAGE_CHARS,
  stack: MAX_STACK_CHARS,
  code: MAX_NAME_CHARS,
  stack_reused: "own",
  cause: "error",
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
  return {
    encode(raw) {
      try {
        return encode(raw, { redactor, ...options });
      } catch (error) {
        return encode(unencodable(raw, error as Error), { redactor, ...options });
      }
    },
  };
}

interface Tools extends EncoderOptions {
  redactor: Redactor;
}

function encode(raw: RawRecord, tools: Tools): SinkEntry {
  const record = toRecord(raw, tools);
  return { record, line: oneLineJson(JSON.stringify(record)) };
}

function toRecord(raw: RawRecord, tools: Tools): LogRecord {
  const draft = draftOf(raw, tools);
  const record: Record<string, unknown> = {};
  const truncated: string[] = [];
  for (const field in draft) {
    const name = field as keyof typeof draft;
    const value = draft[name];
    if (value === null || value === undefined) continue;
    const kept = keep(value, RULES[name], tools.redactor);
    record[name] = kept.value;
    if (kept.truncated) truncated.push(name);
  }
  if (truncated.length > 0) record.truncated = truncated;
  return record as unknown as LogRecord;
}

/** The fields as they came, in the record's order. */
function draftOf(raw: RawRecord, { bootId, instance, release, environment }: Tools) {
  // Of another service nothing is known but what it says.
  const isOwn = (raw.flags & REPORTED) === 0;
  return {
    time: isoTime(isKeepable(raw.timeMs) ? raw.timeMs : nowToKeep()),
    level: levelOf(raw.severity),
    severity: raw.severity,
    svc_name: raw.svcName,
    message: raw.message,
    boot_id: bootId,
    seq: raw.seq,
    reported: isOwn ? null : true,
    instance,
    request_id: raw.requestId,
    trace_id: raw.traceId,
    span_id: raw.spanId,
    method: raw.method,
    route: raw.route,
    path: raw.path,
    status: raw.status,
    duration_ms: raw.durationMs,
    input: raw.input ?? (hasQuery(raw) ? queryOf(raw.path) : null),
    output: raw.output,
    error: raw.error === null ? null : JSON.parse(raw.error) as unknown,
    error_id: raw.errorId,
    release: raw.release ?? (isOwn ? release : null),
    environment: raw.environment ?? (isOwn ? environment : null),
    user: raw.user,
    tags: raw.tags,
    attrs: raw.attrs,
  } satisfies { [Field in keyof typeof RULES]: unknown };
}

function keep(
  value: unknown,
  rule: Rule,
  redactor: Redactor,
): { value: unknown; truncated: boolean } {
  if (rule === "own") return { value, truncated: false };
  if (rule === "error") return { value: keepError(value, redactor), truncated: false };
  if (rule === "json") {
    return typeof value === "string" ? redactor.json(value) : redactor.value(value);
  }
  const text = String(value);
  return { value: oneLine(redactor.text(text, rule)), truncated: text.length > rule };
}

/** What a request without a body was given is its query. */
function hasQuery(raw: RawRecord): raw is RawRecord & { path: string } {
  return raw.path !== null && raw.path.includes("?") && (raw.flags & REPORTED) === 0;
}

function queryOf(path: string): Record<string, string> {
  const query = path.slice(path.indexOf("?") + 1);
  // Most queries have nothing to decode: cutting them up costs a fraction.
  const pairs = query.includes("%") || query.includes("+")
    ? new URLSearchParams(query)
    : query.split("&").filter(Boolean).map((pair) => cutAt(pair, pair.indexOf("=")));
  return Object.fromEntries(pairs);
}

function cutAt(pair: string, at: number): [string, string] {
  return at < 0 ? [pair, ""] : [pair.slice(0, at), pair.slice(at + 1)];
}

/** What has no rule is left out: only what the record names is known to be redacted. */
function keepError(error: unknown, redactor: Redactor): Record<string, unknown> {
  const kept: Record<string, unknown> = {};
  for (const [name, rule] of Object.entries(ERROR_RULES)) {
    const value = (error as Record<string, unknown>)[name];
    if (value === null || value === undefined) continue;
    if (rule === "error") kept[name] = keepError(value, redactor);
    else if (typeof rule !== "number") kept[name] = value;
    else {
      const text = redactor.text(String(value), rule);
      kept[name] = name === "type" || name === "code" ? oneLine(text) : text;
    }
  }
  return kept;
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
