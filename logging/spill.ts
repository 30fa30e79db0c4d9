/**
 * The spill file: failures are on disk before their response leaves, so that `kill -9` loses none. One file a process, held
 * by a lock, so that a file without a living owner can be told from one that is in use. It survives the death of the
 * process, not of the power: nothing is synced.
 *
 * @module
 */

const PREFIX = "spill-";
const SUFFIX = ".ndjson";
/** A disk that could not be written is tried again after this. */
const RETRY_AFTER_MS = 1_000;

/** An append-only file of this process, made when the first line comes. */
export class Spill {
  #file: Deno.FsFile | undefined;
  #path = "";
  #part = 0;
  #bytes = 0;
  #downUntilMs = 0;
  #sentence = "";
  readonly #dir: string;
  readonly #bootId: string;

  /** The file is `<dir>/spill-<bootId>-<part>.ndjson`. */
  constructor(dir: string, bootId: string) {
    this.#dir = dir;
    this.#bootId = bootId;
  }

  /** Why the last write failed; empty while all is well. */
  get sentence(): string {
    return this.#sentence;
  }

  /** Bytes in the current file. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Appends one line in one write. False when the disk does not take it: nothing of it stays. */
  append(line: string, nowMs: number = Date.now()): boolean {
    if (nowMs < this.#downUntilMs) return false;
    try {
      this.#write(new TextEncoder().encode(line + "\n"));
      this.#sentence = "";
      return true;
    } catch (error) {
      this.#sentence = `Cannot spill to ${this.#dir}: ${(error as Error).message}`;
      this.#downUntilMs = nowMs + RETRY_AFTER_MS;
      this.#undo();
      return false;
    }
  }

  /** Empties the file: everything in it is stored. */
  cut(): void {
    if (this.#bytes === 0) return;
    try {
      this.#file?.truncateSync(0);
      this.#bytes = 0;
    } catch {
      // It stays longer than needed: a replay finds every line stored already.
    }
  }

  /** Sets the current file aside to be replayed and gives its path; the next line begins a new one. */
  setAside(): string | undefined {
    if (this.#bytes === 0) return undefined;
    const path = this.#path;
    this.#release();
    return path;
  }

  /** Lets go of the file, and removes it when it is empty. */
  close(): void {
    const isEmpty = this.#file !== undefined && this.#bytes === 0;
    const path = this.#path;
    this.#release();
    if (isEmpty) removeIfThere(path);
  }

  #write(bytes: Uint8Array): void {
    const file = this.#file ?? this.#begin();
    for (let written = 0; written < bytes.length;) {
      written += file.writeSync(bytes.subarray(written));
    }
    this.#bytes += bytes.length;
  }

  #begin(): Deno.FsFile {
    Deno.mkdirSync(this.#dir, { recursive: true });
    const path = `${this.#dir}/${PREFIX}${this.#bootId}-${++this.#part}${SUFFIX}`;
    const file = Deno.openSync(path, { create: true, append: true, read: true });
    file.lockSync(true);
    if (!isStillThere(path)) {
      // Another process took it for an orphan before the lock was ours.
      file.close();
      return this.#begin();
    }
    this.#path = path;
    this.#file = file;
    return file;
  }

  /** After a failed write half a line may be there: cut it off, or begin another file where that fails too. */
  #undo(): void {
    try {
      this.#file?.truncateSync(this.#bytes);
    } catch {
      this.#release();
    }
  }

  #release(): void {
    this.#file?.close();
    this.#file = undefined;
    this.#bytes = 0;
  }
}

/** A spill file without a living owner, locked for us until it is removed or closed. */
export interface Orphan extends Disposable {
  /** Where it is. */
  readonly path: string;
  /** Its whole lines; a torn last one is counted, not returned. */
  readonly lines: string[];
  /** 1 when the last line was torn by the death of its process. */
  readonly torn: number;
  /** Removes the file: everything in it is stored. */
  remove(): void;
}

/** Spill files in `dir` whose process has died. */
export function* orphans(dir: string): Generator<Orphan> {
  for (const name of namesIn(dir)) {
    if (!name.startsWith(PREFIX) || !name.endsWith(SUFFIX)) continue;
    const orphan = openOrphan(`${dir}/${name}`);
    if (orphan) yield orphan;
  }
}

/** One spill file, or nothing when it is gone or its owner lives. */
export function openOrphan(path: string): Orphan | undefined {
  let file: Deno.FsFile;
  try {
    file = Deno.openSync(path, { read: true, write: true });
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
  if (!file.tryLockSync(true)) {
    file.close();
    return undefined;
  }
  const parts = Deno.readTextFileSync(path).split("\n");
  const last = parts.pop() ?? "";
  return {
    path,
    lines: parts.filter((line) => line !== ""),
    torn: last === "" ? 0 : 1,
    remove: () => removeIfThere(path),
    [Symbol.dispose]: () => file.close(),
  };
}

function namesIn(dir: string): string[] {
  try {
    return Array.from(Deno.readDirSync(dir), (entry) => entry.name).sort();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

function isStillThere(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

function removeIfThere(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
