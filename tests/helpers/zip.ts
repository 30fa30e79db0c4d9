/** Makes ZIPs, and ones that lie. @module */
import { Buffer } from "node:buffer";
import { deflateRawSync } from "node:zlib";
import { crc32 } from "node:zlib";

/** A file in a ZIP. */
export interface ZipFile {
  name: string;
  bytes: Uint8Array;
  /** What the ZIP says of its unpacked size, where that is a lie. */
  saidBytes?: number;
  /** Marks it as encrypted. */
  isEncrypted?: boolean;
}

const DEFLATED = 8;
const UTF8 = 0x800;
const ENCRYPTED = 1;

/** Its offsets count what stands before it. */
export function zip(files: readonly ZipFile[], before: Uint8Array = new Uint8Array()): Uint8Array {
  const parts: Buffer[] = [Buffer.from(before)];
  const directory: Buffer[] = [];
  let at = before.length;
  for (const { name, bytes, saidBytes = bytes.length, isEncrypted = false } of files) {
    const packed = deflateRawSync(bytes);
    const nameBytes = Buffer.from(name);
    const head = Buffer.alloc(26);
    head.writeUInt16LE(20, 0);
    head.writeUInt16LE(UTF8 | (isEncrypted ? ENCRYPTED : 0), 2);
    head.writeUInt16LE(DEFLATED, 4);
    head.writeUInt32LE(crc32(bytes), 10);
    head.writeUInt32LE(packed.length, 14);
    head.writeUInt32LE(saidBytes, 18);
    head.writeUInt16LE(nameBytes.length, 22);
    const local = [Buffer.from("PK\x03\x04"), head, nameBytes, packed];
    const entry = Buffer.alloc(14);
    entry.writeUInt32LE(at, 10);
    directory.push(Buffer.from("PK\x01\x02\x14\x00"), head, entry, nameBytes);
    parts.push(...local);
    at += local.reduce((sum, part) => sum + part.length, 0);
  }
  const end = Buffer.alloc(18);
  end.writeUInt16LE(files.length, 4);
  end.writeUInt16LE(files.length, 6);
  end.writeUInt32LE(directory.reduce((sum, part) => sum + part.length, 0), 8);
  end.writeUInt32LE(at, 12);
  return Buffer.concat([...parts, ...directory, Buffer.from("PK\x05\x06"), end]);
}

const BUNDLE_MAGIC = new Uint8Array([0x53, 0x59, 0x53, 0x42, 2, 0, 0, 0]);

/** An artifact bundle, as the command-line client makes it. */
export function bundle(files: readonly ZipFile[]): Uint8Array {
  return zip(files, BUNDLE_MAGIC);
}
