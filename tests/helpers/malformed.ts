import fc from "fast-check";
import { INTAKE_KEY, OPERATOR_TOKEN } from "./start_app.ts";

/** `MAX_BODY_BYTES` of the service that is asked. */
export const MAX_BODY_BYTES = 64 * 1024;

/** Deno's HTTP parser answers by itself when the request's head is longer than this, … */
export const MAX_HEAD_BYTES = 65_540;
/** … or has more lines than this. */
export const MAX_HEADER_LINES = 128;

/** One malformed request. */
export interface Malformed {
  /** What is wrong with it. */
  kind: string;
  /** As it goes over the wire, a character a byte. */
  bytes: string;
  /**
   * Who answers. `service`: always the envelope. `parser`: Deno's HTTP parser, before the service hears of it, with an empty 400.
   * `either`: depends on the random bytes. `nobody`: its frame is broken
   * or only half is sent, so the connection may end without an answer.
   */
  answeredBy: "service" | "parser" | "either" | "nobody";
}

/** Every kind comes about equally often. */
export function malformed(): fc.Arbitrary<Malformed> {
  const kinds = [...byTheBody(), ...byTheHead(), ...byTheParser()];
  return fc.oneof(
    ...kinds.map(({ kind, answeredBy, bytes }) =>
      bytes.map((bytes): Malformed => ({ kind, answeredBy, bytes }))
    ),
  );
}

type Kind = Omit<Malformed, "bytes"> & { bytes: fc.Arbitrary<string> };

const anyByte = fc.nat({ max: 255 }).map((code) => String.fromCharCode(code));
const bytes = fc.string({ unit: anyByte, maxLength: 300 });
const intake = fc.constantFrom("POST /errors", "POST /logs");
const KEY = { authorization: `Bearer ${INTAKE_KEY}` };
const JSON_BODY = { ...KEY, "content-type": "application/json" };

function byTheBody(): Kind[] {
  const broken = fc.json().chain((json) =>
    fc.nat({ max: Math.max(json.length - 1, 0) }).map((at) => json.slice(0, at) + "\\")
  );
  const surrogate = fc.constantFrom("\\ud800", "\\udfff", "\\ud83d\\ud83d", "\\u0000");
  const polluting = fc.constantFrom("__proto__", "constructor", "prototype", "hasOwnProperty");
  const post = (body: fc.Arbitrary<string>, headers: Record<string, string> = JSON_BODY) =>
    fc.tuple(intake, body).map(([line, body]) => withBody(line, { headers, body }));
  return [
    { kind: "broken JSON", answeredBy: "service", bytes: post(broken.map(utf8)) },
    { kind: "random bytes as JSON", answeredBy: "service", bytes: post(bytes) },
    { kind: "JSON that is no report", answeredBy: "service", bytes: post(fc.json().map(utf8)) },
    {
      kind: "wrong types of known keys",
      answeredBy: "service",
      bytes: post(
        fc.record({
          svc_name: fc.jsonValue(),
          level: fc.jsonValue(),
          error: fc.jsonValue(),
          time: fc.jsonValue(),
          attrs: fc.jsonValue(),
        }).map((report) => utf8(JSON.stringify(report))),
      ),
    },
    {
      kind: "prototype keys",
      answeredBy: "service",
      bytes: post(
        polluting.map((key) =>
          `{"svc_name":"s","${key}":{"${key}":{"polluted":true}},"attrs":{"${key}":1}}`
        ),
      ),
    },
    {
      kind: "lone surrogates",
      answeredBy: "service",
      bytes: post(
        surrogate.map((half) =>
          `{"svc_name":"${half}","message":"${half}","attrs":{"${half}":"${half}"},` +
          `"error":{"type":"${half}","message":"${half}","stack":"${half}"}}`
        ),
      ),
    },
    {
      kind: "deep nesting",
      answeredBy: "service",
      bytes: post(
        fc.nat({ max: 20_000 }).map((depth) =>
          `{"svc_name":"s","input_json":${"[".repeat(depth)}${"]".repeat(depth)}}`
        ),
      ),
    },
    {
      kind: "more than the limit",
      answeredBy: "service",
      bytes: post(fc.nat({ max: 50_000 }).map((more) => "[".repeat(MAX_BODY_BYTES + 1 + more))),
    },
    {
      kind: "other encodings",
      answeredBy: "service",
      bytes: fc.constantFrom("gzip", "br", "deflate", "gzip, gzip", "x").chain((encoding) =>
        post(bytes, { ...JSON_BODY, "content-encoding": encoding })
      ),
    },
    {
      kind: "other types and charsets",
      answeredBy: "service",
      bytes: fc.constantFrom(
        "text/plain",
        "application/json; charset=utf-16",
        "application/json; charset=latin1",
        "multipart/form-data",
        "application/json, application/json",
        "/",
        ";",
      ).chain((type) =>
        post(bytes.filter((body) => body !== ""), { ...KEY, "content-type": type })
      ),
    },
    {
      kind: "UTF-16 and Latin-1",
      answeredBy: "service",
      bytes: post(fc.constantFrom(
        "\xff\xfe{\0}\0",
        "\xfe\xff\0{\0}",
        '{"svc_name":"\xe9"}',
        '{"svc_name":"\xed\xa0\x80"}',
        '{"svc_name":"\xc0\x80"}',
      )),
    },
    {
      kind: "chunks",
      answeredBy: "service",
      bytes: fc.array(bytes.filter((chunk) => chunk !== ""), { maxLength: 5 }).map((chunks) =>
        head("POST /logs", { ...JSON_BODY, "transfer-encoding": "chunked" }) +
        chunks.map((chunk) => `${chunk.length.toString(16)}\r\n${chunk}\r\n`).join("") + "0\r\n\r\n"
      ),
    },
    {
      kind: "broken chunks",
      answeredBy: "nobody",
      bytes: fc.constantFrom("zz\r\nx\r\n", "5\r\nab", "-1\r\n", "ffffffffffffffffff\r\n", "\r\n")
        .map((chunks) =>
          head("POST /logs", { ...JSON_BODY, "transfer-encoding": "chunked" }) + chunks
        ),
    },
    {
      kind: "a length that is too great",
      answeredBy: "service",
      bytes: fc.integer({ min: MAX_BODY_BYTES + 1, max: 2 ** 40 }).map((length) =>
        head("POST /logs", { ...JSON_BODY, "content-length": String(length) }) + "{}"
      ),
    },
    {
      kind: "half a body",
      answeredBy: "nobody",
      bytes: fc.integer({ min: 3, max: 1000 }).map((length) =>
        head("POST /logs", { ...JSON_BODY, "content-length": String(length) }) + "{}"
      ),
    },
  ];
}

function byTheHead(): Kind[] {
  const path = fc.constantFrom(
    "/%2e%2e/%2e%2e/etc/passwd",
    "/../../etc/passwd",
    "//evil.example/",
    "///",
    "/%00",
    "/%zz",
    "/%",
    "/%ff%fe",
    "/errors/%2e%2e",
    "/errors/%2F%2F",
    "/errors/__proto__",
    "/errors/%ED%A0%80",
    "/home;a=b",
    "/home%3Fuser_type=guest",
    "/\\..\\",
    "/HOME",
    "/home#x",
    "http://evil.example/x",
  );
  const parameter = fc.constantFrom(
    "query_content=a&query_content=b",
    "user_type[]=guest",
    "__proto__=1&constructor=2",
    "query_content=%ED%A0%80&user_type=guest",
    "query_content=%00&user_type=guest",
    "query_content=%&user_type=%zz",
    "user_type=operator&query_content=%22%20OR%20(",
    "limit=1e9&limit=-1",
    "&&==&=&",
    "+",
  );
  const operator = { authorization: `Bearer ${OPERATOR_TOKEN}` };
  return [
    {
      kind: "path tricks",
      answeredBy: "service",
      bytes: path.map((path) => head(`GET ${path}`, operator)),
    },
    {
      kind: "very long paths",
      answeredBy: "service",
      bytes: fc.integer({ min: 2_000, max: 60_000 }).map((length) =>
        head(`GET /${"a/".repeat(length / 2)}`)
      ),
    },
    {
      kind: "odd parameters",
      answeredBy: "service",
      bytes: fc.tuple(fc.constantFrom("/", "/home", "/errors", "/logs"), parameter).map(
        ([path, query]) => head(`GET ${path}?${query}`, operator),
      ),
    },
    {
      kind: "odd methods",
      answeredBy: "service",
      bytes: fc.constantFrom(
        "TRACE",
        "OPTIONS",
        "PROPFIND",
        "get",
        "Post",
        "PRI",
        "M-SEARCH",
        "!#$",
      )
        .chain((method) => path.map((path) => head(`${method} ${path}`))),
    },
    {
      kind: "methods without a path",
      answeredBy: "service",
      bytes: fc.constantFrom(head("CONNECT example.com:443"), head("OPTIONS *")),
    },
    {
      kind: "odd headers",
      answeredBy: "either",
      bytes: fc.tuple(
        fc.constantFrom(
          "x-request-id",
          "accept",
          "authorization",
          "host",
          "content-type",
          "x",
          "cookie",
        ),
        bytes,
      ).map(([name, value]) => head("GET /home", { [name]: value.replace(/[\r\n]/g, " ") })),
    },
    {
      kind: "big headers",
      answeredBy: "service",
      bytes: fc.integer({ min: 10_000, max: 65_000 }).map((length) =>
        head("GET /home", { "x-request-id": "x".repeat(length) })
      ),
    },
    {
      kind: "wrong tokens",
      answeredBy: "service",
      bytes: fc.constantFrom(
        "Bearer",
        "Bearer  ",
        "Basic x",
        "bearer \xff",
        "Bearer a b",
        "Bearer ,",
      )
        .chain((authorization) =>
          fc.constantFrom("GET /errors", "POST /logs", "GET /logs", "PUT /errors/x/mute").map((
            line,
          ) => head(line, { authorization }))
        ),
    },
    {
      kind: "HTTP/1.0",
      answeredBy: "service",
      bytes: path.map((path) => `GET ${path} HTTP/1.0\r\n\r\n`),
    },
  ];
}

function byTheParser(): Kind[] {
  const line = fc.constantFrom(
    "GET / HTTP/9.9\r\nHost: x",
    "GET /a b HTTP/1.1\r\nHost: x",
    "GET",
    "GET / FTP/1.1\r\nHost: x",
    "GET relative HTTP/1.1\r\nHost: x",
    "\0\0\0\0",
    "GET / HTTP/1.1\r\nNo colon",
    "GET / HTTP/1.1\r\n: no name",
    "GET / HTTP/1.1\r\nSpace : x",
    "G\xe9T / HTTP/1.1\r\nHost: x",
    "POST /logs HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 6",
    "POST /logs HTTP/1.1\r\nContent-Length: -5",
    "POST /logs HTTP/1.1\r\nContent-Length: 99999999999999999999",
    "POST /logs HTTP/1.1\r\nTransfer-Encoding: wrong",
    "GET /?\xff HTTP/1.1\r\nHost: x",
  );
  return [
    { kind: "no HTTP at all", answeredBy: "parser", bytes: line.map((line) => `${line}\r\n\r\n`) },
    {
      kind: "heads beyond the parser's limit",
      answeredBy: "parser",
      bytes: fc.integer({ min: MAX_HEAD_BYTES, max: 100_000 }).map((length) =>
        head("GET /home", { "x-big": "x".repeat(length) })
      ),
    },
    { kind: "random bytes", answeredBy: "nobody", bytes: bytes.map((bytes) => `${bytes}\r\n\r\n`) },
    {
      kind: "half a head",
      answeredBy: "nobody",
      bytes: fc.nat({ max: 60 }).map((length) =>
        head("GET /home", { accept: "*/*" }).slice(0, length)
      ),
    },
  ];
}

function withBody(
  line: string,
  { headers, body }: { headers: Record<string, string>; body: string },
): string {
  return head(line, { ...headers, "content-length": String(body.length) }) + body;
}

/** The head of a request, on a connection that closes after it. */
export function head(line: string, headers: Record<string, string> = {}): string {
  const all = { host: "localhost", connection: "close", ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${line} HTTP/1.1\r\n${lines.join("")}\r\n`;
}

/** UTF-8 bytes, a character each. */
function utf8(text: string): string {
  return Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join("");
}
