/** Reads a JSON body within its limits. */
import { Failure } from "../modules/failure.ts";
import { quoted } from "../modules/issues.ts";

const JSON_TYPES = /^application\/(?:[\w.+-]+\+)?json\s*(?:;\s*charset="?utf-?8"?\s*)?$/i;

export const FORM_TYPES: RegExp =
  /^application\/x-www-form-urlencoded\s*(?:;\s*charset="?utf-?8"?\s*)?$/i;

/** Of all bodies that are being read at the same time. */
const MAX_READING_BYTES = 64 * 1024 * 1024;
/** What a read costs beside its bytes: so many that have sent nothing count too. */
const READ_BYTES = 4 * 1024;
/** What is first made room for where a body comes in parts. */
const FIRST_BUFFER_BYTES = 16 * 1024;
const RETRY_AFTER_SECONDS = "1";

/**
 * How many bytes the bodies that are being read may hold together. Only what callers have sent counts, not what they announce:
 * else a few of them could keep out all others by a promise.
 */
export class ReadingBudget {
  readonly #maxBytes: number;
  #bytes = 0;

  constructor(maxBytes: number = MAX_READING_BYTES) {
    this.#maxBytes = maxBytes;
  }

  /** Makes room for so many bytes more. @throws {Failure} `too_many` when there is none. */
  take(bytes: number): void {
    if (this.#bytes + bytes > this.#maxBytes) {
      throw new Failure("too_many", "too many bodies are being read just now", {
        code: "bodies.too_many",
        headers: { "retry-after": RETRY_AFTER_SECONDS, ...CLOSE },
      });
    }
    this.#bytes += bytes;
  }

  give(bytes: number): void {
    this.#bytes -= bytes;
  }
}

/** What is left of a body that nobody reads must not be taken for the next request. */
const CLOSE = { connection: "close" };

export interface BodyLimits {
  maxBytes: number;
  /** Where the bound comes from, for people. Default: `MAX_BODY_BYTES`. */
  boundName?: string;
  timeoutMs: number;
  /** Media types that are read. Default: JSON. */
  types?: RegExp;
  /** Shared by all reads that are bounded together. */
  budget?: ReadingBudget;
  /** Asked after each part whether what came so far is enough to go on without asking again. It throws what refuses the body. */
  admit?: (soFar: Uint8Array, isAll: boolean) => Promise<boolean>;
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
    const sentence = `the body must not be encoded, got content-encoding ${quoted(encoding)}`;
    throw new Failure("media_type", sentence);
  }
  const type = headers.get("content-type");
  if (type === null || !types.test(type)) {
    throw new Failure(
      "media_type",
      `the body must be ${types === JSON_TYPES ? "application/json" : "a form"} in UTF-8, got ${
        type === null ? "no type" : quoted(type)
      }`,
    );
  }
}

async function readBytes(
  body: ReadableStream<Uint8Array>,
  limits: BodyLimits,
): Promise<Uint8Array> {
  const { budget } = limits;
  let taken = 0;
  const take = (bytes: number) => {
    budget?.take(bytes);
    taken += bytes;
  };
  const reader = body.getReader();
  let isLate = false;
  // Ends the read that waits. Not a race against a promise, which would keep something for each part until the end.
  const timer = setTimeout(() => {
    isLate = true;
    reader.cancel().catch(() => {});
  }, limits.timeoutMs);
  const bytes = new ByteBuffer();
  let isAdmitted = limits.admit === undefined;
  try {
    take(READ_BYTES);
    for (;;) {
      const { done, value } = await reader.read();
      if (isLate) throw tooSlow(limits);
      if (done) {
        if (!isAdmitted) await limits.admit!(bytes.all(), true);
        return bytes.all();
      }
      if (bytes.size + value.length > limits.maxBytes) throw tooLarge(limits);
      take(value.length);
      bytes.append(value);
      isAdmitted ||= await limits.admit!(bytes.all(), false);
    }
  } catch (thrown) {
    // Nobody waits for the rest.
    reader.cancel().catch(() => {});
    if (thrown instanceof Failure) throw thrown;
    throw new Failure("malformed", "the body is incomplete", { cause: thrown });
  } finally {
    clearTimeout(timer);
    budget?.give(taken);
  }
}

/** Grows by doubling, so that a body in parts of a byte costs no more than its bytes. */
class ByteBuffer {
  size = 0;
  #bytes: Uint8Array = new Uint8Array();

  append(part: Uint8Array): void {
    const size = this.size + part.length;
    if (this.size === 0) this.#bytes = part;
    else if (size > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(size, this.#bytes.length * 2, FIRST_BUFFER_BYTES));
      larger.set(this.#bytes.subarray(0, this.size));
      this.#bytes = larger;
    }
    if (this.#bytes !== part) this.#bytes.set(part, this.size);
    this.size = size;
  }

  all(): Uint8Array {
    return this.#bytes.subarray(0, this.size);
  }
}

function tooLarge({ maxBytes, boundName = "MAX_BODY_BYTES" }: BodyLimits): Failure {
  const sentence = `the body must be at most ${maxBytes} bytes (${boundName})`;
  return new Failure("too_large", sentence, { headers: CLOSE });
}

function tooSlow({ timeoutMs }: BodyLimits): Failure {
  const sentence = `the body did not arrive within ${timeoutMs} ms`;
  return new Failure("slow_body", sentence, { headers: CLOSE });
}
