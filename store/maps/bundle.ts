/**
 * Artifact bundles: a ZIP behind four letters and a version, with `manifest.json` in it. Everything in one is a stranger's: how many
 * entries are read and how much is unpacked is bounded, and their names are keys, never paths.
 */
import { Buffer } from "node:buffer";
import { Readable } from "node:stream";
import { readDebugId } from "./debug_id.ts";
import { BadMap } from "./digest.ts";

const MIB = 1024 * 1024;
const MAGIC = "SYSB";
const MAX_ENTRIES = 10_000;
const MAX_MAP_BYTES = 64 * MIB;
const MAX_MANIFEST_BYTES = 8 * MIB;
/** Of all that is unpacked of one bundle. */
const MAX_UNPACKED_BYTES = 512 * MIB;

/** Reads some bytes of a bundle that is kept in parts. */
export interface Bytes {
  readonly size: number;
  read(from: number, to: number): Promise<Uint8Array>;
}

/** A source map in a bundle. */
export interface BundledMap {
  /** 32 hexadecimal digits; undefined where only the map itself may say it. */
  readonly debugId: string | undefined;
  readonly bytes: Uint8Array;
}

interface Zip {
  readonly entryCount: number;
  eachEntry(): AsyncIterable<ZipEntry>;
  openReadStreamPromise(entry: ZipEntry): Promise<AsyncIterable<Uint8Array>>;
}

interface ZipEntry {
  readonly fileName: string;
  readonly uncompressedSize: number;
}

interface ManifestFile {
  readonly type?: unknown;
  readonly url?: unknown;
  readonly headers?: unknown;
}

/** The maps of a bundle, one at a time. @throws {BadMap} when it is no bundle, or goes beyond a bound. */
export async function* mapsIn(bytes: Bytes): AsyncGenerator<BundledMap> {
  const magic = Buffer.from(await bytes.read(0, MAGIC.length)).toString("latin1");
  if (magic !== MAGIC) throw new BadMap("the bundle does not begin with SYSB");
  let budget = MAX_UNPACKED_BYTES;
  try {
    const zip = await openZip(bytes);
    if (zip.entryCount > MAX_ENTRIES) {
      throw new BadMap(`the bundle has ${zip.entryCount} entries, at most ${MAX_ENTRIES} are read`);
    }
    const entries = new Map<string, ZipEntry>();
    for await (const entry of zip.eachEntry()) entries.set(entry.fileName, entry);
    const unpack = async (entry: ZipEntry, maxBytes: number) => {
      const unpacked = await readEntry(zip, entry, Math.min(maxBytes, budget));
      budget -= unpacked.length;
      return unpacked;
    };
    const manifest = entries.get("manifest.json");
    if (manifest === undefined) throw new BadMap("the bundle has no manifest.json");
    for (const { name, debugId } of listMaps(await unpack(manifest, MAX_MANIFEST_BYTES))) {
      const entry = entries.get(name);
      if (entry !== undefined) yield { debugId, bytes: await unpack(entry, MAX_MAP_BYTES) };
    }
  } catch (error) {
    if (error instanceof BadMap || (error as Error).name === "StoreBusy") throw error;
    throw new BadMap(`the bundle cannot be read: ${(error as Error).message}`, { cause: error });
  }
}

async function openZip({ read, size }: Bytes): Promise<Zip> {
  const { default: yauzl } = await import("yauzl");
  class Reader extends yauzl.RandomAccessReader {
    _readStreamForRange(from: number, to: number): Readable {
      return Readable.from(rangeOf(read, from, to), { objectMode: false });
    }
  }
  return await yauzl.fromRandomAccessReaderPromise(new Reader(), size, { autoClose: false });
}

/** In parts: a large entry is not read at once. */
async function* rangeOf(read: Bytes["read"], from: number, to: number) {
  for (let at = from; at < to; at += MIB) yield await read(at, Math.min(at + MIB, to));
}

/** An entry that is longer than it says breaks off there. */
async function readEntry(zip: Zip, entry: ZipEntry, maxBytes: number): Promise<Uint8Array> {
  if (entry.uncompressedSize > maxBytes) {
    throw new BadMap(
      `${shown(entry.fileName)} has ${entry.uncompressedSize} bytes, at most ${maxBytes} are read`,
    );
  }
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of await zip.openReadStreamPromise(entry)) {
    bytes += part.length;
    if (bytes > maxBytes) throw new BadMap(`${shown(entry.fileName)} is longer than it says`);
    parts.push(part);
  }
  return Buffer.concat(parts);
}

/** The maps that a manifest names, each with its debug id: a map's own, or that of the file which names it. */
function listMaps(bytes: Uint8Array): { name: string; debugId: string | undefined }[] {
  let files: Record<string, ManifestFile | null>;
  try {
    files = JSON.parse(new TextDecoder().decode(bytes)).files ?? {};
  } catch {
    throw new BadMap("its manifest.json is no JSON");
  }
  if (typeof files !== "object") throw new BadMap("its manifest.json lists no files");
  const all = Object.entries(files).map(([name, file]) => ({ name, ...file }));
  const idsByMap = new Map<string, string>();
  for (const file of all) {
    const map = headerOf(file, "sourcemap");
    const debugId = readDebugId(headerOf(file, "debug-id"));
    if (map !== undefined && debugId !== undefined) idsByMap.set(baseName(map), debugId);
  }
  return all.filter(({ type }) => type === "source_map").map((file) => ({
    name: file.name,
    debugId: readDebugId(headerOf(file, "debug-id")) ?? idsByMap.get(baseName(file.name)),
  }));
}

/** Header names come in any case. */
function headerOf({ headers }: ManifestFile, name: string): string | undefined {
  if (typeof headers !== "object" || headers === null) return undefined;
  const found = Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1];
  return typeof found === "string" ? found : undefined;
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

function shown(name: string): string {
  return JSON.stringify(name.slice(0, 100));
}
