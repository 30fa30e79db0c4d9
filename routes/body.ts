/**
 * Reads a JSON body within its limits.
 *
 * @module
 */
import { Failure } from "../modules/failure.ts";

const JSON_TYPES = /^application\/(?:[\w.+-]+\+)?json\s*(?:;\s*charset="?utf-8"?\s*)?$/i;

/** A form of a page. */
export const FORM_TYPES: RegExp =
  /^application\/x-www-form-urlencoded\s*(?:;\s*charset="?utf-8"?\s*)?$/i;

/** How much, how long, and of what type. */
export interface BodyLimits {
  /** Bytes of a body, at most. */
  maxBytes: number;
  /** The time a body may take to arrive, in milliseconds. */
  timeoutMs: number;
  /** Media types that are read. Default: JSON. */
  types?: RegExp;
}

/**
 * The body's text; empty when there is none.
 *
 * @throws {Failure} `media_type`, `too_large`, `slow_body`, or `malformed` for what is not UTF-8.
 */
export async function readBody(request: Request, limits: BodyLimits): Promise<string> {
  const bytes = await readBodyBytes(request, limits);
  if (bytes.length === 0) return "";
  checkType(request.headers, limits.types ?? JSON_TYPES);
  return decodeBody(bytes);
}

/** The body as it came; empty when there is none. @throws {Failure} `too_large`, `slow_body` or `malformed`. */
export async function readBodyBytes(request: Request, limits: BodyLimits): Promise<Uint8Array> {
  if (request.body === null) return new Uint8Array();
  if (Number(request.headers.get("content-length")) > limits.maxBytes) throw tooLarge(limits);
  return await readBytes(request.body, limits);
}

/** The text of a body. @throws {Failure} `malformed` for what is not UTF-8. */
export function decodeBody(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new Failure("malformed", "the body is not UTF-8", { cause });
  }
}

/**
 * The value of a JSON text; an empty text is an empty object.
 *
 * @param parse Default: `JSON.parse`.
 * @throws {Failure} `malformed`.
 */
export function parseBody(text: string, parse: (text: string) => unknown = JSON.parse): unknown {
  if (text === "") return {};
  try {
    return parse(text);
  } catch (cause) {
    throw new Failure("malformed", `the body is not JSON: ${whyNot(cause as Error)}`);
  }
}

/**
 * What the engine says without its quote of the text: it begins in mid-word, so that a secret in it has lost
 * the name by which it would be masked.
 */
function whyNot({ message }: Error): string {
  return message.replace(/, (?:\.{3})?"[\s\S]*$/, "");
}

function checkType(headers: Headers, types: RegExp): void {
  const encoding = headers.get("content-encoding");
  if (encoding !== null && encoding.toLowerCase() !== "identity") {
    throw new Failure(
      "media_type",
      `the body must not be encoded, got content-encoding ${show(encoding)}`,
    );
  }
  const type = headers.get("content-type");
  if (type === null || !types.test(type)) {
    throw new Failure(
      "media_type",
      `the body must be ${types === JSON_TYPES ? "application/json" : "a form"} in UTF-8, got ${
        type === null ? "no type" : show(type)
      }`,
    );
  }
}

async function readBytes(
  body: ReadableStream<Uint8Array>,
  limits: BodyLimits,
): Promise<Uint8Array> {
  const reader = body.getReader();
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(tooSlow(limits)), limits.timeoutMs);
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for (;;) {
      const { done, value } = await Promise.race([reader.read(), late.promise]);
      if (done) break;
      size += value.length;
      if (size > limits.maxBytes) throw tooLarge(limits);
      chunks.push(value);
    }
  } catch (thrown) {
    // Nobody waits for the rest of a body that is given up.
    reader.cancel().catch(() => {});
    if (thrown instanceof Failure) throw thrown;
    throw new Failure("malformed", "the body broke off", { cause: thrown });
  } finally {
    clearTimeout(timer);
  }
  return chunks.length === 1 ? chunks[0]! : join(chunks, size);
}

function join(chunks: readonly Uint8Array[], size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

function tooLarge({ maxBytes }: BodyLimits): Failure {
  return new Failure("too_large", `the body must be at most ${maxBytes} bytes (MAX_BODY_BYTES)`);
}

function tooSlow({ timeoutMs }: BodyLimits): Failure {
  return new Failure("slow_body", `the body did not arrive within ${timeoutMs} ms`);
}

function show(header: string): string {
  return JSON.stringify(header.slice(0, 80));
}
