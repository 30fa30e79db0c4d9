/**
 * Spill files whose process has died.
 *
 * @module
 */
import { type Lines, readLines } from "./spill_file.ts";

/** A spill file without a living owner, locked for us until it is disposed of. */
export class Orphan implements Disposable {
  /** Where it is. */
  readonly path: string;
  readonly #file: Deno.FsFile;

  private constructor(path: string, file: Deno.FsFile) {
    this.path = path;
    this.#file = file;
  }

  /** Opens a spill file; nothing when it is gone or its owner lives. @throws when it cannot be read. */
  static open(path: string): Orphan | undefined {
    let file: Deno.FsFile;
    try {
      file = Deno.openSync(path, { read: true, write: true });
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return undefined;
      throw error;
    }
    if (file.tryLockSync(true)) return new Orphan(path, file);
    file.close();
    return undefined;
  }

  /** Its lines, a bounded piece of the file at a time: it may be larger than the memory. */
  *pieces(): Generator<Lines> {
    for (let atByte = 0;;) {
      const piece = readLines(this.#file, atByte);
      if (piece.nextByte === atByte) return;
      atByte = piece.nextByte;
      yield piece;
    }
  }

  /** Removes the file: everything in it is stored. */
  remove(): void {
    Deno.removeSync(this.path);
  }

  /** Lets go of the lock. */
  [Symbol.dispose](): void {
    this.#file.close();
  }
}

/** Paths of the spill files in `dir`, the living processes' ones among them; none where it cannot be read. */
export function spillPaths(dir: string, prefix: string): string[] {
  try {
    return Array.from(Deno.readDirSync(dir), ({ name }) => name)
      .filter((name) => name.startsWith(prefix) && name.endsWith(".ndjson"))
      .sort()
      .map((name) => `${dir}/${name}`);
  } catch {
    return [];
  }
}
