import type { Transform } from "node:stream";
import {
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createInflateRaw,
  createZstdDecompress,
} from "node:zlib";

/** What is unpacked, at most: a first line and more. However little came, and whatever it would become. */
const CHUNK_BYTES = 16 * 1024;
/** Of the body, at most: two blocks of zstd, which gives nothing before a block is whole. */
export const MAX_PACKED_BYTES: number = 256 * 1024;
const GZIP_MAGIC = [0x1f, 0x8b];

type Unpacker = (options: { chunkSize: number }) => Transform;

const UNPACKERS: Readonly<Record<string, Unpacker>> = {
  gzip: createGunzip,
  "x-gzip": createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
  zstd: createZstdDecompress,
};

/** Whether a body has to be unpacked before anything can be read in it. */
function isPacked(body: Uint8Array, encoding: string | undefined): boolean {
  const name = nameOf(encoding);
  return name !== "" && name !== "identity" ||
    GZIP_MAGIC.every((byte, index) => body[index] === byte);
}

/** The first bytes of a body, unpacked: no more than a chunk of work, for a thread that must not wait. Empty for what cannot be unpacked. */
export async function firstBytes(
  body: Uint8Array,
  encoding: string | undefined,
): Promise<Uint8Array> {
  if (!isPacked(body, encoding)) return body.subarray(0, CHUNK_BYTES);
  const name = nameOf(encoding) || "gzip";
  const unpacker = Object.hasOwn(UNPACKERS, name) ? UNPACKERS[name] : undefined;
  if (unpacker === undefined) return new Uint8Array();
  const start = body.subarray(0, MAX_PACKED_BYTES);
  const bytes = await firstChunk(unpacker, start);
  // Old clients send the raw form under this name.
  return bytes.length === 0 && name === "deflate"
    ? await firstChunk(createInflateRaw, start)
    : bytes;
}

function nameOf(encoding = ""): string {
  return encoding.trim().toLowerCase();
}

async function firstChunk(unpacker: Unpacker, body: Uint8Array): Promise<Uint8Array> {
  const { promise, resolve } = Promise.withResolvers<Uint8Array>();
  const stream = unpacker({ chunkSize: CHUNK_BYTES });
  const nothing = () => resolve(new Uint8Array());
  stream.on("data", (bytes) => {
    // At once: it would go on with the next chunk before anybody else has a turn.
    stream.destroy();
    resolve(bytes);
  });
  stream.on("error", nothing).on("end", nothing).on("close", nothing);
  // What breaks off gives nothing more, and ends.
  stream.end(body);
  return await promise;
}
