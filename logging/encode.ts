/**
 * From what crossed the thread to what sinks take: redacted, capped, one line.
 *
 * @module
 */
import { type RawRecord, REPORTED } from "./batch.ts";
import { MAX_MESSAGE_CHARS, MAX_STACK_CHARS, MAX_STRING_CHARS } from "./limits.ts";
import { oneLine, oneLineJson } from "./one_line.ts";
import { type ErrorInfo, levelOf, type LogRecord, type Severity } from "./record.ts";
import { createRedactor, type Redactor } from "./redact.ts";
import type { SinkEntry } from "./sinks/sink.ts";

const MAX_NAME_CHARS = 256;

/** What an encoder must know of the process. */
export interface EncoderOptions {
  /** The process's id. */
  bootId: string;
  /** Machine and process. */
  instance: string;
  /** The release that is running. */
  release?: string;
}

/** Makes records of raw ones. */
export interface Encoder {
  /** Never throws: a record that cannot be encoded becomes one that says so. */
  encode(raw: RawRecord): SinkEntry;
}

/** Makes an encoder for one process. */
export function createEncoder(options: EncoderOptions): Encoder {
  const redactor = createRedactor();
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

function toRecord(raw: RawRecord, { redactor, bootId, instance, release }: Tools): LogRecord {
  const truncated: string[] = [];
  const record: LogRecord = {
    time: isoTime(raw.timeMs),
    level: levelOf(raw.severity),
    severity: raw.severity as Severity,
    svc_name: oneLine(redactor.text(raw.svcName, MAX_NAME_CHARS)),
    message: oneLine(redactor.text(raw.message, MAX_MESSAGE_CHARS)),
    boot_id: bootId,
    seq: raw.seq,
    instance,
  };
  if (raw.message.length > MAX_MESSAGE_CHARS) truncated.push("message");
  if (raw.requestId !== null) record.request_id = raw.requestId;
  if (raw.traceId !== null) record.trace_id = raw.traceId;
  if (raw.spanId !== null) record.span_id = raw.spanId;
  if (raw.method !== null) record.method = raw.method;
  if (raw.route !== null) record.route = raw.route;
  if (raw.path !== null) record.path = oneLine(redactor.text(raw.path, MAX_STRING_CHARS));
  if (raw.status !== null) record.status = raw.status;
  if (raw.durationMs !== null) record.duration_ms = raw.durationMs;
  if (raw.input !== null) record.input = keep("input", redactor.json(raw.input));
  else if (hasQuery(raw)) record.input = keep("input", redactor.value(queryOf(raw.path)));
  if (raw.output !== null) record.output = keep("output", redactor.json(raw.output));
  if (raw.error !== null) record.error = redactError(JSON.parse(raw.error), redactor);
  if (raw.errorId !== null) record.error_id = raw.errorId;
  const ownRelease = raw.release === null ? release : redactor.text(raw.release, MAX_NAME_CHARS);
  if (ownRelease !== undefined) record.release = ownRelease;
  if (raw.attrs !== null) {
    record.attrs = keep("attrs", redactor.json(raw.attrs)) as Record<string, unknown>;
  }
  if (truncated.length > 0) record.truncated = truncated;
  return record;

  function keep(name: string, redacted: { value: unknown; truncated: boolean }): unknown {
    if (redacted.truncated) truncated.push(name);
    return redacted.value;
  }
}

/** A time that no calendar has must not cost the record. */
function isoTime(ms: number): string {
  const date = new Date(ms);
  return (Number.isNaN(date.getTime()) ? new Date() : date).toISOString();
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

function redactError(error: ErrorInfo, redactor: Redactor): ErrorInfo {
  return {
    ...error,
    type: oneLine(redactor.text(error.type, MAX_NAME_CHARS)),
    message: redactor.text(error.message, MAX_MESSAGE_CHARS),
    ...(error.stack === undefined ? {} : { stack: redactor.text(error.stack, MAX_STACK_CHARS) }),
    ...(error.cause === undefined ? {} : { cause: redactError(error.cause, redactor) }),
  };
}

/** What is kept of a record that cannot be encoded: where and when it was, and why it is not whole. */
function unencodable(raw: RawRecord, error: Error): RawRecord {
  return {
    ...raw,
    // A time outside of what a Date can be is the one field that would fail again.
    timeMs: Number.isNaN(new Date(raw.timeMs).getTime()) ? Date.now() : raw.timeMs,
    message: `A log record could not be encoded: ${error.message}`,
    path: null,
    input: null,
    output: null,
    error: null,
    attrs: null,
  };
}
