import { Buffer } from "node:buffer";
import {
  brotliDecompressSync,
  gunzipSync,
  inflateRawSync,
  inflateSync,
  zstdDecompressSync,
} from "node:zlib";
import { Undecodable } from "./intake.ts";
import { readZstdFrames, ZSTD_MAGIC } from "./zstd_frames.ts";

/** Nobody sends more in a row than one, but `gzip, identity`. */
const MAX_ENCODINGS = 3;
const MIB = 1024 * 1024;
/** RFC 8878, 3.1.1.1.2: what every reader should take. It is allocated before anything is unpacked. */
const MAX_ZSTD_WINDOW_BYTES = 8 * MIB;

export interface DecompressOptions {
  /** `Content-Encoding` as it came; without one the first bytes tell. */
  encoding?: string | undefined;
  /** No more than these are unpacked, however little came. */
  maxBytes: number;
}

interface Bound {
  maxOutputLength: number;
}

type Unpack = (body: Uint8Array, bound: Bound) => Uint8Array;

const ENCODINGS: Readonly<Record<string, Unpack>> = {
  identity: (body) => body,
  gzip: gunzipSync,
  "x-gzip": gunzipSync,
  // RFC 9110 means zlib's form; old clients send the raw one under the same name.
  deflate: (body, bound) => isZlib(body) ? inflateSync(body, bound) : inflateRawSync(body, bound),
  br: unpackBrotli,
  zstd: unpackZstd,
};

/**
 * The body without its encodings, the last one first. Bounded while it is unpacked: a bomb takes no more memory than `maxBytes`.
 *
 * @throws {Undecodable} 415 for an encoding that is not known, 400 for what is not in it, 413 for more than `maxBytes`.
 */
export function decompress(
  body: Uint8Array,
  { encoding, maxBytes }: DecompressOptions,
): Uint8Array {
  let unpacked = body;
  for (const unpack of unpackersOf(body, encoding).reverse()) {
    unpacked = unpackOnce(unpacked, { unpack, maxBytes });
  }
  if (unpacked.length > maxBytes) throw tooLarge(maxBytes);
  return unpacked;
}

function unpackersOf(body: Uint8Array, encoding = ""): Unpack[] {
  const names = encoding.split(",").map((name) => name.trim().toLowerCase())
    .filter((name) => name !== "");
  if (names.length === 0) return [bySignature(body)];
  if (names.length > MAX_ENCODINGS) {
    throw new Undecodable(
      415,
      "encoding.too_many",
      `more than ${MAX_ENCODINGS} encodings in a row`,
    );
  }
  return names.map((name) => {
    if (Object.hasOwn(ENCODINGS, name)) return ENCODINGS[name]!;
    const known = "gzip, deflate, br and zstd";
    throw new Undecodable(415, "encoding.unknown", `an encoding is not among ${known}`);
  });
}

/** Some proxies and clients forget the header; no text begins as these do. */
function bySignature(body: Uint8Array): Unpack {
  if (startsWith(body, [0x1f, 0x8b])) return ENCODINGS.gzip!;
  if (isZlib(body)) return ENCODINGS.deflate!;
  if (startsWith(body, ZSTD_MAGIC)) return ENCODINGS.zstd!;
  return ENCODINGS.identity!;
}

/** RFC 1950: method 8, a window of at most 32 KiB, and both bytes together a multiple of 31. */
function isZlib(body: Uint8Array): boolean {
  const [first = 0, second = 0] = body;
  return (first & 0x8f) === 0x08 && ((first << 8) | second) % 31 === 0;
}

function startsWith(body: Uint8Array, signature: readonly number[]): boolean {
  return signature.every((byte, index) => body[index] === byte);
}

function unpackOnce(
  body: Uint8Array,
  { unpack, maxBytes }: { unpack: Unpack; maxBytes: number },
): Uint8Array {
  try {
    // Node refuses a bound of 0.
    return unpack(body, { maxOutputLength: Math.max(1, maxBytes) });
  } catch (error) {
    if (error instanceof Undecodable) throw error;
    if ((error as { code?: unknown }).code === "ERR_BUFFER_TOO_LARGE") throw tooLarge(maxBytes);
    throw new Undecodable(400, "encoding.broken", "the body is not in the encoding that it names");
  }
}

/**
 * The library takes a body that breaks off for a whole one. Two bytes behind it tell: of a whole body none of them is read, and
 * nothing of it is left over.
 */
function unpackBrotli(body: Uint8Array, bound: Bound): Uint8Array {
  const padded = new Uint8Array(body.length + 2);
  padded.set(body);
  const { buffer, engine } = brotliDecompressSync(padded, {
    ...bound,
    info: true,
  }) as unknown as WithInfo;
  if (engine.bytesWritten !== body.length) throw new Error("The body breaks off");
  return buffer;
}

/** What `info: true` gives, as Node documents it. */
interface WithInfo {
  buffer: Uint8Array;
  /** `bytesWritten` of what was handed in. */
  engine: { bytesWritten: number };
}

function unpackZstd(body: Uint8Array, { maxOutputLength }: Bound): Uint8Array {
  const maxWindowBytes = Math.max(maxOutputLength, MAX_ZSTD_WINDOW_BYTES);
  const parts: Uint8Array[] = [];
  let left = maxOutputLength;
  for (const { bytes, windowBytes } of readZstdFrames(body)) {
    if (windowBytes > maxWindowBytes) throw tooLarge(maxOutputLength);
    // Node refuses a bound of 0.
    const part = zstdDecompressSync(bytes, { maxOutputLength: Math.max(1, left) });
    left -= part.length;
    if (left < 0) throw tooLarge(maxOutputLength);
    parts.push(part);
  }
  return parts.length === 1 ? parts[0]! : Buffer.concat(parts);
}

function tooLarge(maxBytes: number): Undecodable {
  const size = maxBytes >= MIB ? `${maxBytes / MIB} MiB` : `${maxBytes} bytes`;
  return new Undecodable(413, "body.too_large", `the body has more than ${size} when unpacked`);
}
