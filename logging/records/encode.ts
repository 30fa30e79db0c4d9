/**
 * From what crossed the thread to what sinks take: redacted, capped, one line.
 *
 * @module
 */
import { ABOUT_LOG, OWN, type RawRecord, type RecordParts, REPORTED } from "../queue/batch.ts";
import {
  MAX_KEYS,
  MAX_MESSAGE_CHARS,
  MAX_STACK_CHARS,
  MAX_STRING_CHARS,
} from "../../store/limits.ts";
import { eventIdIn } from "../../store/ids.ts";
import { oneLine, oneLineJson } from "../../store/one_line.ts";
import { type ErrorInfo, levelOf, type LogRecord } from "../../store/record.ts";
import { isKeepable, isoTime, nowToKeep } from "../../store/times.ts";
import { createRedactor, type Redacted, type Redactor } from "../redact/redact.ts";
import { redactFrames } from "./redact_frames.ts";
import type { SinkEntry } from "../sinks/sink.ts";
import type { RecordHead } from "../../store/store.ts";

/** Characters kept of a name: a service, a type, a release. */
const MAX_NAME_CHARS = 256;
/** Names that come again with every record: services, modules, methods, routes. Reporters choose theirs, so there is a bound. */
const MAX_REMEMBERED_NAMES = 1_000;

declare const SAFE: unique symbol;
/**
 * JSON text on one line, redacted and cut, or made by this process itself. Known to the compiler alone: a field that was not
 * redacted does not compile.
 */
type Safe = string & { readonly [SAFE]: true };

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

/** Makes lines of raw records. */
export interface Encoder {
  /** Never throws: a record that cannot be encoded becomes one that says so. */
  encode(raw: RawRecord): EncodedLine;
}

/** Makes an encoder for one process. */
export function createEncoder(options: EncoderOptions): Encoder {
  const { bootId, instance, release, environment } = options;
  const tools: Tools = {
    redactor: createRedactor({ names: options.redactNames }),
    names: new Map(),
    bootId,
    boot: own(bootId),
    instance: own(instance),
    release: release === undefined ? undefined : { text: release, json: own(release) },
    environment: environment === undefined
      ? undefined
      : { text: environment, json: own(environment) },
  };
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

/** A line, which most sinks take as it stands: what it says is read when somebody asks. */
export class EncodedLine implements SinkEntry {
  /** The record as one line of JSON. */
  readonly line: string;
  /** What the log asks of it. */
  readonly head: RecordHead;
  /** Level number. */
  readonly severity: number;
  #record: LogRecord | undefined;

  /** `line` says what the record is. */
  constructor(line: string, head: RecordHead, severity: number) {
    this.line = line;
    this.head = head;
    this.severity = severity;
  }

  /** What the line says. */
  get record(): LogRecord {
    return this.#record ??= JSON.parse(this.line) as LogRecord;
  }
}

/** What is kept of a name, as it stands and as JSON. */
interface Name {
  text: string;
  json: Safe;
}

interface Tools {
  redactor: Redactor;
  /** Names that were looked at, and what is kept of them. */
  names: Map<string, Name>;
  bootId: string;
  boot: Safe;
  instance: Safe;
  release: Name | undefined;
  environment: Name | undefined;
}

/** Written as text, field by field: a record made first and told as JSON then costs twice as much. */
function encode(raw: RawRecord, tools: Tools): EncodedLine {
  const { redactor, names } = tools;
  const { error, more = {} } = raw.parts ?? readParts(raw);
  const truncated: string[] = [...more.truncated ?? []];
  // Of another service nothing is known but what it says.
  const isReported = (raw.flags & REPORTED) !== 0;
  const timeMs = isKeepable(raw.timeMs) ? raw.timeMs : nowToKeep();
  const [time, level] = [isoTime(timeMs), levelOf(raw.severity)];
  const service = name("svc_name", raw.svcName);
  const route = raw.route === null ? undefined : name("route", raw.route, MAX_STRING_CHARS);
  let line = `{"time":"${time}","level":"${level}"`;
  add("severity", number(raw.severity));
  add("svc_name", service.json);
  add("message", text("message", raw.message, MAX_MESSAGE_CHARS));
  add("boot_id", tools.boot);
  add("seq", number(raw.seq));
  add("instance", more.instance === undefined ? tools.instance : text("instance", more.instance));
  if (isReported) add("reported", own(true));
  if (raw.flags & (OWN | ABOUT_LOG)) add("own", own(true));
  if (raw.module !== null) add("module", name("module", raw.module).json);
  if (raw.requestId !== null) add("request_id", text("request_id", raw.requestId));
  if (raw.traceId !== null) add("trace_id", text("trace_id", raw.traceId));
  if (raw.spanId !== null) add("span_id", text("span_id", raw.spanId));
  if (raw.method !== null) add("method", name("method", raw.method).json);
  if (route !== undefined) add("route", route.json);
  if (raw.path !== null) add("path", text("path", raw.path, MAX_STRING_CHARS));
  if (raw.status !== null) add("status", number(raw.status));
  if (raw.durationMs !== null) add("duration_ms", number(raw.durationMs));
  if (raw.input !== null) add("input", json("input", redactor.json(raw.input)));
  else if (hasQuery(raw)) add("input", json("input", redactQuery(raw.path, redactor)));
  if (raw.output !== null) add("output", json("output", redactor.ownJson(raw.output)));
  if (error !== undefined) add("error", own(redactError(error, redactor)));
  if (raw.errorId !== null) add("error_id", text("error_id", raw.errorId));
  if (raw.handled !== null) add("handled", own(raw.handled === 1));
  const release = raw.release === null
    ? !isReported && tools.release
    : name("release", raw.release);
  if (release) add("release", release.json);
  const environment = raw.environment === null
    ? !isReported && tools.environment
    : name("environment", raw.environment);
  if (environment) add("environment", environment.json);
  if (raw.user !== null) add("user", json("user", redactor.json(raw.user)));
  if (raw.tags !== null) add("tags", json("tags", redactor.json(raw.tags)));
  if (more.headers) add("headers", json("headers", redactor.json(JSON.stringify(more.headers))));
  if (more.breadcrumbs) add("breadcrumbs", parsed("breadcrumbs", more.breadcrumbs));
  const eventId = more.event_id === undefined ? undefined : eventIdIn(more.event_id);
  // Nothing but digits: the same event must be known when it comes again.
  if (eventId !== undefined) add("event_id", own(eventId));
  if (raw.attrs !== null) add("attrs", json("attrs", redactor.json(raw.attrs)));
  if (truncated.length > 0) add("truncated", own(truncated));
  const head: RecordHead = {
    time,
    level,
    svc_name: service.text,
    route: route?.text,
    ...(raw.status !== null && { status: raw.status }),
    ...(raw.durationMs !== null && { duration_ms: raw.durationMs }),
    ...(release && { release: release.text }),
    ...(environment && { environment: environment.text }),
    boot_id: tools.bootId,
    seq: raw.seq,
    ...(eventId !== undefined && { event_id: eventId }),
  };
  return new EncodedLine(line + "}", head, raw.severity);

  function add(name: keyof LogRecord, value: Safe): void {
    line += `,"${name}":${value}`;
  }

  function text(name: string, text: string, maxChars = MAX_NAME_CHARS): Safe {
    if (text.length > maxChars) truncated.push(name);
    return redactor.quoted(text, maxChars) as Safe;
  }

  /** A name is looked at once. */
  function name(field: string, name: string, maxChars = MAX_NAME_CHARS): Name {
    const known = name.length > MAX_NAME_CHARS ? undefined : names.get(name);
    if (known !== undefined) return known;
    const json = text(field, name, maxChars);
    const kept = { json, text: JSON.parse(json) as string };
    if (name.length > MAX_NAME_CHARS) return kept;
    if (names.size >= MAX_REMEMBERED_NAMES) names.clear();
    names.set(name, kept);
    return kept;
  }

  /** Of what is no text any more: to make one, only to parse it again, costs more than the redaction. */
  function parsed(name: string, value: unknown): Safe {
    const redacted = redactor.value(value);
    if (redacted.truncated) truncated.push(name);
    return own(redacted.value);
  }

  function json(name: string, redacted: Redacted): Safe {
    if (redacted.truncated) truncated.push(name);
    return redacted.text as Safe;
  }
}

function readParts({ error, more }: RawRecord): RecordParts {
  return {
    error: error === null ? undefined : JSON.parse(error),
    more: more === null ? undefined : JSON.parse(more),
  };
}

/** What this process made itself, or what was redacted already. */
function own(value: unknown): Safe {
  return oneLineJson(JSON.stringify(value)) as Safe;
}

function number(value: number): Safe {
  return (Number.isFinite(value) ? String(value) : "null") as Safe;
}

/** What a request without a body was given is its query. */
function hasQuery(raw: RawRecord): raw is RawRecord & { path: string } {
  return raw.path !== null && raw.path.includes("?") && (raw.flags & REPORTED) === 0;
}

/** What the whole path hides nothing of needs no second look, part by part, and is written out as it stands. */
function redactQuery(path: string, redactor: Redactor): Redacted {
  const query = path.slice(path.indexOf("?") + 1);
  // Most queries have nothing to decode: cutting them up costs a fraction.
  const isEncoded = /[%+]/.test(query);
  const pairs = isEncoded ? [...new URLSearchParams(query)] : pairsOf(query);
  const canStay = !isEncoded && pairs.length <= MAX_KEYS && path.length <= MAX_STRING_CHARS;
  if (canStay && !/["\\]/.test(query) && redactor.isHarmless(path)) {
    const fields = pairs.map(([name, value]) => `"${name}":"${value}"`);
    return { text: oneLineJson(`{${fields.join(",")}}`), truncated: false };
  }
  const { value, truncated } = redactor.value(Object.fromEntries(pairs));
  return { text: oneLineJson(JSON.stringify(value)), truncated };
}

function pairsOf(query: string): [string, string][] {
  return query.split("&").filter(Boolean).map((pair) => {
    const at = pair.indexOf("=");
    return at < 0 ? [pair, ""] : [pair.slice(0, at), pair.slice(at + 1)];
  });
}

/** Only the fields that are named here are kept: what else came with the error was not redacted. */
function redactError(error: ErrorInfo, redactor: Redactor): ErrorInfo {
  const kept: ErrorInfo = {
    type: oneLine(text(error.type, MAX_NAME_CHARS)),
    message: text(error.message, MAX_MESSAGE_CHARS),
  };
  if (error.stack !== undefined) kept.stack = text(error.stack, MAX_STACK_CHARS);
  if (error.frames !== undefined) kept.frames = redactFrames(error.frames, redactor);
  if (error.code !== undefined) kept.code = oneLine(text(error.code, MAX_NAME_CHARS));
  if (error.stack_reused !== undefined) kept.stack_reused = error.stack_reused;
  if (error.cause !== undefined) kept.cause = redactError(error.cause, redactor);
  return kept;

  function text(value: string, maxChars: number): string {
    return redactor.text(String(value), maxChars);
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
    more: null,
    parts: undefined,
  };
}
