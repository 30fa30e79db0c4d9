/**
 * The file sink: NDJSON, rotated by size and by UTC day, safe to share between processes.
 *
 * The lock is the open file's own (flock), so it ends with the process that held it. Whoever has it
 * and finds its file still at the path is the only one who writes or rotates: no line is torn, none
 * goes to a file that is already closed, and a write that fails half-way is cut off again.
 *
 * @module
 */
import { basename, dirname, join } from "node:path";
import type { Sink, SinkEntry } from "./sink.ts";

/** Size from which a file is rotated: large enough to be rare, small enough for an editor. */
const MAX_BYTES = 64 * 1024 * 1024;

/** Files kept, the current one included: two weeks of a quiet service. */
const MAX_FILES = 14;

const DAY_MS = 24 * 60 * 60 * 1000;

/** Records hold what people sent: for the owner and its group (a log shipper) alone. */
const FILE_MODE = 0o640;

/** Rotations by others that one write follows before it gives up; each is one lock and one open. */
const MAX_CHASES = 100;

/** What a rotated file's name ends with: the moment of its rotation, so that names sort by age. */
const STAMP = /^\d{8}T\d{9}Z$/;

const NEWLINE = "\n".charCodeAt(0);
const encoder = new TextEncoder();

/** Settings of a {@linkcode fileSink}. */
export interface FileSinkOptions {
  /** Where the current file is; its folder is made where it is missing. */
  path: string;
  /** A file is rotated before a batch would make it larger than this. Default: 64 MiB. */
  maxBytes?: number;
  /** Files kept, the current one included; the oldest go. Default: 14. */
  maxFiles?: number;
  /** The clock, in milliseconds since 1970 (UTC). Default: `Date.now`. */
  now?: () => number;
}

/**
 * Appends each batch to the file at `path`, whole. Rotated files stand beside it, named
 * `PATH.20261122T230405678Z`. A batch larger than `maxBytes` gets a file of its own.
 *
 * A write throws one sentence with the path and the reason where the disk is full, the folder is
 * not to be made or permission is missing; the next write starts afresh and finds out by itself
 * whether that is over.
 */
export function fileSink(
  { path, maxBytes = MAX_BYTES, maxFiles = MAX_FILES, now = Date.now }: FileSinkOptions,
): Sink {
  let current: LogFile | undefined;

  function write(entries: readonly SinkEntry[]): void {
    if (entries.length === 0) return;
    const batch = encoder.encode(entries.map(({ line }) => line + "\n").join(""));
    try {
      const { log, size } = lockCurrent(batch.length);
      append(log, { batch, size });
      log.file.unlockSync();
    } catch (cause) {
      close();
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new Error(`Cannot write the log file ${path}: ${reason}`, { cause });
    }
  }

  /** The file at the path, locked and with room for the batch, and its size in bytes. */
  function lockCurrent(batchBytes: number): { log: LogFile; size: number } {
    for (let chase = 0; chase < MAX_CHASES; chase++) {
      const log = current ??= openLog(path, now());
      log.file.lockSync(true);
      const { size } = log.file.statSync();
      if (isAtPath(path, log.file)) {
        if (size === 0) log.day = dayOf(now());
        const isFull = size > 0 && size + batchBytes > maxBytes;
        if (!isFull && log.day === dayOf(now())) return { log, size };
        rotate(path, now());
        prune(path, maxFiles - 1);
      }
      close();
    }
    throw new Error(`it was rotated ${MAX_CHASES} times in a row by others`);
  }

  function close(): void {
    current?.file.close();
    current = undefined;
  }

  return { name: "file", write, close };
}

/** An open log file. */
interface LogFile {
  file: Deno.FsFile;
  /** Whose records it holds: days since 1970 (UTC). */
  day: number;
  /** Its size after our own last write: any other size means that somebody else wrote. */
  knownBytes: number;
}

/** Opens the file for appending; a file that has content belongs to the day it was last written. */
function openLog(path: string, nowMs: number): LogFile {
  const file = openAppending(path);
  const { size, mtime } = file.statSync();
  return { file, day: dayOf(size > 0 && mtime ? mtime.getTime() : nowMs), knownBytes: 0 };
}

function openAppending(path: string): Deno.FsFile {
  const options = { append: true, create: true, read: true, mode: FILE_MODE };
  try {
    return Deno.openSync(path, options);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    Deno.mkdirSync(dirname(path), { recursive: true });
    return Deno.openSync(path, options);
  }
}

function dayOf(timeMs: number): number {
  return Math.floor(timeMs / DAY_MS);
}

/** False after somebody renamed or removed it. Where there are no inodes, always true. */
function isAtPath(path: string, file: Deno.FsFile): boolean {
  const there = statIfThere(path);
  const ours = file.statSync();
  return there !== undefined && there.ino === ours.ino && there.dev === ours.dev;
}

function statIfThere(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.statSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Moves the current file aside, under a name that is free: the lock is held. */
function rotate(path: string, nowMs: number): void {
  let atMs = nowMs;
  while (statIfThere(rotatedPath(path, atMs))) atMs++;
  Deno.renameSync(path, rotatedPath(path, atMs));
}

function rotatedPath(path: string, atMs: number): string {
  return `${path}.${new Date(atMs).toISOString().replace(/[-:.]/g, "")}`;
}

/** Removes the oldest rotated files beyond `keep`. */
function prune(path: string, keep: number): void {
  const prefix = basename(path) + ".";
  try {
    const rotated = [...Deno.readDirSync(dirname(path))]
      .map((entry) => entry.name)
      .filter((name) => name.startsWith(prefix) && STAMP.test(name.slice(prefix.length)))
      .sort();
    const tooMany = rotated.slice(0, Math.max(0, rotated.length - keep));
    for (const name of tooMany) Deno.removeSync(join(dirname(path), name));
  } catch {
    // An old file that stays is no reason to refuse new records; the next rotation tries again.
  }
}

/** Writes the batch behind `size`, or nothing of it: the lock is held. */
function append(log: LogFile, { batch, size }: { batch: Uint8Array; size: number }): void {
  try {
    // A process that died in the middle of a line: what it left must not swallow our first one.
    const isOthers = size > 0 && size !== log.knownBytes;
    const isTorn = isOthers && lastByte(log.file, size) !== NEWLINE;
    if (isTorn) writeAll(log.file, Uint8Array.of(NEWLINE));
    writeAll(log.file, batch);
    log.knownBytes = size + batch.length + (isTorn ? 1 : 0);
  } catch (error) {
    cutBack(log.file, size);
    throw error;
  }
}

function lastByte(file: Deno.FsFile, size: number): number | undefined {
  const byte = new Uint8Array(1);
  file.seekSync(size - 1, Deno.SeekMode.Start);
  file.readSync(byte);
  return byte[0];
}

/** One write call takes it all but at the edge of a full disk, where the next one fails. */
function writeAll(file: Deno.FsFile, bytes: Uint8Array): void {
  let written = 0;
  while (written < bytes.length) written += file.writeSync(bytes.subarray(written));
}

function cutBack(file: Deno.FsFile, size: number): void {
  try {
    file.truncateSync(size);
  } catch {
    // The write's own error is the one to tell; the next opening ends the torn line.
  }
}
