/** The frames of zstd, after RFC 8878, 3.1: the library takes what breaks off for whole, and reads the first frame alone. */

const MAGIC = 0xfd2fb528;
/** The same as the bytes that a frame begins with. */
export const ZSTD_MAGIC: readonly number[] = [0, 8, 16, 24].map((bits) => (MAGIC >>> bits) & 0xff);
/** `0x184D2A50` to `0x184D2A5F`: a frame to be skipped. */
const SKIPPABLE = 0x184d2a50;
const SKIPPABLE_MASK = 0xfffffff0;
const MAGIC_BYTES = 4;
const SKIPPABLE_HEADER_BYTES = 8;
const BLOCK_HEADER_BYTES = 3;
const CHECKSUM_BYTES = 4;
/** Of a block of this type one byte is written, however long it is. */
const RLE_BLOCK = 1;
const MIN_WINDOW_LOG = 10;
const CONTENT_SIZE_BYTES = [0, 2, 4, 8] as const;
const DICTIONARY_ID_BYTES = [0, 1, 2, 4] as const;

/** More are no one's stream, and each costs a call. */
const MAX_FRAMES = 1_000;

interface ZstdFrame {
  bytes: Uint8Array;
  /** Memory that unpacking takes beside the output. */
  windowBytes: number;
}

/** The frames to unpack, one after the other. @throws {RangeError} when the last one breaks off, or what is there is no frame. */
export function readZstdFrames(body: Uint8Array): ZstdFrame[] {
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const frames: ZstdFrame[] = [];
  let at = 0;
  while (at < body.length) {
    const magic = view.getUint32(at, true);
    const isSkipped = ((magic & SKIPPABLE_MASK) >>> 0) === SKIPPABLE;
    if (magic !== MAGIC && !isSkipped) throw new RangeError("no frame of zstd");
    const start = at;
    if (isSkipped) {
      at += SKIPPABLE_HEADER_BYTES + view.getUint32(at + MAGIC_BYTES, true);
    } else {
      const header = readHeader(view, at + MAGIC_BYTES);
      at = endOfBlocks(view, header.end) + (header.hasChecksum ? CHECKSUM_BYTES : 0);
      frames.push({ bytes: body.subarray(start, at), windowBytes: header.windowBytes });
    }
    if (at > body.length || frames.length > MAX_FRAMES) throw new RangeError("breaks off");
  }
  if (frames.length === 0) throw new RangeError("no frame of zstd");
  return frames;
}

function readHeader(view: DataView, at: number) {
  const descriptor = view.getUint8(at);
  const isSingleSegment = (descriptor & 0x20) !== 0;
  const hasChecksum = (descriptor & 0x04) !== 0;
  const flag = descriptor >> 6;
  const sizeBytes = flag === 0 && isSingleSegment ? 1 : CONTENT_SIZE_BYTES[flag]!;
  let end = at + 1;
  let windowBytes = 0;
  if (!isSingleSegment) {
    const window = view.getUint8(end++);
    const base = 2 ** (MIN_WINDOW_LOG + (window >> 3));
    windowBytes = base + (base / 8) * (window & 0x07);
  }
  end += DICTIONARY_ID_BYTES[descriptor & 0x03]!;
  if (isSingleSegment) windowBytes = contentSize(view, { at: end, sizeBytes });
  return { end: end + sizeBytes, windowBytes, hasChecksum };
}

function contentSize(view: DataView, { at, sizeBytes }: { at: number; sizeBytes: number }): number {
  if (sizeBytes === 1) return view.getUint8(at);
  // Two bytes begin to count where one ends.
  if (sizeBytes === 2) return view.getUint16(at, true) + 256;
  return sizeBytes === 4 ? view.getUint32(at, true) : Number(view.getBigUint64(at, true));
}

function endOfBlocks(view: DataView, start: number): number {
  for (let at = start;;) {
    const header = view.getUint16(at, true) | (view.getUint8(at + 2) << 16);
    const isLast = (header & 1) === 1;
    const type = (header >> 1) & 3;
    const bytes = type === RLE_BLOCK ? 1 : header >> 3;
    at += BLOCK_HEADER_BYTES + bytes;
    if (isLast) return at;
  }
}
