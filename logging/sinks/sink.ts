import type { LogRecord } from "../../store/record.ts";

export interface SinkEntry {
  /** The record, redacted and capped, as one line of JSON without the newline. */
  readonly line: string;
  /** The same as an object; the line is parsed at the first access. */
  readonly record: LogRecord;
}

/** One place where records end up, such as the console or a file. Takes batches in order, one at a time. */
export interface Sink {
  /** The name in counts and messages. */
  readonly name: string;
  /**
   * When it throws or rejects, nothing of the batch counts as accepted, and the same batch comes again later; records that were
   * written nevertheless are recognized by `(boot_id, seq)`.
   */
  write(entries: readonly SinkEntry[]): void | Promise<void>;
  /** A later write opens it again. */
  close(): void | Promise<void>;
}

/** The sink says how long to wait before the next try. */
export class TryLater extends Error {
  override name = "TryLater";
  readonly afterMs: number;

  constructor(message: string, afterMs: number) {
    super(message);
    this.afterMs = afterMs;
  }
}
