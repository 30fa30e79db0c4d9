import { createHash } from "node:crypto";
import type { Origin } from "../engine/entry.ts";
import type { SinkEntry } from "../sinks/sink.ts";

/** Names end with this … */
export const FILE_SUFFIX = ".ndjson";
/** … and that of a replay's mark with this behind it. */
export const MARK_SUFFIX = ".at";
/** Deno Deploy may run an older version. Without a lock a file in use looks like one whose process has died. */
const CAN_LOCK = "tryLockSync" in Deno.FsFile.prototype;
/** Read at a time; one line may be longer, up to {@linkcode MAX_LINE_BYTES}. */
const CHUNK_BYTES = 128 * 1024;
/** No record is as long as this. */
const MAX_LINE_BYTES = 4 * 1024 * 1024;
const NEWLINE = "\n".charCodeAt(0);
const POSTGRES_PORT = "5432";
/** Enough to tell the databases of one folder apart. */
const DIGEST_CHARS = 8;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * What the names of one store's journal files begin with, so that two stores may share a folder. For a database: a digest of its
 * address without user and password, which may change while records wait.
 */
export function journalPrefix(storeUrl: string): string {
  const path = /^sqlite:(.+)$/.exec(storeUrl)?.[1];
  if (path !== undefined) return `${path.split(/[\\/]/).at(-1)}-spill-`;
  const scheme = storeUrl.split(":", 1)[0]!;
  return scheme.startsWith("postgres") && URL.canParse(storeUrl)
    ? `postgres-${placeDigest(new URL(storeUrl))}-spill-`
    : `${scheme}-spill-`;
}

function placeDigest({ hostname, port, pathname, searchParams }: URL): string {
  const host = searchParams.get("host") ?? hostname;
  const place = [host, searchParams.get("port") ?? (port || POSTGRES_PORT), pathname.slice(1)];
  return createHash("sha256").update(JSON.stringify(place)).digest("hex").slice(0, DIGEST_CHARS);
}

/**
 * Paths of the journal files in `dir`, those of living processes too, and of removed ones whose mark is still there; none when the
 * folder cannot be read.
 */
export function journalPaths(dir: string, prefix: string): string[] {
  try {
    const names = Array.from(Deno.readDirSync(dir), ({ name }) => name)
      .filter((name) => name.startsWith(prefix))
      .map((name) => name.endsWith(MARK_SUFFIX) ? name.slice(0, -MARK_SUFFIX.length) : name)
      .filter((name) => name.endsWith(FILE_SUFFIX));
    return [...new Set(names)].sort().map((name) => `${dir}/${name}`);
  } catch {
    return [];
  }
}

/** A record's line in the journal: with its origin, which grouping needs at the replay. */
export function journalLine({ line }: SinkEntry, origin: Origin): string {
  return `{"record":${line},"origin":${JSON.stringify(origin)}}`;
}

export interface Lines {
  lines: string[];
  nextByte: number;
  /** Skipped pieces: a last line without its end, or one that is too long to be a record. */
  torn: number;
}

/**
 * One file of the journal: append-only, a record a line. Its lock tells a file in use from one whose process has died. It
 * survives the death of the process, not a power cut: nothing is synced.
 */
export class JournalFile implements Disposable {
  readonly path: string;
  /** Size of what was appended whole. */
  bytes = 0;
  readonly #file: Deno.FsFile;
  /** True while half a line may stand behind `bytes`. */
  #isTorn = false;

  private constructor(path: string, file: Deno.FsFile) {
    this.path = path;
    this.#file = file;
  }

  /**
   * Makes a file; undefined when another process claimed it before the lock was ours.
   *
   * @throws when the disk refuses.
   */
  static create(path: string): JournalFile | undefined {
    if (!CAN_LOCK) {
      throw new Error(`Deno ${Deno.version.deno} cannot try a lock, 2.7 and newer can`);
    }
    const file = Deno.openSync(path, { createNew: true, append: true, read: true, mode: 0o640 });
    if (file.tryLockSync(true) && isThere(path)) return new JournalFile(path, file);
    file.close();
    return undefined;
  }

  /** Opens the file of a dead process; undefined when it is gone or in use. @throws when it cannot be read. */
  static claim(path: string): JournalFile | undefined {
    try {
      const file = Deno.openSync(path, { read: true, write: true });
      if (file.tryLockSync(true)) return new JournalFile(path, file);
      file.close();
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
    return undefined;
  }

  /** Appends lines in one write and gives their sizes. @throws when the disk refuses: nothing of them stays. */
  append(lines: readonly string[]): number[] {
    if (this.#isTorn) this.#cutTo(this.bytes);
    const parts = lines.map((line) => encoder.encode(line + "\n"));
    const bytes = joined(parts);
    try {
      for (let written = 0; written < bytes.length;) {
        written += this.#file.writeSync(bytes.subarray(written));
      }
    } catch (error) {
      this.#isTorn = true;
      // Where the disk refuses this too, the next append tries again before it writes.
      attempt(() => this.#cutTo(this.bytes));
      throw error;
    }
    this.bytes += bytes.length;
    return parts.map(({ length }) => length);
  }

  /** The next whole lines, a bounded piece of the file; at the end `nextByte === fromByte`. @throws when reading fails. */
  readLines(fromByte: number): Lines {
    for (let size = CHUNK_BYTES;; size = MAX_LINE_BYTES) {
      const bytes = this.#readAt(fromByte, size);
      const end = bytes.lastIndexOf(NEWLINE) + 1;
      if (end > 0) {
        const lines = decoder.decode(bytes.subarray(0, end)).split("\n");
        return { lines: lines.filter((line) => line !== ""), nextByte: fromByte + end, torn: 0 };
      }
      const isAtEnd = bytes.length < size;
      if (isAtEnd || size === MAX_LINE_BYTES) {
        return { lines: [], nextByte: fromByte + bytes.length, torn: bytes.length > 0 ? 1 : 0 };
      }
    }
  }

  /** Empties the file. When the disk refuses, the lines stay: a replay finds all of them stored already. */
  clear(): void {
    attempt(() => this.#cutTo(0));
  }

  /** Removes the file, or at least empties it: everything in it is stored. */
  remove(): void {
    this.clear();
    attempt(() => Deno.removeSync(this.path));
    this[Symbol.dispose]();
  }

  [Symbol.dispose](): void {
    this.#file[Symbol.dispose]();
  }

  #readAt(fromByte: number, size: number): Uint8Array {
    const bytes = new Uint8Array(size);
    this.#file.seekSync(fromByte, Deno.SeekMode.Start);
    let length = 0;
    while (length < size) {
      const read = this.#file.readSync(bytes.subarray(length));
      if (read === null) break;
      length += read;
    }
    return bytes.subarray(0, length);
  }

  #cutTo(bytes: number): void {
    this.#file.truncateSync(bytes);
    this.#isTorn = false;
    this.bytes = bytes;
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1) return parts[0]!;
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** Whether there is a file. @throws when that is unknown. */
export function isThere(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

function attempt(work: () => void): void {
  try {
    work();
  } catch {
    // The callers' docs say what follows.
  }
}
