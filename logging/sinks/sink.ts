/**
 * A sink: one place where records end up, such as the console, a file or the store.
 *
 * @module
 */
import type { LogRecord } from "../../store/record.ts";

/** One record on its way to a sink. */
export interface SinkEntry {
  /** The record, redacted and capped, as one line of JSON without the newline. */
  readonly line: string;
  /** What the line says; it is parsed when somebody asks. */
  readonly record: LogRecord;
}

/** Takes batches of records, in order, one batch at a time. */
export interface Sink {
  /** `console`, `file` or `store`: the name in counts and messages. */
  readonly name: string;
  /**
   * Writes a batch. When it throws or rejects, nothing of the batch counts as accepted, and the
   * same batch comes again later; what was written of it nevertheless is known by its
   * `(boot_id, seq)`.
   */
  write(entries: readonly SinkEntry[]): void | Promise<void>;
  /** Lets go of what is held open. A later write opens it again. */
  close(): void | Promise<void>;
}

/** Thrown when a sink says how long it wants to be left alone. */
export class TryLater extends Error {
  /** Always `TryLater`. */
  override name = "TryLater";
  /** Milliseconds. */
  readonly afterMs: number;

  /** One sentence, and the time. */
  constructor(message: string, afterMs: number) {
    super(message);
    this.afterMs = afterMs;
  }
}
