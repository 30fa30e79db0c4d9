import { isoTime } from "../../store/times.ts";
import { basename, dirname, join } from "node:path";
import { writeAll } from "../print.ts";
import type { SinkEntry } from "./sink.ts";

/** Size from which a file is rotated: large enough to be rare, small enough for an editor. */
const MAX_BYTES = 64 * 1024 * 1024;

/** With the current one: two weeks of a quiet service. */
const MAX_FILES = 14;

const DAY_MS = 24 * 60 * 60 * 1000;

/** Records hold what people sent: only for the owner and its group (a log shipper). */
const FILE_MODE = 0o640;

/** A write follows so many rotations by other processes; each costs one lock and one open. */
const MAX_CHASES = 100;

/** Another process needs the lock for one write: one that keeps it longer has stopped, or is no writer of logs. */
const LOCK_WITHIN_MS = 1_000;
/** Between two tries of the lock; it doubles up to this. */
const MAX_LOCK_PAUSE_MS = 16;
/** Deno before 2.7 cannot try a lock, only wait for it. */
const CAN_TRY_LOCK = "tryLock" in Deno.FsFile.prototype;

/** End of a rotated file's name: the time of its rotation, so that names sort by age. */
const STAMP = /^\d{8}T\d{9}Z$/;

const NEWLINE = "\n".charCodeAt(0);
const encoder = new TextEncoder();

export interface FileSinkOptions {
  /** The current file; its folder is made where it is missing. */
  path: string;
  /** A file is rotated before a batch would make it larger. Default: 64 MiB. */
  maxBytes?: number;
  /** With the current one; the oldest are removed. Default: 14. */
  maxFiles?: number;
  /** The clock, in milliseconds since 1970 (UTC). Default: `Date.now`. */
  now?: () => number;
}

/**
 * Appends NDJSON, each batch whole, to the file at `path`, which processes may share. The file is rotated by size and by UTC
 * day; rotated files are beside it, named `PATH.20261122T230405678Z`. Where `path` is a symbolic link, it stays, and the file
 * that it leads to is rotated, beside itself. A batch larger than `maxBytes` gets a file of its own.
 *
 * The lock is the open file's own (flock), so it ends with the process that held it. Only the process that has it, and finds
 * its file still at the path, writes or rotates: no line is torn, none goes to a file that is already closed, and a write that
 * fails half-way is cut off again. Nothing here blocks the thread: a disk that hangs, or a lock that somebody keeps, holds up
 * only this sink.
 *
 * A write rejects with one sentence, with the path and the reason. The next one starts afresh. One write at a time.
 */
export function fileSink(
  { path, maxBytes = MAX_BYTES, maxFiles = MAX_FILES, now = Date.now }: FileSinkOptions,
) {
  let current: LogFile | undefined;

  async function write(entries: readonly SinkEntry[]): Promise<void> {
    if (entries.length === 0) return;
    const batch = encoder.encode(entries.map(({ line }) => line + "\n").join(""));
    try {
      const { log, size } = await lockCurrent(batch.length);
      await append(log, { batch, size });
      await log.file.unlock();
    } catch (cause) {
      close();
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new Error(`Cannot write the log file ${path}: ${reason}`, { cause });
    }
  }

  /** The file at the path, locked and with room for the batch. */
  async function lockCurrent(batchBytes: number): Promise<{ log: LogFile; size: number }> {
    for (let chase = 0; chase < MAX_CHASES; chase++) {
      const log = current ??= await openLog(path, now());
      await lock(log.file);
      const { size } = await log.file.stat();
      if (await isAtPath(path, log.file)) {
        if (size === 0) log.day = dayOf(now());
        const isFull = size > 0 && size + batchBytes > maxBytes;
        if (!isFull && log.day === dayOf(now())) return { log, size };
        const target = await Deno.realPath(path);
        await rotate(target, now());
        await prune(target, maxFiles - 1);
      }
      close();
    }
    throw new Error(`it was rotated ${MAX_CHASES} times in a row by others`);
  }

  function close(): void {
    current?.file.close();
    current = undefined;
  }

  return { write, close };
}

interface LogFile {
  file: Deno.FsFile;
  /** The day of its records: days since 1970 (UTC). */
  day: number;
  /** Size after our last write: any other size means that another process wrote. */
  knownBytes: number;
}

/** A file that has content belongs to the day of its last write. */
async function openLog(path: string, nowMs: number): Promise<LogFile> {
  // Before it is opened: a device that is opened may do something, and a pipe waits for its reader.
  refuseOthers(await statIfThere(path));
  const file = await openAppending(path);
  try {
    const info = await file.stat();
    refuseOthers(info);
    const { size, mtime } = info;
    return { file, day: dayOf(size > 0 && mtime ? mtime.getTime() : nowMs), knownBytes: 0 };
  } catch (error) {
    file.close();
    throw error;
  }
}

/** A pipe without a reader or a paused terminal blocks a write for ever, and a device cannot be rotated. */
function refuseOthers(info: Deno.FileInfo | undefined): void {
  if (info && !info.isFile && !info.isDirectory) {
    throw new Error("it is a pipe or a device, not a file; LOG_CONSOLE prints to standard output");
  }
}

async function openAppending(path: string): Promise<Deno.FsFile> {
  const options = { append: true, create: true, read: true, mode: FILE_MODE };
  try {
    return await Deno.open(path, options);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    await Deno.mkdir(dirname(path), { recursive: true });
    return await Deno.open(path, options);
  }
}

/** Waits for the lock. @throws when another process keeps it. */
async function lock(file: Deno.FsFile): Promise<void> {
  if (!CAN_TRY_LOCK) return await file.lock(true);
  const endMs = performance.now() + LOCK_WITHIN_MS;
  for (let pauseMs = 1; !await file.tryLock(true);) {
    if (performance.now() > endMs) {
      throw new Error(`another process has kept its lock for ${LOCK_WITHIN_MS} ms`);
    }
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
    pauseMs = Math.min(2 * pauseMs, MAX_LOCK_PAUSE_MS);
  }
}

function dayOf(timeMs: number): number {
  return Math.floor(timeMs / DAY_MS);
}

/** False after it was renamed or removed. Where there are no inodes, always true. */
async function isAtPath(path: string, file: Deno.FsFile): Promise<boolean> {
  const [there, ours] = await Promise.all([statIfThere(path), file.stat()]);
  return there !== undefined && there.ino === ours.ino && there.dev === ours.dev;
}

async function statIfThere(path: string): Promise<Deno.FileInfo | undefined> {
  try {
    return await Deno.stat(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Call it with the lock. */
async function rotate(path: string, nowMs: number): Promise<void> {
  let atMs = nowMs;
  while (await statIfThere(rotatedPath(path, atMs))) atMs++;
  await Deno.rename(path, rotatedPath(path, atMs));
}

function rotatedPath(path: string, atMs: number): string {
  return `${path}.${isoTime(atMs).replace(/[-:.]/g, "")}`;
}

async function prune(path: string, keep: number): Promise<void> {
  const prefix = basename(path) + ".";
  try {
    const entries = await Array.fromAsync(Deno.readDir(dirname(path)));
    const rotated = entries
      .map((entry) => entry.name)
      .filter((name) => name.startsWith(prefix) && STAMP.test(name.slice(prefix.length)))
      .sort();
    const tooMany = rotated.slice(0, Math.max(0, rotated.length - keep));
    for (const name of tooMany) await Deno.remove(join(dirname(path), name));
  } catch {
    // No reason to refuse new records; the next rotation tries again.
  }
}

/** Writes the whole batch behind `size`, or nothing of it. Call it with the lock. */
async function append(
  log: LogFile,
  { batch, size }: { batch: Uint8Array; size: number },
): Promise<void> {
  try {
    // A process may have died in the middle of a line, which must not swallow our first one.
    const isOthers = size > 0 && size !== log.knownBytes;
    const isTorn = isOthers && await lastByte(log.file, size) !== NEWLINE;
    if (isTorn) await writeAll(log.file, Uint8Array.of(NEWLINE));
    await writeAll(log.file, batch);
    log.knownBytes = size + batch.length + (isTorn ? 1 : 0);
  } catch (error) {
    await cutBack(log.file, size);
    throw error;
  }
}

async function lastByte(file: Deno.FsFile, size: number): Promise<number | undefined> {
  const byte = new Uint8Array(1);
  await file.seek(size - 1, Deno.SeekMode.Start);
  await file.read(byte);
  return byte[0];
}

async function cutBack(file: Deno.FsFile, size: number): Promise<void> {
  try {
    await file.truncate(size);
  } catch {
    // The write's own error is reported; the next process to write ends the torn line.
  }
}
