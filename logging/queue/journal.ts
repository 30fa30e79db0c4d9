import { FILE_SUFFIX, JournalFile, journalPaths } from "./journal_file.ts";
import { addTo, type Owner, type Share, Shares } from "./shares.ts";
import { FAILURE_SEVERITY } from "../../store/record.ts";

/** A disk that could not be written is tried again after this. */
const RETRY_AFTER_MS = 1_000;
/** Bound of what waits on disk, with what other processes of this store have left there. */
export const MAX_JOURNAL_BYTES = 256 * 1024 * 1024;
/** Records below ERROR (`LOG_SPILL=all`) are taken until it is so full. */
const CHEAP_UNTIL = 1 / 2;
/** A segment is closed at this size, and removed when all of it is stored. */
const SEGMENT_BYTES = 4 * 1024 * 1024;
/** The segment that grows is emptied from this size on: always emptying it would be a system call a batch. */
const CLEAR_FROM_BYTES = 256 * 1024;

export interface JournalOptions {
  dir: string;
  /** From `journalPrefix()`. */
  prefix: string;
  /** Unique among the writers to the folder. */
  name: string;
  /** Bound of the records that have an owner. */
  limitBytes?: number;
  /** Writing fails, or works again: one sentence. */
  onState: (up: boolean, sentence: string) => void;
}

/** A record as the journal keeps it. */
export interface JournalRecord {
  /** From `journalLine()`. */
  line: string;
  /** Whose share of the bound it takes. Absent: none, because the queue has a bound. */
  owner?: Owner;
  /** Default: that of a failure. */
  severity?: number;
}

/** Where a record is beside the journal. */
export interface Place extends Omit<JournalRecord, "line"> {
  /** The batch of the queue that has the record too. Absent: the record is only on disk, the backlog. */
  batch?: number;
}

/** One file: all of its lines are copies of batches, or all are backlog. */
interface Segment {
  readonly file: JournalFile;
  readonly isBacklog: boolean;
  /** The last batch that a line of it belongs to. */
  lastBatch: number;
  /** Severities of the backlog's lines that were not read back yet. */
  readonly unread: number[];
  readBytes: number;
  readonly bytesOf: Map<Share, number>;
}

/**
 * The copy on disk: records are in a file before their answer is sent, so that `kill -9` loses none, and records that found no
 * room in memory wait there. The files are beside the store and named after it.
 */
export class Journal {
  /** Records that are only on disk. */
  backlog = 0;
  readonly #options: JournalOptions;
  readonly #shares: Shares;
  /** The oldest first; the last one of each kind grows. */
  #segments: Segment[] = [];
  #lost: number[] = [];
  #files = 0;
  #downSinceMs: number | undefined;

  constructor(options: JournalOptions) {
    this.#options = options;
    this.#shares = new Shares(options.limitBytes ?? MAX_JOURNAL_BYTES);
  }

  /** Tries the disk with a file that is removed again, before it is needed. False when that fails. */
  check(): boolean {
    return this.#attempt(() => this.#createFile().remove());
  }

  /** Whether there is room for a record of this severity: the cheap ones have less, and each service its share. */
  hasRoom(severity: number, owner: Owner): boolean {
    if (severity < FAILURE_SEVERITY && this.#shares.fill >= CHEAP_UNTIL) return false;
    return this.#shares.hasRoom(owner);
  }

  /** Writes one line, room or not. False when the disk does not take it. */
  append(line: string, { batch, ...record }: Place): boolean {
    return this.appendAll([{ line, ...record }], batch);
  }

  /** Writes lines in one write, room or not: all or none. False when the disk does not take them. */
  appendAll(records: readonly JournalRecord[], batch?: number): boolean {
    return this.#attempt(() => {
      const segment = this.#growing(batch === undefined);
      const sizes = segment.file.append(records.map(({ line }) => line));
      for (const [i, { owner, severity = FAILURE_SEVERITY }] of records.entries()) {
        const bytes = sizes[i]!;
        if (owner) addTo(segment.bytesOf, this.#shares.add(owner, bytes), bytes);
        if (batch === undefined) segment.unread.push(severity);
      }
      if (batch === undefined) this.backlog += records.length;
      else segment.lastBatch = batch;
    });
  }

  /** Reads back the oldest of the backlog, which is `batch` from now on; nothing when there is none or reading fails. */
  replay(batch: number): string[] {
    const lines: string[] = [];
    for (let segment; lines.length === 0 && (segment = this.#segments.find(hasUnread));) {
      if (!this.#attempt(() => lines.push(...this.#readBack(segment!)))) break;
      if (lines.length > 0) segment.lastBatch = batch;
    }
    return lines;
  }

  #readBack(segment: Segment): string[] {
    const { lines, nextByte } = segment.file.readLines(segment.readBytes);
    const isAtEnd = nextByte === segment.readBytes;
    segment.readBytes = nextByte;
    const read = segment.unread.splice(0, isAtEnd ? Infinity : lines.length);
    this.backlog -= read.length;
    if (isAtEnd) this.#lost.push(...read);
    return lines;
  }

  /** Severities of records of the backlog that are gone since the last call: their file was cut from outside. */
  takeLost(): number[] {
    return this.#lost.splice(0);
  }

  /** Removes what belongs to batches before `batch`: they are stored. */
  cut(batch: number): void {
    const growing = this.#segments.findLast(({ isBacklog }) => !isBacklog);
    this.#segments = this.#segments.filter((segment) => {
      if (!isStored(segment, batch)) return true;
      if (segment !== growing) {
        this.#remove(segment);
        return false;
      }
      if (segment.file.bytes >= CLEAR_FROM_BYTES) {
        segment.file.clear();
        this.#giveBack(segment);
      }
      return true;
    });
  }

  /** Closes all files; what belongs to `batch` or a later one stays for the next start, and the backlog too. */
  close(batch: number): void {
    for (const segment of this.#segments.splice(0)) {
      if (isStored(segment, batch)) this.#remove(segment);
      else segment.file[Symbol.dispose]();
    }
  }

  #growing(isBacklog: boolean): Segment {
    const last = this.#segments.findLast((segment) => segment.isBacklog === isBacklog);
    // Never behind what is being read back: a file in which something always waits would never be removed.
    if (last && last.readBytes === 0 && last.file.bytes < SEGMENT_BYTES) return last;
    this.#lookAtOthers();
    const file = this.#createFile();
    const bytesOf = new Map<Share, number>();
    const segment = { file, isBacklog, lastBatch: 0, unread: [], readBytes: 0, bytesOf };
    this.#segments.push(segment);
    return segment;
  }

  /** Only for each new file: it reads the folder. */
  #lookAtOthers(): void {
    const { dir, prefix } = this.#options;
    const bytes = journalPaths(dir, prefix).reduce((sum, path) => sum + sizeOf(path), 0);
    this.#shares.takenBytes = Math.max(bytes - this.#shares.bytes, 0);
  }

  #createFile(): JournalFile {
    const { dir, prefix, name } = this.#options;
    Deno.mkdirSync(dir, { recursive: true });
    for (;;) {
      const file = JournalFile.create(`${dir}/${prefix}${name}-${++this.#files}${FILE_SUFFIX}`);
      if (file) return file;
    }
  }

  #remove(segment: Segment): void {
    segment.file.remove();
    this.#giveBack(segment);
  }

  #giveBack({ bytesOf }: Segment): void {
    this.#shares.giveBack(bytesOf);
    bytesOf.clear();
  }

  /** False when the work failed, or the disk failed a moment ago. */
  #attempt(work: () => void): boolean {
    const { dir, onState } = this.#options;
    // Not the wall clock, which may jump.
    const nowMs = performance.now();
    if (this.#downSinceMs !== undefined && nowMs < this.#downSinceMs + RETRY_AFTER_MS) return false;
    const wasDown = this.#downSinceMs !== undefined;
    try {
      work();
      this.#downSinceMs = undefined;
      if (wasDown) onState(true, `The journal in ${dir} works again`);
      return true;
    } catch (error) {
      this.#downSinceMs = nowMs;
      if (!wasDown) onState(false, cannotSpill(dir, error as Error));
      return false;
    }
  }
}

function isStored({ unread, lastBatch }: Segment, batch: number): boolean {
  return unread.length === 0 && lastBatch < batch;
}

function hasUnread({ unread }: Segment): boolean {
  return unread.length > 0;
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
  return `Cannot write the journal in ${dir}: ${message}. Until it works, records that are not stored yet are only in memory`;
}
