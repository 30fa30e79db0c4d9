/**
 * The spill: records are on disk before their answer leaves, so that `kill -9` loses none, and failures go on there where the
 * queue is full. Files lie beside the store and are named after it, so that two stores may share a folder.
 *
 * @module
 */
import { createHash } from "node:crypto";
import type { Origin } from "./entry.ts";
import { spillPaths } from "./orphan.ts";
import { FAILURE_SEVERITY } from "../store/record.ts";
import { addTo, type Owner, type Share, Shares } from "./shares.ts";
import type { SinkEntry } from "./sinks/sink.ts";
import { SpillFile } from "./spill_file.ts";

const POSTGRES_PORT = "5432";
/** Enough to tell the databases of one folder apart. */
const DIGEST_CHARS = 8;
/** A disk that could not be written is tried again after this. */
const RETRY_AFTER_MS = 1_000;
/** What found no room in memory may take so much of the disk, with all that other processes of this store have left there. */
const MAX_OVERFLOW_BYTES = 256 * 1024 * 1024;
/** Records below ERROR find room there (`LOG_SPILL=all`) until it is so full. */
const CHEAP_UNTIL = 1 / 2;
/** A segment is closed at this size, and removed when all of it is stored. */
const SEGMENT_BYTES = 4 * 1024 * 1024;
/** A file that is stored as a whole is emptied from this size on: each time would be a system call a batch. */
const CLEAR_FROM_BYTES = 256 * 1024;

/**
 * What all spill files of one store begin with. A database has no file: it is known by a digest of its
 * address without user and password, which may change while records wait.
 */
export function spillPrefix(storeUrl: string): string {
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

/** How a record stands in a spill file: one line, and beside it what grouping it later must know. */
export function spillLine({ line }: SinkEntry, origin: Origin): string {
  return `{"record":${line},"origin":${JSON.stringify(origin)}}`;
}

/** Where a process spills. */
export interface SpillOptions {
  /** The folder; made where it is missing. */
  dir: string;
  /** From {@linkcode spillPrefix}. */
  prefix: string;
  /** The process's id. */
  bootId: string;
  /** The disk stopped taking lines, or takes them again: one sentence. */
  onState: (up: boolean, sentence: string) => void;
}

/** The folder of the spill files, and whether its disk takes anything just now. */
export class SpillDisk {
  readonly #options: SpillOptions;
  #parts = 0;
  #downSinceMs: number | undefined;

  /** Touches nothing yet. */
  constructor(options: SpillOptions) {
    this.#options = options;
  }

  /** Does some work on the disk. False when it failed, or the disk failed a moment ago. */
  attempt(work: () => void): boolean {
    const { dir, onState } = this.#options;
    // Not the wall clock, which may jump.
    const nowMs = performance.now();
    if (this.#downSinceMs !== undefined && nowMs < this.#downSinceMs + RETRY_AFTER_MS) return false;
    const wasDown = this.#downSinceMs !== undefined;
    try {
      work();
      this.#downSinceMs = undefined;
      if (wasDown) onState(true, `Spilling to ${dir} works again`);
      return true;
    } catch (error) {
      this.#downSinceMs = nowMs;
      if (!wasDown) onState(false, cannotSpill(dir, error as Error));
      return false;
    }
  }

  /** Tries the disk before it is needed, with a file that is removed again. False when it takes none. */
  check(): boolean {
    return this.attempt(() => this.create().remove());
  }

  /** What the spill files of this store take of the disk, whoever's they are. */
  get bytes(): number {
    const { dir, prefix } = this.#options;
    return spillPaths(dir, prefix).reduce((sum, path) => sum + sizeOf(path), 0);
  }

  /** Makes another file. @throws when the disk does not take it. */
  create(): SpillFile {
    const { dir, prefix, bootId } = this.#options;
    Deno.mkdirSync(dir, { recursive: true });
    for (;;) {
      const file = SpillFile.create(`${dir}/${prefix}${bootId}-${++this.#parts}.ndjson`);
      if (file) return file;
    }
  }
}

function sizeOf(path: string): number {
  try {
    return Deno.statSync(path).size;
  } catch {
    // Its process has just stored all of it.
    return 0;
  }
}

function cannotSpill(dir: string, { message }: Error): string {
  return `Cannot spill to ${dir}: ${message}. Until it works, what is not stored yet is in memory alone`;
}

interface Segment {
  readonly file: SpillFile;
  /** The last batch that a record in it belongs to. */
  lastBatch: number;
}

/** A second copy of records that are in the queue too: read by nobody unless this process dies. */
export class Spill {
  readonly #disk: SpillDisk;
  /** The oldest first; the last one grows. */
  #segments: Segment[] = [];

  /** Makes no file before the first line. */
  constructor(disk: SpillDisk) {
    this.#disk = disk;
  }

  /** Appends one line of a record of this batch. False when the disk does not take it. */
  append(line: string, batch: number): boolean {
    return this.#disk.attempt(() => {
      const segment = this.#growing();
      segment.file.append(line);
      segment.lastBatch = batch;
    });
  }

  /** Lets go of what belongs to batches before `batch`: they are stored. */
  cut(batch: number): void {
    while (this.#segments.length > 1 && this.#segments[0]!.lastBatch < batch) {
      this.#segments.shift()!.file.remove();
    }
    const [segment] = this.#segments;
    if (segment && segment.lastBatch < batch && segment.file.bytes >= CLEAR_FROM_BYTES) {
      segment.file.clear();
    }
  }

  /** Lets go of the files; those whose batches are all before `batch` are removed. */
  close(batch: number): void {
    for (const { file, lastBatch } of this.#segments.splice(0)) {
      if (lastBatch < batch) file.remove();
      else file.close();
    }
  }

  #growing(): Segment {
    const last = this.#segments.at(-1);
    if (last && last.file.bytes < SEGMENT_BYTES) return last;
    const segment = { file: this.#disk.create(), lastBatch: 0 };
    this.#segments.push(segment);
    return segment;
  }
}

/** A part of the queue's continuation. */
interface Piece extends Segment {
  /** How much of it was read back. */
  readBytes: number;
  /** Lines that were not. */
  unread: number;
  /** Whose it is. */
  readonly bytesOf: Map<Share, number>;
}

/** The queue's continuation on disk: what is in here is in no queue, until it is read back. */
export class Overflow {
  /** Records that were not read back yet. */
  unread = 0;
  readonly #disk: SpillDisk;
  readonly #shares: Shares;
  /** The oldest first; the last one grows. */
  #pieces: Piece[] = [];

  /** Makes no file before the first line. */
  constructor(disk: SpillDisk, limitBytes: number = MAX_OVERFLOW_BYTES) {
    this.#disk = disk;
    this.#shares = new Shares(limitBytes);
  }

  /** Whether a record of this severity and owner may come in. */
  hasRoom(severity: number, owner: Owner): boolean {
    if (severity < FAILURE_SEVERITY && this.#shares.fill >= CHEAP_UNTIL) return false;
    return this.#shares.hasRoom(owner);
  }

  /** Appends one line, room or not. False when the disk does not take it. */
  append(line: string, owner: Owner): boolean {
    return this.#disk.attempt(() => {
      const piece = this.#growing();
      const before = piece.file.bytes;
      piece.file.append(line);
      const bytes = piece.file.bytes - before;
      addTo(piece.bytesOf, this.#shares.add(owner, bytes), bytes);
      piece.unread++;
      this.unread++;
    });
  }

  /** The next lines, which are `batch` from now on; none when there are none or the disk cannot be read. */
  read(batch: number): string[] {
    const piece = this.#pieces.find(({ unread }) => unread > 0);
    if (!piece) return [];
    const lines: string[] = [];
    this.#disk.attempt(() => {
      const read = piece.file.readLines(piece.readBytes);
      piece.readBytes = read.nextByte;
      lines.push(...read.lines);
    });
    piece.unread -= lines.length;
    this.unread -= lines.length;
    if (lines.length > 0) piece.lastBatch = batch;
    return lines;
  }

  /** Lets go of what was read back and belongs to batches before `batch`: it is stored. */
  cut(batch: number): void {
    this.#pieces = this.#pieces.filter((piece) => !this.#isRemoved(piece, batch));
  }

  /** Lets go of the files, and removes those of which all is stored. */
  close(batch: number): void {
    this.cut(batch);
    for (const { file } of this.#pieces.splice(0)) file.close();
  }

  #isRemoved({ file, unread, lastBatch, bytesOf }: Piece, batch: number): boolean {
    if (unread > 0 || lastBatch >= batch) return false;
    file.remove();
    this.#shares.giveBack(bytesOf);
    return true;
  }

  #growing(): Piece {
    const last = this.#pieces.at(-1);
    // What is read back is not written behind: a file of which something always waits would never go.
    if (last && last.readBytes === 0 && last.file.bytes < SEGMENT_BYTES) return last;
    // Others come and go: looked at now and then, because each look reads the folder.
    this.#shares.takenBytes = Math.max(this.#disk.bytes - this.#shares.bytes, 0);
    const piece = {
      file: this.#disk.create(),
      lastBatch: 0,
      readBytes: 0,
      unread: 0,
      bytesOf: new Map<Share, number>(),
    };
    this.#pieces.push(piece);
    return piece;
  }
}
