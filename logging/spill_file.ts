/**
 * One append-only file of encoded records, held by a lock, so that a file whose process has died can be told from one that
 * is in use. It survives the death of the process, not of the power: nothing is synced.
 *
 * @module
 */

/** Deno Deploy may run an older version. Without a lock nobody could tell a file in use from one that was left. */
const CAN_LOCK = "tryLockSync" in Deno.FsFile.prototype;
/** Read at a time; one line may be longer, up to {@linkcode MAX_LINE_BYTES}. */
const CHUNK_BYTES = 128 * 1024;
/** No record is as long as this: what is, is not ours. */
const MAX_LINE_BYTES = 4 * 1024 * 1024;
const NEWLINE = "\n".charCodeAt(0);

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** An open spill file of this process. */
export class SpillFile {
  /** Where it is. */
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
   * Makes the file and locks it; nothing when another process took it for an orphan before the lock was ours.
   *
   * @throws when the disk does not take it.
   */
  static create(path: string): SpillFile | undefined {
    if (!CAN_LOCK) {
      throw new Error(`Deno ${Deno.version.deno} cannot try a lock, 2.7 and newer can`);
    }
    const file = Deno.openSync(path, { createNew: true, append: true, read: true, mode: 0o640 });
    if (file.tryLockSync(true) && isThere(path)) return new SpillFile(path, file);
    file.close();
    return undefined;
  }

  /** Appends one line in one write. @throws when the disk does not take it: nothing of it stays. */
  append(line: string): void {
    if (this.#isTorn) this.#cutTo(this.bytes);
    const bytes = encoder.encode(line + "\n");
    try {
      for (let written = 0; written < bytes.length;) {
        written += this.#file.writeSync(bytes.subarray(written));
      }
    } catch (error) {
      this.#isTorn = true;
      this.#tryToCut();
      throw error;
    }
    this.bytes += bytes.length;
  }

  /** The next whole lines from a place in the file on; none at its end. @throws when it cannot be read. */
  readLines(fromByte: number): Lines {
    return readLines(this.#file, fromByte);
  }

  /** Empties the file. When the disk refuses, it stays longer than needed: a replay finds every line stored already. */
  clear(): void {
    try {
      this.#cutTo(0);
    } catch {
      // As said above.
    }
  }

  /** Lets go of the file: whoever sweeps the folder next brings it into the store. */
  close(): void {
    this.#file.close();
  }

  /** Removes the file: everything in it is stored. */
  remove(): void {
    this.clear();
    tryToRemove(this.path);
    this.#file.close();
  }

  #tryToCut(): void {
    try {
      this.#cutTo(this.bytes);
    } catch {
      // The next append tries again before it writes.
    }
  }

  #cutTo(bytes: number): void {
    this.#file.truncateSync(bytes);
    this.#isTorn = false;
    this.bytes = bytes;
  }
}

/** Some whole lines of a file. */
export interface Lines {
  /** Without their newlines. */
  lines: string[];
  /** Where the next ones begin. */
  nextByte: number;
  /** Pieces passed over: a last line without its end, or one that is too long to be a record. */
  torn: number;
}

/** Reads some whole lines, a bounded piece of the file at a time. None and `nextByte === fromByte`: the end. */
export function readLines(file: Deno.FsFile, fromByte: number): Lines {
  for (let size = CHUNK_BYTES;; size = MAX_LINE_BYTES) {
    const bytes = readAt(file, fromByte, size);
    const end = bytes.lastIndexOf(NEWLINE) + 1;
    if (end > 0) {
      const lines = decoder.decode(bytes.subarray(0, end)).split("\n").filter((line) =>
        line !== ""
      );
      return { lines, nextByte: fromByte + end, torn: 0 };
    }
    const isAtEnd = bytes.length < size;
    if (isAtEnd || size === MAX_LINE_BYTES) {
      return { lines: [], nextByte: fromByte + bytes.length, torn: bytes.length > 0 ? 1 : 0 };
    }
  }
}

function readAt(file: Deno.FsFile, fromByte: number, size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  file.seekSync(fromByte, Deno.SeekMode.Start);
  let length = 0;
  while (length < size) {
    const read = file.readSync(bytes.subarray(length));
    if (read === null) break;
    length += read;
  }
  return bytes.subarray(0, length);
}

function isThere(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

function tryToRemove(path: string): void {
  try {
    Deno.removeSync(path);
  } catch {
    // Gone already; or it stays, and a replay finds every line stored.
  }
}
