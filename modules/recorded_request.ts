/** The request of a record, as far as it can be sent again. */
import type { LogRecord } from "../store/record.ts";
import { CUT_MARK, REDACTED } from "../store/limits.ts";

/** What is sent. */
export interface RecordedRequest {
  method: string;
  /** With its query. */
  path: string;
  headers: [name: string, value: string][];
  body?: RecordedBody;
  /** What is not as it was, in sentences. */
  notes: string[];
}

/** A body, as it is made again. */
export type RecordedBody =
  | { kind: "json"; value: unknown }
  | { kind: "text"; text: string }
  | { kind: "query"; fields: [name: string, value: string][] }
  | { kind: "multipart"; fields: [name: string, value: string | RecordedFile][] };

/** Of a file, what is kept. */
export interface RecordedFile {
  file: string;
  type: string;
  size: number;
}

/** Why there is no request: there was none, or it is not whole. */
export interface NoRequest {
  why: string;
  /** True if it was one, of which too little is kept. */
  wasRequest: boolean;
}

/** The methods that `Request` takes. */
const METHOD = /^(?!(?:CONNECT|TRACE|TRACK)$)[A-Z][A-Z-]{0,29}$/;
/** RFC 9110, 5.5, as `Headers` takes it. */
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
/** Set by whoever sends: they belong to the connection, or to the body as it is made again. */
const SENT_BY_ITSELF: ReadonlySet<string> = new Set(["content-length", "content-encoding"]);
const WITHOUT_BODY = /^(?:GET|HEAD)$/;
const JSON_TYPE = /^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i;
const QUERY_TYPE = /^application\/x-www-form-urlencoded\s*(?:;|$)/i;
const MULTIPART_TYPE = /^multipart\/form-data\s*(?:;|$)/i;
/** What is recorded of a body that was read as bytes. */
const SIZE_ONLY = /^(\d{1,15}) bytes$/;
/** The content of a file is not kept: zeros of its size stand for it. */
const MAX_FILE_BYTES = 16 * 1024 * 1024;
const encoder = new TextEncoder();

/** Reads it. */
export function recordedRequest(record: LogRecord): RecordedRequest | NoRequest {
  const { method, path, truncated = [] } = record;
  if (path === undefined) return none("it did not happen in a request that is recorded");
  if (method === undefined) return none("the method of its request was not reported");
  if (!METHOD.test(method)) return none("the method of its request cannot be sent again");
  if (!path.startsWith("/")) return none("the path of its request cannot be sent again");
  if (truncated.includes("path") || path.endsWith(CUT_MARK)) return lost("the path was cut");
  const notes: string[] = [];
  const headers = headersOf(record, notes);
  const body = bodyOf(record, notes);
  if (body !== undefined && "why" in body) return body;
  // The boundary is another one.
  const sent = body?.kind === "multipart"
    ? headers.filter(([name]) => name !== "content-type")
    : headers;
  return { method, path, headers: sent, ...(body && { body }), notes };
}

function none(why: string): NoRequest {
  return { why, wasRequest: false };
}

function lost(why: string): NoRequest {
  return { why, wasRequest: true };
}

function headersOf({ headers = {}, truncated }: LogRecord, notes: string[]): [string, string][] {
  if (truncated?.includes("headers")) notes.push("Some headers were cut.");
  return Object.entries(headers).filter(([name, value]) => {
    if (typeof value !== "string") return false;
    if (SENT_BY_ITSELF.has(name) || !/^[a-z-]{1,40}$/.test(name)) return false;
    const isWhole = !value.endsWith(CUT_MARK) && HEADER_VALUE.test(value);
    if (!isWhole) notes.push(`The header ${name} was cut, or cannot be sent: it is left out.`);
    return isWhole;
  });
}

function bodyOf(record: LogRecord, notes: string[]): RecordedBody | NoRequest | undefined {
  const { method, headers = {}, input } = record;
  const told = Number(headers["content-length"] ?? NaN);
  if (WITHOUT_BODY.test(method!) || told === 0) return undefined;
  if (input === undefined || isQuery(record, told)) {
    const hadOne = told > 0 || (Number.isNaN(told) && headers["content-type"] !== undefined);
    return hadOne ? lost("the body was not recorded") : undefined;
  }
  if (record.truncated?.includes("input")) return lost("the body was cut");
  const encoding = headers["content-encoding"];
  if (encoding !== undefined && encoding !== "identity") {
    // Of its own the service keeps what the handler read: the packed bytes.
    if (!record.reported) return lost("the body was compressed, and is not recorded");
    notes.push("The body was compressed, and is sent as it was unpacked.");
  }
  const type = headers["content-type"] ?? "";
  if (typeof input === "string") return textBody(input, { type, told, record });
  if (isSizeOnly(input, { type, told })) return lost("of the body only its size was recorded");
  const fields = QUERY_TYPE.test(type) || MULTIPART_TYPE.test(type) ? fieldsOf(input) : undefined;
  if (fields === undefined) return { kind: "json", value: input };
  const files = fields.map(([, value]) => value).filter((value) => typeof value !== "string");
  if (files.some(({ size }) => size > MAX_FILE_BYTES)) {
    return lost("the content of its files is not recorded");
  }
  if (files.length > 0) {
    notes.push("What was in the files is not recorded: zeros of their size are sent.");
  }
  return QUERY_TYPE.test(type) && files.length === 0
    ? { kind: "query", fields: fields as [string, string][] }
    : { kind: "multipart", fields };
}

/** Where no body was read, the query is what a record has as input. */
function isQuery({ path, input, method }: LogRecord, told: number): boolean {
  if (told > 0 || !path!.includes("?") || typeof input !== "object" || input === null) return false;
  if (method === "DELETE") return true;
  const names = [...new URLSearchParams(path!.slice(path!.indexOf("?")))].map(([name]) => name);
  return Object.keys(input).every((name) => names.includes(name));
}

/** A text is the body as it came, or what its JSON says: its length decides, and where that is not told its type. */
function textBody(
  text: string,
  { type, told, record }: { type: string; told: number; record: LogRecord },
): RecordedBody | NoRequest | undefined {
  if (text === "" && Number.isNaN(told)) return undefined;
  const bytes = encoder.encode(text).length;
  const size = SIZE_ONLY.exec(text)?.[1];
  if (size !== undefined && told !== bytes && (Number.isNaN(told) || told === Number(size))) {
    return lost("of the body only its size was recorded");
  }
  const isWhole = Number.isNaN(told) || text.includes(REDACTED);
  if (text.includes("\ufffd") && !isWhole && told !== bytes) {
    return lost("the body was not a text, and is not recorded");
  }
  const asJson = encoder.encode(JSON.stringify(text)).length;
  if (!isWhole && told === bytes) return { kind: "text", text };
  if (!isWhole && told === asJson) return { kind: "json", value: text };
  const isJson = JSON_TYPE.test(type) &&
    (isValidJson(text) || record.error?.type !== "SyntaxError");
  return isJson ? { kind: "json", value: text } : { kind: "text", text };
}

function isValidJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Of bytes `{type, size}` is kept. */
function isSizeOnly(input: unknown, { type, told }: { type: string; told: number }): boolean {
  if (typeof input !== "object" || input === null || JSON_TYPE.test(type)) return false;
  const { size, type: named } = input as Record<string, unknown>;
  return Object.keys(input).length === 2 && typeof named === "string" && typeof size === "number" &&
    (Number.isNaN(told) || told === size);
}

/** The fields of a form, one after the other; undefined for what is none. */
function fieldsOf(input: unknown): [string, string | RecordedFile][] | undefined {
  if (typeof input !== "object" || input === null || Array.isArray(input)) return undefined;
  const fields = Object.entries(input).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).map((one): [string, unknown] => [name, one])
  );
  const isForm = fields.every(([, value]) => typeof value === "string" || isFile(value));
  return isForm ? fields as [string, string | RecordedFile][] : undefined;
}

function isFile(value: unknown): value is RecordedFile {
  if (typeof value !== "object" || value === null) return false;
  const { file, type, size } = value as Record<string, unknown>;
  return typeof file === "string" && typeof type === "string" && Number.isInteger(size) &&
    (size as number) >= 0;
}
